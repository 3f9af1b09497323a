"""Hold the embedded queue to the contract, and to what only a file can promise."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.errors import PayloadError
from connector.live.doorbell import doorbell_from_json, doorbell_to_json
from connector.live.queue import UNREADABLE
from connector.live.queue_sqlite import SqliteQueue
from tests.contract.queue_contract import VISIBILITY, QueueBench, QueueContract, bell


class Watch:
    """Tell a time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class TestSqliteQueue(QueueContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[QueueBench]:
        watch = Watch()
        queue = SqliteQueue(tmp_path / "state.db", watch)
        yield QueueBench(queue, watch.pass_seconds)
        queue.close()

    def test_the_oldest_comes_first_and_its_age_is_known(self, bench: QueueBench) -> None:
        bench.queue.put([bell("1")])
        bench.pass_seconds(7)
        bench.queue.put([bell("2")])
        assert bench.queue.status().oldest_age_seconds == 7
        assert [t.doorbell.object_id for t in bench.queue.take(1, VISIBILITY)] == ["1"]


def test_doorbells_outlive_the_process_that_took_them(tmp_path: Path) -> None:
    watch = Watch()
    first = SqliteQueue(tmp_path / "state.db", watch)
    first.put([bell("1"), bell("2")])
    first.take(1, VISIBILITY)
    first.close()
    watch.pass_seconds(VISIBILITY + 1)
    second = SqliteQueue(tmp_path / "state.db", watch)
    assert {t.doorbell.object_id for t in second.take(10, VISIBILITY)} == {"1", "2"}
    second.close()


def test_what_cannot_be_read_is_parked_and_holds_up_nobody(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "state.db", Watch())
    queue.put([bell("1"), bell("2"), bell("3")])
    other_version = doorbell_to_json(bell("2")).replace("changed", "from_the_future")
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        db.execute("UPDATE doorbell SET content=? WHERE id=2", (other_version,))
        db.commit()
    assert [ticket.doorbell.object_id for ticket in queue.take(10, VISIBILITY)] == ["1", "3"]
    status = queue.status()
    assert status.depth == 2
    assert [(one.id, one.doorbell) for one in status.parked] == [("2", UNREADABLE)]
    assert "cannot be read" in status.parked[0].reason
    assert queue.redrive(["2"]) == 1
    assert queue.take(10, VISIBILITY) == []
    assert len(queue.status().parked) == 1
    queue.close()


def test_who_may_not_wait_is_told_that_the_file_is_locked(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "state.db", Watch(), patience_seconds=0.0)
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            queue.put([bell()])
        db.execute("ROLLBACK")
    queue.put([bell()])
    assert queue.status().depth == 1
    queue.close()


def test_takers_side_by_side_share_without_taking_anything_twice(tmp_path: Path) -> None:
    watch = Watch()
    queues = [SqliteQueue(tmp_path / "state.db", watch) for _ in range(4)]
    queues[0].put([bell(str(n)) for n in range(200)])
    taken: list[str] = []

    def drain(queue: SqliteQueue) -> None:
        while tickets := queue.take(7, VISIBILITY):
            taken.extend(ticket.doorbell.object_id for ticket in tickets)

    threads = [threading.Thread(target=drain, args=(queue,)) for queue in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [str(n) for n in range(200)]


def test_the_state_file_is_its_owners_only(tmp_path: Path) -> None:
    SqliteQueue(tmp_path / "state.db", Watch()).close()
    assert (tmp_path / "state.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"crm":"hubspot"}', '{"why":"because"}', b"\xff", "[" * 100_000,
     doorbell_to_json(bell()).replace("changed", "exploded"), doorbell_to_json(bell()).replace("Z", "")],
)  # fmt: skip
def test_what_is_no_doorbell_is_refused(text: str | bytes) -> None:
    with pytest.raises(PayloadError):
        doorbell_from_json(text)
