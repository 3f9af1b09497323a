"""Real numbers of the form Σ c·2^f with rational c and f: sums of decayed points, compared without rounding."""

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Union

from .values import as_written

Number = Union[int, float, Fraction, "Exact"]


@dataclass(frozen=True)
class Exact:
    """Hold c by f, with 0 ≤ f < 1 and no zero c.

    For distinct such f the numbers 2^f are linearly independent over the rationals (xⁿ − 2 is irreducible), so a
    value is zero exactly when `terms` is empty. Every other sign shows at some finite precision.
    """

    terms: dict[Fraction, Fraction] = field(default_factory=dict)

    @staticmethod
    def power(coefficient: int | Fraction, exponent: Fraction) -> "Exact":
        """Return coefficient · 2^exponent."""
        whole = exponent.numerator // exponent.denominator
        scaled = coefficient * Fraction(2) ** whole
        return Exact({exponent - whole: scaled} if scaled else {})

    def __add__(self, other: Number) -> "Exact":
        terms = dict(self.terms)
        for exponent, coefficient in exact(other).terms.items():
            total = terms.pop(exponent, Fraction(0)) + coefficient
            if total:
                terms[exponent] = total
        return Exact(terms)

    __radd__ = __add__

    def __neg__(self) -> "Exact":
        return Exact({exponent: -coefficient for exponent, coefficient in self.terms.items()})

    def __sub__(self, other: Number) -> "Exact":
        return self + (-exact(other))

    def sign(self) -> int:
        """Return −1, 0 or 1."""
        if not self.terms:
            return 0
        parts = [float(c) * 2.0 ** float(f) for f, c in self.terms.items()]
        if abs(sum(parts)) > max(1e-11 * sum(map(abs, parts)), 1e-280):
            return 1 if sum(parts) > 0 else -1
        digits = 40
        while not (sign := self._sign_at(digits)):
            digits *= 3
        return sign

    def _sign_at(self, digits: int) -> int:
        """Return the sign if `digits` decimal digits can tell it, else 0."""
        with localcontext() as context:
            context.prec = digits
            total = size = Decimal(0)
            for exponent, coefficient in self.terms.items():
                root = Decimal(2) ** (Decimal(exponent.numerator) / Decimal(exponent.denominator))
                part = Decimal(coefficient.numerator) / Decimal(coefficient.denominator) * root
                total, size = total + part, size + abs(part)
            if abs(total) <= size * Decimal(10) ** (8 - digits):
                return 0
            return 1 if total > 0 else -1

    def __lt__(self, other: Number) -> bool:
        return (self - other).sign() < 0

    def __le__(self, other: Number) -> bool:
        return (self - other).sign() <= 0

    def __gt__(self, other: Number) -> bool:
        return (self - other).sign() > 0

    def __ge__(self, other: Number) -> bool:
        return (self - other).sign() >= 0

    def __float__(self) -> float:
        return float(sum(float(c) * 2.0 ** float(f) for f, c in self.terms.items()))


def exact(number: Number) -> Exact:
    if isinstance(number, Exact):
        return number
    return Exact.power(number if isinstance(number, Fraction) else as_written(number), Fraction(0))
