"""Put Salesforce together from the settings: the part of the composition root that knows its credentials."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Final

from connector.bootstrap_state import KeptSecret
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale
from connector.errors import SettingsError
from connector.ports import Crm
from connector.settings import Settings, is_address
from connector.system_reasons import system_reason

if TYPE_CHECKING:
    from adapters.salesforce.connection import SalesforceConnection


@contextmanager
def open_salesforce(
    settings: Settings,
    mapping: FieldMapping,
    used_kinds: frozenset[str],
    attributes: frozenset[str],
    horizon_days: float | None,
) -> Iterator[Crm]:
    """Open one organisation; nothing is sent yet. Raises SettingsError naming what is missing."""
    connection = salesforce_connection(settings)
    from adapters.salesforce.adapter import SalesforceCrm  # here: commands that need no network load no HTTP client

    sessions = KeptSessions(settings, connection)
    crm = SalesforceCrm(connection, mapping, used_kinds, attributes, horizon_days, token_cache=sessions)
    with closing(sessions), closing(crm):
        yield crm


class KeptSessions:
    """Share sessions between processes through the state; other credentials have sessions of their own.

    A state that is not there yet is not made for this: the session is kept at the end, if the run made one.
    """

    def __init__(self, settings: Settings, connection: SalesforceConnection) -> None:
        parts = (connection.instance_url, connection.client_id, connection.username, connection.client_secret)
        identity = "\n".join(part or "" for part in (*parts, connection.private_key))
        name = f"salesforce:session:{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
        self._secret = KeptSecret(settings, name)
        self._waiting: str | None = None

    def get(self) -> str | None:
        return self._secret.get()

    def put(self, value: str) -> None:
        self._waiting = value
        if self._secret.has_room:
            self._secret.put(value)
            self._waiting = None

    def turn(self) -> AbstractContextManager[None]:
        return self._secret.turn()

    def close(self) -> None:
        if self._waiting is not None:
            self.put(self._waiting)


def salesforce_connection(settings: Settings) -> SalesforceConnection:
    """Say how to reach Salesforce. Raises SettingsError naming the settings that are missing or unreadable."""
    from adapters.salesforce.connection import SalesforceConnection

    salesforce, locale = settings.salesforce, settings.locale
    secret = salesforce.client_secret.get_secret_value().strip() if salesforce.client_secret else ""
    key = _private_key(settings)
    missing = [
        name
        for name, value in (("INSTANCE_URL", salesforce.instance_url), ("CLIENT_ID", salesforce.client_id))
        if not value
    ]
    if not secret and not (salesforce.username and key):
        missing.append("CLIENT_SECRET" if not salesforce.username else "PRIVATE_KEY_FILE")
    if missing:
        names = ", ".join(f"PUENTE_SALESFORCE__{name}" for name in missing)
        raise SettingsError(_NO_CREDENTIAL[locale].format(names=names))
    if not is_address(salesforce.instance_url or ""):
        raise SettingsError(_BAD_ADDRESS[locale])
    return SalesforceConnection(
        instance_url=salesforce.instance_url or "",
        client_id=salesforce.client_id,
        client_secret=secret or None,
        username=salesforce.username,
        private_key=key or None,
        api_version=salesforce.api_version,
        reserve_pct=salesforce.reserve_pct,
        bulk_threshold=salesforce.bulk_threshold,
    )


def _private_key(settings: Settings) -> str:
    """Return the key itself, from the setting or from the file it names; empty when there is neither."""
    key, path = settings.salesforce.private_key, settings.salesforce.private_key_file
    if key and (text := key.get_secret_value().strip()):
        return text
    try:
        return path.expanduser().read_text(encoding="ascii") if path else ""
    except (OSError, ValueError) as error:
        reason = system_reason(error, settings.locale)
        raise SettingsError(_BAD_KEY[settings.locale].format(reason=reason)) from None


_NO_CREDENTIAL: Final[Mapping[Locale, str]] = {
    "es": (
        "{names}: falta para entrar en Salesforce — póngalo en .env o en el entorno y ejecute"
        " `puente doctor`; sin cuenta, pruebe `puente demo --crm salesforce`"
    ),
    "en": (
        "{names}: missing to log in to Salesforce — put it into .env or the environment and run"
        " `puente doctor`; without an account, try `puente demo --crm salesforce`"
    ),
}
_BAD_ADDRESS: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_SALESFORCE__INSTANCE_URL: no es una dirección — escríbala como https://su-dominio.my.salesforce.com",
    "en": "PUENTE_SALESFORCE__INSTANCE_URL: is no address — write it as https://your-domain.my.salesforce.com",
}
_BAD_KEY: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_SALESFORCE__PRIVATE_KEY_FILE: no se puede leer ({reason}) — ponga la ruta de la clave PEM",
    "en": "PUENTE_SALESFORCE__PRIVATE_KEY_FILE: cannot be read ({reason}) — give the path of the PEM key",
}
