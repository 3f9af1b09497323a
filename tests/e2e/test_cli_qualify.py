"""`puente qualify` against a portal: what it decides, writes, prints and returns."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.domain.decision import qualify
from connector.domain.decision_json import to_json
from connector.domain.person import Person, Timeline
from connector.files import load_mapping, load_model
from tests.contract.hubspot_world import portal
from tests.e2e.command_line import CommandLine, settings_for
from tests.e2e.conftest import Office

INTERFACE_KEYS = {
    "crm", "object_type", "object_id", "email", "stage_before", "stage", "fit", "engagement", "grade", "hand_raise",
    "contributions", "journey", "nurture_track", "next_content", "reasons", "next_review_at", "handoff", "changes",
    "outcome", "model", "decided_at",
}  # fmt: skip
EXTRA_KEYS = {"task_created", "task_id", "tasks_closed", "reason", "survivor"}


def decision_keys() -> set[str]:
    """Return the keys of a decision's JSON, from the domain."""
    model = load_model(None, load_mapping(None, "hubspot"))
    return set(to_json(qualify(Person(), Timeline(), model, datetime(2026, 3, 2, tzinfo=UTC)), "es"))


def ids(lines: list[dict[str, Any]], outcome: str) -> list[str]:
    return [line["object_id"] for line in lines if line["outcome"] == outcome]


def test_everybody_is_decided_written_and_gets_one_task_per_handoff(office: Office) -> None:
    ran = office.puente("qualify", "--all", "--json")
    assert ran.code == 0, ran.err
    lines = ran.lines
    assert len(lines) == len({line["object_id"] for line in lines})
    handed_over = [line for line in lines if line["handoff"]]
    assert handed_over
    keys = Counter(task["properties"]["puente_task_key"] for task in office.world.tasks())
    assert keys == {line["handoff"]["key"]: 1 for line in handed_over}
    for line in handed_over:
        assert line["task_created"]
        person = office.world.person(line["object_id"])
        assert person["puente_stage"] == line["stage"]
        assert person["puente_handoff_key"] == line["handoff"]["key"]


def test_every_json_line_has_the_keys_of_a_decision_whatever_became_of_the_person(office: Office) -> None:
    lines = office.puente("qualify", "1001", "999999", "--json").lines
    assert {line["outcome"] for line in lines} == {"gone", "written"}
    for line in lines:
        assert set(line) >= INTERFACE_KEYS
        assert set(line) == decision_keys() | EXTRA_KEYS


def test_changes_say_old_and_new_of_every_field_written(office: Office) -> None:
    (line,) = office.puente("qualify", "1002", "--json").lines
    old, new = line["changes"]["puente_stage"]
    assert old is None
    assert new == line["stage"] == office.world.person("1002")["puente_stage"]


def test_a_second_run_writes_nothing(office: Office) -> None:
    office.puente("qualify", "--all")
    before = office.world.last_seq()
    ran = office.puente("qualify", "--all", "--json")
    assert ran.code == 0
    assert {line["outcome"] for line in ran.lines} == {"unchanged"}
    assert office.writes_since(before) == []


def test_a_dry_run_plans_everything_and_writes_nothing_anywhere(office: Office) -> None:
    before = office.world.last_seq()
    ran = office.puente("qualify", "--all", "--dry-run", "--json")
    assert ran.code == 0
    assert {line["outcome"] for line in ran.lines} == {"planned"}
    assert any(line["handoff"] for line in ran.lines)
    assert office.writes_since(before) == []
    assert list(office.puente.folder.iterdir()) == []


def test_the_summary_of_a_dry_run_speaks_of_what_would_be(office: Office) -> None:
    ran = office.puente("qualify", "--all", "--dry-run", LOCALE="en")
    assert "would be created" in ran.out
    assert "Dry run: nothing was written." in ran.out


@pytest.mark.parametrize(("locale", "words"), [("es", "personas calificadas"), ("en", "people qualified")])
def test_the_summary_tells_moves_tasks_calls_and_the_next_command(office: Office, locale: str, words: str) -> None:
    ran = office.puente("qualify", "--all", LOCALE=locale)
    assert words in ran.out
    assert "puente explain" in ran.out
    assert "write_tasks" in ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_somebody_can_be_named_by_address_and_twice_is_once(office: Office) -> None:
    email = office.world.person("1002")["email"]
    ran = office.puente("qualify", "1002", "1002", "--email", email.upper(), "--json")
    assert ran.code == 0, ran.err
    assert ids(ran.lines, "written") == ["1002"]


def test_an_unknown_id_is_listed_as_gone_and_fails_the_run(office: Office) -> None:
    ran = office.puente("qualify", "424242")
    assert ran.code == 1
    assert "424242" in ran.out


def test_an_unknown_address_is_told_by_its_place_not_repeated(office: Office) -> None:
    ran = office.puente("qualify", "--email", "nobody@nowhere.example")
    assert ran.code == 1
    assert "n.º 1" in ran.err
    assert "nobody@" not in ran.err
    assert ran.out == "", "nobody was looked at, so there is nothing to sum up"


def test_a_merged_id_leads_to_the_survivor(office: Office) -> None:
    office.world.ask("POST", "merge", {"from": "1002", "into": "1003"})
    ran = office.puente("qualify", "1002", "--json")
    assert ran.code == 0, ran.err
    gone, written = ran.lines
    assert (gone["outcome"], gone["survivor"]) == ("gone", "1003")
    assert (written["object_id"], written["outcome"]) == ("1003", "written")


def test_whom_the_crm_refuses_is_parked_with_a_reason_and_the_rest_goes_on(office: Office) -> None:
    office.world.fail({"match": "POST .*contacts/batch/update", "fail_ids": ["1002"], "times": None})
    ran = office.puente("qualify", "--all", "--json")
    assert ran.code == 1
    assert ids(ran.lines, "parked") == ["1002"]
    assert next(line for line in ran.lines if line["object_id"] == "1002")["reason"]
    assert len(ids(ran.lines, "written")) == len(ran.lines) - 1
    shown = office.puente("qualify", "1002")
    assert "puente qualify 1002" in shown.out


def test_people_changed_since_a_date_are_those_the_crm_names(office: Office) -> None:
    assert office.puente("qualify", "--changed-since", "2000-01-01", "--json").code == 0
    late = office.puente("qualify", "--changed-since", "2099-01-01T00:00:00Z")
    assert late.code == 0
    assert "Nadie ha cambiado" in late.err


def test_an_empty_base_is_said_and_is_no_failure(puente: CommandLine) -> None:
    with portal(0) as world:
        puente.settings.update(settings_for(world.url, puente.folder))
        ran = puente("qualify", "--all")
    assert ran.code == 0
    assert "No hay personas" in ran.err


def test_the_state_survives_and_another_account_does_not_see_it(office: Office) -> None:
    office.puente("qualify", "--all")
    with portal(24, portal_id="777") as other:
        ran = office.puente("qualify", "--all", "--json", HUBSPOT__BASE_URL=other.url)
        assert {line["outcome"] for line in ran.lines} == {"written"}


def test_a_plan_and_its_execution_name_the_same_changes_the_crm_s_own_stage_included(office: Office) -> None:
    (planned,) = office.puente("qualify", "1002", "--dry-run", "--json").lines
    (written,) = office.puente("qualify", "1002", "--json").lines
    assert planned["changes"].keys() == written["changes"].keys()
    assert written["changes"]["lifecyclestage"][1] == "marketingqualifiedlead"
    assert office.world.person("1002")["lifecyclestage"] == "marketingqualifiedlead"
