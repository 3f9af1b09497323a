"""Create our property group and properties in a HubSpot account. Safe to repeat; nothing is changed or deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.client import fetch_access_token
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install_fields import GROUP, GROUP_LABEL, difference, property_body
from adapters.hubspot.install_sdk import SdkSender
from adapters.hubspot.replies import parse_page
from adapters.installation import FieldState
from adapters.own_labels import Locale
from connector.errors import AccessError, ConflictError, CrmError, GoneError, RejectedError, UnavailableError
from connector.own_fields import PERSON_FIELDS, TASK_KEY_FIELD, OwnField

_CONTACTS: Final = "contacts"
_TASKS: Final = "tasks"
_UNDATED: Final = "v3"


class Sender(Protocol):
    """Send one request of the installation."""

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object: ...


def plan_install(
    connection: HubSpotConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY_FIELD.name,
    on_refresh_token: Callable[[str], None] | None = None,
) -> tuple[FieldState, ...]:
    """Compare the account with what we need, and write nothing."""
    sender = SdkSender(connection, fetch_access_token(connection, on_refresh_token))
    return Installer(sender, connection.api_version, locale, task_key).run(write=False)


def install(
    connection: HubSpotConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY_FIELD.name,
    on_refresh_token: Callable[[str], None] | None = None,
) -> tuple[FieldState, ...]:
    """Create what is missing and say what became of every property."""
    sender = SdkSender(connection, fetch_access_token(connection, on_refresh_token))
    return Installer(sender, connection.api_version, locale, task_key).run(write=True)


class Installer:
    """Hold the account's properties against ours, object type by object type."""

    def __init__(self, sender: Sender, api_version: str, locale: Locale, task_key: str) -> None:
        self._sender = sender
        self._api = HubSpotApi(api_version)
        self._locale: Locale = locale
        self._task_key = task_key

    def run(self, *, write: bool) -> tuple[FieldState, ...]:
        contacts = self._see_to(_CONTACTS, {field.name: field for field in PERSON_FIELDS}, write)
        try:
            tasks = self._see_to(_TASKS, {self._task_key: TASK_KEY_FIELD}, write)
        except (AccessError, GoneError, RejectedError) as error:
            if error.status == 401:
                raise
            # Without the property the key stands in the task's text, which is enough to find the task again.
            tasks = [FieldState(_TASKS, self._task_key, "skipped", "tasks take no properties of one's own here")]
        return (*contacts, *tasks)

    def _see_to(self, object_type: str, fields: Mapping[str, OwnField], write: bool) -> list[FieldState]:
        present = self._read(object_type)
        states = [self._state(object_type, name, field, present.get(name)) for name, field in fields.items()]
        if not write or all(state.state != "missing" for state in states):
            return states
        self._create_group(object_type)
        return [
            self._create(object_type, fields[state.name], state.name) if state.state == "missing" else state
            for state in states
        ]

    def _read(self, object_type: str) -> dict[str, Mapping[str, object]]:
        """Read an object type's properties; an account without dated paths is asked on the undated ones."""
        try:
            document = self._sender.send("GET", self._path(object_type))
        except (GoneError, RejectedError):
            if self._api.version == _UNDATED:
                raise
            undated = HubSpotApi(_UNDATED)
            document = self._sender.send("GET", undated.path("crm/properties", object_type))
            self._api = undated
        return {str(item.get("name")): item for item in parse_page(document).results}

    def _path(self, object_type: str, *parts: str) -> str:
        return self._api.path("crm/properties", object_type, *parts)

    def _state(self, object_type: str, name: str, field: OwnField, found: Mapping[str, object] | None) -> FieldState:
        if found is None:
            return FieldState(object_type, name, "missing")
        differs = difference(field, found)
        return FieldState(object_type, name, "differs" if differs else "exists", differs or "")

    def _create_group(self, object_type: str) -> None:
        body = {"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1}
        try:
            self._sender.send("POST", self._path(object_type, "groups"), body)
        except (ConflictError, UnavailableError):
            # It is there already; or the answer was lost, and creating a property will tell.
            return

    def _create(self, object_type: str, field: OwnField, name: str) -> FieldState:
        """Create one property; the task key is unique where the account permits, so that HubSpot refuses doubles."""
        if object_type == _TASKS:
            try:
                return self._create_once(object_type, field, name, unique=True)
            except RejectedError:
                pass
        return self._create_once(object_type, field, name, unique=False)

    def _create_once(self, object_type: str, field: OwnField, name: str, *, unique: bool) -> FieldState:
        body = property_body(field, name, self._locale, unique=unique)
        detail = "unique" if unique else ""
        try:
            self._sender.send("POST", self._path(object_type), body)
        except (ConflictError, UnavailableError) as error:
            return self._after_unclear(object_type, field, name, error, detail)
        return FieldState(object_type, name, "created", detail)

    def _after_unclear(self, object_type: str, field: OwnField, name: str, error: CrmError, detail: str) -> FieldState:
        """Look again after a conflict or a lost answer: what counts is what is there now."""
        state = self._state(object_type, name, field, self._read(object_type).get(name))
        if state.state == "missing":
            raise error
        if state.state == "exists" and isinstance(error, UnavailableError):
            return FieldState(object_type, name, "created", detail)
        return state
