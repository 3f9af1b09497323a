"""Generate docs/reference/settings.md from the settings class. `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from generated_page import REFERENCE, write_or_check
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from connector.settings import Settings

MEANINGS: Final = {
    "hubspot__base_url": "Any scheme, host and port: the public API, a proxy of yours, or a sandbox.",
    "hubspot__access_token": "Static token of a project app, or a service key.",
    "hubspot__client_id": "OAuth app.",
    "hubspot__client_secret": "OAuth app. It also verifies webhooks: two, separated by a comma, while one replaces the other.",
    "hubspot__refresh_token": "OAuth app. A renewed one is kept in the state file.",
    "hubspot__app_id": "Tells our own writes from those of other apps. Recommended.",
    "hubspot__portal_id": "Drops webhooks of other portals at the door; without it the worker does.",
    "hubspot__webhook_url": "The target URL exactly as it stands in the app: webhooks are signed with it.",
    "hubspot__api_version": "The one constant of every dated path.",
    "hubspot__rate_per_10s": "Most calls in ten seconds. 100 on Free and Starter, 190 above, 110 for OAuth apps.",
    "salesforce__instance_url": "My Domain URL.",
    "salesforce__client_id": "Client-credentials flow; with a user name and a key, JWT bearer flow.",
    "salesforce__client_secret": "Client-credentials flow.",
    "salesforce__username": "JWT bearer flow.",
    "salesforce__private_key_file": "JWT bearer flow: where the key is, in PEM form.",
    "salesforce__private_key": "JWT bearer flow: the key itself, where there is no file, as in a function. It wins over the file.",
    "salesforce__organization_id": "Checks outbound messages.",
    "salesforce__integration_user_id": "Tells our own writes in change events from those of others. Recommended.",
    "salesforce__webhook_url": "Where outbound messages arrive, without the secret part: `https://host/salesforce/outbound`. `install` writes it into the organisation.",
    "salesforce__webhook_token": "The secret part of the outbound messages' address; several separated by commas.",
    "salesforce__api_version": "Version in every path.",
    "salesforce__reserve_pct": "Share of the organisation's daily API calls left to its other integrations, in per cent: a run stops before it touches them.",
    "salesforce__bulk_threshold": "A base of more people than this is read through Bulk API 2.0; 0 always.",
}
"""What a setting means where the class does not say it."""

HEAD: Final = """# Settings

Generated from `connector/settings.py` by `make docs`.

Every setting is read from the environment, then from `.env`, then from `puente.toml` in the working directory (where
`PUENTE_HUBSPOT__BASE_URL` is `base_url` in the table `[hubspot]`). Secrets are never arguments of a command: arguments
show in lists of processes. A wrong setting ends a command with exit code 2 and the setting's name, never its value; so does
a name that is surely a misspelt one, and any unknown key of `puente.toml`. An empty variable is not set.
What `.env` holds is taken as it stands: nothing replaces a `${NAME}`, so that a secret may hold any sign.

| setting | default | meaning |
|---|---|---|
"""

TAIL: Final = """
## Beside the settings

| variable | values | meaning |
|---|---|---|
| `PUENTE_LOG` | `debug`, `info`, `warning`, `error` | JSON log lines on stderr from this level on; commands say errors only unless asked. `debug` also shows where an internal error happened. |
| `PUENTE_PARAMETERS` | `SETTING=PARAMETER …` | In AWS: settings to read from SSM Parameter Store. |
| `NO_COLOR` | anything | No colours, in every command. |

With `PUENTE_CRM=salesforce` the instance URL, the client id and either the secret or user name and key are required.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """Hold one row: `path` in Python's spelling, nested parts joined by two underscores."""

    path: str
    field: FieldInfo

    @property
    def name(self) -> str:
        return f"PUENTE_{self.path.upper()}"

    @property
    def default(self) -> str:
        value = self.field.default
        return "–" if value is None else f"`{value}`"

    @property
    def meaning(self) -> str:
        return self.field.description or MEANINGS[self.path]

    @property
    def is_secret(self) -> bool:
        return SecretStr in getattr(self.field.annotation, "__args__", ())

    def row(self) -> str:
        return f"| `{self.name}` | {self.default} | {self.meaning}{' *Secret.*' if self.is_secret else ''} |"


def list_settings(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[Setting]:
    """Yield every setting, nested groups in the place of their field."""
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from list_settings(kind, f"{prefix}{name}__")
        else:
            yield Setting(prefix + name, field)


def build_page() -> str:
    return HEAD + "".join(f"{setting.row()}\n" for setting in list_settings()) + TAIL


if __name__ == "__main__":
    sys.exit(write_or_check({REFERENCE / "settings.md": build_page()}))
