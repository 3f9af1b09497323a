"""The ordinary people of a base: those who do not fit, leads, people ready for marketing's or sales' attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandbox.seed import SeedDeal, SeedEvent, SeedPerson
from sandbox.seeds import moments
from sandbox.seeds.dice import Dice
from sandbox.seeds.moments import Moment
from sandbox.seeds.profiles import Fit, Profile, draw_profile
from sandbox.seeds.reps import draw_owner
from sandbox.seeds.timelines import KEEN, Life, draw_timeline


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a base to fill: its own die, the base's seed, the key to use, now, and who is there already."""

    dice: Dice
    seed: int
    key: str
    now: datetime
    earlier: Sequence[SeedPerson] = ()

    def days_ago(self, low: float, high: float) -> datetime:
        """Draw an instant between so many days before now."""
        return self.now - timedelta(seconds=int(self.dice.between(low, high) * 86_400))


Maker = Callable[[Slot], SeedPerson]


def build_person(slot: Slot, profile: Profile, life: Life, owned: float = 0.5) -> SeedPerson:
    """Put a profile and the timeline of a life together; the CRM met the person shortly before the first event."""
    events = draw_timeline(slot.dice, life, profile.home, slot.now)
    created_at = slot.now - timedelta(seconds=int(life.since_days * 86_400))
    return SeedPerson(
        key=slot.key,
        attributes=profile.attributes,
        created_at=min([created_at, *(event.occurred_at for event in events)]),
        company=profile.company,
        owner=draw_owner(slot.dice, owned),
        events=events,
    )


def with_events(person: SeedPerson, added: Sequence[SeedEvent]) -> SeedPerson:
    """Add events to a person's timeline, oldest first again; the CRM has known the person since the first."""
    events = tuple(sorted((*person.events, *added), key=lambda event: (event.occurred_at, event.kind)))
    return replace(person, events=events, created_at=min([person.created_at, *(event.occurred_at for event in added)]))


def with_stage(slot: Slot, person: SeedPerson, stages: Sequence[tuple[str | None, float]]) -> SeedPerson:
    """Let the CRM's own automation have set a lifecycle stage some time after it met the person."""
    stage = slot.dice.weighted(stages)
    if stage is None:
        return person
    age_seconds = (slot.now - person.created_at).total_seconds()
    set_at = person.created_at + timedelta(seconds=int(age_seconds * slot.dice.between(0.0, 0.5)))
    return replace(person, stage=stage, stage_set_by="crm", stage_set_at=set_at)


def draw_unfit(slot: Slot) -> SeedPerson:
    """Make somebody far from the target profile, whatever they do."""
    dice = slot.dice
    manner = dice.weighted((("bystander", 25), ("curious", 50), ("keen", 20), ("asking", 5)))
    finale: Sequence[tuple[Moment, float]] = {
        "bystander": ((moments.browse, 60.0),),
        "curious": (),
        "keen": ((moments.compare_prices, 8.0), (moments.download, 15.0)),
        "asking": ((moments.ask_for_sales, 10.0),),
    }[manner]
    life = _live(dice, "keen" if manner in {"keen", "asking"} else "curious", finale)
    if manner == "bystander":
        life = replace(life, intent=0.0, newsletter=False)
    person = build_person(slot, draw_profile(dice, slot.seed, "unfit"), life, owned=0.25)
    return with_stage(slot, person, ((None, 60), ("lead", 25), ("subscriber", 15)))


def draw_lead(slot: Slot) -> SeedPerson:
    """Make somebody who fits and is not there yet: cold, curious, gone quiet, or too little known."""
    dice = slot.dice
    manner = dice.weighted((("cold", 22), ("curious", 40), ("faded", 18), ("unknown", 20)))
    fit: Fit = "undetermined" if manner == "unknown" else "fit"
    if manner == "cold":
        finale = ((moments.browse, 90.0),) if dice.chance(0.5) else ()
        life = Life(0.0, dice.between(20, 300), finale=finale)
    elif manner == "faded":
        life = Life(
            dice.between(2.0, 4.0), dice.between(200, 320), dice.between(80, 130), KEEN, newsletter=dice.chance(0.6)
        )
    else:
        life = _live(dice, "keen" if manner == "unknown" else "curious", ())
    person = build_person(slot, draw_profile(dice, slot.seed, fit), life)
    if manner == "faded":
        person = with_events(person, _draw_sales_contact(slot, person))
        person = replace(person, deals=_draw_lost_deal(slot, person))
    elif dice.chance(0.1):
        person = with_events(person, moments.scan_links(dice, slot.days_ago(0.5, 20)))
    return with_stage(slot, person, ((None, 40), ("lead", 45), ("subscriber", 15)))


def draw_mql(slot: Slot) -> SeedPerson:
    """Make somebody who fits and has done a combination of things lately."""
    dice = slot.dice
    third = dice.weighted(
        ((moments.join_webinar, 5), (moments.visit_fair, 2), (moments.try_product, 2), (moments.answer_survey, 3))
    )
    finale = [(moments.compare_prices, 5.0), (moments.download, 9.0), (third, 12.0)]
    if dice.chance(0.6):
        finale.append((moments.compare_prices, 9.0))
    person = build_person(slot, draw_profile(dice, slot.seed, "fit"), _live(dice, "keen", finale), owned=0.6)
    person = with_events(person, _draw_sales_contact(slot, person) if dice.chance(0.2) else ())
    return with_stage(slot, person, ((None, 45), ("lead", 45), ("mql", 10)))


def draw_sql(slot: Slot) -> SeedPerson:
    """Make somebody who has asked for sales."""
    dice = slot.dice
    fit: Fit = dice.weighted((("fit", 8), ("undetermined", 2)))
    finale = ((moments.browse, 14.0), (moments.ask_for_sales, 10.0))
    person = build_person(slot, draw_profile(dice, slot.seed, fit), _live(dice, "keen", finale), owned=0.6)
    return with_stage(slot, person, ((None, 50), ("lead", 35), ("mql", 15)))


def _live(dice: Dice, mood: str, finale: Sequence[tuple[Moment, float]]) -> Life:
    """Draw a life in one of two moods."""
    since_days = dice.between(15, 240)
    if mood == "keen":
        return Life(dice.between(0.4, 1.6), since_days, appetite=KEEN, newsletter=dice.chance(0.55), finale=finale)
    intent = 0.25 + dice.exponential(0.7)
    return Life(min(intent, 2.5), since_days, newsletter=dice.chance(0.45), finale=finale)


def _draw_sales_contact(slot: Slot, person: SeedPerson) -> list[SeedEvent]:
    """Let a rep have called once, somewhere inside the known past, at office hours."""
    age_days = max((slot.now - person.created_at).days, 6)
    at = slot.days_ago(5, age_days).replace(hour=slot.dice.whole(9, 16))
    return [event for event in moments.talk_to_rep(slot.dice, at) if event.occurred_at <= slot.now]


def _draw_lost_deal(slot: Slot, person: SeedPerson) -> tuple[SeedDeal, ...]:
    """Let some people who went quiet have a deal that was lost back then."""
    if not slot.dice.chance(0.3):
        return ()
    closed_at = slot.days_ago(60, 80)
    opened_at = min(person.created_at + timedelta(days=20), closed_at)
    amount = 100.0 * slot.dice.whole(12, 240)
    return (SeedDeal("Plan equipo, 12 meses", amount, "lost", opened_at, closed_at),)
