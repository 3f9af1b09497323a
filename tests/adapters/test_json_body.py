"""Try the reading of bodies that a strict parser refuses."""

from __future__ import annotations

import pytest

from adapters.json_body import NOT_JSON, read_json


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a": [1, null]}', {"a": [1, None]}),
        (b'{"a": "\\ud800"}', {"a": "?"}),
        (b'{"\\udfff": "x"}', {"?": "x"}),
        (b'{"a": "line\nend"}', {"a": "line\nend"}),
        (b'["\xff"]', ["�"]),
    ],
)
def test_what_people_wrote_is_read_however_it_was_encoded(body: bytes, document: object) -> None:
    assert read_json(body) == document


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff\xfe"])
def test_what_is_no_json_is_told_apart_from_null(body: bytes) -> None:
    assert read_json(body) is NOT_JSON
    assert read_json(b"null") is None


@pytest.mark.parametrize("depth", [600, 900, 100_000])
@pytest.mark.parametrize("inner", [b"1", b'"\\ud800"'])
def test_no_depth_of_nesting_raises(depth: int, inner: bytes) -> None:
    document = read_json(b"[" * depth + inner + b"]" * depth)
    assert document is NOT_JSON or isinstance(document, list)
