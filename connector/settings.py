"""Read the settings: environment, then `.env`, then `puente.toml`. Secrets never come as arguments."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from connector.domain.phrase import Phrase, phrase, phrases
from connector.errors import SettingsError
from connector.system_reasons import system_phrase

HUBSPOT_API = "https://api.hubapi.com"
HUBSPOT_API_VERSION = "2026-09"
"""The one constant for every dated path. Source: developers.hubspot.com changelog, read 2026-11-21."""

_PREFIX: Final = "PUENTE_"
_ENV_FILE: Final = ".env"
_TOML_FILE: Final = "puente.toml"
_BESIDE: Final = ("PUENTE_LOG", "PUENTE_PARAMETERS")
"""Read elsewhere, yet ours."""
_SURELY_MEANT: Final = 0.75
"""So alike is a typing error; less alike is somebody else's name, such as a cluster's PUENTE_SERVICE_HOST."""


class LiteralEnvFile(DotEnvSettingsSource):
    """Read `.env` as it stands: a secret that holds `${` or `$(` is a secret, not a reference to another variable."""

    def _read_env_file(self, file_path: Path) -> dict[str, str | None]:
        found = dotenv_values(file_path, interpolate=False, encoding=self.env_file_encoding or "utf-8")
        return {name.lower(): value for name, value in found.items() if not (self.env_ignore_empty and value == "")}


class HubSpotSettings(BaseModel):
    """Hold how to reach one HubSpot account."""

    base_url: str = HUBSPOT_API
    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    app_id: str | None = None
    portal_id: str | None = None
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
    private_key: SecretStr | None = None
    organization_id: str | None = None
    integration_user_id: str | None = None
    webhook_url: str | None = None
    webhook_token: SecretStr | None = None
    api_version: str = "66.0"
    reserve_pct: float = Field(default=15.0, ge=0, le=95)
    bulk_threshold: int = Field(default=10_000, ge=0)


class Settings(BaseSettings):
    """Hold every setting; `docs/reference/settings.md` is generated from this class."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        env_file=_ENV_FILE,
        env_ignore_empty=True,
        toml_file=_TOML_FILE,
        extra="ignore",
        hide_input_in_errors=True,
    )

    crm: Literal["hubspot", "salesforce"] = Field(default="hubspot", description="Which CRM to work on.")
    model: Path | None = Field(default=None, description="Qualification model file; the packaged one when not set.")
    mapping: Path | None = Field(default=None, description="Field and signal mapping; the packaged one when not set.")
    shadow_model: Path | None = Field(
        default=None,
        description="A candidate model that decides beside the one in force, stored in the state alone; none when not"
        " set. `puente plan --from-shadow` compares.",
    )
    state: str = Field(default=".puente/state.db", description="SQLite path of the ledger; in AWS `dynamodb://TABLE`.")
    queue: str = Field(
        default="embedded", description="`embedded`: in the SQLite state; in AWS the address of an SQS queue."
    )
    snapshot: Path = Field(default=Path(".puente/snapshot"), description="Folder of the local copy of the base.")
    plan_max_age_hours: float = Field(
        default=24.0, gt=0, le=744, description="How old a plan's snapshot may be when the plan is applied."
    )
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
        return init_settings, env_settings, LiteralEnvFile(settings_cls), TomlConfigSettingsSource(settings_cls)


def is_address(url: str) -> bool:
    """Say whether something could be called there: http or https, and a host."""
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def load_settings() -> Settings:
    """Read the settings; SettingsError names every wrong one, never its value."""
    _require_readable()
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(phrases(_explain(problem) for problem in error.errors(include_input=False))) from None
    except ValueError as error:  # a table given as text, such as PUENTE_HUBSPOT=yes
        raise SettingsError(
            phrase("{error} — set its parts one by one, such as PUENTE_HUBSPOT__BASE_URL", error=str(error))
        ) from None
    misspelt = [*_misspelt_variables(), *_misspelt_keys()]
    if misspelt:
        raise SettingsError(phrases(misspelt))
    return settings


def secrets_in_toml() -> tuple[str, ...]:
    """Name the secrets in `puente.toml`: they work, but it is a file that people put into Git."""
    names = []
    for name, table in TomlConfigSettingsSource(Settings).toml_data.items():
        model = Settings.model_fields[name].annotation
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
        secret = (part for part in table if part in fields and SecretStr in get_args(fields[part].annotation))
        names += [f"{_PREFIX}{name}__{part}".upper() for part in secret]
    return tuple(names)


def _require_readable() -> None:
    """Raise SettingsError naming the file that cannot be read; the libraries would not say which."""
    for name, example in ((_ENV_FILE, "NAME=value"), (_TOML_FILE, "TOML")):
        try:
            _read(Path(name))
        except OSError as error:
            raise SettingsError(
                phrase(
                    "{name}: cannot be read ({reason}) — correct its permissions",
                    name=name,
                    reason=system_phrase(error),
                )
            ) from None
        except ValueError as error:
            reason = phrase("not UTF-8") if isinstance(error, UnicodeError) else str(error)
            raise SettingsError(
                phrase("{name}: {reason} — write it as {example} in UTF-8", name=name, reason=reason, example=example)
            ) from None


def _read(path: Path) -> None:
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    if path.name == _TOML_FILE:
        tomllib.loads(text)


def _names() -> Iterator[str]:
    """Yield every setting as the environment spells it."""
    for name, field in Settings.model_fields.items():
        yield f"{_PREFIX}{name}".upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{_PREFIX}{name}__{part}".upper() for part in field.annotation.model_fields)


def _misspelt_variables() -> Iterator[Phrase]:
    """Yield what surely was to be a setting: read as nothing, it would let the default decide a whole base."""
    known = [*_names(), *_BESIDE]
    sources = {phrase("the environment"): EnvSettingsSource(Settings), _ENV_FILE: LiteralEnvFile(Settings)}
    for place, source in sources.items():
        for name in sorted(name.upper() for name in source.env_vars):
            if name.startswith(_PREFIX) and name not in known and (near := _nearest(name, known)):
                yield phrase(
                    "{name}: no such setting — did you mean {near}? Correct it in {place}",
                    name=name, near=near, place=place,
                )  # fmt: skip


def _nearest(name: str, known: list[str]) -> str | None:
    """Return the setting somebody meant. The prefix, which all share, must not make them alike."""
    meant = difflib.get_close_matches(
        name.removeprefix(_PREFIX), [one.removeprefix(_PREFIX) for one in known], n=1, cutoff=_SURELY_MEANT
    )
    return f"{_PREFIX}{meant[0]}" if meant else None


def _misspelt_keys() -> Iterator[Phrase]:
    """Yield every key of `puente.toml` that no setting has: the file is ours alone."""
    known = set(_names())
    for name, value in TomlConfigSettingsSource(Settings).toml_data.items():
        paths = [f"{name}__{part}" for part in value] if isinstance(value, dict) else []
        for key in (name, *paths):
            if f"{_PREFIX}{key}".upper() not in known:
                shown = f"[{name}] {key.removeprefix(f'{name}__')}" if key in paths else key
                yield phrase(
                    "{file}: {name}: no such setting — correct or remove it (docs/reference/settings.md)",
                    file=_TOML_FILE, name=shown,
                )  # fmt: skip


def _explain(problem: ErrorDetails) -> Phrase:
    """Say what a setting must be, never what it is: it may be a secret."""
    name = f"{_PREFIX}{'__'.join(str(part) for part in problem['loc'])}".upper()
    return phrase("{name}: {must} — correct it in the environment, .env or puente.toml", name=name, must=_must(problem))


def _must(problem: ErrorDetails) -> str:
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "literal_error":
            return phrase("must be {expected}", expected=phrases(_choices(limits["expected"]), phrase(" or ")))
        case "int_parsing" | "int_type" | "int_from_float":
            return phrase("must be a whole number")
        case "greater_than_equal":
            return phrase("must be {limit} or more", limit=limits["ge"])
        case "less_than_equal":
            return phrase("must be {limit} or less", limit=limits["le"])
        case "string_pattern_mismatch":
            return phrase("must look like {form}", form=limits["pattern"])
        case _:
            return problem["msg"]


def _choices(expected: str) -> list[str]:
    """Return the choices of a setting; the library joins them with an English word."""
    return expected.replace("'", "").split(" or ")
