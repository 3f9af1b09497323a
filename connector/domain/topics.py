"""Tell which topic leads at any second while the same events count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from connector.domain.conditions import DAY_SECONDS
from connector.domain.curve import Term

CANCELLED_SHARE: Final = 1e-12


class TopicRace:
    """Compare topics by their positive decayed points, from second `start` on.

    Points with one half-life keep their order for ever, so sums are kept per rate of decay, relative to the slowest:
    nothing far in the future can underflow into a false tie.
    """

    def __init__(self, terms: Iterable[Term], start: int) -> None:
        self._start = start
        self._sums: dict[str, dict[float, float]] = {}
        for term in terms:
            if term.signal.points > 0:
                self._add(term)
        rates = [rate for sums in self._sums.values() for rate in sums]
        self._slowest = min(rates, default=0.0)

    def _add(self, term: Term) -> None:
        half_life = term.signal.half_life_days
        rate = 0.0 if half_life is None else 1.0 / half_life
        faded = 2.0 ** (-((self._start - term.since) / DAY_SECONDS * rate))
        for hit in term.hits:
            if topic := term.signal.topic or hit.match.event.topic:
                sums = self._sums.setdefault(topic, {})
                sums[rate] = sums.get(rate, 0.0) + hit.points * faded

    def leader_at(self, second: int) -> str | None:
        """Return the topic with the most points, ties alphabetical; None without topics."""
        leader: str | None = None
        for topic in sorted(self._sums):
            if leader is None or self._lead(topic, leader, second, second)[0] > 0:
                leader = topic
        return leader

    def is_decided(self, first: int, last: int) -> bool:
        """Tell whether provably the same topic leads from `first` to `last`."""
        leader = self.leader_at(first)
        return all(self._stays_ahead(leader, topic, first, last) for topic in self._sums if leader and topic != leader)

    def _stays_ahead(self, leader: str, topic: str, first: int, last: int) -> bool:
        low, high = self._lead(leader, topic, first, last)
        return low > 0 or (low == high == 0 and leader < topic)

    def _lead(self, one: str, other: str, first: int, last: int) -> tuple[float, float]:
        """Return bounds of the lead of `one` over `other` from `first` to `last`, in units of the slowest decay."""
        differences = self._differences(one, other)
        low = high = 0.0
        for rate, points in differences.items():
            early, late = points * self._fade(rate, first), points * self._fade(rate, last)
            low, high = low + min(early, late), high + max(early, late)
        if differences and min(differences.values()) > 0:
            return max(low, 5e-324), max(high, 5e-324)
        if differences and max(differences.values()) < 0:
            return min(low, -5e-324), min(high, -5e-324)
        return low, high

    def _differences(self, one: str, other: str) -> Mapping[float, float]:
        mine, theirs = self._sums[one], self._sums[other]
        differences = {}
        for rate in mine.keys() | theirs.keys():
            plus, minus = mine.get(rate, 0.0), theirs.get(rate, 0.0)
            if abs(plus - minus) > CANCELLED_SHARE * (plus + minus):
                differences[rate] = plus - minus
        return differences

    def _fade(self, rate: float, second: int) -> float:
        return float(2.0 ** (-((second - self._start) / DAY_SECONDS * (rate - self._slowest))))
