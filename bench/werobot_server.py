"""WeRoBot with AES, its SQLite session and the server it comes with, in its own environment: the same message, a word back.

.peers/bin/python bench/werobot_server.py PORT TOKEN KEY APPID FILE
"""

import sys
import threading
import time

from werobot import WeRoBot
from werobot.session.sqlitestorage import SQLiteStorage

PORT, TOKEN, KEY, APPID, FILE = sys.argv[1:]

robot = WeRoBot(token=TOKEN, encoding_aes_key=KEY, app_id=APPID, enable_session=True, session_storage=SQLiteStorage(FILE))


@robot.text
def reply(message, session):
    """Count what one resident said and echo it."""
    session["count"] = session.get("count", 0) + 1
    return message.content


def say_ready():
    """Say that it can begin, a moment after it can."""
    time.sleep(1)
    print("ready", flush=True)


threading.Thread(target=say_ready, daemon=True).start()
robot.run(server="wsgiref", host="127.0.0.1", port=int(PORT))
