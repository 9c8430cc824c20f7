"""What residents tell the bot stands nowhere in the database's file as they wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from bot.cli.talk import APPID, DATABASE, KEYRING
from bot.contract import Task
from bot.store import people, roster, scope
from bot.store.database import Database
from bot.store.people import Resident
from integrations.health.models import CheckIn
from integrations.repairs.models import Ticket
from integrations.visitor_passes.models import Pass
from tests.integrations.conftest import Chat

if TYPE_CHECKING:
    from datetime import datetime

PHONE, PLATE, OTHER, CALL = "13977665544", "皖A7K261", "13655443322", "13544332211"

ROSTER = {
    "community.csv": "name,phone,address\n和苑小区,0571-1,和苑路1号\n",
    "households.csv": "building,unit,room\n9,1,101\n",
    "residents.csv": f"building,unit,room,name,phone,role,tags\n9,1,101,赵敏,{PHONE},owner,\n",
    "staff.csv": f"login,name,role,phone\nzhou,周工,staff,{OTHER}\n",
}


def test_the_file_holds_no_phone_plate_visitor_or_symptom_that_went_through_roster_and_talk(
    chat: Chat, demo_folder: Path, now: datetime
) -> None:
    chat.room.database.submit(roster.import_roster, ROSTER, APPID, now).result()
    chat.say(f"温雪瑶明天下午三点开车来，车牌{PLATE}，电话{CALL}", "对")
    chat.say(f"厨房水管漏水了，打我爱人电话{CALL}")
    chat.say("健康打卡 37.9，嗓子疼")
    chat.say("有人晕倒了")

    assert [one.plate for one in chat.all(Pass)] == [PLATE]
    assert [one.phone for one in chat.all(Ticket)] == [CALL]
    assert [(one.tenths, one.symptoms) for one in chat.all(CheckIn)] == [(379, ["throat"])]
    assert any(PHONE == one.phone for one in chat.all(Resident))
    assert chat.all(Task)
    chat.room.database.close()

    files = list(demo_folder.glob(f"{DATABASE}*"))
    assert files
    for file in files:
        held = file.read_bytes()
        for secret in ("温雪瑶", PHONE, PLATE, PLATE[1:], OTHER, CALL, "37.9", "嗓子疼", "throat", "晕倒"):
            assert secret.encode() not in held, (file.name, secret)

    again = Database(f"sqlite:///{demo_folder / DATABASE}", keyring=KEYRING)

    def find(session: Session) -> list[str]:
        scope.enter(session, 1)
        return [one.name for one in session.exec(select(Resident).where(*people.has_phone(session, PHONE))).all()]

    found = again.submit(find).result()
    again.close()
    assert found == ["赵敏"]
