"""Find what to change, and put first what costs most: each with its numbers and the place or command to act on.

What it costs is put in one unit: handoffs of the period that are lost or wasted. A difference between groups counts
only when its interval is off zero after correcting for how many are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector.domain.model import Model
from connector.study.report.channels import Channel
from connector.study.report.report import Report
from connector.study.report.rules import LEAST_JUDGED, RuleRecord
from connector.study.report.service import Waiting
from connector.study.report.shares import Share, compare_shares, share_of, z_for

MOST_FINDINGS: Final = 5
Section: TypeAlias = Literal["funnel", "channels", "rules", "service", "scores", "model", "quality"]
Fact: TypeAlias = Share | RuleRecord | int | float | str | None
_MOST_OF_A_SECTION: Final = 2
_LEAST_REASONS: Final = 5
_MUCH: Final = 1 / 3
_WEEKS_A_YEAR: Final = 52


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one thing to change: `kind` names its sentence, `facts` fill it in.

    `cost` is how many handoffs of the period are lost or wasted by it. `path` is a place in the model file, `command`
    one to run; `section` has the numbers behind it.
    """

    kind: str
    cost: float
    section: Section
    facts: Mapping[str, Fact]
    path: str | None = None
    command: str | None = None


def find_findings(report: Report, model: Model) -> tuple[Finding, ...]:
    """Return what stands out, the costliest first; of one section the two that matter most."""
    found = (
        *_service(report),
        *_rules(report),
        *_channels(report),
        *_rejections(report, model),
        *_funnel(report),
        *_profiles(report, model),
        *_model(report, model),
    )
    ordered = sorted(found, key=lambda one: -one.cost)
    sections = [one.section for one in ordered]
    kept = [one for place, one in enumerate(ordered) if sections[:place].count(one.section) < _MOST_OF_A_SECTION]
    return tuple(kept[:MOST_FINDINGS])


def _service(report: Report) -> Iterator[Finding]:
    service, late = report.service, list(report.service.late)
    if service.orphans:
        count = len(service.orphans)
        yield Finding("orphans", count, "service", {"count": count}, "handoff.routing", "puente queue orphans")
    if late:
        owner, most = _most_loaded(late)
        facts: dict[str, Fact] = {"count": len(late), "owner": owner, "most": most, "kept": service.kept}
        yield Finding("late" if most < len(late) else "late_all", len(late), "service", facts)
    elif not service.orphans and service.kept.count >= LEAST_JUDGED and service.kept.high < 1 - _MUCH:
        missed = service.kept.count - service.kept.hits
        yield Finding("slow", missed / 2, "service", {"kept": service.kept}, "handoff.mql.sla_hours")


def _most_loaded(late: list[Waiting]) -> tuple[str | None, int]:
    owners = [one.owner for one in late]
    owner = max(dict.fromkeys(owners), key=owners.count)
    return owner, owners.count(owner)


def _rules(report: Report) -> Iterator[Finding]:
    dead = [rule for rule in report.rules if rule.standing == "dead" and rule.kind != "criterion"]
    for rule in report.rules:
        share, others = rule.judged
        if rule.standing != "harmful" or share.value is None or others.value is None:
            continue
        facts: dict[str, Fact] = {
            "rule": rule, "people": rule.fired.people, "share": share, "others": others,
            "points": None if rule.points is None else abs(float(rule.points)),
        }  # fmt: skip
        kind = f"harmful_{rule.kind}" if (rule.points or 1) > 0 else "harmful_penalty"
        cost = rule.handed * abs(1 - share.value / others.value) if others.value else rule.handed
        command = None if rule.kind == "hand_raise" else "puente calibrate"
        yield Finding(f"{kind}_{rule.judged_by}", min(cost, rule.handed) + 0.5, "rules", facts, rule.path, command)
    if dead:
        yield Finding("dead", 0.3, "rules", {"count": len(dead), "rule": dead[0]}, dead[0].path)


def _channels(report: Report) -> Iterator[Finding]:
    settled = sum(one.won.count for one in report.channels)
    wins = sum(one.won.hits for one in report.channels)
    for one in report.channels:
        if one.name == "" or one.standing not in ("better", "worse"):
            continue
        facts: dict[str, Fact] = {
            "channel": one.name, "handed": share_of(one.won.count, settled), "wins": share_of(one.won.hits, wins),
            "share": one.won, "others": one.won_others,
        }  # fmt: skip
        yield Finding(f"channel_{one.standing}", _channel_cost(one), "channels", facts)


def _channel_cost(one: Channel) -> float:
    share, others = one.won.value or 0.0, one.won_others.value or 0.0
    ratio = share / others if one.standing == "worse" else others / share
    return one.handed * (1 - ratio)


_REASON_PATHS: Final[Mapping[str, str]] = {
    "fit": "fit.criteria",
    "timing": "stages.mql.enter",
    "never": "fit.exclusions",
}


def _rejections(report: Report, model: Model) -> Iterator[Finding]:
    """Yield a reason sales gives significantly more often; else that fewer are accepted, and what to read."""
    accepted, before = report.precision.accepted, report.precision.accepted_before
    lost = _fallen(accepted, before)
    grown = [one for one in report.reasons if one and _has_grown(report, one)]
    if grown:
        reason = grown[0]
        count = report.reasons[reason]
        facts: dict[str, Fact] = {
            "reason": reason,
            "share": share_of(count, accepted.count),
            "before": share_of(report.reasons_before.get(reason, 0), before.count),
            "enter": float(model.stages.mql_enter),
        }
        kind = f"rejected_{reason.replace('-', '_')}" if reason in ("fit", "timing", "no-response") else "rejected"
        yield Finding(kind, max(count, lost), "rules", facts, _REASON_PATHS.get(reason))
    elif lost:
        reason, count = next(iter(report.reasons.items()))
        total, total_before = sum(report.reasons.values()), sum(report.reasons_before.values())
        shares = share_of(count, total), share_of(report.reasons_before.get(reason, 0), total_before)
        read: dict[str, Fact] = {"count": total, "reason": reason, "share": shares[0], "before": shares[1]}
        yield Finding("acceptance_fell", lost, "rules", read)


def _has_grown(report: Report, reason: str) -> bool:
    """Tell whether of the leads sales answered it rejected significantly more for a reason than before."""
    count, before = report.reasons[reason], report.reasons_before.get(reason, 0)
    answered, answered_before = report.precision.accepted.count, report.precision.accepted_before.count
    if count < _LEAST_REASONS or min(answered, answered_before) < LEAST_JUDGED:
        return False
    gap = compare_shares(share_of(count, answered), share_of(before, answered_before), z_for(len(report.reasons)))
    return gap is not None and gap.low > 0


def _funnel(report: Report) -> Iterator[Finding]:
    precision = report.precision
    for passage in report.funnel.passages:
        is_told = passage.origin == "mql" and _fallen(precision.accepted, precision.accepted_before)
        if not is_told and (lost := _fallen(passage.share, passage.share_before)):
            facts: dict[str, Fact] = {
                "origin": passage.origin, "target": passage.target, "share": passage.share,
                "before": passage.share_before,
            }  # fmt: skip
            yield Finding("passage_fell", lost * (passage.origin != "came"), "funnel", facts)
    unseen = precision.won_unseen
    if unseen.count >= LEAST_JUDGED and unseen.low > _MUCH:
        cost = unseen.hits * report.weeks / _WEEKS_A_YEAR
        yield Finding("won_unseen", cost, "funnel", {"share": unseen}, "stages.mql.enter", "puente backtest")


def _fallen(share: Share, before: Share) -> float:
    """Return how many fewer went on than at the rate before; 0 when the fall is not sure."""
    gap = compare_shares(share, before)
    if gap is None or min(share.count, before.count) < LEAST_JUDGED or gap.high >= 0:
        return 0.0
    return -gap.value * share.count


def _profiles(report: Report, model: Model) -> Iterator[Finding]:
    quality, scores = report.quality, report.scores
    if quality.blocked:
        worst = max(quality.completeness, key=lambda one: (one.blocks, one.weight))
        missing: dict[str, Fact] = {"count": quality.blocked, "attribute": worst.attribute, "most": worst.blocks}
        every = worst.blocks == quality.blocked
        yield Finding("blocked_all" if every else "blocked", quality.blocked / 2, "quality", missing)
    blind = [one for one in quality.refused if one.blind]
    if blind:
        rules = sum(len(one.blind) for one in blind)
        refused: dict[str, Fact] = {"source": blind[0].source, "count": rules}
        yield Finding("blind", 1 + rules / 4, "quality", refused, command="puente doctor")
    if scores.engagement.word in ("shifting", "changed"):
        enter = float(model.stages.mql_enter)
        moved: dict[str, Fact] = {"before": scores.over_before, "now": scores.over_now, "enter": enter}
        cost = abs(scores.over_now - scores.over_before) / 4
        yield Finding("drift", cost, "scores", moved, "stages.mql.enter", "puente calibrate")


def _model(report: Report, model: Model) -> Iterator[Finding]:
    behind = report.history.not_applied
    if behind:
        name = f"{model.name} {model.version}"
        facts: dict[str, Fact] = {"count": behind, "people": report.people, "name": name}
        yield Finding("not_applied", 0.4, "model", facts, None, "puente plan")
