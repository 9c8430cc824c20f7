"""The demo's settings: `linli demo` serves them, and other commands take them with --demo."""

import json
import os
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from bot import config
from bot.errors import Misconfigured
from bot.keys import Keys

#: The AppID of the demo's stand-in for WeChat.
DEMO_APPID = "wx_demo_heyuan_8f2c"

#: Sign-in links of the demo open for as long as one plays with it, even when its clock is moved ahead.
LINK_LIVES = timedelta(hours=12)

#: Where the demo served last, for links that other commands print; its intent files, and the shipped ones they were copied from.
_ADDRESS, _INTENTS, _COPIED = "address.json", "intents", "intents.json"


def var() -> Path:
    """Return where the demo keeps everything."""
    return config.load_local().var / "demo"


def demo_settings(*, host: str, port: int, var: Path, **more: object) -> config.Settings:
    """Return settings that need no account: keys derived from the installation's secret, WeChat played by ourselves."""
    base = config.Settings.model_construct(var=var)
    keys = Keys(config.read_secret(base))
    return config.load(
        _env_file=None, host=host, port=port, var=var, public_url=f"http://{host}:{port}",
        wechat_appid=DEMO_APPID, wechat_mode="safe", wechat_token=keys.derive("demo token").hex()[:32],
        wechat_secret=keys.derive("demo secret").hex()[:32], wechat_aes_key=_aes_key(keys),
        wechat_api_base=f"http://{host}:{port}/simulator/api/", wechat_template="demo-notice",
        **{"database_url": "", "admin_totp": False, "keys_file": None, **more},
    )  # fmt: skip


def with_own_intents(settings: config.Settings) -> config.Settings:
    """Return settings by which the demo works on its copy of the shipped intent files, unless LINLI_INTENTS names others."""
    if settings.intents:
        return settings
    copy_intents(settings.var, config.shipped("intents"))
    return settings.model_copy(update={"intents": settings.var / _INTENTS})


def copy_intents(var: Path, shipped: Path) -> None:
    """Bring the demo's intent files up to date with the shipped ones; what was edited in the demo stays as it was edited."""
    own, ledger = var / _INTENTS, var / _COPIED
    own.mkdir(parents=True, exist_ok=True)
    copied: dict[str, str] = json.loads(ledger.read_text(encoding="utf-8")) if ledger.exists() else {}
    texts = {path.relative_to(shipped).as_posix(): path.read_bytes() for path in shipped.rglob("*.yaml")}
    untouched = {name for name in {*texts, *copied} if _digest_of(own / name) in ("", copied.get(name))}
    for name in untouched:
        if name in texts:
            _renew(own / name, texts[name])
        else:
            (own / name).unlink(missing_ok=True)
    copied = {name: sha256(text).hexdigest() if name in untouched else copied.get(name, "") for name, text in texts.items()}
    ledger.write_text(json.dumps(copied), encoding="utf-8")


def _renew(file: Path, text: bytes) -> None:
    """Write a file that is not so yet, whole or not at all: a demo that serves reads it meanwhile."""
    if file.exists() and file.read_bytes() == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(text)
    part.replace(file)


def _digest_of(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def remember(settings: config.Settings) -> None:
    """Write down where the demo serves."""
    address = {"host": settings.host, "port": settings.port}
    (settings.var / _ADDRESS).write_text(json.dumps(address), encoding="utf-8")


def settings(*, demo: bool) -> config.Settings:
    """Return the installation's settings, or those of the demo as it served last; raises Misconfigured."""
    if not demo:
        return config.load()
    try:
        address = json.loads((var() / _ADDRESS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Misconfigured(
            f"--demo: there is no demo in {var().absolute()} yet; run `linli demo` in this folder first"
        ) from error
    return with_own_intents(demo_settings(host=address["host"], port=address["port"], var=var()))


def community(name: str, *, demo: bool) -> str | None:
    """Return which community a command is for: in the demo the first, unless one is named; see `Linli.assemble`."""
    return None if demo and not name else name


def _aes_key(keys: Keys) -> str:
    return b64encode(keys.derive("demo aes")).decode().rstrip("=")
