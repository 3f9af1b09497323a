"""Years of behaviour in a few draws: bursts, silences, quiet nights and weekends.

Latent intent scales a Poisson stream of fresh impulses; every impulse may lead to further ones within days, as in a
Hawkes process, which is what makes bursts. Each impulse becomes one moment. Coming back on another day and the
newsletters everybody gets are added on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.seed import SeedEvent
from sandbox.seeds import moments
from sandbox.seeds.companies import UTC_OFFSETS
from sandbox.seeds.dice import Dice
from sandbox.seeds.moments import Moment

_OFFSPRING = 0.4  # mean number of further impulses of one impulse; under 1, or bursts never end
_OFFSPRING_LAG_DAYS = 1.5
_WEEKEND_SHARE = 0.15  # of a working day's impulses
_SATURDAY = 5
_HOURS = tuple(zip(range(7, 23), (1, 3, 8, 11, 12, 9, 5, 4, 7, 9, 9, 6, 4, 3, 2, 1), strict=True))
_NEWSLETTER_EVERY_DAYS = 14

Appetite = Sequence[tuple[Moment, float]]

CURIOUS: Appetite = (
    (moments.browse, 60),
    (moments.read_mail, 22),
    (moments.download, 5),
    (moments.compare_prices, 3),
    (moments.subscribe, 4),
    (moments.comment, 3),
    (moments.chat, 2),
    (moments.look_at_careers, 3),
)
KEEN: Appetite = (
    (moments.browse, 26),
    (moments.compare_prices, 16),
    (moments.download, 16),
    (moments.join_webinar, 12),
    (moments.read_mail, 12),
    (moments.answer_survey, 4),
    (moments.visit_fair, 4),
    (moments.try_product, 4),
    (moments.comment, 2),
    (moments.chat, 3),
    (moments.reply_to_rep, 3),
)


@dataclass(frozen=True, slots=True)
class Life:
    """What drives a timeline: impulses per month, since when, until when, and a taste for moments."""

    intent: float
    since_days: float
    silent_days: float = 0.0
    appetite: Appetite = CURIOUS
    newsletter: bool = False
    finale: Sequence[tuple[Moment, float]] = field(default=())  # moments that surely happen, at most so many days ago


def draw_timeline(dice: Dice, life: Life, home: str, now: datetime) -> tuple[SeedEvent, ...]:
    """Draw what a person did between `since_days` and `silent_days` before now, oldest first."""
    events: list[SeedEvent] = []
    for days_ago in _draw_impulses(dice, life):
        events += dice.weighted(life.appetite)(dice, wake(dice, now - timedelta(days=days_ago), home))
    for moment, within_days in life.finale:
        events += moment(dice, wake(dice, now - timedelta(days=dice.between(within_days / 4, within_days)), home))
    if life.newsletter:
        events += _draw_newsletters(dice, life, now)
    past = [event for event in events if event.occurred_at <= now]
    past += _note_returns(past)
    return tuple(sorted(past, key=lambda event: (event.occurred_at, event.kind)))


def _draw_impulses(dice: Dice, life: Life) -> list[float]:
    """Draw how many days ago the impulses came, oldest first: immigrants and their offspring."""
    span = max(life.since_days - life.silent_days, 0.0)
    waiting = [life.since_days - span * dice.share() for _ in range(dice.poisson(life.intent * span / 30.0))]
    impulses: list[float] = []
    while waiting:
        days_ago = waiting.pop()
        impulses.append(days_ago)
        children = (days_ago - dice.exponential(_OFFSPRING_LAG_DAYS) for _ in range(dice.poisson(_OFFSPRING)))
        waiting += [child for child in children if child > life.silent_days]
    return sorted(impulses, reverse=True)


def wake(dice: Dice, at: datetime, home: str) -> datetime:
    """Move an instant back to an hour at which somebody living there is awake, and mostly to a working day.

    Only ever back, so that nothing moves past now; weekends are emptied into the working days before.
    """
    offset = timedelta(hours=UTC_OFFSETS.get(home, 0))
    latest = at + offset
    hour, minute, second = dice.weighted(_HOURS), dice.whole(0, 59), dice.whole(0, 59)
    local = latest.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if local > latest:
        local -= timedelta(days=1)
    if local.weekday() >= _SATURDAY and not dice.chance(_WEEKEND_SHARE):
        local -= timedelta(days=local.weekday() - _SATURDAY + dice.whole(1, 4))
    return local - offset


def _note_returns(events: Sequence[SeedEvent]) -> list[SeedEvent]:
    """Give one `return_visit` for the first page seen on every day after the first."""
    first_of_day: dict[str, datetime] = {}
    for event in events:
        if event.kind == "page_view":
            day = event.occurred_at.date().isoformat()
            first_of_day[day] = min(event.occurred_at, first_of_day.get(day, event.occurred_at))
    return [SeedEvent("return_visit", first_of_day[day], channel="web") for day in sorted(first_of_day)[1:]]


def _draw_newsletters(dice: Dice, life: Life, now: datetime) -> list[SeedEvent]:
    """Deliver the newsletters of the subscription; keener people open and click more."""
    events: list[SeedEvent] = []
    opens = min(0.2 + 0.12 * life.intent, 0.75)
    shielded = dice.chance(0.3)  # a mail-privacy proxy opens everything at once
    issue = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=5)
    while issue > now - timedelta(days=life.since_days):
        campaign = f"Boletín {issue:%Y-%m-%d}"
        at = issue + timedelta(seconds=dice.whole(0, 900))
        events.append(SeedEvent("email_delivered", at, campaign=campaign, channel="email"))
        if shielded:
            events.append(
                SeedEvent("email_open", at + timedelta(seconds=20), campaign=campaign, channel="email", machine=True)
            )
        if issue < now - timedelta(days=life.silent_days) and dice.chance(opens):
            events += _open_newsletter(dice, campaign, at)
        issue -= timedelta(days=_NEWSLETTER_EVERY_DAYS)
    return events


def _open_newsletter(dice: Dice, campaign: str, delivered_at: datetime) -> list[SeedEvent]:
    """Open an issue within a day and a half, and sometimes click."""
    opened_at = delivered_at + timedelta(seconds=int(min(dice.exponential(6 * 3600), 36 * 3600)) + 60)
    opened = SeedEvent("email_open", opened_at, campaign=campaign, channel="email")
    if not dice.chance(0.25):
        return [opened]
    clicked_at = opened_at + timedelta(seconds=dice.whole(10, 200))
    return [opened, SeedEvent("email_click", clicked_at, campaign=campaign, channel="email")]
