"""Compare a profile with the target."""

from dataclasses import dataclass
from typing import Any

from .conditions import MATCHED, UNKNOWN, Facts, evaluate
from .defaults import min_completeness, threshold
from .values import shown


@dataclass(frozen=True)
class Fit:
    """A profile's verdict, unrounded, and what the decision shows of it."""

    verdict: str
    pct: float | None
    shown: dict[str, Any]


def judge(model: dict[str, Any], facts: Facts) -> Fit:
    criteria = model["fit"]["criteria"]
    states = {item["id"]: evaluate(item["when"], facts) for item in criteria}
    verdict, pct, low, high, completeness = measure(model, states)
    missing = [_missing(model, item, states) for item in criteria if states[item["id"]] == UNKNOWN]
    settling = [] if verdict != "undetermined" else [item for item in missing if _settles(item)]
    lifting = [] if verdict != "unfit" else [item for item in missing if item["if_matched"] == "fit"]
    decision = {
        "verdict": verdict,
        "pct": None if pct is None else shown(pct),
        "low": shown(low),
        "high": shown(high),
        "completeness": shown(completeness),
        "criteria": [{"id": c["id"], "weight": c["weight"], "state": states[c["id"]]} for c in criteria],
        "missing": missing,
        "settled_by": [item["id"] for item in sorted(settling, key=lambda item: -item["weight"])],
        "could_lift": [item["id"] for item in lifting],
        "distance": None if pct is None else shown(max(0, threshold(model) - pct)),
        "exclusions": exclusions(model, facts),
    }
    return Fit(verdict, pct, decision)


def exclusions(model: dict[str, Any], facts: Facts) -> list[str]:
    rules = model["fit"].get("exclusions") or []
    return [rule["id"] for rule in rules if evaluate(rule["when"], facts) == MATCHED]


def measure(model: dict[str, Any], states: dict[str, str]) -> tuple[str, float | None, float, float, float]:
    """Return verdict, pct, low, high and completeness for these criterion states."""
    whole = matched = possible = known = 0.0
    for item in model["fit"]["criteria"]:
        weight, state = item["weight"], states[item["id"]]
        whole += weight
        matched += weight if state == MATCHED else 0
        possible += weight if state in (MATCHED, UNKNOWN) else 0
        known += weight if state != UNKNOWN else 0
    low, high, completeness = 100 * matched / whole, 100 * possible / whole, known / whole
    pct = 100 * matched / known if known else None
    cut = threshold(model)
    suffices = pct is not None and completeness >= min_completeness(model)
    if high < cut or (suffices and pct is not None and pct < cut):
        return "unfit", pct, low, high, completeness
    if low >= cut or (suffices and pct is not None and pct >= cut):
        return "fit", pct, low, high, completeness
    return "undetermined", pct, low, high, completeness


def _missing(model: dict[str, Any], criterion: dict[str, Any], states: dict[str, str]) -> dict[str, Any]:
    outcomes = [measure(model, {**states, criterion["id"]: state})[0] for state in (MATCHED, "NOT_MATCHED")]
    return {
        "id": criterion["id"],
        "weight": criterion["weight"],
        "if_matched": outcomes[0],
        "if_not_matched": outcomes[1],
    }


def _settles(item: dict[str, Any]) -> bool:
    return "undetermined" not in (item["if_matched"], item["if_not_matched"])
