"""How far our clock is ahead, as a CRM's answers tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clock_lead import ClockLead

NOW = datetime(2026, 11, 21, 10, 0, 0, 700_000, tzinfo=UTC)


def heard(*answers: tuple[float, float]) -> timedelta | None:
    """Hear answers whose maker's clock is ahead of ours by some seconds, and which took some seconds to arrive."""
    now = [NOW]
    clock = ClockLead(lambda: now[0])
    for ahead, took in answers:
        made_at = now[0] - timedelta(seconds=took) + timedelta(seconds=ahead)
        clock.hear({"date": format_datetime(made_at.replace(microsecond=0), usegmt=True)})
        now[0] += timedelta(seconds=1.3)
    return clock.lead()


@given(st.integers(-10_000, 10_000), st.lists(st.floats(0, 60), min_size=1, max_size=30))
def test_the_lead_is_never_told_too_small(ahead: int, took: list[float]) -> None:
    lead = heard(*((ahead, seconds) for seconds in took))
    assert lead is not None
    assert timedelta(seconds=-ahead) <= lead <= timedelta(seconds=-ahead + 1 + min(took[-20:]))


def test_a_clock_that_was_set_right_is_believed_after_a_few_answers() -> None:
    lead = heard(*[(-300.0, 0.0)] * 5, *[(0.0, 0.0)] * 20)
    assert lead is not None
    assert lead < timedelta(seconds=1)


@pytest.mark.parametrize("headers", [{}, {"date": ""}, {"date": "today"}, {"date": "Sat, 99 Nov 2026 10:00:00 GMT"}])
def test_what_cannot_be_read_tells_nothing(headers: dict[str, str]) -> None:
    clock = ClockLead(lambda: NOW)
    clock.hear(headers)
    assert clock.lead() is None
