"""Generated files go into a folder, each whole, and an unusable place is met before anything is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connector.errors import UsageError
from connector.generated_files import compare_files, write_files

FILES = {"a.json": "1\n", "deep/er/b.json": "2\n"}


def states(folder: Path) -> dict[str, str]:
    return {one.path: one.state for one in compare_files(folder, FILES)}


def test_files_are_missing_then_there_then_edited(tmp_path: Path) -> None:
    assert set(states(tmp_path).values()) == {"missing"}
    write_files(tmp_path, FILES)
    assert set(states(tmp_path).values()) == {"exists"}
    (tmp_path / "a.json").write_text("9")
    assert states(tmp_path) == {"a.json": "edited", "deep/er/b.json": "exists"}


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("mine")
    (tmp_path / "deep").write_text("a file where a folder should be")
    with pytest.raises(UsageError, match="deep"):
        write_files(tmp_path, FILES)
    assert (tmp_path / "a.json").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["a.json", "deep"]


def test_a_place_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(UsageError, match=r"a\.json: cannot be used"):
        compare_files(tmp_path, FILES)
