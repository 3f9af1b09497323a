"""Say what every form of the queue promises. A test class inherits this and offers a `bench`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.live.doorbell import Doorbell
from connector.live.queue import Queue, Ticket

RANG_AT = datetime(2026, 11, 21, 9, 30, 0, 123_000, tzinfo=UTC)
VISIBILITY = 600.0
"""Longer than a test takes on any machine: an emulator's clock also goes on by itself."""


def bell(object_id: str = "1001", **more: object) -> Doorbell:
    return Doorbell("hubspot", "62515", "contact", object_id, RANG_AT, "changed", **more)  # type: ignore[arg-type]


@dataclass
class QueueBench:
    """Hold a queue and a way to let time pass for it."""

    queue: Queue
    pass_seconds: Callable[[float], None]

    def take_all(self) -> list[Ticket]:
        """Take until nothing more comes: a form may give out fewer than it has."""
        taken: list[Ticket] = []
        while tickets := self.queue.take(10, VISIBILITY):
            taken += tickets
        return taken


class QueueContract:
    """Test one form of the queue; `bench` gives an empty one."""

    def test_what_was_put_is_given_out_whole(self, bench: QueueBench) -> None:
        bells = [
            bell("1"),
            Doorbell("hubspot", "62515", "contact", "2", RANG_AT, "merged", survivor="9"),
            Doorbell("hubspot", "62515", "call", "71", RANG_AT, "engagement", engagement=("call", "71")),
            bell("4", ours=True),
        ]
        bench.queue.put(bells)
        assert sorted((t.doorbell for t in bench.take_all()), key=lambda one: one.object_id) == sorted(
            bells, key=lambda one: one.object_id
        )

    def test_putting_nothing_and_settling_nothing_changes_nothing(self, bench: QueueBench) -> None:
        bench.queue.put([])
        bench.queue.done([])
        bench.queue.later([], 5)
        assert bench.take_all() == []

    def test_many_are_put_at_once(self, bench: QueueBench) -> None:
        bench.queue.put([bell(str(n)) for n in range(37)])
        assert {t.doorbell.object_id for t in bench.take_all()} == {str(n) for n in range(37)}

    def test_what_is_taken_is_hidden_from_other_takers(self, bench: QueueBench) -> None:
        bench.queue.put([bell()])
        assert len(bench.queue.take(10, VISIBILITY)) == 1
        assert bench.queue.take(10, VISIBILITY) == []

    def test_what_is_done_never_comes_back(self, bench: QueueBench) -> None:
        bench.queue.put([bell()])
        bench.queue.done(bench.take_all())
        bench.pass_seconds(VISIBILITY + 1)
        assert bench.take_all() == []

    def test_what_is_not_settled_in_time_is_given_out_again_and_counted(self, bench: QueueBench) -> None:
        bench.queue.put([bell()])
        first = bench.take_all()
        bench.pass_seconds(VISIBILITY + 1)
        second = bench.take_all()
        assert [t.doorbell for t in second] == [t.doorbell for t in first]
        assert (first[0].attempts, second[0].attempts) == (1, 2)

    def test_later_means_not_before_the_delay(self, bench: QueueBench) -> None:
        bench.queue.put([bell()])
        bench.queue.later(bench.take_all(), 1_200)
        bench.pass_seconds(600)
        assert bench.take_all() == []
        bench.pass_seconds(601)
        assert len(bench.take_all()) == 1

    def test_duplicates_are_kept_apart(self, bench: QueueBench) -> None:
        bench.queue.put([bell(), bell()])
        first, second = bench.take_all()
        bench.queue.done([first])
        bench.pass_seconds(VISIBILITY + 1)
        assert len(bench.take_all()) == 1
        assert first.receipt != second.receipt

    def test_what_is_parked_waits_for_a_person(self, bench: QueueBench) -> None:
        bench.queue.put([bell("1"), bell("2")])
        tickets = {t.doorbell.object_id: t for t in bench.take_all()}
        bench.queue.park(tickets["1"], "el CRM rechazó el campo puente_stage")
        bench.queue.done([tickets["2"]])
        bench.pass_seconds(VISIBILITY + 1)
        assert bench.take_all() == []
        parked = bench.queue.status().parked
        assert [(one.doorbell, one.reason) for one in parked] == [(bell("1"), "el CRM rechazó el campo puente_stage")]

    def test_redriving_puts_back_with_attempts_counted_anew(self, bench: QueueBench) -> None:
        bench.queue.put([bell()])
        bench.queue.later(bench.take_all(), 0)
        (ticket,) = bench.take_all()
        assert ticket.attempts == 2
        bench.queue.park(ticket, "because")
        assert bench.queue.redrive() == 1
        assert bench.queue.status().parked == ()
        assert [(t.doorbell, t.attempts) for t in bench.take_all()] == [(bell(), 1)]

    def test_redriving_chosen_ones_leaves_the_others(self, bench: QueueBench) -> None:
        bench.queue.put([bell("1"), bell("2")])
        for ticket in bench.take_all():
            bench.queue.park(ticket, "because")
        chosen = next(one.id for one in bench.queue.status().parked if one.doorbell.object_id == "2")
        assert bench.queue.redrive([chosen, "no-such-id"]) == 1
        assert [t.doorbell.object_id for t in bench.take_all()] == ["2"]
        assert [one.doorbell.object_id for one in bench.queue.status().parked] == ["1"]

    def test_discarding_forgets_chosen_ones_for_good(self, bench: QueueBench) -> None:
        bench.queue.put([bell("1"), bell("2")])
        for ticket in bench.take_all():
            bench.queue.park(ticket, "because")
        chosen = next(one.id for one in bench.queue.status().parked if one.doorbell.object_id == "2")
        assert bench.queue.discard([chosen, "no-such-id"]) == 1
        assert [one.doorbell.object_id for one in bench.queue.status().parked] == ["1"]
        assert bench.take_all() == []

    def test_status_counts_what_waits_and_what_is_being_worked_on(self, bench: QueueBench) -> None:
        empty = bench.queue.status()
        assert (empty.depth, empty.oldest_age_seconds, empty.parked) == (0, None, ())
        bench.queue.put([bell("1"), bell("2")])
        bench.pass_seconds(20)
        bench.queue.take(1, VISIBILITY)
        status = bench.queue.status()
        assert status.depth == 2
        assert status.oldest_age_seconds is None or status.oldest_age_seconds >= 0

    def test_a_receipt_of_an_earlier_delivery_is_no_good(self, bench: QueueBench) -> None:
        bench.queue.put([bell()])
        late = bench.take_all()
        bench.pass_seconds(VISIBILITY + 1)
        current = bench.take_all()
        bench.queue.done(late)
        bench.queue.later(late, 0)
        assert bench.take_all() == []
        bench.queue.later(current, 0)
        assert len(bench.take_all()) == 1
