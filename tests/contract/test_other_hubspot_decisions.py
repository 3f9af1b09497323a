"""Hold what arrives in a second HubSpot against the reference, on events written down by hand.

Nothing here asks the product what the evidence was: each person's records, and the events they mean, are both
spelled out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import mappings
from tests.contract.other_hubspot.checks import to_iso
from tests.contract.other_hubspot.people import BOOK, DEMO, FORMS, JOBS, NEWS, SURVEY, submissions
from tests.contract.other_hubspot.portal import Habits, Portal
from tests.contract.other_hubspot.walk import START, Walk, served
from tests.reference.decide import decide

Events = list[dict[str, Any]]
FOLDER = Path(str(mappings.__file__)).parent
MODEL = yaml.safe_load((FOLDER / "model.yaml").read_text(encoding="utf-8"))
TYPES = {
    name: entry["type"]
    for name, entry in yaml.safe_load((FOLDER / "hubspot.yaml").read_text(encoding="utf-8"))["attributes"].items()
}
NOW = START


def ago(**delta: float) -> str:
    return to_iso(NOW - timedelta(**delta))


def company(portal: Portal, contact_id: str, **values: str) -> None:
    made = portal.add("companies", {"name": "Talleres Sur", **values})
    portal.items["contacts"][contact_id].properties["associatedcompanyid"] = made.id
    portal.link("contacts", contact_id, "companies", made.id)


def attach(portal: Portal, contact_id: str, object_type: str, **values: str) -> str:
    made = portal.add(object_type, values)
    portal.link("contacts", contact_id, object_type, made.id)
    return made.id


def form(guid: str, days: float, kind: str = "form_submitted") -> dict[str, Any]:
    event = {"id": f"{guid}{days}", "kind": kind, "occurred_at": ago(days=days), "form": FORMS[guid]}
    return event | ({"asset": FORMS[guid]} if kind != "form_submitted" else {})


def counter(kind: str, count: int, days: float, **more: str) -> dict[str, Any]:
    return {"id": f"{kind}{more}", "kind": kind, "occurred_at": ago(days=days), "count": count, **more}


def single(kind: str, days: float, **more: str) -> dict[str, Any]:
    return {"id": f"{kind}{days}{more}", "kind": kind, "occurred_at": ago(days=days), **more}


def buyer(portal: Portal) -> tuple[str, dict[str, Any], Events]:
    """Somebody who fits, read a lot and asked for a demo."""
    held = {
        "firstname": "Nuria", "lastname": "Vidal", "email": "nuria@talleres-sur.example", "lifecyclestage": "lead",
        "jobtitle": "Directora comercial", "hs_country_region_code": "ES",
        "hs_calculated_form_submissions": submissions(portal, (DEMO, 0.5), (BOOK, 3), (SURVEY, 10), (JOBS, 40)),
        "hs_analytics_num_page_views": "7", "hs_analytics_last_timestamp": ago(days=2),
        "hs_analytics_last_url": "https://x.example/precios/", "hs_analytics_num_visits": "3",
        "hs_analytics_last_visit_timestamp": ago(days=2.5),
        "hs_email_open": "4", "hs_email_last_open_date": ago(days=5),
        "hs_email_click": "2", "hs_email_last_click_date": ago(days=6), "hs_sales_email_last_opened": ago(days=1),
    }  # fmt: skip
    person = portal.add("contacts", held).id
    company(portal, person, industry="RETAIL", numberofemployees="120")
    attach(portal, person, "emails", hs_timestamp=ago(days=4), hs_email_direction="INCOMING_EMAIL")
    attach(portal, person, "emails", hs_timestamp=ago(days=8), hs_email_direction="EMAIL")
    profile = {"email": held["email"], "email_domain": "talleres-sur.example", "job_title": held["jobtitle"],
               "country": "ES", "employees": "120", "industry": "retail", "name": "Nuria Vidal"}  # fmt: skip
    events = [
        form(DEMO, 0.5), form(BOOK, 3, "content_download"), form(SURVEY, 10, "survey_completed"), form(JOBS, 40),
        counter("page_view", 7, 2), single("page_view", 2, url="https://x.example/precios/"),
        single("return_visit", 2.5), counter("email_open", 4, 5), counter("email_click", 2, 6),
        single("email_open", 1, channel="sales"), single("email_reply", 4),
    ]  # fmt: skip
    return person, profile, events


def reader(portal: Portal) -> tuple[str, dict[str, Any], Events]:
    """Somebody whose company is unknown and who only reads."""
    held = {
        "email": "ana@solo.example", "jobtitle": "Analista", "hs_country_region_code": "DE",
        "hs_calculated_form_submissions": submissions(portal, (NEWS, 20)),
        "hs_email_open": "30", "hs_email_last_open_date": ago(days=1), "hs_email_delivered": "40",
        "hs_email_last_send_date": ago(days=1, seconds=4),
    }  # fmt: skip
    profile = {"email": held["email"], "email_domain": "solo.example", "job_title": "Analista", "country": "DE"}
    events = [
        form(NEWS, 20, "newsletter_subscribed"), counter("email_open", 30, 1),
        {**counter("email_delivered", 40, 1), "occurred_at": ago(days=1, seconds=4)},
    ]  # fmt: skip
    return portal.add("contacts", held).id, profile, events


def warm(portal: Portal) -> tuple[str, dict[str, Any], Events]:
    """Somebody who fits and did enough for an MQL without asking for anything."""
    held = {
        "email": "leo@norte.example", "jobtitle": "CEO", "hs_country_region_code": "MX", "lifecyclestage": "subscriber",
        "hs_calculated_form_submissions": submissions(portal, (BOOK, 1), (BOOK, 5), (SURVEY, 2)),
        "hs_analytics_num_page_views": "25", "hs_analytics_last_timestamp": ago(hours=3),
        "hs_analytics_last_url": "https://x.example/tarifas",
    }  # fmt: skip
    person = portal.add("contacts", held).id
    company(portal, person, industry="COMPUTER_SOFTWARE", numberofemployees="40")
    profile = {"email": held["email"], "email_domain": "norte.example", "job_title": "CEO", "country": "MX",
               "employees": "40", "industry": "software"}  # fmt: skip
    events = [
        form(BOOK, 1, "content_download"), form(BOOK, 5, "content_download"), form(SURVEY, 2, "survey_completed"),
        {**counter("page_view", 25, 0), "occurred_at": ago(hours=3)},
        {**single("page_view", 0, url="https://x.example/tarifas"), "occurred_at": ago(hours=3)},
    ]  # fmt: skip
    return person, profile, events


def opted_out(portal: Portal) -> tuple[str, dict[str, Any], Events]:
    """Somebody who unsubscribed from everything and asked for a demo before."""
    held = {"email": "rita@este.example", "hs_email_optout": "true",
            "hs_calculated_form_submissions": submissions(portal, (DEMO, 3))}  # fmt: skip
    profile = {"email": held["email"], "email_domain": "este.example", "opted_out": "true"}
    return portal.add("contacts", held).id, profile, [form(DEMO, 3)]


@pytest.fixture
def walk() -> Iterator[Walk]:
    with served(ordinary=0, hand_raisers=0, odd=False) as served_walk:
        yield served_walk


def compare(
    walk: Walk, person: str, profile: dict[str, Any], events: Events, model: dict[str, Any], **settings: str
) -> None:
    run = walk.run("qualify", person, **settings)
    (line,) = run.people
    assert run.code == 0, run.err
    memory = None
    if line["stage_before"]:
        memory = {"stage": line["stage_before"], "set_by": "puente", "set_at": to_iso(NOW - timedelta(days=200))}
    expected = decide(model, TYPES, profile, events, memory, datetime.fromisoformat(line["decided_at"]))
    for name in ("stage", "grade", "hand_raise", "journey", "nurture_track", "next_content", "next_channel"):
        assert line[name] == expected[name], name
    assert line["engagement"] == pytest.approx(expected["engagement"], abs=0.005)
    for name in ("verdict", "pct", "low", "high", "completeness"):
        assert line["fit"][name] == expected["fit"][name], name
    assert line["next_review_at"] is not None or expected["next_review_at"] is None
    if expected["next_review_at"] is not None:
        difference = datetime.fromisoformat(line["next_review_at"]) - datetime.fromisoformat(expected["next_review_at"])
        assert abs(difference) <= timedelta(seconds=1)
    assert (line["handoff"] is None) == (expected["handoff"] is None)
    if line["handoff"]:
        due = datetime.fromisoformat(line["handoff"]["due_at"])
        assert abs(due - datetime.fromisoformat(expected["handoff"]["due_at"])) <= timedelta(seconds=1)


@pytest.mark.parametrize("make", [buyer, reader, warm, opted_out])
def test_the_packaged_model_decides_as_the_reference_does(walk: Walk, make: Any) -> None:
    person, profile, events = make(walk.portal)
    walk.clock.now = NOW
    compare(walk, person, profile, events, MODEL)


RICH: dict[str, Any] = {
    "model": "rich", "version": "1.0.0", "journey": "aida",
    "fit": {"criteria": [
        {"id": "won", "weight": 10, "when": {"attribute": "won_deals", "at_least": 2}, "why": {"es": "g", "en": "w"}},
        {"id": "money", "weight": 7, "when": {"attribute": "revenue", "at_least": 1000}, "why": {"es": "g", "en": "w"}},
        {"id": "late", "weight": 5, "when": {"attribute": "last_won_at", "newer_than_days": 60},
         "why": {"es": "g", "en": "w"}},
    ]},
    "engagement": {"signals": [
        {"id": kind.replace("_", "-"), "kind": kind, "points": points, "why": {"es": "x", "en": "x"}}
        for points, kind in enumerate(("call", "meeting", "note", "chat", "list_joined", "webinar_attended",
                                       "webinar_registered", "event_attended", "page_view"), start=3)
    ]},
    "handoff": {"mql": {"task": "review"}, "sql": {"task": "contact"}, "calendar": MODEL["handoff"]["calendar"]},
}  # fmt: skip


def participation(name: str, state: str, days: float) -> dict[str, Any]:
    properties = {"attendanceState": state, "occurredAt": int((NOW - timedelta(days=days)).timestamp() * 1000)}
    event = {"marketingEventId": f"77{len(name)}", "name": name}
    return {"id": f"{name}{state}", "createdAt": ago(days=days), "properties": properties,
            "associations": {"marketingEvent": event}}  # fmt: skip


def test_every_source_arrives_with_its_date(tmp_path: Path) -> None:
    habits = Habits(web_events=200, marketing_events=200, association_page=1)
    with served(habits, ordinary=0, hand_raisers=0, odd=False) as walk:
        portal = walk.portal
        person = portal.add("contacts", {"email": "eva@oeste.example", "hs_analytics_num_page_views": "99",
                                         "hs_analytics_last_timestamp": ago(days=1)}).id  # fmt: skip
        for days in (1, 9):
            attach(portal, person, "calls", hs_timestamp=ago(days=days))
            attach(portal, person, "meetings", hs_timestamp=ago(days=days + 1), hs_meeting_outcome="COMPLETED")
        attach(portal, person, "notes", hs_timestamp=ago(days=3))
        attach(portal, person, "communications", hs_timestamp=ago(days=4), hs_communication_channel_type="WHATS_APP")
        for amount, stage, days in (("700.5", "closedwon", 30), ("400", "closedwon", 90), ("9000", "closedlost", 5)):
            won = str(stage == "closedwon").lower()
            attach(portal, person, "deals", amount=amount, dealstage=stage, closedate=ago(days=days),
                   hs_is_closed="true", pipeline="default", hs_is_closed_won=won)  # fmt: skip
        portal.lists = {"31": ("Feria", {person})}
        portal.participations[person] = [participation("Webinar de otoño", "ATTENDED", 6),
                                         participation("Webinar de invierno", "REGISTERED", 2),
                                         participation("Feria de Bilbao", "ATTENDED", 12),
                                         participation("Feria de Vigo", "NO_SHOW", 1)]  # fmt: skip
        portal.web_events[person] = [
            {"id": f"w{days}", "eventType": "e_visited_page", "objectType": "CONTACT", "objectId": person,
             "occurredAt": ago(days=days), "properties": {"hs_url": "https://x.example/blog"}} for days in (0.2, 7)
        ]  # fmt: skip
        walk.clock.now = NOW
        events = [
            single("call", 1), single("call", 9), single("meeting", 2), single("meeting", 10), single("note", 3),
            single("chat", 4), {"id": "l", "kind": "list_joined", "occurred_at": "2026-11-01T10:00:00Z"},
            single("webinar_attended", 6), single("webinar_registered", 2), single("event_attended", 12),
            single("page_view", 0.2), single("page_view", 7),
        ]  # fmt: skip
        profile = {"email": "eva@oeste.example", "won_deals": 2, "revenue": 1100.5, "last_won_at": ago(days=30)}
        file = tmp_path / "rich.yaml"
        file.write_text(yaml.safe_dump(RICH, sort_keys=False), encoding="utf-8")
        compare(walk, person, profile, events, RICH, PUENTE_MODEL=str(file))
