"""Who brings what was ordered: nobody's name is asked, the pass opens the gate for minutes, and whoever ordered is told when nobody came."""

import re
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import NUMBER, Resident, Turn, Value, Wish, Work, job, value_of
from integrations.visitor_passes.models import Pass, PassKind, PassState
from integrations.visitor_passes.settings import Settings

#: Whoever only hands something over; who carries furniture up stays longer.
_BRINGS = re.compile(
    "外卖|快递|闪送|跑腿|骑手|奶茶|咖啡|快餐|蛋糕|桶装水|送餐|送水|送菜|送奶|送牛奶|送花|送药|买菜|饿了么|美团|顺丰|京东|盒马|叮咚|(?:中通|圆通|申通|韵达|邮政)"
)

#: Who comes later than that has an hour of their own.
_SOON = timedelta(hours=1)


def is_one(visitor_name: str, starts_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody brings an order now: no end was said, nor an hour further ahead."""
    return ends_at is None and starts_at <= now + _SOON and _BRINGS.search(visitor_name) is not None


_WHAT = "外卖|快递|快餐|奶茶|闪送|跑腿|骑手|送水的?|送菜的?|送奶的?|送花的?|送药的?|送餐的?|桶装水|蛋糕|咖啡"
_WHO = "骑手|小哥|师傅|人|外卖员|快递员|送货的"
_ARRIVES = "(?:(?:马上|一会儿?|待会儿?|等下|快|就|也|要|会|都|今天)*(?:到|来|送来|送到|送过来)了?)"
_LETS = rf"(?:(?:麻烦|请|帮我|都|就)*(?:让|放)(?:他们?|她们?|人家|骑手|小哥|{_WHO})?(?:都)?进(?:来|门|去|小区)?(?:一下)?)"
#: 点了两份外卖，两个骑手; 点了外卖还没到 tells of one that is late.
_ORDERED = re.compile(
    rf"(?:我们?|刚|才|又|还|今天|中午|晚上|在|美团|饿了么|淘宝|京东){{0,5}}(?:点|叫|订|买|下)了?(?:{NUMBER}?[份个单家桶杯束])?(?P<what>{_WHAT})"
    rf"(?:[，,\s]*(?P<riders>{NUMBER})[个位](?:{_WHO}))?(?P<comes>(?:[，,\s]*{_ARRIVES})?(?:[，,\s]*{_LETS})?)[吧啊呀了。.!！\s]*"
)
#: What is brought within the hour: of these the order alone says that somebody comes. What a parcel service brings takes days.
_FRESH = re.compile("外卖|快餐|奶茶|闪送|跑腿|骑手|蛋糕|咖啡|送餐")
#: 还有一个快递, after one was let in.
_ANOTHER = re.compile(
    rf"(?:对了|哦|啊|那|嗯|[，,\s])*(?:还|又|再|另外)(?:还)?(?:有|来)了?(?:(?P<riders>{NUMBER})?[个份单位家])?(?P<what>{_WHAT})(?:[，,\s]*{_ARRIVES})?(?:[，,\s]*{_LETS})?[吧啊呀了。.!！\s]*"
)
#: Signs of such a message.
_LONGEST = 40


def hear(turn: Turn, text: str) -> Wish | None:
    """Return the pass of who brings an order that is told in its own way; nothing for all other words."""
    said = text.strip()
    if len(said) > _LONGEST or not turn.is_bound:
        return None
    found = _ANOTHER.fullmatch(said) if "visitor.invite" in turn.lately else None
    if (
        found is None
        and (found := _ORDERED.fullmatch(said))
        and not (found["riders"] or found["comes"] or _FRESH.match(found["what"]))
    ):
        return None
    if found is None:
        return None
    values: dict[str, Value] = {"visitor_name": found["what"], "starts_at": turn.now.replace(second=0, microsecond=0)}
    if found["riders"]:
        values["people"] = value_of(found["riders"])
    return Wish(intent="visitor.invite", values=values)


@job(every=timedelta(minutes=1))
def tell_over(work: Work) -> None:
    """Tell whoever ordered, once, that nobody came in time: who brings it may stand at the gate."""
    slack = work.settings(Settings).grace
    over = work.session.exec(
        select(Pass)
        .where(
            Pass.kind == PassKind.DELIVERY, Pass.state == PassState.ACTIVE, col(Pass.reminded_at).is_(None), col(Pass.ends_at) <= work.now,
            col(Pass.ends_at) > work.now - timedelta(hours=1), col(Pass.created_at) > work.now - timedelta(hours=3),
        )
        .limit(200)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    for one in over:
        if one.fault_at(work.now, slack) == "over" and one.entries_left == one.people:
            one.reminded_at = work.now
            work.session.add(one)
            work.tell(work.session.get_one(Resident, one.resident_id), "visitor.order_over", name=one.visitor_name)


JOBS = (tell_over,)
