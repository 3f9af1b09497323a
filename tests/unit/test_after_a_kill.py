"""What a killed worker had taken is given out again at once, and never taken from one that lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.bootstrap_state import build_ledger, free_after_a_kill, one_run_at_a_time
from connector.live.queue_sqlite import SqliteQueue
from connector.ports import PersonRef
from connector.settings import Settings
from tests.contract.queue_contract import VISIBILITY, bell

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ANA = PersonRef("contact", "1")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Leave the state of a worker that was killed: one doorbell taken, one put off, one person leased."""
    settings = Settings(state=str(tmp_path / "state.db"))
    with opened(settings) as queue, closing(build_ledger(settings, "62515")) as ledger:
        queue.put([bell("1"), bell("2")])
        taken = queue.take(2, VISIBILITY)
        queue.later(taken[1:], 60)
        ledger.leases.acquire([ANA], "killed", NOW, 300)
    return settings


@contextmanager
def opened(settings: Settings, at: datetime = NOW) -> Iterator[SqliteQueue]:
    with closing(SqliteQueue(settings.state, lambda: at)) as queue:
        yield queue


def waiting(settings: Settings, at: datetime = NOW) -> list[str]:
    with opened(settings, at) as queue:
        return [ticket.doorbell.object_id for ticket in queue.take(10, VISIBILITY)]


def test_what_was_taken_comes_again_at_once_and_what_was_put_off_when_it_was_to(settings: Settings) -> None:
    assert waiting(settings) == []
    assert free_after_a_kill(settings, lambda: NOW) is True
    assert waiting(settings) == ["1"]
    assert "2" in waiting(settings, NOW + timedelta(seconds=60))


def test_people_held_by_the_dead_are_free(settings: Settings) -> None:
    free_after_a_kill(settings, lambda: NOW)
    with closing(build_ledger(settings, "62515")) as ledger:
        assert ledger.leases.acquire([ANA], "next", NOW, 300) == {ANA}


def test_while_a_run_is_at_work_nothing_is_taken_from_it(settings: Settings) -> None:
    with one_run_at_a_time(settings, lambda: None):
        assert free_after_a_kill(settings, lambda: NOW) is False
        assert waiting(settings) == []
    assert free_after_a_kill(settings, lambda: NOW) is True


def test_who_took_doorbells_and_still_waits_for_a_turn_settles_nothing_of_others(settings: Settings) -> None:
    with opened(settings) as queue:
        queue.put([bell("3")])
        mine = queue.take(10, VISIBILITY)
        free_after_a_kill(settings, lambda: NOW)
        again = {ticket.doorbell.object_id: ticket for ticket in queue.take(10, VISIBILITY)}
        queue.done(mine)
        assert queue.status().depth == 3
        queue.done(list(again.values()))
        assert queue.status().depth == 1


def test_a_state_that_machines_share_is_left_to_its_leases() -> None:
    assert free_after_a_kill(Settings(state="dynamodb://puente"), lambda: NOW) is True
