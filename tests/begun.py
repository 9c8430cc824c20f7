"""What a forked `linli` begins with: all modules read, all words compiled, the shipped intents learned. Only started.py's server imports it."""

import gc
from datetime import datetime

import bot.cli.serving  # noqa: F401  what it imports takes seconds to read
from bot import config
from bot.language import late
from bot.model import SHANGHAI
from bot.services import load_services, understand

late.ready()
_SHIPPED = understand(config.shipped("intents"), load_services(config.Local(_env_file=None)))
_SHIPPED.judge.warm()
_SHIPPED.hear_text("厨房水管漏水了", datetime(2026, 3, 11, 10, tzinfo=SHANGHAI))  # what only the first message takes
gc.freeze()  # nobody who is forked looks through it for garbage, which would copy it
