"""HubSpot's typed SDK (alpha, dated paths) drives the sandbox; pydantic checks every answer against the specification.

Two places are looser on HubSpot's wire than in its specification and are read without the strict check: a requested
property without value is null, and `toObjectId` is a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hubspot_sdk
import pytest
from hubspot_sdk import HubSpot
from hubspot_sdk.types.auth import AccessTokenResponse, PublicRefreshTokenInfoResponse

from .conftest import ANA, EVA, LUIS, REP, ROBOT, TOKEN, Box

TASK = {"hs_timestamp": "2026-11-21T09:00:00Z", "hs_task_subject": "Llamar"}
TO_ANA = [{"to": {"id": ANA}, "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": 204}]}]


def connect(box: Box, *, strict: bool = True, token: str = TOKEN) -> HubSpot:
    return HubSpot(access_token=token, base_url=box.url, max_retries=0, timeout=10, _strict_response_validation=strict)


@pytest.fixture
def client(box: Box) -> Iterator[HubSpot]:
    with connect(box) as found:
        yield found


@pytest.fixture
def lenient(box: Box) -> Iterator[HubSpot]:
    with connect(box, strict=False) as found:
        yield found


def test_contacts_are_read_changed_and_merged(client: HubSpot) -> None:
    contacts = client.crm.objects.contacts
    assert contacts.get(ANA).properties["email"] == "ana@lumina.example"
    made = contacts.create(properties={"email": "n@example.org", "firstname": "N", "lastname": "O"}, associations=[])
    assert contacts.update(made.id, properties={"firstname": "Ñ"}).properties["firstname"] == "Ñ"
    assert contacts.merge(primary_object_id=ANA, object_id_to_merge=made.id).id == ANA
    contacts.delete(ANA)
    with pytest.raises(hubspot_sdk.NotFoundError):
        contacts.get(ANA)


def test_contacts_are_listed_through_all_pages(lenient: HubSpot) -> None:
    found = [one.id for one in lenient.crm.objects.contacts.list(limit=2)]
    assert found == [ANA, LUIS, EVA, ROBOT]


def test_history_parses(client: HubSpot) -> None:
    found = client.crm.objects.contacts.get(EVA, properties_with_history=["lifecyclestage"])
    assert found.properties_with_history is not None
    entry = found.properties_with_history["lifecyclestage"][0]
    assert (entry.value, entry.source_type, entry.updated_by_user_id) == ("customer", "CRM_UI", 700001)


def test_batches_parse(client: HubSpot) -> None:
    batch = client.crm.objects.contacts.batch
    read = batch.get(inputs=[{"id": ANA}, {"id": EVA}], properties=["email"], properties_with_history=[])
    assert {one.id for one in read.results} == {ANA, EVA}
    made = batch.create(inputs=[{"properties": {"email": "b@example.org"}, "associations": []}])
    changed = batch.update(inputs=[{"id": made.results[0].id, "properties": {"lastname": "Dos"}}])
    assert changed.results[0].properties["lastname"] == "Dos"
    upserted = batch.upsert(inputs=[{"id": "b@example.org", "id_property": "email", "properties": {"firstname": "B"}}])
    assert upserted.results[0].new is False
    batch.delete(inputs=[{"id": made.results[0].id}])


def test_tasks_parse(client: HubSpot, lenient: HubSpot) -> None:
    made = client.crm.objects.tasks.create(properties=TASK, associations=TO_ANA)  # type: ignore[arg-type]
    assert (
        client.crm.objects.tasks.get(made.id, properties=["hs_task_subject"]).properties["hs_task_subject"] == "Llamar"
    )
    batch = client.crm.objects.tasks.batch
    several = batch.create(inputs=[{"properties": TASK, "associations": TO_ANA} for _ in range(3)])  # type: ignore[typeddict-item]
    assert len(several.results) == 3
    linked = lenient.crm.associations.batch.get("tasks", from_object_type="contacts", inputs=[{"id": ANA}])
    assert len(linked.results[0].to) == 4


def test_associations_parse(client: HubSpot, lenient: HubSpot) -> None:
    batch = client.crm.associations.batch
    company = str(
        lenient.crm.associations.batch.get("companies", from_object_type="contacts", inputs=[{"id": ANA}])
        .results[0]
        .to[0]
        .to_object_id
    )
    ends: Any = {"from": {"id": ROBOT}, "to": {"id": company}}
    default = batch.create_default("companies", from_object_type="contacts", inputs=[ends])
    assert default.results[0].association_spec.association_type_id == 279
    batch.delete("companies", from_object_type="contacts", inputs=[{"from": {"id": ROBOT}, "to": [{"id": company}]}])


def test_search_parses(client: HubSpot) -> None:
    found = client.crm.objects.contacts.search(
        after="0",
        filter_groups=[{"filters": [{"property_name": "email", "operator": "EQ", "value": "ana@lumina.example"}]}],
        limit=10,
        properties=["email"],
        sorts=["email"],
    )
    assert (found.total, found.results[0].id) == (1, ANA)


def test_properties_parse(client: HubSpot) -> None:
    properties = client.crm.properties
    assert len(properties.list("contacts").results) > 100
    group = properties.groups.create("contacts", name="acme", label="Acme")
    assert group.name == "acme"
    made = properties.create(
        "contacts", name="acme_score", label="Score", type="number", field_type="number", group_name="acme"
    )
    assert made.has_unique_value is False
    with pytest.raises(hubspot_sdk.ConflictError):
        properties.create(
            "contacts", name="acme_score", label="Score", type="number", field_type="number", group_name="acme"
        )
    assert properties.get("acme_score", object_type="contacts").group_name == "acme"
    properties.delete("acme_score", object_type="contacts")


def test_account_owners_limits_and_pipelines_parse(client: HubSpot) -> None:
    assert client.account.get().portal_id == 62515
    assert client.account.get_daily_private_apps_usage().results[0].usage_limit == 1_000_000
    assert [one.id for one in client.crm.owners.list()] == [REP]
    assert client.crm.limits.get_custom_property_limits().by_object_type[0].limit == 1_000
    assert client.crm.pipelines.list("deals").results[0].id == "default"


def test_lists_parse(client: HubSpot) -> None:
    made = client.crm.lists.create(name="Nueva", object_type_id="0-1", processing_type="MANUAL").list
    changed = client.crm.lists.add_memberships(made.list_id, body=[ANA])
    assert changed.records_ids_added == [ANA]
    read = client.crm.lists.batch_read_memberships(inputs=[{"object_type_id": "0-1", "record_id": ANA}])
    assert len(read.results[0].record_list_memberships) == 2
    found = client.crm.lists.list_by_search(list_ids=[], offset=0, processing_types=[], query="nueva")
    assert found.total == 1


def test_events_and_marketing_events_parse(client: HubSpot) -> None:
    page = client.events.occurrences.list(object_type="contact", object_id=int(ANA))
    kinds = {one.event_type for one in page}
    assert {"e_visited_page", "pe62515_product_usage", "e_contact_started_conversation"} <= kinds
    assert "e_visited_page" in client.events.occurrences.list_event_types().event_types
    found = client.marketing.marketing_events.list(limit=10)
    assert {one.event_type for one in found} == {"WEBINAR", "EVENT"}


def test_tokens_parse(box: Box, client: HubSpot) -> None:
    # This SDK sends JSON where the documentation wants a form, so only its model is used here.
    form = {
        "grant_type": "refresh_token",
        "refresh_token": "sandbox-refresh-token",
        "client_id": "sandbox-client-id",
        "client_secret": "sandbox-client-secret",
    }
    issued = AccessTokenResponse.model_validate(box.http.post("/oauth/2026-09/token", data=form).json())
    described = box.http.post("/oauth/2026-09/token/introspect", data={"token": issued.refresh_token}).json()
    assert PublicRefreshTokenInfoResponse.model_validate(described).active is True
    with pytest.raises(hubspot_sdk.BadRequestError):
        client.auth.oauth.create_token(grant_type="refresh_token", refresh_token="unknown")
    with connect(box, token=issued.access_token) as fresh:
        assert fresh.crm.objects.contacts.get(ANA).id == ANA
        box.clock.advance(1801)
        with pytest.raises(hubspot_sdk.AuthenticationError):
            fresh.crm.objects.contacts.get(ANA)
