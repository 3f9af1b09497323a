"""Choose the command line's sentences by language, and write counts and numbers their way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from connector.cli.words_en import ENGLISH
from connector.cli.words_es import SPANISH
from connector.cli.words_install_en import INSTALL_EN
from connector.cli.words_install_es import INSTALL_ES
from connector.cli.words_learn_en import LEARN_EN
from connector.cli.words_learn_es import LEARN_ES
from connector.cli.words_score_en import SCORE_EN
from connector.cli.words_score_es import SCORE_ES
from connector.cli.words_study_en import STUDY_EN
from connector.cli.words_study_es import STUDY_ES
from connector.domain.model import Locale
from connector.domain.wording import STEP_NAMES, count_text, duration_text, fixed_text, moment_text, stage_text

SENTENCES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {**SPANISH, **INSTALL_ES, **STUDY_ES, **LEARN_ES, **SCORE_ES},
    "en": {**ENGLISH, **INSTALL_EN, **STUDY_EN, **LEARN_EN, **SCORE_EN},
}


def step_text(step: str, locale: Locale) -> str:
    return STEP_NAMES[locale].get(step, step.replace("_", " "))


def instant_text(instant: datetime, zone: str, locale: Locale, *, today: datetime) -> str:
    """Write weekday, day and time in the team's zone, with the year when it is not this year's."""
    local = instant.astimezone(ZoneInfo(zone))
    text = moment_text(instant, zone, locale)
    if local.year == today.astimezone(ZoneInfo(zone)).year:
        return text
    day, _, time = text.rpartition(" ")
    return f"{day} {local.year} {time}"


__all__ = ["SENTENCES", "count_text", "duration_text", "fixed_text", "instant_text", "stage_text", "step_text"]
