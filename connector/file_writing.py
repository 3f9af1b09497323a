"""Write files whole or not at all: whoever looks, or a kill half-way, finds the old content or the new."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

FOR_ALL: Final = 0o644
FOR_OWNER: Final = 0o600
_NAME_BYTES: Final = 4
_ABANDONED_SECONDS: Final = 60.0


def write_atomically(path: Path, text: str, *, mode: int = FOR_ALL) -> None:
    """Put `text` in place of what is at `path`. The file has its mode before it has its content. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(_NAME_BYTES)}")
    # Exclusive: nobody can have put a link of theirs there before.
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        _remove_leftovers(path, beside)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _remove_leftovers(path: Path, newest: Path) -> None:
    """Remove what a kill half-way left beside the file: a secret may be in it. What is young may be being written."""
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{{2 * _NAME_BYTES}}}")
    written_at = newest.stat().st_mtime
    for other in path.parent.iterdir():
        if name.fullmatch(other.name) and written_at - other.lstat().st_mtime > _ABANDONED_SECONDS:
            other.unlink(missing_ok=True)
