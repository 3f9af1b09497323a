"""The command line's sentences: both languages say the same things, and nothing is left unsaid or unused."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from connector.cli.words import SENTENCES, count_text, duration_text, fixed_text

SOURCES = Path(__file__).parents[2] / "connector" / "cli"
BUILT = (
    "outcome", "fields", "tasks", "why", "fit", "state", "left", "journey", "routing", "by", "verdict", "install",
    "backtest", "leak", "refused", "gap",
)  # fmt: skip
"""What keys begin with that are put together where they are said."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert set(SENTENCES["es"]) == set(SENTENCES["en"])


@pytest.mark.parametrize("key", sorted(SENTENCES["es"]))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert placeholders(SENTENCES["es"][key]) == placeholders(SENTENCES["en"][key])


def test_every_sentence_is_said_somewhere_and_every_key_asked_for_exists() -> None:
    code = "\n".join(path.read_text() for path in SOURCES.glob("*.py") if not path.name.startswith("words"))
    quoted = set(re.findall(r"[\"']([a-z_]+)[\"']", code))
    unused = {key for key in SENTENCES["es"] if key not in quoted and key.partition("_")[0] not in BUILT}
    assert unused == set()
    said = set(re.findall(r"(?:\.say|\.tell|heading)\(\s*[\"']([a-z_]+)[\"']", code))
    assert said <= set(SENTENCES["es"])


def test_numbers_are_written_the_locale_s_way() -> None:
    assert count_text(1_234_567, "es") == "1.234.567"
    assert count_text(1_234_567, "en") == "1,234,567"
    assert fixed_text(-0.001, "en") == "0.00"
    assert fixed_text(2.5, "es") == "2,50"


@pytest.mark.parametrize(
    ("seconds", "es", "en"),
    [
        (0, "0 s", "0 s"), (0.2, "1 s", "1 s"), (119, "119 s", "119 s"), (120, "2 min", "2 min"),
        (7_199, "120 min", "120 min"),
        (7_200, "2 h", "2 h"), (172_800, "2 días", "2 days"), (100_000_000, "1.157 días", "1,157 days"),
    ],
)  # fmt: skip
def test_durations_are_written_in_the_largest_unit_that_says_them_well(seconds: float, es: str, en: str) -> None:
    assert (duration_text(seconds, "es"), duration_text(seconds, "en")) == (es, en)
