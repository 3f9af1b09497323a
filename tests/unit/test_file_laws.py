"""Laws: whatever a file holds, it is read or refused with problems; nothing else ever happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.case_file import CASE, parse_cases
from connector.domain.condition_file import COMBINATIONS, SUBJECTS
from connector.domain.conditions import ALL_OPERATORS
from connector.domain.mapping_file import mapping_section, parse_mapping
from connector.domain.model_file import MODEL, parse_model
from connector.domain.person import ValueType
from connector.domain.yaml_fields import Section
from connector.domain.yaml_file import read_yaml
from connector.errors import Problem, UsageError

SAMPLES = Path(__file__).parent.parent / "samples"
TYPES: dict[str, ValueType] = {"country": "text", "employees": "number", "interests": "list", "last_won_at": "datetime"}
PARSERS: tuple[Callable[[str], object], ...] = (
    lambda text: parse_model(text, file="f", types=TYPES),
    lambda text: parse_model(text, file="f", types=None),
    lambda text: parse_mapping(text, file="f"),
    lambda text: parse_cases(text, "f", TYPES),
)


def keys_of(section: Section[object]) -> set[str]:
    """Return every key that a table of a file knows, at any depth."""
    names = {key.name for key in section.keys}
    inner = [key.reader.section for key in section.keys if key.reader.section]
    return names.union(*(keys_of(part) for part in inner)) if inner else names


WORDS = sorted(
    keys_of(MODEL) | keys_of(mapping_section("hubspot")) | keys_of(CASE)
    | {*SUBJECTS, *ALL_OPERATORS, *COMBINATIONS, *TYPES, "page_view", "hubspot", "aida", "2026-03-02T10:00:00Z"}
)  # fmt: skip
scalars = st.sampled_from(WORDS) | st.text(max_size=5) | st.floats() | st.integers() | st.booleans() | st.none()
trees = st.recursive(
    scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(st.sampled_from(WORDS), part, max_size=6)
)
SHREDS = ["a: ", "- ", "\n", "\n  ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "!t ", "? ", "| ", "'", '"', "#", "%"]
shreds = st.lists(st.sampled_from(SHREDS) | st.sampled_from(WORDS), max_size=40).map("".join)


def read_or_refused(parse: Callable[[str], object], text: str) -> None:
    """Parse, and hold the problems of a refused text against its lines; any other exception fails the test."""
    problems: tuple[Problem, ...] | None = None
    try:
        parse(text)
    except UsageError as error:
        problems = error.problems
    assert problems != ()
    last_line = max(1, len(text.splitlines()))
    for problem in problems or ():
        assert 1 <= problem.line <= last_line
        assert problem.path
        assert " — " in problem.message


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in PARSERS:
        read_or_refused(parse, text)


@given(shreds)
def test_shreds_of_yaml_are_read_or_refused(text: str) -> None:
    for parse in PARSERS:
        read_or_refused(parse, text)


@given(trees)
@settings(max_examples=300)
def test_any_tree_of_known_words_is_read_or_refused(tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True)
    for parse in PARSERS:
        read_or_refused(parse, text)


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    """Take a sound file, and put a foreign piece into it or take some away."""
    name, parse = data.draw(st.sampled_from((("full-model", PARSERS[0]), ("full-mapping", PARSERS[2]))))
    text = (SAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    piece = data.draw(st.sampled_from(["", "NO", "18:00", "null", "[]", "{}", "-1", '""', "x: 1", "\n", *WORDS]))
    read_or_refused(parse, text[:start] + piece + text[end:])


@given(st.permutations([key.name for key in MODEL.keys]))
def test_the_order_of_a_models_parts_does_not_change_its_hash(order: list[str]) -> None:
    text = (SAMPLES / "full-model.yaml").read_text(encoding="utf-8")
    shuffled = "".join(text_of(text, name) for name in order)
    assert parse_model(shuffled, file="f", types=None).hash == parse_model(text, file="f", types=None).hash


def text_of(text: str, name: str) -> str:
    """Return the lines of one top-level key of a file."""
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    begin = next(number for number in starts if lines[number].startswith(f"{name}:"))
    end = next((number for number in starts if number > begin), len(lines))
    return "".join(lines[begin:end])


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=20))
def test_a_quoted_text_arrives_as_it_was_written(text: str) -> None:
    document = read_yaml(yaml.safe_dump({"a": text}, allow_unicode=True, default_style='"'), "f")
    if document.root is not None:
        assert document.root.entries["a"].text == text  # type: ignore[union-attr]
