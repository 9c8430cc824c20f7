"""What whoever looks after an account or the installation is told: a task for the admins of its first community."""

from datetime import datetime

from sqlmodel import Session

from bot.store import communities, scope, tasks


def tell(session: Session, appid: str, now: datetime, *, kind: str, title: str, subject: str, urgent: bool = False) -> None:
    """Open a task unless one about its subject is open."""
    for community in communities.listed(session, appid)[:1]:
        with scope.within(session, community.key):
            tasks.open_once(session, now, kind=kind, need="account.manage", title=title, subject=subject, urgent=urgent)


def settle(session: Session, appid: str, now: datetime, *, subject: str, outcome: str) -> None:
    """Close what is open about a subject: it is well again."""
    for community in communities.listed(session, appid)[:1]:
        with scope.within(session, community.key):
            for task in tasks.about(session, subject):
                tasks.close(session, task, now, outcome)
