"""How long the core keeps what is people's own: each kind with its term, forgotten by the same jobs as the services' rows."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import null, or_
from sqlmodel import col, select

from bot.contract.personal import Personal, Retention, Rows
from bot.contract.work import Work
from bot.store import consents, inbox, limits, merging, undos
from bot.store.claims import Claim
from bot.store.consents import Consent, ConsentRefusal
from bot.store.conversations import Conversation, Line
from bot.store.effects import Effect, EffectState
from bot.store.inbox import InboxMessage
from bot.store.invitations import Invitation
from bot.store.limits import Tally
from bot.store.merging import Merger
from bot.store.objections import Objection
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Resident
from bot.store.photos import Photo
from bot.store.receipts import NoticeReply
from bot.store.sentpictures import SentPicture
from bot.store.tasks import Task
from bot.store.undos import UndoStep
from bot.store.unmatched import Unmatched
from bot.translation import tr

#: What stands in place of the title of a task whose words were forgotten.
TITLE = tr("内容已过保存期限，已删除")

_DAY = timedelta(days=1)

_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.ARMED, DeliveryState.SENDING)


class Settings(BaseModel):
    """How long the core keeps what people said."""

    keep_talks: int = Field(180, ge=1, le=3650, description="days for which talks and photos are kept")
    keep_messages: int = Field(90, ge=1, le=3650, description="days for which the words of messages sent are kept")
    keep_tasks: int = Field(365, ge=30, le=3650, description="days for which the words of tasks are kept once they are closed")


def _days(read: Callable[[Settings], int]) -> Callable[[Work], timedelta]:
    return lambda work: read(work.settings(Settings)) * _DAY


RETAIN = (
    Retention(
        what=tr("对话和照片"), lives=_days(lambda said: said.keep_talks), setting="LINLI_CORE_KEEP_TALKS",
        rows=(
            Rows(Line, lambda before: (col(Line.at) < before,)),
            Rows(SentPicture, lambda before: (col(SentPicture.at) < before,)),
            Rows(Photo, lambda before: (
                col(Photo.taken_at) < before, col(Photo.id).not_in(select(col(Line.photo_id)).where(col(Line.photo_id).is_not(None))),
            )),
        ),
    ),
    Retention(
        what=tr("说到一半的事"), lives=30 * _DAY,
        rows=(Rows(
            Conversation,
            lambda before: (col(Conversation.updated_at) < before, col(Conversation.waiting_since).is_(None),
                            or_(col(Conversation.standing).is_not(None), col(Conversation.topic) != "")),
            {"standing": null(), "topic": ""},
        ),),
    ),
    Retention(
        what=tr("发给居民的消息，和居民对通知的回复"), lives=_days(lambda said: said.keep_messages), setting="LINLI_CORE_KEEP_MESSAGES",
        rows=(
            Rows(Delivery, lambda before: (
                col(Delivery.updated_at) < before, col(Delivery.state).not_in(_UNDER_WAY), col(Delivery.openid).is_not(None),
            ), {"openid": None, "payload": {"text": ""}}),
            Rows(NoticeReply, lambda before: (col(NoticeReply.at) < before,)),
        ),
    ),
    Retention(
        what=tr("待办里居民的话"), lives=_days(lambda said: said.keep_tasks), setting="LINLI_CORE_KEEP_TASKS", why=tr("办结后算起；没办结的不删"),
        rows=(Rows(
            Task, lambda before: (col(Task.closed_at) < before, col(Task.is_forgotten).is_(False)),
            {"title": TITLE, "openid": None, "data": {}, "outcome": "", "household_id": None, "is_forgotten": True},
        ),),
    ),
    Retention(what=tr("批量操作前后的状态（用来撤销）"), is_inner=True, lives=undos.KEPT, rows=(Rows(UndoStep, lambda before: (col(UndoStep.at) < before,)),)),
    Retention(
        what=tr("没听懂的句子"), is_inner=True, lives=180 * _DAY, why=tr("员工说过不再显示的留着，不然又会出现"),
        rows=(Rows(Unmatched, lambda before: (col(Unmatched.last_at) < before, col(Unmatched.ignored_at).is_(None))),),
    ),
    Retention(
        what=tr("没有完成的操作"), is_inner=True, lives=90 * _DAY,
        rows=(Rows(Effect, lambda before: (col(Effect.state) == EffectState.DEAD, col(Effect.updated_at) < before)),),
    ),
    Retention(what=tr("收到的消息（防重复）"), is_inner=True, lives=inbox.KEPT, rows=(Rows(InboxMessage, lambda before: (col(InboxMessage.received_at) < before,)),)),
    Retention(what=tr("次数"), lives=limits.KEPT, why=tr("只存代号；删除信息后也留到期满，不然取消关注再回来就能重新试"), rows=(Rows(Tally, lambda before: (col(Tally.day) < before.date(),)),)),
    Retention(what=tr("居民自己说的住址"), lives=90 * _DAY, rows=(Rows(Claim, lambda before: (col(Claim.at) < before,)),)),
    Retention(
        what=tr("住户说不认识的人"), lives=365 * _DAY, why=tr("期间只有物业能让他再绑定；他删除信息后只留代号"), rows=(Rows(Objection, lambda before: (col(Objection.at) < before,)),),
    ),
    Retention(
        what=tr("邀请家人的码"), lives=30 * _DAY, why=tr("用过或过期后算起"),
        rows=(Rows(Invitation, lambda before: (
            col(Invitation.inviter_id).is_not(None), or_(col(Invitation.ended_at) < before, col(Invitation.expires_at) < before),
        )),),
    ),
    Retention(
        what=tr("合并成一个人以前的登记"), is_inner=True, lives=merging.PARTED, why=tr("期间弄错了还能分开"),
        rows=(Rows(
            Merger, lambda before: (col(Merger.at) < before, col(Merger.personal_before).is_not(None)), {"personal_before": null()},
        ),),
    ),
    Retention(
        what=tr("同意和撤回的记录"), lives=consents.KEPT, why=tr("撤回后算起；要能证明取得过同意（个人信息保护法第56条）"),
        rows=(
            Rows(Consent, lambda before: (col(Consent.withdrawn_at) < before,)),
            Rows(ConsentRefusal, lambda before: (col(ConsentRefusal.at) < before,)),
        ),
    ),
)  # fmt: skip

#: What is kept without a term, and why.
KEPT = {
    tr("名册上的姓名、电话、住址"): tr("物业自己的档案；住户搬走后由物业更新"),
    tr("谁绑定过哪个微信"): tr("删除信息时要据此找全；删除时一起删"),
    tr("通知的正文"): tr("物业发的，不是居民的话"),
    tr("操作记录（不含居民的话）"): tr("审计要用，至少留六个月（网络安全法第21条）；满三年后用 linli audit prune 整段清理"),
    tr("同事存的列表视图"): tr("存的人随时能删"),
    tr("没办结的待办"): tr("还有人等着，办结后才开始算期限"),
    tr("常见问题的答案"): tr("物业写的"),
}


def _export(work: Work, resident: Resident) -> Mapping[str, Any]:
    return {}


def _erase(work: Work, resident: Resident) -> None:
    """Nothing here: the eraser deletes the core's own."""


PERSONAL = Personal(export=_export, erase=_erase, retain=RETAIN)
