"""Numbers on the command line: what is none, or lies outside the limits, is refused in the user's language."""

from __future__ import annotations

import click
import pytest

from connector.cli.help_page import refusal_in_spanish
from connector.cli.numbers import FiniteRange

WITHIN = FiniteRange(1, 3650)
OPTION = click.Option(["--retention-days"], type=WITHIN)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "many", "0", "99999999999"])
def test_what_is_no_number_within_the_limits_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        WITHIN.convert(text, OPTION, None)
    said = refusal_in_spanish(caught.value)
    assert "--retention-days" in said
    assert "is not" not in said


@pytest.mark.parametrize(("text", "said"), [("100", "100"), ("100.0", "100"), ("100.5", "100.5")])
def test_a_number_outside_the_limits_is_said_without_a_fraction_nobody_wrote(text: str, said: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        FiniteRange(0, 100, max_open=True).convert(text, OPTION, None)
    assert caught.value.format_message().endswith(f": {said} is not in the range 0<=x<100.")
    assert f": {said} queda fuera de los límites (0<=x<100)" in refusal_in_spanish(caught.value)


def test_a_number_within_the_limits_is_taken() -> None:
    assert WITHIN.convert("90", OPTION, None) == 90.0
