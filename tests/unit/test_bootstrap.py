"""Composing the product from settings and files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.hubspot.adapter import HubSpotCrm
from connector.bootstrap import Rules, build_ledger, load_rules, one_run_at_a_time, open_crm, to_ref
from connector.bootstrap_hubspot import hubspot_connection
from connector.domain.model_file import parse_model
from connector.domain.model_reach import horizon_days, used_attributes
from connector.errors import SettingsError, UsageError
from connector.live.ledger import SqliteLedger
from connector.live.recall import Remembered
from connector.ports import PersonRef
from connector.settings import HubSpotSettings, Settings

TYPES = {"country": "text", "job_title": "text", "plan": "text", "size": "number", "vip": "boolean", "zone": "text"}
EVERYWHERE = """
model: m
version: "1"
fit:
  criteria: [{id: a, weight: 1, when: {any: [{attribute: country, equals: ES}, {not: {attribute: size, over: 5}}]}}]
  exclusions: [{id: b, when: {attribute: vip, equals: true}}]
engagement:
  signals:
    - id: s
      kind: page_view
      points: 1
      window_days: WINDOW
      when: {all: [{event: url, matches: "*"}, {attribute: plan, equals: x}]}
hand_raises: [{id: h, kind: form_submitted, valid_days: 40}]
handoff:
  routing: {territories: [{when: {attribute: zone, equals: n}, owners: ["1"]}]}
  task_fields: [job_title]
"""


def model_with(window: str) -> object:
    return parse_model(EVERYWHERE.replace("WINDOW", window), file="m.yaml", types=TYPES)  # type: ignore[arg-type]


def settings(tmp_path: Path, **hubspot: object) -> Settings:
    chosen = HubSpotSettings(**hubspot)  # type: ignore[arg-type]
    return Settings.model_construct(state=str(tmp_path / "deep" / "state.db"), hubspot=chosen, locale="en")


def test_every_attribute_a_model_looks_at_is_asked_for() -> None:
    asked = used_attributes(model_with("10"))  # type: ignore[arg-type]
    assert asked == {*TYPES, "name", "email", "company", "owner", "persona"}


@pytest.mark.parametrize(("window", "days"), [("10", 40), ("90", 90), ("null", None)])
def test_the_horizon_is_the_longest_memory_of_any_rule(window: str, days: float | None) -> None:
    assert horizon_days(model_with(window)) == days  # type: ignore[arg-type]


def test_problems_of_both_files_are_raised_together(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text("model: m\n")
    (tmp_path / "map.yaml").write_text("crm: hubspot\n")
    wrong = settings(tmp_path).model_copy(
        update={"crm": "hubspot", "model": tmp_path / "model.yaml", "mapping": tmp_path / "map.yaml"}
    )
    with pytest.raises(UsageError) as raised:
        load_rules(wrong)
    assert {Path(problem.file).name for problem in raised.value.problems} == {"model.yaml", "map.yaml"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "PUENTE_HUBSPOT__ACCESS_TOKEN"),
        ({"access_token": SecretStr("  ")}, "PUENTE_HUBSPOT__ACCESS_TOKEN"),
        ({"refresh_token": SecretStr("r")}, "PUENTE_HUBSPOT__CLIENT_ID, PUENTE_HUBSPOT__CLIENT_SECRET"),
        ({"access_token": SecretStr("t"), "base_url": "hubapi.com"}, "PUENTE_HUBSPOT__BASE_URL"),
    ],
)
def test_what_is_missing_to_reach_hubspot_is_named(tmp_path: Path, given: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        hubspot_connection(settings(tmp_path, **given))


def test_credentials_show_in_no_repr(tmp_path: Path) -> None:
    chosen = settings(tmp_path, access_token=SecretStr("canary"), client_secret=SecretStr("canary"))
    assert "canary" not in repr(chosen) + repr(hubspot_connection(chosen))


def test_a_renewed_refresh_token_is_used_from_then_on_until_the_setting_changes(tmp_path: Path) -> None:
    given = {"client_id": "c", "client_secret": SecretStr("s")}
    first = settings(tmp_path, refresh_token=SecretStr("r-0"), **given)
    rules = load_rules(first)
    with open_crm(first, rules) as crm:
        assert isinstance(crm, HubSpotCrm)
        authorizer = crm._http.authorizer
        authorizer._keep({"access_token": "a", "refresh_token": "r-1"})  # type: ignore[union-attr]
    assert used_refresh_token(first, rules) == "r-1"
    assert used_refresh_token(settings(tmp_path, refresh_token=SecretStr("r-9"), **given), rules) == "r-9"


def used_refresh_token(chosen: Settings, rules: Rules) -> str:
    with open_crm(chosen, rules) as crm:
        return str(crm._http.authorizer._refresh_token)  # type: ignore[attr-defined]


def test_the_ledger_keeps_accounts_apart(tmp_path: Path) -> None:
    chosen, ref = settings(tmp_path), PersonRef("contact", "1")
    build_ledger(chosen, "1").remember({ref: Remembered()})
    assert ref in build_ledger(chosen, "1").recall([ref])
    assert ref not in build_ledger(chosen, "2").recall([ref])


def test_a_dry_run_leaves_no_file_and_reads_one_that_is_there(tmp_path: Path) -> None:
    chosen, ref = settings(tmp_path), PersonRef("contact", "1")
    build_ledger(chosen, "1", dry_run=True).remember({ref: Remembered()})
    assert list(tmp_path.iterdir()) == []
    build_ledger(chosen, "1").remember({ref: Remembered()})
    assert ref in build_ledger(chosen, "1", dry_run=True).recall([ref])


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    waiting, entered, order = threading.Event(), threading.Event(), []

    def second() -> None:
        with one_run_at_a_time(chosen, waiting.set):
            order.append("second")
        entered.set()

    with one_run_at_a_time(chosen, lambda: order.append("never")):
        runner = threading.Thread(target=second)
        runner.start()
        assert waiting.wait(300)
        order.append("first")
    assert entered.wait(300)
    runner.join()
    assert order == ["first", "second"]


def test_ids_of_salesforce_tell_leads_from_contacts(tmp_path: Path) -> None:
    chosen = settings(tmp_path).model_copy(update={"crm": "salesforce"})
    assert to_ref(chosen, "003000000000001AAA").object_type == "contact"
    assert to_ref(chosen, "00Q000000000001AAA").object_type == "lead"
    with pytest.raises(SettingsError), open_crm(chosen, load_rules(settings(tmp_path))):
        pass


def test_the_state_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert isinstance(build_ledger(chosen, "1"), SqliteLedger)
    assert (Path(chosen.state).stat().st_mode & 0o077) == 0
