"""Say the phrases of the core in the user's language: what is wrong with a file, a setting or a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.cli.phrases_crm_es import SCHEMA_ES, SETTINGS_ES
from connector.cli.phrases_files_es import FILES_ES
from connector.cli.phrases_install_es import INSTALL_ES
from connector.domain.model import Locale
from connector.domain.phrase import Phrase
from connector.domain.yaml_tree import ROOT
from connector.errors import Problem, UsageError
from connector.system_reasons import REASONS_ES

SPANISH: Final[Mapping[str, str]] = {**FILES_ES, **SETTINGS_ES, **SCHEMA_ES, **INSTALL_ES}
"""English pattern → Spanish pattern with the same values."""
_ROOT_ES: Final = "(archivo)"


def in_locale(text: str, locale: Locale) -> str:
    """Return a text in a language. What is no phrase is somebody's own words, such as the CRM's, and stays."""
    if locale == "en" or not isinstance(text, Phrase):
        return str(text)
    values = {
        name: in_locale(value, locale) if isinstance(value, str) else value for name, value in text.values.items()
    }
    pattern = SPANISH.get(text.pattern) or REASONS_ES.get(text.pattern, text.pattern)
    return pattern.format(**values) if values else pattern


def problem_text(problem: Problem, locale: Locale) -> str:
    """Return FILE:LINE: PATH: what — what to do."""
    path = _ROOT_ES if locale == "es" and problem.path == ROOT else problem.path
    return f"{problem.file}:{problem.line}: {path}: {in_locale(problem.message, locale)}"


def usage_text(error: UsageError, locale: Locale) -> str:
    """Return all that is to be corrected, a line for each."""
    if error.problems:
        return "\n".join(problem_text(problem, locale) for problem in error.problems)
    return in_locale(error.message, locale)
