"""Who of the demo's community waits for the office to look where they live."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from bot.contract import Ended, Episode, Household, Past, Task, Then, roster
from integrations.identity.requests import KIND, NEED

#: Hours ago, and as whom somebody asked.
ASKED = ((26, "周大海"), (5, "林小满"), (1, "赵一宁"))


def tell(past: Past) -> Iterator[Episode]:
    """Give what each asked."""
    flats = list(past.flats.values())
    for openid, (hours, name) in zip(past.strangers, ASKED, strict=False):
        flat = past.dice.choice(flats)
        yield past.now - timedelta(hours=hours), partial(_ask, openid=openid, flat=flat, name=name)


def _ask(work: Then, *, openid: str, flat: Household, name: str) -> None:
    data = {"building": flat.building, "unit": flat.unit, "room": flat.room, "name": name, "knows_number": False}
    task = Task(kind=KIND, need=NEED, title=f"核对住址：{flat.label}", openid=openid, data=data, opened_at=work.now)
    work.ask(task)
    task.subject = task.about
    roster.claim_flat(work.session, openid, flat.parts, flat, work.now)
    answer = f"{flat.label}我记下了，名册上的手机尾号您不记得，我请物业核对一下，好了在这里告诉您。"
    work.talk(openid, [f"我住{flat.label}，我叫{name}", answer], "identity.bind", ended=Ended.NOT_YET)
