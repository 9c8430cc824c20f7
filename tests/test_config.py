"""Settings: what is missing or wrong is named, with its fault and the way out; defaults do the rest."""

from pathlib import Path

import pytest

from bot import config
from bot.errors import Misconfigured

GOOD = {"wechat_token": "t", "wechat_appid": "wx1", "wechat_aes_key": "a" * 43}


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in config.Settings.model_fields:
        monkeypatch.delenv(f"LINLI_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("fault", "said"), [
    ({"wechat_aes_key": "a" * 42}, "LINLI_WECHAT_AES_KEY has 42 characters; WeChat's keys have 43"),
    ({"wechat_token": " "}, "LINLI_WECHAT_TOKEN is empty"), ({"wechat_mode": "aes"}, "LINLI_WECHAT_MODE"),
    ({"port": "http"}, "LINLI_PORT"), ({"wechat_max_age": -1}, "LINLI_WECHAT_MAX_AGE"),
    ({"wechat_api_base": "api.weixin.qq.com"}, "LINLI_WECHAT_API_BASE: 'api.weixin.qq.com' is no address"),
])  # fmt: skip
def test_wrong_setting_is_named_with_its_fault(fault: dict[str, object], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        config.load(**{**GOOD, **fault})

    assert said in str(refused.value)


def test_all_missing_settings_are_named_at_once_with_the_way_out() -> None:
    with pytest.raises(Misconfigured) as refused:
        config.load()

    for name in ("LINLI_WECHAT_TOKEN", "LINLI_WECHAT_APPID"):
        assert f"{name} is missing" in str(refused.value)
    assert "Set it in the environment or in .env" in str(refused.value)


def test_no_secret_stands_in_an_error() -> None:
    with pytest.raises(Misconfigured) as refused:
        config.load(**{**GOOD, "wechat_aes_key": "very-secret-key"})

    assert "very-secret-key" not in str(refused.value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_INTEGRATIONS", "repairs, health")
    monkeypatch.setenv("LINLI_WECHAT_MAX_AGE", "0")

    settings = config.load(**GOOD)

    assert (settings.integrations, settings.max_age) == (["repairs", "health"], None)


def test_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = config.load(**GOOD, var=tmp_path / "var")

    assert config.read_secret(settings) == config.read_secret(settings)
    assert (tmp_path / "var/secret").stat().st_mode & 0o077 == 0


def test_short_secret_is_refused() -> None:
    with pytest.raises(Misconfigured, match="LINLI_SECRET has 5 characters"):
        config.read_secret(config.load(**GOOD, secret="short"))
