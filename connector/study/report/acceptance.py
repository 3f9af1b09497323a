"""Look for why sales accepts fewer leads than before: in one group of them, in their mix, or with a new model.

A group explains the fall when acceptance fell by more in it than among the others; the mix does when nothing is left of
the fall within groups. What merely coincides is said to coincide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import hypot
from typing import Final, Literal, TypeAlias

import numpy as np

from connector.domain.timeline import to_us
from connector.study.learning.intervals import Estimate
from connector.study.report.funnel import Period
from connector.study.report.revisions import ModelHistory
from connector.study.report.rules import LEAST_JUDGED
from connector.study.report.shares import Share, compare_shares, compare_within, share_of, z_for
from connector.study.report.trails import MQL, Trails, between
from connector.study.vector_truth import Flags

Split: TypeAlias = Literal["channel", "owner"]
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Cause:
    """Name what the fall goes with. `within` one `group` of a split: its share and the others', now and before.

    `mix`: within the groups of the split there is no fall; the shares are then those of everybody.
    """

    kind: Literal["within", "mix"]
    split: Split
    group: str | None
    share: Share
    before: Share
    others: Share
    others_before: Share


@dataclass(frozen=True, slots=True)
class NewModel:
    """Hold a model new in these weeks or those before: accepted of the answers of the period, by when handed over."""

    version: str
    since: datetime
    later: Share
    earlier: Share
    gap: Estimate | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Say by how much acceptance changed (None: nothing to compare), and of a significant fall what it goes with."""

    gap: Estimate | None
    cause: Cause | None
    new_model: NewModel | None

    @property
    def trend(self) -> Literal["fell", "rose", "even"] | None:
        """Return which way it went, significantly; None when there is too little to compare."""
        if self.gap is None:
            return None
        return "fell" if self.gap.high < 0 else "rose" if self.gap.low > 0 else "even"


def explain_acceptance(trails: Trails, period: Period, history: ModelHistory) -> Acceptance:
    """Compare sales' answers of a period with those before, and look for what a fall goes with."""
    now, before = (between(trails.answered, one.since, one.until) for one in (period, period.before))
    shares = _accepted(trails, now), _accepted(trails, before)
    gap = compare_shares(*shares) if min(share.count for share in shares) >= LEAST_JUDGED else None
    if gap is None or gap.high >= 0:
        return Acceptance(gap, None, None)
    return Acceptance(gap, _find_cause(trails, now, before, gap), _find_new_model(trails, now, period, history))


def _accepted(trails: Trails, who: Flags) -> Share:
    return share_of(int((trails.verdict[who] > 0).sum()), int((trails.verdict[who] != 0).sum()))


def _find_cause(trails: Trails, now: Flags, before: Flags, gap: Estimate) -> Cause | None:
    splits: tuple[tuple[Split, Sequence[str | None]], ...] = (("channel", trails.channel), ("owner", trails.owner))
    found = [one for split, names in splits for one in _groups(trails, split, names, now, before)]
    z = z_for(len(found))
    sure = [(excess, one) for one in found if (excess := _excess(one, z)) is not None]
    if sure:
        return min(sure, key=lambda one: one[0])[1]
    for split, _ in splits:
        groups = [one for one in found if one.split == split]
        left = compare_within((one.share, one.before) for one in groups)
        if len(groups) > 1 and left is not None and left.high >= 0 and left.value > _HALF * gap.value:
            whole = _accepted(trails, now), _accepted(trails, before)
            return Cause("mix", split, None, *whole, *whole)
    return None


def _groups(
    trails: Trails, split: Split, names: Sequence[str | None], now: Flags, before: Flags
) -> Iterator[Cause]:  # fmt: skip
    asked = np.flatnonzero(now | before).tolist()
    for name in dict.fromkeys(names[person] for person in asked):
        inside = np.array([one == name for one in names])
        shares = (_accepted(trails, when & who) for who in (inside, ~inside) for when in (now, before))
        yield Cause("within", split, name, *shares)


def _excess(one: Cause, z: float) -> float | None:
    """Return by how much more acceptance fell in a group than among the others; None when that is not significant."""
    if min(share.count for share in (one.share, one.before, one.others, one.others_before)) < LEAST_JUDGED:
        return None
    inside, outside = compare_shares(one.share, one.before, z), compare_shares(one.others, one.others_before, z)
    if inside is None or outside is None:
        return None
    excess = inside.value - outside.value
    high = excess + hypot(inside.high - inside.value, outside.value - outside.low)
    return excess if high < 0 else None


def _find_new_model(trails: Trails, now: Flags, period: Period, history: ModelHistory) -> NewModel | None:
    """Return the newest model that came in these weeks or those before, with what sales said before and after it."""
    changes = [one for one in _changes(history) if period.before.since < one[0] <= period.until]
    if not changes:
        return None
    since, version = max(changes)
    fresh = trails.reached[MQL] >= to_us(since)
    later, earlier = _accepted(trails, now & fresh), _accepted(trails, now & ~fresh)
    enough = min(later.count, earlier.count) >= LEAST_JUDGED
    return NewModel(version, since, later, earlier, compare_shares(later, earlier) if enough else None)


def _changes(history: ModelHistory) -> Iterator[tuple[datetime, str]]:
    """Yield when models came, by Git or else by the stamps; the very first state of either is no change."""
    committed = [(one.at, one.version) for one in history.revisions if one.at is not None and one.changes]
    if history.in_git:
        yield from committed
        return
    dated = sorted((one.first_at, one.version) for one in history.stamps if one.first_at is not None)
    yield from dated[1:]
