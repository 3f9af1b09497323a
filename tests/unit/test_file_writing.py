"""Files are written whole or not at all, and secret ones are never open to others, not even for a moment."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from connector.file_writing import FOR_OWNER, write_atomically


def test_a_file_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    write_atomically(path, "new: ñ\n")
    assert path.read_text(encoding="utf-8") == "new: ñ\n"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_secret_file_is_its_owner_s_alone_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("open")
    path.chmod(0o644)
    write_atomically(path, "secret", mode=FOR_OWNER)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "lone surrogate: \ud800")
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["a.txt"])


def test_what_a_kill_left_is_removed_the_next_time_and_nothing_else(tmp_path: Path) -> None:
    now = (tmp_path / "b.txt").touch() or (tmp_path / "b.txt").stat().st_mtime
    others = (".env.example", "..env.0123abc", "..env.0123abcde", "..envx.0123abcd", ".a.txt.0123abcd")
    for name in ("..env.0123abcd", "..env.89abcdef", *others):
        (tmp_path / name).write_text("secret")
        os.utime(tmp_path / name, (now - 3_600, now - 3_600))
    os.utime(tmp_path / "..env.89abcdef", (now, now))
    write_atomically(tmp_path / ".env", "new", mode=FOR_OWNER)
    assert set(os.listdir(tmp_path)) == {"b.txt", ".env", "..env.89abcdef", *others}


def test_a_folder_in_the_way_stays(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OSError, match=r"a\.txt"):
        write_atomically(tmp_path / "a.txt", "new")
    assert os.listdir(tmp_path) == ["a.txt"]
