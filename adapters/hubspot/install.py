"""Create our property group and properties in a HubSpot account. Safe to repeat; nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol

from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.client import fetch_access_token
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install_fields import GROUP, GROUP_LABEL, added_options, compare, property_body
from adapters.hubspot.install_sdk import SdkSender
from adapters.hubspot.replies import parse_page
from adapters.installation import PartState, has_conflict
from adapters.own_labels import Locale
from connector.domain.phrase import phrase
from connector.errors import AccessError, ConflictError, CrmError, GoneError, RejectedError, UnavailableError
from connector.own_fields import PERSON_FIELDS, TASK_KEY_FIELD, OwnField

CONTACTS: Final = "contacts"
TASKS: Final = "tasks"
GROUP_PART: Final = phrase("group {name}", name=GROUP)
_UNDATED: Final = "v3"

Definitions = Mapping[str, Mapping[str, object]]


class Sender(Protocol):
    """Send one request of the installation."""

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object: ...


def plan_install(
    connection: HubSpotConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY_FIELD.name,
    on_refresh_token: Callable[[str], None] | None = None,
) -> tuple[PartState, ...]:
    """Compare the account with what we need, and write nothing."""
    return open_installation(connection, locale, task_key=task_key, on_refresh_token=on_refresh_token).plan()


def install(
    connection: HubSpotConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY_FIELD.name,
    on_refresh_token: Callable[[str], None] | None = None,
) -> tuple[PartState, ...]:
    """Create what is missing and say what became of every part."""
    return open_installation(connection, locale, task_key=task_key, on_refresh_token=on_refresh_token).apply()


def open_installation(
    connection: HubSpotConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY_FIELD.name,
    on_refresh_token: Callable[[str], None] | None = None,
) -> HubSpotInstallation:
    """Log in for installing, through the vendor's client."""
    sender = SdkSender(connection, fetch_access_token(connection, on_refresh_token))
    return HubSpotInstallation(Catalogue(sender, connection.api_version), locale, task_key)


def own_fields(task_key: str) -> dict[str, dict[str, OwnField]]:
    """Return our properties by object type and by name, which for the task's key is the mapping's."""
    return {CONTACTS: {field.name: field for field in PERSON_FIELDS}, TASKS: {task_key: TASK_KEY_FIELD}}


class Catalogue:
    """Read and write the property definitions of one account."""

    def __init__(self, sender: Sender, api_version: str) -> None:
        self.sender = sender
        self.api = HubSpotApi(api_version)

    def path(self, object_type: str, *parts: str) -> str:
        return self.api.path("crm/properties", object_type, *parts)

    def read(self, object_type: str) -> dict[str, Mapping[str, object]]:
        """Read an object type's properties; an account without dated paths is asked on the undated ones."""
        try:
            document = self.sender.send("GET", self.path(object_type))
        except (GoneError, RejectedError):
            if self.api.version == _UNDATED:
                raise
            undated = HubSpotApi(_UNDATED)
            document = self.sender.send("GET", undated.path("crm/properties", object_type))
            self.api = undated
        return {str(item.get("name")): item for item in parse_page(document).results}

    def has_group(self, object_type: str) -> bool:
        try:
            self.sender.send("GET", self.path(object_type, "groups", GROUP))
        except (GoneError, RejectedError):
            return False
        return True

    def create_group(self, object_type: str) -> None:
        body = {"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1}
        try:
            self.sender.send("POST", self.path(object_type, "groups"), body)
        except (ConflictError, UnavailableError):
            # It is there already; or the answer was lost, and creating a property will tell.
            return


class HubSpotInstallation:
    """Hold the account's properties against ours, object type by object type."""

    def __init__(self, catalogue: Catalogue, locale: Locale, task_key: str) -> None:
        self._catalogue = catalogue
        self._locale: Locale = locale
        self._fields = own_fields(task_key)
        self._planned: tuple[PartState, ...] = ()

    def plan(self) -> tuple[PartState, ...]:
        contacts = self._compare(CONTACTS)
        try:
            tasks = self._compare(TASKS)
        except (AccessError, GoneError, RejectedError) as error:
            tasks = self._without_tasks(error)
        self._planned = (*contacts, *tasks)
        return self._planned

    def apply(self) -> tuple[PartState, ...]:
        """Create group and properties one by one, so that a repeat goes on where this one was stopped."""
        before = self._planned or self.plan()
        if has_conflict(before):
            return before
        contacts = [self._make(part) for part in before if part.owner == CONTACTS]
        wanted = [part for part in before if part.owner == TASKS]
        try:
            tasks = [self._make(part) for part in wanted]
        except (AccessError, GoneError, RejectedError) as error:
            tasks = self._without_tasks(error)
        return (*contacts, *tasks)

    def _without_tasks(self, error: CrmError) -> list[PartState]:
        """Go on where tasks take no property: the key stands in the task's text, which is enough to find it again."""
        if error.status == 401:
            raise error
        name = next(iter(self._fields[TASKS]))
        why = phrase("tasks take no properties of one's own here: {error}", error=str(error))
        return [PartState(TASKS, name, "skipped", why)]

    def _compare(self, object_type: str) -> list[PartState]:
        present = self._catalogue.read(object_type)
        parts = [_state(object_type, name, field, present) for name, field in self._fields[object_type].items()]
        has_group = self._catalogue.has_group(object_type)
        return [PartState(object_type, GROUP_PART, "exists" if has_group else "missing"), *parts]

    def _make(self, part: PartState) -> PartState:
        if part.state == "outdated":
            return self._add_options(part)
        if part.state != "missing":
            return part
        if part.name == GROUP_PART:
            self._catalogue.create_group(part.owner)
            return replace(part, state="created")
        return self._create(part)

    def _add_options(self, part: PartState) -> PartState:
        """Add our options to those there are: people may have added theirs."""
        field = self._fields[part.owner][part.name]
        found = self._catalogue.read(part.owner).get(part.name, {})
        body = {"options": added_options(field, found, self._locale)}
        self._catalogue.sender.send("PATCH", self._catalogue.path(part.owner, part.name), body)
        return replace(part, state="changed")

    def _create(self, part: PartState) -> PartState:
        """Create one property; the task key is unique where the account permits, so that HubSpot refuses doubles."""
        if part.owner == TASKS:
            try:
                return self._create_once(part, unique=True)
            except RejectedError:
                pass
        return self._create_once(part, unique=False)

    def _create_once(self, part: PartState, *, unique: bool) -> PartState:
        field = self._fields[part.owner][part.name]
        body = property_body(field, part.name, self._locale, unique=unique)
        created = replace(part, state="created", detail=phrase("unique") if unique else "")
        try:
            self._catalogue.sender.send("POST", self._catalogue.path(part.owner), body)
        except (ConflictError, UnavailableError) as error:
            return self._after_unclear(created, field, error)
        return created

    def _after_unclear(self, created: PartState, field: OwnField, error: CrmError) -> PartState:
        """Look again after a conflict or a lost answer: what counts is what is there now."""
        state = _state(created.owner, created.name, field, self._catalogue.read(created.owner))
        if state.state == "missing":
            raise _explained(error, created) from None
        if state.state == "exists" and isinstance(error, UnavailableError):
            return created
        return state


def _state(object_type: str, name: str, field: OwnField, present: Definitions) -> PartState:
    found = present.get(name)
    if found is None:
        return PartState(object_type, name, "missing")
    state, detail = compare(field, found)
    return PartState(object_type, name, state, detail)


def _explained(error: CrmError, part: PartState) -> CrmError:
    """Say where a property is whose name is taken although nobody sees it."""
    if not isinstance(error, ConflictError):
        return error
    text = f"{part.owner}.{part.name}: the name is taken, perhaps by an archived property — restore or delete it in"
    return ConflictError(f"{text} HubSpot, Settings > Properties > Archived", status=error.status, code=error.code)
