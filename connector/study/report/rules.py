"""Judge the model's rules by what came of the people they had fired for: accepted, rejected and why, won."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from connector.domain.conditions import tests_of
from connector.domain.model import Criterion, HandRaise, Model, Signal
from connector.study.learning.intervals import Estimate
from connector.study.report.firings import Fired, RuleKey, RuleKind
from connector.study.report.funnel import Period, is_settled
from connector.study.report.shares import Share, compare_shares, compare_within, share_of, z_for
from connector.study.report.trails import CUSTOMER, MQL, NEVER, Trails, between
from connector.study.vector_truth import Flags, Truths

Standing: TypeAlias = Literal["dead", "harmful", "helpful", "by_channel", "untold", "everybody", "few"]
LEAST_JUDGED: Final = 8
"""So few people a share is not judged by."""


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """Hold what is known of one rule: `path` is its place in the file, `points` its own or a criterion's weight.

    `handed` are the handoffs of the period that it had fired for. `accepted` and `won` are shares of the people it had
    fired for before their handoff, `…_others` of those it had not (of a criterion: who matched, who did not; those of
    whom it is not known are in neither). `as_of_today`: it looks at an attribute whose past is not kept. `standing`:
    dead (never fired), harmful or helpful (significantly against or with what it claims), by_channel (against it, but
    not significantly within one channel), untold (no significant difference), everybody (it held of all who were
    handed over), few (too few to judge). `within` is the difference within channels, of a rule against what it claims.
    """

    rule: str
    kind: RuleKind
    path: str
    points: float | None
    fired: Fired
    handed: int
    accepted: Share
    accepted_others: Share
    rejected: Mapping[str, int]
    won: Share
    won_others: Share
    as_of_today: bool
    standing: Standing
    judged_by: Literal["won", "accepted"]
    within: Estimate | None = None

    @property
    def judged(self) -> tuple[Share, Share]:
        """Return the two shares the standing follows from."""
        return (self.won, self.won_others) if self.judged_by == "won" else (self.accepted, self.accepted_others)


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    kind: RuleKind
    path: str
    points: float | None
    attributes: frozenset[str]
    expected: int


@dataclass(frozen=True, slots=True)
class _Groups:
    """Tell who was ever handed over, who long enough ago to be judged, and who in the period."""

    handed: Flags
    settled: Flags
    lately: Flags


def judge_rules(
    trails: Trails,
    model: Model,
    held: Mapping[RuleKey, Truths],
    fired: Mapping[RuleKey, Fired],
    dated: Collection[str],
    period: Period,
    horizon_days: float,
) -> tuple[RuleRecord, ...]:
    """Judge every rule. `held` says whether each held at the handoff, `fired` how often it fired."""
    rules = list(_rules(model))
    z = z_for(len(rules))
    groups = _Groups(
        handed=trails.reached[MQL] != NEVER,
        settled=is_settled(trails, period.until, horizon_days),
        lately=between(trails.reached[MQL], period.since, period.until),
    )
    keys = [(rule.kind, rule.id) for rule in rules]
    return tuple(
        _judge(rule, trails, held[key], fired[key], dated, groups, z) for rule, key in zip(rules, keys, strict=True)
    )


def _rules(model: Model) -> Iterator[_Rule]:
    for place, signal in enumerate(model.engagement.signals):
        path = f"engagement.signals[{place}].points"
        yield _Rule(signal.id, "signal", path, signal.points, _attributes(signal), 1 if signal.points > 0 else -1)
    for place, criterion in enumerate(model.fit.criteria):
        path = f"fit.criteria[{place}].weight"
        yield _Rule(criterion.id, "criterion", path, criterion.weight, _attributes(criterion), 1)
    for place, raised in enumerate(model.hand_raises):
        yield _Rule(raised.id, "hand_raise", f"hand_raises[{place}]", None, _attributes(raised), 1)


def _attributes(rule: Signal | Criterion | HandRaise) -> frozenset[str]:
    return frozenset(test.name for test in tests_of(rule.when) if test.subject == "attribute")


def _judge(
    rule: _Rule,
    trails: Trails,
    held: Truths,
    fired: Fired,
    dated: Collection[str],
    groups: _Groups,
    z: float,
) -> RuleRecord:
    with_rule, without = groups.handed & (held == 1), groups.handed & (held == -1)
    accepted, accepted_others = (_accepted(trails, some) for some in (with_rule, without))
    won, won_others = (_won(trails, some & groups.settled) for some in (with_rule, without))
    judged_by: Literal["won", "accepted"] = "won" if won.hits + won_others.hits else "accepted"
    pair = (won, won_others) if judged_by == "won" else (accepted, accepted_others)
    standing: Standing = "dead" if not fired.ever else _standing(*pair, rule.expected, z)
    within = None
    if standing == "harmful":
        within = _within_channels(trails, with_rule, without, groups, judged_by, z)
        standing = "harmful" if within is None or within.low > 0 or within.high < 0 else "by_channel"
    return RuleRecord(
        rule=rule.id,
        kind=rule.kind,
        path=rule.path,
        points=rule.points,
        fired=fired,
        handed=int((groups.lately & (held == 1)).sum()),
        accepted=accepted,
        accepted_others=accepted_others,
        rejected=count_reasons(trails, with_rule),
        won=won,
        won_others=won_others,
        as_of_today=bool(rule.attributes - set(dated)),
        standing=standing,
        judged_by=judged_by,
        within=within,
    )


def _within_channels(
    trails: Trails, with_rule: Flags, without: Flags, groups: _Groups, judged_by: str, z: float
) -> Estimate | None:  # fmt: skip
    """Return the difference a rule makes among people of one channel; None when no channel is known."""
    if not any(trails.channel):
        return None
    channels = np.array([name or "" for name in trails.channel])
    measure, some = (_won, groups.settled) if judged_by == "won" else (_accepted, groups.handed)
    sides = [[measure(trails, who & some & (channels == name)) for who in (with_rule, without)]
             for name in np.unique(channels)]  # fmt: skip
    return compare_within(((one, other) for one, other in sides), z)


def _standing(share: Share, others: Share, expected: int, z: float) -> Standing:
    if share.count >= LEAST_JUDGED and not others.count:
        return "everybody"
    if min(share.count, others.count) < LEAST_JUDGED:
        return "few"
    gap = compare_shares(share, others, z)
    if gap is None or gap.low <= 0 <= gap.high:
        return "untold"
    return "helpful" if (gap.value > 0) == (expected > 0) else "harmful"


def _accepted(trails: Trails, who: Flags) -> Share:
    return share_of(int((trails.verdict[who] > 0).sum()), int((trails.verdict[who] != 0).sum()))


def _won(trails: Trails, who: Flags) -> Share:
    return share_of(int((trails.reached[CUSTOMER][who] != NEVER).sum()), int(who.sum()))


def count_reasons(trails: Trails, who: Flags) -> dict[str, int]:
    """Count why sales rejected, most frequent first; "" stands for no reason given."""
    rejected = np.flatnonzero(who & (trails.verdict < 0)).tolist()
    return dict(Counter(trails.reason[person] or "" for person in rejected).most_common())
