"""YAML as ops people write it: one document, plain values, and a line for everything."""

from __future__ import annotations

import pytest

from connector.domain.yaml_file import MAX_DEPTH, read_yaml
from connector.domain.yaml_tree import Entries, Items, Scalar, to_plain


def problem(text: str) -> tuple[int, str, str]:
    document = read_yaml(text, "f.yaml")
    assert len(document.problems) == 1, document.problems
    only = document.problems[0]
    assert only.file == "f.yaml"
    return only.line, only.path, only.message


def bomb(levels: int) -> str:
    """Write a file of some hundred bytes that stands for nine to the power of `levels` values."""
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("---\n...\n", 1, "the file is empty"),
        ("~", 1, "the file is empty"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("a: [1,\nb: 2\n", 2, "sequence on line 1"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ('a: "x\n', 1, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a: 1\nb: \x00\n", 2, "U+0000"),
        ("a: \ud800\n", 1, "U+D800"),
        ("[" * (MAX_DEPTH + 1), 1, "nested deeper"),
        ("a: " + "{a: " * 100_000, 1, "nested deeper"),
        ("%YAML 2.0\n---\na: 1\n", 1, "not valid YAML"),
        (bomb(8), 7, "too large once its aliases are written out"),
    ],
)
def test_a_file_that_cannot_be_read_gives_one_problem_with_its_line(text: str, line: int, words: str) -> None:
    found = problem(text)
    assert found[:2] == (line, "(file)")
    assert words in found[2]
    assert read_yaml(text, "f.yaml").root is None


@pytest.mark.parametrize(
    ("text", "line", "path", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "repeated (first on line 1)"),
        ("x: {y: {z: 1, z: 2}}\n", 1, "x.y.z", "repeated"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "a", "the tag"),
        ("a: !!int 3\n", 1, "a", "the tag"),
        ("a: ! 3\n", 1, "a", "the tag"),
        ("a:\n- 1\n- &x {b: *x}\n", 3, "a[1].b", "the value it is part of"),
        ("a: *nowhere\n", 1, "a", "no anchor above it"),
        ("NO: 1\n", 1, "NO", 'quote it: "NO"'),
        ("1: a\n", 1, "1", 'quote it: "1"'),
        ("18:00: a\n", 1, "18:00", 'quote it: "18:00"'),
        ("~: a\n", 1, "(file)", "a key must be a text"),
        ("? [a, b]\n: c\n", 1, "(file)", "a key must be a text"),
        ("a: &a {x: 1}\nb:\n  <<: *a\n", 3, "b", "merge keys"),
    ],
)
def test_what_could_surprise_is_refused_in_its_place(text: str, line: int, path: str, words: str) -> None:
    found = problem(text)
    assert found[:2] == (line, path)
    assert words in found[2]


def test_all_problems_of_form_come_at_once() -> None:
    document = read_yaml("a: !x 1\na: 2\nNO: 3\nb: *c\n", "f.yaml")
    assert [(found.line, found.path) for found in document.problems] == [(1, "a"), (2, "a"), (3, "NO"), (4, "b")]


@pytest.mark.parametrize(
    ("spelling", "kind", "value"),
    [
        ("ES", "text", None),
        ("NO", "boolean", False),
        ("on", "boolean", True),
        ("~", "null", None),
        ("12", "number", 12.0),
        ("-0.5", "number", -0.5),
        ("1_000", "number", 1000.0),
        ("1.0e+3", "number", 1000.0),
        ("1e3", "text", None),
        ("01001", "odd_number", None),
        ("0x10", "odd_number", None),
        ("18:00", "odd_number", None),
        ("09:00", "text", None),
        ("1.0.0", "text", None),
        ("2026-03-02", "timestamp", None),
        ("2026-03-02T10:00:00Z", "timestamp", None),
        ("'12'", "text", None),
        ('"NO"', "text", None),
        ("<<", "text", None),
    ],
)
def test_a_value_keeps_its_spelling_beside_what_yaml_takes_it_for(
    spelling: str, kind: str, value: float | None
) -> None:
    root = read_yaml(f"a: {spelling}\n", "f.yaml").root
    assert isinstance(root, Entries)
    scalar = root.entries["a"]
    assert isinstance(scalar, Scalar)
    assert (scalar.kind, scalar.text) == (kind, spelling.strip("'\""))
    if value is not None:
        assert scalar.value == value


def test_every_value_knows_its_line() -> None:
    text = "# comment\na:\n  b: [1,\n      2]\n  c: |\n    text\n    more\nd: {e: f}\n"
    document = read_yaml(text, "f.yaml")
    places = {"a": 3, "a.b": 3, "a.b[1]": 4, "a.c": 5, "d.e": 8}
    assert {path: document.line_of(path) for path in places} == places
    assert document.line_of("a.b[7].x") == 3, "a place that is not there has the line of what is above it"


def test_an_alias_within_reason_stands_for_its_value() -> None:
    root = read_yaml("a: &a [1, x]\nb: *a\nc: {d: *a}\n", "f.yaml").root
    assert root is not None
    assert to_plain(root) == {"a": [1, "x"], "b": [1, "x"], "c": {"d": [1, "x"]}}


def test_an_alias_does_not_hide_depth() -> None:
    nested = "".join(f"a{n}: &a{n} [[[[*a{n - 1}]]]]\n" for n in range(1, 40))
    assert "nested deeper" in problem(f"a0: &a0 [x]\n{nested}")[2]


def test_a_byte_order_mark_and_windows_lines_are_read() -> None:
    document = read_yaml("\ufeffa: 1\r\nb:\r\n  - 2\r\n", "f.yaml")
    assert document.root is not None
    assert to_plain(document.root) == {"a": 1, "b": [2]}
    assert document.line_of("b[0]") == 3


def test_the_tree_is_frozen() -> None:
    root = read_yaml("[1]", "f.yaml").root
    assert isinstance(root, Items)
    with pytest.raises(AttributeError):
        root.line = 2  # type: ignore[misc]
