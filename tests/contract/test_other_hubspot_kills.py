"""Kill the command at many requests to a second HubSpot; a complete run must end as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Literal

import pytest

from tests.contract.other_hubspot.commands import COMMAND, environment
from tests.contract.other_hubspot.mischief import Interference, Mishap
from tests.contract.other_hubspot.replies import Reply
from tests.contract.other_hubspot.walk import MachineClock, Walk, served

LONGEST_SECONDS = 600.0
When = Literal["before", "after"]


def few() -> AbstractContextManager[Walk]:
    return served(ordinary=8, hand_raisers=3, clock=MachineClock())


@dataclass(frozen=True)
class Undisturbed:
    """Hold what a run that nobody kills asks for, and what it leaves."""

    requests: int
    summary: dict[str, Any]


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[Undisturbed]:
    with few() as walk:
        run = walk.process()
        assert (run.code, walk.promises(run)) == (0, [])
        yield Undisturbed(len(walk.hub.journal), walk.summary())


def kill_at(walk: Walk, turn: int, when: When) -> bool:
    """Kill a run at its n-th request, which is done (`after`) or never done; False when it never came."""
    started = SimpleQueue[subprocess.Popen[bytes]]()

    def kill() -> Reply:
        started.get().kill()
        return Reply(500)

    if when == "after":
        walk.meddle(Interference(".*", turn, lambda _, __: kill()))
    else:
        walk.fail(Mishap(".*", "reset", reply=kill, turns=frozenset({turn})))
    process = subprocess.Popen(
        [*COMMAND, "qualify", "--all"], cwd=walk.folder, env=environment(walk.hub, **walk.settings),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started.put(process)
    code = process.wait(LONGEST_SECONDS)
    walk.calm()
    return code < 0


@pytest.mark.parametrize("seed", range(5))
def test_a_run_killed_thrice_ends_as_if_nothing_had_happened(undisturbed: Undisturbed, seed: int) -> None:
    dice = random.Random(seed)
    with few() as walk:
        walk.settings["PUENTE_STATE"] = str(walk.folder / "state.db")
        whens: tuple[When, When] = ("before", "after")
        turns = [dice.randint(undisturbed.requests // 2, undisturbed.requests - 1) for _ in range(3)]
        killed = [kill_at(walk, turn, dice.choice(whens)) for turn in turns]
        assert killed[0]
        assert walk.ends_well() == undisturbed.summary
        keys = Counter(task.properties["puente_task_key"] for task in walk.portal.items["tasks"].values())
        assert set(keys.values()) == {1}
