"""Run as an OAuth app: renewed refresh tokens outlive the run, so the next one can still log in."""

from __future__ import annotations

from pathlib import Path

from tests.contract.hubspot_world import portal
from tests.e2e.command_line import CommandLine, settings_for

OAUTH = {
    "HUBSPOT__CLIENT_ID": "sandbox-client-id",
    "HUBSPOT__CLIENT_SECRET": "sandbox-client-secret",
    "HUBSPOT__REFRESH_TOKEN": "sandbox-refresh-token",
}


def test_a_rotated_refresh_token_is_kept_for_every_later_command(puente: CommandLine, tmp_path: Path) -> None:
    with portal(4, installed=False, rotate_refresh_token=True) as world:
        puente.settings.update({**settings_for(world.url, tmp_path), **OAUTH})
        del puente.settings["HUBSPOT__ACCESS_TOKEN"]
        for command in ("install --yes", "qualify --all", "explain 1001", "qualify --all"):
            ran = puente(*command.split())
            assert ran.code == 0, ran.err
        logins = [entry for entry in world.journal() if "/oauth/" in entry["path"]]
    assert len(logins) >= 4
    assert all(entry["status"] == 200 for entry in logins)


def test_a_wrong_refresh_token_is_one_clear_line(puente: CommandLine, tmp_path: Path) -> None:
    with portal(2) as world:
        puente.settings.update({**settings_for(world.url, tmp_path), **OAUTH, "HUBSPOT__REFRESH_TOKEN": "canary-rt"})
        del puente.settings["HUBSPOT__ACCESS_TOKEN"]
        ran = puente("qualify", "--all")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "canary" not in ran.err
