"""Say what kind of portal is imitated: tier, limits, and the choices HubSpot leaves undocumented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.setting_check import check_values

Tier = Literal["free", "starter", "professional", "enterprise"]
RuleType = Literal["REQUIRED", "MAX_LENGTH", "MIN_LENGTH", "MAX_NUMBER", "MIN_NUMBER", "REGEX"]


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """Rate limits; 0 switches one off, `enabled` all of them.

    Source: developers.hubspot.com usage guidelines, read 2026-04-13 (documented); the burst of the associations API is
    100 to 150 by tier.
    """

    enabled: bool = True
    per_ten_seconds: int = 190
    per_day: int = 1_000_000
    search_per_second: int = 5
    associations_per_ten_seconds: int = 150
    associations_count_in_general: bool = False
    retry_after: bool = False


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule an administrator put on writes; enforced from API version 2026-09 on."""

    object_type: str
    property: str
    rule_type: RuleType
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Everything about the imitated portal that a test or a demo may choose."""

    portal_id: int = 62515
    app_id: int = 54321
    user_id: int = 700001
    tier: Tier = "enterprise"
    time_zone: str = "Europe/Madrid"
    locale: Literal["es", "en"] = "es"
    scopes: tuple[str, ...] | None = None
    marketing_events: bool = True
    search_lag_seconds: float = 0.0
    unique_on_tasks: bool = False
    duplicate_status: int = 409
    created_status: int = 201
    missing_in_batch: Literal["errors", "silent"] = "errors"
    association_page: int = 500
    validation_rules: tuple[ValidationRule, ...] = ()
    token_seconds: int = 1800
    rotate_refresh_token: bool = False
    static_token: str = "sandbox-token"  # noqa: S105 - the well-known token of the sandbox
    client_id: str = "sandbox-client-id"
    client_secret: str = "sandbox-client-secret"  # noqa: S105
    refresh_token: str = "sandbox-refresh-token"  # noqa: S105
    limits: LimitSettings = field(default_factory=LimitSettings)

    @property
    def has_events(self) -> bool:
        """Tell whether the tier includes event occurrences."""
        return self.tier == "enterprise"


def change_settings(settings: PortalSettings, changes: Mapping[str, Any]) -> PortalSettings:
    """Return the settings with `changes` of their JSON form; raise SettingError for an unknown or ill-typed one."""
    values = dict(changes)
    if "limits" in values:
        limits = values["limits"]
        if limits is False or limits is True:
            limits = {"enabled": limits}
        check_values(LimitSettings, limits)
        values["limits"] = replace(settings.limits, **limits)
    if "validation_rules" in values:
        values["validation_rules"] = tuple(_rule(raw) for raw in values["validation_rules"])
    if values.get("scopes") is not None and "scopes" in values:
        values["scopes"] = tuple(values["scopes"])
    check_values(PortalSettings, values)
    return replace(settings, **values)


def _rule(raw: Mapping[str, Any]) -> ValidationRule:
    check_values(ValidationRule, {**raw, "arguments": tuple(raw.get("arguments", ()))})
    return ValidationRule(
        object_type=raw["object_type"],
        property=raw["property"],
        rule_type=raw["rule_type"],
        arguments=tuple(str(item) for item in raw.get("arguments", ())),
    )
