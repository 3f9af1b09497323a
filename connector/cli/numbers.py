"""Take numbers from the command line: `nan` and `inf` are spellings of a float, but nothing can be counted by them."""

from __future__ import annotations

import math
import re
from typing import Any, Final

import click

_NO_FRACTION: Final = re.compile(r"(?<=\d)\.0(?= is not in the range)")
"""What click puts behind a whole number that was outside the limits: nobody wrote it."""


class FiniteRange(click.FloatRange):
    """Take a number within limits, and refuse what is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(super().convert(value, param, ctx))
        except click.BadParameter as refused:
            raise click.BadParameter(_NO_FRACTION.sub("", refused.message), ctx, param) from None
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a valid {self.name}.", param, ctx)
        return number
