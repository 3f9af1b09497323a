"""Answer HubSpot's webhooks: verify, read, queue, and only then say so. No call to HubSpot, no scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.hubspot.webhook import MOST_BYTES, split_secrets, verify_signature
from adapters.hubspot.webhook_events import parse_doorbells
from connector.errors import DoorbellError, SettingsError
from webhooks.receive_answer import STATUS_QUEUE_REFUSED, STATUS_TOO_LARGE, Answer, Put, log_refusal, ring, status_of

DOOR: Final = "hubspot"
SECRET: Final = "PUENTE_HUBSPOT__CLIENT_SECRET"  # noqa: S105 - the name of a setting
URL: Final = "PUENTE_HUBSPOT__WEBHOOK_URL"
APP_ID: Final = "PUENTE_HUBSPOT__APP_ID"
PORTAL_ID: Final = "PUENTE_HUBSPOT__PORTAL_ID"


@dataclass(frozen=True, slots=True)
class HubSpotDoor:
    """Hold what opens the door. `account` None takes the events of every portal, `app_id` None knows no echo."""

    url: str
    secrets: tuple[str, ...] = field(repr=False)
    account: str | None = None
    app_id: str | None = None

    def answer(self, raw: bytes, headers: Mapping[str, str], put: Put, now: datetime) -> Answer:
        """Answer one POST: 204, 401, 400, 413, or 500 when the queue refused. `headers` have lower-case names."""
        if len(raw) > MOST_BYTES:
            log_refusal(DOOR, STATUS_TOO_LARGE, len(raw))
            return Answer(STATUS_TOO_LARGE)
        try:
            verify_signature(raw, headers, url=self.url, secrets=self.secrets, now=now)
            doorbells = parse_doorbells(raw, account=self.account, app_id=self.app_id, now=now)
        except DoorbellError as error:
            log_refusal(DOOR, status_of(error), len(raw))
            return Answer(status_of(error))
        return Answer(204 if ring(DOOR, put, doorbells) else STATUS_QUEUE_REFUSED)


def hubspot_door(settings: Mapping[str, str]) -> HubSpotDoor:
    """Build the door from settings by their names in the environment. Raises SettingsError naming what is missing."""
    secrets, url = split_secrets(settings.get(SECRET, "")), settings.get(URL, "").strip()
    missing = [name for name, value in ((SECRET, secrets), (URL, url)) if not value]
    if missing:
        raise SettingsError(f"{', '.join(missing)}: missing — without it no webhook can be verified")
    return HubSpotDoor(url, secrets, settings.get(PORTAL_ID) or None, settings.get(APP_ID) or None)
