"""Hold a contact while its past is being written: counters, latest moments, engagements, occurrences."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.hubspot import events
from sandbox.hubspot.call import Source
from sandbox.hubspot.links import Link, connect
from sandbox.hubspot.object_types import CALLS, COMMUNICATIONS, CONTACTS, EMAILS, MEETINGS, NOTES, ObjectType
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.store import Record
from sandbox.hubspot.wire import parse_instant, to_iso, to_ms
from sandbox.hubspot.writing import create_record
from sandbox.seed import SeedEvent

ENGAGEMENT = Source("ENGAGEMENTS", "rollup")


@dataclass(slots=True)
class Life:
    """A contact whose properties change while its events are written down."""

    portal: Portal
    contact: Record
    properties: dict[str, str]

    def bump(self, name: str, event: SeedEvent) -> None:
        """Raise a counter by the event's count."""
        self.properties[name] = str(int(self.properties.get(name, "0")) + (1 if event.count is None else event.count))

    def latest(self, name: str, event: SeedEvent) -> bool:
        """Keep the latest moment in a property; tell whether this event is it."""
        at_ms = to_ms(event.occurred_at)
        known = parse_instant(self.properties.get(name, ""))
        if known is not None and at_ms < known:
            return False
        self.properties[name] = to_iso(at_ms)
        return True

    def earliest(self, name: str, event: SeedEvent) -> None:
        """Keep the earliest moment in a property."""
        at_ms = to_ms(event.occurred_at)
        known = parse_instant(self.properties.get(name, ""))
        if known is None or at_ms < known:
            self.properties[name] = to_iso(at_ms)

    def occur(self, event_type: str, event: SeedEvent, properties: dict[str, str]) -> None:
        """Store an event occurrence."""
        events.add_occurrence(self.portal, event_type, self.contact.id, to_ms(event.occurred_at), properties)

    def engage(self, kind: ObjectType, event: SeedEvent, values: dict[str, str]) -> Record:
        """Create an engagement with the contact."""
        at_ms = to_ms(event.occurred_at)
        full = {"hs_timestamp": to_iso(at_ms), **{name: value for name, value in values.items() if value}}
        owner = self.properties.get("hubspot_owner_id")
        record = create_record(
            self.portal, kind, {**full, **({"hubspot_owner_id": owner} if owner else {})}, ENGAGEMENT, at_ms
        )
        link = Link(kind, record.id, CONTACTS, self.contact.id, _to_contact(kind))
        connect(self.portal, link, ENGAGEMENT, at_ms)
        self.bump("num_notes", event)
        self.latest("notes_last_updated", event)
        return record

    def touch(self, event: SeedEvent) -> None:
        """Count a contact between sales and the person."""
        self.bump("num_contacted_notes", event)
        self.latest("notes_last_contacted", event)
        self.latest("hs_last_sales_activity_timestamp", event)


def _to_contact(kind: ObjectType) -> int:
    return {CALLS: 194, EMAILS: 198, MEETINGS: 200, NOTES: 202, COMMUNICATIONS: 81}[kind]
