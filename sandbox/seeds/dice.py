"""Draw at random, the same on every Python version.

Only `Random.random()` is promised to give the same numbers on every version; `choice`, `shuffle` and the
distributions are not. Everything here is therefore built on that one method.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of draws that belongs to one purpose, named by its parts (base seed, "person", 17)."""

    def __init__(self, *purpose: str | int) -> None:
        self._random = Random(":".join(str(part) for part in purpose))  # noqa: S311 - invented people, no secrets

    def share(self) -> float:
        """Draw a number in [0, 1)."""
        return self._random.random()

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return self.share() < probability

    def between(self, low: float, high: float) -> float:
        """Draw evenly between two numbers."""
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self.share() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """Draw one option, each alike."""
        return options[int(self.share() * len(options))]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """Draw one option by weight."""
        mark = self.share() * sum(weight for _, weight in options)
        for option, weight in options:
            mark -= weight
            if mark < 0:
                return option
        return options[-1][0]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Give the options in another order (Fisher-Yates)."""
        cards = list(options)
        for last in range(len(cards) - 1, 0, -1):
            other = self.whole(0, last)
            cards[last], cards[other] = cards[other], cards[last]
        return cards

    def exponential(self, mean: float) -> float:
        """Draw a waiting time."""
        return -mean * math.log(1.0 - self.share())

    def poisson(self, mean: float) -> int:
        """Draw a count (Knuth's product of uniforms; for small means)."""
        floor, product, count = math.exp(-mean), self.share(), 0
        while product > floor:
            product *= self.share()
            count += 1
        return count
