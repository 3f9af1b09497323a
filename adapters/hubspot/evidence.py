"""Collect what the sources say about the people of one wave."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.hubspot.replies import CrmRecord
from adapters.timeline import SourceRecord
from connector.errors import CrmError
from connector.ports import Deal


@dataclass(slots=True)
class Evidence:
    """Hold a wave's evidence by contact id. A contact in `failed` lacks a part and must not be decided."""

    contacts: dict[str, CrmRecord]
    records: dict[str, dict[str, list[SourceRecord]]] = field(default_factory=dict)
    companies: dict[str, CrmRecord] = field(default_factory=dict)
    deals: dict[str, list[Deal]] | None = None
    failed: dict[str, CrmError] = field(default_factory=dict)

    def add(self, contact_id: str, source: str, record: SourceRecord) -> None:
        self.records.setdefault(contact_id, {}).setdefault(source, []).append(record)

    def of(self, contact_id: str, source: str) -> list[SourceRecord]:
        return self.records.get(contact_id, {}).get(source, [])

    def fail(self, contact_id: str, error: CrmError) -> None:
        self.failed.setdefault(contact_id, error)

    @property
    def sound_ids(self) -> list[str]:
        return [contact_id for contact_id in self.contacts if contact_id not in self.failed]
