"""Loading: neutral people become Salesforce records, and their pasts can be read back."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from sandbox.people import generate
from sandbox.salesforce.people import UNKNOWN, field_name, is_contact
from sandbox.salesforce.settings import OrgSettings
from sandbox.salesforce.wire import to_ms
from sandbox.seed import Base, SeedDeal, SeedEvent, SeedPerson
from sandbox.server import SandboxSettings, serve_in_thread

from .conftest import ANA_EVENTS, NOW, Box, Serve, ago, small_base
from .reader import read_timeline

COUNTERS = {
    "email_delivered": ("Email_Delivered__c", "Email_Last_Delivered__c"),
    "email_open": ("Email_Opens__c", "Email_Last_Open__c"),
    "email_click": ("Email_Clicks__c", "Email_Last_Click__c"),
}


def row_of(box: Box, person: str) -> dict[str, Any]:
    kind = "Lead" if person.startswith("00Q") else "Contact"
    return dict(box.call("GET", f"/sobjects/{kind}/{person}").json())


def test_a_small_timeline_reads_back_word_by_word(box: Box) -> None:
    stage = ("stage_changed", to_ms(ago(days=8)), "mql")
    whats = {
        "page_view": "https://www.example.com/precios",
        "form_submitted": "Solicitar demo",
        "content_download": "Descarga: E-book",
        "webinar_registered": "Webinar: Embudo",
        "webinar_attended": "Webinar: Embudo",
        "email_reply": "RE: Hablemos",
        "call": "Llamada",
        "meeting": "Primera reunión",
    }
    expected = [(event.kind, to_ms(event.occurred_at), whats[event.kind]) for event in ANA_EVENTS]
    assert read_timeline(box, box.person("ana")) == sorted([*expected, stage])


def test_every_event_of_a_whole_base_is_there_once(serve: Serve) -> None:
    """Kinds and instants are compared; what a person's own deals say is read from the deals."""
    base = generate(120, 3, NOW)
    box = serve(base=base)
    ids = {
        row["Email"]: row["Id"] for kind in ("Lead", "Contact") for row in box.query(f"SELECT Id, Email FROM {kind}")
    }
    compared = 0
    for person in base.people:
        if person.archived or person.merged_into or any(one.merged_into == person.key for one in base.people):
            continue
        expected = Counter((event.kind, to_ms(event.occurred_at) // 1000) for event in person.events)
        if person.stage is not None:
            at = person.stage_set_at or person.created_at
            expected[("stage_changed", to_ms(at) // 1000)] += 1
        record = ids.get(person.attributes.get("email"))
        if record is None:
            continue
        found = Counter((kind, at_ms // 1000) for kind, at_ms, _ in read_timeline(box, record))
        assert found == expected, person.key
        compared += sum(found.values())
    assert compared > 2500


def test_counters_hold_what_marketing_mails_and_pages_add_up_to(serve: Serve) -> None:
    events = (
        SeedEvent("page_view", ago(days=9), url="https://a.example/", count=40),
        SeedEvent("page_view", ago(days=2), url="https://a.example/precios"),
        SeedEvent("return_visit", ago(days=2)),
        SeedEvent("email_delivered", ago(days=5), campaign="Boletín", channel="email"),
        SeedEvent("email_open", ago(days=4), campaign="Boletín", channel="email"),
        SeedEvent("email_open", ago(days=5), campaign="Boletín", channel="email", machine=True),
        SeedEvent("email_click", ago(days=4), campaign="Boletín", channel="email"),
        SeedEvent("email_click", ago(days=3), channel="sales", asset="Propuesta"),
        SeedEvent("email_bounce", ago(days=1), campaign="Boletín", outcome="hard"),
    )
    box = serve(base=Base((SeedPerson("a", {"last_name": "A", "email": "a@x.example"}, ago(days=30), events=events),)))
    lead = row_of(box, box.person("a"))
    assert (lead["Web_Page_Views__c"], lead["Web_Visits__c"], lead["Web_Last_URL__c"]) == (
        41.0,
        2.0,
        "https://a.example/precios",
    )
    assert lead["Web_Last_Visit__c"] == "2026-11-18T12:00:00.000+0000"
    assert [lead[name] for name, _ in COUNTERS.values()] == [1.0, 1.0, 1.0]
    assert lead["Email_Last_Open__c"] == "2026-11-16T12:00:00.000+0000"
    assert (lead["EmailBouncedReason"], lead["EmailBouncedDate"]) == (
        "550 user unknown",
        "2026-11-19T12:00:00.000+0000",
    )
    machine = box.query("SELECT Type, Automated__c FROM Task WHERE Automated__c = true")
    assert [row["Type"] for row in machine] == ["Email Open"]
    assert lead["pi__score__c"] == len(events)


def test_a_mail_is_a_message_and_a_task(box: Box) -> None:
    message = box.query("SELECT Id, ActivityId, Incoming, Subject, TextBody, FromAddress, ToAddress FROM EmailMessage")[
        0
    ]
    assert (message["Incoming"], message["FromAddress"], message["ToAddress"]) == (
        True, "ana@lumina.example", "lucia@example.com",
    )  # fmt: skip
    task = box.query(f"SELECT Subject, TaskSubtype FROM Task WHERE Id = '{message['ActivityId']}'")[0]
    assert (task["Subject"], task["TaskSubtype"]) == ("Email: RE: Hablemos", "Email")
    text = f"SELECT RelationType, RelationObjectType FROM EmailMessageRelation WHERE EmailMessageId = '{message['Id']}'"
    assert {(row["RelationType"], row["RelationObjectType"]) for row in box.query(text)} == {
        ("FromAddress", "Lead"),
        ("ToAddress", "User"),
    }


def test_a_lead_knows_its_employer_and_a_contact_has_an_account(box: Box) -> None:
    lead = row_of(box, box.person("ana"))
    assert (lead["Company"], lead["Industry"], lead["NumberOfEmployees"]) == ("Lumina Educación", "education", 120)
    assert (lead["Title"], lead["Country"], lead["CreatedDate"]) == ("Directora", "ES", "2025-03-30T12:00:00.000+0000")
    names = "Account.Name, Account.Industry, Account.NumberOfEmployees"
    contacts = box.query(f"SELECT {names} FROM Contact")
    assert [one["Account"]["NumberOfEmployees"] for one in contacts] == [120, 120]
    assert len(box.query("SELECT Id FROM Account")) == 1


def test_what_nobody_knows_stands_in_brackets_where_a_value_is_required(box: Box) -> None:
    robot = row_of(box, box.person("robot"))
    assert (robot["LastName"], robot["Company"], robot["FirstName"]) == (UNKNOWN, UNKNOWN, None)


def test_nobodys_leads_wait_in_a_queue(box: Box) -> None:
    luis = box.query(f"SELECT Owner.Name, Owner.Type FROM Lead WHERE Id = '{box.person('luis')}'")[0]
    assert (luis["Owner"]["Name"], luis["Owner"]["Type"]) == ("Leads sin asignar", "Group")


def test_deals_make_contacts_with_a_role(box: Box) -> None:
    names = "Opportunity.Name, Opportunity.IsWon, Opportunity.Amount, Opportunity.CloseDate"
    rows = box.query(f"SELECT {names}, Contact.Email FROM OpportunityContactRole")
    deals = {row["Contact"]["Email"]: row["Opportunity"] for row in rows}
    won, open_deal = deals["eva@lumina.example"], deals["marta@lumina.example"]
    assert (won["IsWon"], won["Amount"], won["CloseDate"]) == (True, 1200.0, "2026-08-12")
    assert (open_deal["Name"], open_deal["IsWon"]) == ("Plan piloto", False)


def test_the_stage_is_in_the_field_the_settings_name(serve: Serve) -> None:
    box = serve(OrgSettings(stage_field="Puente_Stage__c", account_engagement=False))
    rows = box.query("SELECT Puente_Stage__c, Lifecycle_Stage__c FROM Lead WHERE FirstName = 'Ana'")
    assert (rows[0]["Puente_Stage__c"], rows[0]["Lifecycle_Stage__c"]) == ("mql", None)
    assert box.refusal("SELECT pi__score__c FROM Lead")[0] == "INVALID_FIELD"


EVENTS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"kind": "page_view", "url": "https://x.example/a"},
        "SELECT Subject FROM Task WHERE Type = 'Page View'",
        "https://x.example/a",
    ),
    (
        {"kind": "form_submitted", "form": "Pedir presupuesto"},
        "SELECT Subject FROM Task WHERE Type = 'Form Submitted'",
        "Pedir presupuesto",
    ),
    ({"kind": "demo_trial", "asset": "Recorrido"}, "SELECT Subject FROM Task WHERE Type = 'Demo Trial'", "Recorrido"),
    ({"kind": "chat", "channel": "web", "text": "Hola"}, "SELECT Channel__c FROM Task WHERE Type = 'Chat'", "web"),
    ({"kind": "note", "text": "Llamar el jueves"}, "SELECT Subject FROM Task WHERE Type = 'Note'", "Llamar el jueves"),
    (
        {"kind": "call", "outcome": "connected"},
        "SELECT CallDisposition FROM Task WHERE TaskSubtype = 'Call'",
        "connected",
    ),
    ({"kind": "meeting", "outcome": "no_show"}, "SELECT Outcome__c FROM Event", "no_show"),
    ({"kind": "survey_completed", "asset": "Madurez"}, "SELECT Campaign.Name FROM CampaignMember", "Encuesta: Madurez"),
    ({"kind": "list_joined", "asset": "Clientes"}, "SELECT Campaign.Type FROM CampaignMember", "List"),
    ({"kind": "newsletter_unsubscribed"}, "SELECT Status FROM CampaignMember", "Unsubscribed"),
    ({"kind": "sales_rejected", "outcome": "fit"}, "SELECT Status FROM Lead", "Closed - Not Converted"),
    ({"kind": "stage_changed", "outcome": "sql"}, "SELECT Lifecycle_Stage__c FROM Lead", "sql"),
    ({"kind": "deal_won", "asset": "Plan"}, "SELECT Opportunity.StageName FROM OpportunityContactRole", "Closed Won"),
]


@pytest.mark.parametrize(("event", "text", "value"), EVENTS, ids=[str(one[0]["kind"]) for one in EVENTS])
def test_an_event_added_later_leaves_its_trace(serve: Serve, event: dict[str, Any], text: str, value: str) -> None:
    box = serve(base=Base((SeedPerson("a", {"last_name": "A", "email": "a@x.example"}, ago(days=30)),)))
    box.control("timeline", {"person": "a@x.example", "event": event})
    found: Any = box.query(text)[-1]
    *path, last = text.split()[1].split(".")
    for name in path:
        found = found[name]
    assert found[last] == value


def test_attending_later_moves_the_membership_on(box: Box) -> None:
    for kind, days in (("webinar_registered", 3), ("webinar_attended", 1)):
        event = {"kind": kind, "asset": "Webinar: Nuevo", "occurred_at": ago(days=days).isoformat()}
        box.control("timeline", {"person": "luis@lumina.example", "event": event})
    members = box.query(f"SELECT Status, FirstRespondedDate FROM CampaignMember WHERE LeadId = '{box.person('luis')}'")
    assert [(row["Status"], row["FirstRespondedDate"]) for row in members] == [("Attended", "2026-11-19")]


def test_doing_the_same_again_is_another_campaign_of_that_name(box: Box) -> None:
    event = {"kind": "content_download", "asset": "E-book", "form": "Descarga: E-book"}
    for _ in range(2):
        box.control("timeline", {"person": "ana@lumina.example", "event": event})
    assert len(box.query("SELECT Id FROM Campaign WHERE Name = 'Descarga: E-book'")) == 3
    assert len(box.query("SELECT Id FROM CampaignMember WHERE Campaign.Type = 'Content'")) == 3


def test_raw_columns_become_fields(serve: Serve) -> None:
    extra = {"Total Time Spent": "674", "1st": "x", "title": "CEO", "industry": "retail"}
    lead = SeedPerson("a", {"last_name": "A", "email": "a@x.example", "shoe size": "43"}, ago(days=1), extra=extra)
    deal = SeedDeal("x", None, "lost", ago(days=2), ago(days=1))
    contact = SeedPerson("b", {"last_name": "B", "email": "b@x.example"}, ago(days=3), extra=extra, deals=(deal,))
    box = serve(base=Base((lead, contact)))
    found = row_of(box, box.person("a"))
    names = ("Total_Time_Spent__c", "X_1st__c", "Title", "Industry", "Shoe_Size__c")
    assert [found[name] for name in names] == [674.0, "x", "CEO", "retail", "43"]
    assert row_of(box, box.person("b"))["Industry__c"] == "retail"


def test_who_has_a_deal_is_a_contact() -> None:
    plain = SeedPerson("a", {}, ago(days=1))
    assert not is_contact(plain)
    assert is_contact(SeedPerson("a", {}, ago(days=1), stage="evangelist"))
    assert is_contact(SeedPerson("a", {}, ago(days=1), events=(SeedEvent("deal_won", ago(days=1)),)))


@pytest.mark.parametrize(
    ("text", "name"), [("Lead Source", "Lead_Source__c"), ("  ", "Column__c"), ("¿País?", "Pa_S__c"), ("7", "X_7__c")]
)
def test_a_field_name_is_made_of_any_text(text: str, name: str) -> None:
    assert field_name(text) == name


def test_state_survives_in_a_file(tmp_path: Any) -> None:
    path = str(tmp_path / "org.db")

    def titles(url: str) -> list[str]:
        people = httpx.get(f"{url}/_sandbox/state").json()["people"]
        return [one["properties"].get("Title", "") for one in people]

    with serve_in_thread(SandboxSettings(base=small_base(), crm="salesforce", state=path)) as one:
        edit = {"person": "ana@lumina.example", "set": {"Title": "Otra"}}
        assert httpx.post(f"{one.url}/_sandbox/edit", json=edit).status_code == 200
        before = titles(one.url)
    with serve_in_thread(SandboxSettings(base=small_base(), crm="salesforce", state=path)) as other:
        assert titles(other.url) == before
        assert "Otra" in before
