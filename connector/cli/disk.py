"""Say in a sentence what a disk refuses: it is full, read-only, or somebody else's."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import UsageError
from connector.system_reasons import system_reason

if TYPE_CHECKING:
    from connector.cli.session import Session


def refuse_folder(path: Path) -> None:
    """Raise IsADirectoryError for a path that is a folder: `.` has no name a file could be put beside."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


@contextmanager
def telling_what_cannot_be_written(session: Session, path: Path) -> Iterator[None]:
    """Raise UsageError, naming the path, when a file cannot be written within the block."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read our output went away: that is no file
    except OSError as error:
        reason = system_reason(error, session.locale)
        raise UsageError(session.say("cannot_write", path=path, reason=reason)) from None
