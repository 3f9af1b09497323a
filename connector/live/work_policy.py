"""Choose what becomes of a doorbell that could not be answered: later, and when, or parked, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from connector.domain.model import Locale
from connector.errors import (
    AccessError,
    CrmError,
    RateLimitedError,
    RejectedError,
    RetryableError,
    UnavailableError,
    UsageError,
)

_FIRST_DELAY_SECONDS: Final = 5.0
_LONGEST_DELAY_SECONDS: Final = 900.0
_UNTIL_REPAIRED_SECONDS: Final = 300.0
_LONGEST_REPAIR_SECONDS: Final = 3_600.0
_LONGEST_BUSY_SECONDS: Final = 120.0
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class WorkPolicy:
    """Bound a worker's patience.

    `lease_seconds` is how long a worker has for what it took, and how long a killed one holds people up.
    `read_lag_seconds`: a reading may miss what the CRM stored just before it. A record written `breaker_writes` times
    within `breaker_minutes` is being fought over by somebody else.
    """

    lease_seconds: float = 300.0
    read_lag_seconds: float = 2.0
    most_attempts: int = 10
    most_deliveries: int = 40
    most_reconciliations: int = 3
    busy_seconds: float = 3.0
    breaker_writes: int = 20
    breaker_minutes: float = 10.0


@dataclass(frozen=True, slots=True)
class Later:
    """Ring again after some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Park:
    """Set aside for a person."""

    reason: str


Verdict: TypeAlias = Later | Park


def judge(error: Exception, attempts: int, policy: WorkPolicy, locale: Locale) -> Verdict:
    """Choose by the class of the error.

    What only an administrator can repair, and the end of the day's calls, concern everybody and are waited out for as
    many deliveries as a queue bears, more than a day; so is a CRM that does not answer, for eight hours. What concerns
    one person is tried a few times.
    """
    if isinstance(error, RejectedError):
        return Park(str(error))
    if attempts >= policy.most_deliveries:
        return Park(exhausted(error, attempts, locale))
    match error:
        case RateLimitedError(scope="daily"):
            return Later(max(error.retry_after or _LONGEST_DELAY_SECONDS, _until_repaired(attempts)))
        case UsageError():
            return Later(_until_repaired(attempts))
        case AccessError() if error.status != _FORBIDDEN:
            return Later(_until_repaired(attempts))
    if attempts >= policy.most_attempts and not _is_outage(error):
        return Park(exhausted(error, attempts, locale))
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return Later(max(asked or 0.0, backoff_seconds(attempts)))


def _is_outage(error: Exception) -> bool:
    """Tell a CRM that does not answer anybody; what it left unsaid about one record has neither status nor code."""
    return isinstance(error, UnavailableError) and (error.status is not None or error.code is not None)


def backoff_seconds(attempts: int) -> float:
    """Double the wait with every attempt, up to a quarter of an hour."""
    return _doubled(_FIRST_DELAY_SECONDS, attempts, _LONGEST_DELAY_SECONDS)


def busy_seconds(attempts: int, policy: WorkPolicy) -> float:
    """Wait for a person whom another worker holds: twice as long each time, so that a killed one's lease ends first."""
    return _doubled(policy.busy_seconds, attempts, _LONGEST_BUSY_SECONDS)


def _until_repaired(attempts: int) -> float:
    return _doubled(_UNTIL_REPAIRED_SECONDS, attempts, _LONGEST_REPAIR_SECONDS)


def _doubled(first_seconds: float, attempts: int, longest_seconds: float) -> float:
    """Double a wait with every attempt after the first."""
    return min(first_seconds * 2.0 ** min(attempts - 1, 30), longest_seconds)


def exhausted(error: Exception, attempts: int, locale: Locale) -> str:
    """Say that patience ended. An error of our own is told by its class: its text may hold values."""
    what = str(error) if isinstance(error, CrmError | UsageError) else type(error).__name__
    return _EXHAUSTED[locale].format(what=what, attempts=attempts)


def too_often(deliveries: int, locale: Locale) -> str:
    return _TOO_OFTEN[locale].format(count=deliveries)


def fought_over(writes: int, policy: WorkPolicy, locale: Locale) -> str:
    return _FOUGHT_OVER[locale].format(writes=writes, minutes=round(policy.breaker_minutes))


def unreconciled(since: datetime, locale: Locale) -> str:
    return _UNRECONCILED[locale].format(
        since=since.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )


def not_as_planned(skip: str, locale: Locale) -> str:
    """Say why somebody of a plan was left alone."""
    return _NOT_AS_PLANNED[locale].format(why=_SKIPS[locale].get(skip, skip))


def other_model(locale: Locale) -> str:
    return _OTHER_MODEL[locale]


_NOT_AS_PLANNED: Final[Mapping[Locale, str]] = {
    "es": "no está como en el plan ({why}) — haga otro plan o ejecute `puente qualify` con su identificador; después"
    " `puente queue discard`",
    "en": "not as planned ({why}) — make another plan, or run `puente qualify` with the id; then"
    " `puente queue discard`",
}
_SKIPS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "stage": "su etapa cambió o ventas respondió", "profile": "se editó su perfil", "activity": "actividad nueva",
        "decided": "se decidió de nuevo", "decision": "la decisión de hoy es otra",
    },
    "en": {
        "stage": "the stage changed, or sales answered", "profile": "the profile was edited",
        "activity": "new activity", "decided": "decided anew", "decision": "today's decision is another",
    },
}  # fmt: skip
_OTHER_MODEL: Final[Mapping[Locale, str]] = {
    "es": "el plan es de otro modelo o mapeo que los desplegados — despliegue los del plan y ejecute"
    " `puente queue redrive`",
    "en": "the plan is of another model or mapping than those deployed — deploy the plan's and run"
    " `puente queue redrive`",
}
_UNRECONCILED: Final[Mapping[Locale, str]] = {
    "es": "el CRM dejó de decir quién cambió y son demasiados para un proceso — ejecute `puente qualify --changed-since"
    " {since}` y después `puente queue discard`",
    "en": "the CRM stopped telling who changed, and they are too many for one worker — run `puente qualify"
    " --changed-since {since}`, then `puente queue discard`",
}
_EXHAUSTED: Final[Mapping[Locale, str]] = {
    "es": "{what} — {attempts} intentos sin éxito; corrija la causa y ejecute `puente queue redrive`",
    "en": "{what} — {attempts} attempts without success; remove the cause and run `puente queue redrive`",
}
_TOO_OFTEN: Final[Mapping[Locale, str]] = {
    "es": "entregado {count} veces sin que ningún proceso terminara — revise el registro y `puente queue redrive`",
    "en": "delivered {count} times and no worker ever finished — look into the log, then `puente queue redrive`",
}
_FOUGHT_OVER: Final[Mapping[Locale, str]] = {
    "es": (
        "{writes} escrituras en {minutes} minutos: otro flujo o integración deshace lo que Puente escribe — deténgalo"
        " y ejecute `puente queue redrive`"
    ),
    "en": (
        "{writes} writes within {minutes} minutes: another workflow or integration undoes what Puente writes — stop it"
        " and run `puente queue redrive`"
    ),
}
