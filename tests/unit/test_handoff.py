"""Due times in business hours, keys, routing and the task's text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import yaml

from connector.domain.conditions import Test
from connector.domain.decision import Decision, qualify
from connector.domain.decision_json import to_json
from connector.domain.handoff import due_at, find_route, handoff_key
from connector.domain.model import Calendar, Locale, Routing, Territory
from connector.domain.person import Event, Memory, Person, Timeline
from connector.domain.task_text import SUBJECT_LENGTH, write_task
from tests.unit.people import NOW, build_model, build_person, event

DUE_TIMES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "due_times.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", DUE_TIMES, ids=lambda case: case["name"])
def test_due_time_counts_open_hours(case: dict[str, object]) -> None:
    calendar = Calendar(
        timezone=str(case["zone"]),
        days=frozenset(case.get("days", [0, 1, 2, 3, 4])),  # type: ignore[call-overload]
        opens=time.fromisoformat(str(case["opens"])),
        closes=None if case["closes"] == "24:00" else time.fromisoformat(str(case["closes"])),
        holidays=frozenset(date.fromisoformat(day) for day in case.get("holidays", [])),  # type: ignore[attr-defined]
    )
    start, due = (datetime.fromisoformat(str(case[name])) for name in ("start", "due"))
    assert due_at(calendar, start.astimezone(UTC), float(str(case["hours"]))) == due


def test_the_key_of_an_episode_is_the_start_of_a_documented_hash() -> None:
    # sha256("hubspot|62515|101|mql|1"), computed with coreutils
    assert handoff_key("hubspot", "62515", "101", "mql", 1) == "69c2a144aca4547b624efb37249705a6"


@pytest.mark.parametrize(
    ("owner", "country", "expected"),
    [
        ("77", "ES", ("keep-owner", "77")),
        ("", "ES", ("territory", "ana@example.com")),
        ("", "MX", ("territory", None)),
        ("", "AR", ("round-robin", None)),
    ],
)
def test_routing_keeps_the_owner_then_looks_at_territories_then_goes_round(
    owner: str, country: str, expected: tuple[str, str | None]
) -> None:
    in_spain, in_mexico = (Test("attribute", "country", "equals", code, "text") for code in ("ES", "MX"))
    routing = Routing(
        territories=(
            Territory(in_spain, ("ana@example.com",)),
            Territory(in_mexico, ("luz@example.com", "leo@example.com")),
        ),
        round_robin=("eva@example.com",),
    )
    person = build_person(owner=owner, country=country)
    route = find_route(build_model(routing=routing), person, NOW)
    assert (route.rule, route.owner) == expected


def decide_demo(**attributes: str) -> Decision:
    timeline = Timeline((event("form:1", "form_submitted", 0.1), event("view:1", days=0.2)))
    return qualify(build_person(**attributes), timeline, build_model(), NOW, Memory())


def test_only_a_crossing_opens_an_episode() -> None:
    first = decide_demo()
    assert first.handoff is not None
    assert (first.stage, first.handoff.episode) == ("sql", 1)
    again = qualify(
        build_person(), Timeline((event("form:1", "form_submitted", 0.1),)), build_model(), NOW, first.after
    )
    assert again.stage == "sql"
    assert again.handoff is None


def test_a_task_shows_only_allow_listed_attributes() -> None:
    decision = decide_demo(name="Ana Núñez", company="Lumina", email="ana@secret.example", phone="600 000 000")
    assert decision.handoff is not None
    text = write_task(decision, decision.handoff, None, "es")
    assert "Ana Núñez" in text.subject
    assert "Lumina" in text.body
    assert "secret" not in text.subject + text.body
    assert "600" not in text.subject + text.body


@pytest.mark.parametrize(
    ("locale", "shown"), [("es", "revenue 2500000,5 · is vip sí"), ("en", "revenue 2500000.5 · is vip yes")]
)
def test_a_task_writes_numbers_in_full_and_truths_in_words(locale: Locale, shown: str) -> None:
    model = build_model()
    model = replace(model, handoff=replace(model.handoff, task_fields=("revenue", "is_vip")))
    person = Person({"country": "ES", "revenue": 2_500_000.5, "is_vip": True}, "hubspot", "62515", "contact", "101")
    decision = qualify(person, Timeline((event("form:1", "form_submitted", 0.1),)), model, NOW, Memory())
    assert decision.handoff is not None
    assert shown in write_task(decision, decision.handoff, None, locale).body


@pytest.mark.parametrize(
    "name", ["Línea\nuna\r\ndos", "\u202etxet", "x" * 10_000, "<script>alert(1)</script>", "\x00\x1b[31m"]
)
def test_hostile_names_stay_one_visible_short_line(name: str) -> None:
    decision = decide_demo(name=name, company=name)
    assert decision.handoff is not None
    subject = write_task(decision, decision.handoff, None, "en").subject
    assert len(subject) <= SUBJECT_LENGTH
    assert subject.isprintable()


@pytest.mark.parametrize("locale", ["es", "en"])
def test_the_same_decision_gives_the_same_text(locale: str) -> None:
    first, second = decide_demo(name="Ana"), decide_demo(name="Ana")
    assert first.handoff is not None
    assert second.handoff is not None
    assert write_task(first, first.handoff, None, locale) == write_task(second, second.handoff, None, locale)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("odd", "stage"),
    [
        (datetime.min.replace(tzinfo=UTC), "sql"),
        (datetime.max.replace(tzinfo=UTC), "lead"),
    ],
)
def test_dates_at_the_edges_of_the_calendar_are_written_not_raised(odd: datetime, stage: str) -> None:
    memory = Memory(stage="lead", set_by="person", set_at=odd)
    timeline = Timeline((Event("view:old", "page_view", odd), event("form:1", "form_submitted", 0.1)))
    decision = qualify(build_person(), timeline, build_model(), NOW, memory)
    assert to_json(decision, "es")["stage"] == stage
