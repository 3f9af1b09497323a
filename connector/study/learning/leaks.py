"""Find attributes that were written by sales or after the fact: they tell the outcome and cannot be known before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl

from connector.study.learning.bins import ENOUGH_ROWS
from connector.study.learning.measures import measure_auc
from connector.study.learning.past import Past, find_fates
from connector.study.learning.proposed import BLANK, cut_attribute
from connector.study.snapshot_schema import PERSON, attribute_column
from connector.study.vector_truth import Flags, Floats

LeakWhy: TypeAlias = Literal["name", "written_later", "too_good", "blank"]

_SALES_WORDS: Final = frozenset(
    {"owner", "status", "stage", "lifecycle", "last", "won", "lost", "deal", "deals", "revenue", "quality", "verdict",
     "outcome", "close", "closed", "sales", "tag", "tags", "score", "notable", "converted", "opportunity", "handoff",
     "rejected", "index", "grade", "rating", "propietario", "estado", "etapa", "ganado", "perdido", "cierre",
     "ventas", "motivo", "puntuacion", "indice"}
)  # fmt: skip
"""Words in the name of an attribute that sales or the process after the handoff fills in, or that holds a score."""
TOO_GOOD: Final = 0.9
"""An attribute alone that ranks winners above so large a share of the others knows the end of the story."""
BLANK_GAP: Final = 0.15
_BLANK_Z: Final = 4.0
_USUAL: Final = 0.1
"""A value that so large a share of those with a value have is a usual one."""
_ALIKE_Z: Final = 3.0
"""Win rates that are fewer standard errors apart are taken for the same."""
LATER_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Leak:
    """Name an attribute that must not be learnt from. `strength` is what gave it away: an AUC, or a share."""

    attribute: str
    why: LeakWhy
    strength: float | None = None


def find_leaks(pasts: tuple[Past, ...], vouched: Collection[str] = ()) -> list[Leak]:
    """Return the attributes that give themselves away, by name; those somebody vouches for are not asked."""
    if not pasts:
        return []
    won = np.concatenate([find_fates(past)["won_at"].is_not_null().to_numpy() for past in pasts])
    later = _written_later(pasts)
    leaks = []
    for name in pasts[0].attribute_types:
        if name in vouched:
            continue
        column = pl.concat([past.people[attribute_column(name)] for past in pasts])
        leak = next(_suspicions(name, column, won, later.get(name, 0.0)), None)
        if leak is not None:
            leaks.append(leak)
    return leaks


def _suspicions(name: str, column: pl.Series, won: Flags, later: float) -> Iterator[Leak]:
    if _SALES_WORDS & set(name.lower().replace("-", "_").split("_")):
        yield Leak(name, "name")
    if later >= LATER_SHARE:
        yield Leak(name, "written_later", later)
    if not ENOUGH_ROWS <= won.sum() <= len(won) - ENOUGH_ROWS or column.dtype not in _CUTTABLE:
        return
    cut = cut_attribute(name, column, won, np.arange(len(won)))
    codes = cut.codes(column)
    total = np.bincount(codes, minlength=len(cut.bins)).astype(np.float64)
    wins = np.bincount(codes[won], minlength=len(cut.bins)).astype(np.float64)
    auc = measure_auc((wins / np.maximum(total, 1))[codes], won)
    if auc >= TOO_GOOD:
        yield Leak(name, "too_good", auc)
    gap, z = _blank_gap(codes == BLANK, won)
    if gap >= BLANK_GAP and z >= _BLANK_Z and not _blank_is_like_a_value(wins, total):
        yield Leak(name, "blank", gap)


_CUTTABLE: Final = (pl.Float64, pl.String, pl.Boolean)


def _blank_gap(blank: Flags, won: Flags) -> tuple[float, float]:
    """Return how much the share of blanks differs between won and others, and in how many standard errors."""
    one, other, all_blank = blank[won].mean(), blank[~won].mean(), blank.mean()
    error = np.sqrt(all_blank * (1 - all_blank) * (1 / won.sum() + 1 / (~won).sum()))
    gap = abs(float(one - other))
    return gap, gap / float(error) if error else 0.0


def _blank_is_like_a_value(wins: Floats, total: Floats) -> bool:
    """Tell whether those without a value are won as often as those with some usual value, as far as one can tell.

    Then the attribute tells something of people, and its blanks differ because some value is rarer among them: that is
    no trace of sales.
    """
    usual = np.flatnonzero(total >= max(ENOUGH_ROWS, _USUAL * total[BLANK + 1 :].sum()))
    usual = usual[usual != BLANK]
    rate = (wins[usual] + wins[BLANK]) / (total[usual] + total[BLANK])
    error = np.sqrt(rate * (1 - rate) * (1 / total[usual] + 1 / max(1.0, total[BLANK])))
    gap = np.abs(wins[usual] / total[usual] - wins[BLANK] / max(1.0, total[BLANK]))
    return bool((gap <= _ALIKE_Z * error).any())


def _written_later(pasts: tuple[Past, ...]) -> Mapping[str, float]:
    """Return per attribute with a history the share of handed-over people in whom it was first filled after that."""
    firsts = []
    for past in pasts:
        filled = past.history.filter(pl.col("value").is_not_null()).group_by(PERSON, "field").agg(pl.col("at").min())
        handed = find_fates(past).drop_nulls("handed_at").select(PERSON, "handed_at")
        firsts.append(
            filled.join(handed, on=PERSON).select("field", (pl.col("at") > pl.col("handed_at")).alias("later"))
        )
    shares = pl.concat(firsts).group_by("field").agg(pl.col("later").fill_null(False).mean(), pl.len())
    enough = shares.filter(pl.col("len") >= ENOUGH_ROWS)
    return {field.removeprefix("attribute:"): share for field, share, _ in enough.iter_rows()}
