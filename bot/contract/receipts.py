"""What became of a notice, as a service may show it: who has it, opened it, acknowledged it, answered it; who is to be told once more."""

from bot.store.receipts import (
    NOTHING_CAME,
    TAKEN,
    Answered,
    Door,
    FlatReceipt,
    NoticeReply,
    Part,
    Receipt,
    acknowledge,
    all_doors,
    all_people,
    chasing,
    count_replies,
    delivery,
    doors,
    figures,
    flats,
    lately,
    opened,
    people,
    replies,
    reply,
    retry,
    retryable,
    silent,
    theirs,
    told,
    told_to_all,
    visit,
    visits,
)

__all__ = [
    "NOTHING_CAME", "TAKEN", "Answered", "Door", "FlatReceipt", "NoticeReply", "Part", "Receipt", "acknowledge", "all_doors", "all_people", "chasing", "count_replies",
    "delivery", "doors", "figures", "flats", "lately", "opened", "people", "replies", "reply", "retry", "retryable", "silent", "theirs", "told", "told_to_all", "visit", "visits",
]  # fmt: skip
