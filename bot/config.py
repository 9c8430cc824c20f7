"""Settings, read once at start from the environment, a `.env` file and defaults, in that order."""

import re
import secrets
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import Misconfigured

#: WeChat's keys are 43 base64 characters, which with one `=` decode to 32 bytes.
AES_KEY_LENGTH = 43


class WeChatMode(StrEnum):
    """How WeChat's pushes are protected; the same choice as in the account's console (明文, 兼容, 安全)."""

    PLAIN = "plain"
    COMPAT = "compat"
    SAFE = "safe"


class Settings(BaseSettings):
    """All settings; each is named LINLI_ plus its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    wechat_token: SecretStr = Field(description="Token of 基本配置 › 服务器配置, 3 to 32 letters and digits")
    wechat_appid: str = Field(description="AppID of the service account, wx…")
    wechat_secret: SecretStr = Field(SecretStr(""), description="AppSecret; without it nothing can be sent by itself")
    wechat_aes_key: SecretStr = Field(SecretStr(""), description="EncodingAESKey, 43 characters; needed unless plain")
    wechat_previous_aes_key: SecretStr = Field(SecretStr(""), description="the key before, still accepted after a change")
    wechat_mode: WeChatMode = Field(WeChatMode.SAFE, description="plain, compat or safe, as in the account's console")
    wechat_api_base: str = Field("https://api.weixin.qq.com/", description="where WeChat's API answers")
    wechat_max_age: int = Field(600, ge=0, description="seconds a signed push stays fresh; 0 = no check")
    wechat_milliseconds: bool = Field(False, description="for test peers only: pushes are stamped in milliseconds")
    wechat_template: str = Field("", description="template id for notices outside the 48-hour window")
    wechat_subscription: str = Field("", description="subscription template id, used before the template where allowed")
    database_url: str = Field("", description="empty = SQLite file linli.db in LINLI_VAR; or postgresql://…")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on")
    public_url: str = Field("", description="how residents reach us, https://…; empty = http://HOST:PORT")
    var: Path = Field(Path("var"), description="folder for the database, photos and the secret")
    intents: Path | None = Field(None, description="folder of intent files; empty = the shipped ones")
    integrations: Annotated[list[str], NoDecode] = Field(
        ["community", "visitor_passes", "repairs", "health"], description="services to load, separated by commas"
    )
    secret: SecretStr = Field(SecretStr(""), description="32+ characters that keys derive from; empty = var/secret")
    adviser_url: str = Field(
        "", description="OpenAI-compatible API that may choose where the matcher doubts; empty = none is asked"
    )
    adviser_key: SecretStr = Field(SecretStr(""), description="key of that API")
    adviser_model: str = Field("", description="model of that API")
    group_commit: int = Field(64, ge=1, le=1000, description="turns that may share one commit")

    @field_validator("integrations", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [name.strip() for name in value.split(",") if name.strip()]
        return value

    @field_validator("wechat_api_base")
    @classmethod
    def _end_with_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is no address; it begins with https://")
        return value if value.endswith("/") else value + "/"

    @field_validator("adviser_url")
    @classmethod
    def _check_adviser(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is no address; it begins with https:// and ends before /chat/completions")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _check_account(self) -> Self:
        if not self.wechat_token.get_secret_value().strip():
            raise ValueError("LINLI_WECHAT_TOKEN is empty; copy the Token of 基本配置 › 服务器配置")
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
    def base_url(self) -> str:
        """The address residents' links begin with, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def intents_folder(self) -> Path:
        """Where the intent files lie."""
        return self.intents or shipped("intents")


def _check_key(name: str, key: str, way_out: str) -> None:
    if len(key) != AES_KEY_LENGTH:
        raise ValueError(f"{name} has {len(key)} characters; WeChat's keys have {AES_KEY_LENGTH}. {way_out}")
    if not re.fullmatch(r"[A-Za-z0-9+/]*", key):
        raise ValueError(f"{name} holds characters other than letters and digits. {way_out}")


def load(**overrides: object) -> Settings:
    """Read the settings; raises Misconfigured that names each culprit and the way out."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # values come as text and are validated
    except ValidationError as error:
        raise Misconfigured("\n".join(_explain(item) for item in error.errors())) from None


def _explain(item: object) -> str:
    fault: dict[str, object] = dict(item)  # type: ignore[call-overload]  # pydantic's ErrorDetails is a TypedDict
    location = fault.get("loc")
    message = str(fault["msg"]).removeprefix("Value error, ")
    if not isinstance(location, tuple) or not location:
        return message
    name = str(location[0])
    description = Settings.model_fields[name].description if name in Settings.model_fields else ""
    if fault["type"] == "missing":
        return f"LINLI_{name.upper()} is missing: {description}. Set it in the environment or in .env"
    return f"LINLI_{name.upper()}: {message} ({description})"


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
        settings.var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip().encode()
