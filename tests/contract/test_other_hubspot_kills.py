"""Kill the command at many moments against a second HubSpot; a complete run must end as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter

import pytest

from tests.contract.other_hubspot.commands import COMMAND, environment
from tests.contract.other_hubspot.mischief import Mishap
from tests.contract.other_hubspot.walk import MachineClock, Walk, served

LONGEST_SECONDS = 60.0


def kill_after(walk: Walk, requests: int, seconds: float) -> bool:
    """Kill a run some time after its n-th request has arrived; False when it was faster."""
    target = len(walk.hub.journal) + requests
    process = subprocess.Popen(
        [*COMMAND, "qualify", "--all"], cwd=walk.folder, env=environment(walk.hub, **walk.settings),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + LONGEST_SECONDS
    while len(walk.hub.journal) < target and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(seconds)
    killed = process.poll() is None
    process.kill()
    process.wait()
    return killed


@pytest.mark.parametrize("seed", range(5))
def test_a_run_killed_thrice_ends_as_if_nothing_had_happened(seed: int) -> None:
    dice = random.Random(seed)
    with served(ordinary=8, hand_raisers=3, clock=MachineClock()) as undisturbed:
        undisturbed.run()
        expected = undisturbed.summary()
    with served(ordinary=8, hand_raisers=3, clock=MachineClock()) as walk:
        walk.settings["PUENTE_STATE"] = str(walk.folder / "state.db")
        walk.fail(Mishap(".*", "slow", seconds=0.01, chance=1.0, in_a_row=10**9))
        killed = [kill_after(walk, dice.randint(11, 18), dice.random() * 0.03) for _ in range(3)]
        assert killed.count(True) >= 1
        assert walk.ends_well() == expected
        keys = Counter(task.properties["puente_task_key"] for task in walk.portal.items["tasks"].values())
        assert set(keys.values()) == {1}
