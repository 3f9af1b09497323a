"""Loading: neutral people become HubSpot records, and their pasts can be read back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.hubspot.load import property_name
from sandbox.hubspot.wire import to_ms
from sandbox.people import generate
from sandbox.seed import Base, SeedDeal, SeedEvent, SeedPerson

from .conftest import ANA, EVA, LUIS, NOW, REP, ROBOT, Box, Serve, ago, busy_timeline
from .reader import COUNTERS, read_timeline

CONTACT = "/crm/objects/2026-09/contacts/{}"


def properties(box: Box, contact: str, *names: str) -> dict[str, Any]:
    return dict(box.get(CONTACT.format(contact), properties=",".join(names))["properties"])


def test_a_timeline_can_be_read_back_through_documented_endpoints(box: Box) -> None:
    seen = [event for event in busy_timeline() if not event.machine and event.count is None]
    single = [(event.kind, to_ms(event.occurred_at), 1) for event in seen if event.kind not in COUNTERS]
    counted = {
        kind: (kind, max(to_ms(e.occurred_at) for e in seen if e.kind == kind), sum(e.kind == kind for e in seen))
        for kind in COUNTERS
    }
    assert read_timeline(box, ANA) == sorted([*single, *counted.values()])


def test_counters_hold_what_has_no_single_events(box: Box) -> None:
    found = properties(
        box,
        ANA,
        "hs_analytics_num_page_views",
        "hs_analytics_last_visit_timestamp",
        "hs_analytics_num_visits",
        "num_conversion_events",
        "num_unique_conversion_events",
        "recent_conversion_date",
        "recent_conversion_event_name",
        "hs_email_last_email_name",
        "hs_sales_email_last_replied",
        "num_contacted_notes",
    )
    del found["createdate"], found["lastmodifieddate"], found["hs_object_id"]
    assert found == {
        "hs_analytics_num_page_views": "42",
        "hs_analytics_last_visit_timestamp": "2026-11-12T12:00:00Z",
        "hs_analytics_num_visits": "2",
        "num_conversion_events": "4",
        "num_unique_conversion_events": "4",
        "recent_conversion_date": "2026-11-15T12:00:00Z",
        "recent_conversion_event_name": "Encuesta: Madurez digital",
        "hs_email_last_email_name": "Boletín 7",
        "hs_sales_email_last_replied": "2026-11-17T12:00:00Z",
        "num_contacted_notes": "2",
    }


def test_people_keep_their_attributes(box: Box) -> None:
    found = properties(
        box,
        ANA,
        "firstname",
        "lastname",
        "email",
        "hs_email_domain",
        "jobtitle",
        "hs_country_region_code",
        "hs_language",
        "hs_analytics_source",
        "company",
        "associatedcompanyid",
        "hubspot_owner_id",
        "createdate",
    )
    del found["lastmodifieddate"], found["hs_object_id"]
    assert found == {
        "firstname": "Ana",
        "lastname": "Núñez",
        "email": "ana@lumina.example",
        "hs_email_domain": "lumina.example",
        "jobtitle": "Directora de Marketing",
        "hs_country_region_code": "ES",
        "hs_language": "es",
        "hs_analytics_source": "ORGANIC_SEARCH",
        "company": "Lumina Educación",
        "associatedcompanyid": "5000000001",
        "hubspot_owner_id": REP,
        "createdate": "2026-09-21T12:00:00Z",
    }
    assert properties(box, ROBOT, "external_id")["external_id"] == "EXT-4"


def test_people_of_one_employer_share_the_company(box: Box) -> None:
    body = {"inputs": [{"id": "5000000001"}], "properties": ["name", "domain", "industry", "numberofemployees"]}
    company = box.post("/crm/objects/2026-09/companies/batch/read", body, 200)["results"][0]["properties"]
    assert (company["industry"], company["numberofemployees"], company["domain"]) == (
        "education",
        "120",
        "lumina.example",
    )
    linked = box.post(
        "/crm/associations/2026-09/companies/contacts/batch/read", {"inputs": [{"id": "5000000001"}]}, 200
    )
    assert [str(one["toObjectId"]) for one in linked["results"][0]["to"]] == [ANA, LUIS]


def test_a_won_deal_is_a_deal_and_sums(box: Box) -> None:
    linked = box.post("/crm/associations/2026-09/contacts/deals/batch/read", {"inputs": [{"id": EVA}]}, 200)
    deal_id = str(linked["results"][0]["to"][0]["toObjectId"])
    names = ["amount", "dealstage", "closedate", "hs_is_closed_won"]
    body = {"inputs": [{"id": deal_id}], "properties": names}
    deal = box.post("/crm/objects/2026-09/deals/batch/read", body, 200)["results"][0]["properties"]
    assert [deal[name] for name in names] == ["1200", "closedwon", "2026-08-12T12:00:00Z", "true"]
    found = properties(box, EVA, "total_revenue", "num_associated_deals", "hs_email_optout")
    assert (found["total_revenue"], found["num_associated_deals"], found["hs_email_optout"]) == ("1200", "1", "true")


def test_a_stage_says_who_set_it(box: Box) -> None:
    history = box.get(CONTACT.format(EVA), propertiesWithHistory="lifecyclestage")["propertiesWithHistory"]
    entry = history["lifecyclestage"][0]
    assert (entry["value"], entry["sourceType"], entry["timestamp"]) == ("customer", "CRM_UI", "2026-08-12T12:00:00Z")


@pytest.mark.parametrize(
    ("event", "name", "value"),
    [
        ({"kind": "page_view", "count": 8}, "hs_analytics_num_page_views", "8"),
        ({"kind": "email_bounce", "outcome": "hard"}, "hs_email_hard_bounce_reason_enum", "UNKNOWN_USER"),
        ({"kind": "newsletter_unsubscribed"}, "hs_email_optout_62515001", "true"),
        ({"kind": "email_reply", "campaign": "Boletín"}, "hs_email_replied", "1"),
        ({"kind": "ad_click", "channel": "facebook"}, "hs_facebook_ad_clicked", "true"),
        ({"kind": "social_interaction", "channel": "linkedin"}, "hs_social_linkedin_clicks", "1"),
        ({"kind": "sales_accepted"}, "hs_lead_status", "IN_PROGRESS"),
        ({"kind": "sales_rejected", "outcome": "fit"}, "hs_lead_status", "UNQUALIFIED"),
        ({"kind": "sales_rejected", "outcome": "timing"}, "hs_lead_status", "BAD_TIMING"),
        ({"kind": "stage_changed", "outcome": "mql"}, "lifecyclestage", "marketingqualifiedlead"),
        ({"kind": "meeting", "outcome": "no_show"}, "hs_latest_meeting_activity", "2026-11-20T12:00:00Z"),
        ({"kind": "email_click", "channel": "sales"}, "hs_sales_email_last_clicked", "2026-11-20T12:00:00Z"),
    ],
)
def test_an_event_added_later_leaves_its_trace(box: Box, event: dict[str, Any], name: str, value: str) -> None:
    box.control("timeline", {"person": LUIS, "event": event})
    assert properties(box, LUIS, name)[name] == value


def test_tracked_sales_mails_count_their_opens(box: Box) -> None:
    for kind in ("email_delivered", "email_open", "email_open", "email_click"):
        box.control("timeline", {"person": LUIS, "event": {"kind": kind, "channel": "sales", "asset": "Propuesta"}})
    body = box.post("/crm/associations/2026-09/contacts/emails/batch/read", {"inputs": [{"id": LUIS}]}, 200)
    mail = str(body["results"][0]["to"][0]["toObjectId"])
    names = ["hs_email_subject", "hs_email_open_count", "hs_email_click_count", "hs_email_direction"]
    found = box.get(f"/crm/objects/2026-09/emails/{mail}", properties=",".join(names))["properties"]
    assert [found[name] for name in names] == ["Propuesta", "2", "1", "EMAIL"]


def test_deal_events_make_and_close_a_deal(box: Box) -> None:
    for kind in ("deal_created", "deal_won"):
        box.control("timeline", {"person": LUIS, "event": {"kind": kind, "asset": "Licencia"}})
    deals = [one["properties"] for one in box.get("/_sandbox/state")["deals"]]
    assert [(one["dealname"], one["dealstage"]) for one in deals] == [
        ("Plan anual", "closedwon"),
        ("Licencia", "closedwon"),
    ]


def test_a_merged_away_person_reads_as_the_survivor_and_an_archived_one_is_gone(serve: Serve) -> None:
    people = (
        SeedPerson("a", {"email": "a@example.org"}, ago(days=9)),
        SeedPerson("b", {"email": "b@example.org"}, ago(days=9), merged_into="a"),
        SeedPerson("c", {"email": "c@example.org"}, ago(days=9), archived=True),
    )
    box = serve(base=Base(people=people))
    assert box.get(CONTACT.format("1002"))["id"] == "1001"
    box.get(CONTACT.format("1003"), expect=404)
    assert box.post("/crm/objects/2026-09/contacts/search", {}, 200)["total"] == 1


def test_raw_columns_become_custom_properties(serve: Serve) -> None:
    extra = {"Total Time Spent": "674", "1st": "x", "jobtitle": "CEO"}
    person = SeedPerson("a", {"employees": "30"}, ago(days=1), extra=extra)
    box = serve(base=Base(people=(person,)))
    found = properties(box, "1001", "total_time_spent", "p_1st", "jobtitle", "employees")
    assert [found[name] for name in ("total_time_spent", "p_1st", "jobtitle", "employees")] == ["674", "x", "CEO", "30"]
    definition = box.get("/crm/properties/2026-09/contacts/total_time_spent")
    assert (definition["label"], definition["hubspotDefined"]) == ("Total Time Spent", False)


@pytest.mark.parametrize(
    ("text", "name"), [("Lead Source", "lead_source"), ("  ", "column"), ("¿País?", "pa_s"), ("7", "p_7")]
)
def test_a_property_name_is_made_of_any_text(text: str, name: str) -> None:
    assert property_name(text) == name


def test_a_deal_is_not_made_twice(serve: Serve) -> None:
    deal = SeedDeal("Plan", 10.0, "won", ago(days=5), ago(days=2))
    events = (SeedEvent("deal_created", ago(days=5)), SeedEvent("deal_won", ago(days=2)))
    box = serve(base=Base(people=(SeedPerson("a", {}, ago(days=9), deals=(deal,), events=events),)))
    assert box.desk.portal.store.count("deals") == 1


def test_a_generated_base_is_loaded_whole_and_alike_every_time(serve: Serve) -> None:
    base = generate(80, 3, NOW)
    first, second = serve(base=base), serve(base=generate(80, 3, datetime.fromtimestamp(NOW.timestamp(), UTC)))
    state = first.get("/_sandbox/state")
    assert len(state["people"]) == 80
    assert state == second.get("/_sandbox/state")
