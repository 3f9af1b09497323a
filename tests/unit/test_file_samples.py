"""Broken files: every problem of a file is reported at once, on its line, at its path, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from connector.domain.case_file import parse_cases
from connector.domain.mapping_file import parse_mapping
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.errors import CaseError, MappingError, ModelError, UsageError

SAMPLES = Path(__file__).parent.parent / "samples" / "broken"
TYPES: dict[str, ValueType] = {
    "country": "text",
    "job_title": "text",
    "email": "text",
    "employees": "number",
    "opted_out": "boolean",
    "last_won_at": "datetime",
    "interests": "list",
}
PARSERS: dict[str, tuple[type[UsageError], Callable[[str, str], object]]] = {
    "model": (ModelError, lambda text, file: parse_model(text, file=file, types=TYPES)),
    "mapping": (MappingError, lambda text, file: parse_mapping(text, file=file)),
    "cases": (CaseError, lambda text, file: parse_cases(text, file, TYPES)),
}


def expected_problems(text: str) -> list[tuple[int, str, str]]:
    """Read the notes `#! path: words | path: words` behind the lines of a sample."""
    notes = []
    for line, content in enumerate(text.splitlines(), 1):
        _, found, note = content.partition("#! ")
        for part in note.split(" | ") if found else ():
            path, _, words = part.strip().partition(": ")
            notes.append((line, path, words))
    return notes


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_file_gives_every_problem_with_its_line_and_path(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    error, parse = PARSERS[sample.stem.partition("-")[0]]
    with pytest.raises(error) as caught:
        parse(text, sample.name)
    expected = expected_problems(text)
    problems = caught.value.problems
    assert [(p.line, p.path) for p in problems] == sorted((line, path) for line, path, _ in expected)
    for line, path, words in expected:
        messages = [p.message for p in problems if (p.line, p.path) == (line, path)]
        assert any(words in message for message in messages), (line, path, words, messages)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_message_says_where_what_and_what_to_do(sample: Path) -> None:
    error, parse = PARSERS[sample.stem.partition("-")[0]]
    with pytest.raises(error) as caught:
        parse(sample.read_text(encoding="utf-8"), sample.name)
    for line in str(caught.value).splitlines():
        assert re.fullmatch(re.escape(sample.name) + r":\d+: .+: .+ — .+", line), line
