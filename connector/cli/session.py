"""Hold what every command needs: the settings, the two streams, and the words in the user's language."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from connector.cli.words import SENTENCES
from connector.domain.model import Locale

if TYPE_CHECKING:
    from rich.console import Console

    from connector.bootstrap import Root
    from connector.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """Carry one run of the command line. Data goes to `out`, talk to `err`.

    What takes time to import is loaded when it is first used, so that `--help` is instant.
    """

    def __init__(self, root: Root | None = None) -> None:
        self.locale: Locale = _first_locale()
        self.crm: str = "hubspot"
        self.host = "?"
        self._given_root = root

    @cached_property
    def root(self) -> Root:
        from connector.bootstrap import Root

        return self._given_root or Root()

    @cached_property
    def out(self) -> Console:
        return _console(stderr=False)

    @cached_property
    def err(self) -> Console:
        return _console(stderr=True)

    def load_settings(
        self, *, crm: str | None = None, model: Path | None = None, mapping: Path | None = None
    ) -> Settings:
        """Read the settings; options of the command win over them."""
        settings = self.root.load_settings()
        self.locale = settings.locale
        chosen = {"crm": crm, "model": model, "mapping": mapping}
        settings = settings.model_copy(update={name: value for name, value in chosen.items() if value is not None})
        self.crm = settings.crm
        url = (settings.salesforce.instance_url or "") if self.crm == "salesforce" else settings.hubspot.base_url
        self.host = url.partition("://")[2].partition("/")[0].rpartition("@")[2] or "?"
        return settings

    def say(self, key: str, **values: object) -> str:
        """Return a sentence in the user's language."""
        return SENTENCES[self.locale][key].format(**values)

    def tell(self, key: str, **values: object) -> None:
        """Say a sentence on stderr."""
        self.err.print(self.say(key, **values), soft_wrap=True)


def _first_locale() -> Locale:
    """Return the language to speak before the settings are read, or when they cannot be: help and refusals need one."""
    for said in (_of_environment, _of_env_file, _of_toml_file):
        try:
            locale = said()
        except (OSError, ValueError):
            continue  # whoever loads the settings says what is wrong with the file
        if locale:
            return "en" if locale == "en" else "es"
    return "es"


def _of_environment() -> str:
    return os.environ.get("PUENTE_LOCALE", "").strip()


def _of_env_file() -> str:
    lines = Path(".env").read_text(encoding="utf-8").splitlines()
    found = (line.removeprefix("export ").partition("=") for line in lines)
    return next((value.strip(" '\"") for name, _, value in found if name.strip() == "PUENTE_LOCALE"), "")


def _of_toml_file() -> str:
    return str(tomllib.loads(Path("puente.toml").read_text(encoding="utf-8")).get("locale", ""))


def _console(*, stderr: bool) -> Console:
    """Make a stream that shows text as it is: what a CRM holds is no markup."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def file_option(name: str, meaning: str) -> Callable[[F], F]:
    """Make an option that names a file; whether it can be read is said by whoever reads it."""
    return click.option(name, type=click.Path(path_type=Path), metavar="FILE", help=meaning)


def crm_option() -> Callable[[F], F]:
    return click.option("--crm", type=click.Choice(["hubspot", "salesforce"]), help="Instead of PUENTE_CRM.")


def rules_options(command: F) -> F:
    """Add the options that choose the CRM and the ops team's files."""
    for option in (
        file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING."),
        file_option("--model", "Model file, instead of PUENTE_MODEL."),
        crm_option(),
    ):
        command = option(command)
    return command


json_option = click.option("--json", "as_json", is_flag=True, help="For machines: JSON on stdout.")
