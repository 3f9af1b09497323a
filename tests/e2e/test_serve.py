"""See one change of a person become one write, and strangers kept out, by `puente serve` as it is run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.live_server import Live, serving


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with serving(tmp_path) as found:
        yield found


def test_one_human_change_leads_to_one_write_and_then_silence(live: Live) -> None:
    """Our own writes ring, too, three times each; they are answered by nothing."""
    person = live.ask("GET", "state")["people"][0]["id"]
    live.listen(duplicates=3, shuffle=True)
    before = live.last()
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    live.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
    live.wait_until(lambda: bool(live.person(person).get("puente_stage")))
    live.wait_for_silence()
    fields = [line for line in live.writes(person, before) if line.endswith("contacts/batch/update")]
    assert len(fields) == 1
    again = live.last()
    live.ask("POST", "edit", {"person": person, "set": {"jobtitle": "Directora de compras"}})
    live.wait_for_silence()
    assert len(live.writes(person, again)) <= 1
    still = live.last()
    live.wait_for_silence()
    assert live.writes(person, still) == []
    keys = [task["properties"].get("puente_task_key") for task in live.ask("GET", "state")["tasks"]]
    ours = [key for key in keys if key]
    assert len(ours) == len(set(ours)) <= 1


def test_what_is_not_signed_is_refused_and_leaves_no_trace(live: Live) -> None:
    before = live.last()
    for content, headers in ((b"[]", {}), (b"x" * 5_000_000, {}), (b"[]", {"x-hubspot-signature-v3": "AAAA"})):
        status = httpx.post(live.url, content=content, headers=headers, trust_env=False).status_code
        assert status == (413 if len(content) > 4_194_304 else 401)
    assert httpx.get(live.url, trust_env=False).status_code == 405
    assert live.last() == before


def test_a_server_that_is_told_to_stop_finishes_and_keeps_its_queue(live: Live) -> None:
    live.process.send_signal(signal.SIGTERM)
    assert live.process.wait(20) == 0
    said = (live.folder / "said").read_text()
    assert "Detenido" in said
    assert "Traceback" not in said
