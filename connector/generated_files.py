"""Compare generated files with a folder of the user's, and write them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from connector.domain.phrase import phrase
from connector.errors import UsageError
from connector.file_writing import write_atomically
from connector.system_reasons import system_phrase


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
    """Write files, each whole or not at all, after every folder is there. Raises UsageError naming the place."""
    at = folder
    try:
        for path in files:
            at = (folder / path).parent
            at.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            at = folder / path
            write_atomically(at, text)
    except OSError as error:
        raise _unusable(at, error) from None


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        phrase(
            "{path}: cannot be used ({reason}) — name another folder, or correct its permissions",
            path=str(path), reason=system_phrase(error),
        )
    )  # fmt: skip
