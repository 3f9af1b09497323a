"""Write files whole or not at all: whoever looks, or a kill half-way, finds the old content or the new."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

FOR_ALL: Final = 0o644
FOR_OWNER: Final = 0o600


def write_atomically(path: Path, text: str, *, mode: int = FOR_ALL) -> None:
    """Put `text` in place of what is at `path`. The file has its mode before it has its content. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # Exclusive: nobody can have put a link of theirs there before.
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
