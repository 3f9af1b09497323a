"""`puente install` and `puente uninstall`: what they show, ask, write, and leave as it was."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.hubspot_world import TOKEN, World, portal
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, org
from tests.contract.salesforce_world import World as SalesforceWorld
from tests.e2e.command_line import CommandLine, Ran, settings_for

PARTS = 20
WEBHOOK = "https://hooks.example.com/hubspot/webhook"


@pytest.fixture
def bare(puente: CommandLine, tmp_path: Path) -> Iterator[World]:
    """Serve a portal nothing was installed in."""
    with portal(6, installed=False) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        yield world


@pytest.fixture
def organization(puente: CommandLine) -> Iterator[SalesforceWorld]:
    """Serve an organisation nothing was installed in."""
    with org(6, installed=False) as world:
        puente.settings.update(
            CRM="salesforce",
            SALESFORCE__INSTANCE_URL=world.url,
            SALESFORCE__CLIENT_ID=CLIENT_ID,
            SALESFORCE__CLIENT_SECRET=CLIENT_SECRET,
        )
        yield world


def touched(world: World | SalesforceWorld, since: int = 0) -> bool:
    return any(entry["touched"] for entry in world.journal(since))


def states(ran: Ran) -> Counter[str]:
    return Counter(part["state"] for part in ran.json["parts"])


def make_property(world: World, **body: Any) -> None:
    httpx.post(
        f"{world.url}/crm/properties/2026-09/contacts",
        json={"groupName": "contactinformation", "label": "x", **body},
        headers={"Authorization": f"Bearer {TOKEN}"},
        trust_env=False,
    ).raise_for_status()


def test_installing_shows_what_it_will_do_does_it_and_repeats_without_writing(bare: World, puente: CommandLine) -> None:
    planned = puente("install", "--dry-run", LOCALE="en")
    assert planned.code == 0
    assert planned.out.count("to be created") == PARTS
    assert not touched(bare)
    first = puente("install", "--yes", LOCALE="en")
    assert first.code == 0
    assert first.out.count("created") == PARTS
    assert "Created: 20. Changed: 0." in first.err
    before = bare.last_seq()
    again = puente("install", "--yes", LOCALE="en")
    assert again.code == 0
    assert again.out.count("unchanged") == PARTS
    assert not touched(bare, before)


def test_machines_get_one_document(bare: World, puente: CommandLine) -> None:
    assert states(puente("install", "--dry-run", "--json")) == {"missing": PARTS}
    ran = puente("install", "--yes", "--json")
    assert (ran.json["crm"], ran.json["written"], states(ran)) == ("hubspot", True, {"created": PARTS})


@pytest.mark.parametrize(("locale", "group"), [("es", "grupo puente"), ("en", "group puente")])
def test_parts_are_named_in_the_user_s_language_and_to_machines_always_alike(
    bare: World, puente: CommandLine, locale: str, group: str
) -> None:
    assert group in puente("install", "--dry-run", LOCALE=locale).out
    named = {part["name"] for part in puente("install", "--dry-run", "--json", LOCALE=locale).json["parts"]}
    assert "group puente" in named


def test_a_salesforce_permission_set_is_named_in_spanish(organization: SalesforceWorld, puente: CommandLine) -> None:
    said = " ".join(puente("install", "--dry-run").out.split())
    assert "conjunto de permisos" in said
    assert "permission set" not in said


def test_without_a_terminal_both_want_yes(bare: World, puente: CommandLine) -> None:
    ran = puente("install", LOCALE="en")
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert not touched(bare)
    puente("install", "--yes")
    before = bare.last_seq()
    ran = puente("uninstall", LOCALE="en")
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert not touched(bare, before)


@pytest.mark.parametrize(("locale", "said"), [("en", "type string, expected number"), ("es", "se esperaba number")])
def test_a_conflict_stops_before_anything_is_written(bare: World, puente: CommandLine, locale: str, said: str) -> None:
    make_property(bare, name="puente_fit", type="string", fieldType="text")
    before = bare.last_seq()
    ran = puente("install", "--yes", LOCALE=locale)
    assert ran.code == 2
    assert said in " ".join(ran.out.split())
    assert "Traceback" not in ran.err
    assert not touched(bare, before)


def test_a_scope_that_is_missing_is_named(puente: CommandLine, tmp_path: Path) -> None:
    scopes = ("crm.objects.contacts.read", "crm.schemas.contacts.read")
    with portal(1, installed=False, scopes=scopes) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        ran = puente("install", "--yes", LOCALE="en")
    assert ran.code == 1
    assert "crm.schemas.contacts.write" in ran.err


def test_uninstalling_says_what_data_goes_and_removes_only_ours(bare: World, puente: CommandLine) -> None:
    make_property(bare, name="puente_note", type="string", fieldType="text")
    before = bare.state()
    puente("install", "--yes")
    assert puente("qualify", "--all").code == 0
    tasks = len(bare.tasks()) - len(before["tasks"])
    assert tasks > 0
    planned = puente("uninstall", "--dry-run", "--json")
    records = {part["name"]: part["records"] for part in planned.json["parts"]}
    assert records["puente_stage"] == 6
    assert planned.json["open_tasks"] == tasks
    assert states(planned) == {"installed": PARTS}
    ran = puente("uninstall", "--yes", LOCALE="en")
    assert ran.code == 0
    assert f"{tasks} open tasks of Puente's stay" in ran.err
    after = bare.state()
    assert after["definitions"] == before["definitions"]
    assert "puente_note" in {one["name"] for one in after["definitions"]["contacts"]}
    assert len(after["tasks"]) == len(before["tasks"]) + tasks
    since = bare.last_seq()
    again = puente("uninstall", "--yes", LOCALE="en")
    assert (again.code, again.out, again.err) == (0, "", "There is nothing of Puente's to remove.\n")
    assert not touched(bare, since)


def test_what_has_our_name_but_not_our_mark_stays(bare: World, puente: CommandLine) -> None:
    make_property(bare, name="puente_model", type="string", fieldType="text")
    puente("install", "--yes")
    ran = puente("uninstall", "--yes", "--json")
    assert states(ran) == {"removed": PARTS - 1, "foreign": 1}
    assert [one["name"] for one in bare.state()["definitions"]["contacts"]] == ["puente_model"]


def test_the_app_s_project_is_written_and_never_over_what_somebody_edited(
    bare: World, puente: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "app"
    missing = puente("install", "--project", str(folder), LOCALE="en")
    assert (missing.code, "PUENTE_HUBSPOT__WEBHOOK_URL" in missing.err) == (2, True)
    assert not folder.exists()
    first = puente("install", "--project", str(folder), HUBSPOT__WEBHOOK_URL=WEBHOOK, LOCALE="en")
    assert first.code == 0, first.err
    assert "hs project upload" in first.err
    webhooks = folder / "src" / "app" / "webhooks" / "webhooks-hsmeta.json"
    assert json.loads(webhooks.read_text())["config"]["settings"]["targetUrl"] == WEBHOOK
    same = puente("install", "--project", str(folder), "--json", HUBSPOT__WEBHOOK_URL=WEBHOOK)
    assert {one["state"] for one in same.json["files"]} == {"exists"}
    webhooks.write_text("{}")
    (folder / "hsproject.json").unlink()
    refused = puente("install", "--project", str(folder), HUBSPOT__WEBHOOK_URL=WEBHOOK, LOCALE="en")
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert webhooks.read_text() == "{}"
    assert not (folder / "hsproject.json").exists()
    again = puente("install", "--project", str(folder), "--overwrite", HUBSPOT__WEBHOOK_URL=WEBHOOK)
    assert again.code == 0
    assert json.loads(webhooks.read_text())["uid"] == "puente_webhooks"
    assert not touched(bare)


def test_a_folder_that_cannot_be_used_is_said_in_the_user_s_language(puente: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    below = puente("install", "--crm", "salesforce", "--source", str(tmp_path / "file" / "x"))
    assert (below.code, "no se puede usar" in below.err) == (2, True)
    itself = puente("install", "--crm", "salesforce", "--source", str(tmp_path / "file"))
    assert (itself.code, "es un archivo, no una carpeta" in itself.err) == (2, True)
    relay = puente("install", "--crm", "salesforce", "--doorbell", "cdc", "--relay-to", "Madrid")
    assert (relay.code, "REGIÓN:CUENTA" in relay.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--crm", "hubspot", "--source", "x"), "--source"),
        (("--crm", "hubspot", "--doorbell", "cdc"), "--doorbell"),
        (("--crm", "salesforce", "--project", "x"), "--project"),
        (("--crm", "salesforce", "--relay-to", "eu-west-1:123456789012"), "--doorbell cdc"),
        (("--crm", "salesforce", "--doorbell", "cdc", "--relay-to", "Madrid"), "eu-west-1:123456789012"),
        (("--crm", "salesforce", "--doorbell", "outbound"), "PUENTE_SALESFORCE__WEBHOOK_URL"),
    ],
)
def test_options_that_mean_nothing_here_are_refused(puente: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    salesforce = {f"SALESFORCE__{name}": "https://x.example" for name in ("INSTANCE_URL", "CLIENT_ID", "CLIENT_SECRET")}
    ran = puente("install", *arguments, LOCALE="en", **salesforce)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_salesforce_rings_by_outbound_messages_and_the_secret_is_never_shown(
    organization: SalesforceWorld, puente: CommandLine
) -> None:
    ringing = {
        "SALESFORCE__WEBHOOK_URL": "https://hooks.example.com/salesforce/outbound",
        "SALESFORCE__WEBHOOK_TOKEN": "canary/token, old",
    }
    ran = puente("install", "--doorbell", "outbound", "--yes", LOCALE="en", **ringing)
    assert ran.code == 0, ran.err
    assert "canary" not in ran.out + ran.err
    assert "Flow:Puente_Lead_Changed" in organization.state()["components"]
    again = puente("install", "--doorbell", "outbound", "--yes", "--json", **ringing)
    assert set(states(again)) == {"exists"}
    moved = {**ringing, "SALESFORCE__WEBHOOK_TOKEN": "canary-2"}
    changed = puente("install", "--doorbell", "outbound", "--yes", "--json", **moved)
    assert states(changed)["changed"] == 5
    assert "canary" not in changed.out + changed.err


def test_salesforce_source_holds_no_secret_and_needs_no_account(puente: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    ran = puente(
        "install", "--crm", "salesforce", "--doorbell", "outbound", "--source", str(folder), LOCALE="en",
        SALESFORCE__WEBHOOK_TOKEN="canary-token",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert not [name for name, text in texts.items() if "canary" in text]
    assert ran.out.count("created") == len(texts), "no path is so long that its state is pushed out of sight"
    project = json.loads(texts["sfdx-project.json"])
    replaced = {(one["filename"], one["replaceWithEnv"]) for one in project["replacements"]}
    workflow = "force-app/main/default/workflows/Lead.workflow-meta.xml"
    assert (workflow, "PUENTE_SALESFORCE__WEBHOOK_TOKEN") in replaced
    assert (workflow, "PUENTE_SALESFORCE__USERNAME") in replaced
    for one in project["replacements"]:
        assert one["stringToReplace"] in texts[one["filename"]]


def test_every_column_is_there_at_eighty_characters(organization: SalesforceWorld, puente: CommandLine) -> None:
    ran = puente("install", "--yes", "--doorbell", "cdc", "--relay-to", "eu-west-1:123456789012", LOCALE="en")
    assert ran.out.count("created") == 48
    ran = puente("uninstall", "--dry-run", LOCALE="en")
    assert ran.out.count("to be removed") == 47
    assert max(len(line) for line in ran.out.splitlines()) <= 80


@pytest.mark.parametrize("doorbell", ["none", "outbound", "cdc"])
def test_init_install_doctor_qualify_uninstall_leave_the_organisation_as_it_was(
    organization: SalesforceWorld, puente: CommandLine, doorbell: str
) -> None:
    ringing = {"SALESFORCE__WEBHOOK_URL": "https://hooks.example.com/x", "SALESFORCE__WEBHOOK_TOKEN": "t"}
    relay = ["--relay-to", "eu-west-1:123456789012"] if doorbell == "cdc" else []
    before = organization.state()
    assert puente("init", "--yes", "--crm", "salesforce", "--locale", "en").code == 0
    assert puente("install", "--yes", "--doorbell", doorbell, *relay, **ringing).code == 0
    checks = puente("doctor", "--json").json["checks"]
    assert [one for one in checks if one["state"] == "fail"] == []
    assert puente("qualify", "--all").code == 0
    made = len(organization.tasks())
    planned = puente("uninstall", "--dry-run", "--json")
    records = {(part["owner"], part["name"]): part["records"] for part in planned.json["parts"]}
    people = records["Lead", "Puente_Stage__c"] + records["Contact", "Puente_Stage__c"]
    assert people == sum(not one["archived"] for one in before["people"])
    assert planned.json["open_tasks"] == made > 0
    ran = puente("uninstall", "--yes", "--tasks", LOCALE="en")
    assert ran.code == 0, ran.err
    after = organization.state()
    for place in ("custom_fields", "permission_sets", "components"):
        assert after[place] == before[place]
    assert living(after["tasks"]) == living(before["tasks"])
    assert people_of(after) == people_of(before)
    since = organization.last_seq()
    assert puente("uninstall", "--yes", "--json").json["parts"] == []
    assert not [entry for entry in organization.journal(since) if "deployment" in str(entry["touched"])]


def leave_the_lifecycle_alone(mapping: Path) -> None:
    """Take the lifecycle stages out of a mapping: those are HubSpot's own, and one that moved forward would stay."""
    text, stages = re.subn(
        r"(?m)^(  (?:lead|mql|sql|opportunity|customer|evangelist|subscriber): )\w+", r"\1null", mapping.read_text()
    )
    assert stages >= 4
    mapping.write_text(text)


def test_init_install_doctor_qualify_uninstall_leave_the_portal_as_it_was(
    bare: World, puente: CommandLine, tmp_path: Path
) -> None:
    before = bare.state()
    assert puente("init", "--yes", "--crm", "hubspot", "--locale", "en").code == 0
    leave_the_lifecycle_alone(tmp_path / "hubspot.yaml")
    assert puente("install", "--yes").code == 0
    checks = puente("doctor", "--json").json["checks"]
    assert [one for one in checks if one["state"] == "fail"] == []
    qualified = puente("qualify", "--all")
    assert qualified.code == 0, qualified.err
    assert len(bare.tasks()) > len(before["tasks"])
    assert puente("uninstall", "--yes", "--tasks").code == 0
    after = bare.state()
    for place in ("definitions", "groups"):
        assert after[place] == before[place]
    assert living(after["tasks"]) == living(before["tasks"])
    assert people_of(after) == people_of(before)


STAMPS = ("lastmodifieddate", "hs_lastmodifieddate", "LastModifiedDate", "LastModifiedById", "SystemModstamp")
"""What any write moves, and no removal can take back: when a record last changed, and by whose hand."""


def living(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["id"]: one["properties"] for one in records if not one["archived"]}


def people_of(state: dict[str, Any]) -> dict[str, Any]:
    return {
        one["id"]: {name: value for name, value in one["properties"].items() if name not in STAMPS}
        for one in state["people"]
        if not one["archived"]
    }
