"""Place a person in the three journeys and look up what to send."""

from typing import Any

from .conditions import MATCHED, Facts, evaluate
from .engagement import Counted, HandRaise, Term

STEPS = {
    "aida": ["attention", "interest", "desire", "action"],
    "wheel": ["problem_recognition", "solution_research", "option_evaluation", "decision"],
    "inbound": ["attract", "convert", "close", "delight"],
}


def journeys(counted: list[Counted], live: list[HandRaise]) -> dict[str, str | None]:
    """Return the furthest step with live evidence, per journey."""
    sources = [item.signal for item in counted] + [item.rule for item in live]
    named = [source.get("journey") or {} for source in sources]
    return {
        journey: max((step[journey] for step in named if journey in step), key=steps.index, default=None)
        for journey, steps in STEPS.items()
    }


def topic_sums(counted: list[Counted], now: int, term: Term) -> dict[str, Any]:
    """Sum the positive decayed points before caps by topic, a signal's topic before its event's."""
    sums: dict[str, Any] = {}
    for item in counted:
        if item.signal["points"] <= 0:
            continue
        for event, points in item.terms(now, term):
            topic = item.signal.get("topic") or event.text("topic")
            if topic is not None:
                sums[topic] = sums[topic] + points if topic in sums else points
    return sums


def main_topic(sums: dict[str, Any]) -> str | None:
    leader: str | None = None
    for topic in sorted(sums):
        if leader is None or sums[topic] > sums[leader]:
            leader = topic
    return leader


def persona(model: dict[str, Any], facts: Facts) -> str | None:
    for rule in model["fit"].get("personas") or []:
        if evaluate(rule["when"], facts) == MATCHED:
            return str(rule["id"])
    raw = facts.person.get("persona") if facts.types.get("persona") == "text" else None
    return str(raw).strip() if raw is not None and str(raw).strip() else None


def row(model: dict[str, Any], stage: str, step: str | None, topic: str | None, who: str | None) -> dict[str, Any]:
    """Return the first row whose keys all agree, or an empty one."""
    here = {"stage": stage, "journey": step, "topic": topic, "persona": who}
    for candidate in model.get("nurture") or []:
        if all(here[key] == wanted for key, wanted in (candidate.get("when") or {}).items()):
            return dict(candidate)
    return {}
