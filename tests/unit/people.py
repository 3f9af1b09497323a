"""Build small models and people for tests, with only what a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connector.domain.conditions import Test
from connector.domain.model import (
    Criterion,
    EngagementRules,
    FitRules,
    HandoffRules,
    HandRaise,
    Model,
    Routing,
    Signal,
    StagePolicy,
    Why,
)
from connector.domain.person import Event, Person

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FITTING = {"country": "ES"}


def why(text: str) -> Why:
    return Why(es=text, en=text)


def build_model(*signals: Signal, stages: StagePolicy | None = None, routing: Routing | None = None) -> Model:
    """Build a model with one criterion (country ES), the given signals and a demo request as hand-raise."""
    return Model(
        name="small",
        version="1",
        hash="0" * 64,
        fit=FitRules((Criterion("country", 1.0, Test("attribute", "country", "equals", "ES", "text"), why("País")),)),
        engagement=EngagementRules(signals or (Signal("view", "page_view", 10.0, why("Vio una página")),)),
        hand_raises=(HandRaise("demo", "form_submitted", why("Pidió una demo")),),
        stages=stages or StagePolicy(),
        handoff=replace(HandoffRules(), routing=routing or Routing(), task_fields=("name", "company")),
    )


def build_person(**attributes: str) -> Person:
    return Person({**FITTING, **attributes}, crm="hubspot", account="62515", object_type="contact", object_id="101")


def event(id_: str, kind: str = "page_view", days: float = 1.0, **more: str | int) -> Event:
    return Event(id_, kind, NOW - timedelta(days=days), **more)  # type: ignore[arg-type]
