"""Say what a model asks of a snapshot."""

from __future__ import annotations

from collections.abc import Collection

from connector.domain.conditions import tests_of
from connector.domain.model import Model


def attributes_asked(model: Model) -> frozenset[str]:
    """Return the attributes a rule of the model looks at; those that only a task shows are not among them."""
    fit, engagement = model.fit, model.engagement
    whens = [
        *(rule.when for rules in (fit.criteria, fit.exclusions, fit.personas) for rule in rules),
        *(rule.when for rule in model.handoff.routing.territories),
        *(rule.when for rule in engagement.signals if rule.when is not None),
        *(rule.when for rule in model.hand_raises if rule.when is not None),
    ]
    return frozenset(test.name for when in whens for test in tests_of(when) if test.subject == "attribute")


def missing_attributes(model: Model, kept: Collection[str]) -> tuple[str, ...]:
    """Return the attributes a model looks at and a snapshot does not keep: it cannot be decided from it."""
    return tuple(sorted(attributes_asked(model) - set(kept)))
