"""What differs between two model files is told by the paths of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.domain.model_file import parse_model
from connector.files import load_mapping, load_model
from connector.study.model_changes import list_model_changes

PACKAGED = Path(__file__).parents[2] / "mappings" / "model.yaml"
MAPPING = load_mapping(None, "hubspot")
BEFORE = load_model(None, MAPPING)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("enter: 50, exit: 37.5", "enter: 40, exit: 37.5", [("stages.mql.enter", "50", "40")]),
        ("sql: {enter: null", "sql: {enter: 80", [("stages.sql.enter", "—", "80")]),
        ("capacity_per_day: null", "capacity_per_day: 15", [("handoff.routing.capacity_per_day", "—", "15")]),
        ("round_robin: []", "round_robin: [\"7\", \"8\"]", [("handoff.routing.round_robin", "—", "7, 8")]),
        ("threshold: 50", "threshold: 60", [("fit.threshold", "50", "60")]),
        ("threshold: 50", "threshold: 50.0000001", [("fit.threshold", "50", "50.0000001")]),
        ("on_hand_raise: true", "on_hand_raise: false", [("stages.sql.on_hand_raise", "true", "false")]),
    ],
)  # fmt: skip
def test_a_change_is_named_as_in_the_file(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    text = PACKAGED.read_text("utf-8")
    assert old in text
    after = parse_model(text.replace(old, new, 1), file="model.yaml", types=MAPPING.attribute_types)
    assert [(one.path, one.before, one.after) for one in list_model_changes(BEFORE, after)] == expected


def test_the_same_content_has_no_changes_whatever_its_spelling() -> None:
    text = f"# a comment\n{PACKAGED.read_text('utf-8')}"
    assert list_model_changes(BEFORE, parse_model(text, file="m.yaml", types=MAPPING.attribute_types)) == ()
