"""The pictures of a notice, put in and taken out where it is written: a draft keeps them, and of one that is planned they change at once."""

from collections.abc import Mapping

from bot.contract import Desk, Download, Notice, Page, Refusal, Upload, View, asked_in, notices, page, pictures, row_id, tr, whom
from integrations.notices import before, console, times


@page(
    "POST", "/notices/pictures", need="notice.draft", form="/notices/new", title=tr("写通知"), file="picture",
    takes=lambda upload, _form: _picture(upload),
)  # fmt: skip
def add(desk: Desk) -> View:
    """Put a picture into the draft of the form, which is kept for that, and go on with the form."""
    try:
        with asked_in("picture"):
            if isinstance(desk.taken, Refusal):
                raise desk.taken
            notice = _planned(desk) or _draft(desk)
            notices.add_picture(desk.session, notice, desk.taken)
    except Refusal as refusal:
        desk.session.rollback()
        return _shown(desk, desk.form, refusal)
    said = tr("图片放好了，到时按新的发。") if times.is_changeable(notice) else tr("图片放好了，通知存成了草稿。")
    return _shown(desk, {**desk.form, "draft": notice.public_id}, said=said)


@page("POST", "/notices/pictures/drop", need="notice.draft", form="/notices/new", title=tr("写通知"))
def drop(desk: Desk) -> View:
    """Take a picture out of a notice that was not sent yet, and go on with the form."""
    notice = before.draft_of(desk, desk.form)
    if notice is None:
        raise LookupError(desk.form.get("draft", ""))
    try:
        with asked_in("picture"):
            if _planned(desk) is None:
                notices.lock(desk.session, notice)
                console.require_draft(notice)
    except Refusal as refusal:
        return _shown(desk, desk.form, refusal)
    notices.drop_picture(desk.session, notice, row_id(desk.form.get("drop", "")) or 0)
    return _shown(desk, desk.form, said=tr("图片去掉了。"))


@page("GET", "/notices/{id}/pictures/{number}", need="notice.view", is_bare=True)
def picture(desk: Desk) -> Download:
    """Give a picture of a notice."""
    notice = notices.by_public_id(desk.session, desk.params["id"])
    found = notices.picture(desk.session, notice, row_id(desk.params["number"]) or 0) if notice else None
    if found is None:
        raise LookupError(desk.params["number"])
    return Download(body=found, content_type="image/jpeg")


def _planned(desk: Desk) -> Notice | None:
    """Return the notice of the form where it is planned, to be changed; None for another. Raises Refusal for what a second person has agreed to."""
    notice = before.draft_of(desk, desk.form)
    if notice is None or not times.is_changeable(notice):
        return None
    notices.lock(desk.session, notice)
    console.require_changeable(desk, notice)
    if notices.wants_second(desk, notice):
        raise Refusal(tr("发给这么多人的通知，同事同意的是原来的图片。请点“复制”另写一条，换好图片再发，并停掉这一条。"))
    desk.record("notice.changed", f"notice:{notice.public_id}", due_at=notice.due_at.isoformat() if notice.due_at else "")
    return notice


def _draft(desk: Desk) -> Notice:
    """Return the draft of the form as it is written by now; raises Refusal where there is not enough of it yet."""
    try:
        notice = console.kept(desk)
    except Refusal as refusal:
        raise Refusal(tr("放图片要先存草稿：{why}", why=refusal)) from refusal
    notice.tested_at = None  # nobody has looked at it with this picture
    return notice


def _picture(upload: Upload) -> bytes | Refusal:
    """Return the picture, or why it is none; read beside the database, where nobody can be told yet."""
    try:
        return pictures.read(upload) or Refusal(tr("请先选一张图片。"))
    except Refusal as refusal:
        return refusal


def _shown(desk: Desk, form: Mapping[str, str], refusal: Refusal | None = None, said: str = "") -> View:
    """Return the pictures of the form: that part alone, or the whole form where no script runs."""
    status = 422 if refusal else 200
    if not desk.is_fragment:
        return console.form(desk, form, refusal, status, more={"picture_said": said})
    values = {
        "form": form,
        "turn": whom.turn(desk),
        "refusal": refusal,
        **before.pictures_of(desk, form),
        "picture_said": said,
    }
    return View("notices/pictures.html", values, status)


ROUTES: tuple[Page, ...] = (add, drop, picture)
