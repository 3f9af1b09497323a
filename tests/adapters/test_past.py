"""Replay what fields held: an attribute changes when what it reads changes, and not when a field is written again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.past import RawChange, replay, to_text
from connector.domain.mapping import AttributeSource
from connector.domain.person import UNKNOWN, Value, ValueType
from connector.domain.values import parse_value
from connector.ports import FieldChange

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NAME = AttributeSource("name", "text", fields=("first", "last"))
SECTOR = AttributeSource("sector", "text", fields=("industry",), values={"computer_software": "software"})


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def test_fields_that_change_together_are_one_change_of_their_attribute() -> None:
    raw = [
        RawChange("last", "Prado", days_ago(9), "crm"),
        RawChange("first", "Ana", days_ago(9), "crm"),
        RawChange("first", "Eva", days_ago(3), "person"),
        RawChange("first", "Eva", days_ago(2), "crm"),
    ]
    assert replay(raw, [(NAME, NAME.fields)], {}) == [
        FieldChange("attribute:name", "Ana Prado", days_ago(9), "crm"),
        FieldChange("attribute:name", "Eva Prado", days_ago(3), "person"),
    ]


def test_values_are_in_the_model_s_words_and_what_was_before_comes_first() -> None:
    raw = [
        RawChange("industry", "RETAIL", days_ago(1), None),
        RawChange("stage", "mql", days_ago(2), "puente"),
        RawChange("industry", "COMPUTER_SOFTWARE", None, None),
    ]
    assert replay(raw, [(SECTOR, SECTOR.fields)], {"stage": "own_stage"}) == [
        FieldChange("attribute:sector", "software", None, None),
        FieldChange("own_stage", "mql", days_ago(2), "puente"),
        FieldChange("attribute:sector", "RETAIL", days_ago(1), None),
    ]


def test_an_emptied_field_leaves_its_attribute_unknown() -> None:
    raw = [RawChange("industry", "x", days_ago(2), None), RawChange("industry", "", days_ago(1), None)]
    assert [change.value for change in replay(raw, [(SECTOR, SECTOR.fields)], {})] == ["x", None]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Directora", "text"),
        (12.5, "number"),
        (1e22, "number"),
        (True, "boolean"),
        (False, "boolean"),
        (NOW, "datetime"),
        (("a", "b c"), "list"),
        (UNKNOWN, "text"),
    ],
)
def test_texts_of_values_read_back_as_the_values(value: Value, kind: ValueType) -> None:
    assert parse_value(to_text(value), kind) == value
