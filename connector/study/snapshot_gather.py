"""Gather people, deals and tasks wave by wave until there are enough for a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connector.errors import AccessError, CrmError, RetryableError
from connector.ports import Crm, Deal, Fetched, PersonRef, Record, TaskState
from connector.study.manifest import PartCounts
from connector.study.snapshot_rows import Gathered, Keeping, build_tables
from connector.study.snapshot_store import SnapshotStore

_DEALS: Final = "deals"
_FORBIDDEN: Final = 403


@dataclass(slots=True)
class Gatherer:
    """Collect what was read and hand it to the store as parts of about `people_per_part` people.

    `failed` has everybody who could not be read so far, `unavailable` the sources the account refused, `fields` those
    whose history it keeps.
    """

    crm: Crm
    store: SnapshotStore
    keeping: Keeping
    people_per_part: int
    with_history: bool = True
    failed: dict[PersonRef, str] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    _now: Gathered = field(default_factory=Gathered)
    _fetched: list[Fetched] = field(default_factory=list)

    def add(self, fetched: Fetched) -> int:
        """Add one wave; returns how many people it accounts for. Who was merged into somebody is gone."""
        gathered, records, keeping = self._now, fetched.records, self.keeping
        gathered.records += records
        gathered.deals.update(self._deals([record.ref for record in records]))
        gathered.tasks.update(self._tasks(records))
        if self.with_history:
            self._add_histories([record.ref for record in records])
        merged = {loser: record.ref for record in records for loser in record.merged}
        for ref, survivor in {**merged, **fetched.gone}.items():
            gathered.gone[ref.object_type, keeping.name(ref)] = keeping.spell(survivor) if survivor else None
        self.failed.update({ref: type(error).__name__ for ref, error in fetched.failed.items()})
        self._fetched.append(fetched)
        if len(gathered.records) >= self.people_per_part:
            self.flush()
        return len(records) + len(fetched.gone) + len(fetched.failed)

    def _add_histories(self, refs: Sequence[PersonRef]) -> None:
        """Read what fields held when; an attribute that is not kept has no past here either."""
        kept = {f"attribute:{name}" for name in self.keeping.attribute_types}
        histories = self.crm.histories(refs)
        wanted = {field for field in histories.fields if not field.startswith("attribute:") or field in kept}
        self.fields |= wanted
        self._now.history.update(
            {ref: [one for one in changes if one.field in wanted] for ref, changes in histories.changes.items()}
        )

    def lose(self, names: Sequence[tuple[str, str]]) -> None:
        """Add people, by type and kept id, whom the CRM no longer has."""
        self._now.gone.update(dict.fromkeys(names))

    def flush(self) -> None:
        """Write what was gathered as a part."""
        if not self._fetched and not self._now.gone:
            return
        tables = build_tables(self._now, self.keeping)
        rows = {str(name): frame.height for name, frame in tables.items()}
        records = self._now.records
        refs = [ref for fetched in self._fetched for ref in (*(r.ref for r in fetched.records), *fetched.gone)]
        self.store.add_part(tables, _count(records, self._fetched, rows), refs)
        self._now, self._fetched = Gathered(), []

    def _deals(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Deal]]:
        """Read deals; an account that does not let us has none to keep, and the manifest says so."""
        if not refs or _DEALS in self.unavailable:
            return {}
        try:
            return self.crm.outcomes(refs)
        except AccessError as error:
            if error.status != _FORBIDDEN:
                raise
            self.unavailable[_DEALS] = "scope"
            return {}
        except RetryableError:
            raise
        except CrmError:
            return self._deals_by_halves(refs)

    def _deals_by_halves(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Deal]]:
        """Find the one whose deals cannot be read: the others' are kept."""
        if len(refs) == 1:
            self.unavailable["deals of some people"] = "refused"
            return {}
        middle = len(refs) // 2
        return {**self._deals(refs[:middle]), **self._deals(refs[middle:])}

    def _tasks(self, records: Sequence[Record]) -> Mapping[PersonRef, tuple[str, TaskState]]:
        """Read where the task of everybody's last handoff stands."""
        field_name = self.keeping.handoff_key_field
        keys = {record.ref: record.current.get(field_name) for record in records if field_name}
        wanted = [(ref, key) for ref, key in keys.items() if isinstance(key, str) and key]
        states = self.crm.task_states(wanted) if wanted else {}
        return {ref: (key, states[key]) for ref, key in wanted if key in states}


def _count(records: Sequence[Record], fetched: Sequence[Fetched], rows: Mapping[str, int]) -> PartCounts:
    """Account for a part from what was read, not from what was written."""
    events = [record.timeline.events for record in records]
    newest = [{event.id: event for event in sorted(one, key=lambda event: event.occurred_at)} for one in events]
    versions = sum(len(one) for one in newest)
    failed = Counter(type(error).__name__ for one in fetched for error in one.failed.values())
    gone = sum(len(one.gone) for one in fetched)
    read = sum(len(one) for one in events)
    return PartCounts(
        listed=len(records) + gone + failed.total(),
        gone=gone,
        failed=dict(failed),
        events_read=read,
        repeated=read - versions,
        empty=versions - rows["events"],
        rows=rows,
    )
