"""Write a translated score into the text of a model: its rules with where each comes from, all else as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.domain.mapping import AttributeSource
from connector.domain.model import Locale, Model, Signal, Why
from connector.study.crm_score.attributes import Plain, spell_source
from connector.study.crm_score.fit_rules import FitRule
from connector.study.crm_score.gaps import Where
from connector.study.crm_score.kind_names import KIND_NAMES
from connector.study.crm_score.rule_names import short_name
from connector.study.crm_score.sections import add_entries, replace_section
from connector.study.crm_score.signal_rules import SignalRule
from connector.study.crm_score.translate import EngagementPart, FitPart, Translation
from connector.study.learning.model_text import Edit, edit_model, spell_number, spell_value

_EXIT_SHARE: Final = 0.75
_LONGEST_WHY: Final = 80
_RULE: Final[Mapping[Locale, str]] = {"es": "{score} › {group} › regla {rule}", "en": "{score} › {group} › rule {rule}"}


@dataclass(frozen=True, slots=True)
class Page:
    """Hold what a page is made of: the text and the model that lend all that the CRM's score does not say."""

    text: str
    lender: Model
    locale: Locale

    def write(self, translation: Translation, head: Sequence[str]) -> str:
        """Return the text of the model; `head` are sentences for its beginning."""
        name = short_name(" ".join(score.name for score in translation.scores), "score")
        text = replace_section(self.text, ("model",), [f"model: {_spell(name)}"], _spell(name))
        text = edit_model(text, list(self._numbers(translation)))
        if translation.fit is not None:
            text = self._with_fit(text, translation.fit)
        if translation.engagement is not None:
            lines, flow = self._engagement(translation.engagement)
            text = replace_section(text, ("engagement",), lines, flow)
        return "".join(f"# {_clean(line)}\n" for line in head) + ("\n" if head else "") + text

    def _numbers(self, translation: Translation) -> Iterator[Edit]:
        if translation.fit is not None and translation.fit.threshold_pct is not None:
            yield Edit(("fit", "threshold"), translation.fit.threshold_pct, beside="min_completeness")
        enter = translation.engagement.enter if translation.engagement is not None else None
        if enter is None:
            return
        yield Edit(("stages", "mql", "enter"), enter)
        yield Edit(("stages", "mql", "exit"), round(enter * _EXIT_SHARE, 2), beside="enter")
        sql_enter = self.lender.stages.sql_enter
        if sql_enter is not None and sql_enter < enter:
            yield Edit(("stages", "sql", "enter"), enter)  # points that make an SQL cannot be fewer

    def _with_fit(self, text: str, part: FitPart) -> str:
        if part.exclusions:
            never = [(rule, _exclusion(rule)) for rule in part.exclusions]
            lines = [_item(self._origin(rule.where), entry) for rule, entry in never]
            text = add_entries(text, ("fit", "exclusions"), lines, [_spell(entry) for _, entry in never])
        rules = [(rule, _criterion(rule)) for rule in part.criteria]
        block = ["criteria:"]
        for rule, entry in rules:
            block += [f"  {line}" for line in _item(self._origin(rule.where), entry)]
        return replace_section(text, ("fit", "criteria"), block, _spell([entry for _, entry in rules]))

    def _engagement(self, part: EngagementPart) -> tuple[list[str], str]:
        machine = self.lender.engagement.machine
        settings: dict[str, Any] = {
            "floor": part.floor,
            "ceiling": part.ceiling,
            "half_life_days": None,
            **({"groups": {name: {"cap": cap} for name, cap in part.caps.items()}} if part.caps else {}),
            **({"machine": {"clicks": machine.clicks, "within_seconds": machine.within_seconds}} if machine else {}),
        }
        lines = ["engagement:", *(f"  {key}: {_spell(value)}" for key, value in settings.items()), "  signals:"]
        entries = [(rule, self._signal_entry(rule)) for rule in part.signals]
        for rule, entry in entries:
            lines += [f"    {line}" for line in _item(self._origin(rule.where), entry)]
        return lines, _spell({**settings, "signals": [entry for _, entry in entries]})

    def _signal_entry(self, rule: SignalRule) -> dict[str, Any]:
        lender = self._lender_of(rule.kind)
        entry: dict[str, Any] = {"id": rule.id, "kind": rule.kind}
        optional = {
            "when": rule.when, "points": round(rule.points, 4), "limit": rule.limit, "cap": rule.cap,
            "window_days": rule.window_days, "half_life_days": rule.half_life_days, "group": rule.group,
        }  # fmt: skip
        entry |= {key: value for key, value in optional.items() if value is not None}
        if lender is not None and rule.points > 0 and lender.journey:
            entry["journey"] = dict(lender.journey)
        entry["why"] = _why(rule, lender.why if lender else None)
        return entry

    def _lender_of(self, kind: str) -> Signal | None:
        """Return the signal of the model at hand that says what such an event means."""
        alike = [signal for signal in self.lender.engagement.signals if signal.kind == kind]
        return next((signal for signal in alike if signal.when is None), alike[0] if alike else None)

    def _origin(self, where: Where) -> str:
        said = _RULE[self.locale].format(score=where.score, group=where.group, rule=where.rule)
        return _clean(said)


def _criterion(rule: FitRule) -> dict[str, Any]:
    weight = round(rule.points, 4)
    return {"id": rule.id, "weight": weight, "when": rule.when, "why": _shortened(_told(rule.when))}


def _exclusion(rule: FitRule) -> dict[str, Any]:
    return {"id": rule.id, "when": rule.when, "why": _shortened(_told(rule.when))}


def _item(origin: str, entry: Mapping[str, Any]) -> list[str]:
    lines = [f"{key}: {_spell(value)}" for key, value in entry.items()]
    return [f"# {origin}", *(f"{'- ' if place == 0 else '  '}{line}" for place, line in enumerate(lines))]


def _spell(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_spell(one)}" for key, one in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(_spell(one) for one in value) + "]"
    if isinstance(value, str) and not value.isprintable():
        quoted = json.dumps(value, ensure_ascii=False)
        return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)
    return spell_number(value) if isinstance(value, float) else spell_value(value)


def _why(rule: SignalRule, lent: Why | None) -> dict[str, str]:
    about = "" if rule.when is None or "is_known" in rule.when else f": {_told(rule.when)}"
    spoken = lent or KIND_NAMES.get(rule.kind) or Why(rule.kind, rule.kind)
    return {"es": _shortened(spoken.es + about), "en": _shortened(spoken.en + about)}


def _told(when: Plain) -> str:
    """Say a condition shortly: what it looks at, and the values."""
    parts = when.get("all") or when.get("any")
    if parts:
        return ", ".join(_told(part) for part in parts)
    if "not" in when:
        return f"≠ {_told(when['not'])}"
    (_, name), (operator, operand) = when.items()
    if operator in ("is_known", "is_unknown"):
        return str(name) if operator == "is_known" else f"{name} ?"
    values = operand if isinstance(operand, list) else [operand]
    sign = {"over": ">", "under": "<", "at_least": "≥", "at_most": "≤", "newer_than_days": "<", "older_than_days": ">"}
    joint = "–" if operator == "between" else ", "
    return f"{name} {sign.get(operator, '')} ".rstrip() + " " + joint.join(_plain(value) for value in values)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _clean(text: str) -> str:
    """Return a text on one line, without what a file cannot hold as it is."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _shortened(text: str) -> str:
    text = _clean(text)
    return text if len(text) <= _LONGEST_WHY else text[: _LONGEST_WHY - 1].rstrip() + "…"


def add_attributes(text: str, added: Sequence[AttributeSource]) -> str:
    """Return the text of a mapping with further attributes at the end of its own."""
    if not added:
        return text
    lines = [spell_source(source) for source in added]
    return add_entries(text, ("attributes",), [[line] for line in lines], lines)
