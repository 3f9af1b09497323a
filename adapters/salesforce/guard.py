"""Compare people with what was read of them, just before they are written; look for their tasks in the same call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.pieces import chunks, halves
from adapters.raw_values import is_same
from adapters.salesforce import soql
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.evidence import Evidence
from adapters.salesforce.gateway import Answer, Aside, Gateway, Query, is_too_large, raise_what_ends_the_run
from adapters.salesforce.ids import PERSON_OBJECTS, person_object
from adapters.salesforce.layout import Layout
from adapters.salesforce.needs import OWNER, Needs
from adapters.salesforce.record import person_ref
from adapters.salesforce.replies import Row
from adapters.salesforce.task_form import TASK_FIELDS
from connector.errors import CrmError, UnavailableError
from connector.ports import Receipt, Write


@dataclass(slots=True)
class Checked:
    """Hold the people who may be written as they are now, the tasks found, and the receipts of who may not."""

    live: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    tasks_error: CrmError | None = None
    receipts: dict[str, Receipt] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Question:
    """Ask for records by the values of one field, deleted and archived ones included."""

    paths: tuple[str, ...]
    sobject: str
    key: str
    values: Sequence[str]

    def query(self) -> Query:
        named = f"{soql.name(self.key)} IN {soql.one_of(self.values)}"
        condition = soql.ids_in(self.key, self.values) if self.key == "Id" else named
        return Query(soql.select(self.paths, self.sobject, condition), everything=True)


@dataclass(frozen=True, slots=True)
class Guard:
    """Read people and tasks again."""

    gateway: Gateway
    layout: Layout
    needs: Needs

    def check(self, writes: Mapping[str, Write], asides: Sequence[Aside] = ()) -> Checked:
        """Read in one call who is about to be written; whoever was moved, deleted or merged is not written.

        `asides` are asked in the same call.
        """
        keys = sorted({key for write in writes.values() for key in _keys(write)})
        people, tasks = self._people_questions(list(writes)), self._task_questions(keys)
        questions = [*people, *tasks]
        queries = [question.query() for question in questions]
        answers = self.gateway.ask([*queries, *(aside.query for aside in asides)], "guard")
        for aside, answer in zip(asides, answers[len(queries) :], strict=True):
            aside.learn(answer)
        whole = [self._whole(question, answer) for question, answer in zip(questions, answers, strict=False)]
        evidence = self._account(list(writes), whole[: len(people)])
        checked = self._compare(writes, evidence)
        of_tasks = whole[len(people) :]
        checked.tasks = self.by_key([row for answer in of_tasks for row in answer.rows])
        checked.tasks_error = next((answer.error for answer in of_tasks if answer.error), None)
        return checked

    def _people_questions(self, ids: Sequence[str]) -> list[_Question]:
        return [
            _Question(tuple(self.layout.guard_paths(sobject)), sobject, "Id", same)
            for sobject in PERSON_OBJECTS
            if (same := [record_id for record_id in ids if person_object(record_id) == sobject])
        ]

    def find_tasks(self, keys: Sequence[str]) -> dict[str, Row]:
        """Return tasks by key. Raises CrmError when they could not be read."""
        answers = self._ask(self._task_questions(sorted(set(keys))), "read_tasks")
        for error in (answer.error for answer in answers if answer.error):
            raise error
        return self.by_key([row for answer in answers for row in answer.rows])

    def _task_questions(self, keys: Sequence[str]) -> list[_Question]:
        """Ask for tasks by key, also archived and deleted ones: a task that a rep deleted is not made again."""
        key = self.needs.mapping.task_key
        paths = ("Id", key, *self.layout.schema.visible("Task", TASK_FIELDS))
        return [_Question(paths, "Task", key, piece) for piece in chunks(keys, PEOPLE)]

    def _ask(self, questions: Sequence[_Question], purpose: str) -> list[Answer]:
        answers = self.gateway.ask([question.query() for question in questions], purpose)
        return [self._whole(question, answer) for question, answer in zip(questions, answers, strict=True)]

    def _whole(self, question: _Question, answer: Answer) -> Answer:
        """Return an answer; one that was too large to be given at once is put together from halves."""
        if answer.error is None:
            return answer
        raise_what_ends_the_run([answer.error])
        if not is_too_large(answer.error, len(question.values)):
            return answer
        total = Answer()
        for half in halves(question.values):
            part = self._ask([replace(question, values=half)], "guard")[0]
            total.rows += part.rows
            total.error = total.error or part.error
        return total

    def by_key(self, rows: Sequence[Row]) -> dict[str, Row]:
        """Return tasks by key, the oldest if there are several."""
        found: dict[str, Row] = {}
        for row in sorted(rows, key=lambda row: row.id, reverse=True):
            found[row.get(self.needs.mapping.task_key)] = row
        return found

    def read_people(self, ids: Sequence[str]) -> Evidence:
        """Read the present state of people, to tell who is gone and where to."""
        return self._account(ids, self._ask(self._people_questions(ids), "guard"))

    def _account(self, ids: Sequence[str], answers: Sequence[Answer]) -> Evidence:
        evidence = Evidence()
        wanted = {record_id[:15]: record_id for record_id in ids}
        asked = [sobject for sobject in PERSON_OBJECTS if any(person_object(i) == sobject for i in ids)]
        errors = {sobject: answer.error for sobject, answer in zip(asked, answers, strict=True)}
        for answer in answers:
            for row in answer.rows:
                evidence.add_person(row, wanted)
        known = evidence.people.keys() | evidence.gone.keys()
        for record_id in ids:
            sobject = person_object(record_id)
            error = errors[sobject] if sobject else UnavailableError("nobody's id")
            if record_id not in known and error is None:
                evidence.gone[record_id] = None
            elif record_id not in known and error is not None:
                evidence.fail(record_id, error)
        return evidence

    def _compare(self, writes: Mapping[str, Write], evidence: Evidence) -> Checked:
        checked = Checked()
        for record_id, write in writes.items():
            ref = write.record.ref
            fresh = evidence.people.get(record_id)
            if record_id in evidence.gone:
                survivor = evidence.gone[record_id]
                checked.receipts[record_id] = Receipt(ref, "gone", survivor=person_ref(survivor) if survivor else None)
            elif fresh is None:
                checked.receipts[record_id] = Receipt(ref, "parked", error=evidence.failed.get(record_id))
            elif self._was_moved(write, fresh):
                checked.receipts[record_id] = Receipt(ref, "moved")
            else:
                checked.live[record_id] = fresh
        return checked

    def _was_moved(self, write: Write, fresh: Row) -> bool:
        """Say whether anything the decision stood on, or is about to overwrite, is not what was read."""
        before = write.record.guard
        if not isinstance(before, Mapping):
            return False
        sobject = person_object(write.record.ref.object_id) or "Lead"
        mapping = self.needs.mapping
        watched = {mapping.sales_verdict, mapping.reject_reason, *write.fields, *self.needs.attribute_paths(sobject)}
        watched |= {name for name in (self.needs.own_stage, self.needs.lifecycle_field) if name}
        if not write.task:
            watched.discard(OWNER)
        return not all(is_same(before.get(name) or "", fresh.get(name)) for name in watched if name in before)


def _keys(write: Write) -> list[str]:
    return [*([write.task.key] if write.task else []), *(closing.key for closing in write.closings)]
