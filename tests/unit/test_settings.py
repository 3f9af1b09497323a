"""Where settings come from, which wins, and how a wrong one is told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.settings import HUBSPOT_API, load_settings


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Read settings in an empty folder, without those of the machine."""
    for name in list(os.environ):
        if name.startswith("PUENTE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_defaults_are_those_of_the_documentation() -> None:
    settings = load_settings()
    assert (settings.crm, settings.locale, settings.state, settings.queue) == (
        "hubspot",
        "es",
        ".puente/state.db",
        "embedded",
    )
    assert settings.model is settings.mapping is settings.hubspot.access_token is None
    assert (settings.hubspot.base_url, settings.hubspot.api_version) == (HUBSPOT_API, "2026-09")


@pytest.mark.parametrize("secret", ["a${HOME}b", "${PUENTE_STATE}", "$HOME", "${", "$(x)", "a${HOME:-b}"])
def test_a_secret_with_dollars_and_braces_is_read_as_it_stands(folder: Path, secret: str) -> None:
    (folder / ".env").write_text(f"PUENTE_STATE=here.db\nPUENTE_HUBSPOT__ACCESS_TOKEN={secret}\n")
    settings = load_settings()
    assert settings.hubspot.access_token is not None
    assert settings.hubspot.access_token.get_secret_value() == secret
    assert settings.state == "here.db"


def test_the_environment_wins_over_dotenv_and_dotenv_over_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "puente.toml").write_text('locale = "en"\nstate = "toml.db"\n[hubspot]\nbase_url = "http://toml"\n')
    (folder / ".env").write_text("PUENTE_STATE=dotenv.db\nPUENTE_HUBSPOT__BASE_URL=http://dotenv\n")
    monkeypatch.setenv("PUENTE_HUBSPOT__BASE_URL", "http://environment")
    settings = load_settings()
    assert settings.locale == "en"
    assert settings.state == "dotenv.db"
    assert settings.hubspot.base_url == "http://environment"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PUENTE_LOCALE", "fr"), ("PUENTE_CRM", "pipedrive"), ("PUENTE_HUBSPOT__API_VERSION", "v3"),
     ("PUENTE_HUBSPOT__RATE_PER_10S", "0")],
)  # fmt: skip
def test_a_wrong_value_is_told_by_its_setting_not_by_itself(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value).startswith(f"{name}: ")


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUENTE_LOCALE", "fr")
    monkeypatch.setenv("PUENTE_CRM", "pipedrive")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert len(str(raised.value).splitlines()) == 2


def test_broken_toml_is_told_with_its_line(folder: Path) -> None:
    (folder / "puente.toml").write_text("locale = \n")
    with pytest.raises(SettingsError, match=r"puente\.toml: .*line 1"):
        load_settings()


@pytest.mark.parametrize("name", [".env", "puente.toml"])
def test_a_file_that_cannot_be_read_is_named(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / name).write_bytes(b"\xff\xfelocale")
    with pytest.raises(SettingsError, match=f"^{re.escape(name)}: not UTF-8 — "):
        load_settings()

    def refuse(path: Path, **_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SettingsError, match=f"^{re.escape(name)}: cannot be read .*ermission"):
        load_settings()


def test_secrets_show_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUENTE_HUBSPOT__ACCESS_TOKEN", "canary-1")
    monkeypatch.setenv("PUENTE_HUBSPOT__CLIENT_SECRET", "canary-2")
    assert "canary" not in repr(load_settings())


def test_a_blank_variable_is_a_setting_not_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("PUENTE_STATE=\nPUENTE_HUBSPOT__BASE_URL=\n")
    monkeypatch.setenv("PUENTE_MODEL", "")
    settings = load_settings()
    assert (settings.model, settings.state, settings.hubspot.base_url) == (None, ".puente/state.db", HUBSPOT_API)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("PUENTE_MODLE", "PUENTE_MODEL"), ("PUENTE_MAPPINGS", "PUENTE_MAPPING"), ("puente_locale_", "PUENTE_LOCALE"),
     ("PUENTE_HUBSPOT_BASE_URL", "PUENTE_HUBSPOT__BASE_URL"),
     ("PUENTE_HUBSPOT__TOKEN", "PUENTE_HUBSPOT__ACCESS_TOKEN")],
)  # fmt: skip
@pytest.mark.parametrize("in_file", [False, True])
def test_a_misspelt_variable_is_refused_with_the_one_that_was_meant(
    name: str, meant: str, in_file: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if in_file:
        (folder / ".env").write_text(f"{name}=canary\n")
    else:
        monkeypatch.setenv(name, "canary")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    place = ".env" if in_file else "the environment"
    assert str(raised.value) == f"{name.upper()}: no such setting — did you mean {meant}? Correct it in {place}"


@pytest.mark.parametrize("name", ["PUENTE_LOG", "PUENTE_SERVICE_HOST", "PUENTE_PORT_8787_TCP", "MODEL"])
def test_what_others_put_into_the_environment_is_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    assert load_settings().model is None


def test_every_unknown_key_of_the_toml_file_is_told(folder: Path) -> None:
    (folder / "puente.toml").write_text('modle = "a.yaml"\nlocale = "en"\n[hubspot]\ntoken = "x"\n[hupspot]\na = 1\n')
    with pytest.raises(SettingsError) as raised:
        load_settings()
    told = str(raised.value).splitlines()
    assert [line.split(": no such setting")[0] for line in told] == [
        "puente.toml: modle",
        "puente.toml: [hubspot] token",
        "puente.toml: hupspot",
        "puente.toml: [hupspot] a",
    ]


def test_a_group_of_settings_given_as_one_text_is_refused_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUENTE_HUBSPOT", "canary")
    with pytest.raises(SettingsError, match=r"hubspot.*PUENTE_HUBSPOT__BASE_URL") as raised:
        load_settings()
    assert "canary" not in str(raised.value)
