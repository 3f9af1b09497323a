"""Where settings come from, which wins, and how a wrong one is told."""

from __future__ import annotations

import os
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


def test_broken_toml_is_told(folder: Path) -> None:
    (folder / "puente.toml").write_text("locale = \n")
    with pytest.raises(SettingsError, match=r"puente\.toml"):
        load_settings()


def test_secrets_show_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUENTE_HUBSPOT__ACCESS_TOKEN", "canary-1")
    monkeypatch.setenv("PUENTE_HUBSPOT__CLIENT_SECRET", "canary-2")
    assert "canary" not in repr(load_settings())
