"""Hold the memories built from a snapshot to those a live run decides with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from connector.domain.person import Memory
from connector.live.recall import Remembered, recall
from connector.study.memories import recall_part, refs_of
from tests.study.copies import NOW, Copier, crm_of, ref


def test_a_part_recalls_what_a_live_run_would(tmp_path: Path) -> None:
    crm = crm_of(9)
    week = timedelta(days=7)
    crm.people["100"].fields = {"puente_stage": "mql", "puente_stage_at": NOW - week}
    crm.people["101"].lifecycle, crm.people["101"].lifecycle_at = "customer", NOW - week
    crm.people["102"].verdict = ("rejected", "timing", NOW - week)
    crm.people["103"].fields = {"puente_stage": "lead"}
    crm.people["103"].stage_by = "person"
    remembered = {ref(100): Remembered(Memory("mql", "sales", NOW - week, episodes={"mql": 2}))}
    copier = Copier(crm, tmp_path / "copy")
    copier.take()
    found = {}
    for part in copier.open().parts():
        memories = recall_part(part, remembered, NOW, "puente_handoff_key")
        found |= dict(zip(refs_of(part), memories, strict=True))
    live = crm.fetch([ref(number) for number in range(100, 109)], now=NOW).records
    assert found == {
        record.ref: recall(record, remembered.get(record.ref), NOW, "puente_handoff_key") for record in live
    }
    assert {memory.stage for memory in found.values()} == {"mql", "customer", "lead", None}
