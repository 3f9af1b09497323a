"""The people a careful process must treat apart: excluded, out of reach, double, beyond sales, or out of the CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sandbox.seed import SeedDeal, SeedEvent, SeedPerson
from sandbox.seeds import moments
from sandbox.seeds.cast import Audition, Maker, build_person, cast_lead, cast_mql, cast_sql, cast_unfit, with_events
from sandbox.seeds.companies import STUDENT_JOBS
from sandbox.seeds.content import NEWSLETTER_FORM
from sandbox.seeds.hostile import cast_hostile
from sandbox.seeds.profiles import PRIVATE_DOMAIN, Profile, build_profile, draw_profile
from sandbox.seeds.reps import ACTIVE_REPS, HOUSE_DOMAIN
from sandbox.seeds.timelines import Life

_ROLE_MAILBOXES = ("info", "ventas", "contacto", "compras", "admin", "soporte")


def cast_opportunity(audition: Audition) -> SeedPerson:
    """Make somebody with an open deal; a rep works on it."""
    person = cast_sql(audition)
    opened_at = audition.days_ago(3, 25)
    deal = SeedDeal("Plan equipo, 12 meses", 100.0 * audition.dice.whole(15, 300), "open", opened_at)
    owner = person.owner or audition.dice.pick(ACTIVE_REPS).key
    person = with_events(
        person, [event for event in moments.talk_to_rep(audition.dice, opened_at) if event.occurred_at <= audition.now]
    )
    return replace(person, owner=owner, deals=(deal,), stage="opportunity", stage_set_by="crm", stage_set_at=opened_at)


def cast_customer(audition: Audition) -> SeedPerson:
    """Make somebody who has bought and goes on using the product, which is no buying signal."""
    person = cast_mql(audition)
    won_at = audition.days_ago(30, 400)
    created_at = min(person.created_at, won_at - timedelta(days=70))
    deal = SeedDeal(
        "Plan empresas, 12 meses", 100.0 * audition.dice.whole(40, 480), "won", won_at - timedelta(days=45), won_at
    )
    usage = [
        SeedEvent("product_usage", audition.days_ago(0.5, 25), asset="Cuenta de cliente")
        for _ in range(audition.dice.whole(2, 8))
    ]
    person = replace(with_events(person, usage), created_at=created_at, deals=(deal,))
    return replace(person, stage="customer", stage_set_by="crm", stage_set_at=won_at)


def cast_evangelist(audition: Audition) -> SeedPerson:
    """Make a customer who recommends the house; a person has marked them so."""
    person = with_events(cast_customer(audition), moments.comment(audition.dice, audition.days_ago(1, 20)))
    return replace(person, stage="evangelist", stage_set_by="person", stage_set_at=audition.days_ago(2, 25))


def cast_subscriber(audition: Audition) -> SeedPerson:
    """Make somebody who gets the newsletter and of whom little else is known."""
    profile = draw_profile(audition.dice, audition.seed, "undetermined")
    kept = {
        name: value
        for name, value in profile.attributes.items()
        if name in {"email", "first_name", "language", "source"}
    }
    person = build_person(
        audition,
        Profile(kept, None, profile.home),
        Life(0.3, 120, newsletter=True, finale=((moments.subscribe, 90.0),)),
    )
    return replace(person, owner=None, stage="subscriber", stage_set_by="crm", stage_set_at=person.created_at)


def cast_role_mailbox(audition: Audition) -> SeedPerson:
    """Make a shared mailbox of a company, without a name, that downloads things."""
    person = cast_mql(audition)
    domain = person.company.domain if person.company else PRIVATE_DOMAIN
    return _with(
        person,
        {
            "email": f"{audition.dice.pick(_ROLE_MAILBOXES)}@{domain}",
            "first_name": "",
            "last_name": "",
            "job_title": "",
        },
    )


def cast_student(audition: Audition) -> SeedPerson:
    """Make a student with a private mailbox who reads and downloads a lot."""
    profile = build_profile(audition.dice, audition.seed, {"size": "unknown", "industry": "unknown", "job": "other"})
    life = Life(3.0, 60, finale=((moments.download, 10.0), (moments.download, 20.0), (moments.join_webinar, 20.0)))
    return _with(build_person(audition, profile, life, owned=0.0), {"job_title": audition.dice.pick(STUDENT_JOBS)})


def cast_colleague(audition: Audition) -> SeedPerson:
    """Make one of the house's own staff."""
    person = cast_mql(audition)
    mailbox = person.attributes["email"].split("@")[0]
    return replace(_with(person, {"email": f"{mailbox}@{HOUSE_DOMAIN}"}), company=None, owner=None)


def cast_bounced(audition: Audition) -> SeedPerson:
    """Make somebody whose mailbox no longer exists."""
    person = cast_mql(audition)
    bounce = SeedEvent(
        "email_bounce", audition.days_ago(1, 9), campaign="Invitación: Webinar del mes", channel="email", outcome="hard"
    )
    return replace(with_events(person, [bounce]), hard_bounced=True)


def cast_opted_out(audition: Audition) -> SeedPerson:
    """Make somebody who has unsubscribed from everything, and still visits the site."""
    left = SeedEvent("newsletter_unsubscribed", audition.days_ago(1, 9), form=NEWSLETTER_FORM, channel="email")
    return replace(with_events(cast_mql(audition), [left]), opted_out=True)


def cast_scanned(audition: Audition) -> SeedPerson:
    """Make somebody behind a mail gateway that clicks everything: a lead who would look like an MQL."""
    person = cast_lead(audition)
    for _ in range(3):
        person = with_events(person, moments.scan_links(audition.dice, audition.days_ago(0.5, 12)))
    return person


def cast_job_seeker(audition: Audition) -> SeedPerson:
    """Make somebody who fits, looks at prices, and then at every open position."""
    person = cast_lead(audition)
    for _ in range(2):
        person = with_events(person, moments.look_at_careers(audition.dice, audition.days_ago(0.5, 9)))
    return person


def cast_nameless(audition: Audition) -> SeedPerson:
    """Make a record with a mailbox and nothing else."""
    person = cast_lead(audition)
    return replace(person, attributes={"email": person.attributes["email"]}, company=None, owner=None)


def cast_unreachable(audition: Audition) -> SeedPerson:
    """Make somebody met at a fair of whom there is a telephone number and no mailbox."""
    person = cast_lead(audition)
    return _with(person, {"email": "", "phone": "+34 600 000 000", "source": "offline"})


def cast_archived(audition: Audition) -> SeedPerson:
    """Make somebody who was deleted."""
    return replace(cast_unfit(audition), archived=True)


def cast_merged(audition: Audition) -> SeedPerson:
    """Make the older record of somebody who is there twice, already merged into the other."""
    twin = cast_duplicate(audition)
    return replace(twin, merged_into=_living(audition).key)


def cast_held(audition: Audition) -> SeedPerson:
    """Make somebody whose stage a rep has set by hand, some so long ago that it no longer binds."""
    stage = audition.dice.pick(("lead", "mql", "sql"))
    set_at = audition.days_ago(1, 50)
    person = cast_mql(audition)
    created_at = min(person.created_at, set_at - timedelta(days=1))
    return replace(person, created_at=created_at, stage=stage, stage_set_by="person", stage_set_at=set_at)


def cast_worked(audition: Audition) -> SeedPerson:
    """Make an SQL that the CRM already knows as one; it belongs to sales."""
    person = cast_sql(audition)
    return replace(
        person,
        owner=audition.dice.pick(ACTIVE_REPS).key,
        stage="sql",
        stage_set_by="crm",
        stage_set_at=person.events[-1].occurred_at,
    )


def cast_duplicate(audition: Audition) -> SeedPerson:
    """Make a second record of an earlier person, with a private mailbox and the name in capitals."""
    original = _living(audition)
    mailbox = original.attributes["email"].split("@")[0]
    twin = replace(cast_lead(audition), company=original.company, owner=None)
    names = {
        "first_name": original.attributes.get("first_name", ""),
        "last_name": original.attributes.get("last_name", "").upper(),
    }
    return _with(twin, {**names, "email": f"{mailbox}@{PRIVATE_DOMAIN}"})


def _living(audition: Audition) -> SeedPerson:
    """Give the newest earlier person that is in the CRM under a mailbox of its own."""
    return next(
        person for person in reversed(audition.earlier)
        if person.attributes.get("email") and not person.archived and person.merged_into is None
    )  # fmt: skip


def _with(person: SeedPerson, changes: Mapping[str, str]) -> SeedPerson:
    """Overwrite attributes; an empty value removes one."""
    merged = {**person.attributes, **changes}
    return replace(person, attributes={name: value for name, value in merged.items() if value})


def _hostile(turn: int) -> Maker:
    """Give the maker of the hostile person of this turn."""
    return lambda audition: cast_hostile(audition, turn)


# In this order they join a base. Hostile rows come early and often, so that also a small base holds some.
ROTATION: tuple[Maker, ...] = (
    _hostile(0), cast_opportunity, _hostile(1), cast_evangelist, cast_worked, cast_subscriber, _hostile(2),
    cast_role_mailbox, cast_merged, _hostile(3), cast_bounced, cast_customer, _hostile(4), cast_student, cast_opted_out,
    _hostile(5), cast_scanned, cast_archived, _hostile(6), cast_held, cast_duplicate, _hostile(7), cast_colleague,
    cast_nameless, _hostile(8), cast_job_seeker, cast_opportunity, _hostile(9), cast_unreachable, cast_customer,
    _hostile(10), _hostile(11), cast_merged, _hostile(12), _hostile(13),
)  # fmt: skip
