"""A plan's sentences: both languages say the same things, and nothing is left unsaid or unused."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from connector.study.plan_words_en import PLAN_EN
from connector.study.plan_words_es import PLAN_ES

SOURCES = Path(__file__).parents[2] / "connector"
BUILT = ("call", "cause", "rule", "became", "skip")
"""What keys begin with that are put together where they are said."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", sorted(PLAN_ES.keys() | PLAN_EN.keys()))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    if key.endswith("_one"):  # one of the languages may need no words of its own for a single person
        plain = key.removesuffix("_one")
        assert all(
            placeholders(words.get(key, words[plain])) <= placeholders(words[plain]) for words in (PLAN_ES, PLAN_EN)
        )
        return
    assert placeholders(PLAN_ES[key]) == placeholders(PLAN_EN[key])


def test_every_sentence_is_said_somewhere() -> None:
    modules = [*(SOURCES / "study").glob("plan_[!w]*.py"), *(SOURCES / "cli").glob("*.py")]
    quoted = set(re.findall(r"[\"']([a-z_]+)[\"']", "\n".join(path.read_text() for path in modules)))
    keys = {key.removesuffix("_one") for key in PLAN_ES}
    assert {key for key in keys if key not in quoted and key.partition("_")[0] not in BUILT} == set()
