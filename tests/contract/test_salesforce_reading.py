"""Read the sandbox organisation: everybody accounted for, everything counted once, in few calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import MappingError, RejectedError
from connector.ports import PersonRef
from sandbox.seed import Base, SeedCompany, SeedDeal, SeedEvent, SeedPerson
from tests.contract.salesforce_world import MAPPING, org

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = "O'Brien \\' OR Id != null --"


def person(key: str, *events: SeedEvent, **more: object) -> SeedPerson:
    attributes = {"first_name": "Ana", "last_name": key, "email": f"{key.lower()}@mail.example"}
    return SeedPerson(key, attributes, NOW - timedelta(days=90), events=events, **more)  # type: ignore[arg-type]


def at(kind: str, days: float = 1.0, **more: object) -> SeedEvent:
    return SeedEvent(kind, NOW - timedelta(days=days), **more)  # type: ignore[arg-type]


def test_two_hundred_people_cost_one_read_call() -> None:
    with org(base=Base(tuple(person(f"P{number}") for number in range(200)))) as world:
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        since = world.last_seq()
        fetched = crm.fetch(refs, now=world.time.now())
        assert len(fetched.records) == 200
        assert world.lines(since) == {"POST /composite": 1}


def test_leads_and_contacts_together_cost_one_read_call() -> None:
    deal = SeedDeal("Negocio", 1_000.0, "open", NOW - timedelta(days=5))
    people = [person(f"P{number}", deals=(deal,) if number % 2 else ()) for number in range(120)]
    with org(base=Base(tuple(people))) as world:
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        assert {ref.object_type for ref in refs} == {"lead", "contact"}
        since = world.last_seq()
        assert len(crm.fetch(refs, now=world.time.now()).records) == 120
        assert world.lines(since) == {"POST /composite": 1}


def test_small_pages_lose_nothing() -> None:
    with org(30) as world:
        whole = {record.ref: record.timeline for record in world.records(world.crm())}
        before = {ref: (len(timeline.events), timeline) for ref, timeline in whole.items()}
        world.settings(page_size=200, child_page_size=5)
        paged = {record.ref: (len(record.timeline.events), record.timeline) for record in world.records(world.crm())}
        assert paged == before
        assert sum(count for count, _ in before.values()) > 400


def test_a_converted_lead_leads_to_its_contact() -> None:
    with org(base=Base((person("Lead"), person("Other")))) as world:
        crm = world.crm()
        ref = next(r.ref for r in world.records(crm) if r.person.text("name") == "Ana Lead")
        contact_id = world.ask("POST", "convert", {"person": ref.object_id})["id"]
        fetched = crm.fetch([ref], now=world.time.now())
        assert fetched.gone == {ref: PersonRef("contact", contact_id)}
        assert not fetched.records
        assert {record.ref.object_id for record in world.records(crm)} >= {contact_id}
        assert ref not in {record.ref for record in world.records(crm)}


def test_merged_and_deleted_people_are_gone() -> None:
    with org(base=Base((person("A"), person("B"), person("C")))) as world:
        crm = world.crm()
        a, b, c = sorted((record.ref for record in world.records(crm)), key=lambda ref: ref.object_id)
        world.ask("POST", "merge", {"from": b.object_id, "into": a.object_id})
        world.ask("POST", "delete", {"person": c.object_id})
        never = PersonRef("lead", "00Q5e000000ZZZZEA4")
        fetched = crm.fetch([a, b, c, never], now=world.time.now())
        assert [record.ref for record in fetched.records] == [a]
        assert fetched.gone == {b: a, c: None, never: None}


def test_ids_of_fifteen_characters_are_the_same_people() -> None:
    with org(base=Base((person("A"),))) as world:
        crm = world.crm()
        ref = world.records(crm)[0].ref
        short = PersonRef(ref.object_type, ref.object_id[:15])
        assert [record.ref for record in crm.fetch([short], now=world.time.now()).records] == [ref]
        world.ask("POST", "delete", {"person": ref.object_id})
        assert crm.fetch([short], now=world.time.now()).gone == {short: None}


@pytest.mark.parametrize("odd", ["", "1001", "00Q' OR Id != null", "0015e000000ZZZZEA4", "00Q5e000000ZZZZ EA"])
def test_what_is_no_id_never_reaches_a_query(odd: str) -> None:
    with org(base=Base((person("A"),))) as world:
        ref = PersonRef("lead", odd)
        since = world.last_seq()
        fetched = world.crm().fetch([ref], now=world.time.now())
        assert isinstance(fetched.failed[ref], RejectedError)
        assert world.lines(since).keys() <= {"POST /services/oauth2/token", "POST /composite"}


def test_somebody_with_a_hostile_name_and_address_is_found_and_read() -> None:
    attributes = {"first_name": "Shaun", "last_name": HOSTILE, "email": "o'brien\\@mail.example"}
    villain = SeedPerson("v", attributes, NOW - timedelta(days=9), events=(at("form_submitted", form=HOSTILE),))
    with org(base=Base((villain, person("B")))) as world:
        crm = world.crm()
        ref = crm.find("o'brien\\@mail.example")
        assert ref is not None
        record = crm.fetch([ref], now=world.time.now()).records[0]
        assert record.person.text("name") == f"Shaun {HOSTILE}"
        assert [event.form for event in record.timeline.events if event.kind == "form_submitted"] == [HOSTILE]
        assert crm.find(HOSTILE) is None


def test_a_contact_is_found_before_a_lead_of_the_same_address() -> None:
    deal = SeedDeal("Negocio", None, "open", NOW - timedelta(days=5))
    twin = replace(person("Contact", deals=(deal,)), attributes={"last_name": "C", "email": "same@mail.example"})
    other = replace(person("Lead"), attributes={"last_name": "L", "email": "same@mail.example"})
    with org(base=Base((other, twin))) as world:
        found = world.crm().find(" SAME@mail.example ")
        assert found is not None
        assert found.object_type == "contact"
        assert world.crm().find("nobody@mail.example") is None


def test_an_email_that_is_message_and_task_counts_once() -> None:
    events = (
        at("email_delivered", 3, channel="sales", asset="Hola"),
        at("email_open", 2, channel="sales", asset="Hola"),
        at("email_reply", 1, channel="email", asset="Hola", direction="incoming"),
    )
    with org(base=Base((person("A", *events),))) as world:
        record = world.records(world.crm())[0]
        kinds = sorted(event.kind for event in record.timeline.events)
        assert kinds == ["email_open", "email_reply"]
        reply = next(event for event in record.timeline.events if event.kind == "email_reply")
        assert reply.id.startswith("email:")


def test_history_older_than_a_year_is_read() -> None:
    old = replace(person("A", at("page_view", 700, url="/precios")), created_at=NOW - timedelta(800))
    with org(base=Base((old,))) as world:
        record = world.records(world.crm())[0]
        assert [event.kind for event in record.timeline.events if not event.id.startswith("counter")] == ["page_view"]


def test_every_kind_comes_back_as_it_was_meant() -> None:
    meant = (
        at("webinar_registered", 9, asset="Webinar: A"), at("webinar_attended", 8, asset="Webinar: A"),
        at("event_attended", 7, asset="Feria"), at("content_download", 6, asset="E-book"),
        at("survey_completed", 5, asset="Madurez"), at("newsletter_subscribed", 4),
        at("newsletter_unsubscribed", 3), at("form_submitted", 2, form="Solicitar demo"),
        at("page_view", 2, url="https://www.example.com/precios"), at("webinar_question", 2, asset="Webinar: A"),
        at("demo_trial", 2, asset="Demo"), at("product_usage", 2, asset="Prueba"),
        at("social_comment", 2, channel="linkedin"),
        at("chat", 2, channel="web"), at("call", 2, outcome="connected"), at("meeting", 2, asset="Primera reunión"),
        at("note", 2, text="Nota"), at("list_joined", 2, asset="Lista"), at("ad_click", 2, channel="paid"),
        at("campaign_response", 2, campaign="Otoño"),
    )  # fmt: skip
    with org(base=Base((person("A", *meant),))) as world:
        record = world.records(world.crm())[0]
        found = {event.kind: event for event in record.timeline.events if not event.id.startswith("counter")}
        assert found.keys() == {event.kind for event in meant}
        for event in meant:
            assert found[event.kind].occurred_at == event.occurred_at.replace(microsecond=0), event.kind
        assert found["page_view"].url == "https://www.example.com/precios"
        assert found["form_submitted"].form == "Solicitar demo"
        assert found["content_download"].form == "Descarga: E-book"
        assert found["webinar_attended"].asset == "Webinar: A"


def test_machine_traffic_is_marked() -> None:
    with org(
        base=Base((person("A", at("page_view", 1, url="/x", machine=True), at("page_view", 2, url="/y")),))
    ) as world:
        events = [event for event in world.records(world.crm())[0].timeline.events if event.kind == "page_view"]
        assert sorted((event.url, event.machine) for event in events) == [("/x", True), ("/y", False)]


def test_a_lead_and_a_contact_answer_the_same_attributes() -> None:
    company = SeedCompany("c", "Lumina", "lumina.example", "software", 120, "ES")
    deal = SeedDeal("Negocio", 500.0, "won", NOW - timedelta(days=50), NOW - timedelta(days=10))
    made = {"first_name": "Ana", "last_name": "Ruiz", "job_title": "CMO", "country": "ES", "city": "Vigo"}
    lead = SeedPerson("l", made, NOW - timedelta(days=60), company=company)
    contact = SeedPerson("c", made, NOW - timedelta(days=60), company=company, deals=(deal,))
    with org(base=Base((lead, contact))) as world:
        records = {record.ref.object_type: record.person for record in world.records(world.crm())}
        for name in ("name", "company", "job_title", "country", "city", "employees", "industry"):
            assert records["lead"].attributes[name] == records["contact"].attributes[name], name
        assert records["contact"].attributes["won_deals"] == 1.0
        assert records["contact"].attributes["revenue"] == 500.0
        assert records["lead"].attributes["won_deals"] == 0.0


def test_what_nobody_gave_is_unknown() -> None:
    with org(base=Base((SeedPerson("x", {"email": "x@mail.example"}, NOW),))) as world:
        person_ = world.records(world.crm())[0].person
        assert person_.text("company") is None
        assert person_.text("name") is None
        assert person_.text("owner") is None, "what waits in a queue has no owner"


def test_who_set_the_stage_is_read_from_the_history() -> None:
    by_hand = replace(person("Hand"), stage="sql", stage_set_by="person", stage_set_at=NOW - timedelta(days=3))
    by_crm = replace(person("Flow"), stage="lead", stage_set_by="crm", stage_set_at=NOW - timedelta(days=4))
    with org(base=Base((by_hand, by_crm))) as world:
        marks = {str(r.person.text("name")): r.lifecycle for r in world.records(world.crm())}
        assert (marks["Ana Hand"].stage, marks["Ana Hand"].by) == ("sql", "person")
        assert marks["Ana Hand"].at == NOW - timedelta(days=3)
        assert (marks["Ana Flow"].stage, marks["Ana Flow"].by) == ("lead", "crm")


def test_without_a_stage_field_opportunities_tell() -> None:
    won = SeedDeal("Uno", 9.0, "won", NOW - timedelta(days=50), NOW - timedelta(days=10))
    running = SeedDeal("Dos", 9.0, "open", NOW - timedelta(days=5))
    people = (person("W", deals=(won, running)), person("O", deals=(running,)), person("N"))
    with org(base=Base(people)) as world:
        for mapping in (replace(MAPPING, lifecycle="opportunities"), replace(MAPPING, lifecycle="Not_There__c")):
            crm = world.crm(mapping)
            stages = {str(r.person.text("name")): (r.lifecycle.stage, r.lifecycle.by) for r in world.records(crm)}
            assert stages == {"Ana W": ("customer", "crm"), "Ana O": ("opportunity", "crm"), "Ana N": (None, None)}
        assert any(item.source == "lifecycle Not_There__c" for item in crm.unavailable())


def test_changed_people_are_listed_also_when_only_something_happened() -> None:
    with org(base=Base((person("A"), person("B"), person("C")))) as world:
        crm = world.crm()
        records = world.records(crm)
        world.time.sleep(3_600)
        since = world.time.now()
        world.ask("POST", "edit", {"person": records[0].ref.object_id, "set": {"Title": "CEO"}})
        world.ask("POST", "timeline", {"person": records[1].ref.object_id, "event": {"kind": "call"}})
        found = [r.ref for wave in crm.fetch_all(now=world.time.now(), changed_since=since) for r in wave.records]
        assert set(found) == {records[0].ref, records[1].ref}


def test_bulk_queries_read_the_same_as_pieces_do() -> None:
    with org(40) as world:
        pieces = {r.ref: (r.person, set(r.timeline.events), r.current) for r in world.records(world.crm())}
        since = world.last_seq()
        crm = world.crm(bulk_threshold=10)
        bulk = {r.ref: (r.person, set(r.timeline.events), r.current) for r in world.records(crm)}
        assert bulk == pieces
        assert world.lines(since)["POST /jobs/query"] >= 5


def test_bulk_calls_grow_with_pages_not_with_people() -> None:
    counts = []
    for people in (50, 150):
        with org(base=Base(tuple(person(f"P{n}", at("page_view", url="/x")) for n in range(people)))) as world:
            crm = world.crm(bulk_threshold=10)
            assert len(world.records(crm)) == people
            counts.append(crm.calls()["bulk"])
    assert counts[0] == counts[1]


def test_hidden_fields_are_reported_and_the_rest_is_read() -> None:
    with org(10, hidden_fields=["Task.Type", "Lead.Title", "CampaignMember.FirstRespondedDate"]) as world:
        crm = world.crm()
        crm.preflight()
        assert len(world.records(crm)) > 5
        assert any(item.source == "Task.Type" for item in crm.unavailable())


def test_a_field_hidden_after_the_description_was_read_is_left_out() -> None:
    with org(10) as world:
        crm = world.crm()
        before = len(world.records(crm))
        world.settings(hidden_fields=["Task.CallDisposition", "Lead.City"])
        assert len(world.records(crm)) == before
        assert {"Task.CallDisposition", "Lead.City"} <= {item.source for item in crm.unavailable()}


def test_before_installing_preflight_says_what_to_do() -> None:
    with org(3, installed=False) as world, pytest.raises(MappingError, match="puente install"):
        world.crm().preflight()


def test_counting_everybody_is_one_call() -> None:
    with org(30) as world:
        crm = world.crm()
        people = len(world.records(crm))
        since = world.last_seq()
        assert crm.count() == people
        assert world.lines(since) == {"POST /composite": 1}


def test_the_account_is_the_organisation() -> None:
    with org(2, installed=False) as world:
        assert world.crm().account() == world.state()["organization_id"]


def test_a_horizon_leaves_out_what_no_rule_counts_any_more() -> None:
    old, new = at("page_view", 200, url="/old"), at("page_view", 5, url="/new")
    lived = replace(person("A", old, new, at("meeting", 150), at("meeting", 3)), created_at=NOW - timedelta(days=300))
    with org(base=Base((lived,))) as world:
        record = world.records(world.crm(horizon_days=90.0))[0]
        single = [event for event in record.timeline.events if not event.id.startswith("counter")]
        assert sorted((event.kind, event.url) for event in single) == [("meeting", None), ("page_view", "/new")]
