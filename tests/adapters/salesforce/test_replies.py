"""Read Salesforce's documents, in every form that has one meaning."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.exchange import Reply
from adapters.raw_values import to_instant
from adapters.salesforce.replies import (
    identity_of,
    locator_of,
    parse_composite,
    parse_csv,
    parse_page,
    parse_row,
    parse_saved,
    to_text,
)
from connector.errors import ConflictError, CrmError, GoneError, UnavailableError

ID = "00Q5e000000ZZZZEA4"


def test_parents_come_under_dotted_names_and_children_apart() -> None:
    row = parse_row(
        {
            "attributes": {"type": "Contact"},
            "Id": ID[:15],
            "Account": {"attributes": {}, "Name": "Lumina", "Owner": {"Name": "Ana"}},
            "Empty": None,
            "CampaignMembers": {"totalSize": 3, "done": False, "nextRecordsUrl": "/q/1", "records": [{"Id": "1"}]},
            "Contacts": None,
        }
    )
    assert row.fields == {
        "Id": ID[:15], "Account.Name": "Lumina", "Account.Owner.Name": "Ana", "Empty": None, "Contacts": None,
    }  # fmt: skip
    assert row.id[:15] == ID[:15]
    children = row.children["CampaignMembers"]
    assert (len(children.rows), children.next_url, children.total) == (1, "/q/1", 3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("x", "x"),
        (True, "true"),
        (False, "false"),
        (42, "42"),
        (42.0, "42"),
        (2.5, "2.5"),
        ({"a": 1}, None),
    ],
)
def test_values_are_read_as_text(value: object, text: str | None) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(
    "raw", ["2024-09-10T13:12:38.000+0000", "2024-09-10T13:12:38.000Z", "1725973958000", "2024-09-10T15:12:38+02:00"]
)
def test_instants_come_in_many_forms(raw: str) -> None:
    instant = to_instant(raw)
    assert instant is not None
    assert instant.isoformat() == "2024-09-10T13:12:38+00:00"


def test_a_page_that_is_done_has_no_next_one() -> None:
    assert parse_page({"done": True, "nextRecordsUrl": "/q/1", "records": []}).next_url is None
    assert parse_page({"done": False, "nextRecordsUrl": "/q/1", "records": [], "totalSize": 5}).next_url == "/q/1"
    assert parse_page(None).rows == ()


def test_every_part_of_a_composite_is_accounted_for() -> None:
    document = {
        "compositeResponse": [
            {"referenceId": "part1", "httpStatusCode": 404, "body": [{"errorCode": "NOT_FOUND", "message": "x"}]},
            {"referenceId": "part0", "httpStatusCode": 200, "body": {"records": []}},
        ]
    }
    found = parse_composite(document, 3)
    assert found[0] == {"records": []}
    assert isinstance(found[1], GoneError)
    assert isinstance(found[2], UnavailableError)


@pytest.mark.parametrize("document", [None, [], {}, {"compositeResponse": None}, {"compositeResponse": ["x"]}])
def test_an_odd_composite_answers_for_nobody(document: object) -> None:
    assert all(isinstance(part, CrmError) for part in parse_composite(document, 2))


def test_every_record_of_a_collection_is_accounted_for() -> None:
    taken = f"duplicate value found: Puente_Task_Key__c duplicates value on record with id: {ID[:15]}"
    saved = parse_saved(
        [
            {"id": ID, "success": True, "errors": []},
            {"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": taken, "fields": []}]},
            {"success": False, "errors": []},
            "odd",
        ],
        4,
    )
    assert saved[0].id == ID
    assert saved[0].error is None
    assert isinstance(saved[1].error, ConflictError)
    assert saved[1].holder == ID
    assert all(one.error is not None for one in saved[2:])


@pytest.mark.parametrize("document", [None, {}, [], [{"id": ID, "success": True}], "x"])
def test_too_few_results_are_no_results(document: object) -> None:
    assert all(isinstance(one.error, UnavailableError) for one in parse_saved(document, 2))


def test_bulk_results_keep_line_ends_and_lose_zero_bytes() -> None:
    body = (
        '\ufeff"Id","Name","Web__c","Campaign.Type"\n"1","O\'Brien, ""x""\nline\x00","42.0",""\n'
        '"2","2.0","2.5","Webinar"\n\n'
    )
    rows = list(parse_csv(Reply(200, {}, body.encode()), frozenset({"Web__c"})))
    assert [row.fields for row in rows] == [
        {"Id": "1", "Name": 'O\'Brien, "x"\nline', "Web__c": "42", "Campaign.Type": None},
        {"Id": "2", "Name": "2.0", "Web__c": "2.5", "Campaign.Type": "Webinar"},
    ]
    assert list(parse_csv(Reply(200, {}, b""))) == []


@pytest.mark.parametrize("body", [b"Id,Name\n1,Ana\n2", b"Id,Name\n1,Ana\n2,Lu,3\n", b"Id,Name\n1,Ana\n"])
def test_bulk_results_that_are_cut_off_are_no_shorter_results(body: bytes) -> None:
    with pytest.raises(UnavailableError):
        list(parse_csv(Reply(200, {"sforce-numberofrecords": "2"}, body)))


@pytest.mark.parametrize(("header", "locator"), [("null", None), ("", None), ("MTAw", "MTAw")])
def test_the_last_page_says_null(header: str, locator: str | None) -> None:
    assert locator_of(Reply(200, {"sforce-locator": header}, b"")) == locator


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://x/id/00D5e0000000001/0055e0000000002", ("00D5e0000000001EAA", "0055e0000000002AAA")),
        ("https://x/id/nothing", (None, None)),
        (None, (None, None)),
    ],
)
def test_the_login_tells_who_and_where_we_are(url: Any, found: tuple[str | None, str | None]) -> None:
    assert identity_of({"id": url}) == found
