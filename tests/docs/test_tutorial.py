"""Follow the tutorial in both languages: its commands run, its edits apply, and what it shows is what is printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.docs.tutorial import Apprentice, blocks, missing_lines

PAGES = {"docs/tutorial.md": "en", "docs/tutorial.es.md": "es"}


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_of_the_tutorial_sees_what_it_shows(
    page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in list(os.environ):
        if name.startswith("PUENTE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    apprentice = Apprentice(tmp_path, monkeypatch, PAGES[page])
    shown = 0
    for block, printed in apprentice.follow(ROOT / page):
        assert missing_lines(block.code, printed) == [], f"{page}, line {block.line}:\n{printed}"
        shown += 1
    assert shown >= 14


def test_both_languages_do_the_same_steps() -> None:
    english, spanish = ([(block.language, block.note) for block in blocks(ROOT / page)] for page in PAGES)
    assert english == spanish


@pytest.mark.parametrize("page", PAGES)
def test_only_setting_up_the_machine_is_left_to_the_reader(page: str) -> None:
    (left,) = [block for block in blocks(ROOT / page) if block.note == "not run"]
    assert left.code.startswith("make setup")


def test_an_excerpt_must_be_printed_in_its_order() -> None:
    assert missing_lines("b\n[…]\na\n", "a  \nb\n") == ["a"]
    assert missing_lines("a\n[…]\nc\n", "a\nb\nc\n") == []
