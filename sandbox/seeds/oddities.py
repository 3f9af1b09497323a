"""The people a careful process must treat apart: excluded, out of reach, double, beyond sales, or out of the CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sandbox.seed import SeedDeal, SeedEvent, SeedPerson
from sandbox.seeds import moments
from sandbox.seeds.companies import STUDENT_JOBS
from sandbox.seeds.content import NEWSLETTER_FORM
from sandbox.seeds.hostile import draw_hostile
from sandbox.seeds.ordinary import Maker, Slot, build_person, draw_lead, draw_mql, draw_sql, draw_unfit, with_events
from sandbox.seeds.profiles import PRIVATE_DOMAIN, Profile, build_profile, draw_profile
from sandbox.seeds.reps import ACTIVE_REPS, HOUSE_DOMAIN
from sandbox.seeds.timelines import Life

_ROLE_MAILBOXES = ("info", "ventas", "contacto", "compras", "admin", "soporte")


def draw_opportunity(slot: Slot) -> SeedPerson:
    """Make somebody with an open deal; a rep works on it."""
    person = draw_sql(slot)
    opened_at = slot.days_ago(3, 25)
    deal = SeedDeal("Plan equipo, 12 meses", 100.0 * slot.dice.whole(15, 300), "open", opened_at)
    owner = person.owner or slot.dice.pick(ACTIVE_REPS).key
    person = with_events(
        person, [event for event in moments.talk_to_rep(slot.dice, opened_at) if event.occurred_at <= slot.now]
    )
    return replace(person, owner=owner, deals=(deal,), stage="opportunity", stage_set_by="crm", stage_set_at=opened_at)


def draw_customer(slot: Slot) -> SeedPerson:
    """Make somebody who has bought and goes on using the product, which is no buying signal."""
    person = draw_mql(slot)
    won_at = slot.days_ago(30, 400)
    created_at = min(person.created_at, won_at - timedelta(days=70))
    deal = SeedDeal(
        "Plan empresas, 12 meses", 100.0 * slot.dice.whole(40, 480), "won", won_at - timedelta(days=45), won_at
    )
    usage = [
        SeedEvent("product_usage", slot.days_ago(0.5, 25), asset="Cuenta de cliente")
        for _ in range(slot.dice.whole(2, 8))
    ]
    person = replace(with_events(person, usage), created_at=created_at, deals=(deal,))
    return replace(person, stage="customer", stage_set_by="crm", stage_set_at=won_at)


def draw_evangelist(slot: Slot) -> SeedPerson:
    """Make a customer who recommends the house; a person has marked them so."""
    person = with_events(draw_customer(slot), moments.comment(slot.dice, slot.days_ago(1, 20)))
    return replace(person, stage="evangelist", stage_set_by="person", stage_set_at=slot.days_ago(2, 25))


def draw_subscriber(slot: Slot) -> SeedPerson:
    """Make somebody who gets the newsletter and of whom little else is known."""
    profile = draw_profile(slot.dice, slot.seed, "undetermined")
    kept = {
        name: value
        for name, value in profile.attributes.items()
        if name in {"email", "first_name", "language", "source"}
    }
    person = build_person(
        slot,
        Profile(kept, None, profile.home),
        Life(0.3, 120, newsletter=True, finale=((moments.subscribe, 90.0),)),
    )
    return replace(person, owner=None, stage="subscriber", stage_set_by="crm", stage_set_at=person.created_at)


def draw_role_mailbox(slot: Slot) -> SeedPerson:
    """Make a shared mailbox of a company, without a name, that downloads things."""
    person = draw_mql(slot)
    domain = person.company.domain if person.company else PRIVATE_DOMAIN
    return _with(
        person,
        {
            "email": f"{slot.dice.pick(_ROLE_MAILBOXES)}@{domain}",
            "first_name": "",
            "last_name": "",
            "job_title": "",
        },
    )


def draw_student(slot: Slot) -> SeedPerson:
    """Make a student with a private mailbox who reads and downloads a lot."""
    profile = build_profile(slot.dice, slot.seed, {"size": "unknown", "industry": "unknown", "job": "other"})
    life = Life(3.0, 60, finale=((moments.download, 10.0), (moments.download, 20.0), (moments.join_webinar, 20.0)))
    return _with(build_person(slot, profile, life, owned=0.0), {"job_title": slot.dice.pick(STUDENT_JOBS)})


def draw_colleague(slot: Slot) -> SeedPerson:
    """Make one of the house's own staff."""
    person = draw_mql(slot)
    mailbox = person.attributes["email"].split("@")[0]
    return replace(_with(person, {"email": f"{mailbox}@{HOUSE_DOMAIN}"}), company=None, owner=None)


def draw_bounced(slot: Slot) -> SeedPerson:
    """Make somebody whose mailbox no longer exists."""
    person = draw_mql(slot)
    bounce = SeedEvent(
        "email_bounce", slot.days_ago(1, 9), campaign="Invitación: Webinar del mes", channel="email", outcome="hard"
    )
    return replace(with_events(person, [bounce]), hard_bounced=True)


def draw_opted_out(slot: Slot) -> SeedPerson:
    """Make somebody who has unsubscribed from everything, and still visits the site."""
    left = SeedEvent("newsletter_unsubscribed", slot.days_ago(1, 9), form=NEWSLETTER_FORM, channel="email")
    return replace(with_events(draw_mql(slot), [left]), opted_out=True)


def draw_scanned(slot: Slot) -> SeedPerson:
    """Make somebody behind a mail gateway that clicks everything: a lead who would look like an MQL."""
    person = draw_lead(slot)
    for _ in range(3):
        person = with_events(person, moments.scan_links(slot.dice, slot.days_ago(0.5, 12)))
    return person


def draw_job_seeker(slot: Slot) -> SeedPerson:
    """Make somebody who fits, looks at prices, and then at every open position."""
    person = draw_lead(slot)
    for _ in range(2):
        person = with_events(person, moments.look_at_careers(slot.dice, slot.days_ago(0.5, 9)))
    return person


def draw_nameless(slot: Slot) -> SeedPerson:
    """Make a record with a mailbox and nothing else."""
    person = draw_lead(slot)
    return replace(person, attributes={"email": person.attributes["email"]}, company=None, owner=None)


def draw_unreachable(slot: Slot) -> SeedPerson:
    """Make somebody met at a fair of whom there is a telephone number and no mailbox."""
    person = draw_lead(slot)
    return _with(person, {"email": "", "phone": "+34 600 000 000", "source": "offline"})


def draw_archived(slot: Slot) -> SeedPerson:
    """Make somebody who was deleted."""
    return replace(draw_unfit(slot), archived=True)


def draw_merged(slot: Slot) -> SeedPerson:
    """Make the older record of somebody who is there twice, already merged into the other."""
    twin = draw_duplicate(slot)
    return replace(twin, merged_into=_living(slot).key)


def draw_held(slot: Slot) -> SeedPerson:
    """Make somebody whose stage a rep has set by hand, some so long ago that it no longer binds."""
    stage = slot.dice.pick(("lead", "mql", "sql"))
    set_at = slot.days_ago(1, 50)
    person = draw_mql(slot)
    created_at = min(person.created_at, set_at - timedelta(days=1))
    return replace(person, created_at=created_at, stage=stage, stage_set_by="person", stage_set_at=set_at)


def draw_worked(slot: Slot) -> SeedPerson:
    """Make an SQL that the CRM already knows as one; it belongs to sales."""
    person = draw_sql(slot)
    return replace(
        person,
        owner=slot.dice.pick(ACTIVE_REPS).key,
        stage="sql",
        stage_set_by="crm",
        stage_set_at=person.events[-1].occurred_at,
    )


def draw_duplicate(slot: Slot) -> SeedPerson:
    """Make a second record of an earlier person, with a private mailbox and the name in capitals."""
    original = _living(slot)
    mailbox = original.attributes["email"].split("@")[0]
    twin = replace(draw_lead(slot), company=original.company, owner=None)
    names = {
        "first_name": original.attributes.get("first_name", ""),
        "last_name": original.attributes.get("last_name", "").upper(),
    }
    return _with(twin, {**names, "email": f"{mailbox}@{PRIVATE_DOMAIN}"})


def _living(slot: Slot) -> SeedPerson:
    """Give the newest earlier person that is in the CRM under a mailbox of its own."""
    return next(
        person for person in reversed(slot.earlier)
        if person.attributes.get("email") and not person.archived and person.merged_into is None
    )  # fmt: skip


def _with(person: SeedPerson, changes: Mapping[str, str]) -> SeedPerson:
    """Overwrite attributes; an empty value removes one."""
    merged = {**person.attributes, **changes}
    return replace(person, attributes={name: value for name, value in merged.items() if value})


def _hostile(turn: int) -> Maker:
    """Give the maker of the hostile person of this turn."""
    return lambda slot: draw_hostile(slot, turn)


# In this order they join a base. Hostile rows come early and often, so that also a small base holds some.
ROTATION: tuple[Maker, ...] = (
    _hostile(0), draw_opportunity, _hostile(1), draw_evangelist, draw_worked, draw_subscriber, _hostile(2),
    draw_role_mailbox, draw_merged, _hostile(3), draw_bounced, draw_customer, _hostile(4), draw_student, draw_opted_out,
    _hostile(5), draw_scanned, draw_archived, _hostile(6), draw_held, draw_duplicate, _hostile(7), draw_colleague,
    draw_nameless, _hostile(8), draw_job_seeker, draw_opportunity, _hostile(9), draw_unreachable, draw_customer,
    _hostile(10), _hostile(11), draw_merged, _hostile(12), _hostile(13),
)  # fmt: skip
