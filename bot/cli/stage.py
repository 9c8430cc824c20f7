"""The demo's settings: `linli demo` serves them, and other commands take them with --demo."""

import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

from bot import config
from bot.errors import Misconfigured
from bot.keys import Keys

#: Where the demo keeps everything.
VAR = Path("var/demo")

#: The AppID of the demo's stand-in for WeChat.
DEMO_APPID = "wx_demo_heyuan_8f2c"

#: Sign-in links of the demo open for as long as one plays with it, even when its clock is moved ahead.
LINK_LIVES = timedelta(hours=12)

#: Where the demo served last, for links that other commands print.
_ADDRESS = "address.json"


def demo_settings(*, host: str, port: int, var: Path, **more: object) -> config.Settings:
    """Return settings that need no account: keys derived from the installation's secret, WeChat played by ourselves."""
    base = config.Settings.model_construct(var=var)
    keys = Keys(config.read_secret(base))
    return config.load(
        _env_file=None, host=host, port=port, var=var, public_url=f"http://{host}:{port}",
        wechat_appid=DEMO_APPID, wechat_mode="safe", wechat_token=keys.derive("demo token").hex()[:32],
        wechat_secret=keys.derive("demo secret").hex()[:32], wechat_aes_key=_aes_key(keys),
        wechat_api_base=f"http://{host}:{port}/simulator/api/", wechat_template="demo-notice",
        **{"database_url": "", **more},
    )  # fmt: skip


def remember(settings: config.Settings) -> None:
    """Write down where the demo serves."""
    address = {"host": settings.host, "port": settings.port}
    (settings.var / _ADDRESS).write_text(json.dumps(address), encoding="utf-8")


def settings(*, demo: bool) -> config.Settings:
    """Return the installation's settings, or those of the demo as it served last; raises Misconfigured."""
    if not demo:
        return config.load()
    try:
        address = json.loads((VAR / _ADDRESS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Misconfigured(f"--demo: there is no demo in {VAR.absolute()} yet; run `linli demo` in this folder first") from error
    return demo_settings(host=address["host"], port=address["port"], var=VAR)


def community(name: str, *, demo: bool) -> str | None:
    """Return which community a command is for: in the demo the first, unless one is named; see `Linli.assemble`."""
    return None if demo and not name else name


def _aes_key(keys: Keys) -> str:
    return b64encode(keys.derive("demo aes")).decode().rstrip("=")
