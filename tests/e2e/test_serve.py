"""See one change of a person become one write, and strangers kept out, by `puente serve` as it is run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from connector.live.clock import system_clock
from connector.live.queue_sqlite import SqliteQueue
from tests.contract.queue_contract import bell
from tests.e2e.live_server import HUBSPOT, PATIENCE_SECONDS, SALESFORCE, Live, Side, serving


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with serving(tmp_path) as found:
        yield found


@pytest.mark.parametrize("side", [HUBSPOT, SALESFORCE], ids=lambda side: side.crm)
def test_one_human_change_leads_to_one_write_and_then_silence(side: Side, tmp_path: Path) -> None:
    """Our own writes ring, too, three times each; they are answered by nothing."""
    with serving(tmp_path, side) as live:
        person = live.people()[0]
        live.listen(duplicates=3, shuffle=True)
        before = live.last()
        event = {"kind": "form_submitted", "form": "Solicitar demo"}
        live.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
        live.wait_until(lambda: bool(live.person(person).get(side.stage)))
        live.wait_for_silence()
        assert len(live.written_since(before, person)) == 1
        again = live.last()
        live.ask("POST", "edit", {"person": person, "set": {side.title: "Directora de compras"}})
        live.wait_for_silence()
        assert len(live.written_since(again, person)) <= 1
        still = live.last()
        live.wait_for_silence()
        assert live.written_since(still, person) == []
        assert len(live.task_keys()) == len(set(live.task_keys())) <= 1


def test_what_is_not_signed_is_refused_and_leaves_no_trace(live: Live) -> None:
    before = live.last()
    for content, headers in ((b"[]", {}), (b"x" * 10_000_000, {}), (b"[]", {"x-hubspot-signature-v3": "AAAA"})):
        status = httpx.post(live.url, content=content, headers=headers, trust_env=False).status_code
        assert status == (413 if len(content) > 4_194_304 else 401)
    assert httpx.get(live.url, trust_env=False).status_code == 405
    assert live.last() == before


def test_a_start_takes_up_what_a_killed_server_had_taken(tmp_path: Path) -> None:
    """The dead one had taken it for longer than this test waits."""
    with closing(SqliteQueue(tmp_path / "state.db", system_clock)) as queue:
        queue.put([bell("404")])
        assert len(queue.take(1, 10 * PATIENCE_SECONDS)) == 1
        with serving(tmp_path) as live:
            live.wait_until(lambda: queue.status().depth == 0)


def test_a_server_that_is_told_to_stop_finishes_and_keeps_its_queue(live: Live) -> None:
    live.process.send_signal(signal.SIGTERM)
    assert live.process.wait(PATIENCE_SECONDS) == 0
    said = (live.folder / "said").read_text()
    assert "Detenido" in said
    assert "Traceback" not in said
