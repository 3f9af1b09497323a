"""Say what went wrong by what to do next.

The class of an error decides the next act, its attributes say what happened, its message says what, where and what
to do. Messages never carry tokens, e-mail addresses or field values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


class PuenteError(Exception):
    """Be the root of every error Puente raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Locate one mistake in a file somebody can edit.

    `line` counts from 1; `path` is the place inside the document, list positions from 0 (`fit.criteria[2].weight`).
    """

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.message}"


class UsageError(PuenteError):
    """Stop because a file, a setting or an argument must be corrected by somebody (exit code 2)."""

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        self.message = message or "\n".join(str(problem) for problem in self.problems)
        super().__init__(self.message)


class SettingsError(UsageError):
    """Refuse a setting."""


class MappingError(UsageError):
    """Refuse a mapping file, or a mapping the CRM's own schema cannot satisfy."""


class ModelError(UsageError):
    """Refuse a model file."""


class CaseError(UsageError):
    """Refuse a file of golden cases."""


class DoorbellError(PuenteError):
    """Keep the door shut; the sender may try again, we do not."""


class SignatureError(DoorbellError):
    """Refuse a doorbell whose sender cannot be verified (401)."""


class PayloadError(DoorbellError):
    """Refuse a doorbell that cannot be read (400)."""


class CrmError(PuenteError):
    """Report what a CRM answered.

    `status` is the HTTP status (None when no answer came), `code` the CRM's own category, `request_id` what its
    support asks for.
    """

    def __init__(
        self, message: str, *, status: int | None = None, code: str | None = None, request_id: str | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.request_id = request_id
        super().__init__(message)


class RetryableError(CrmError):
    """Try again later: the same request may succeed. `retry_after` is in seconds, None when the CRM did not say."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.retry_after = retry_after
        super().__init__(message, status=status, code=code, request_id=request_id)


class RateLimitedError(RetryableError):
    """Slow down (`burst`) or stop until the CRM's day ends (`daily`)."""

    def __init__(
        self,
        message: str,
        *,
        scope: Literal["burst", "daily"],
        retry_after: float | None = None,
        status: int | None = 429,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.scope = scope
        super().__init__(message, retry_after=retry_after, status=status, code=code, request_id=request_id)


class UnavailableError(RetryableError):
    """Report an answer that never came, or a server that could not give one.

    For a write it is ambiguous: the CRM may have stored it.
    """


class LockedError(RetryableError):
    """Report a record that somebody else is changing right now."""


class AccessError(CrmError):
    """Stop and alarm: the credentials or scopes do not allow this, also after one token refresh."""


class RejectedError(CrmError):
    """Park the item: the CRM will never accept this request. `fields` names the offending properties."""

    def __init__(
        self,
        message: str,
        *,
        fields: Sequence[str] = (),
        status: int | None = 400,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.fields = tuple(fields)
        super().__init__(message, status=status, code=code, request_id=request_id)


class GoneError(CrmError):
    """Report a record that no longer exists; `survivor` is the id it was merged into, when known."""

    def __init__(
        self,
        message: str,
        *,
        survivor: str | None = None,
        status: int | None = 404,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.survivor = survivor
        super().__init__(message, status=status, code=code, request_id=request_id)


class ConflictError(CrmError):
    """Report that what we wanted to create exists already."""
