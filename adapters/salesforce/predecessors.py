"""Find who was merged or converted into whom, where a task of ours tells that somebody was another record before.

Source: Salesforce object reference, Lead and Contact, read 2026-11 (documented): what was merged away keeps its
survivor in MasterRecordId, a converted lead its contact in ConvertedContactId; activities move along. Neither field is
indexed, so nobody is looked for without a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from adapters.pieces import chunks, halves
from adapters.salesforce import soql
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.evidence import Evidence
from adapters.salesforce.gateway import Gateway, Query, is_too_large, raise_what_ends_the_run
from adapters.salesforce.ids import PersonObject, parse_id, person_object
from adapters.salesforce.needs import CONVERTED_TO, MERGED_INTO
from adapters.salesforce.record import person_ref
from adapters.salesforce.replies import is_true
from adapters.salesforce.sources import TASKS
from connector.domain.handoff import person_key
from connector.domain.person import HANDOFF_STAGES, Person
from connector.errors import CrmError
from connector.live.recall import MOST_EPISODES
from connector.ports import Record

_GENERATIONS: Final = 4
_LINKS: Final[tuple[tuple[PersonObject, PersonObject, str], ...]] = (
    ("Lead", "Lead", MERGED_INTO),
    ("Contact", "Contact", MERGED_INTO),
    ("Lead", "Contact", CONVERTED_TO),
)
"""Object of the predecessor, object of the survivor, and the field that leads from the one to the other."""


@dataclass(frozen=True, slots=True)
class PredecessorReader:
    """Name the predecessors of those who carry a task that was made for another record."""

    gateway: Gateway
    task_key: str

    def add(self, records: dict[str, Record], evidence: Evidence) -> dict[str, CrmError]:
        """Complete records by who was merged into them; return whose predecessors could not be read."""
        unexplained = {}
        for record_id, record in records.items():
            tasks = {key: row for row in evidence.of(record_id, TASKS) if (key := row.get(self.task_key))}
            if foreign := tasks.keys() - (_keys(record.person) if tasks else set()):
                unexplained[record_id] = foreign
                waiting = sorted(key for key in foreign if not is_true(tasks[key].get("IsClosed")))
                records[record_id] = replace(record, inherited=tuple(waiting))
        failed: dict[str, CrmError] = {}
        for piece in chunks(list(unexplained), PEOPLE):
            failed.update(self._explain(records, {record_id: unexplained[record_id] for record_id in piece}))
        return failed

    def _explain(self, records: dict[str, Record], unexplained: Mapping[str, set[str]]) -> dict[str, CrmError]:
        """Go back from generation to generation until every key has found its record, or there is nobody before."""
        heirs = {record_id: record_id for record_id in unexplained}
        pending = {record_id: set(keys) for record_id, keys in unexplained.items()}
        for _ in range(_GENERATIONS):
            wanted = [known for known, heir in heirs.items() if pending[heir]]
            try:
                found = self._before(wanted) if wanted else {}
            except CrmError as error:
                raise_what_ends_the_run([error])
                return dict.fromkeys(unexplained, error)
            heirs = {before: heirs[after] for before, after in found.items() if before not in heirs}
            if not heirs:
                break
            for before, heir in heirs.items():
                record = records[heir]
                records[heir] = replace(record, merged=(*record.merged, person_ref(before)))
                pending[heir] -= _keys(replace(record.person, object_id=before))
        return {}

    def _before(self, ids: Sequence[str]) -> dict[str, str]:
        """Return who lives on in these records, by the id of who came before."""
        links = [
            (link, same) for link in _LINKS if (same := [one for one in ids if person_object(one) == link[1]])
        ]  # fmt: skip
        queries = [
            Query(soql.select(("Id", field), sobject, soql.ids_in(field, same)), everything=True)
            for (sobject, _, field), same in links
        ]
        answers = self.gateway.ask(queries, "merged")
        errors = [answer.error for answer in answers if answer.error]
        raise_what_ends_the_run(errors)
        if errors and is_too_large(errors[0], len(ids)):
            return {before: after for half in halves(ids) for before, after in self._before(half).items()}
        for error in errors:
            raise error
        pairs = (
            (row.id, parse_id(row.get(field)))
            for ((_, _, field), _), answer in zip(links, answers, strict=True)
            for row in answer.rows
        )
        return {before: after for before, after in pairs if before and after}


def _keys(person: Person) -> set[str]:
    """Return every key a task made for this record may carry."""
    numbers: Iterable[int] = range(1, MOST_EPISODES + 1)
    return {key for stage in HANDOFF_STAGES for n in numbers if (key := person_key(person, stage, n))}
