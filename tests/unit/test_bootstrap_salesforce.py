"""Put Salesforce together: every setting reaches the connection, and sessions are shared through the state."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.salesforce.connection import SalesforceConnection
from connector.bootstrap_salesforce import salesforce_connection
from connector.errors import SettingsError
from connector.settings import SalesforceSettings, Settings, load_settings

REQUIRED = {"instance_url": "https://x.my.salesforce.com", "client_id": "id", "client_secret": SecretStr("canary")}


def settings(folder: Path, **salesforce: object) -> Settings:
    """Build settings without reading the machine's."""
    given = SalesforceSettings.model_validate({**REQUIRED, **salesforce})
    return Settings.model_construct(
        crm="salesforce", state=str(folder / "state.db"), locale="en", salesforce=given, model=None, mapping=None
    )


def test_the_defaults_are_those_of_the_connection(tmp_path: Path) -> None:
    connection = salesforce_connection(settings(tmp_path))
    assert connection == SalesforceConnection("https://x.my.salesforce.com", "id", "canary")
    assert (connection.reserve_pct, connection.bulk_threshold) == (15.0, 10_000)


def test_reserve_and_threshold_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "INSTANCE_URL": "https://x", "CLIENT_ID": "i", "CLIENT_SECRET": "s", "RESERVE_PCT": "40.5", "BULK_THRESHOLD": "0"
    }.items():  # fmt: skip
        monkeypatch.setenv(f"PUENTE_SALESFORCE__{name}", value)
    connection = salesforce_connection(load_settings())
    assert (connection.reserve_pct, connection.bulk_threshold) == (40.5, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("RESERVE_PCT", "100"), ("RESERVE_PCT", "-1"), ("RESERVE_PCT", "all"), ("BULK_THRESHOLD", "-1")],
)
def test_a_share_that_leaves_nothing_and_a_negative_threshold_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"PUENTE_SALESFORCE__{name}", value)
    with pytest.raises(SettingsError, match=f"^PUENTE_SALESFORCE__{name}: "):
        load_settings()
