"""Read the settings: environment, then `.env`, then `puente.toml`. Secrets never come as arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from connector.errors import SettingsError

HUBSPOT_API = "https://api.hubapi.com"
HUBSPOT_API_VERSION = "2026-09"
"""The one constant for every dated path. Source: developers.hubspot.com changelog, read 2026-11-21."""


class HubSpotSettings(BaseModel):
    """Hold how to reach one HubSpot account."""

    base_url: str = HUBSPOT_API
    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    app_id: str | None = None
    webhook_url: str | None = None
    api_version: str = Field(default=HUBSPOT_API_VERSION, pattern=r"^[0-9]{4}-[0-9]{2}(-beta)?$")
    rate_per_10s: int = Field(default=190, ge=1, le=1_000)


class SalesforceSettings(BaseModel):
    """Hold how to reach one Salesforce organisation."""

    instance_url: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    username: str | None = None
    private_key_file: Path | None = None
    organization_id: str | None = None
    webhook_token: SecretStr | None = None
    api_version: str = "66.0"


class Settings(BaseSettings):
    """Hold every setting; `docs/reference/settings.md` is generated from this class."""

    model_config = SettingsConfigDict(
        env_prefix="PUENTE_",
        env_nested_delimiter="__",
        env_file=".env",
        toml_file="puente.toml",
        extra="ignore",
        hide_input_in_errors=True,
    )

    crm: Literal["hubspot", "salesforce"] = Field(default="hubspot", description="Which CRM to work on.")
    model: Path | None = Field(default=None, description="Qualification model file; the packaged one when not set.")
    mapping: Path | None = Field(default=None, description="Field and signal mapping; the packaged one when not set.")
    state: str = Field(default=".puente/state.db", description="SQLite path of the ledger.")
    queue: str = Field(default="embedded", description="`embedded`: in the SQLite state.")
    locale: Literal["es", "en"] = Field(default="es", description="Language of tasks, reasons and messages.")
    hubspot: HubSpotSettings = HubSpotSettings()
    salesforce: SalesforceSettings = SalesforceSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over `.env`, and `.env` over `puente.toml`."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)


def load_settings() -> Settings:
    """Read the settings; SettingsError names every wrong one, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [_explain(dict(problem)) for problem in error.errors(include_input=False)]
        raise SettingsError("\n".join(problems)) from None
    except ValueError as error:
        raise SettingsError(f"puente.toml: cannot be read ({type(error).__name__}) — correct its TOML syntax") from None


def _explain(problem: dict[str, object]) -> str:
    place = problem["loc"]
    parts = [str(part) for part in place] if isinstance(place, tuple) else [str(place)]
    return f"PUENTE_{'__'.join(parts).upper()}: {problem['msg']} — correct it in the environment, .env or puente.toml"
