"""`linli init`, `migrate`, `doctor` and `user`: setting an installation up and looking after it."""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import typer
from pydantic import BaseModel
from sqlmodel import Session, col, select

from bot import app, config, keyfile, pulse
from bot.backups import keeping
from bot.cli import account, counted, rights, show_json, stage
from bot.console.languages import LANGUAGES
from bot.contract import Integration
from bot.contract.knowledge import shipped as templates
from bot.dialogue import opinion, phrases
from bot.dialogue.language_model import Chat, Endpoint
from bot.dialogue.understanding import read_folder
from bot.errors import LinliError, Misconfigured, WeChatRefused
from bot.keyring import Keyring
from bot.language import files, promises
from bot.language.recurrence import holidays
from bot.sealed import keyring_of
from bot.services import folders, load_integrations, load_services
from bot.spool import waiting_in
from bot.store import (
    channels,
    communities,
    credentials,
    events,
    knowledge,
    revisions,
    roster,
    schema,
    scope,
    sealing,
    sessions,
    withholding,
)
from bot.store.database import Database
from bot.store.events import COMMAND_LINE
from bot.store.staff import Role, Staff, by_login, check_login, speak
from bot.wechat.client import Client

#: A sign-in link printed on a terminal is used at once or not at all.
LINK_LIVES = timedelta(minutes=15)

#: The word for the language that somebody's browser prefers.
AUTOMATIC = "auto"

#: How far ahead days off are to be known.
AHEAD = timedelta(days=45)

#: A backup of each night is late when the newest is older.
LATE = timedelta(hours=26)

#: Values of each column that the doctor opens.
OPENED = 20

#: WeChat refuses stamps that are far off, and so do we.
CLOCK_SKEW = timedelta(seconds=60)


def init(folder: Path, *, renames: str, appid: str) -> None:
    """Take over a roster and print a sign-in link for each admin of its community."""
    settings = _account(config.load(), appid)
    with _database(settings) as database:
        files = _read_roster(folder)
        imported = database.submit(roster.import_roster, files, settings.wechat_appid, app.clock(), renames=renames).result()
        app.index(database)  # so that a server that runs already finds them
        known = "new" if imported.is_new else "known already, brought up to date"
        typer.echo(f"community {imported.community}: {known}")
        typer.echo(
            f"taken over: {counted(imported.households, 'flat')}, {counted(imported.residents, 'resident')}, {imported.staff} staff are new"
        )
        if imported.is_new:
            planted = database.submit(_plant, settings.wechat_appid, imported.community).result()
            typer.echo(f"knowledge base: {planted} templates; fill them in and switch them on in the console under 知识库")
        for member in database.submit(_staff_of, settings.wechat_appid, imported.community, Role.ADMIN).result():
            _print_link(database, settings, member)


def _plant(session: Session, appid: str, name: str) -> int:
    community = communities.pick(session, appid, name)
    return knowledge.plant(session, community.key, templates(), app.clock())


def _account(settings: config.Settings, appid: str) -> config.Settings:
    """Return the settings of the account that is named, the first one if none is."""
    known = {account.wechat_appid: account for account in config.accounts(settings)}
    if appid and appid not in known:
        raise Misconfigured(f"--account {appid!r} is unknown; known: {', '.join(known)}")
    return known[appid or settings.wechat_appid]


def migrate(*, status: bool) -> None:
    """Bring the database to the newest shape, or only tell what it lacks."""
    settings = config.load()
    folders = [integration.folder for integration in load_integrations(settings.integrations, settings.integrations_folder)]
    database = app.reach_database(settings)
    try:
        if status:
            missing = schema.pending(database.engine, folders)
            typer.echo(f"missing: {', '.join(missing)}; run `linli migrate`" if missing else "up to date")
            sys.exit(1 if missing else 0)
        typer.echo(f"the database stands at {', '.join(sorted(schema.upgrade(database.engine, folders)))}")
    finally:
        database.close()


def revise(branch: str, message: str) -> None:
    """Write a revision from what differs between the code's tables and a new database; for developers."""
    integrations = load_services(config.load_local()).integrations
    if branch not in {"bot", *(integration.name for integration in integrations)}:
        raise Misconfigured(f"branch {branch!r} is unknown; it is bot or the name of an integration's folder")
    folders = [integration.folder for integration in integrations]
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/revise.db", keyring=Keyring.make())
        try:
            schema.upgrade(database.engine, folders)
            typer.echo(f"wrote {revisions.revise(database.engine, folders, branch, message)}; read it before you commit it")
        finally:
            database.close()


def user_add(login: str, name: str, role: str, language: str = "", *, demo: bool, community: str) -> None:
    """Add a staff account and print a link that signs in."""
    check_login(login)
    if language:
        _require_language(language)
    if role not in list(Role):
        raise Misconfigured(f"role {role!r} is unknown; one of {', '.join(Role)}")
    settings = stage.settings(demo=demo)

    def add(session: Session) -> Staff:
        named = stage.community(community, demo=demo)
        known = communities.listed(session, settings.wechat_appid)[:1] if named is None else None
        chosen = known[0] if known else communities.pick(session, settings.wechat_appid, named or "")
        scope.enter(session, chosen.key)
        if by_login(session, login):
            raise Misconfigured(f"login {login!r} is taken; `linli user link {login}` prints a sign-in link for it")
        member = Staff(login=login, name=name, role=Role(role), language=language, created_at=app.clock())
        session.add(member)
        session.flush()
        events.record(session, app.clock(), "staff.added", subject=f"staff:{login}", actor=COMMAND_LINE, role=role)
        return member

    with _database(settings) as database:
        _print_link(database, settings, database.submit(add).result())


def user_join(login: str, there: str, role: str, *, demo: bool, community: str) -> None:
    """Let somebody of one community work in another one, too: the same person, password and WeChat."""
    if role and role not in list(Role):
        raise Misconfigured(f"role {role!r} is unknown; one of {', '.join(Role)}")
    settings = stage.settings(demo=demo)

    def join(session: Session) -> None:
        member = _require_staff(session, login, settings.wechat_appid, community)
        session.info.clear()
        scope.enter(session, communities.pick(session, settings.wechat_appid, there).key)
        if by_login(session, login):
            raise Misconfigured(f"login {login!r} is taken in {there}; the office there must give it another name")
        session.add(
            Staff(
                login=login, person=member.person, role=Role(role or member.role), created_at=app.clock(), name=member.name,
                phone=member.phone, openid=member.openid,
            )
        )  # fmt: skip
        events.record(session, app.clock(), "staff.added", subject=f"staff:{login}", actor=COMMAND_LINE, role=role or member.role)

    with _database(settings) as database:
        database.submit(join).result()
    typer.echo(f"{login} works in {there}, too; the console shows both at the top of each page")


def user_link(login: str, *, demo: bool, community: str) -> None:
    """Print a link that signs in as `login`, once."""
    settings = stage.settings(demo=demo)
    with _database(settings) as database:
        member = database.submit(_require_staff, login, settings.wechat_appid, community).result()
        database.submit(sessions.note, member, "staff.link_made", app.clock(), COMMAND_LINE).result()
        _print_link(database, settings, member)


def user_passwd(login: str, password: str, *, demo: bool, community: str) -> None:
    """Set a password and sign the account out everywhere."""
    settings, kept = stage.settings(demo=demo), sessions.hash_password(password, login)

    def change(session: Session) -> None:
        member = _require_staff(session, login, settings.wechat_appid, community)
        sessions.set_password(session, member, kept)
        sessions.note(session, member, "staff.password_set", app.clock(), actor=COMMAND_LINE)

    with _database(settings) as database:
        database.submit(change).result()
    typer.echo(f"{login}: password changed, signed out everywhere")


def user_disable(login: str, *, demo: bool, community: str) -> None:
    """Disable an account and sign it out everywhere."""
    settings = stage.settings(demo=demo)

    def disable(session: Session) -> None:
        member = _require_staff(session, login, settings.wechat_appid, community)
        member.disabled_at = app.clock()
        session.add(member)
        sessions.end_all(session, member)
        sessions.note(session, member, "staff.disabled", app.clock(), actor=COMMAND_LINE)

    with _database(settings) as database:
        database.submit(disable).result()
    typer.echo(f"{login}: disabled, signed out everywhere")


def user_totp_reset(login: str, *, demo: bool, community: str) -> None:
    """Take somebody's authenticator app off their account and sign them out everywhere, for who lost their phone."""
    settings = stage.settings(demo=demo)

    def reset(session: Session) -> None:
        member = _require_staff(session, login, settings.wechat_appid, community)
        credentials.forget_app(session, member.person)
        sessions.end_all(session, member)
        sessions.note(session, member, "staff.totp_reset", app.clock(), actor=COMMAND_LINE)

    with _database(settings) as database:
        database.submit(reset).result()
    typer.echo(f"{login}: two-step sign-in is off, signed out everywhere; they set it up anew under 我的账号")


def user_language(login: str, language: str, *, demo: bool, community: str) -> None:
    """Choose what language the console speaks to somebody, in all communities where they work."""
    if language != AUTOMATIC:
        _require_language(language)
    settings = stage.settings(demo=demo)

    def choose(session: Session) -> None:
        member = _require_staff(session, login, settings.wechat_appid, community)
        with scope.everywhere(session):
            speak(session, member, "" if language == AUTOMATIC else language)

    with _database(settings) as database:
        database.submit(choose).result()
    spoken = "what their browser prefers" if language == AUTOMATIC else LANGUAGES[language]
    typer.echo(f"{login}: the console speaks {spoken}")


def _require_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Misconfigured(f"language {language!r} is unknown; one of {', '.join(LANGUAGES)}")


def user_list(*, demo: bool) -> None:
    """Print all staff accounts, by community where there are several."""
    settings = stage.settings(demo=demo)
    with _database(settings) as database:
        known = database.submit(communities.listed, settings.wechat_appid).result()
        for community in known:
            if len(known) > 1:
                typer.echo(f"{community.name}:")
            for member in database.submit(_staff_of, settings.wechat_appid, community.name, None).result():
                typer.echo(f"{member.login:<16} {member.role:<8} {member.name}{'  (disabled)' if member.disabled_at else ''}")


# ------------------------------------------------------------------ doctor


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `remedy` says what to do when it is not ok, or may be a slip."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""

    @property
    def sign(self) -> str:
        """What stands before it on a terminal."""
        return "✗" if not self.ok else "!" if self.remedy else "✓"


def doctor(*, as_json: bool, demo: bool) -> None:
    """Print what is well and what is not; exit code 1 if anything is not."""
    findings = [*_look_for_slips(), *_look(demo)]
    for finding in findings:
        if as_json:
            show_json(asdict(finding))
        else:
            typer.echo(f"{finding.sign} {finding.name}: {finding.detail}")
            if finding.remedy:
                typer.echo(f"    → {finding.remedy}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def _look_for_slips() -> Iterator[Finding]:
    own = _names_of_services()
    for name in config.unknown_settings(own):
        meant = get_close_matches(name, [*config.setting_names(), *own], 1)
        remedy = f"write {meant[0]} if that is meant, or take it out" if meant else "take it out; docs/settings.md lists all"
        yield Finding(name="settings", ok=True, detail=f"{name} is no setting and has no effect", remedy=remedy)


def _names_of_services() -> list[str]:
    """Return the names of the loaded services' settings; what cannot be loaded is told by `_look`."""
    try:
        local = config.load_local()
        loaded = load_integrations(local.integrations, local.integrations_folder)
    except LinliError:
        return []
    return [name for one in loaded if one.settings for name in config.service_names(one.name, one.settings)]


def _look_at_service(service: Integration, model: type[BaseModel]) -> Finding:
    name = f"settings of {service.name}"
    try:
        read = config.load_service(service.name, model)
    except Misconfigured as error:
        return Finding(name=name, ok=False, detail=str(error), remedy="mend the setting named above, then run again")
    said = zip(config.service_names(service.name, model), model.model_fields, strict=True)
    detail = ", ".join(f"{setting} = {config.shown(getattr(read, field))}" for setting, field in said)
    return Finding(name=name, ok=True, detail=detail)


def _look(demo: bool) -> Iterator[Finding]:
    try:
        settings = stage.settings(demo=demo)
        integrations = load_integrations(settings.integrations, settings.integrations_folder)
    except LinliError as error:
        yield Finding(name="settings", ok=False, detail=str(error), remedy="mend the settings named above, then run again")
        return
    yield Finding(name="settings", ok=True, detail=f"{settings.wechat_mode} mode, appid {settings.wechat_appid}")
    own = [_look_at_service(one, one.settings) for one in integrations if one.settings is not None]
    yield from own
    if not demo:  # there everything is made up
        yield _look_at_rights(settings)
    database = _look_at_database(settings, [integration.folder for integration in integrations])
    yield database
    yield look_at_disk(settings)
    yield look_at_spool(settings)
    if not demo:
        yield look_at_backups(settings, app.clock())
    if database.ok:
        yield _look_at_keys(settings, demo)
        yield _look_at_words(settings)
    if all(finding.ok for finding in own):  # else services cannot be loaded, and they say what the files must hold
        yield _look_at_intents(settings)
    yield from asyncio.run(_look_at_wechat(settings))
    yield look_at_days_off(app.clock().date())
    if endpoint := Endpoint.of(settings):
        yield asyncio.run(_look_at_model(endpoint))
    https = settings.base_url.startswith("https://") or demo
    yield Finding(
        name="public address", ok=https, detail=settings.base_url,
        remedy="" if https else "set LINLI_PUBLIC_URL=https://… ; residents' links and the console's cookie need it",
    )  # fmt: skip


def look_at_days_off(today: date) -> Finding:
    """See whether the days off of the next weeks have been announced to us: notices are skipped and put off by them."""
    is_known = holidays.is_known(today + AHEAD)
    remedy = f"those of {(today + AHEAD).year} are announced in November: upgrade Linli, or its package chinesecalendar, and look at your planned notices"
    return Finding(
        name="days off", ok=True, detail=f"known to the end of {holidays.LAST_YEAR}", remedy="" if is_known else remedy
    )


def look_at_disk(settings: config.Settings) -> Finding:
    """See whether there is room where the database and the photos lie."""
    try:
        free = shutil.disk_usage(settings.var if settings.var.exists() else Path()).free
    except OSError as error:
        return Finding(
            name="disk",
            ok=False,
            detail=f"LINLI_VAR: {settings.var} ({error.strerror})",
            remedy="look at the disk and its rights",
        )
    detail = f"{free >> 20} MB are free where {settings.var} lies"
    remedy = (
        "make room, or move LINLI_VAR to a larger disk: when it is full nothing can be written down" if free < pulse.LOW else ""
    )
    return Finding(name="disk", ok=free >= pulse.NONE, detail=detail, remedy=remedy)


def look_at_spool(settings: config.Settings) -> Finding:
    """See whether pushes wait that came while the database was away."""
    waiting = waiting_in(settings.var / "spool")
    remedy = "they are worked off within a second of the database's return; is `linli serve` running?" if waiting else ""
    return Finding(
        name="spool",
        ok=not waiting,
        detail=f"{waiting} pushes wait for the database" if waiting else "nothing waits",
        remedy=remedy,
    )


def look_at_backups(settings: config.Settings, now: datetime) -> Finding:
    """See whether there is a backup of the last night, on another disk."""
    name, folder = "backups", settings.backup_folder
    if settings.database_url.startswith("postgres"):
        return Finding(name=name, ok=True, detail="PostgreSQL is backed up by its own means, see docs/operations.md")
    if folder is None:
        remedy = "set LINLI_BACKUP_FOLDER to a folder on another disk, and run `linli backup keys FILE` once"
        return Finding(name=name, ok=True, detail="none is made", remedy=remedy)
    newest = keeping.listed(folder)[:1] if folder.is_dir() else []
    if not newest or now - newest[0][0] > LATE:
        detail = f"the newest in {folder} is of {newest[0][0]:%Y-%m-%d %H:%M}" if newest else f"there is none in {folder}"
        return Finding(
            name=name,
            ok=False,
            detail=detail,
            remedy="run `linli backup` and read what hinders it; the server's log says so, too",
        )
    is_one_disk = settings.var.is_dir() and folder.stat().st_dev == settings.var.stat().st_dev
    remedy = f"{folder} is on the disk of LINLI_VAR: what takes one takes both; name a folder on another" if is_one_disk else ""
    return Finding(name=name, ok=True, detail=f"the newest is of {newest[0][0]:%Y-%m-%d %H:%M}", remedy=remedy)


def _look_at_rights(settings: config.Settings) -> Finding:
    folders, files = rights.open_to_others(settings)
    if not folders and not files:
        return Finding(name="private files", ok=True, detail=f"only this account reads {settings.var} and the settings")
    named = ", ".join(str(path) for path in (*folders, *files)[:4])
    more = f" and {len(folders) + len(files) - 4} more" if len(folders) + len(files) > 4 else ""
    detail = f"others on this machine may read {named}{more}"
    return Finding(name="private files", ok=False, detail=detail, remedy=rights.remedy(folders, files))


def _look_at_database(settings: config.Settings, folders: list[Path]) -> Finding:
    try:
        database = app.reach_database(settings)
    except Misconfigured as error:
        detail, _, remedy = str(error).rpartition("; ")
        return Finding(name="database", ok=False, detail=detail, remedy=remedy)
    kind = database.engine.dialect.name
    try:
        if missing := schema.pending(database.engine, folders):
            return Finding(name="database", ok=False, detail=f"{kind} lacks {', '.join(missing)}", remedy="run `linli migrate`")
        if not database.submit(communities.listed, settings.wechat_appid).result():
            return Finding(name="database", ok=False, detail=f"{kind}: no community yet", remedy="run `linli init FOLDER`")
        sent, stops = database.submit(_look_at_channels, settings.wechat_appid, app.clock()).result()
        if stops:
            return Finding(
                name="sending", ok=False, detail="; ".join(stops), remedy="check the account's rights and IP whitelist"
            )
        return Finding(name="database", ok=True, detail=f"{kind}, up to date; sent today: {sent or 'nothing'}")
    except Misconfigured as error:
        detail, _, remedy = str(error).partition("; ")
        return Finding(name="database", ok=False, detail=f"{kind}: {detail}", remedy=remedy)
    except Exception as error:  # the driver's errors are many; the doctor shows them all the same way
        return Finding(name="database", ok=False, detail=f"{kind}: {type(error).__name__}", remedy=_check_of(settings))
    finally:
        database.close()


def _look_at_words(settings: config.Settings) -> Finding:
    """Open the oldest words of each column, and see whether they hold numbers of papers or cards from before those were taken out."""
    name, database = "numbers in words", app.reach_database(settings)
    try:
        found = withholding.sampled(database.engine)
    finally:
        database.close()
    if found:
        detail = f"{found} of the oldest values hold numbers of papers or bank cards, kept before those were taken out where words enter"
        return Finding(name=name, ok=False, detail=detail, remedy="run `linli privacy withhold`; it may run beside the server")
    return Finding(name=name, ok=True, detail="the oldest words hold no numbers of papers or bank cards")


def _look_at_keys(settings: config.Settings, demo: bool) -> Finding:
    """Open the newest values of each column, and see that nobody else may read the key file."""
    place, name = keyfile.path(settings), "keys"
    database = app.reach_database(settings)
    try:
        faults = sealing.faults(database.engine, sample=OPENED)
        under = {count.key for count in sealing.counts(database.engine)}
        ring = keyring_of(database.engine.dialect)
    finally:
        database.close()
    if faults or not all(map(ring.holds, under)):
        detail = (
            str(faults[0]) if faults else f"values are sealed under keys that {place} does not hold: {', '.join(sorted(under))}"
        )
        return Finding(
            name=name, ok=False, detail=detail, remedy="run `linli keys status` for all of them; bring missing keys back"
        )
    if not keyfile.is_private(settings):
        return Finding(name=name, ok=False, detail=f"others may read {place}", remedy=f"chmod 600 {place}")
    secret = "LINLI_SECRET" if settings.secret.get_secret_value() else f"{settings.var / 'secret'}"
    return Finding(
        name=name, ok=True, detail=f"{place} opens what is there",
        remedy="" if demo else f"keep {place} and {secret} elsewhere, too (`linli backup keys FILE`): who loses either can read no personal data any more",
    )  # fmt: skip


def _look_at_channels(session: Session, appid: str, now: datetime) -> tuple[str, list[str]]:
    """Return what was sent today, and why something stands still."""
    figures = ", ".join(f"{count} by {name}" for name, count in channels.figures(session, appid, now).items() if count)
    return figures, [
        f"{stop.channel} stands still until {stop.until:%H:%M}: {stop.reason}"
        for stop in channels.stops(session, appid, now).values()
    ]


def _check_of(settings: config.Settings) -> str:
    return "check LINLI_DATABASE_URL" if settings.database_url else f"check the file linli.db in LINLI_VAR ({settings.var})"


def _look_at_intents(settings: config.Settings) -> Finding:
    if not settings.intents_folder.is_dir():
        detail = f"LINLI_INTENTS: {settings.intents_folder} is not a folder"
        return Finding(
            name="intents", ok=False, detail=detail, remedy="name the one that holds the intent files, or leave it out"
        )
    services = load_services(settings)
    catalogue = files.load(read_folder(settings.intents_folder, folders(services)), kinds=services.kinds)
    found = [*catalogue.problems, *promises.broken(catalogue, phrases.promises(services))]
    errors = [problem for problem in found if problem.severity == "error"]
    detail = f"{len(catalogue.intents)} intents, {len(errors)} errors"
    return Finding(name="intents", ok=not errors, detail=detail, remedy="run `linli check`" if errors else "")


async def _look_at_wechat(settings: config.Settings) -> list[Finding]:
    """Ask WeChat for a token: that proves address, secret and whitelist at once, and tells its time."""
    secret = settings.wechat_secret.get_secret_value()
    if not secret:
        return [
            Finding(name="wechat", ok=False, detail="no secret", remedy="set LINLI_WECHAT_SECRET; without it nothing can be sent")
        ]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
        client = Client(settings.wechat_appid, secret, http, settings.wechat_api_base)
        try:
            await client.token()
        except WeChatRefused as error:
            return [Finding(name="wechat", ok=False, detail=str(error), remedy=account.way_out(error))]
        return [Finding(name="wechat", ok=True, detail="an access token was given"), await _look_at_clock(http, settings)]


async def _look_at_model(endpoint: Endpoint) -> Finding:
    """Ask the language model once, in the way and within the time of a message."""
    chat, began = Chat(endpoint), time.perf_counter()
    try:
        answer = await chat.complete(opinion.PROBE)
        opinion.check(answer.content)
    except TimeoutError:
        late = f"no answer within {endpoint.within:g} s"
        remedy = "a smaller model, or one nearer by; LINLI_MODEL_TIMEOUT may be 3 at most. Until then the bot answers without it"
        return Finding(name="language model", ok=False, detail=late, remedy=remedy)
    except (aiohttp.ClientError, ValueError) as error:
        detail = str(error) if isinstance(error, ValueError) else type(error).__name__
        remedy = "check LINLI_MODEL_URL, LINLI_MODEL_KEY and LINLI_MODEL_NAME; until then the bot answers without it"
        return Finding(name="language model", ok=False, detail=f"{endpoint.url}: {detail}", remedy=remedy)
    finally:
        await chat.close()
    took = f"{endpoint.name or 'model'} answered in {time.perf_counter() - began:.2f} s"
    return Finding(name="language model", ok=True, detail=f"{took}; asked at most {endpoint.budget} times a day")


async def _look_at_clock(http: aiohttp.ClientSession, settings: config.Settings) -> Finding:
    try:
        async with http.get(settings.wechat_api_base) as response:
            date = response.headers.get("Date")
    except (aiohttp.ClientError, TimeoutError) as error:
        reason = f"WeChat did not tell the time ({type(error).__name__})"
        return Finding(name="clock", ok=False, detail=reason, remedy="run the command again in a minute")
    skew = abs(datetime.now(UTC) - parsedate_to_datetime(date)) if date else timedelta()
    ok = skew < CLOCK_SKEW
    return Finding(
        name="clock", ok=ok, detail=f"off by {skew.total_seconds():.0f} s", remedy="" if ok else "run NTP on this machine"
    )


# ------------------------------------------------------------------ pieces


@contextmanager
def _database(settings: config.Settings) -> Iterator[Database]:
    database = app.open_database(settings, load_integrations(settings.integrations, settings.integrations_folder))
    try:
        yield database
    finally:
        database.close()


def _read_roster(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise Misconfigured(f"{folder} is not a folder; name the one that holds {', '.join(roster.COLUMNS)}")
    texts = {}
    for path in (folder / name for name in roster.COLUMNS if (folder / name).exists()):
        try:
            texts[path.name] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Misconfigured(f"{path} is not UTF-8; in Excel choose “CSV UTF-8” when saving") from error
        except OSError as error:
            raise Misconfigured(f"{path} cannot be read ({error.strerror}); put a CSV file of that name there") from error
    return texts


def _staff_of(session: Session, appid: str, community: str, role: Role | None) -> list[Staff]:
    scope.enter(session, communities.pick(session, appid, community).key)
    query = select(Staff).order_by(col(Staff.login))
    return list(session.exec(query.where(Staff.role == role) if role else query).all())


def _require_staff(session: Session, login: str, appid: str, community: str) -> Staff:
    """Return the account of that login; one that several communities have must be named with its community."""
    if community:
        scope.enter(session, communities.pick(session, appid, community).key)
    found = session.exec(select(Staff).where(Staff.login == login)).all()
    if len({member.person for member in found}) > 1:
        raise Misconfigured(f"login {login!r} belongs to different people in several communities; name one with --community")
    if not found:
        known = ", ".join(session.exec(select(Staff.login).order_by(Staff.login).distinct().limit(20)).all())
        raise Misconfigured(f"there is no login {login!r}; known: {known or 'none'}")
    return found[0]


def _print_link(database: Database, settings: config.Settings, member: Staff) -> None:
    is_demo = settings.wechat_appid == stage.DEMO_APPID
    lives, words = (stage.LINK_LIVES, "12 hours") if is_demo else (LINK_LIVES, "15 minutes")
    token = database.submit(sessions.make_link, member, app.clock(), lives).result()
    typer.echo(f"{member.role} {member.name} ({member.login}): {settings.base_url}/console/in/{token}  (once, {words})")
