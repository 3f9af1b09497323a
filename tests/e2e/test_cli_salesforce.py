"""The command line on Salesforce: what it says when the organisation cannot be reached or refuses."""

from __future__ import annotations

import socket

import pytest

from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, org
from tests.e2e.command_line import CommandLine


@pytest.fixture
def nobody_there() -> str:
    """Return an address where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_an_organisation_that_is_not_there_is_named_with_its_own_setting(
    puente: CommandLine, nobody_there: str
) -> None:
    puente.settings.update(
        SALESFORCE__INSTANCE_URL=nobody_there, SALESFORCE__CLIENT_ID="a", SALESFORCE__CLIENT_SECRET="b"
    )
    ran = puente("check", "--live", "--crm", "salesforce", LOCALE="en")
    assert ran.code == 1
    assert nobody_there.removeprefix("http://") in ran.err
    assert "PUENTE_SALESFORCE__INSTANCE_URL" in ran.err
    assert "HUBSPOT" not in ran.err


def test_refused_credentials_are_salesforces(puente: CommandLine) -> None:
    with org(1, installed=False) as world:
        ran = puente(
            "qualify",
            "--all",
            CRM="salesforce",
            LOCALE="es",
            SALESFORCE__INSTANCE_URL=world.url,
            SALESFORCE__CLIENT_ID=CLIENT_ID,
            SALESFORCE__CLIENT_SECRET="wrong",
        )
    assert ran.code == 1
    assert "PUENTE_SALESFORCE__CLIENT_ID" in ran.err
    assert "HUBSPOT" not in ran.err
    assert "wrong" not in ran.err


def test_two_runs_by_the_settings_of_the_environment_write_once(puente: CommandLine) -> None:
    with org(12, installed=False) as world:
        puente.settings.update(
            CRM="salesforce",
            SALESFORCE__INSTANCE_URL=world.url,
            SALESFORCE__CLIENT_ID=CLIENT_ID,
            SALESFORCE__CLIENT_SECRET=CLIENT_SECRET,
        )
        planned = puente("qualify", "--all", "--dry-run", LOCALE="en")
        assert planned.code == 0, planned.err
        assert "create the fields the CRM still lacks" in planned.out
        assert puente("install", "--yes").code == 0
        first = puente("qualify", "--all", "--json")
        assert first.code == 0, first.err
        assert any(entry["touched"] for entry in world.journal())
        since = world.last_seq()
        assert puente("qualify", "--all", "--json").code == 0
        assert puente("install", "--yes").code == 0
        assert [entry for entry in world.journal(since) if entry["touched"]] == []
    assert CLIENT_SECRET not in first.out + first.err


@pytest.mark.parametrize("text", ["nonsense", "1001", "0055e000000ZZZZEA4", "00Q5e000000ZZZZEA4'"])
@pytest.mark.parametrize("command", ["qualify", "explain"])
def test_what_can_be_no_id_is_told_before_anything_is_asked(
    puente: CommandLine, nobody_there: str, command: str, text: str
) -> None:
    puente.settings.update(
        SALESFORCE__INSTANCE_URL=nobody_there, SALESFORCE__CLIENT_ID="a", SALESFORCE__CLIENT_SECRET="b"
    )
    ran = puente(command, text, "--crm", "salesforce", LOCALE="es")
    assert ran.code == 2
    assert f"{text}: no es el identificador" in ran.err


def test_ids_in_the_case_a_spreadsheet_left_them_in_are_restored_or_told(puente: CommandLine) -> None:
    with org(6) as world:
        puente.settings.update(
            CRM="salesforce",
            SALESFORCE__INSTANCE_URL=world.url,
            SALESFORCE__CLIENT_ID=CLIENT_ID,
            SALESFORCE__CLIENT_SECRET=CLIENT_SECRET,
        )
        ids = [line["object_id"] for line in puente("qualify", "--all", "--dry-run", "--json").lines]
        lead = next(one for one in ids if one.startswith("00Q") and not one[:15].isupper())
        restored = puente("qualify", lead.lower(), lead, "--json", "--dry-run")
        assert [(line["object_id"], line["outcome"]) for line in restored.lines] == [(lead, "planned")], restored.err
        for command in (("qualify", "--dry-run"), ("explain",)):
            lost = puente(*command, lead[:15].upper())
            assert lost.code == 1
            assert f"{lead[:15].upper()}: los identificadores de 15 caracteres" in lost.err
        assert "los identificadores de 15 caracteres" in puente("explain", lead[:15].lower()).err


def test_a_chain_of_merges_leads_to_the_person_who_is_left(puente: CommandLine) -> None:
    with org(12) as world:
        puente.settings.update(
            CRM="salesforce",
            SALESFORCE__INSTANCE_URL=world.url,
            SALESFORCE__CLIENT_ID=CLIENT_ID,
            SALESFORCE__CLIENT_SECRET=CLIENT_SECRET,
        )
        people = [line["object_id"] for line in puente("qualify", "--all", "--dry-run", "--json").lines]
        first, second, third, last = [one for one in people if one.startswith("00Q")][:4]
        for loser, winner in ((first, second), (second, third), (third, last)):
            world.ask("POST", "merge", {"from": loser, "into": winner})
        ran = puente("explain", first, "--json")
        assert ran.code == 0, ran.err
        assert ran.json["object_id"] == last
        assert puente("qualify", first, "--json").lines[-1]["object_id"] == last
