"""How people read what was done with the roster; that one was taken over or taken back the core records."""

from bot.contract import Log, Subject, Work, rosterimport

EMITS = {"roster.exported": "rows"}


def _import(work: Work, key: str) -> Subject:
    found = rosterimport.find(work.session, key)
    return Subject(f"名册“{found.file_name}”", f"/roster/imports/{key}") if found else Subject("名册")


LOG = Log(events={"roster.exported": "导出了名册，{rows} 行"}, subjects={"roster": _import})
