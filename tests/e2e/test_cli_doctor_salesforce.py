"""`puente doctor` on a sandbox organisation: what Salesforce has that HubSpot has not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, World, org
from tests.e2e.command_line import CommandLine, Ran
from tests.e2e.test_cli_doctor import ACTIVE, FORMER, checks, routed_model, the


@pytest.fixture
def world() -> Iterator[World]:
    with org(12) as found:
        yield found


def diagnose(puente: CommandLine, world: World, *arguments: str, root: Root | None = None, **settings: str) -> Ran:
    own = {
        "CRM": "salesforce",
        "LOCALE": "en",
        "STATE": str(puente.folder / "state.db"),
        "SALESFORCE__INSTANCE_URL": world.url,
        "SALESFORCE__CLIENT_ID": CLIENT_ID,
        "SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
    }
    return puente("doctor", "--json", *arguments, root=root, **{**own, **settings})


def test_an_organisation_in_order_is_all_green_and_nothing_was_written(
    puente: CommandLine, world: World, tmp_path: Path
) -> None:
    since = world.last_seq()
    ran = diagnose(puente, world, "--model", routed_model(tmp_path, ACTIVE))
    assert {check["name"]: check["what"] for check in ran.json["checks"] if check["state"] != "ok"} == {}
    assert ran.code == 0
    assert [entry for entry in world.journal(since) if entry["touched"]] == []


def test_before_installing_it_names_missing_fields_and_what_to_run(puente: CommandLine) -> None:
    with org(4, installed=False) as bare:
        ran = diagnose(puente, bare)
    assert (the(ran, "fields")["code"], ran.code) == ("fields_missing", 1)
    assert the(ran, "fields")["next"] == "`puente install`"
    assert the(ran, "signals")["state"] == "ok", "what feeds the model does not wait for our fields"


def test_a_field_that_exists_and_is_hidden_is_told_from_a_missing_one(puente: CommandLine, world: World) -> None:
    world.settings(hidden_fields=["Lead.Puente_Stage__c"])
    check = the(diagnose(puente, world), "fields")
    assert (check["state"], check["code"]) == ("fail", "fields_hidden")
    assert check["values"]["names"] == ["Lead.Puente_Stage__c"]
    assert "permission set" in check["next"]


def test_standard_fields_that_our_user_cannot_see_are_all_named_with_where_to_show_them(
    puente: CommandLine, world: World
) -> None:
    names = ("Title", "HasOptedOutOfEmail")
    hidden = [f"{sobject}.{name}" for sobject in ("Lead", "Contact") for name in names]
    world.settings(hidden_fields=[*hidden, "Lead.City", "Task.Type"])
    ran = diagnose(puente, world)
    check = the(ran, "rights")
    assert (check["state"], check["code"], ran.code) == ("warn", "rights_optional", 0)
    wanted = {f"{name}: Read" for name in (*hidden, "Task.Type")}
    assert set(check["values"]["rights"]) == wanted, "a contact shows the city: it may be no field of leads"
    assert all(name in check["what"] for name in wanted)
    assert "Object Settings" in check["next"]


def test_without_a_look_into_the_set_up_a_hidden_field_counts_as_missing(puente: CommandLine, world: World) -> None:
    world.settings(hidden_fields=["Lead.Puente_Stage__c"])
    refusal = [{"errorCode": "INSUFFICIENT_ACCESS", "message": "insufficient access"}]
    world.fail({"match": "GET /services/data/.*/tooling/query", "status": 403, "body": refusal, "times": None})
    ran = diagnose(puente, world)
    assert the(ran, "fields")["code"] == "fields_missing"
    assert the(ran, "rules")["code"] == "not_checked"


def test_a_field_that_may_not_be_edited_fails(puente: CommandLine, world: World) -> None:
    world.settings(read_only_fields=["Contact.Puente_Reasons__c"])
    check = the(diagnose(puente, world), "fields")
    assert (check["code"], check["values"]["names"]) == ("fields_read_only", ["Contact.Puente_Reasons__c"])


def test_validation_rules_are_named(puente: CommandLine, world: World) -> None:
    rule = {"object_type": "Lead", "error_when": "Phone = null", "message": "A phone is needed"}
    world.settings(validation_rules=[rule])
    check = the(diagnose(puente, world), "rules")
    assert check["state"] == "warn"
    assert "Lead: Rule_1" in check["what"]


def test_a_field_that_every_task_must_have_and_we_do_not_fill_fails(puente: CommandLine, world: World) -> None:
    require_of_tasks(world, "Cost_Centre__c")
    check = next(one for one in checks(diagnose(puente, world), "rules") if one["state"] == "fail")
    assert "Task: Cost_Centre__c (required)" in check["what"]


def require_of_tasks(world: World, name: str) -> None:
    """Let the organisation describe one more field of tasks, which nobody may leave empty."""
    described = {
        "name": "Task",
        "createable": True,
        "fields": [{"name": name, "nillable": False, "defaultedOnCreate": False, "createable": True, "type": "string"}],
    }
    world.fail(
        {"match": "GET /services/data/.*/sobjects/Task/describe", "status": 200, "body": described, "times": None}
    )


def test_a_version_that_is_not_served_says_which_is_the_newest(puente: CommandLine, world: World) -> None:
    ran = diagnose(puente, world, SALESFORCE__API_VERSION="25.0")
    assert (the(ran, "version")["state"], ran.code) == ("fail", 1)
    assert the(ran, "version")["next"] == "PUENTE_SALESFORCE__API_VERSION=67.0"
    assert checks(ran, "credentials") == []


def test_a_version_over_three_years_old_may_end_any_day(puente: CommandLine, world: World) -> None:
    later = Root(clock=lambda: datetime(2029, 3, 1, tzinfo=UTC))
    assert the(diagnose(puente, world, root=later), "version")["state"] == "warn"


def test_the_share_left_to_others_counts_as_used(puente: CommandLine, world: World) -> None:
    for left, state in ((90_000, "ok"), (30_000, "warn"), (15_000, "fail")):
        body = {"DailyApiRequests": {"Max": 100_000, "Remaining": left}}
        world.fail({"match": "GET /services/data/.*/limits", "status": 200, "body": body, "times": None})
        assert the(diagnose(puente, world), "limits")["state"] == state


def test_refused_credentials_fail_and_never_show(puente: CommandLine, world: World) -> None:
    ran = diagnose(puente, world, SALESFORCE__CLIENT_SECRET="canary-secret")
    assert the(ran, "credentials")["state"] == "fail"
    assert "PUENTE_SALESFORCE__CLIENT_ID" in the(ran, "credentials")["what"]
    assert "canary-secret" not in ran.out + ran.err


def test_objects_our_user_may_not_change_are_named(puente: CommandLine, world: World) -> None:
    deny(world, "Lead", updateable=False)
    assert the(diagnose(puente, world), "rights")["values"]["rights"] == ["Lead: Edit"]


def deny(world: World, sobject: str, **rights: bool) -> None:
    described: dict[str, Any] = {"name": sobject, "fields": [], "updateable": True, "createable": True, **rights}
    match = f"GET /services/data/.*/sobjects/{sobject}/describe"
    world.fail({"match": match, "status": 200, "body": described, "times": None})


def test_leads_that_our_user_may_not_see_are_worth_a_warning(puente: CommandLine, world: World) -> None:
    gone = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    world.fail({"match": "/sobjects/Lead/describe", "status": 404, "body": gone, "times": None})
    check = the(diagnose(puente, world), "rights")
    assert (check["state"], check["values"]["rights"]) == ("warn", ["Lead: Read"])


def test_a_field_the_organisation_lacks_leaves_its_signals_without_evidence(puente: CommandLine, world: World) -> None:
    world.settings(hidden_fields=["Task.Type", "Lead.Title", "Contact.Title"])
    ran = diagnose(puente, world)
    fed = {line["id"]: line for line in ran.json["coverage"]}
    assert (fed["social-comment"]["supply"], fed["social-comment"]["why"]) == ("missing", "missing_field")
    assert the(ran, "signals")["state"] == "warn"
    assert "job_title" in the(ran, "attributes")["what"]


def test_owners_by_id_and_by_address(puente: CommandLine, world: World, tmp_path: Path) -> None:
    queue = "00G000000000001AAA"
    ran = diagnose(puente, world, "--model", routed_model(tmp_path, ACTIVE, FORMER, queue, "nobody@example.com"))
    unknown, inactive = checks(ran, "routing")
    assert unknown["values"]["names"] == [queue, "nobody@example.com"]
    assert inactive["values"]["names"] == [FORMER]
