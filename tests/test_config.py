"""Settings: what is missing or wrong is named, with its fault and the way out; defaults do the rest."""

from pathlib import Path

import pytest

from bot import config
from bot.errors import Misconfigured

GOOD = {"wechat_token": "token", "wechat_appid": "wx0123456789abcdef", "wechat_aes_key": "a" * 43}


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in config.Settings.model_fields:
        monkeypatch.delenv(f"LINLI_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("fault", "said"), [
    ({"wechat_aes_key": "a" * 42}, "LINLI_WECHAT_AES_KEY has 42 characters; WeChat's keys have 43"),
    ({"wechat_token": " "}, "LINLI_WECHAT_TOKEN is empty"),
    ({"wechat_token": "ab"}, "LINLI_WECHAT_TOKEN has 2 characters; WeChat's have 3 to 32 letters and digits"),
    ({"wechat_appid": "abc"}, "LINLI_WECHAT_APPID: 'abc' is no AppID"), ({"wechat_appid": "wx0123456789abcde"}, "is no AppID"),
    ({"wechat_aes_key": ""}, "LINLI_WECHAT_AES_KEY is missing"),
    ({"wechat_mode": "aes"}, "LINLI_WECHAT_MODE: 'aes' is unknown; one of plain, compat, safe"),
    ({"port": "http"}, "LINLI_PORT: 'http' does not fit"), ({"wechat_max_age": -1}, "LINLI_WECHAT_MAX_AGE: '-1' does not fit"),
    ({"public_url": "example.com"}, "LINLI_PUBLIC_URL: 'example.com' is no address; write it as https://"),
    ({"trusted_proxies": "127.0.0.1,proxy"}, "LINLI_TRUSTED_PROXIES: 'proxy' is no address or network; write them as 127.0.0.1"),
    ({"other_hosts": "https://linli.example.com"}, "LINLI_OTHER_HOSTS: 'https://linli.example.com' is no host"),
    ({"database_url": "mysql://x/y"}, "LINLI_DATABASE_URL: 'mysql' is no database Linli knows; write postgresql://"),
    ({"database_url": "garbage"}, "LINLI_DATABASE_URL: this is no database Linli knows; write postgresql://"),
    ({"model_url": "api.deepseek.com"}, "LINLI_MODEL_URL: 'api.deepseek.com' is no address; it begins with https://"),
    ({"model_timeout": 3.5}, "LINLI_MODEL_TIMEOUT: '3.5' does not fit"), ({"model_timeout": 0}, "LINLI_MODEL_TIMEOUT: '0' does not fit"),
    ({"model_budget": -1}, "LINLI_MODEL_BUDGET: '-1' does not fit"),
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


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(Misconfigured) as refused:
        config.load(**{**GOOD, "wechat_token": "ab", "wechat_appid": "abc", "public_url": "example.com"})

    for name in ("LINLI_WECHAT_TOKEN", "LINLI_WECHAT_APPID", "LINLI_PUBLIC_URL"):
        assert name in str(refused.value)


@pytest.mark.parametrize("appid", ["wx0123456789abcdef", "wx_demo_heyuan_8f2c"])
def test_appid_of_an_account_and_of_a_stand_in_are_taken(appid: str) -> None:
    assert config.load(**{**GOOD, "wechat_appid": appid}).wechat_appid == appid


def test_env_file_in_another_encoding_is_named() -> None:
    Path(".env").write_bytes("LINLI_WECHAT_TOKEN=门".encode("gbk"))

    with pytest.raises(Misconfigured, match=r"\.env is not UTF-8"):
        config.load()


def test_misspelt_settings_are_found_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("# LINLI_NOTE=1\nexport LINLI_WECHAT_SECRT=x\nLINLI_PORT=1\n", encoding="utf-8")
    monkeypatch.setenv("LINLI_WECHAT_TOKN", "x")

    assert {"LINLI_WECHAT_SECRT", "LINLI_WECHAT_TOKN"} <= set(config.unknown_settings())
    assert not {"LINLI_NOTE", "LINLI_PORT"} & set(config.unknown_settings())


@pytest.mark.parametrize(("old", "new"), config.RENAMED.items())
def test_a_setting_that_was_renamed_is_refused_and_names_the_new_one(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    monkeypatch.setenv(old, "https://model.example/v1")

    with pytest.raises(Misconfigured, match=f"{old} is no setting any more; write {new}"):
        config.load(**GOOD)


@pytest.mark.parametrize("said", ["https://m.example/v1", "https://m.example/v1/", "https://m.example/v1/chat/completions"])
def test_address_of_the_model_may_be_written_to_its_end(said: str) -> None:
    assert config.load(**GOOD, model_url=said).model_url == "https://m.example/v1"


@pytest.mark.parametrize("var", ["file", "file/below", "/proc"])
def test_folder_that_cannot_be_written_to_is_named_with_its_setting(var: str) -> None:
    Path("file").touch()

    with pytest.raises(Misconfigured, match=f"LINLI_VAR: nothing can be written to {var}"):
        config.make_var(Path(var))


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
