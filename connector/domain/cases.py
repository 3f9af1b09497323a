"""Run golden cases against a model and say where the decision differs from what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from connector.domain.case_file import Case
from connector.domain.decision import qualify
from connector.domain.decision_json import to_json
from connector.domain.model import Locale, Model
from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant
from connector.domain.yaml_tree import ROOT, join
from connector.errors import Problem

_TOLERANCE: Final = 0.005 + 1e-9  # numbers are shown with two decimals; the rest forgives the binary form of 0.005
_ONE_SECOND: Final = timedelta(seconds=1)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:.*")
_OPEN_MAPS: Final = frozenset({"changes"})
"""Maps of a decision whose keys vary; in all others an absent key is one that no decision has."""


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class CaseResult:
    name: str
    ok: bool
    differences: tuple[Difference, ...]
    decision: Mapping[str, Any]


def compare(expected: Mapping[str, Any], decision: Mapping[str, Any]) -> list[Difference]:
    """Return where a decision's JSON differs from the parts that are expected of it.

    Maps are compared by the keys given, lists element by element at equal length, numbers within 0.005, instants
    within one second; null equals absent; a key that no decision has is a difference.
    """
    return list(_differences(ROOT, expected, decision))


def _differences(path: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        yield from _map_differences(path, expected, actual)
    elif isinstance(expected, list) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            yield Difference(path, expected, actual)
            return
        for position, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(join(path, position), *pair)
    elif not _same(expected, actual):
        yield Difference(path, expected, actual)


def _map_differences(path: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[Difference]:
    for key, value in expected.items():
        if key in actual:
            yield from _differences(join(path, key), value, actual[key])
        elif value is not None or path not in _OPEN_MAPS:
            yield Difference(join(path, key), value, None)


def _same(expected: Any, actual: Any) -> bool:
    if _is_number(expected) and _is_number(actual):
        return bool(abs(expected - actual) <= _TOLERANCE)
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or _same_instant(expected, actual)
    return type(expected) is type(actual) and bool(expected == actual)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_instant(expected: str, actual: str) -> bool:
    if not (_INSTANT.fullmatch(expected) and _INSTANT.fullmatch(actual)):
        return False
    one, other = parse_instant(expected), parse_instant(actual)
    return one is not UNKNOWN and other is not UNKNOWN and abs(one - other) <= _ONE_SECOND


def run_cases(cases: Iterable[Case], model: Model, locale: Locale) -> list[CaseResult]:
    """Decide every case and compare. Pure."""
    return [_run(case, model, locale) for case in cases]


def _run(case: Case, model: Model, locale: Locale) -> CaseResult:
    decision = to_json(qualify(case.person, case.timeline, model, case.now, case.memory), locale)
    differences = tuple(compare(case.expect, decision))
    return CaseResult(case.name, not differences, differences, decision)


def to_report(
    model: Model | None, problems: Sequence[Problem] = (), results: Sequence[CaseResult] = ()
) -> dict[str, Any]:
    """Return the JSON document of `check`; `problems` are those that make a file wrong, so nothing was run."""
    return {
        "ok": not problems and all(result.ok for result in results),
        "model": None if model is None else {"name": model.name, "version": model.version, "hash": model.hash},
        "problems": [
            {"file": problem.file, "line": problem.line, "path": problem.path, "message": problem.message}
            for problem in problems
        ],
        "cases": [
            {
                "name": result.name,
                "ok": result.ok,
                "differences": [
                    {"path": difference.path, "expected": difference.expected, "actual": difference.actual}
                    for difference in result.differences
                ],
                "decision": result.decision,
            }
            for result in results
        ],
    }
