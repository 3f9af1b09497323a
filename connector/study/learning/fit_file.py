"""Write learnt points of the fit axis into a model file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.domain.model import FitRules
from connector.study.learning.card import Card
from connector.study.learning.model_text import Edit
from connector.study.learning.proposed import Criterion, Cut, to_criteria


def edit_weights(rules: FitRules, card: Card) -> Iterator[Edit]:
    """Yield an edit for every criterion whose weight differs."""
    for place, (rule, points) in enumerate(zip(rules.criteria, card.points.tolist(), strict=False)):
        if points != rule.weight:
            yield Edit(("fit", "criteria", place, "weight"), float(points))


def new_criteria(rules: FitRules, card: Card, cuts: Sequence[Cut]) -> list[Criterion]:
    """Return the criteria that the points of the bins, the last terms, amount to, with ids that are not taken."""
    found: list[Criterion] = []
    taken = {rule.id for rule in rules.criteria}
    begin = len(card.terms) - sum(len(cut.bins) for cut in cuts)
    for cut in cuts:
        end = begin + len(cut.bins)
        for one in to_criteria(cut, card.points[begin:end].tolist()):
            free = _free_id(one.id, taken)
            taken.add(free)
            found.append(Criterion(free, one.attribute, one.label, one.weight, one.when))
        begin = end
    return found


def _free_id(wanted: str, taken: set[str]) -> str:
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free
