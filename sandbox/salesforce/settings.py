"""Say what kind of org is imitated: limits, switches, and the choices Salesforce leaves undocumented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sandbox.setting_check import SettingError, check_values


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule an administrator put on saves: a record for which `error_when` (a WHERE clause) holds is refused."""

    object_type: str
    error_when: str
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """Everything about the imitated org that a test or a demo may choose.

    `daily_calls` 0 means no limit. `auto_assign` says whether a lead assignment rule is active; it routes to the queue
    `assignment_queue`. `composite_headers_propagate` and `unique_counts_deleted` switch what nobody could confirm.
    `activity_people` is how many people one query may ask activities of (0 = any number).
    """

    organization_name: str = "Puente Sandbox"
    edition: str = "Enterprise Edition"
    time_zone: str = "Europe/Madrid"
    locale: Literal["es", "en"] = "es"
    client_id: str = "sandbox-client-id"
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - the well-known secret of the sandbox
    static_token: str = "00D5e0000000001!sandbox-token"  # noqa: S105
    username: str = "integration@sandbox.example.com"
    public_key: str = ""
    my_domain: str = "https://sandbox.my.salesforce.com"
    token_seconds: int = 7200
    most_logins_per_hour: int = 3600
    daily_calls: int = 100_000
    page_size: int = 2000
    child_page_size: int = 200
    most_cursors: int = 0
    cursor_seconds: int = 172_800
    bulk_page_size: int = 50_000
    polls_until_done: int = 1
    archive_after_days: int = 365
    activity_people: int = 0
    auto_assign: bool = True
    assignment_queue: str = "Nuevos_leads"
    duplicate_rules: Literal["off", "alert", "block"] = "off"
    validation_rules: tuple[ValidationRule, ...] = ()
    hidden_fields: tuple[str, ...] = ()
    read_only_fields: tuple[str, ...] = ()
    may_deploy: bool = True
    account_engagement: bool = True
    composite_headers_propagate: bool = False
    unique_counts_deleted: bool = False
    stage_field: str = "Lifecycle_Stage__c"


_LISTS = ("hidden_fields", "read_only_fields")


def change_settings(settings: OrgSettings, changes: Mapping[str, Any]) -> OrgSettings:
    """Return the settings with `changes` of their JSON form; raise SettingError for an unknown or ill-typed one."""
    values = dict(changes)
    for name in _LISTS:
        if name in values:
            values[name] = tuple(str(one) for one in values[name])
    if "validation_rules" in values:
        values["validation_rules"] = tuple(_rule(raw) for raw in values["validation_rules"])
    check_values(OrgSettings, values)
    return replace(settings, **values)


def _rule(raw: object) -> ValidationRule:
    if not isinstance(raw, Mapping):
        raise SettingError(f"a validation rule is a map, not {raw!r}")
    check_values(ValidationRule, raw)
    missing = [name for name in ("object_type", "error_when", "message") if name not in raw]
    if missing:
        raise SettingError(f"a validation rule lacks {missing}")
    return ValidationRule(**raw)
