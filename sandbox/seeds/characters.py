"""The first people of every base: the golden scenarios, always within the last day before now.

They are written, not drawn, so that a demo of any size shows an mNQL, a lead, an MQL and an SQL, and so that a test
can say what must become of each. Only the sales rep's desk around them differs from base to base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandbox.seed import SeedCompany, SeedDeal, SeedEvent, SeedPerson, StageAuthor
from sandbox.seeds import content
from sandbox.seeds.moments import download_asset, view_page
from sandbox.seeds.reps import HOUSE_DOMAIN


@dataclass(frozen=True, slots=True)
class Script:
    """One character: who, where, and what happened how many minutes before now."""

    attributes: Mapping[str, str]
    company: SeedCompany | None
    events: Sequence[tuple[float, SeedEvent]]
    owner: str | None = None
    known_days: float = 40.0
    stage: str | None = None
    stage_set_by: StageAuthor | None = None
    stage_days_ago: float = 0.0
    deals: Sequence[SeedDeal] = ()


def _company(name: str, slug: str, industry: str, employees: int | None, country: str) -> SeedCompany:
    """Write down an employer."""
    return SeedCompany(f"c-{slug}", name, f"{slug}.example", industry, employees, country)


def _who(first: str, last: str, email: str, job: str, country: str, city: str, source: str) -> dict[str, str]:
    """Write down somebody's attributes; an empty one is left out."""
    attributes = {
        "first_name": first, "last_name": last, "email": email, "job_title": job, "country": country, "city": city,
        "language": "es", "source": source,
    }  # fmt: skip
    return {name: value for name, value in attributes.items() if value}


def _journey_to_demo(now: datetime) -> Script:
    """Scenario a: visit, e-book, webinar, demo request. Ends as SQL."""
    webinar, topic = content.WEBINARS[0]
    ebook = content.ASSETS[0]
    return Script(
        _who(
            "Begoña",
            "Núñez Etxeberria",
            "begona.nunez@lumina.example",
            "Directora de Marketing",
            "ES",
            "Bilbao",
            "organic_search",
        ),
        _company("Lumina Educación, S.L.", "lumina", "education", 120, "ES"),
        (
            (1400, view_page("/blog/que-es-un-mql", now, "lead-management")),
            (1395, view_page("/producto/automatizacion", now, "automation")),
            (1380, download_asset(ebook, now)),
            (1300, SeedEvent("webinar_registered", now, asset=webinar, topic=topic, form=f"Inscripción: {webinar}")),
            (300, SeedEvent("webinar_attended", now, asset=webinar, topic=topic)),
            (60, SeedEvent("form_submitted", now, form="Solicitar demo", url=f"{content.SITE}/demo")),
        ),
        owner="lucia.ferrer",
    )


def _pricing_whitepaper_survey(now: datetime) -> list[tuple[float, SeedEvent]]:
    """Give the events of scenario b: pricing pages several times, a whitepaper, a survey."""
    survey = content.SURVEYS[0]
    return [
        (1380, view_page("/precios", now, "pricing")),
        (1100, view_page("/precios?plan=equipo", now, "pricing")),
        (1090, view_page("/precios/empresas", now, "pricing")),
        (700, download_asset(content.ASSETS[1], now)),
        (220, SeedEvent("survey_completed", now, asset=survey, form=survey)),
        (45, view_page("/precios", now, "pricing")),
    ]


def _careful_buyer(now: datetime) -> Script:
    """Scenario b by somebody who fits. An MQL."""
    return Script(
        _who(
            "Íñigo",
            "de la Fuente",
            "inigo.delafuente@mareamoda.example",
            "Director Comercial",
            "MX",
            "Mérida",
            "paid_search",
        ),
        _company("Marea Moda, S.A. de C.V.", "mareamoda", "retail", 640, "MX"),
        _pricing_whitepaper_survey(now),
    )


def _mail_reader(now: datetime) -> Script:
    """Scenario c: several personalised e-mails opened and clicked, nothing else. Not yet an MQL."""
    events: list[tuple[float, SeedEvent]] = []
    for order, (campaign, topic) in enumerate(content.NURTURE_MAILS):
        sent = 1420.0 - 200 * order
        for minutes, kind in ((0, "email_delivered"), (30, "email_open"), (32, "email_click"), (95, "email_open")):
            events.append((sent - minutes, SeedEvent(kind, now, campaign=campaign, topic=topic, channel="email")))
    return Script(
        _who("Agustina", "Bianchi", "agustina.bianchi@nandulabs.example", "CEO", "AR", "Rosario", "email_marketing"),
        _company("Ñandú Labs", "nandulabs", "software", 48, "AR"),
        events,
        owner="martin.quiroga",
        stage="subscriber",
        stage_set_by="crm",
        stage_days_ago=38,
    )


def _keen_stranger(now: datetime) -> Script:
    """Scenario d: the same as b, with a profile under 50 %. An mNQL."""
    return Script(
        _who(
            "Owen", "Pemberton", "owen.pemberton@birchfreight.example", "Content writer", "GB", "Leeds", "social_media"
        ),
        _company("Pemberton & Birch Freight Ltd.", "birchfreight", "logistics", 6, "GB"),
        _pricing_whitepaper_survey(now),
    )


def _half_known(now: datetime) -> Script:
    """Somebody under 50 % of whom the job is not known, which could lift them over it. An mNQL with a way out."""
    return Script(
        _who("Chloé", "Lefèvre", "chloe.lefevre@atelierduna.example", "", "FR", "Nîmes", "referrals"),
        _company("Atelier Duna", "atelierduna", "retail", 5200, "FR"),
        ((1200, view_page("/blog/rueda-de-la-venta", now, "lead-management")), (1196, view_page("/", now))),
    )


def _customer(now: datetime) -> Script:
    """A customer who still looks at prices. Nothing of ours moves a customer."""
    deal = SeedDeal("Plan empresas, 24 meses", 18_400.0, "won", now - timedelta(days=150), now - timedelta(days=96))
    return Script(
        _who(
            "Juan Pablo",
            "Restrepo Ospina",
            "jprestrepo@condormercado.example",
            "Gerente General",
            "CO",
            "Medellín",
            "offline",
        ),
        _company("Cóndor Mercado, S.A.S.", "condormercado", "retail", 310, "CO"),
        (
            (1000, view_page("/precios/empresas", now, "pricing")),
            (400, SeedEvent("meeting", now, asset="Repaso semestral", outcome="completed")),
        ),
        owner="paula.iturbe",
        known_days=210,
        stage="customer",
        stage_set_by="crm",
        stage_days_ago=96,
        deals=(deal,),
    )


def _held_by_hand(now: datetime) -> Script:
    """Somebody a rep put back to lead by hand two days ago. What they do since does not move them yet."""
    return Script(
        _who(
            "Constanza",
            "Undurraga Núñez",
            "constanza@campusumbral.example",
            "Gerente de Marketing",
            "CL",
            "Ñuñoa",
            "direct_traffic",
        ),
        _company("Campus Umbral", "campusumbral", "education", 85, "CL"),
        _pricing_whitepaper_survey(now),
        owner="ximena.rojas",
        stage="lead",
        stage_set_by="person",
        stage_days_ago=2,
    )


def _own_staff(now: datetime) -> Script:
    """A colleague testing the site, demo form included. Never a prospect."""
    return Script(
        _who(
            "Rocío",
            "Calderón",
            f"rocio.calderon@{HOUSE_DOMAIN}",
            "Directora de Marketing",
            "ES",
            "Madrid",
            "direct_traffic",
        ),
        None,
        (
            (900, view_page("/precios", now, "pricing")),
            (890, SeedEvent("form_submitted", now, form="Solicitar demo", url=f"{content.SITE}/demo")),
        ),
    )


_SCRIPTS = (
    _journey_to_demo, _careful_buyer, _mail_reader, _keen_stranger, _half_known, _customer, _held_by_hand, _own_staff,
)  # fmt: skip
COUNT = len(_SCRIPTS)


def build_character(index: int, key: str, now: datetime) -> SeedPerson:
    """Build the character of this index, 0 to `COUNT` - 1."""
    script = _SCRIPTS[index](now)
    events = [replace(event, occurred_at=now - timedelta(minutes=minutes)) for minutes, event in script.events]
    return SeedPerson(
        key=key,
        attributes=script.attributes,
        created_at=now - timedelta(days=script.known_days),
        company=script.company,
        owner=script.owner,
        stage=script.stage,
        stage_set_by=script.stage_set_by,
        stage_set_at=now - timedelta(days=script.stage_days_ago) if script.stage else None,
        events=tuple(sorted(events, key=lambda event: event.occurred_at)),
        deals=tuple(script.deals),
    )
