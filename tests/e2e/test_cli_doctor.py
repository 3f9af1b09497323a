"""`puente doctor` on sandbox accounts: all in order, and every way in which it is not, with the message it gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root, Rules, open_crm
from connector.live.clock import system_clock
from connector.live.doorbell import Doorbell
from connector.live.queue_sqlite import SqliteQueue
from connector.ports import Crm
from connector.settings import Settings
from tests.contract.hubspot_world import portal
from tests.e2e.command_line import CommandLine, Ran, settings_for
from tests.e2e.conftest import Office

MODEL = Path(__file__).parents[2] / "mappings" / "model.yaml"
ACTIVE, FORMER = "diego.salvatierra@example.com", "ramon.olmedo@example.com"


def routed_model(folder: Path, *owners: str) -> str:
    """Write the packaged model with owners who take turns."""
    path = folder / "routed.yaml"
    named = ", ".join(f'"{owner}"' for owner in owners)
    path.write_text(MODEL.read_text().replace("round_robin: []", f"round_robin: [{named}]"))
    return str(path)


def diagnose(office: Office, *arguments: str, root: Root | None = None, **settings: str) -> Ran:
    return office.puente("doctor", "--json", *arguments, root=root, **{"LOCALE": "en", **settings})


def checks(ran: Ran, name: str) -> list[dict[str, Any]]:
    return [check for check in ran.json["checks"] if check["name"] == name]


def the(ran: Ran, name: str) -> dict[str, Any]:
    (check,) = checks(ran, name)
    return check


def test_an_account_in_order_is_all_green_and_nothing_was_written(office: Office, tmp_path: Path) -> None:
    since = office.world.last_seq()
    ran = diagnose(office, "--model", routed_model(tmp_path, ACTIVE))
    assert {check["name"]: check["state"] for check in ran.json["checks"] if check["state"] != "ok"} == {}
    assert (ran.code, ran.json["ok"]) == (0, True)
    assert office.writes_since(since) == []
    assert not (tmp_path / "state.db").exists()
    fed = {line["id"]: line for line in ran.json["coverage"]}
    assert fed["page-view"]["supply"] == "supplied"
    assert fed["page-view"]["people"] > 0


@pytest.mark.parametrize(("locale", "words"), [("es", ("falla", "Faltan")), ("en", ("fails", "are missing"))])
def test_before_installing_it_says_which_fields_are_missing_and_what_to_run(
    puente: CommandLine, tmp_path: Path, locale: str, words: tuple[str, ...]
) -> None:
    with portal(6, installed=False) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        ran = puente("doctor", LOCALE=locale)
    assert ran.code == 1
    assert all(word in ran.out for word in (*words, "puente_engagement", "`puente install`"))
    assert ran.err == ""


def test_a_refused_credential_is_one_line_that_fails(office: Office) -> None:
    ran = diagnose(office, HUBSPOT__ACCESS_TOKEN="canary-token")
    assert ran.code == 1
    assert the(ran, "credentials")["state"] == "fail"
    assert "PUENTE_HUBSPOT__ACCESS_TOKEN" in the(ran, "credentials")["what"]
    assert "canary-token" not in ran.out + ran.err
    assert checks(ran, "fields") == []
    assert the(ran, "state")["state"] == "ok", "what is here is looked at all the same"


def test_settings_that_are_missing_end_with_two(office: Office) -> None:
    ran = diagnose(office, HUBSPOT__ACCESS_TOKEN="")
    assert (ran.code, ran.out) == (2, "")
    assert "PUENTE_HUBSPOT__ACCESS_TOKEN" in ran.err


def test_missing_scopes_are_named_by_what_they_are_for(office: Office) -> None:
    scopes = ["crm.objects.contacts.read", "crm.objects.companies.read", "crm.schemas.contacts.read", "forms"]
    office.world.ask("POST", "settings", {"scopes": scopes})
    ran = diagnose(office)
    lacking, optional = checks(ran, "rights")
    assert (lacking["state"], optional["state"]) == ("fail", "warn")
    assert lacking["values"]["rights"] == ["crm.objects.contacts.write"]
    assert {"crm.objects.marketing_events.read", "crm.objects.owners.read"} <= set(optional["values"]["rights"])


def test_a_token_that_says_nothing_of_its_scopes_is_tried(office: Office) -> None:
    office.world.fail({"match": "introspect", "status": 404, "times": None})
    assert the(diagnose(office), "rights")["code"] == "rights_untold"
    office.world.ask("POST", "settings", {"scopes": ["crm.objects.contacts.read"]})
    assert "crm.schemas.contacts.read" in the(diagnose(office), "rights")["values"]["rights"]


@pytest.mark.parametrize(("today", "state"), [(date(2028, 1, 1), "warn"), (date(2028, 3, 1), "fail")])
def test_a_version_near_and_past_its_end(office: Office, today: date, state: str) -> None:
    ran = diagnose(office, root=Root(clock=lambda: datetime.combine(today, time(), UTC)))
    assert the(ran, "version")["state"] == state
    assert "2028-03-01" in the(ran, "version")["what"]


def test_a_version_that_the_portal_does_not_know_is_told_by_its_setting(office: Office) -> None:
    ran = diagnose(office, HUBSPOT__API_VERSION="2019-01")
    assert ran.code == 1
    assert "2019-01" in ran.out


def test_few_calls_left_warn_and_none_left_fail(office: Office) -> None:
    for used, state in ((100, "ok"), (850, "warn"), (1_000, "fail")):
        usage = {"results": [{"name": "daily", "usageLimit": 1_000, "currentUsage": used}]}
        office.world.fail({"match": "api-usage", "status": 200, "body": usage, "times": None})
        assert the_limit(diagnose(office), "daily_calls")["state"] == state


def test_a_day_that_is_used_up_fails(office: Office) -> None:
    office.world.fail({"match": "api-usage", "status": 429, "policy": "DAILY", "times": None})
    ran = diagnose(office)
    assert (the(ran, "limits")["state"], ran.code) == ("fail", 1)
    assert "daily limit" in the(ran, "limits")["what"]


def the_limit(ran: Ran, of: str) -> dict[str, Any]:
    return next(check for check in checks(ran, "limits") if check["code"].startswith(of))


def test_limits_that_may_not_be_looked_at_are_a_warning(office: Office) -> None:
    office.world.fail({"match": "api-usage", "status": 403, "times": None})
    ran = diagnose(office)
    assert (the(ran, "limits")["state"], the(ran, "limits")["code"]) == ("warn", "not_checked")
    assert ran.code == 0
    assert "Traceback" not in ran.err


def test_a_field_of_another_type_and_one_without_our_options_fail(puente: CommandLine, tmp_path: Path) -> None:
    with portal(4, installed=False) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        make = {"groupName": "contactinformation", "label": "X", "formField": False}
        stage = {"type": "enumeration", "fieldType": "select", "options": [{"label": "A", "value": "a"}]}
        create_property(world.url, {**make, "name": "puente_stage", **stage})
        create_property(world.url, {**make, "name": "puente_fit", "type": "string", "fieldType": "text"})
        ran = puente("doctor", "--json", LOCALE="en")
    by_code = {check["code"]: check for check in checks(ran, "fields")}
    assert set(by_code) == {"fields_missing", "fields_type", "fields_options"}
    assert "contacts.puente_fit" in by_code["fields_type"]["what"]
    assert "subscriber" in by_code["fields_options"]["what"]


def create_property(url: str, body: dict[str, Any]) -> None:
    import httpx

    path = f"{url}/crm/properties/2026-09/contacts"
    reply = httpx.post(path, json=body, headers={"Authorization": "Bearer sandbox-token"}, trust_env=False)
    reply.raise_for_status()


def test_rules_of_the_administrators_that_refuse_every_task_or_may_refuse_a_field(office: Office) -> None:
    rules = [
        {"object_type": "tasks", "property": "hs_task_reminders", "rule_type": "REQUIRED"},
        {"object_type": "contacts", "property": "puente_reasons", "rule_type": "MAX_LENGTH", "arguments": ["80"]},
        {"object_type": "contacts", "property": "fax", "rule_type": "MAX_LENGTH", "arguments": ["80"]},
    ]
    office.world.ask("POST", "settings", {"validation_rules": rules})
    certain, possible = checks(diagnose(office), "rules")
    assert (certain["state"], "hs_task_reminders" in certain["what"]) == ("fail", True)
    assert (possible["state"], possible["values"]["names"]) == ("warn", ["contacts: puente_reasons (MAX_LENGTH)"])
    assert the(diagnose(office, HUBSPOT__API_VERSION="2026-03"), "rules")["state"] == "ok", "not enforced before"


def test_a_name_of_the_mapping_that_the_portal_lacks_fails(office: Office, tmp_path: Path) -> None:
    packaged = (MODEL.parent / "hubspot.yaml").read_text()
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(packaged.replace("  sql: salesqualifiedlead", "  sql: no-such-stage"))
    ran = diagnose(office, "--mapping", str(mapping))
    assert the(ran, "mapping")["state"] == "fail"
    assert "stages.sql" in the(ran, "mapping")["what"]
    assert "puente check --live" in the(ran, "mapping")["next"]


def test_a_lower_tier_says_which_signals_it_feeds_by_counters_and_which_not(office: Office) -> None:
    office.world.ask("POST", "settings", {"tier": "starter", "marketing_events": False})
    ran = diagnose(office)
    fed = {line["id"]: line for line in ran.json["coverage"]}
    assert (fed["page-view"]["supply"], fed["page-view"]["source"]) == ("stand_in", "counters")
    assert fed["event-attended"]["supply"] == "missing"
    assert the(ran, "signals")["state"] == "warn"
    assert "event-attended" in the(ran, "signals")["what"]


def test_an_attribute_the_portal_lacks_is_said_to_stay_unknown(office: Office, tmp_path: Path) -> None:
    packaged = (MODEL.parent / "hubspot.yaml").read_text()
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(packaged.replace("{property: jobtitle, type: text}", "{property: job_of_theirs, type: text}"))
    ran = diagnose(office, "--mapping", str(mapping))
    assert the(ran, "attributes")["state"] == "warn"
    assert "job_title" in the(ran, "attributes")["what"]


def test_owners_who_left_or_never_were_fail(office: Office, tmp_path: Path) -> None:
    ran = diagnose(office, "--model", routed_model(tmp_path, ACTIVE, FORMER, "nobody@example.com"))
    unknown, inactive = checks(ran, "routing")
    assert unknown["values"]["names"] == ["nobody@example.com"]
    assert inactive["values"]["names"] == [FORMER]
    assert (unknown["state"], inactive["state"], ran.code) == ("fail", "fail", 1)


def test_people_without_an_owner_and_nobody_taking_turns_warn(office: Office) -> None:
    ran = diagnose(office)
    assert (the(ran, "routing")["code"], ran.code) == ("routing_empty", 0)
    assert "handoff.routing.round_robin" in the(ran, "routing")["next"]


class Ahead:
    """Be a CRM beside which our clock is ten minutes ahead."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def clock_lead(self) -> timedelta:
        return timedelta(minutes=10)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crm, name)


@contextmanager
def open_ahead(settings: Settings, rules: Rules, *, whole_past: bool = False) -> Iterator[Crm]:
    with open_crm(settings, rules, whole_past=whole_past) as crm:
        yield Ahead(crm)  # type: ignore[misc]


def test_a_clock_ten_minutes_off_fails(office: Office) -> None:
    ran = diagnose(office, root=replace(Root(), open_crm=open_ahead))
    assert the(ran, "clock")["state"] == "fail"
    assert "10 min apart" in the(ran, "clock")["what"]


def test_a_state_where_no_file_can_be_made_fails(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    ran = diagnose(office, STATE=str(tmp_path / "file" / "state.db"))
    assert the(ran, "state")["state"] == "fail"
    assert "PUENTE_STATE" in the(ran, "state")["next"]
    ran = diagnose(office, LOCALE="es", STATE=str(tmp_path / "file" / "state.db"))
    assert "no es una carpeta" in the(ran, "state")["what"]


def test_a_damaged_state_fails_and_one_in_use_does_not(office: Office, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    ran = diagnose(office, STATE=str(damaged))
    assert the(ran, "state")["code"] == "state_damaged"
    assert the(ran, "queue")["state"] == "fail"
    assert diagnose(office, "--model", routed_model(tmp_path, ACTIVE)).code == 0


def test_a_table_in_aws_that_cannot_be_reached_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    ran = diagnose(office, STATE="dynamodb://table", QUEUE="https://sqs.eu-west-1.amazonaws.com/1/q")
    assert (the(ran, "state")["state"], the(ran, "queue")["state"]) == ("fail", "fail")
    assert "AWS_ACCESS_KEY_ID" in the(ran, "state")["what"]


def test_doorbells_that_nobody_answers_warn(office: Office, tmp_path: Path) -> None:
    long_ago = system_clock() - timedelta(hours=1)
    queue = SqliteQueue(tmp_path / "state.db", lambda: long_ago)
    queue.put([Doorbell("hubspot", "62515", "contact", "1", long_ago, "changed")])
    queue.close()
    ran = diagnose(office)
    assert the(ran, "queue")["code"] == "queue_late"
    assert the(ran, "queue")["next"] == "`puente serve`"
    assert " min: " in the(ran, "queue")["what"]
    assert the(ran, "queue")["values"]["seconds"] >= 3_600


def test_where_searching_is_refused_the_first_of_the_list_are_tried(office: Office) -> None:
    office.world.fail({"match": "POST /crm/objects/.*/contacts/search", "status": 403, "times": None})
    ran = diagnose(office)
    assert (ran.json["sampled"], checks(ran, "sample")) == (20, [])


def test_people_who_cannot_be_read_are_said(office: Office) -> None:
    office.world.fail({"match": "POST /crm/objects/.*/contacts/batch/read", "status": 400, "times": None})
    assert the(diagnose(office), "sample")["state"] == "warn"


def test_a_server_that_is_not_there_fails_without_a_traceback(puente: CommandLine, tmp_path: Path) -> None:
    puente.settings.update(settings_for("http://127.0.0.1:9", tmp_path))
    ran = puente("doctor", LOCALE="en")
    assert ran.code == 1
    assert "127.0.0.1:9" in ran.out
    assert "credential into .env" not in ran.out, "another credential would not bring the server back"
    assert "Traceback" not in ran.out + ran.err


def test_a_database_is_left_as_it_was(office: Office, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.db") as state:
        state.execute("CREATE TABLE kept (x)")
    state.close()
    assert the(diagnose(office), "state")["code"] == "state_ok"


def test_a_server_that_is_no_hubspot_fails_and_the_advice_is_not_another_credential(office: Office) -> None:
    office.world.fail({"match": ".*", "status": 404, "body": {"message": "not here"}, "times": None})
    ran = diagnose(office)
    check = the(ran, "credentials")
    assert (ran.code, check["state"], check["code"]) == (1, "fail", "credentials_untried")
    assert "PUENTE_HUBSPOT__BASE_URL" in check["what"]
    assert ".env" not in check["next"]


def test_secrets_in_the_settings_file_are_named_and_never_shown(office: Office, tmp_path: Path) -> None:
    (tmp_path / "puente.toml").write_text('[hubspot]\nclient_secret = "canary-secret"\napp_id = "54321"\n')
    ran = diagnose(office)
    assert the(ran, "secrets")["state"] == "warn"
    assert the(ran, "secrets")["values"]["names"] == ["PUENTE_HUBSPOT__CLIENT_SECRET"]
    assert ".env" in the(ran, "secrets")["next"]
    assert "canary" not in ran.out + ran.err
