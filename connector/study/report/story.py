"""Tell a report in the reader's language: sentences, and numbers written the way of the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connector.domain.model import Criterion, HandRaise, Locale, Model, Signal
from connector.domain.wording import (
    REJECT_REASONS,
    attribute_name,
    count_text,
    day_text,
    moment_text,
    number_text,
    stage_text,
)
from connector.study.report.channel_names import CHANNEL_NAMES
from connector.study.report.findings import Fact, Finding, find_findings
from connector.study.report.report import Report
from connector.study.report.rules import RuleRecord
from connector.study.report.shares import Share, Span
from connector.study.report.source import ModelSource
from connector.study.report.words_en import REPORT_EN
from connector.study.report.words_es import REPORT_ES

_WORDS: Final[Mapping[Locale, Mapping[str, str]]] = {"es": REPORT_ES, "en": REPORT_EN}
_FEW: Final = 10
_UNBROKEN: Final = "\N{NO-BREAK SPACE}"
_STALE_DAYS: Final = 7
_FEW_SETTLED: Final = 20
_CRMS: Final = {"hubspot": "HubSpot", "salesforce": "Salesforce"}
_APART: Final = re.compile(r"\b([ad]e?) el (?=\d)")
"""A preposition and an article that Spanish writes as one: "a el 34 %", "de el 34 %"."""
_LONG_AGO: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Told:
    """Hold a finding as it is read: the sentence, and where to act (`file` as `model.yaml:12`, a command)."""

    finding: Finding
    sentence: str
    file: str | None
    command: str | None


def no_link(object_type: str, object_id: str) -> str | None:
    """Say that records cannot be opened from here."""
    return None


@dataclass(frozen=True, slots=True)
class Story:
    """Hold a report with the language to tell it in, the model it is about, and when it is told."""

    report: Report
    model: Model
    source: ModelSource
    locale: Locale
    now: datetime
    link: Callable[[str, str], str | None] = no_link
    """Return where a record can be opened, by object type and id."""

    def words(self, key: str, **values: object) -> str:
        """Say a sentence; one about a single one has words of its own where it needs them."""
        spoken = _WORDS[self.locale]
        if values.get("count", values.get("handed")) == "1" and f"{key}_one" in spoken:
            key = f"{key}_one"
        return _contract(spoken[key].format(**values), self.locale)

    def weeks(self, key: str, **values: object) -> str:
        """Say a sentence about the weeks of the period."""
        name = f"{key}_one" if self.report.weeks == 1 else key
        return _contract(_WORDS[self.locale][name].format(weeks=self.report.weeks, **values), self.locale)

    @property
    def crm(self) -> str:
        """Return how the CRM writes its own name."""
        return _CRMS.get(self.report.crm, self.report.crm)

    # numbers

    def count(self, number: int) -> str:
        return count_text(number, self.locale)

    def decimal(self, number: float | None, decimals: int = 1) -> str:
        """Write a number with the place's signs: 1.234,5 or 1,234.5."""
        if number is None:
            return self.words("unknown")
        text = f"{round(number, decimals) + 0.0:,.{decimals}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.locale == "es" else text

    def pct(self, share: float | None, decimals: int = 0) -> str:
        """Write a share as percent, its sign never alone on the next line."""
        if share is None:
            return self.words("unknown")
        return f"{self.decimal(100 * share, decimals)}{self._percent}"

    @property
    def _percent(self) -> str:
        return f"{_UNBROKEN}%" if self.locale == "es" else "%"

    def share(self, share: Share) -> str:
        """Write a share so that nobody takes 3 of 7 for a law: small ones as a count."""
        counts = {"hits": self.count(share.hits), "count": self.count(share.count)}
        if share.value is None:
            return self.words("unknown")
        if share.count < _FEW:
            return self.words("few", **counts).replace(" ", _UNBROKEN)
        pct = self.pct(share.value, 0 if share.value >= 0.1 or not share.hits else 1)
        head, _, tail = self.words("some", pct=pct, **counts).partition(" ")
        return f"{head} {tail.replace(' ', _UNBROKEN)}"

    def part(self, share: Share) -> str:
        """Write a share as it stands in a sentence, with the article the language wants before a percentage."""
        text = self.share(share)
        return self.words("part", share=text) if "%" in text else text

    def range(self, share: Share) -> str:
        """Write the ends of a share's interval."""
        if share.value is None:
            return self.words("unknown")
        return f"{self.decimal(100 * share.low, 0)}–{self.decimal(100 * share.high, 0)}{self._percent}"

    def interval(self, share: Share) -> str:
        """Write the ends of a share's interval, and what they are."""
        return self.words("interval_text", range=self.range(share).replace(" ", _UNBROKEN))

    def sure_share(self, share: Share) -> str:
        """Write a share with its interval."""
        return self.share(share) if share.value is None else f"{self.share(share)} · {self.interval(share)}"

    def time(self, number: float | None, unit: str) -> str:
        """Write days or hours; with a decimal when they are few."""
        if number is None:
            return self.words("unknown")
        return self.words(unit, value=self.decimal(number, 0 if number >= _FEW else 1)).replace(" ", _UNBROKEN)

    def span(self, span: Span, unit: str, *, least: int = 1) -> str:
        """Write a median with its interval; of fewer than `least` there is none."""
        if span.count < least:
            return self.words("unknown")
        text = self.time(span.median, unit)
        if span.low is not None and span.high is not None:
            ends = (self.decimal(end, 0 if end >= _FEW else 1) for end in (span.low, span.high))
            text = f"{text} ({'–'.join(ends)})"
        return text if span.count else self.words("unknown")

    def day(self, instant: datetime | None) -> str:
        if instant is None:
            return self.words("unknown")
        return day_text(instant, self.model.handoff.calendar.timezone, self.locale, today=self.now)

    def date(self, instant: datetime) -> str:
        """Write a day with its year."""
        zone = self.model.handoff.calendar.timezone
        return day_text(instant, zone, self.locale, today=instant + _LONG_AGO)

    def moment(self, instant: datetime) -> str:
        """Write day and time in the zone of the business calendar."""
        return moment_text(instant, self.model.handoff.calendar.timezone, self.locale)

    def agreed(self) -> str:
        """Say how soon sales is to begin."""
        hours = {
            stage: number_text(getattr(self.model.handoff, stage).sla_hours, self.locale) for stage in ("mql", "sql")
        }
        return self.words("agreed", **hours)

    # names

    def stage(self, stage: str) -> str:
        return stage_text(stage, self.locale)

    def step(self, step: str) -> str:
        return self.words(f"step_{step}")

    def owner(self, owner: str | None) -> str:
        return self.words("no_owner") if owner is None else owner

    def reason(self, reason: str) -> str:
        if reason == "no-response":
            return self.words("no_response")
        return REJECT_REASONS[self.locale].get(reason, reason) or self.words("no_reason")

    def attribute(self, name: str) -> str:
        return attribute_name(name, self.locale)

    def channel(self, name: str | None) -> str:
        if name is None:
            return self.words("channel_none")
        return CHANNEL_NAMES[self.locale].get(name, name) or self.words("channel_other")

    def rule(self, record: RuleRecord) -> str:
        """Return what reps read of a rule."""
        every: Mapping[str, Sequence[Signal | Criterion | HandRaise]] = {
            "signal": self.model.engagement.signals,
            "criterion": self.model.fit.criteria,
            "hand_raise": self.model.hand_raises,
        }
        return next(
            (rule.why.in_locale(self.locale) for rule in every[record.kind] if rule.id == record.rule), record.rule
        )

    # sentences

    def lead(self) -> str:
        """Return the first sentence: quality before volume."""
        accepted, before = self.report.precision.accepted, self.report.precision.accepted_before
        if not self.report.people:
            return self.words("nobody")
        if not accepted.count:
            return self.words("quality_unanswered")
        change = self.weeks(_was(accepted, before), share=self.part(before)) if before.count else ""
        trend = self.report.acceptance.trend
        judged = f" {self.words(f'trend_{trend}')}" if trend else ""
        return self.weeks("quality_first", share=self.part(accepted), change=change) + judged

    def because(self) -> Iterator[str]:
        """Yield what a fall of acceptance goes with, as far as the numbers tell."""
        found = self.report.acceptance
        if found.trend != "fell":
            return
        if cause := found.cause:
            group = self.channel(cause.group) if cause.split == "channel" else self.owner(cause.group)
            shares = {
                "share": cause.share, "before": cause.before, "others": cause.others,
                "others_before": cause.others_before,
            }  # fmt: skip
            told = {name: self.part(share) for name, share in shares.items()}
            yield self.words(f"cause_{cause.kind}_{cause.split}", group=group, **told)
        else:
            yield self.words("cause_unknown")
        if new := found.new_model:
            even = new.gap is None or new.gap.low <= 0 <= new.gap.high
            yield self.words(
                "new_model_even" if even else "new_model_differs", version=new.version, since=self.day(new.since),
                later=self.part(new.later), earlier=self.part(new.earlier),
            )  # fmt: skip

    def told(self) -> tuple[Told, ...]:
        """Return the findings as they are read."""
        return tuple(self._tell(finding) for finding in find_findings(self.report, self.model))

    def _tell(self, finding: Finding) -> Told:
        facts = {name: self._fact(name, fact) for name, fact in finding.facts.items()}
        sentence = self.words(f"finding_{finding.kind}", **facts)
        rule = finding.facts.get("rule")
        if isinstance(rule, RuleRecord) and rule.within is not None:
            sentence = f"{sentence} {self.words('also_within')}"
        file = self.source.place(finding.path) if finding.path else None
        return Told(finding, sentence, file, finding.command)

    def _fact(self, name: str, fact: Fact) -> str:
        if name == "owner":
            return self.words("of_owner", owner=fact) if fact is not None else self.words("of_nobody")
        if name == "channel":
            return self.channel(None if fact is None else str(fact))
        if name in ("origin", "target"):
            return self.words(f"short_{fact}")
        if isinstance(fact, RuleRecord):
            return self.rule(fact)
        if isinstance(fact, Share):
            return self.part(fact)
        if isinstance(fact, int):
            return self.count(fact)
        if isinstance(fact, float):
            return number_text(fact, self.locale)
        says = {"reason": self.reason, "attribute": self.attribute}.get(name, str)
        return says(str(fact))

    def caveats(self) -> Iterator[str]:
        """Yield what the reader has to know before believing anything."""
        report = self.report
        age = (self.now - report.taken_at).days
        if age >= _STALE_DAYS:
            yield self.words("stale", days=self.count(age))
        if not report.people:
            return
        settled = report.precision.won
        if settled.count < _FEW_SETTLED:
            days = self.count(round(report.precision.horizon_days))
            yield self.words("too_early", count=str(settled.count), days=days)
        elif not settled.hits:
            yield self.words("no_wins")


def _was(now: Share, before: Share) -> str:
    """Return which word leads over to the share before."""
    if now.value is None or before.value is None or now.value == before.value:
        return "was"
    return "was_down" if now.value < before.value else "was_up"


def _contract(text: str, locale: Locale) -> str:
    return _APART.sub(r"\1l ", text) if locale == "es" else text
