"""Why the system refused is said in the user's language, whoever says it, and never left out."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from connector.cli.disk import telling_what_cannot_be_written
from connector.cli.phrases import in_locale, usage_text
from connector.cli.session import Session
from connector.domain.model import Locale
from connector.errors import UsageError
from connector.generated_files import write_files
from connector.study.plan_file import open_plan
from connector.system_reasons import REASONS_ES, system_phrase, system_reason


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOENT, "no existe"), (errno.EISDIR, "es una carpeta"), (errno.EACCES, "permiso denegado")],
)
def test_a_reason_is_said_in_both_languages(number: int, said: str) -> None:
    assert system_reason(refused(number), "es") == said
    assert system_reason(refused(number), "en") == os.strerror(number)
    assert in_locale(system_phrase(refused(number)), "es") == said


def test_a_reason_nobody_has_translated_stays_as_the_system_says_it() -> None:
    assert system_reason(refused(errno.EILSEQ), "es") == os.strerror(errno.EILSEQ)
    assert system_reason(ValueError(), "es") == "ValueError"


def test_no_two_reasons_are_said_alike() -> None:
    assert len(set(REASONS_ES.values())) == len(REASONS_ES)


@pytest.mark.parametrize(("locale", "said"), [("es", "(no existe)"), ("en", f"({os.strerror(errno.ENOENT)})")])
def test_a_plan_that_is_not_there_says_so(locale: Locale, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        open_plan(tmp_path / "plan.jsonl", locale)
    assert said in str(caught.value)


def test_a_file_that_cannot_be_written_is_told_in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUENTE_LOCALE", "es")
    with pytest.raises(UsageError) as caught, telling_what_cannot_be_written(Session(), Path("plan.jsonl")):
        raise refused(errno.ENOSPC)
    assert "(no queda espacio en el disco)" in str(caught.value)


def test_a_folder_that_is_a_file_is_told_in_spanish(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError) as caught:
        write_files(tmp_path / "taken", {"a.txt": "a"})
    assert "(ya existe)" in usage_text(caught.value, "es")
