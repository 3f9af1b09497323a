"""Look at the webhook's address: whether it is complete, answers, lets us in and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connector.cli.doctor_check import Check, fail, ok, warn
from connector.live.clock import Clock
from connector.settings import Settings

if TYPE_CHECKING:
    from adapters.doorbell_trial import Trial

_NAME: Final = "webhook"
_REFUSED: Final = (401, 403)


def look_at_webhook(settings: Settings, account: str, clock: Clock) -> Iterator[Check]:
    """Ring the configured door, or say what is missing to have one. Without any part of one there is nothing to say."""
    url, secret = _address(settings)
    names = _setting_names(settings)
    missing = tuple(name for name, value in zip(names, (url, secret), strict=True) if not value)
    if not url:
        # A client secret may be there for OAuth alone; a token of the path is there for nothing else.
        half = bool(secret) and settings.crm == "salesforce"
        yield warn(_NAME, "webhook_half", names=missing) if half else ok(_NAME, "webhook_none", name=names[0])
        return
    if not secret:
        yield fail(_NAME, "webhook_half", names=missing)
        return
    if not _is_safe(url):
        yield fail(_NAME, "webhook_not_https", name=names[0])
        return
    from adapters.doorbell_trial import ring_hubspot, ring_salesforce  # here: only who has a door rings it

    is_salesforce = settings.crm == "salesforce"
    trial = ring_salesforce(url, secret, account) if is_salesforce else ring_hubspot(url, secret, clock())
    yield judge_trial(trial, names)


def judge_trial(trial: Trial, names: tuple[str, str]) -> Check:
    """Judge how the door answered. Pure."""
    if trial.right is None or trial.wrong is None:
        return fail(_NAME, "webhook_unreachable", name=names[0], reason=trial.trouble)
    if trial.right in _REFUSED:
        return fail(_NAME, "webhook_refused", names=names)
    if not 200 <= trial.right < 300:
        return fail(_NAME, "webhook_odd", name=names[0], status=trial.right)
    if trial.wrong not in _REFUSED:
        return fail(_NAME, "webhook_open", name=names[0], status=trial.wrong)
    return ok(_NAME, "webhook_ok")


def _address(settings: Settings) -> tuple[str, str]:
    crm = settings.salesforce if settings.crm == "salesforce" else settings.hubspot
    secret = settings.salesforce.webhook_token if settings.crm == "salesforce" else settings.hubspot.client_secret
    return (crm.webhook_url or "").strip(), secret.get_secret_value().strip() if secret else ""


def _setting_names(settings: Settings) -> tuple[str, str]:
    if settings.crm == "salesforce":
        return "PUENTE_SALESFORCE__WEBHOOK_URL", "PUENTE_SALESFORCE__WEBHOOK_TOKEN"
    return "PUENTE_HUBSPOT__WEBHOOK_URL", "PUENTE_HUBSPOT__CLIENT_SECRET"


def _is_safe(url: str) -> bool:
    """Say whether a CRM would ring there: over HTTPS, or on this machine, where a tunnel may bring it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "localhost")))
