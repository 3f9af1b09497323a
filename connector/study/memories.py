"""Build the memories a part's people are decided with, from what the snapshot keeps and what the ledger remembers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connector.domain.person import Memory
from connector.live.recall import Remembered, recall
from connector.ports import PersonRef
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import build_record
from connector.study.snapshot_schema import PEOPLE


def recall_part(
    part: Part, remembered: Mapping[PersonRef, Remembered], now: datetime, key_field: str | None
) -> list[Memory]:
    """Return the memory of everybody in a part, in the order of its people: the one a live run would decide with."""
    memories = []
    for row in part.table("people", list(PEOPLE)).iter_rows(named=True):
        record = build_record(row, part.origin)
        memories.append(recall(record, remembered.get(record.ref), now, key_field))
    return memories


def refs_of(part: Part) -> list[PersonRef]:
    """Return who is in a part, in the order of its people; hashed ids stay hashed."""
    return [PersonRef(*name) for name in part.table("people", ["object_type", "object_id"]).iter_rows()]
