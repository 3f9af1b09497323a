"""Put Salesforce together: every setting reaches the connection, and sessions are shared through the state."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.salesforce.connection import SalesforceConnection
from connector.bootstrap_salesforce import KeptSessions, salesforce_connection
from connector.bootstrap_state import build_ledger
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
    given = {"INSTANCE_URL": "https://x", "CLIENT_ID": "i", "CLIENT_SECRET": "s"}
    for name, value in {**given, "RESERVE_PCT": "40.5", "BULK_THRESHOLD": "0"}.items():
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


def test_a_session_is_kept_for_the_same_credentials_only(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    build_ledger(chosen, "1").close()
    kept = KeptSessions(chosen, salesforce_connection(chosen))
    kept.put("canary-session")
    assert KeptSessions(chosen, salesforce_connection(chosen)).get() == "canary-session"
    other = settings(tmp_path, client_secret=SecretStr("rotated"))
    assert KeptSessions(other, salesforce_connection(other)).get() is None


def test_keeping_a_session_makes_no_state_and_uses_the_one_the_run_made(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    kept = KeptSessions(chosen, salesforce_connection(chosen))
    with kept.turn():
        assert kept.get() is None
        kept.put("session")
    kept.close()
    assert list(tmp_path.iterdir()) == []
    build_ledger(chosen, "1").close()
    kept.close()
    assert KeptSessions(chosen, salesforce_connection(chosen)).get() == "session"


def test_one_process_at_a_time_has_its_turn_to_log_in(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    build_ledger(chosen, "1").close()
    assert can_log_in(tmp_path)
    with KeptSessions(chosen, salesforce_connection(chosen)).turn():
        assert not can_log_in(tmp_path)
    assert can_log_in(tmp_path)


def can_log_in(folder: Path) -> bool:
    """Try to take the turn as another process would, without waiting."""
    with closing(sqlite3.connect(folder / "state.db.login", isolation_level=None, timeout=0)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        return True
