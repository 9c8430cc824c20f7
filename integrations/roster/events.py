"""What events about a roster are about; the core records them."""

from bot.contract import Log, Subject, Work, rosterimport


def _import(work: Work, key: str) -> Subject:
    found = rosterimport.find(work.session, key)
    return Subject(f"名册“{found.file_name}”", f"/roster/imports/{key}") if found else Subject("名册")


LOG = Log(subjects={"roster": _import})
