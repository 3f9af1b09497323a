"""Put HubSpot together from the settings: the part of the composition root that knows its credentials."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Final

from pydantic import SecretStr

from adapters.hubspot.connection import HubSpotConnection
from connector.bootstrap_state import KeptSecret
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale
from connector.errors import SettingsError
from connector.ports import Crm
from connector.settings import Settings, is_address


@contextmanager
def open_hubspot(
    settings: Settings,
    mapping: FieldMapping,
    used_kinds: frozenset[str],
    attributes: frozenset[str],
    horizon_days: float | None,
    reserve_pct: float,
) -> Iterator[Crm]:
    """Open one account; nothing is sent yet. Raises SettingsError naming what is missing."""
    from adapters.hubspot.adapter import HubSpotCrm  # here: commands that need no network load no HTTP client

    kept = kept_refresh_token(settings)
    connection = hubspot_connection(settings, kept.get() if kept else None)
    crm = HubSpotCrm(
        replace(connection, reserve_pct=reserve_pct),
        mapping,
        used_kinds,
        attributes,
        horizon_days,
        on_refresh_token=kept.put if kept else None,
    )
    with closing(crm):
        yield crm


def hubspot_connection(settings: Settings, newest_refresh_token: str | None = None) -> HubSpotConnection:
    """Say how to reach HubSpot. Raises SettingsError naming the credential that is missing."""
    hubspot = settings.hubspot
    if missing := _missing_credentials(settings):
        raise SettingsError(_NO_CREDENTIAL[settings.locale].format(names=", ".join(missing)))
    if not is_address(hubspot.base_url):
        raise SettingsError(_BAD_ADDRESS[settings.locale])
    return HubSpotConnection(
        base_url=hubspot.base_url,
        api_version=hubspot.api_version,
        access_token=_reveal(hubspot.access_token),
        client_id=hubspot.client_id,
        client_secret=_reveal(hubspot.client_secret),
        refresh_token=newest_refresh_token or _reveal(hubspot.refresh_token),
        app_id=hubspot.app_id,
        rate_per_10s=hubspot.rate_per_10s,
    )


def _missing_credentials(settings: Settings) -> list[str]:
    """Return the settings to fill in: the one token, or what a begun OAuth set-up lacks."""
    hubspot = settings.hubspot
    oauth = {
        "CLIENT_ID": hubspot.client_id,
        "CLIENT_SECRET": _reveal(hubspot.client_secret),
        "REFRESH_TOKEN": _reveal(hubspot.refresh_token),
    }
    if _reveal(hubspot.access_token) or all(oauth.values()):
        return []
    wanted = [name for name, value in oauth.items() if not value] if oauth["REFRESH_TOKEN"] else ["ACCESS_TOKEN"]
    return [f"PUENTE_HUBSPOT__{name}" for name in wanted]


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value().strip() or None if secret else None


def kept_refresh_token(settings: Settings) -> KeptSecret | None:
    """Keep renewed refresh tokens in the state; a token newly written into the settings starts afresh."""
    configured = _reveal(settings.hubspot.refresh_token)
    if not settings.hubspot.refresh_token:
        return None
    return KeptSecret(settings, f"hubspot:refresh_token:{hashlib.sha256((configured or '').encode()).hexdigest()[:16]}")


_NO_CREDENTIAL: Final[Mapping[Locale, str]] = {
    "es": (
        "{names}: falta la credencial de HubSpot — póngala en .env o en el entorno y ejecute"
        " `puente doctor`; sin cuenta, pruebe `puente demo`"
    ),
    "en": (
        "{names}: the HubSpot credential is missing — put it into .env or the environment and run"
        " `puente doctor`; without an account, try `puente demo`"
    ),
}
_BAD_ADDRESS: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_HUBSPOT__BASE_URL: no es una dirección — escríbala como https://servidor o http://servidor:puerto",
    "en": "PUENTE_HUBSPOT__BASE_URL: is no address — write it as https://host or http://host:port",
}
