"""Say no: the error behind every answer that is not a success, whichever CRM is imitated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RefusedError(Exception):
    """An answer of the imitated API that is not a success."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})
