"""Hold the pages' examples against the readers of files, and the generated pages against the code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import reduce
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from connector.domain.mapping_file import parse_mapping
from connector.domain.model_file import parse_model
from tests.docs.pages import ROOT, code_blocks, name_of, pages

MODEL_KEYS: Final = {"version", "fit", "engagement", "stages", "handoff", "hand_raises", "nurture"}
MAPPING_KEYS: Final = {"attributes", "events", "write_back"}


def merged(whole: Any, part: Any) -> Any:
    """Return a file with a page's fragment worked in: maps joined, lists lengthened, all else replaced."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return {**whole, **{key: merged(whole[key], value) if key in whole else value for key, value in part.items()}}
    return [*whole, *part] if isinstance(whole, list) and isinstance(part, list) else part


def fragments(keys: set[str]) -> dict[str, Any]:
    """Return the YAML examples of all pages whose top keys belong to a kind of file."""
    found = {}
    for page in pages():
        for number, block in enumerate(code_blocks(page, "yaml")):
            content = yaml.safe_load(block)
            if (
                isinstance(content, dict)
                and set(content) <= keys
                and "stages" not in content.keys() & keys - MODEL_KEYS
            ):
                found[f"{name_of(page)} {number}"] = content
    return found


def packaged(name: str) -> Any:
    return yaml.safe_load((ROOT / "mappings" / name).read_text())


def as_text(content: Any) -> str:
    """Write a file's content in a form in which nothing has to be quoted."""
    return json.dumps(content, default=str)


def test_examples_of_a_mapping_are_accepted() -> None:
    examples = fragments(MAPPING_KEYS)
    assert examples
    for example in examples.values():
        parse_mapping(as_text(merged(packaged("hubspot.yaml"), example)), file="example.yaml", crm="hubspot")


def test_examples_of_a_model_are_accepted() -> None:
    mapping = reduce(merged, fragments(MAPPING_KEYS).values(), packaged("hubspot.yaml"))
    types = parse_mapping(as_text(mapping), file="example.yaml", crm="hubspot").attribute_types
    examples = fragments(MODEL_KEYS)
    assert len(examples) >= 3
    for example in examples.values():
        parse_model(as_text(merged(packaged("model.yaml"), example)), file="example.yaml", types=types)


@pytest.mark.parametrize("generator", sorted(ROOT.glob("docs/generate_*.py")), ids=name_of)
def test_generated_pages_are_what_the_code_says(generator: Path) -> None:
    done = subprocess.run([sys.executable, generator, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_worked_example_of_decay_is_right() -> None:
    text = (ROOT / "docs" / "explanation" / "scoring.md").read_text()
    stated = re.search(
        r"half-life of 21 days it is worth ([\d.]+) after one day,\n5 after three weeks, ([\d.]+) after six", text
    )
    assert stated
    assert [round(10 * 2 ** (-days / 21), 2) for days in (1, 42)] == [float(number) for number in stated.groups()]
