"""Know an id when it comes, in either of its forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.salesforce.ids import may_be_in_another_case, parse_id, person_object

RECORDED = Path(__file__).parents[3].parent / "shared" / "fixtures" / "salesforce"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001RM000003oLru", "001RM000003oLruYAE"),
        ("006ak00000OQ4Rx", "006ak00000OQ4RxAAL"),
        ("003ak00000jvIfp", "003ak00000jvIfpAAE"),
        ("000000000000000", "000000000000000AAA"),
        ("ABCDEABCDEABCDE", "ABCDEABCDEABCDE555"),
    ],
)
def test_fifteen_characters_tell_the_other_three(short: str, long: str) -> None:
    assert parse_id(short) == long
    assert parse_id(long) == long


@pytest.mark.parametrize("long", ["003ak00000jvIfpAAE", "00Q5e000000ZZZZEA4", "00Qak00000aBcDeEAK"])
@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
def test_the_ending_brings_back_the_case_that_a_spreadsheet_changed(long: str, change: Callable[[str], str]) -> None:
    assert parse_id(change(long)) == parse_id(long[:15]) == long


@pytest.mark.parametrize("odd", ["003ak00000jvIfpA55", "003ak00000jvIfp999", "00Q000000000001AAA"])
def test_an_ending_of_another_id_restores_nothing(odd: str) -> None:
    assert parse_id(odd) == odd


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [("00q5e000000zzzz", True), ("00Q5e000000ZZZZ", True), ("0015e000000ZZZZ", False), ("00Q5e000000ZZZZEA4", False)],
)
def test_only_short_ids_leave_their_case_in_doubt(text: str, doubtful: bool) -> None:
    assert may_be_in_another_case(text) is doubtful


@pytest.mark.parametrize("odd", [None, 7, "", "00Q", "00Q5e000000ZZZZ-A4", "00Q5e000000ZZZZEA", "00Q5e000000ZZZZEA4x"])
def test_anything_else_is_no_id(odd: object) -> None:
    assert parse_id(odd) is None


def test_prefixes_tell_people_from_the_rest() -> None:
    assert [person_object(f"{prefix}5e000000ZZZZEA4") for prefix in ("00Q", "003", "001")] == ["Lead", "Contact", None]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded bodies are kept outside the project")
def test_recorded_ids_keep_their_ending() -> None:
    found = json.loads((RECORDED / "amp-labs/test/batch/update/contacts/success.json").read_text())
    for item in found:
        assert parse_id(item["id"][:15]) == item["id"]
