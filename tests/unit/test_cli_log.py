"""What reaches a log line, and what must not."""

from __future__ import annotations

import io
import json
import logging

import pytest

from connector.log import configure_logging, level_of, redact


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    monkeypatch.delenv("PUENTE_LOG", raising=False)
    stream = io.StringIO()
    configure_logging(stream=stream)
    return stream


def test_a_line_is_one_json_document_with_time_level_logger_and_event(lines: io.StringIO) -> None:
    logging.getLogger("adapters.http").warning("source unavailable: %s", "web_events")
    line = json.loads(lines.getvalue())
    assert line["level"] == "warning"
    assert line["logger"] == "adapters.http"
    assert line["event"] == "source unavailable: web_events"
    assert line["at"].endswith("Z")


def test_lines_under_the_level_are_not_written(lines: io.StringIO) -> None:
    logging.getLogger("connector.live").info("read 100")
    assert lines.getvalue() == ""


def test_configuring_twice_writes_every_line_once(lines: io.StringIO) -> None:
    configure_logging(stream=lines)
    logging.getLogger("connector").error("once")
    assert lines.getvalue().count("once") == 1


def test_an_exception_is_told_by_class_and_place_without_its_text(lines: io.StringIO) -> None:
    try:
        raise ValueError("canary-value")
    except ValueError:
        logging.getLogger("connector").exception("cannot go on")
    line = json.loads(lines.getvalue())
    assert line["error"] == "ValueError"
    assert any("test_cli_log.py" in place for place in line["places"])
    assert "canary-value" not in lines.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "ana@correo.example",
        "Bearer abc.def-123",
        "pat-na1-0123456789abcdef",
        "refresh_token=rt-0001",
        '"client_secret": "s3cret"',
        "00D000000000001AAA!AQcAQH0dMHZfz972Szmpkb58urFRkgeBGsxL",
    ],
)
def test_what_looks_like_a_credential_or_an_address_is_removed(secret: str) -> None:
    kept = redact(f"before {secret} after")
    assert kept.startswith("before ")
    assert kept.endswith(" after")
    assert secret.split("=")[-1].split(": ")[-1].strip('"') not in kept


@pytest.mark.parametrize(
    ("value", "level"), [("debug", "DEBUG"), (" Info ", "INFO"), ("loud", "ERROR"), (None, "ERROR")]
)
def test_the_variable_chooses_the_level_and_nonsense_does_not(value: str | None, level: str) -> None:
    assert level_of(value, "ERROR") == level
