"""How people read what was asked for, and what is said of consents."""

from bot.contract import Log, tr

#: Kinds of events and their fields.
EMITS = {"privacy.export_asked": "", "privacy.exported": "", "privacy.delete_asked": ""}

LOG = Log(events={
    "privacy.export_asked": tr("要一份自己的信息"), "privacy.exported": tr("打开了自己的信息"), "privacy.delete_asked": tr("要求删除自己的全部信息"),
})  # fmt: skip

#: Messages and their values.
TELLS = {
    "privacy.nothing_asked": "given known", "privacy.withdrawn": "child titles kept rows title", "privacy.others_consent": "who", "privacy.part": "who", "privacy.part.checkins": "", "privacy.part.talk": "", "privacy.not_consented": "title", "privacy.not_kept": "title", "privacy.consents": "given", "privacy.consents.none": "", "privacy.unknown_consent": "what given", "privacy.unknown_consent.none": "what given", "privacy.given": "title asks",
    "privacy.back": "", "privacy.deleting": "at until", "privacy.not_deleting": "flat lines", "privacy.nothing_left": "",
    "privacy.given.before": "title asks", "privacy.refused": "title", "privacy.not_bound": "title",
}  # fmt: skip
