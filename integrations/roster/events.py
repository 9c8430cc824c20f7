"""What events about a roster are about; the core records them."""

from collections.abc import Collection, Mapping

from bot.contract import Log, Subject, Work, rosterimport, tr


def _imports(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    names = rosterimport.names(work.session, keys)
    known = {key: Subject(tr("名册“{name}”", name=name), f"/roster/imports/{key}") for key, name in names.items()}
    return {key: Subject(tr("名册")) for key in keys} | known


LOG = Log(subjects={"roster": _imports})
