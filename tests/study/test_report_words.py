"""The report's sentences: both languages say the same things, and nothing is left unsaid or unused."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from connector.study.report.channel_names import CHANNEL_NAMES
from connector.study.report.words_en import REPORT_EN
from connector.study.report.words_es import REPORT_ES

SOURCES = Path(__file__).parents[2] / "connector" / "study" / "report"
BUILT = ("finding", "standing", "word", "step", "short", "kind", "legend", "lacks", "shows", "with", "without", "cause",
         "clause", "trend", "points")  # fmt: skip
"""What keys begin with that are put together where they are said."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", sorted(REPORT_ES.keys() | REPORT_EN.keys()))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert placeholders(REPORT_ES[key]) == placeholders(REPORT_EN[key])


@pytest.mark.parametrize("key", sorted(key for key in REPORT_EN if key.endswith("_one")))
def test_a_single_one_needs_no_more_than_many(key: str) -> None:
    assert placeholders(REPORT_EN[key]) <= placeholders(REPORT_EN[key.removesuffix("_one")])


def test_every_sentence_is_said_somewhere() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("[!w]*.py"))
    quoted = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", texts))
    keys = {key.removesuffix("_one") for key in REPORT_EN}
    assert {key for key in keys if key not in quoted and key.partition("_")[0] not in BUILT} == set()


def test_every_kind_of_finding_has_its_sentence() -> None:
    text = (SOURCES / "findings.py").read_text("utf-8")
    plain = set(re.findall(r'Finding\(\s*"(\w+)"', text)) | {"late_all", "blocked"}
    built = {
        f"harmful_{kind}_{by}"
        for kind in ("signal", "criterion", "hand_raise", "penalty")
        for by in ("won", "accepted")
    }
    built |= {
        "channel_better",
        "channel_worse",
        "rejected",
        *(f"rejected_{why}" for why in ("fit", "timing", "no_response")),
    }
    said = {key.removeprefix("finding_").removesuffix("_one") for key in REPORT_EN if key.startswith("finding_")}
    assert said == plain | built


def test_channels_have_a_name_in_both_languages_where_the_crm_has_none() -> None:
    shouted = {name for name in CHANNEL_NAMES["es"] if name.isupper()}
    assert shouted == {name for name in CHANNEL_NAMES["en"] if name.isupper()}
