"""An emergency whose end comes while nobody has given the all-clear: somebody is asked to, or to say how it goes on."""

from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Happening, Notice, NoticeState, Task, Work, job, notices, on, tr
from bot.contract.notices import NoticeKind, NoticeVersion

#: How long before the end somebody is asked, and for how long after it.
BEFORE, AFTER = timedelta(minutes=15), timedelta(days=1)

#: What ends an emergency by itself.
_ENDINGS = (NoticeVersion.ALL_CLEAR, NoticeVersion.CANCELLATION)

KIND = "notice.ends"


@job(timedelta(minutes=1))
def ask(work: Work) -> None:
    """Ask once of each emergency: residents still read it as it was told."""
    query = select(Notice).where(
        Notice.kind == NoticeKind.EMERGENCY, Notice.state == NoticeState.PUBLISHED, col(Notice.version).not_in(_ENDINGS),
        col(Notice.until) <= work.now + BEFORE, col(Notice.until) > work.now - AFTER,
    )  # fmt: skip
    for notice in work.session.exec(query.order_by(col(Notice.id))).all():
        subject = f"notice:{notice.public_id}"
        was_asked = work.session.exec(select(Task.id).where(Task.subject == subject, Task.kind == KIND)).first() is not None
        if was_asked or notices.versions_of(work.session, notice):
            continue
        title = tr(
            "紧急通知《{title}》{until:%H:%M} 到时间，还没有解除。请发解除；还没好，请发一条进展",
            title=notice.title,
            until=notice.until,
        )
        work.assign(KIND, "notice.send", title, subject=subject)


@on("notice.published")
def close(work: Work, happening: Happening) -> None:
    """Ask no more about what a version has taken the place of."""
    notice = notices.by_public_id(work.session, happening.subject.partition(":")[2])
    for one in notices.chain_of(work.session, notice)[:-1] if notice else ():
        work.finish(f"notice:{one.public_id}", tr("后来又发了一条"))
