"""Account for every line of a plan: what runs so far have made of it, and what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

import orjson

from connector.study.apply_journal import Became, Journal, Result
from connector.study.plan import Line
from connector.study.plan_file import PlanFile, write_beside

OUTCOMES: Final[tuple[Became, ...]] = get_args(Became)
_MOST_FAILURES: Final = 20


@dataclass(slots=True)
class Receipt:
    """Hold the sums; they add up to the plan's lines."""

    became: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    tasks: int = 0
    tasks_planned: int = 0
    closed: int = 0
    failures: list[Result] = field(default_factory=list)

    def add(self, line: Line, result: Result) -> None:
        self.became[result.became] += 1
        self.tasks += result.became == "written" and line.task is not None
        self.tasks_planned += result.became == "planned" and line.task is not None
        self.closed += result.tasks_closed
        if result.became == "skipped" and result.reason:
            self.reasons[result.reason] += 1
        if result.became == "failed" and len(self.failures) < _MOST_FAILURES:
            self.failures.append(result)

    @property
    def lines(self) -> int:
        return self.became.total()

    def to_json(self) -> dict[str, Any]:
        return {
            "lines": self.lines,
            **{name: self.became[name] for name in OUTCOMES},
            "skipped_because": dict(self.reasons.most_common()),
            "tasks": self.tasks,
            "tasks_planned": self.tasks_planned,
            "tasks_closed": self.closed,
        }


def receipt_path(plan: Path) -> Path:
    return plan.with_name(f"{plan.name}.receipt")


def sum_up(plan: PlanFile, journal: Journal) -> Receipt:
    """Add up what became of a plan."""
    receipt = Receipt()
    for line in plan.lines():
        receipt.add(line, _of(line, journal))
    return receipt


def write_receipt(plan: PlanFile, journal: Journal) -> Receipt:
    """Write what became of every line beside the plan, one JSON document a line, the sums last; return the sums."""
    receipt = Receipt()
    with write_beside(receipt_path(plan.path)) as stream:
        for line in plan.lines():
            result = _of(line, journal)
            receipt.add(line, result)
            stream.write(_to_line(line, result))
        totals = {"totals": receipt.to_json(), "plan": plan.sha256}
        stream.write(orjson.dumps(totals) + b"\n")
    return receipt


def _of(line: Line, journal: Journal) -> Result:
    return journal.results.get(line.ref) or Result(line.ref, "left")


def _to_line(line: Line, result: Result) -> bytes:
    content = {
        **asdict(result),
        "ref": [line.ref.object_type, line.ref.object_id],
        "stage_from": line.stage_from,
        "stage_to": line.stage_to,
    }
    return orjson.dumps(content, option=orjson.OPT_UTC_Z) + b"\n"
