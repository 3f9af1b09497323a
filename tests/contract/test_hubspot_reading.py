"""Read people from the sandbox portal: everything they did, everybody accounted for, nothing asked twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from adapters.hubspot.connection import HubSpotConnection
from connector.domain.person import UNKNOWN
from connector.errors import AccessError, MappingError, UnavailableError
from connector.ports import PersonRef
from tests.contract.hubspot_world import MAPPING, World, portal, with_stages


def ref(contact_id: str) -> PersonRef:
    return PersonRef("contact", contact_id)


@pytest.fixture(scope="module")
def shared():
    with portal(40) as world:
        yield world


def test_the_whole_base_is_read_once_each(shared: World) -> None:
    records = shared.records(shared.crm())
    alive = {person["id"] for person in shared.state()["people"] if not person["archived"]}
    assert Counter(record.ref.object_id for record in records) == Counter(alive)


def test_people_asked_for_by_id_are_the_same_as_listed_ones(shared: World) -> None:
    crm = shared.crm()
    listed = {record.ref: record for record in shared.records(crm)}
    fetched = crm.fetch(list(listed), now=shared.time.now())
    assert {record.ref: record for record in fetched.records} == listed
    assert not fetched.gone
    assert not fetched.failed


def test_every_source_gives_events_with_ids_of_their_own(shared: World) -> None:
    records = shared.records(shared.crm())
    ids = [event.id for record in records for event in record.timeline.events]
    assert {identity.partition(":")[0] for identity in ids} >= {"form", "web", "marketing_event"}
    for record in records:
        assert len({event.id for event in record.timeline.events}) == len(record.timeline.events)
        assert not record.timeline.set_aside


def test_web_events_stop_at_the_horizon(shared: World) -> None:
    now = shared.time.now()
    everything = shared.records(shared.crm(kinds=frozenset({"page_view"})))
    recent = shared.records(shared.crm(kinds=frozenset({"page_view"}), horizon_days=5))
    old = now - timedelta(days=6)
    assert any(event.occurred_at < old for record in everything for event in record.timeline.events)
    assert not any(event.occurred_at < old for record in recent for event in record.timeline.events)


def test_only_what_the_model_uses_is_fetched(shared: World) -> None:
    crm = shared.crm(kinds=frozenset({"form_submitted"}), attributes=frozenset({"job_title"}))
    shared.records(crm)
    assert set(crm.calls()) == {"contacts", "forms", "account"}


def test_attributes_come_typed_from_person_company_and_deals(shared: World) -> None:
    records = shared.records(shared.crm())
    employees = [record.person.attributes["employees"] for record in records]
    assert any(isinstance(number, float) for number in employees)
    assert all(isinstance(record.person.attributes["won_deals"], float) for record in records)
    assert records[0].person.account == "62515"


def test_deleted_and_merged_people_are_gone_with_their_survivor() -> None:
    with portal(8) as world:
        crm = world.crm()
        everybody = [record.ref for record in world.records(crm)]
        kept, merged, deleted = everybody[0], everybody[1], everybody[2]
        world.ask("POST", "merge", {"from": merged.object_id, "into": kept.object_id})
        world.ask("POST", "delete", {"person": deleted.object_id})
        fetched = crm.fetch([*everybody, ref("999999")], now=world.time.now())
        assert fetched.gone == {merged: kept, deleted: None, ref("999999"): None}
        assert {record.ref for record in fetched.records} == set(everybody) - {merged, deleted}
        assert not fetched.failed


def test_people_dropped_without_a_word_are_looked_for_one_by_one() -> None:
    with portal(8, missing_in_batch="silent") as world:
        crm = world.crm()
        everybody = [record.ref for record in world.records(crm)]
        world.ask("POST", "merge", {"from": everybody[1].object_id, "into": everybody[0].object_id})
        fetched = crm.fetch(everybody, now=world.time.now())
        assert fetched.gone == {everybody[1]: everybody[0]}
        assert len(fetched.records) == len(everybody) - 1


def test_associations_are_read_to_their_last_page() -> None:
    with portal(30, association_page=1) as paged, portal(30) as whole:
        short, long = paged.records(paged.crm()), whole.records(whole.crm())
        count = {record.ref: len(record.timeline.events) for record in long}
        assert {record.ref: len(record.timeline.events) for record in short} == count


@pytest.mark.parametrize("tier", ["free", "starter", "professional"])
def test_a_lower_tier_uses_the_stand_ins_and_says_so(tier: str) -> None:
    with portal(10, tier=tier) as world:
        crm = world.crm()
        records = world.records(crm)
        views = [event for record in records for event in record.timeline.events if event.kind == "page_view"]
        assert views
        assert all(event.id == "counter:hs_analytics_num_page_views" and event.count for event in views)
        assert ("web_events", "tier") in {(item.source, item.why) for item in crm.unavailable()}
        assert crm.calls()["web_events"] == 1


def test_missing_scopes_turn_optional_sources_off_and_nobody_fails() -> None:
    scopes = ("crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read")
    with portal(10) as world:
        world.ask("POST", "settings", {"scopes": list(scopes)})
        crm = world.crm()
        records = world.records(crm)
        assert records
        refused = {item.source: item.why for item in crm.unavailable()}
        assert refused["lists"] == refused["companies"] == refused["deals"] == "scope"
        assert all(record.person.attributes["won_deals"] is UNKNOWN for record in records)


def test_a_missing_scope_for_the_people_themselves_stops_the_run_and_names_it() -> None:
    with portal(3) as world:
        world.ask("POST", "settings", {"scopes": ["crm.schemas.contacts.read"]})
        with pytest.raises(AccessError, match=r"crm\.objects\.contacts\.read"):
            world.records(world.crm())


def test_changed_people_are_found_by_search_and_read_afresh() -> None:
    with portal(20) as world:
        crm = world.crm()
        everybody = [record.ref for record in world.records(crm)]
        world.time.sleep(7_200)
        since = world.time.now() - timedelta(minutes=30)
        world.ask("POST", "edit", {"person": everybody[3].object_id, "set": {"jobtitle": "Directora"}})
        waves = crm.fetch_all(now=world.time.now(), changed_since=since)
        changed = [record for fetched in waves for record in fetched.records]
        assert [record.ref for record in changed] == [everybody[3]]
        assert changed[0].person.attributes["job_title"] == "Directora"


def test_people_are_found_by_primary_and_by_secondary_address() -> None:
    with portal(8) as world:
        crm = world.crm()
        one, two = world.records(crm, 2)
        first, second = one.person.text("email"), two.person.text("email")
        assert first
        assert second
        assert crm.find(first.upper()) == one.ref
        world.ask("POST", "merge", {"from": two.ref.object_id, "into": one.ref.object_id})
        assert crm.find(second) == one.ref
        assert crm.find("nobody@nowhere.example") is None


def test_the_count_is_that_of_the_living(shared: World) -> None:
    alive = [person for person in shared.state()["people"] if not person["archived"]]
    assert shared.crm().count() == len(alive)


def test_preflight_asks_for_the_installation() -> None:
    with portal(1, installed=False) as world, pytest.raises(MappingError, match="run `puente install`"):
        world.crm().preflight()


def test_preflight_passes_on_an_installed_portal(shared: World) -> None:
    crm = shared.crm()
    crm.preflight()
    assert crm.schema()["puente_stage"].options[:3] == ("subscriber", "mnql", "lead")


def test_preflight_names_the_attribute_and_the_nearest_property(shared: World) -> None:
    source = MAPPING.attributes["job_title"]
    wrong = with_stages(attributes={"job_title": type(source)("job_title", "text", fields=("jobtitel",))})
    with pytest.raises(MappingError, match=r"job_title.*`jobtitel`.*did you mean `jobtitle`"):
        shared.crm(wrong, attributes=frozenset({"job_title"})).preflight()


def test_a_wrong_token_is_an_access_error_at_once(shared: World) -> None:
    crm = shared.crm(connection=HubSpotConnection(base_url=shared.url, access_token="wrong"))
    with pytest.raises(AccessError, match="401"):
        crm.preflight()
    assert crm.calls() == {"schema": 1}


def test_an_unreachable_host_is_said_plainly(shared: World) -> None:
    crm = shared.crm(connection=HubSpotConnection(base_url="http://127.0.0.1:9", access_token="x"))
    with pytest.raises(UnavailableError, match="no connection"):
        crm.preflight()


def test_the_history_tells_who_set_the_stage() -> None:
    with portal(6) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        world.ask("POST", "edit", {"person": record.ref.object_id, "set": {"puente_stage": "sql"}})
        again = crm.fetch([record.ref], now=world.time.now(), needs_history=lambda _: True).records[0]
        assert (again.own.stage, again.own.by) == ("sql", "person")
        assert again.own.at is not None


def test_a_verdict_is_dated_by_the_history() -> None:
    with portal(6) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        changed = {"puente_sales_verdict": "rejected", "puente_reject_reason": "budget"}
        world.ask("POST", "edit", {"person": record.ref.object_id, "set": changed})
        again = crm.fetch([record.ref], now=world.time.now()).records[0]
        assert (again.verdict, again.verdict_reason) == ("rejected", "budget")
        assert again.verdict_at is not None
        assert abs(again.verdict_at - world.time.now()) < timedelta(minutes=1)


def test_deals_are_read_as_outcomes(shared: World) -> None:
    crm = shared.crm()
    records = shared.records(crm)
    deals = crm.outcomes([record.ref for record in records])
    won = {r.ref: float(sum(deal.state == "won" for deal in deals[r.ref])) for r in records}
    assert won == {record.ref: record.person.attributes["won_deals"] for record in records}
    assert set(deals) == {record.ref for record in records}
