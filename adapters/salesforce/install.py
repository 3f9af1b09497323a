"""Make our fields in a Salesforce organisation and let our user see them. Safe to repeat; nothing is deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from adapters.fanout import Fanout
from adapters.installation import FieldState
from adapters.own_labels import Locale
from adapters.salesforce import soql
from adapters.salesforce.account import Account
from adapters.salesforce.api import SalesforceApi
from adapters.salesforce.availability import Availability
from adapters.salesforce.client import CONCURRENT_CALLS, build_http
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.gateway import Gateway, Query
from adapters.salesforce.ids import PERSON_OBJECTS
from adapters.salesforce.install_sdk import Deployer
from adapters.salesforce.package import PERMISSION_SET, TYPES, build_package, person_fields, zip_package
from adapters.salesforce.replies import parse_saved
from adapters.salesforce.schema import FieldDetail, Schema
from adapters.salesforce.token import build_authorizer
from connector.domain.mapping import OWN_NAMES
from connector.errors import AccessError, ConflictError
from connector.own_fields import TASK_KEY_FIELD, OwnField

TASK_KEY: Final = OWN_NAMES["salesforce"][2]
_ASSIGNMENT: Final = "PermissionSetAssignment"


def plan_install(
    connection: SalesforceConnection, locale: Locale, *, task_key: str = TASK_KEY
) -> tuple[FieldState, ...]:
    """Compare the organisation with what we need, and write nothing."""
    with _open(connection, locale, task_key, time.sleep) as installer:
        return installer.look()


def install(
    connection: SalesforceConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[FieldState, ...]:
    """Deploy what is missing, assign the permission set, and say what became of every field."""
    with _open(connection, locale, task_key, sleep) as installer:
        return installer.run()


@contextmanager
def _open(
    connection: SalesforceConnection, locale: Locale, task_key: str, sleep: Callable[[float], None]
) -> Iterator[Installer]:
    api = SalesforceApi(connection.api_version)
    http = build_http(connection, time.monotonic, sleep, None)
    token = build_authorizer(connection, api, http)
    http.authorizer = token
    fanout = Fanout(CONCURRENT_CALLS)
    try:
        gateway = Gateway(http, api, fanout, sleep)
        account = Account(gateway, token, Availability(), connection.username)
        header = token.header()
        deployer = Deployer(connection, header.removeprefix("Bearer "), sleep=sleep)
        yield Installer(gateway, account, deployer, locale, task_key)
    finally:
        fanout.close()
        http.close()


@dataclass(frozen=True, slots=True)
class Installer:
    """Hold the organisation against our package. A field that exists and differs is left for a person to look at."""

    gateway: Gateway
    account: Account
    deployer: Deployer
    locale: Locale
    task_key: str

    def look(self) -> tuple[FieldState, ...]:
        """Say what is there; a field our user cannot see counts as missing, as Salesforce shows no difference."""
        schema = Schema(self.gateway)
        schema.load([*PERSON_OBJECTS, "Task"])
        states = [
            _state(sobject, name, field, schema.detail(sobject, name))
            for sobject in PERSON_OBJECTS
            for name, field in person_fields().items()
        ]
        states.append(_state("Task", self.task_key, TASK_KEY_FIELD, schema.detail("Task", self.task_key)))
        assigned = self._assigned_set() is not None
        states.append(FieldState("User", f"permission set {PERMISSION_SET}", "exists" if assigned else "missing"))
        return tuple(states)

    def run(self) -> tuple[FieldState, ...]:
        """Deploy once if anything is missing; look again, for what counts is what is there then."""
        before = self.look()
        if all(state.state != "missing" for state in before):
            return before
        files = build_package(self.gateway.api.version, self.locale, self.task_key)
        self.deployer.deploy(zip_package(files))
        self._assign()
        missing = {(state.object_type, state.name) for state in before if state.state == "missing"}
        return tuple(
            FieldState(state.object_type, state.name, "created", state.detail)
            if state.state == "exists" and (state.object_type, state.name) in missing
            else state
            for state in self.look()
        )

    def _assign(self) -> None:
        if self._assigned_set() is not None:
            return
        user_id = self.account.user_id()
        found = self._ids(soql.select(("Id",), "PermissionSet", f"Name = {soql.literal(PERMISSION_SET)}", limit=1))
        if user_id is None or not found:
            raise AccessError(
                f"the permission set {PERMISSION_SET} could not be assigned: assign it in Setup", status=403
            )
        record = {"attributes": {"type": _ASSIGNMENT}, "AssigneeId": user_id, "PermissionSetId": found[0]}
        request = self.gateway.api.direct(self.gateway.api.create([record]), "install", repeatable=True)
        saved = parse_saved(self.gateway.http.send(request), 1)[0]
        if saved.error is not None and not isinstance(saved.error, ConflictError):
            raise saved.error

    def _assigned_set(self) -> str | None:
        """Return the id of the assignment of the permission set to our user."""
        user_id = self.account.user_id()
        if user_id is None:
            return None
        where = (f"AssigneeId = {soql.literal(user_id)}", f"PermissionSet.Name = {soql.literal(PERMISSION_SET)}")
        found = self._ids(soql.select(("Id",), _ASSIGNMENT, *where, limit=1))
        return found[0] if found else None

    def _ids(self, query: str) -> list[str]:
        answer = self.gateway.ask([Query(query)], "install")[0]
        if answer.error is not None:
            raise answer.error
        return [row.id for row in answer.rows if row.id]


def _state(sobject: str, name: str, field: OwnField, found: FieldDetail | None) -> FieldState:
    if found is None:
        return FieldState(sobject, name, "missing")
    difference = _difference(field, found)
    return FieldState(sobject, name, "differs" if difference else "exists", difference or "")


def _difference(field: OwnField, found: FieldDetail) -> str | None:
    """Say how an existing field differs from ours in what we write; None when it will do."""
    expected = TYPES[field.kind][1]
    if found.info.type != expected:
        return f"type {found.info.type}, expected {expected}"
    if not found.info.writable:
        return "Puente's user may not edit it"
    lacking = [value for value in field.options if value not in found.info.options]
    return f"lacks the options {', '.join(lacking)}" if lacking else None
