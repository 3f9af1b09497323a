"""Make our fields, permissions and doorbells in a Salesforce organisation. Safe to repeat; nothing is deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.fanout import Fanout
from adapters.installation import PartState, has_conflict, to_do
from adapters.own_labels import Locale
from adapters.salesforce import soql
from adapters.salesforce.account import Account
from adapters.salesforce.api import SalesforceApi
from adapters.salesforce.availability import Availability
from adapters.salesforce.client import CONCURRENT_CALLS, build_http
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.gateway import Gateway, Query
from adapters.salesforce.install_access import PERMISSION_SET
from adapters.salesforce.install_comparison import Found, compare, keeping_values, read_components
from adapters.salesforce.install_component import Component, Key
from adapters.salesforce.install_doorbells import Doorbells
from adapters.salesforce.install_package import PackageOptions, build_components, build_files, zip_package
from adapters.salesforce.install_sdk import Deployer
from adapters.salesforce.replies import parse_saved
from adapters.salesforce.token import build_authorizer
from connector.domain.mapping import OWN_NAMES
from connector.domain.phrase import phrase
from connector.errors import AccessError, ConflictError

TASK_KEY: Final = OWN_NAMES["salesforce"][2]
_ASSIGNMENT: Final = "PermissionSetAssignment"


def plan_install(
    connection: SalesforceConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY,
    doorbells: Doorbells | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[PartState, ...]:
    """Compare the organisation with what we need, and write nothing."""
    with open_organization(connection, sleep) as organization:
        return build_installation(organization, locale, task_key, doorbells).plan()


def install(
    connection: SalesforceConnection,
    locale: Locale,
    *,
    task_key: str = TASK_KEY,
    doorbells: Doorbells | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[PartState, ...]:
    """Deploy what is missing, assign the permission set, and say what became of every part."""
    with open_organization(connection, sleep) as organization:
        return build_installation(organization, locale, task_key, doorbells).apply()


@dataclass(frozen=True, slots=True)
class Organization:
    """Reach one organisation: its records, its metadata, and who we are in it."""

    gateway: Gateway
    account: Account
    deployer: Deployer

    @property
    def api_version(self) -> str:
        return self.gateway.api.version

    def retrieve(self, components: list[Component]) -> dict[Key, Found]:
        """Return what the organisation has of components."""
        members: dict[str, list[str]] = {}
        for component in components:
            members.setdefault(component.type, []).append(component.full_name)
        return read_components(self.deployer.retrieve(members))

    def ids(self, query: str) -> list[str]:
        """Return the ids a query finds."""
        answer = self.gateway.ask([Query(query)], "install")[0]
        if answer.error is not None:
            raise answer.error
        return [row.id for row in answer.rows if row.id]

    def username(self) -> str | None:
        """Return the user name of who we are: outbound messages are sent in somebody's name."""
        user_id = self.account.user_id()
        if user_id is None:
            return None
        query = soql.select(("Id", "Username"), "User", f"Id = {soql.literal(user_id)}", limit=1)
        answer = self.gateway.ask([Query(query)], "install")[0]
        return next((row.get("Username") for row in answer.rows), None) or None


@contextmanager
def open_organization(
    connection: SalesforceConnection, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Organization]:
    """Log in for installing. The session of the vendor's client is another one than that for records."""
    api = SalesforceApi(connection.api_version)
    http = build_http(connection, time.monotonic, sleep, None)
    token = build_authorizer(connection, api, http)
    http.authorizer = token
    fanout = Fanout(CONCURRENT_CALLS)
    try:
        gateway = Gateway(http, api, fanout, sleep)
        account = Account(gateway, token, Availability(), connection.username)
        deployer = Deployer(connection, token.header().removeprefix("Bearer "), sleep=sleep)
        yield Organization(gateway, account, deployer)
    finally:
        fanout.close()
        http.close()


def build_installation(
    organization: Organization, locale: Locale, task_key: str, doorbells: Doorbells | None = None
) -> SalesforceInstallation:
    """Say what is wanted of an organisation; who we are there is asked for where the doorbells need it."""
    wanted = doorbells or Doorbells()
    if wanted.kind == "outbound" and not wanted.username:
        wanted = replace(wanted, username=_known(organization.username()))
    if wanted.kind == "cdc" and not wanted.user_id:
        wanted = replace(wanted, user_id=_known(organization.account.user_id()))
    options = PackageOptions(organization.api_version, locale, task_key, wanted)
    return SalesforceInstallation(organization, build_components(options))


def _known(name: str | None) -> str:
    if not name:
        raise AccessError(
            "Salesforce does not say which user these credentials are: allow them its user page", status=403
        )
    return name


@dataclass(slots=True)
class SalesforceInstallation:
    """Hold an organisation against our package."""

    organization: Organization
    components: list[Component]
    _found: dict[Key, Found] = field(default_factory=dict)
    _planned: tuple[PartState, ...] = ()

    def plan(self) -> tuple[PartState, ...]:
        """Compare every component, and look whether the permission set is assigned to us."""
        self._found = self.organization.retrieve(self.components)
        states = [compare(component, self._found.get(component.key)) for component in self.components]
        assigned = self._assignment() is not None
        states.append(
            PartState("User", phrase("permission set {name}", name=PERMISSION_SET), "exists" if assigned else "missing")
        )
        self._planned = tuple(states)
        return self._planned

    def apply(self) -> tuple[PartState, ...]:
        """Deploy what is missing at once, all or nothing; look again, for what counts is what is there then."""
        before = self._planned or self.plan()
        wanted = [
            keeping_values(component, self._found.get(component.key))
            for component, state in zip(self.components, before, strict=False)
            if state.state in ("missing", "outdated")
        ]
        if has_conflict(before) or not to_do(before):
            return before
        if wanted:
            self.organization.deployer.deploy(zip_package(build_files(wanted, self.organization.api_version)))
        self._assign()
        return tuple(_outcome(old, new) for old, new in zip(before, self.plan(), strict=True))

    def _assign(self) -> None:
        if self._assignment() is not None:
            return
        user_id = self.organization.account.user_id()
        query = soql.select(("Id",), "PermissionSet", f"Name = {soql.literal(PERMISSION_SET)}", limit=1)
        found = self.organization.ids(query)
        if user_id is None or not found:
            raise AccessError(
                f"the permission set {PERMISSION_SET} could not be assigned: assign it in Setup", status=403
            )
        record = {"attributes": {"type": _ASSIGNMENT}, "AssigneeId": user_id, "PermissionSetId": found[0]}
        gateway = self.organization.gateway
        request = gateway.api.direct(gateway.api.create([record]), "install", repeatable=True)
        saved = parse_saved(gateway.http.send(request), 1)[0]
        if saved.error is not None and not isinstance(saved.error, ConflictError):
            raise saved.error

    def _assignment(self) -> str | None:
        """Return the id of the assignment of the permission set to our user."""
        user_id = self.organization.account.user_id()
        if user_id is None:
            return None
        where = (f"AssigneeId = {soql.literal(user_id)}", f"PermissionSet.Name = {soql.literal(PERMISSION_SET)}")
        found = self.organization.ids(soql.select(("Id",), _ASSIGNMENT, *where, limit=1))
        return found[0] if found else None


def _outcome(before: PartState, after: PartState) -> PartState:
    """Say what became of a part; one that still is not as wanted needs a person."""
    if after.state != "exists":
        return replace(after, state="differs", detail=after.detail or phrase("Salesforce did not keep it"))
    if before.state == "exists":
        return after
    return replace(after, state="created" if before.state == "missing" else "changed", detail=before.detail)
