"""Counting outcomes, and the summary made of the counts."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from connector.bootstrap import Root
from connector.cli.session import Session
from connector.cli.summary import Run, render_summary
from connector.cli.tally import MOST_LISTED, Tally
from connector.domain.decision import Decision, qualify
from connector.domain.model import Routing
from connector.domain.person import Memory, Person, Timeline
from connector.errors import CrmError, LockedError, RejectedError, UnavailableError
from connector.live.qualify import Outcome
from connector.ports import PersonRef, Unavailable
from tests.unit.people import build_model


def decided(stage_before: str | None = None) -> Decision:
    memory = Memory(stage=stage_before)  # type: ignore[arg-type]
    return qualify(Person(), Timeline(), build_model(), datetime(2026, 3, 2, tzinfo=UTC), memory)


def shown(run: Run, locale: str) -> str:
    session = Session(Root())
    session.locale = locale  # type: ignore[assignment]
    text = io.StringIO()
    Console(file=text, width=80, highlight=False).print(render_summary(run, session))
    return text.getvalue()


def test_moves_tasks_and_fields_are_counted() -> None:
    tally = Tally()
    decision = decided()
    tally.add(Outcome(PersonRef("contact", "1"), "written", decision, {"puente_stage": (None, "x")}, task_created=True))
    tally.add(Outcome(PersonRef("contact", "2"), "unchanged", decided(decision.stage)))
    assert tally.total == 2
    assert tally.fields == 1
    assert tally.moves == {(None, decision.stage): 1, (decision.stage, decision.stage): 1}
    assert tally.tasks == {(None, decision.stage): 1}


def test_what_was_written_of_people_who_were_parked_counts() -> None:
    tally = Tally()
    decision = decided()
    fields = {"puente_stage": (None, "x"), "puente_grade": (None, "B1")}
    tally.add(Outcome(PersonRef("contact", "1"), "parked", decision, fields, reason="a rule refused the task"))
    tally.add(Outcome(PersonRef("contact", "2"), "parked", decision, fields, task_created=True, reason="so it did"))
    assert (tally.fields, tally.tasks.total(), tally.moves.total()) == (4, 1, 0)
    assert "4 written" in shown(Run(tally, {}, (), 1.0), "en")


def test_only_the_first_twenty_parked_are_kept_and_the_rest_counted() -> None:
    tally = Tally()
    for number in range(MOST_LISTED + 5):
        tally.add(Outcome(PersonRef("contact", f"p{number}"), "parked", reason="the rule refused it"))
    assert len(tally.parked) == MOST_LISTED
    text = shown(Run(tally, {}, (), 1.0), "en")
    assert "p19" in text
    assert "p20" not in text
    assert "and 5 more" in text


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (RejectedError("puente_fit refused", request_id="r-1"), "El CRM rechaza la petición"),
        (UnavailableError("no word about the update"), "El CRM no pudo responder"),
        (LockedError("busy"), "Otro proceso tiene bloqueado el registro"),
    ],
)
def test_parked_people_come_with_advice_in_the_users_language_and_the_crms_own_words(
    error: CrmError, advice: str
) -> None:
    tally = Tally()
    tally.add(Outcome(PersonRef("contact", "7"), "parked", reason=str(error), error=error))
    text = " ".join(shown(Run(tally, {}, (), 1.0), "es").split())
    assert f"7: {advice}" in text
    assert f"[{error}" in text


def test_a_merge_is_gone_but_not_lost() -> None:
    tally = Tally()
    tally.add(Outcome(PersonRef("contact", "1"), "gone", survivor=PersonRef("contact", "2")))
    tally.add(Outcome(PersonRef("contact", "3"), "gone"))
    assert tally.outcomes["gone"] == 2
    assert tally.lost == 1
    assert "1 (merged into 2), 3" in shown(Run(tally, {}, (), 1.0), "en")


@pytest.mark.parametrize(("why", "words"), [("tier", "edition does not include it"), ("odd_reason", "odd_reason")])
def test_sources_that_are_missing_are_named_with_the_reason(why: str, words: str) -> None:
    text = shown(Run(Tally(), {"contacts": 3, "schema": 1}, (Unavailable("web_events", why),), 1.0), "en")
    assert "web_events" in text
    assert words in text
    assert "4 (contacts 3, schema 1)" in text


def test_what_the_crm_holds_is_shown_as_text_never_as_markup() -> None:
    tally = Tally()
    tally.add(Outcome(PersonRef("contact", "1"), "parked", reason="[red]rule[/red] :smile: \\["))
    assert "[red]rule[/red] :smile: \\[" in shown(Run(tally, {}, (), 1.0), "es")


@pytest.mark.parametrize(
    ("routing", "file", "hint"),
    [
        (Routing(), None, "handoff.routing.round_robin` de una copia del modelo (`puente init`)"),
        (Routing(), Path("ours.yaml"), "`handoff.routing.round_robin` de ours.yaml"),
        (Routing(round_robin=("7",), capacity_per_day=1), Path("ours.yaml"), "han llegado a `capacity_per_day`"),
    ],
)
def test_tasks_without_an_owner_are_counted_and_told_once_with_the_place_to_name_owners(
    routing: Routing, file: Path | None, hint: str
) -> None:
    tally = Tally()
    for number in range(3):
        ref = PersonRef("contact", str(number))
        tally.add(Outcome(ref, "written", decided(), task_created=True, task_unassigned=number < 2))
    text = " ".join(shown(Run(tally, {}, (), 1.0, routing=routing, model_file=file), "es").split())
    assert "3 creadas · 2 sin asignar" in text
    assert text.count("Tareas sin responsable") == 1
    assert hint in text


def test_closed_review_tasks_are_in_the_summary() -> None:
    tally = Tally()
    tally.add(Outcome(PersonRef("contact", "1"), "written", decided("mql"), tasks_closed=1))
    assert "0 created · review tasks closed: 1" in shown(Run(tally, {}, (), 1.0), "en")
    assert "review tasks to be closed: 1" in shown(Run(tally, {}, (), 1.0, dry_run=True), "en")
