"""What became of a notice, as a service may show it: who has it, opened it, acknowledged it, answered it; who is to be told once more."""

from bot.store.receipts import (
    NOTHING_CAME,
    TAKEN,
    Answered,
    FlatReceipt,
    NoticeReply,
    Part,
    Receipt,
    acknowledge,
    all_people,
    count_replies,
    delivery,
    figures,
    flats,
    lately,
    opened,
    people,
    replies,
    reply,
    retry,
    retryable,
)

__all__ = [
    "NOTHING_CAME", "TAKEN", "Answered", "FlatReceipt", "NoticeReply", "Part", "Receipt", "acknowledge", "all_people", "count_replies", "delivery", "figures",
    "flats", "lately", "opened", "people", "replies", "reply", "retry", "retryable",
]  # fmt: skip
