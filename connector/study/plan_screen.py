"""Tell by columns what a live run would write of those who keep their stage, without deciding each of them again.

Most of a base keeps its stage under a new model. For them only the fields count, and these are in the columns the
vector engine gives. Whoever columns cannot settle is `doubtful`: the domain decides about them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.domain.person import Memory, Stage
from connector.domain.values import rounded
from connector.live.plan_write import AS_OF_PATHS, SILENT_PATHS, differs, lifecycle_move, model_stamp
from connector.live.recall import Remembered
from connector.ports import FieldValue, Record
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import PERSON, attribute_column
from connector.study.vector_truth import Asker, ask_one_of_each, pack

Row = Mapping[str, Any]
"""One row of `decided.DECIDED`."""


@dataclass(frozen=True, slots=True)
class Screened:
    """Say which fields would be written anew, silent ones left out; `doubtful` when only the domain can tell."""

    changes: tuple[str, ...] = ()
    doubtful: bool = False


def _share(row: Row, name: str) -> FieldValue:
    return None if row[name] is None else rounded(row[name])


_OF_COLUMN: Final[Mapping[str, Callable[[Row], FieldValue]]] = {
    "stage": lambda row: row["stage"],
    "fit.pct": lambda row: _share(row, "fit_pct"),
    "fit.completeness": lambda row: _share(row, "completeness"),
    "engagement": lambda row: _share(row, "engagement"),
    "grade": lambda row: row["grade"],
    "nurture_track": lambda row: row["nurture_track"],
    "next_content": lambda row: row["next_content"],
    "next_channel": lambda row: row["next_channel"],
}


@dataclass(frozen=True, slots=True)
class Screen:
    """Compare what a model decides with what the CRM holds."""

    model: Model
    mapping: FieldMapping
    now: datetime

    def look(
        self, record: Record, row: Row, memory: Memory, remembered: Remembered | None, missing: FieldValue
    ) -> Screened:
        """Screen one person; `missing` is the line of unknown criteria."""
        stage: Stage = row["stage"]
        if stage != memory.stage or _has_tasks_to_close(stage, remembered):
            return Screened(doubtful=True)
        changes = tuple(self._changes(record, row, memory, missing))
        moves = lifecycle_move(record, stage, self.mapping, remembered) is not None
        if changes and not moves and all(self.mapping.write_back[name] in AS_OF_PATHS for name in changes):
            return Screened(doubtful=True)  # perhaps only faded since it was written
        return Screened((*changes, *(("lifecycle",) if moves else ())))

    def _changes(self, record: Record, row: Row, memory: Memory, missing: FieldValue) -> list[str]:
        found = []
        for name, path in self.mapping.write_back.items():
            held = record.current.get(name)
            if path in SILENT_PATHS:
                if held is None:
                    found.append(name)
            elif path != "handoff.key" and differs(held, self._wanted(path, held, row, memory, missing)):
                found.append(name)
        return found

    def _wanted(self, path: str, held: FieldValue, row: Row, memory: Memory, missing: FieldValue) -> FieldValue:
        match path:
            case "missing":
                return missing
            case "journey":
                step: str | None = row[self.model.journey]
                return step
            case "model":
                return model_stamp(self.model)
            case "stage_at":
                return memory.set_at or held or self.now
            case _:
                return _OF_COLUMN[path](row)


def _has_tasks_to_close(stage: Stage, remembered: Remembered | None) -> bool:
    """Tell whether a review task may be left behind by somebody who is no MQL any more."""
    if stage == "mql" or remembered is None:
        return False
    return bool(remembered.review_keys) or remembered.memory.stage == "mql"


def missing_lines(people: People, model: Model, now: datetime, locale: Locale, size: int) -> Sequence[str | None]:
    """Return everybody's line of unknown criteria, heaviest first, as `domain.reasons.missing_line` writes it."""
    columns = [PERSON, *(attribute_column(name) for name in people.attribute_types)]
    asker = Asker(people.table("people", columns), pl.DataFrame(), _NOBODY, now)
    criteria = model.fit.criteria
    unknown = [asker.of_people(criterion.when) == 0 for criterion in criteria]
    codes = pack([(flags, 2) for flags in unknown]) if size else _NOBODY
    by_weight = sorted(range(len(criteria)), key=lambda place: -criteria[place].weight)

    def line(person: int) -> str | None:
        whys = (criteria[place].why.in_locale(locale) for place in by_weight if unknown[place][person])
        return ", ".join(whys) or None

    return ask_one_of_each(codes, line)


_NOBODY: Final = pl.Series(dtype=pl.Int64).to_numpy()
