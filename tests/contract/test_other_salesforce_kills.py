"""Kill the command at every step over a second Salesforce; a complete run must end as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from tests.contract.other_salesforce.catalogue import KEY
from tests.contract.other_salesforce.commands import COMMAND, environment
from tests.contract.other_salesforce.mischief import Interference, Mishap
from tests.contract.other_salesforce.replies import Reply
from tests.contract.other_salesforce.walk import MachineClock, Walk, served

LONGEST_SECONDS = 600.0
STEPS = {
    "login": "POST oauth2/token",
    "description": r"composite\[.*describe.*",
    "list": r".*Lead by IsDeleted.*",
    "reading": r"composite\[.*by WhoId.*",
    "comparison": r"composite\[(?!.*WhoId).*(Lead|Contact) by Id.*",
    "people": r"update (Lead|Contact).*",
    "tasks": r"insert Task|composite\[insert Task.*",
}
When = Literal["before", "after"]


def few() -> AbstractContextManager[Walk]:
    return served(ordinary=6, hand_raisers=3, odd=False, clock=MachineClock())


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
        yield Undisturbed(len(walk.served.journal), walk.summary())


def kill_at(walk: Walk, match: str, turn: int, when: When) -> bool:
    """Kill a run at its n-th such request, which is done (`after`) or never done; False when it never came."""
    started: list[subprocess.Popen[bytes]] = []

    def kill() -> Reply:
        started[0].kill()
        return Reply(500)

    if when == "after":
        walk.meddle(Interference(match, turn, lambda _: kill()))
    else:
        walk.fail(Mishap(match, "reset", reply=kill, turns=frozenset({turn})))
    settings = {"PUENTE_STATE": str(walk.folder / "state.db"), **walk.settings}
    started.append(
        subprocess.Popen(
            [*COMMAND, "qualify", "--all"], cwd=walk.folder, env=environment(walk.served, settings),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
    )  # fmt: skip
    code = started[0].wait(LONGEST_SECONDS)
    walk.calm()
    return code < 0


def assert_whole(walk: Walk, undisturbed: Undisturbed) -> None:
    assert walk.ends_well() == undisturbed.summary
    keys = Counter(task.text(KEY) for task in walk.org.of("Task") if task.text(KEY))
    assert set(keys.values()) == {1}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_run_killed_at_a_step_is_completed_by_the_next(undisturbed: Undisturbed, step: str, when: When) -> None:
    with few() as walk:
        assert kill_at(walk, STEPS[step], 1, when)
        assert_whole(walk, undisturbed)


@pytest.mark.parametrize("seed", range(4))
def test_runs_killed_one_after_the_other_are_completed_by_the_last(undisturbed: Undisturbed, seed: int) -> None:
    dice = random.Random(seed)
    with few() as walk:
        whens: tuple[When, When] = ("before", "after")
        killed = [kill_at(walk, ".*", dice.randint(4, undisturbed.requests), dice.choice(whens)) for _ in range(3)]
        assert any(killed)
        assert_whole(walk, undisturbed)
