"""Turn rules about events into signals: points, windows, half-lives, limits, and groups with their caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from connector.domain.mapping import Mapping as FieldMapping
from connector.study.crm_score.attributes import Plain
from connector.study.crm_score.definition import Decay, Group, Happening, NoEquivalent, Part, Rule, Times
from connector.study.crm_score.events import find_counter, find_events
from connector.study.crm_score.gaps import Gap, Refused, Where
from connector.study.crm_score.rule_names import free_name, short_name


@dataclass(frozen=True, slots=True)
class SignalRule:
    """Hold one signal as it is to be written."""

    id: str
    kind: str
    points: float
    where: Where
    when: Plain | None = None
    limit: int | None = None
    window_days: float | None = None
    half_life_days: float | None = None
    cap: float | None = None
    group: str | None = None


@dataclass(slots=True)
class SignalBuilder:
    """Gather the signals of a score and the caps of their groups."""

    mapping: FieldMapping
    gaps: list[Gap]
    signals: list[SignalRule] = field(default_factory=list)
    caps: dict[str, float] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)

    def add(self, score: str, group: Group) -> None:
        cap = group.most
        if len(group.rules) == 1 and group.rules[0].most is not None:
            cap = min(group.rules[0].most, cap) if cap is not None else group.rules[0].most
        name = free_name(short_name(group.name, "group"), self.caps) if cap is not None and cap > 0 else None
        if name is not None and cap is not None:
            self.caps[name] = cap
        found = [one for rule in group.rules for one in self._signals_of(Where(score, group.name, rule.position), rule)]
        self.signals += [_decaying(replace(one, group=name), group.decay) for one in found]
        where = Where(score, group.name)
        if found and group.decay:
            self.gaps.append(Gap(where, "decay", f"{group.decay.half_life_days:g}"))
        if any(one.points < 0 for one in found) and group.least is not None and group.least != -(cap or 0.0):
            self.gaps.append(Gap(where, "lower_limit", points=group.least))

    def _signals_of(self, where: Where, rule: Rule) -> Iterator[SignalRule]:
        found = [one for part in rule.parts for one in self._read(where, part)]
        capped = rule.most if rule.most is not None and rule.most > 0 else None
        if capped is not None and len(found) > 1:
            self.gaps.append(Gap(where, "rule_limit", points=capped))
        for one in found:
            # A cap under which the rule cannot come is none.
            within = one.limit is not None and capped is not None and abs(one.points) * one.limit <= capped
            yield replace(one, cap=None if within else capped)

    def _read(self, where: Where, part: Part) -> list[SignalRule]:
        """Return the signals of one part; what cannot be said is booked."""
        if isinstance(part, NoEquivalent):
            self.gaps.append(Gap(where, part.why, part.detail, part.points))
            return []
        try:
            if isinstance(part, Happening):
                return list(self._happening(where, part))
            counters = find_counter(self.mapping, part)
        except Refused as refused:
            points = part.points if isinstance(part, Happening) else None
            self.gaps.append(Gap(where, refused.why, refused.detail, points))
            return []
        if part.otherwise:
            self.gaps.append(Gap(where, "constant", points=part.otherwise))
        if any(counter.least > 1 for counter in counters):
            self.gaps.append(Gap(where, "counter", ", ".join(dict.fromkeys(one.kind for one in counters))))
        return [
            SignalRule(
                self._name(one.kind), one.kind, one.points / one.least, where,
                limit=one.least, window_days=one.window_days,
            )
            for one in counters
        ]  # fmt: skip

    def _happening(self, where: Where, happening: Happening) -> Iterator[SignalRule]:
        found = find_events(self.mapping, happening)
        points, limit = happening.points, None
        if happening.times:
            last = max(happening.times, key=lambda one: one.least)
            points, limit = last.points / last.least, last.least
            if not _is_straight(happening.times):
                self.gaps.append(Gap(where, "frequency", f"{last.least}", last.points))
        for one in found:
            if points:
                yield SignalRule(
                    self._name(one.kind), one.kind, points, where, one.when, limit, happening.window_days
                )  # fmt: skip

    def _name(self, kind: str) -> str:
        name = free_name(short_name(kind, "rule"), self._ids)
        self._ids.add(name)
        return name


def _decaying(signal: SignalRule, decay: Decay | None) -> SignalRule:
    """Halve the points when half of a straight line is gone, and end them when all of it is."""
    if decay is None:
        return signal
    window = min(decay.whole_life_days, signal.window_days or decay.whole_life_days)
    return replace(signal, half_life_days=decay.half_life_days, window_days=window)


def _is_straight(times: tuple[Times, ...]) -> bool:
    """Say whether every so-manieth time earns the same, so that points per event are the same points.

    Between two steps nothing may be left out: one, two, three times, and more.
    """
    steps: Mapping[int, float] = {one.least: one.points for one in times}
    each = steps.get(1)
    return each is not None and all(steps.get(n) == each * n for n in range(1, max(steps) + 1))
