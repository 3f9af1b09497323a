"""Judge whether everybody who would get a task can: owners that exist and are active, and none left without. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connector.cli.doctor_check import Check, fail, ok, warn
from connector.domain.model import Routing
from connector.health import OwnerState
from connector.ports import Record


def owners_of(routing: Routing) -> tuple[str, ...]:
    """Return every owner the model names, each once."""
    territories = [owner for territory in routing.territories for owner in territory.owners]
    late = [routing.escalate_to] if routing.escalate_to else []
    return tuple(dict.fromkeys((*territories, *routing.round_robin, *late)))


def judge_routing(routing: Routing, owners: Mapping[str, OwnerState], sample: Sequence[Record]) -> Iterator[Check]:
    """Yield a line for every way in which a task could end up with nobody; one good line when there is none.

    Somebody is left over who has no owner of their own (or may not keep them) while nobody takes turns.
    """
    for state, code in (("unknown", "routing_unknown"), ("inactive", "routing_inactive")):
        names = tuple(name for name, found in owners.items() if found == state)
        if names:
            yield fail("routing", code, names=names)
    unowned = sum(not record.person.text("owner") for record in sample)
    is_spare = bool(sample) and unowned == 0 and routing.keep_owner
    if not routing.round_robin and not is_spare:
        count = unowned if routing.keep_owner else len(sample)
        code = "routing_empty" if sample else "routing_nobody"
        yield warn("routing", code, count=count, sampled=len(sample))
    if any(state != "active" for state in owners.values()) or not (routing.round_robin or is_spare):
        return
    active = len(routing.round_robin)
    if routing.capacity_per_day is None:
        yield ok("routing", "routing_ok", count=len(owners))
    else:
        yield ok("routing", "routing_capacity", count=active, tasks=active * routing.capacity_per_day)
