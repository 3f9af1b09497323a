"""Tell what a decision of a model can depend on: which attributes, and how much of the past. Pure."""

from __future__ import annotations

from connector.domain.conditions import tests_of
from connector.domain.mapping import WELL_KNOWN
from connector.domain.model import Model


def used_attributes(model: Model) -> frozenset[str]:
    """Return every attribute a decision, or the task that follows from it, can depend on."""
    fit, routing = model.fit, model.handoff.routing
    whens = [
        *(rule.when for rule in fit.criteria),
        *(rule.when for rule in fit.exclusions),
        *(rule.when for rule in fit.personas),
        *(rule.when for rule in routing.territories),
        *(rule.when for rule in model.engagement.signals),
        *(rule.when for rule in model.hand_raises),
    ]
    tests = (test for when in whens for test in tests_of(when))
    named = {test.name for test in tests if test.subject == "attribute"}
    return frozenset({*named, *model.handoff.task_fields, *WELL_KNOWN})


def horizon_days(model: Model) -> float | None:
    """Return how far back an event can still count; None when some signal counts for ever."""
    windows = [signal.window_days for signal in model.engagement.signals]
    finite = [days for days in windows if days is not None]
    if len(finite) < len(windows):
        return None
    return max([*finite, *(rule.valid_days for rule in model.hand_raises)], default=None)
