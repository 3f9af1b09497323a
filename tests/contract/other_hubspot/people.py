"""Put people into a portal: ordinary ones by dice, and the odd ones every old portal has."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.contract.other_hubspot.checks import to_iso
from tests.contract.other_hubspot.portal import Portal

FORMS: Final = {
    "0aa0b2c1-0001-4000-8000-000000000001": "Descarga e-book ventas B2B",
    "0aa0b2c1-0002-4000-8000-000000000002": "Encuesta de madurez",
    "0aa0b2c1-0003-4000-8000-000000000003": "Solicitar demo",
    "0aa0b2c1-0004-4000-8000-000000000004": "Newsletter",
    "0aa0b2c1-0005-4000-8000-000000000005": "Trabaja con nosotros",
}
BOOK, SURVEY, DEMO, NEWS, JOBS = FORMS
TITLES: Final = ("Directora de Marketing", "Gerente Comercial", "CEO", "Becario", "Analista", "Head of Growth", "")
COUNTRIES: Final = ("ES", "MX", "CO", "AR", "US", "DE", "")
INDUSTRIES: Final = ("COMPUTER_SOFTWARE", "RETAIL", "E_LEARNING", "MINING_METALS", "")
LIFECYCLES: Final = ("", "subscriber", "lead", "lead", "marketingqualifiedlead", "customer", "opportunity", "8812345")


@dataclass(frozen=True)
class Base:
    """Name the people that tests look for."""

    ordinary: tuple[str, ...]
    odd: tuple[str, ...]
    hand_raisers: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.ordinary, *self.odd, *self.hand_raisers)


def settle(portal: Portal, *, ordinary: int = 40, seed: int = 5, odd: bool = True, hand_raisers: int = 6) -> Base:
    """Fill the portal: ordinary people, hand-raisers who fit, and the odd ones."""
    dice = random.Random(seed)
    portal.forms = dict(FORMS)
    options = portal.definitions["contacts"]["lifecyclestage"]["options"]
    options.append({"label": "Custom", "value": "8812345", "displayOrder": 9, "hidden": False})
    companies = [_company(portal, dice) for _ in range(max(3, ordinary // 4))]
    plain = tuple(_ordinary(portal, dice, companies, n) for n in range(ordinary))
    raisers = tuple(hand_raiser(portal, n) for n in range(hand_raisers))
    strange = tuple(_odd(portal)) if odd else ()
    portal.lists = {"11": ("Clientes potenciales", set(plain[::3])), "12": ("Webinar otoño", set(plain[::7]))}
    return Base(plain, strange, raisers)


def ago(portal: Portal, **delta: float) -> str:
    return to_iso(portal.clock() - timedelta(**delta))


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def submissions(portal: Portal, *entries: tuple[str, float]) -> str:
    """Write forms as HubSpot's hidden property does: `guid:epochMs;…`, `days` ago."""
    now = portal.clock()
    return ";".join(f"{form}:{millis(now - timedelta(days=days))}" for form, days in entries)


def hand_raiser(portal: Portal, number: int, *, owner: str = "101", **more: str) -> str:
    """Add somebody who fits the packaged model and asked for a demo: an SQL."""
    company = portal.add("companies", {"name": f"Talleres {number}", "industry": "RETAIL", "numberofemployees": "120"})
    properties = {
        "firstname": "Lucía", "lastname": f"Pérez {number}", "email": f"lucia{number}@cliente{number}.example",
        "jobtitle": "Directora de Marketing", "hs_country_region_code": "ES", "hubspot_owner_id": owner,
        "hs_calculated_form_submissions": submissions(portal, (DEMO, 0.5), (BOOK, 3)),
        "associatedcompanyid": company.id, "lifecyclestage": "lead",
    }  # fmt: skip
    person = portal.add("contacts", properties | more)
    portal.link("contacts", person.id, "companies", company.id)
    return person.id


def _company(portal: Portal, dice: random.Random) -> str:
    values = {
        "name": f"Empresa {dice.randrange(999)} S.L.",
        "industry": dice.choice(INDUSTRIES),
        "numberofemployees": dice.choice(["5", "40", "250", "9000", ""]),
    }
    return portal.add("companies", values).id


def _ordinary(portal: Portal, dice: random.Random, companies: list[str], number: int) -> str:
    forms = [(dice.choice(list(FORMS)), dice.uniform(0.1, 200)) for _ in range(dice.choice([0, 0, 1, 2, 4]))]
    opens, clicks = dice.randrange(12), dice.randrange(6)
    properties = {
        "firstname": dice.choice(["Ana", "Íñigo", "Chloë", "Zoë"]), "lastname": f"García {number}",
        "email": f"p{number}@empresa{number % 9}.example", "jobtitle": dice.choice(TITLES),
        "hs_country_region_code": dice.choice(COUNTRIES), "lifecyclestage": dice.choice(LIFECYCLES),
        "hubspot_owner_id": dice.choice(["101", "102", ""]),
        "hs_calculated_form_submissions": submissions(portal, *forms),
        "hs_email_open": str(opens), "hs_email_last_open_date": ago(portal, days=dice.uniform(0, 90)),
        "hs_email_click": str(clicks), "hs_email_last_click_date": ago(portal, days=dice.uniform(0, 90)),
        "hs_analytics_num_page_views": str(dice.randrange(30)), "hs_analytics_num_visits": str(dice.randrange(5)),
        "hs_analytics_last_timestamp": ago(portal, days=dice.uniform(0, 60)),
        "hs_analytics_last_visit_timestamp": ago(portal, days=dice.uniform(0, 60)),
        "hs_analytics_last_url": dice.choice(["https://x.example/precios", "https://x.example/blog", ""]),
        "hs_email_optout": dice.choice(["", "", "false", "true"]),
    }  # fmt: skip
    person = portal.add("contacts", {name: value for name, value in properties.items() if value})
    if dice.random() < 0.8:
        company = dice.choice(companies)
        person.properties["associatedcompanyid"] = company
        portal.link("contacts", person.id, "companies", company)
    _activities(portal, dice, person.id)
    return person.id


def _activities(portal: Portal, dice: random.Random, person_id: str) -> None:
    for object_type, extra in (
        ("emails", {"hs_email_direction": "INCOMING_EMAIL", "hs_email_subject": "Re: propuesta"}),
        ("calls", {"hs_call_title": "Llamada", "hs_call_direction": "OUTBOUND"}),
        ("meetings", {"hs_meeting_title": "Reunión", "hs_meeting_outcome": "COMPLETED"}),
        ("notes", {"hs_note_body": "<p>nota</p>"}),
    ):
        for _ in range(dice.choice([0, 0, 0, 1, 12])):
            stamped = {"hs_timestamp": ago(portal, days=dice.uniform(0, 120)), **extra}
            item = portal.add(object_type, stamped)
            portal.link("contacts", person_id, object_type, item.id)
    if dice.random() < 0.2:
        won = {"dealname": "Pedido", "dealstage": "closedwon", "pipeline": "default", "amount": "1200.50",
               "closedate": ago(portal, days=90), "hs_is_closed": "true", "hs_is_closed_won": "true"}  # fmt: skip
        portal.link("contacts", person_id, "deals", portal.add("deals", won).id)


HOSTILE: Final = (
    {"firstname": "O'Brien \\' OR 1=1; --", "lastname": '<script>alert("x")</script>&amp;', "jobtitle": "CEO"},
    {"firstname": "🦄" * 200, "lastname": "\u202eאבג\u202c ‮مرحبا", "jobtitle": "Director\u0000a"},
    {"firstname": "x" * 65_000, "lastname": "y" * 65_000, "jobtitle": "Gerente " + "z" * 60_000},
    {"email": "no-at-sign", "jobtitle": "  CEO  ", "hs_country_region_code": " es "},
    {"firstname": "{name}", "lastname": "%s %d {0} ${HOME} [bold]x[/bold]", "jobtitle": "Head of {nothing}"},
    {"hs_analytics_last_timestamp": "1970-01-01T00:00:00Z", "hs_analytics_num_page_views": "3", "firstname": "Época"},
    {"hs_analytics_last_timestamp": "2099-12-31T23:59:59Z", "hs_analytics_num_page_views": "5", "firstname": "Futura"},
    {"hs_analytics_last_timestamp": "ayer", "hs_analytics_num_page_views": "muchas", "hs_email_open": "NaN",
     "hs_email_last_open_date": "2026-13-45", "hs_email_click": "1e400", "hs_email_last_click_date": "0"},
    {"hs_calculated_form_submissions": f";;:::;abc;{DEMO};x:y;:1;guid:99999999999999999999"},
    {"hs_calculated_form_submissions": f"{DEMO}::1790000000000;\u0000"},
    {"lifecyclestage": "other", "hubspot_owner_id": "103", "firstname": "Dueño inactivo"},
    {"email": "UPPER@CASE.EXAMPLE", "firstname": "\n\r\t", "lastname": "\u200b"},
    {"associatedcompanyid": "999999999", "firstname": "Sin empresa"},
    {"hs_email_open": "-4", "hs_email_last_open_date": "1790000000000", "firstname": "Negativa"},
    {"hs_email_open": "1e9", "hs_email_last_open_date": "2026-11-01T00:00:00.123456789Z", "firstname": "Robot"},
)  # fmt: skip


def _odd(portal: Portal) -> list[str]:
    """Add the rows no engineer thinks of: no properties at all, 1970, 2099, hostile text, unreadable numbers."""
    ids = [portal.add("contacts", {}).id]
    ids.append(portal.add("contacts", {}, created_at=datetime.fromisoformat("1970-01-01T00:00:00+00:00")).id)
    ids += [portal.add("contacts", dict(values)).id for values in HOSTILE]
    ids += [hand_raiser(portal, 900 + n, **{k: v for k, v in values.items() if k in ("firstname", "lastname")})
            for n, values in enumerate(HOSTILE[:5])]  # fmt: skip
    ids.append(hand_raiser(portal, 990, owner="103"))
    return ids
