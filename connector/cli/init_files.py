"""Plan the files of a new set-up, hold them against what is there, and write them. Planning touches nothing."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from connector.cli.init_words import say
from connector.domain.model import Locale
from connector.file_writing import FOR_ALL, FOR_OWNER, write_atomically

MODEL: Final = "model.yaml"
TOML: Final = "puente.toml"
ENV: Final = ".env"
GITIGNORE: Final = ".gitignore"
IGNORED: Final = (".env", "..env.*", ".puente/")
"""Secrets, what a kill may leave of writing them, and the state."""
_SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    "hubspot": ("PUENTE_HUBSPOT__ACCESS_TOKEN", "PUENTE_HUBSPOT__CLIENT_SECRET"),
    "salesforce": (
        "PUENTE_SALESFORCE__CLIENT_ID", "PUENTE_SALESFORCE__CLIENT_SECRET", "PUENTE_SALESFORCE__WEBHOOK_TOKEN",
    ),
}  # fmt: skip
_EXAMPLES: Final = {
    "hubspot": '[hubspot]\n# app_id = "…"\n# webhook_url = "https://…/hubspot/webhook"   # {webhook}\n',
    "salesforce": '[salesforce]\n{instance}\n# webhook_url = "https://…/salesforce/outbound"   # {webhook}\n',
}


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """Hold what a file is to hold. `replaces` what somebody wrote; a file that only gains lines replaces nothing."""

    path: Path
    text: str
    replaces: bool
    mode: int = FOR_ALL

    @property
    def is_there(self) -> bool:
        """Say whether it is there already, and open to no more people than it should be."""
        is_open = self.mode == FOR_OWNER and self.path.is_file() and bool(self.path.stat().st_mode & 0o077)
        return self.path.is_file() and not is_open and _read(self.path) == self.text

    def write(self) -> None:
        """Write it whole or not at all. Raises OSError."""
        write_atomically(self.path, self.text, mode=self.mode)


def packaged(name: str) -> str:
    return files("mappings").joinpath(name).read_text(encoding="utf-8")


def plan_files(
    folder: Path, crm: str, locale: Locale, mapping: str, secrets: Mapping[str, str], instance_url: str
) -> list[PlannedFile]:
    """Return every file of the set-up, in the order they are written: the secrets and their guard come first."""
    return [
        *_plan_gitignore(folder),
        _plan_env(folder / ENV, crm, locale, secrets),
        *(
            PlannedFile(folder / name, text, replaces=_would_lose(folder / name, text, as_packaged))
            for name, text, as_packaged in (
                (MODEL, packaged(MODEL), packaged(MODEL)),
                (f"{crm}.yaml", mapping, packaged(f"{crm}.yaml")),
                (TOML, _toml(crm, locale, instance_url), None),
            )
        ),
    ]


def _toml(crm: str, locale: Locale, instance_url: str) -> str:
    instance = (
        f"instance_url = {json.dumps(instance_url)}"
        if instance_url
        else '# instance_url = "https://….my.salesforce.com"'
    )
    table = _EXAMPLES[crm].format(webhook=say("toml_webhook", locale), instance=instance)
    head = say("toml_head", locale)
    return f'{head}\n\ncrm = "{crm}"\nlocale = "{locale}"\nmodel = "{MODEL}"\nmapping = "{crm}.yaml"\n\n{table}'


def _plan_env(path: Path, crm: str, locale: Locale, secrets: Mapping[str, str]) -> PlannedFile:
    """Add what is new to what is there; a secret that is there already and differs would be replaced."""
    is_new = not path.is_file()
    left, lines, replaces = dict(secrets), [], False
    for line in [say("env_head", locale)] if is_new else _read(path).splitlines():
        name, _, value = line.partition("=")
        new = _assignment(name.strip(), left.pop(name.strip())) if name.strip() in left else line
        replaces = replaces or (new != line and bool(value.strip()))
        lines.append(new)
    lines += [_assignment(name, value) for name, value in left.items()]
    if is_new:
        lines += [f"# {name}=" for name in _SECRETS[crm] if name not in secrets]
    return PlannedFile(path, "\n".join(lines) + "\n", replaces, FOR_OWNER)


def _assignment(name: str, value: str) -> str:
    """Write a value so that it is read as it is. Source: python-dotenv, "File format" (measured).

    Without quotes every sign but blanks stands for itself; within them a backslash escapes.
    """
    if not any(char.isspace() for char in value) and value[:1] not in ("'", '"'):
        return f"{name}={value}"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


def _plan_gitignore(folder: Path) -> Iterable[PlannedFile]:
    """Keep secrets and state out of a repository, if the folder is in one."""
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return
    path = folder / GITIGNORE
    old = _read(path) if path.is_file() else ""
    lines = old.splitlines()
    missing = [line for line in IGNORED if line not in lines and f"/{line}" not in lines]
    if missing:
        yield PlannedFile(path, "\n".join([*lines, *missing]) + "\n", replaces=False)


def _would_lose(path: Path, text: str, as_packaged: str | None) -> bool:
    """Say whether somebody's work would go: what is as it is packaged is nobody's."""
    return path.exists() and (not path.is_file() or _read(path) not in (text, as_packaged))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def find_obstacle(planned: Sequence[PlannedFile]) -> tuple[str, OSError] | None:
    """Return the first file that could not be written, and why, before any of them is."""
    for file in planned:
        if file.path.is_dir():
            return file.path.name, OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not os.access(file.path.parent, os.W_OK | os.X_OK):
            return file.path.name, OSError(errno.EACCES, os.strerror(errno.EACCES))
    return None


def conflicts(planned: Sequence[PlannedFile]) -> list[PlannedFile]:
    """Return the files whose content somebody would lose."""
    return [file for file in planned if file.replaces]
