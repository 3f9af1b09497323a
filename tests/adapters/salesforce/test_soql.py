"""Quote every literal by its type: whatever a name says, the query asks what was meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce import soql
from adapters.salesforce.soql import Literal
from sandbox.salesforce.soql.parser import parse_query

HOSTILE = (
    "O'Brien \\' OR Id != null",
    "'; DELETE",
    "\\",
    "\\\\'",
    'say "hi"',
    "line\nbreak\r\ttab",
    "' OR Email LIKE '%",
    "\x00\x07\x1f",
    "Iñtërnâtiônàlizætiøn 🙂",
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-2.5, "-2.5"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 10, tzinfo=UTC), "2026-03-02T10:00:00Z"),
        (datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=-5))), "2026-03-02T15:00:00Z"),
        ("Ana", "'Ana'"),
        ("O'Brien", "'O\\'Brien'"),
        ("a\\b", "'a\\\\b'"),
        ("a\nb", "'a\\nb'"),
        ("\x07", "'\\u0007'"),
    ],
)
def test_literals_are_written_by_type(value: Literal, written: str) -> None:
    assert soql.literal(value) == written


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        soql.literal(datetime(2026, 3, 2))  # noqa: DTZ001 - what is tested


def test_no_literal_ends_before_its_end() -> None:
    for text in HOSTILE:
        written = soql.literal(text)
        inside = written[1:-1].replace("\\\\", "").replace("\\'", "")
        assert written[0] == written[-1] == "'"
        assert "'" not in inside
        assert not inside.endswith("\\")
        assert not any(ord(char) < 32 for char in written)


@given(st.text(max_size=60))
def test_any_text_stays_one_literal(text: str) -> None:
    written = soql.literal(text)
    assert "'" not in written[1:-1].replace("\\\\", "").replace("\\'", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_foreign_parser_reads_the_same_text(text: str) -> None:
    query = parse_query(soql.select(("Id",), "Lead", f"LastName = {soql.literal(text)}", "IsDeleted = false"))
    assert text in repr(query.where) or repr(text)[1:-1] in repr(query.where)


@pytest.mark.parametrize("name", ["", "1abc", "Name; DROP", "a b", "Name'", "a..b", "Id,Name", "COUNT()", "a.b-c"])
def test_nothing_but_a_name_stands_where_a_name_stands(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        soql.select((name,), "Lead")
    with pytest.raises(ValueError, match="name"):
        soql.select(("Id",), name)


@pytest.mark.parametrize("odd", ["", "x", "00Q' OR Id != null", "00Q5e000000ZZZZEA4\n", "00Q5e000000ZZZZEA", "é" * 18])
def test_nothing_but_an_id_stands_where_an_id_stands(odd: str) -> None:
    with pytest.raises(ValueError, match="id"):
        soql.ids_in("Id", [odd])


def test_a_query_is_put_together_in_order() -> None:
    child = soql.select(("Id",), "CampaignMembers", "IsDeleted = false")
    query = soql.select(
        ("Id", "Account.Name", "Id"), "Contact", "A = 1", "", "B = 2", children=[child], order_by="Id", limit=5
    )
    assert query == (
        "SELECT Id, Account.Name, (SELECT Id FROM CampaignMembers WHERE IsDeleted = false) FROM Contact "
        "WHERE A = 1 AND B = 2 ORDER BY Id LIMIT 5"
    )
    assert soql.count("Lead", "IsConverted = false") == "SELECT COUNT() FROM Lead WHERE IsConverted = false"
