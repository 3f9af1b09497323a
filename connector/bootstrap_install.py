"""Put together what installs and uninstalls, from the settings: the vendors' clients are loaded only here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote, urlsplit

from connector.bootstrap_hubspot import hubspot_connection, kept_refresh_token
from connector.bootstrap_salesforce import salesforce_connection
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale
from connector.errors import SettingsError
from connector.settings import Settings

if TYPE_CHECKING:
    from adapters.installation import Installation, PartState, Removal
    from adapters.salesforce.install_doorbells import Doorbells

_TOKEN: Final = "PUENTE_SALESFORCE__WEBHOOK_TOKEN"  # noqa: S105 - the name of a setting
_WEBHOOK_URL: Final = "PUENTE_SALESFORCE__WEBHOOK_URL"
_USERNAME: Final = "PUENTE_SALESFORCE__USERNAME"
_USER_ID: Final = "PUENTE_SALESFORCE__INTEGRATION_USER_ID"


@dataclass(frozen=True, slots=True)
class Wishes:
    """Say how Salesforce shall ring: `relay_to` is the AWS region and account of the Event Relay."""

    doorbell: Literal["none", "outbound", "cdc"] = "none"
    relay_to: tuple[str, str] | None = None


_NO_WISHES: Final = Wishes()


@contextmanager
def open_installation(settings: Settings, mapping: FieldMapping, wishes: Wishes = _NO_WISHES) -> Iterator[Installation]:
    """Open the CRM for installing; nothing is written yet. Raises SettingsError naming what is missing."""
    if settings.crm == "salesforce":
        from adapters.salesforce.install import build_installation, open_organization

        doorbells = _doorbells(settings, wishes)
        with open_organization(salesforce_connection(settings)) as organization:
            yield build_installation(organization, settings.locale, mapping.task_key, doorbells)
        return
    from adapters.hubspot.install import open_installation as open_hubspot

    kept = kept_refresh_token(settings)
    yield open_hubspot(
        hubspot_connection(settings, kept.get() if kept else None),
        settings.locale,
        task_key=mapping.task_key,
        on_refresh_token=kept.put if kept else None,
    )


@contextmanager
def open_removal(settings: Settings, mapping: FieldMapping) -> Iterator[Removal]:
    """Open the CRM for uninstalling; nothing is removed yet. Raises SettingsError naming what is missing."""
    if settings.crm == "salesforce":
        from adapters.salesforce.install import open_organization
        from adapters.salesforce.install_removal import SalesforceRemoval

        with open_organization(salesforce_connection(settings)) as organization:
            yield SalesforceRemoval(organization, mapping.task_key)
        return
    from adapters.hubspot.install_removal import open_removal as open_hubspot

    kept = kept_refresh_token(settings)
    yield open_hubspot(
        hubspot_connection(settings, kept.get() if kept else None),
        task_key=mapping.task_key,
        on_refresh_token=kept.put if kept else None,
    )


def install_fields(settings: Settings, mapping: FieldMapping) -> Sequence[PartState]:
    """Install without asking, and say what became of every part."""
    with open_installation(settings, mapping) as installation:
        return installation.apply()


def build_hubspot_project(settings: Settings, mapping: FieldMapping) -> Mapping[str, str]:
    """Return the files of the app's project. Raises SettingsError without the address webhooks go to."""
    from adapters.hubspot.install_project import build_project

    url = (settings.hubspot.webhook_url or "").strip()
    if urlsplit(url).scheme != "https":
        raise SettingsError(_NO_WEBHOOK_URL[settings.locale].format(name="PUENTE_HUBSPOT__WEBHOOK_URL"))
    return build_project(mapping, url)


def build_salesforce_source(settings: Settings, mapping: FieldMapping, wishes: Wishes) -> Mapping[str, str]:
    """Return the installation in source format; the secret stays a placeholder for the environment to fill."""
    from adapters.salesforce.install_doorbells import Doorbells
    from adapters.salesforce.install_package import PackageOptions, build_components
    from adapters.salesforce.install_source import build_source, placeholder

    salesforce, version = settings.salesforce, settings.salesforce.api_version
    url = (salesforce.webhook_url or placeholder(_WEBHOOK_URL)).strip().rstrip("/")
    doorbells = Doorbells(
        wishes.doorbell,
        f"{url}/{placeholder(_TOKEN)}",
        salesforce.username or placeholder(_USERNAME),
        salesforce.integration_user_id or placeholder(_USER_ID),
        wishes.relay_to,
    )
    options = PackageOptions(version, settings.locale, mapping.task_key, doorbells)
    return build_source(build_components(options), version, (_TOKEN, _WEBHOOK_URL, _USERNAME, _USER_ID))


def _doorbells(settings: Settings, wishes: Wishes) -> Doorbells:
    from adapters.salesforce.install_doorbells import Doorbells

    salesforce = settings.salesforce
    endpoint = _endpoint(settings) if wishes.doorbell == "outbound" else ""
    user_id = salesforce.integration_user_id or ""
    return Doorbells(wishes.doorbell, endpoint, salesforce.username or "", user_id, wishes.relay_to)


def _endpoint(settings: Settings) -> str:
    """Return the address of outbound messages; of several tokens the first is the one that will stay."""
    salesforce = settings.salesforce
    url = (salesforce.webhook_url or "").strip().rstrip("/")
    secret = salesforce.webhook_token.get_secret_value() if salesforce.webhook_token else ""
    token = next((part.strip() for part in secret.split(",") if part.strip()), "")
    if urlsplit(url).scheme != "https":
        raise SettingsError(_NO_WEBHOOK_URL[settings.locale].format(name=_WEBHOOK_URL))
    if not token:
        raise SettingsError(_NO_TOKEN[settings.locale].format(name=_TOKEN))
    return f"{url}/{quote(token, safe='')}"


_NO_WEBHOOK_URL: Final[Mapping[Locale, str]] = {
    "es": "{name}: falta la dirección https a la que llamará el CRM — póngala en el entorno, en .env o en puente.toml",
    "en": "{name}: the https address the CRM shall call is missing — put it into the environment, .env or puente.toml",
}
_NO_TOKEN: Final[Mapping[Locale, str]] = {
    "es": (
        "{name}: falta la parte secreta de la dirección — genere una con `openssl rand -hex 32` y póngala en .env,"
        " también donde se reciben los avisos"
    ),
    "en": (
        "{name}: the secret part of the address is missing — make one with `openssl rand -hex 32` and put it into .env,"
        " also where the messages arrive"
    ),
}
