"""Settings, read once at start from the environment, a `.env` file and defaults, in that order."""

import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError, create_model, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import Misconfigured

#: WeChat's keys are 43 base64 characters, which with one `=` decode to 32 bytes.
AES_KEY_LENGTH = 43

#: What a token and an AppID are: https://developers.weixin.qq.com/doc/service/guide/dev/push/ ; stand-ins begin with wx_.
TOKEN, APPID = re.compile("[A-Za-z0-9]{3,32}"), re.compile(r"wx[0-9a-f]{16}|wx_\w+", re.ASCII)

#: What database URLs begin with.
DATABASES = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")

ENV_FILE = Path(".env")

#: Settings that were, and what took their place: they decide what leaves the house, so nobody may take them for still in force.
RENAMED = {
    "LINLI_ADVISER_URL": "LINLI_MODEL_URL", "LINLI_ADVISER_KEY": "LINLI_MODEL_KEY", "LINLI_ADVISER_MODEL": "LINLI_MODEL_NAME",
}  # fmt: skip

_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d")


class WeChatMode(StrEnum):
    """How WeChat's pushes are protected; the same choice as in the account's console (明文, 兼容, 安全)."""

    PLAIN = "plain"
    COMPAT = "compat"
    SAFE = "safe"


class Local(BaseSettings):
    """What can be set without an account: all that `linli try`, `chat`, `check` and `demo` read."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", env_file=ENV_FILE, extra="ignore", hide_input_in_errors=True)

    intents: Path | None = Field(None, description="folder of intent files; empty = the shipped ones")
    integrations: Annotated[list[str], NoDecode] = Field(
        [], description="services to load, separated by commas; empty = all that ship, and those of the folder"
    )

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on")
    var: Path = Field(Path("var"), description="folder for the database, photos, the secret and the keys")

    @field_validator("integrations", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _listed(value)

    integrations_folder: Path | None = Field(None, description="folder of further services, beside the shipped ones")
    office_hours: str = Field("08:30-18:00", description="when the property office is open: what residents who wait are told")
    office_days: str = Field("1234567", description="days on which it is open: 1 Monday to 7 Sunday")
    staff_silence: int = Field(30, ge=1, description="minutes of silence after which a talk that staff took goes back to the bot")

    @field_validator("office_hours")
    @classmethod
    def _check_hours(cls, value: str) -> str:
        opens, _, closes = value.strip().partition("-")
        if not (_CLOCK.fullmatch(opens) and _CLOCK.fullmatch(closes) and opens.zfill(5) < closes.zfill(5)):
            raise ValueError(f"LINLI_OFFICE_HOURS: {value!r} are no hours; write them as 08:30-18:00")
        return value.strip()

    @field_validator("office_days")
    @classmethod
    def _check_days(cls, value: str) -> str:
        if not re.fullmatch("[1-7]{1,7}", value.strip()):
            raise ValueError(f"LINLI_OFFICE_DAYS: {value!r} are no days; write 12345 for Monday to Friday")
        return value.strip()

    @property
    def intents_folder(self) -> Path:
        """Where the intent files lie."""
        return self.intents or shipped("intents")


class Settings(Local):
    """All settings; each is named LINLI_ plus its name in capitals."""

    wechat_token: SecretStr = Field(description="Token of 基本配置 › 服务器配置, 3 to 32 letters and digits")
    wechat_appid: str = Field(description="AppID of the service account, wx…")
    wechat_secret: SecretStr = Field(SecretStr(""), description="AppSecret; without it nothing can be sent by itself")
    wechat_aes_key: SecretStr = Field(SecretStr(""), description="EncodingAESKey, 43 characters; needed unless plain")
    wechat_previous_aes_key: SecretStr = Field(SecretStr(""), description="the key before, still accepted after a change")
    wechat_mode: WeChatMode = Field(WeChatMode.SAFE, description="plain, compat or safe, as in the account's console")
    wechat_api_base: str = Field("https://api.weixin.qq.com/", description="where WeChat's API answers")
    wechat_max_age: int = Field(600, ge=0, description="seconds a signed push stays fresh; 0 = no check")
    wechat_milliseconds: bool = Field(False, description="for test peers only: pushes are stamped in milliseconds")
    accounts: Path | None = Field(None, description="TOML file with further WeChat accounts, an [[account]] each")
    wechat_template: str = Field("", description="template id for notices outside the 48-hour window")
    wechat_subscription: str = Field("", description="subscription template id, used before the template where allowed")
    database_url: str = Field("", description="empty = SQLite file linli.db in LINLI_VAR; or postgresql://…")
    public_url: str = Field("", description="how residents reach us, https://…; empty = http://HOST:PORT")
    other_hosts: Annotated[list[str], NoDecode] = Field(
        [], description="further hosts under which pages are opened, separated by commas; others are refused"
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        [], description="addresses and networks of the proxies before us, separated by commas: who calls is taken from their word"
    )
    admin_totp: bool = Field(True, description="whether admins must sign in in two steps, with an authenticator app; others may")
    secret: SecretStr = Field(SecretStr(""), description="32+ characters that keys derive from; empty = var/secret")
    keys_file: Path | None = Field(
        None, description="file of the keys that personal data is sealed under; empty = keys in LINLI_VAR"
    )
    model_url: str = Field(
        "", description="OpenAI-compatible API, https://…/v1, that is asked where the matcher doubts; empty = none is"
    )
    model_key: SecretStr = Field(SecretStr(""), description="key of that API")
    model_name: str = Field("", description="name of the language model there")
    model_timeout: float = Field(1.5, gt=0, le=3, description="seconds to wait for it, 3 at most; then the bot answers without")
    model_budget: int = Field(500, ge=0, description="times a day it may be asked, by all replicas together")
    model_price_sent: float = Field(0.0, ge=0, description="fen for a million tokens sent to it, for the log; 0 = not reckoned")
    model_price_written: float = Field(0.0, ge=0, description="fen for a million tokens it writes, for the log")
    backup_folder: Path | None = Field(
        None, description="folder, on another disk, that a backup goes to each night; empty = none is made"
    )
    backup_at: str = Field("03:30", description="when it is made, in Asia/Shanghai")
    backup_keep: str = Field("7,4,12", description="how many days, weeks and months keep their newest one; older ones go")
    backup_recipients: Annotated[list[str], NoDecode] = Field(
        [], description="age recipients, age1…, separated by commas, for whom alone it can be opened; empty = it is not sealed"
    )
    group_commit: int = Field(64, ge=1, le=1000, description="turns that may share one commit")

    @field_validator("wechat_token")
    @classmethod
    def _check_token(cls, value: SecretStr) -> SecretStr:
        token, way_out = value.get_secret_value(), "copy the Token of 基本配置 › 服务器配置"
        if not token.strip():
            raise ValueError(f"LINLI_WECHAT_TOKEN is empty; {way_out}")
        if not TOKEN.fullmatch(token):
            raise ValueError(
                f"LINLI_WECHAT_TOKEN has {len(token)} characters; WeChat's have 3 to 32 letters and digits, {way_out}"
            )
        return value

    @field_validator("wechat_appid")
    @classmethod
    def _check_appid(cls, value: str) -> str:
        if not APPID.fullmatch(value):
            raise ValueError(
                f"LINLI_WECHAT_APPID: {value!r} is no AppID; that is wx and 16 signs of 0-9 and a-f, copy it from 基本配置"
            )
        return value

    @field_validator("wechat_api_base")
    @classmethod
    def _end_with_slash(cls, value: str) -> str:
        return _require_address("LINLI_WECHAT_API_BASE", value).rstrip("/") + "/"

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        return _require_address("LINLI_PUBLIC_URL", value) if value else value

    @field_validator("other_hosts", mode="before")
    @classmethod
    def _check_hosts(cls, value: object) -> object:
        found = _listed(value)
        for host in found if isinstance(found, list) else []:
            if not re.fullmatch(r"[\w.-]+(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?", host, re.ASCII):
                raise ValueError(f"LINLI_OTHER_HOSTS: {host!r} is no host; write names as linli.example.com, without https://")
        return found

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _check_proxies(cls, value: object) -> object:
        found = _listed(value)
        for network in found if isinstance(found, list) else []:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise ValueError(
                    f"LINLI_TRUSTED_PROXIES: {network!r} is no address or network; write them as 127.0.0.1,10.0.0.0/8"
                ) from None
        return found

    @field_validator("backup_at")
    @classmethod
    def _check_backup_at(cls, value: str) -> str:
        if not _CLOCK.fullmatch(value.strip()):
            raise ValueError(f"LINLI_BACKUP_AT: {value!r} is no time of day; write it as 03:30")
        return value.strip().zfill(5)

    @field_validator("backup_keep")
    @classmethod
    def _check_backup_keep(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3},\d{1,4},\d{1,4}", value.replace(" ", "")):
            raise ValueError(
                f"LINLI_BACKUP_KEEP: {value!r} are no days, weeks and months; write them as 7,4,12, with a day at least"
            )
        return value.replace(" ", "")

    @field_validator("backup_recipients", mode="before")
    @classmethod
    def _check_recipients(cls, value: object) -> object:
        found = _listed(value)
        for name in found if isinstance(found, list) else []:
            if not re.fullmatch("age1[02-9ac-hj-np-z]{58}", name):
                raise ValueError(
                    f"LINLI_BACKUP_RECIPIENTS: {name!r} is no recipient; `linli backup identity` makes one, age1 and 58 signs"
                )
        return found

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if value and not value.startswith(DATABASES):
            kind = f"{value.partition('://')[0]!r}" if "://" in value else "this"
            raise ValueError(
                f"LINLI_DATABASE_URL: {kind} is no database Linli knows; "
                "write postgresql://USER:PASSWORD@HOST/NAME, or leave it empty for SQLite"
            )
        return value

    @field_validator("model_url")
    @classmethod
    def _check_model_url(cls, value: str) -> str:
        address = value.rstrip("/").removesuffix("/chat/completions")
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", address):
            raise ValueError(
                f"LINLI_MODEL_URL: {value!r} is no address; it begins with https:// and ends before /chat/completions"
            )
        return address

    @model_validator(mode="after")
    def _check_account(self) -> Self:
        if self.wechat_mode is WeChatMode.PLAIN:
            return self
        way_out = "Copy EncodingAESKey again, or set LINLI_WECHAT_MODE=plain if the account uses 明文模式"
        _check_key("LINLI_WECHAT_AES_KEY", self.wechat_aes_key.get_secret_value(), way_out)
        previous = self.wechat_previous_aes_key.get_secret_value()
        if previous:
            _check_key("LINLI_WECHAT_PREVIOUS_AES_KEY", previous, "Copy it again, or leave it out")
        return self

    @property
    def max_age(self) -> timedelta | None:
        """How long a signed push stays fresh; None = no check."""
        return timedelta(seconds=self.wechat_max_age) if self.wechat_max_age else None

    @property
    def database(self) -> str:
        """The database's URL; SQLite in `var` unless one was named."""
        return self.database_url or f"sqlite:///{(self.var / 'linli.db').absolute()}"

    @property
    def proxies(self) -> list[IPv4Network | IPv6Network]:
        """The networks whose word is taken for who calls."""
        return [ip_network(network, strict=False) for network in self.trusted_proxies]

    @property
    def base_url(self) -> str:
        """The address residents' links begin with, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def _listed(value: object) -> object:
    """Return what stands between commas; what is no text stays as it is."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _require_address(name: str, value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
        raise ValueError(f"{name}: {value!r} is no address; write it as https://wechat.example.com")
    return value


def _check_key(name: str, key: str, way_out: str) -> None:
    if not key:
        raise ValueError(f"{name} is missing: EncodingAESKey of 基本配置, {AES_KEY_LENGTH} characters. {way_out}")
    if len(key) != AES_KEY_LENGTH:
        raise ValueError(f"{name} has {len(key)} characters; WeChat's keys have {AES_KEY_LENGTH}. {way_out}")
    if not re.fullmatch(r"[A-Za-z0-9+/]*", key):
        raise ValueError(f"{name} holds characters other than letters and digits. {way_out}")


def load(**overrides: object) -> Settings:
    """Read the settings; raises Misconfigured that names each culprit and the way out."""
    if old := [name for name in unknown_settings() if name in RENAMED]:
        raise Misconfigured(
            "\n".join(f"{name} is no setting any more; write {RENAMED[name]}, see docs/language-model.md" for name in old)
        )
    return _read(Settings, overrides)


def load_local() -> Local:
    """Read the settings that need no account; raises Misconfigured as `load` does."""
    return _read(Local, {})


_WECHAT = "wechat_"


def accounts(settings: Settings) -> list[Settings]:
    """Return the settings of all WeChat accounts, those of LINLI_WECHAT_… first.

    The file that LINLI_ACCOUNTS names has an [[account]] for each further one, with the names of those settings without their
    prefix: appid, token, secret, aes_key, mode, template … Raises Misconfigured that names the account at fault.
    """
    if settings.accounts is None:
        return [settings]
    path = settings.accounts
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("account", [])
    except OSError as error:
        raise Misconfigured(f"LINLI_ACCOUNTS: {path} cannot be read ({error.strerror}); name a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"LINLI_ACCOUNTS: {path} is no TOML: {error}") from error
    found = [settings, *(_account(settings, path, number, entry) for number, entry in enumerate(entries, 1))]
    appids = [account.wechat_appid for account in found]
    if twice := sorted({appid for appid in appids if appids.count(appid) > 1}):
        raise Misconfigured(f"LINLI_ACCOUNTS: {path} names {twice[0]} twice; each account stands there, or in the settings, once")
    return found


def _account(settings: Settings, path: Path, number: int, entry: Mapping[str, object]) -> Settings:
    names = {name.removeprefix(_WECHAT): name for name in Settings.model_fields if name.startswith(_WECHAT)}
    if unknown := sorted(set(entry) - set(names)):
        raise Misconfigured(f"LINLI_ACCOUNTS: {path}, account {number}: {unknown[0]!r} is unknown; known: {', '.join(names)}")
    shared = settings.model_dump(exclude=set(names.values()))
    blank = {
        name: field.get_default()
        for name, field in Settings.model_fields.items()
        if name.startswith(_WECHAT) and not field.is_required()
    }
    try:
        return Settings(_env_file=None, **{**shared, **blank, **{names[name]: value for name, value in entry.items()}})  # type: ignore[call-arg]
    except ValidationError as error:
        faults = "\n".join(_explain(dict(item)) for item in error.errors())
        raise Misconfigured(f"LINLI_ACCOUNTS: {path}, account {number}:\n{faults}") from None


M = TypeVar("M", bound=BaseModel)


def load_service(service: str, model: type[M]) -> M:
    """Return the settings of a service: each field of its model is LINLI_<SERVICE>_<FIELD>; raises Misconfigured."""
    prefix = service_prefix(service)
    try:
        read = _source(prefix, model)()
        return model.model_validate(read.model_dump())
    except ValidationError as error:
        raise Misconfigured("\n".join(_explain_service(prefix, model, dict(item)) for item in error.errors())) from None


@cache  # making a class takes five milliseconds, reading by it less than one
def _source(prefix: str, model: type[BaseModel]) -> type[BaseSettings]:
    """Return the model of a service, read from the environment."""
    read_as = SettingsConfigDict(env_prefix=prefix, env_file=ENV_FILE, extra="ignore", hide_input_in_errors=True)
    base = type(f"{model.__name__}Source", (BaseSettings,), {"model_config": read_as, "__module__": model.__module__})
    fields = {name: (field.annotation, field) for name, field in model.model_fields.items()}
    return create_model(base.__name__, __base__=base, **fields)  # type: ignore[call-overload,no-any-return]  # fields as pydantic gave them


def service_prefix(service: str) -> str:
    """Return what the settings of a service begin with."""
    return f"LINLI_{service.upper()}_"


def service_names(service: str, model: type[BaseModel]) -> list[str]:
    """Return the names of a service's settings as the environment has them."""
    return [f"{service_prefix(service)}{name.upper()}" for name in model.model_fields]


def shown(value: object) -> str:
    """Return a setting's value as others may see it: of a secret only whether there is one."""
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else "empty"
    return "empty" if value in (None, "") else str(value)


def _explain_service(prefix: str, model: type[BaseModel], fault: Mapping[str, Any]) -> str:
    name = str(fault["loc"][0]) if fault["loc"] else ""
    described = model.model_fields[name].description if name in model.model_fields else ""
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{prefix}{name.upper()}: {message}" + (f" ({described})" if described else "")


_S = TypeVar("_S", bound=Local)


def _read(kind: type[_S], overrides: Mapping[str, object]) -> _S:
    try:
        return kind(**overrides)  # type: ignore[arg-type]  # values come as text and are validated
    except ValidationError as error:
        faults = error.errors()
        told = [_explain(dict(item)) for item in faults]
        if any(item["type"] == "missing" for item in faults):  # what would only be missed later is named with the rest
            told += [
                f"LINLI_{name.upper()} is missing: {Settings.model_fields[name].description}"
                for name in _LATER
                if not _is_said(name)
            ]
        raise Misconfigured("\n".join(told)) from None
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{ENV_FILE} is not UTF-8; save it anew as UTF-8") from error


#: Settings without which an account can be read but hardly used.
_LATER = ("wechat_aes_key", "wechat_secret")


def _is_said(name: str) -> bool:
    kept = ENV_FILE.read_text(encoding="utf-8", errors="replace") if ENV_FILE.is_file() else ""
    said = {one.upper() for one in (*os.environ, *re.findall(r"^\s*(?:export\s+)?(\w+)\s*=\s*\S", kept, re.MULTILINE))}
    return f"LINLI_{name.upper()}" in said


def _explain(fault: Mapping[str, Any]) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "value_error":
        return message  # one of ours, which names all there is to name
    name = str(fault["loc"][0])
    setting, field = f"LINLI_{name.upper()}", Settings.model_fields[name]
    if fault["type"] == "missing":
        return f"{setting} is missing: {field.description}. Set it in the environment or in .env"
    said = "" if field.annotation is SecretStr else f"{str(fault['input'])[:60]!r} "
    if fault["type"] == "enum":
        return f"{setting}: {said}is unknown; one of {', '.join(WeChatMode)}"
    return f"{setting}: {said}does not fit: {message} ({field.description})"


def unknown_settings(services: Sequence[str] = ()) -> list[str]:
    """Return the LINLI_… names of the environment and of .env that are no settings; `services` names those of the services."""
    kept = ENV_FILE.read_text(encoding="utf-8", errors="replace") if ENV_FILE.is_file() else ""
    said = [*os.environ, *re.findall(r"^\s*(?:export\s+)?(\w+)\s*=", kept, re.MULTILINE)]
    return sorted({name.upper() for name in said if name.upper().startswith("LINLI_")} - {*setting_names(), *services})


def setting_names() -> list[str]:
    """Return the names of all settings as the environment has them."""
    return [f"LINLI_{name.upper()}" for name in Settings.model_fields]


def make_var(var: Path) -> None:
    """Make the folder LINLI_VAR where it is missing; raises Misconfigured when nothing can be written there."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var):
            pass
    except OSError as error:
        raise Misconfigured(
            f"LINLI_VAR: nothing can be written to {var} ({error.strerror}); name a folder that is writable"
        ) from error


def shipped(name: str) -> Path:
    """Return the folder `intents` or `data`: beside `bot/` in a checkout, inside the package when installed."""
    package = Path(__file__).parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name


def read_secret(settings: Settings) -> bytes:
    """Return the installation's secret; makes `var/secret`, readable by its owner only, at the first start."""
    given = settings.secret.get_secret_value()
    if given:
        if len(given) < 32:
            raise Misconfigured(f"LINLI_SECRET has {len(given)} characters; it needs 32 or more. Try: openssl rand -hex 32")
        return given.encode()
    path = settings.var / "secret"
    if not path.exists():
        make_var(settings.var)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip().encode()
