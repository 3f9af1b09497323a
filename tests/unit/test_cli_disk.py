"""What a disk refuses is a sentence with the path and exit code 2; who stops reading our output is no such thing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from connector.cli.disk import refuse_folder, telling_what_cannot_be_written
from connector.cli.session import Session
from connector.errors import UsageError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_told_with_the_path(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUENTE_LOCALE", "en")
    with pytest.raises(UsageError) as caught, telling_what_cannot_be_written(Session(), Path("plan.jsonl")):
        raise OSError(number, os.strerror(number))
    assert "plan.jsonl" in str(caught.value)
    assert os.strerror(number) in str(caught.value)


def test_whoever_stops_reading_our_output_is_no_full_disk() -> None:
    with pytest.raises(BrokenPipeError), telling_what_cannot_be_written(Session(), Path("plan.jsonl")):
        raise BrokenPipeError


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    refuse_folder(tmp_path / "report.html")
    with pytest.raises(IsADirectoryError):
        refuse_folder(tmp_path)
