"""Write generated files into a folder of the user's, all of them or none, and never over what somebody edited."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from connector.errors import UsageError


@dataclass(frozen=True, slots=True)
class FileState:
    """Say what is true of one file: `missing`, `exists` as it is generated, or `edited`."""

    path: str
    state: Literal["missing", "exists", "edited"]


def compare_files(folder: Path, files: Mapping[str, str]) -> tuple[FileState, ...]:
    """Compare a folder with generated files. Raises UsageError when one cannot be read."""
    return tuple(_compare(folder, path, text) for path, text in sorted(files.items()))


def _compare(folder: Path, path: str, text: str) -> FileState:
    try:
        return FileState(path, "exists" if (folder / path).read_bytes() == text.encode() else "edited")
    except FileNotFoundError:
        return FileState(path, "missing")
    except OSError as error:
        raise _unusable(folder / path, error) from None


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files; every one is written beside its place first, so that a full disk leaves what was there.

    Raises UsageError.
    """
    beside = {folder / path: (folder / path).with_name(f".{Path(path).name}.new") for path in files}
    at = folder
    try:
        for path, text in files.items():
            at = folder / path
            at.parent.mkdir(parents=True, exist_ok=True)
            beside[at].write_bytes(text.encode())
        for at, written in beside.items():
            os.replace(written, at)
    except OSError as error:
        for written in beside.values():
            with suppress(OSError):
                written.unlink(missing_ok=True)
        raise _unusable(at, error) from None


def _unusable(path: Path, error: OSError) -> UsageError:
    reason = error.strerror or type(error).__name__
    return UsageError(f"{path}: cannot be used ({reason}) — name another folder, or correct its permissions")
