"""Hold what one look at one thing found. The words are elsewhere, so that both languages and machines read the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias

from connector.errors import AccessError, CrmError, GoneError, RateLimitedError

State: TypeAlias = Literal["ok", "warn", "fail"]
Value: TypeAlias = str | int | date | tuple[str, ...]
NOT_CHECKED: Final = "not_checked"
NOT_OFFERED: Final = "not_offered"
LIMITS: Final = "limits"


@dataclass(frozen=True, slots=True)
class Check:
    """Say how one thing stands. `code` chooses the sentence and the next step, `values` fill them in."""

    name: str
    state: State
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    error: CrmError | None = None


def ok(name: str, code: str, /, **values: Value) -> Check:
    return Check(name, "ok", code, values)


def warn(name: str, code: str, /, **values: Value) -> Check:
    return Check(name, "warn", code, values)


def fail(name: str, code: str, /, **values: Value) -> Check:
    return Check(name, "fail", code, values)


def look(name: str, checks: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yield what a look finds; one that is refused is a warning and the others go on, but for a day that is used up.

    Raises AccessError when the credential itself is refused: nothing else would be answered either.
    """
    try:
        yield from list(checks())
    except CrmError as error:
        if isinstance(error, AccessError) and error.status != 403:
            raise
        if isinstance(error, GoneError):
            yield warn(name, NOT_OFFERED)
            return
        spent = name == LIMITS and isinstance(error, RateLimitedError) and error.scope == "daily"
        yield Check(name, "fail" if spent else "warn", NOT_CHECKED, error=error)


def has_failed(checks: Sequence[Check]) -> bool:
    return any(check.state == "fail" for check in checks)
