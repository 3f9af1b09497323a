"""Read HubSpot's documents: liberal in form, exact in meaning, and silent about people in errors."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.hubspot.failures import MISSING_SCOPES, NO_SUCH_PROPERTY, TIER, UNKNOWN_OBJECT_TYPE, classify_body
from adapters.hubspot.replies import parse_batch, parse_page, parse_record, to_id, to_text
from connector.errors import AccessError, ConflictError, GoneError, RejectedError, UnavailableError


@pytest.mark.parametrize(
    ("raw", "identity"),
    [("51", "51"), (51, "51"), (51.0, "51"), (" 51 ", "51"), ("", None), (None, None), (True, None), ({}, None)],
)
def test_ids_are_text_whatever_they_came_as(raw: object, identity: str | None) -> None:
    assert to_id(raw) == identity


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a", "a"),
        ("", ""),
        (None, None),
        (True, "true"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (["a", None, "b"], "a;b"),
        ({"value": "a"}, "a"),
        ({"other": "a"}, None),
    ],
)
def test_values_are_text_whatever_they_came_as(raw: object, text: str | None) -> None:
    assert to_text(raw) == text


def test_null_absent_and_empty_are_one() -> None:
    record = parse_record({"id": 1, "properties": {"null": None, "empty": ""}})
    assert record
    assert [record.get(name) for name in ("null", "empty", "absent")] == ["", "", ""]


@pytest.mark.parametrize(
    "document", [None, [], {}, "text", 7, {"results": None}, {"results": "x"}, {"results": [1, None]}]
)
def test_documents_without_results_have_none(document: object) -> None:
    assert parse_batch(document).results == ()
    page = parse_page(document)
    assert (page.results, page.after, page.total) == ((), None, None)


def test_a_bare_list_is_a_list_of_results() -> None:
    assert [record.id for record in parse_batch([{"id": 1}, {"properties": {}}, {"id": "2"}]).records()] == ["1", "2"]


def test_a_history_is_read_newest_first_with_mixed_times() -> None:
    versions = [
        {"value": "lead", "timestamp": 1_700_000_000_000, "sourceType": "API", "sourceId": 7},
        {"value": "customer", "timestamp": "2024-01-01T00:00:00Z", "sourceType": "crm_ui", "updatedByUserId": 5},
        {"value": "odd", "timestamp": "yesterday"},
        "rubbish",
    ]
    record = parse_record({"id": "1", "propertiesWithHistory": {"lifecyclestage": versions}})
    assert record
    read = record.history["lifecyclestage"]
    assert [version.value for version in read] == ["customer", "lead", "odd"]
    assert read[0].at == datetime(2024, 1, 1, tzinfo=UTC)
    assert (read[0].source_type, read[0].user_id, read[1].source_id) == ("CRM_UI", "5", "7")


@pytest.mark.parametrize(
    "error",
    [
        {"category": "OBJECT_NOT_FOUND", "context": {"ids": ["5", 6]}},
        {"category": "OBJECT_NOT_FOUND", "context": {"ids": ["5"], "id": [6]}},
        {"status": 404, "id": "5", "context": {"objectId": ["6"]}},
        {"status": "error", "category": "NOT_FOUND", "context": {"ids": ["5", "6"]}},
    ],
)
def test_missing_items_are_named(error: dict[str, object]) -> None:
    batch = parse_batch({"results": [], "errors": [error], "numErrors": 1})
    assert batch.errors[0].ids == {"5", "6"}
    assert batch.errors[0].missing
    assert not batch.unattributed()


def test_an_item_error_may_name_its_place_or_its_trace() -> None:
    errors = [
        {"category": "VALIDATION_ERROR", "in": "inputs[2].properties"},
        {"category": "VALIDATION_ERROR", "context": {"objectWriteTraceId": ["trace-1"]}},
    ]
    batch = parse_batch({"errors": errors})
    assert batch.errors[0].positions == {2}
    assert batch.errors[1].ids == {"trace-1"}


def test_no_associations_is_an_answer_not_an_error() -> None:
    error = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "context": {"fromObjectId": ["7"]},
    }
    assert parse_batch({"errors": [error]}).errors[0].no_associations


def test_an_error_about_nobody_in_particular_is_noticed() -> None:
    assert parse_batch({"errors": [{"category": "INTERNAL_ERROR"}]}).unattributed()


@pytest.mark.parametrize(
    "body",
    [
        {
            "category": "MISSING_SCOPES",
            "errors": [{"context": {"requiredGranularScopes": ["crm.lists.read", "forms"]}}],
        },
        {"errors": [{"context": {"requiredScopes": ["crm.lists.read", "forms"]}}]},
        {"errors": [{"context": "{missingScopes=[crm.lists.read, forms]}"}]},
    ],
)
def test_missing_scopes_are_named(body: dict[str, object]) -> None:
    error = classify_body(body, 403, {})
    assert isinstance(error, AccessError)
    assert error.code == MISSING_SCOPES
    assert "crm.lists.read, forms" in str(error)


def test_a_missing_subscription_is_told_from_a_missing_scope() -> None:
    error = classify_body({"message": "This API requires a Marketing Hub Enterprise subscription"}, 403, {})
    assert error.code == TIER


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"errors": [{"context": {"propertyName": ["discount"]}}]}, ("discount",)),
        ({"message": 'Property values were not valid: [{"isValid":false,"name":"puente_stage"}]'}, ("puente_stage",)),
        ({"message": 'Property \\"puente_x\\" does not exist'}, ("puente_x",)),
        ({"message": "Property values were not valid"}, ()),
        ({"context": {"propertyName": ["ana@example.com"]}}, ()),
    ],
)
def test_refused_properties_are_named(body: dict[str, object], fields: tuple[str, ...]) -> None:
    error = classify_body({"category": "VALIDATION_ERROR", **body}, 400, {})
    assert isinstance(error, RejectedError)
    assert error.fields == fields


def test_what_kind_of_refusal_it_is_shows_in_the_code() -> None:
    unknown_property = {"message": 'Property "x_y" does not exist', "errors": [{"code": "PROPERTY_DOESNT_EXIST"}]}
    assert classify_body(unknown_property, 400, {}).code == NO_SUCH_PROPERTY
    assert classify_body({"message": "Unable to infer object type from: zebras"}, 400, {}).code == UNKNOWN_OBJECT_TYPE


@pytest.mark.parametrize(
    "message", ["A record with that value already exists", "CONFLICTING_UNIQUE_VALUE", "duplicate value"]
)
def test_a_taken_unique_value_is_a_conflict_under_any_status(message: str) -> None:
    assert isinstance(classify_body({"category": "VALIDATION_ERROR", "message": message}, 400, {}), ConflictError)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, GoneError), (410, GoneError), (500, UnavailableError), (422, RejectedError), (415, RejectedError)],
)
def test_statuses_speak_for_bodies_without_words(status: int, kind: type[Exception]) -> None:
    assert isinstance(classify_body({}, status, {}), kind)


def test_messages_never_repeat_what_hubspot_quotes() -> None:
    body = {
        "category": "VALIDATION_ERROR",
        "correlationId": "ana@example.com",
        "message": "Email address ana@example.com is invalid, Ana García said",
        "errors": [{"message": "ana@example.com", "code": "ana@example.com", "context": {"value": ["García"]}}],
    }
    error = classify_body(body, 400, {})
    assert "ana" not in f"{error} {error!r} {error.code} {error.request_id}".lower()
