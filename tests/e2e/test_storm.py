"""Doorbells in thousands, delivered three times in disorder to workers that are killed: nobody is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.storm import Scale, portal_for


@pytest.mark.slow
def test_a_storm_leaves_every_person_as_a_direct_decision_would(tmp_path: Path) -> None:
    scale = Scale(people=60, rounds=8, workers=3, kills=4, lease_seconds=6.0, patience_seconds=600.0)
    with portal_for(scale, tmp_path) as storm:
        found = storm.run()
    assert (found.lost, found.parked) == (0, [])
    assert found.differing == []
    assert found.duplicate_tasks == 0
    assert found.moved_back == []
    assert found.kills == scale.kills
    assert found.faults > 0
    assert found.delivered == scale.copies * found.doorbells
    assert found.tasks.total() > 0
    assert found.people_read < found.delivered / 2
