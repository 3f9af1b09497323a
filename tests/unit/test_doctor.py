"""What the doctor makes of facts: each judgement with the facts that turn it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connector.cli import doctor_words_en, doctor_words_es
from connector.cli.doctor_account import (
    judge_access,
    judge_account,
    judge_allowances,
    judge_clock,
    judge_fields,
    judge_rules,
    judge_version,
)
from connector.cli.doctor_check import LIMITS, Check, look
from connector.cli.doctor_coverage import Coverage, cover, judge_coverage
from connector.cli.doctor_routing import judge_routing, owners_of
from connector.cli.doctor_store import judge_queue, look_at_secrets
from connector.cli.doctor_view import describe
from connector.cli.session import Session
from connector.domain.conditions import Test as Condition
from connector.domain.mapping import AttributeSource, EventSource, Mapping
from connector.domain.model import Routing, Territory
from connector.domain.person import Event, Person, Timeline
from connector.domain.wording import duration_text
from connector.errors import AccessError, CrmError, GoneError, RateLimitedError, UnavailableError
from connector.files import load_mapping, load_model
from connector.health import Access, Allowance, OwnFieldState, VersionLife, WriteRule
from connector.live.doorbell import Doorbell
from connector.live.queue import ParkedDoorbell, QueueStatus
from connector.ports import PersonRef, Record, StageMark

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


def said(check: Check, locale: str = "en") -> str:
    session = Session()
    session.locale = locale  # type: ignore[assignment]
    return " → ".join(describe(check, session))


def lines(checks: Iterable[Check]) -> list[tuple[str, str]]:
    return [(check.state, check.code) for check in checks]


def record(owner: str | None = None, *events: Event) -> Record:
    person = Person({"owner": owner} if owner else {})
    mark = StageMark(None)
    return Record(PersonRef("contact", "1"), person, Timeline(events), mark, mark, {})


def test_lacking_rights_fail_and_further_ones_only_warn() -> None:
    assert lines(judge_access(Access("1"))) == [("ok", "credentials_ok"), ("ok", "rights_ok")]
    checks = list(judge_access(Access("1", ("crm.objects.contacts.write",), ("forms",))))
    assert lines(checks[1:]) == [("fail", "rights_lacking"), ("warn", "rights_optional")]
    assert "crm.objects.contacts.write" in said(checks[1])
    assert "forms" in said(checks[2])


def test_a_credential_that_does_not_say_what_it_may_do_is_worth_a_warning() -> None:
    assert lines(judge_access(Access("1", told=False)))[1:] == [("warn", "rights_untold")]


@pytest.mark.parametrize(
    ("life", "state", "words"),
    [
        (VersionLife("2026-09", ends_on=date(2028, 3, 1)), "ok", "2028-03-01"),
        (VersionLife("2026-03", ends_on=TODAY + timedelta(days=180)), "warn", "only"),
        (VersionLife("2026-03", ends_on=TODAY), "fail", "without support"),
        (VersionLife("66.0"), "ok", "66.0"),
        (VersionLife("58.0", ends_on=date(2026, 6, 1), newest="67.0"), "warn", "58.0"),
        (VersionLife("30.0", served=False, newest="67.0"), "fail", "PUENTE_HUBSPOT__API_VERSION=67.0"),
    ],
)
def test_a_version_is_judged_by_its_end(life: VersionLife, state: str, words: str) -> None:
    check = judge_version(life, TODAY)
    assert (check.state, words in said(check)) == (state, True)


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (59, "ok"), (60, "warn"), (-90, "warn"), (180, "fail"), (-600, "fail")]
)
def test_a_clock_is_judged_by_how_far_it_is_off_either_way(seconds: int, state: str) -> None:
    check = judge_clock(timedelta(seconds=seconds))
    assert check.state == state
    assert duration_text(abs(seconds), "en") in said(check)


def test_a_crm_that_does_not_tell_the_time_leaves_the_clock_unproven() -> None:
    assert judge_clock(None).state == "warn"


@pytest.mark.parametrize(
    ("allowance", "state"),
    [
        (Allowance("daily_calls", 100, 1_000), "ok"),
        (Allowance("daily_calls", 800, 1_000), "warn"),
        (Allowance("daily_calls", 1_000, 1_000), "fail"),
        (Allowance("daily_calls", 600, 1_000, reserve=150), "ok"),
        (Allowance("daily_calls", 700, 1_000, reserve=150), "warn"),
        (Allowance("daily_calls", 850, 1_000, reserve=150), "fail"),
        (Allowance("custom_fields", 990, 1_000), "warn"),
        (Allowance("custom_fields", 1_000, 1_000), "warn"),
    ],
)
def test_a_limit_is_judged_by_what_is_left_beyond_the_reserve(allowance: Allowance, state: str) -> None:
    (check,) = judge_allowances([allowance])
    assert check.state == state
    assert said(check)


def test_fields_fail_by_kind_of_problem_each_with_its_own_next_step() -> None:
    states = [
        OwnFieldState("Lead", "Puente_Stage__c", "missing"),
        OwnFieldState("Lead", "Puente_Fit__c", "hidden"),
        OwnFieldState("Lead", "Puente_Grade__c", "read_only"),
        OwnFieldState("Lead", "Puente_Model__c", "type", "double ≠ string"),
        OwnFieldState("Lead", "Puente_Sales_Verdict__c", "options", "rejected"),
        OwnFieldState("Lead", "Puente_Reasons__c"),
    ]
    checks = list(judge_fields(states))
    assert [check.state for check in checks] == ["fail"] * 5
    shown = [said(check) for check in checks]
    for state, text in zip(states, shown, strict=False):
        assert state.name in text
    assert "`puente install`" in shown[0]
    assert "permission set" in shown[1]
    assert "double ≠ string" in shown[3]
    assert lines(judge_fields(states[5:])) == [("ok", "fields_ok")]


def test_rules_that_refuse_every_task_fail_and_others_warn() -> None:
    rules = [WriteRule("tasks", "cost_centre (REQUIRED)", certain=True), WriteRule("contacts", "puente_grade (REGEX)")]
    certain, possible = judge_rules(rules)
    assert (certain.state, possible.state) == ("fail", "warn")
    assert "cost_centre" in said(certain)
    assert "puente_grade" in said(possible)
    assert lines(judge_rules([])) == [("ok", "rules_none")]


def test_doors_that_are_open_for_another_account_fail() -> None:
    assert list(judge_account(None, "62515", "X")) == []
    assert list(judge_account("00D5e0000000001", "00D5e0000000001EAA", "X")) == []
    (check,) = judge_account("999", "62515", "PUENTE_HUBSPOT__PORTAL_ID")
    assert (check.state, "PUENTE_HUBSPOT__PORTAL_ID=62515" in said(check)) == ("fail", True)


def test_a_file_of_secrets_that_others_may_read_warns(tmp_path: Path) -> None:
    assert list(look_at_secrets(tmp_path)) == []
    env = tmp_path / ".env"
    env.write_text("SECRET=1")
    env.chmod(0o640)
    assert lines(look_at_secrets(tmp_path)) == [("warn", "secrets_open")]
    env.chmod(0o600)
    assert lines(look_at_secrets(tmp_path)) == [("ok", "secrets_ok")]


def test_a_look_that_is_refused_warns_and_one_without_a_credential_ends() -> None:
    def refuse(error: CrmError) -> list[Check]:
        raise error

    (check,) = look("rules", lambda: refuse(AccessError("no scope", status=403)))
    assert (check.state, check.code) == ("warn", "not_checked")
    assert "no scope" in said(check)
    (check,) = look("rules", lambda: refuse(UnavailableError("down", status=502)))
    assert check.state == "warn"
    assert lines(look("rules", lambda: refuse(GoneError("no such API")))) == [("warn", "not_offered")]
    (check,) = look(LIMITS, lambda: refuse(RateLimitedError("spent", scope="daily")))
    assert check.state == "fail"
    with pytest.raises(AccessError):
        list(look("rules", lambda: refuse(AccessError("expired", status=401))))


ROUTING = Routing(
    territories=(Territory(Condition("attribute", "country", "equals", "ES", "text"), ("ana@x.example",)),),
    round_robin=("7", "8"),
    capacity_per_day=5,
    escalate_to="7",
)


def test_every_owner_of_the_model_is_looked_up_once() -> None:
    assert owners_of(ROUTING) == ("ana@x.example", "7", "8")


def test_owners_who_do_not_exist_or_left_fail() -> None:
    unknown, inactive = judge_routing(ROUTING, {"ana@x.example": "unknown", "7": "inactive", "8": "active"}, [])
    assert (unknown.state, inactive.state) == ("fail", "fail")
    assert "ana@x.example" in said(unknown)
    assert "7" in said(inactive)


def test_active_owners_take_so_many_tasks_a_day() -> None:
    (check,) = judge_routing(ROUTING, dict.fromkeys(owners_of(ROUTING), "active"), [])  # type: ignore[arg-type]
    assert check.state == "ok"
    assert "10 new tasks" in said(check)


def test_nobody_to_take_turns_warns_unless_everybody_has_an_owner() -> None:
    (check,) = judge_routing(Routing(), {}, [record("7"), record()])
    assert (check.state, "1 of 2" in said(check)) == ("warn", True)
    assert lines(judge_routing(Routing(), {}, [])) == [("warn", "routing_nobody")]
    assert lines(judge_routing(Routing(), {}, [record("7")])) == [("ok", "routing_ok")]
    (check,) = judge_routing(Routing(keep_owner=False), {}, [record("7")])
    assert check.state == "warn"


def test_the_queue_is_judged_by_its_age_and_what_was_parked() -> None:
    bell = Doorbell("hubspot", "1", "contact", "7", NOW, "changed")
    parked = ParkedDoorbell("1", bell, "refused", NOW)
    assert lines(judge_queue(QueueStatus(3, 20.0))) == [("ok", "queue_ok")]
    assert lines(judge_queue(QueueStatus(3, 900.0))) == [("warn", "queue_late")]
    assert lines(judge_queue(QueueStatus(0, None, (parked,)))) == [("warn", "queue_parked")]


class Refusing:
    """Refuse what comes from some sources and properties, as an account of a lower tier does."""

    def __init__(self, **why: str) -> None:
        self._why = why

    def __call__(self, entry: EventSource | AttributeSource) -> str | None:
        return self._why.get(entry.name if isinstance(entry, AttributeSource) else entry.source)


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return load_mapping(None, "hubspot")


def covered(mapping: Mapping, sample: Iterable[Record] = (), **why: str) -> dict[str, Coverage]:
    model = load_model(None, mapping)
    found = cover(model, mapping, {"country", "job_title"}, Refusing(**why), tuple(sample), NOW)
    return {line.id: line for line in found}


def test_a_signal_whose_only_source_is_refused_is_missing_and_says_why(mapping: Mapping) -> None:
    line = covered(mapping, marketing_events="scope")["event-attended"]
    assert (line.supply, line.why) == ("missing", "scope")
    warned, _ = judge_coverage(list(covered(mapping, marketing_events="scope").values()))
    assert (warned.state, "event-attended" in said(warned)) == ("warn", True)


def test_a_counter_stands_in_for_a_source_that_is_refused(mapping: Mapping) -> None:
    line = covered(mapping, web_events="tier")["page-view"]
    assert (line.supply, line.source) == ("stand_in", "counters")
    assert covered(mapping)["page-view"].source == "web_events"


def test_people_are_counted_by_what_the_rule_itself_would_take(mapping: Mapping) -> None:
    events = [
        Event("1", "page_view", NOW, url="https://x.example/pricing"),
        Event("2", "page_view", NOW, url="https://x.example/blog"),
    ]
    found = covered(mapping, [record(None, events[0]), record(None, events[1]), record()])
    assert (found["page-view"].people, found["pricing-page"].people, found["careers-page"].people) == (2, 1, 0)


def test_attributes_the_account_lacks_stay_unknown(mapping: Mapping) -> None:
    found = covered(mapping, country="missing_property")
    assert (found["country"].supply, found["job_title"].supply) == ("missing", "supplied")
    _, warned = judge_coverage(list(found.values()))
    assert (warned.state, warned.values["names"]) == ("warn", ("country",))


def test_a_model_that_gets_nothing_at_all_fails(mapping: Mapping) -> None:
    sources = {entry.source: "scope" for entry in mapping.events}
    nothing = covered(mapping, country="missing_property", job_title="missing_property", **sources)
    assert lines(judge_coverage(list(nothing.values()))) == [("fail", "signals_none"), ("fail", "attributes_none")]


def test_a_kind_nobody_mapped_is_missing_for_that_reason() -> None:
    bare = Mapping("hubspot", {"country": AttributeSource("country", "text", fields=("country",))})
    model = load_model(None, load_mapping(None, "hubspot"))
    line = cover(model, bare, (), Refusing(), (), NOW)[0]
    assert (line.supply, line.why) == ("missing", "not_mapped")


CLI = Path(__file__).parents[2] / "connector" / "cli"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_with_the_same_values() -> None:
    spanish, english = doctor_words_es.SPANISH, doctor_words_en.ENGLISH
    assert set(spanish) == set(english)
    for code, sentences in spanish.items():
        for one, other in zip(sentences, english[code], strict=True):
            assert placeholders(one) == placeholders(other), code
            assert bool(one) == bool(other), code
    assert set(doctor_words_es.TALK) == set(doctor_words_en.TALK)


def test_every_code_is_used_and_every_used_code_has_words() -> None:
    code = "\n".join(path.read_text() for path in CLI.glob("doctor*.py") if "words" not in path.name)
    used = set(re.findall(r"""(?:ok|warn|fail|state)\(\s*[\w"]+,\s*"(\w+)\"""", code))
    used |= set(re.findall(r'"((?:routing|fields|credentials|secrets)_\w+|not_checked|not_offered)"', code))
    built = {f"{of}_{how}" for of in ("daily_calls", "custom_fields") for how in ("none", "few", "ok")}
    built |= {f"{name}_{how}" for name in ("signals", "attributes") for how in ("none", "some", "ok")}
    ours = {code.removesuffix("_salesforce") for code in doctor_words_en.ENGLISH}
    assert (used | built) == ours


def test_the_reference_page_names_every_check() -> None:
    page = (CLI.parents[1] / "docs" / "reference" / "doctor.md").read_text()
    names = {key.removeprefix("name_") for key in doctor_words_en.TALK if key.startswith("name_")}
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_what_fails_or_warns_always_says_what_to_do() -> None:
    silent = {code for code, (_, then) in doctor_words_en.ENGLISH.items() if not then}
    assert {code.rpartition("_")[2] for code in silent} <= {"ok", "served", "none", "new", "work", "capacity", "untold"}
    assert "signals_none" not in silent
