"""HubSpot's released SDK drives the sandbox; its models parse every answer, its exceptions every refusal."""

from __future__ import annotations

from typing import Any

import hubspot
import pytest
from hubspot.crm.associations.v4 import (
    AssociationSpec,
    BatchInputPublicAssociationMultiArchive,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicDefaultAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicAssociationMultiArchive,
    PublicAssociationMultiPost,
    PublicDefaultAssociationMultiPost,
    PublicFetchAssociationsBatchRequest,
    PublicObjectId,
)
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    PublicGdprDeleteInput,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.contacts import SimplePublicObjectId as ContactId
from hubspot.crm.contacts.exceptions import ApiException, ForbiddenException, NotFoundException, UnauthorizedException
from hubspot.crm.lists import ListCreateRequest, ListSearchRequest
from hubspot.crm.objects.tasks import SimplePublicObjectInputForCreate as TaskInput
from hubspot.crm.properties import (
    BatchInputPropertyCreate,
    BatchInputPropertyName,
    BatchReadInputPropertyName,
    OptionInput,
    PropertyCreate,
    PropertyGroupCreate,
    PropertyName,
    PropertyUpdate,
)

from .conftest import ANA, EVA, LUIS, REP, ROBOT, TOKEN, Box, Serve


def connect(box: Box, token: str = TOKEN) -> Any:
    return hubspot.Client.create(access_token=token, host=box.url, base_url=box.url)


@pytest.fixture
def client(box: Box) -> Any:
    return connect(box)


def test_contacts_are_listed_page_by_page(client: Any) -> None:
    page = client.crm.contacts.basic_api.get_page(limit=3, properties=["email", "lifecyclestage"])
    assert [one.id for one in page.results] == [ANA, LUIS, EVA]
    rest = client.crm.contacts.basic_api.get_page(limit=3, after=page.paging.next.after)
    assert [one.id for one in rest.results] == [ROBOT]
    assert rest.paging is None


def test_a_contact_is_read_by_mail_with_history_and_associations(client: Any) -> None:
    found = client.crm.contacts.basic_api.get_by_id(
        "ana@lumina.example",
        id_property="email",
        properties=["lifecyclestage", "phone"],
        properties_with_history=["lifecyclestage"],
        associations=["companies", "notes"],
    )
    assert found.id == ANA
    assert found.properties["phone"] is None
    assert found.properties_with_history["lifecyclestage"][0].source_type == "AUTOMATION_PLATFORM"
    assert len(found.associations["companies"].results) == 2
    assert len(found.associations["notes"].results) == 1


def test_contacts_are_created_changed_and_archived(client: Any) -> None:
    api = client.crm.contacts.basic_api
    made = api.create(SimplePublicObjectInputForCreate(properties={"email": "new@example.org", "firstname": "Nueva"}))
    assert made.properties["email"] == "new@example.org"
    changed = api.update(made.id, SimplePublicObjectInput(properties={"lifecyclestage": "lead"}))
    assert changed.properties["lifecyclestage"] == "lead"
    api.archive(made.id)
    with pytest.raises(NotFoundException):
        api.get_by_id(made.id)
    assert api.get_by_id(made.id, archived=True).archived is True


def test_batches_of_contacts_parse_with_and_without_errors(client: Any) -> None:
    api = client.crm.contacts.batch_api
    read = BatchReadInputSimplePublicObjectId(
        properties=["email"], properties_with_history=[], inputs=[ContactId(id=ANA), ContactId(id=LUIS)]
    )
    assert {one.id for one in api.read(read).results} == {ANA, LUIS}
    read.inputs = [ContactId(id=ANA), ContactId(id="999")]
    partial = api.read(read)
    assert partial.num_errors == 1
    assert partial.errors[0].context == {"ids": ["999"]}
    made = api.create(
        BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[SimplePublicObjectBatchInputForCreate(properties={"firstname": "Uno"}, associations=[])]
        )
    )
    changed = api.update(
        BatchInputSimplePublicObjectBatchInput(
            inputs=[SimplePublicObjectBatchInput(id=made.results[0].id, properties={"lastname": "Dos"})]
        )
    )
    assert changed.results[0].properties["lastname"] == "Dos"
    api.archive(BatchInputSimplePublicObjectId(inputs=[ContactId(id=made.results[0].id)]))


def test_contacts_are_searched(client: Any) -> None:
    request = PublicObjectSearchRequest(
        filter_groups=[{"filters": [{"propertyName": "email", "operator": "EQ", "value": "luis@lumina.example"}]}],
        properties=["email"],
        limit=10,
    )
    found = client.crm.contacts.search_api.do_search(request)
    assert (found.total, found.results[0].id) == (1, LUIS)


def test_contacts_are_merged_and_erased(client: Any) -> None:
    merged = client.crm.contacts.basic_api.merge(PublicMergeInput(primary_object_id=ANA, object_id_to_merge=LUIS))
    assert merged.id == ANA
    assert client.crm.contacts.basic_api.get_by_id(LUIS).id == ANA
    client.crm.contacts.basic_api.purge(PublicGdprDeleteInput(object_id=EVA))
    with pytest.raises(NotFoundException):
        client.crm.contacts.basic_api.get_by_id(EVA)


def test_a_task_is_created_with_its_contact(client: Any) -> None:
    made = client.crm.objects.tasks.basic_api.create(
        TaskInput(
            properties={"hs_timestamp": "2026-11-21T09:00:00Z", "hs_task_subject": "Llamar", "hubspot_owner_id": REP},
            associations=[
                {"to": {"id": ANA}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}]}
            ],
        )
    )
    linked = client.crm.associations.v4.basic_api.get_page("contacts", ANA, "tasks")
    assert [str(one.to_object_id) for one in linked.results] == [made.id]


def test_associations_are_read_made_and_removed(client: Any) -> None:
    batch = client.crm.associations.v4.batch_api
    wanted = BatchInputPublicFetchAssociationsBatchRequest(
        inputs=[PublicFetchAssociationsBatchRequest(id=ANA), PublicFetchAssociationsBatchRequest(id=ROBOT)]
    )
    read = batch.get_page("contacts", "companies", wanted)
    assert [one._from.id for one in read.results] == [ANA]
    assert read.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    company = str(read.results[0].to[0].to_object_id)
    ends = {"_from": PublicObjectId(id=ROBOT), "to": PublicObjectId(id=company)}
    default = batch.create_default(
        "contacts",
        "companies",
        BatchInputPublicDefaultAssociationMultiPost([PublicDefaultAssociationMultiPost(**ends)]),
    )
    assert default.results[0].association_spec.association_type_id == 279
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)
    made = batch.create(
        "contacts",
        "companies",
        BatchInputPublicAssociationMultiPost([PublicAssociationMultiPost(types=[spec], **ends)]),
    )
    assert made.results[0].labels == ["Primary"]
    gone = PublicAssociationMultiArchive(_from=ends["_from"], to=[ends["to"]])
    batch.archive("contacts", "companies", BatchInputPublicAssociationMultiArchive([gone]))
    basic = client.crm.associations.v4.basic_api
    assert basic.get_page("contacts", ROBOT, "companies").results == []
    assert basic.create_default("contacts", ROBOT, "companies", company).status == "COMPLETE"
    assert basic.create("contacts", ROBOT, "companies", company, [spec]).labels == ["Primary"]
    basic.archive("contacts", ROBOT, "companies", company)
    labels = client.crm.associations.v4.schema.definitions_api.get_all("contacts", "tasks")
    assert [one.type_id for one in labels.results] == [203]


def test_properties_and_groups_are_managed(client: Any) -> None:
    groups, core, batch = (
        client.crm.properties.groups_api,
        client.crm.properties.core_api,
        client.crm.properties.batch_api,
    )
    groups.create("contacts", PropertyGroupCreate(name="acme", label="Acme", display_order=1))
    assert "acme" in [one.name for one in groups.get_all("contacts").results]
    with pytest.raises(hubspot.crm.properties.exceptions.ApiException) as conflict:
        groups.create("contacts", PropertyGroupCreate(name="acme", label="Acme", display_order=1))
    assert conflict.value.status == 409
    score = PropertyCreate(name="acme_score", label="Score", type="number", field_type="number", group_name="acme")
    tier = PropertyCreate(
        name="acme_tier",
        label="Tier",
        type="enumeration",
        field_type="select",
        group_name="acme",
        options=[OptionInput(label="A", value="a", display_order=0, hidden=False)],
    )
    made = batch.create("contacts", BatchInputPropertyCreate(inputs=[score, tier]))
    assert [one.name for one in made.results] == ["acme_score", "acme_tier"]
    assert core.get_by_name("contacts", "acme_tier").options[0].value == "a"
    changed = core.update("contacts", "acme_score", PropertyUpdate(label="Puntos", hidden=False, display_order=2))
    assert changed.label == "Puntos"
    read = batch.read(
        "contacts",
        BatchReadInputPropertyName(archived=False, inputs=[PropertyName("acme_score"), PropertyName("nope")]),
    )
    assert read.num_errors == 1
    core.archive("contacts", "acme_tier")
    batch.archive("contacts", BatchInputPropertyName(inputs=[PropertyName("acme_score")]))
    assert "acme_score" not in [one.name for one in core.get_all("contacts").results]
    groups.archive("contacts", "acme")


def test_owners_lists_pipelines_and_forms_parse(client: Any) -> None:
    owners = client.crm.owners.owners_api
    assert [one.id for one in owners.get_page().results] == [REP]
    assert owners.get_by_id(int(REP)).first_name == "Lucía"
    lists_api = client.crm.lists.lists_api
    made = lists_api.create(ListCreateRequest(name="Nueva", object_type_id="0-1", processing_type="MANUAL"))
    added = client.crm.lists.memberships_api.add(made.list.list_id, [ANA, "999"])
    assert (added.records_ids_added, added.record_ids_missing) == ([ANA], ["999"])
    assert client.crm.lists.memberships_api.get_page(made.list.list_id).results[0].record_id == ANA
    assert len(client.crm.lists.memberships_api.get_lists("0-1", ANA).results) == 2
    found = lists_api.do_search(
        ListSearchRequest(
            query="nue", processing_types=["MANUAL"], list_ids=[], offset=0, count=20, additional_properties=[]
        )
    )
    assert found.total == 1
    lists_api.remove(made.list.list_id)
    assert client.crm.pipelines.pipelines_api.get_all("deals").results[0].stages[5].id == "closedwon"
    names = {one.name for one in client.marketing.forms.forms_api.get_page().results}
    assert {"Solicitar demo", "Descarga: Guía"} <= names


def test_events_and_marketing_events_parse(client: Any) -> None:
    page = client.events.events_api.get_page(object_type="contact", object_id=int(ANA), event_type="e_visited_page")
    assert [one.properties["hs_url"] for one in page.results] == [
        "https://www.example.com/blog",
        "https://www.example.com/precios",
    ]
    breakdown = client.marketing.events.retrieve_participant_state_api.get_participations_breakdown_by_contact_id(ANA)
    assert [one.properties.attendance_state for one in breakdown.results] == [
        "REGISTERED",
        "ATTENDED",
        "REGISTERED",
        "ATTENDED",
    ]


def test_tokens_are_refreshed_and_expire(box: Box, client: Any) -> None:
    issued = client.oauth.tokens_api.create(
        grant_type="refresh_token",
        refresh_token="sandbox-refresh-token",
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",
    )
    assert issued.expires_in == 1800
    fresh = connect(box, issued.access_token)
    assert fresh.crm.contacts.basic_api.get_by_id(ANA).id == ANA
    assert client.oauth.access_tokens_api.get(issued.access_token).hub_id == 62515
    box.clock.advance(1800)
    with pytest.raises(UnauthorizedException) as refused:
        fresh.crm.contacts.basic_api.get_by_id(ANA)
    assert "EXPIRED_AUTHENTICATION" in refused.value.body


def test_refusals_are_the_exceptions_of_the_sdk(serve: Serve) -> None:
    poor = connect(serve(scopes=("crm.objects.companies.read",)))
    with pytest.raises(ForbiddenException) as refused:
        poor.crm.contacts.basic_api.get_page()
    assert "requiredGranularScopes" in refused.value.body
    client = connect(serve())
    with pytest.raises(ApiException) as invalid:
        client.crm.contacts.basic_api.update(ANA, SimplePublicObjectInput(properties={"nope": "1"}))
    assert invalid.value.status == 400
    assert "PROPERTY_DOESNT_EXIST" in invalid.value.body


def test_a_drifting_status_makes_the_sdk_lose_the_answer(serve: Serve) -> None:
    client = connect(serve(created_status=200))
    made = client.crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"firstname": "Uno"}))
    assert made is None
