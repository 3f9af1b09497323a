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
from connector.study.report.shares import Share, compare_shares, share_of

MOST_FINDINGS: Final = 5
Section: TypeAlias = Literal["funnel", "channels", "rules", "service", "scores", "model", "quality"]
Fact: TypeAlias = Share | RuleRecord | int | str | None
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
    service = report.service
    orphans = {(one.object_type, one.object_id) for one in service.orphans}
    late = [one for one in service.late if (one.object_type, one.object_id) not in orphans]
    if orphans:
        count = len(orphans)
        yield Finding("orphans", count, "service", {"count": count}, "handoff.routing", "puente queue orphans")
    if late:
        owner, most = _most_loaded(late)
        facts: dict[str, Fact] = {"count": len(late), "owner": owner, "most": most, "kept": service.kept}
        yield Finding("late" if most < len(late) else "late_all", len(late), "service", facts)
    elif not orphans and service.kept.count >= LEAST_JUDGED and service.kept.high < 1 - _MUCH:
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
        facts: dict[str, Fact] = {"rule": rule, "people": rule.fired.people, "share": share, "others": others}
        kind = f"harmful_{rule.kind}" if (rule.points or 1) > 0 else "harmful_penalty"
        cost = rule.handed * abs(1 - share.value / others.value) if others.value else rule.handed
        yield Finding(f"{kind}_{rule.judged_by}", min(cost, rule.handed) + 0.5, "rules", facts, rule.path)
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
    """Yield the one reason that most rejections have; else that fewer are accepted, for no reason in particular."""
    accepted, before = report.precision.accepted, report.precision.accepted_before
    lost = _fallen(accepted, before)
    total = sum(report.reasons.values())
    reason, most = next(iter(report.reasons.items()), ("", 0))
    if most >= _LEAST_REASONS and most > _MUCH * total and reason:
        facts: dict[str, Fact] = {
            "reason": reason,
            "share": share_of(most, total),
            "enter": f"{model.stages.mql_enter:g}",
        }
        kind = f"rejected_{reason.replace('-', '_')}" if reason in ("fit", "timing", "no-response") else "rejected"
        yield Finding(kind, max(most, lost), "rules", facts, _REASON_PATHS.get(reason))
    elif lost:
        yield Finding("acceptance_fell", lost, "funnel", {"share": accepted, "before": before})


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
        yield Finding("blocked", quality.blocked / 2, "quality", missing)
    blind = [one for one in quality.refused if one.blind]
    if blind:
        rules = sum(len(one.blind) for one in blind)
        refused: dict[str, Fact] = {"source": blind[0].source, "count": rules}
        yield Finding("blind", 1 + rules / 4, "quality", refused, command="puente doctor")
    if scores.engagement.word in ("shifting", "changed"):
        enter = f"{model.stages.mql_enter:g}"
        moved: dict[str, Fact] = {"before": scores.over_before, "now": scores.over_now, "enter": enter}
        cost = abs(scores.over_now - scores.over_before) / 4
        yield Finding("drift", cost, "scores", moved, "stages.mql.enter", "puente calibrate")


def _model(report: Report, model: Model) -> Iterator[Finding]:
    behind = report.history.not_applied
    if behind:
        name = f"{model.name} {model.version}"
        facts: dict[str, Fact] = {"count": behind, "people": report.people, "name": name}
        yield Finding("not_applied", 0.4, "model", facts, None, "puente plan")
