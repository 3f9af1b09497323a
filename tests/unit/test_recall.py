"""The memory of a decision: the CRM's two stage fields, their history, and the ledger, in one fixed order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.domain.handoff import handoff_key, person_key
from connector.domain.person import Memory, SalesVerdict, Timeline
from connector.live.recall import Remembered, needs_history, recall
from connector.ports import PersonRef, Record, StageMark
from tests.unit.people import NOW, build_person

EARLIER, BEFORE, LATER = NOW - timedelta(days=20), NOW - timedelta(days=10), NOW - timedelta(days=1)
KEY = "puente_handoff_key"
AN_MQL = Memory("mql", "puente", BEFORE, None, {"mql": 1})
KNOWN = Remembered(AN_MQL, decided_at=BEFORE)


def record(own: StageMark | None = None, lifecycle: StageMark | None = None, **more: Any) -> Record:
    none = StageMark(None)
    ref = PersonRef("contact", "101")
    return Record(ref, build_person(), Timeline(), own or none, lifecycle or none, more.pop("current", {}), **more)


@pytest.mark.parametrize(
    ("own", "lifecycle", "remembered", "expected"),
    [
        pytest.param(None, None, None, (None, "puente", None), id="a new person"),
        pytest.param(
            None, StageMark("lead", BEFORE), None, ("lead", "puente", BEFORE), id="a stage from before Puente came"
        ),
        pytest.param(
            None, StageMark("lead", LATER, "person"), None, ("lead", "person", LATER), id="the same, set by hand"
        ),
        pytest.param(
            StageMark("mql", BEFORE), StageMark("customer", EARLIER), KNOWN, ("customer", "deal", EARLIER),
            id="a stage beyond sql always wins",
        ),
        pytest.param(StageMark("mql", LATER), None, KNOWN, ("mql", "puente", BEFORE), id="the ledger agrees"),
        pytest.param(StageMark("mql", BEFORE), None, None, ("mql", "puente", BEFORE), id="the ledger was lost"),
        pytest.param(
            StageMark("mql", BEFORE, "person"), None, None, ("mql", "person", BEFORE), id="lost, and set by hand"
        ),
        pytest.param(
            StageMark("mql", LATER, "puente"), StageMark("mql", BEFORE, "person"), None, ("mql", "person", BEFORE),
            id="lost, and our field followed what a person had set",
        ),
        pytest.param(
            StageMark("mql", LATER, "puente"), StageMark("mql", BEFORE, "puente"), None, ("mql", "puente", LATER),
            id="lost, and both fields are our work",
        ),
        pytest.param(
            StageMark("mql", LATER, "puente"), StageMark("mql", BEFORE, "person"), KNOWN, ("mql", "puente", BEFORE),
            id="the ledger knows better than the history",
        ),
        pytest.param(
            StageMark("lead", LATER, "person"), None, KNOWN, ("lead", "person", LATER), id="our field edited by hand"
        ),
        pytest.param(
            StageMark("lead", LATER, "puente"), None, KNOWN, ("lead", "puente", LATER), id="another state file's work"
        ),
        pytest.param(
            StageMark("mql", BEFORE), StageMark("lead", LATER, "person"), KNOWN, ("lead", "person", LATER),
            id="the CRM's field edited by hand",
        ),
        pytest.param(
            StageMark("mql", BEFORE), StageMark("lead", EARLIER, "person"), KNOWN, ("mql", "puente", BEFORE),
            id="edited by hand before our stage was set",
        ),
        pytest.param(
            StageMark("mql", BEFORE), StageMark("lead", LATER, "crm"), KNOWN, ("mql", "puente", BEFORE),
            id="an import or a workflow decides no stage of ours",
        ),
        pytest.param(
            StageMark("mql", BEFORE), StageMark("sql", LATER, "crm"), KNOWN, ("sql", "sales", LATER),
            id="unless it makes the person sales' business",
        ),
        pytest.param(
            StageMark("opportunity", BEFORE), StageMark("lead", LATER, "crm"),
            Remembered(Memory("opportunity", "deal", BEFORE), decided_at=BEFORE), ("lead", "sales", LATER),
            id="or takes back a stage that only the CRM can give",
        ),
        pytest.param(None, StageMark("lead", BEFORE), KNOWN, ("mql", "puente", BEFORE), id="our field emptied"),
        pytest.param(
            None, StageMark("lead", EARLIER), Remembered(Memory("mql", "person", BEFORE), decided_at=BEFORE),
            ("lead", "puente", EARLIER), id="a stage set by hand is over when its field is emptied",
        ),
        pytest.param(
            StageMark("sql", LATER), None, replace(KNOWN, intended=Memory("sql", "puente", NOW, None, {"sql": 1})),
            ("sql", "puente", NOW), id="killed after the write",
        ),
        pytest.param(
            StageMark("mql", BEFORE), None, replace(KNOWN, intended=Memory("sql", "puente", NOW)),
            ("mql", "puente", BEFORE), id="killed before the write",
        ),
        pytest.param(
            None, StageMark("lead", LATER, "person"), Remembered(intended=Memory("mql", "puente", NOW)),
            ("lead", "person", LATER), id="killed before the first write",
        ),
    ],
)  # fmt: skip
def test_who_set_the_stage_last(
    own: StageMark | None,
    lifecycle: StageMark | None,
    remembered: Remembered | None,
    expected: tuple[str | None, str, datetime | None],
) -> None:
    memory = recall(record(own, lifecycle), remembered, NOW, KEY)
    assert (memory.stage, memory.set_by, memory.set_at) == expected


@pytest.mark.parametrize(
    ("own", "inherited", "remembered", "expected"),
    [
        (None, [("sql", 1)], None, ("sql", {"sql": 1})),
        (StageMark("lead", BEFORE), [("mql", 2), ("sql", 1)], None, ("sql", {"mql": 2, "sql": 1})),
        (StageMark("sql", BEFORE), [("mql", 1)], None, ("sql", {"mql": 1})),
        (StageMark("lead", BEFORE, "person"), [("sql", 1)], None, ("lead", {"sql": 1})),
        (None, [], None, (None, {})),
        (StageMark("mql", LATER), [("sql", 1)], KNOWN, ("mql", {"mql": 1, "sql": 1})),
    ],
)
def test_an_open_task_that_came_with_a_merged_record_tells_of_its_handoff_when_the_ledger_was_lost(
    own: StageMark | None,
    inherited: list[tuple[Any, int]],
    remembered: Remembered | None,
    expected: tuple[object, object],
) -> None:
    person = build_person()
    keys = tuple(key for stage, n in inherited if (key := person_key(replace(person, object_id="77"), stage, n)))
    assert len(keys) == len(inherited)
    memory = recall(record(own, merged=(PersonRef("contact", "77"),), inherited=keys), remembered, NOW, KEY)
    assert (memory.stage, memory.episodes) == expected


def test_a_verdict_without_a_date_dates_from_when_it_was_first_seen() -> None:
    answered = record(StageMark("mql", BEFORE), verdict="rejected", verdict_reason="budget")
    first = recall(answered, KNOWN, LATER, KEY)
    assert first.sales == SalesVerdict("rejected", LATER, "budget")
    again = recall(answered, replace(KNOWN, memory=first), NOW, KEY)
    assert again.sales == first.sales
    other = recall(replace(answered, verdict_reason="timing"), replace(KNOWN, memory=first), NOW, KEY)
    assert other.sales == SalesVerdict("rejected", NOW, "timing")


def test_a_verdict_is_remembered_when_its_field_is_emptied() -> None:
    sales = SalesVerdict("rejected", LATER, "never")
    assert (
        recall(record(StageMark("mql", BEFORE)), replace(KNOWN, memory=replace(AN_MQL, sales=sales)), NOW, KEY).sales
        == sales
    )


def test_the_key_on_the_person_proves_its_episode_when_the_ledger_is_lost() -> None:
    key = handoff_key("hubspot", "62515", "101", "mql", 3)
    held = record(StageMark("mql", BEFORE), current={"puente_handoff_key": key})
    assert recall(held, None, NOW, KEY).episodes == {"mql": 3}
    assert recall(held, KNOWN, NOW, KEY).episodes == {"mql": 3}
    assert recall(held, None, NOW, None).episodes == {}, "a mapping without the field proves nothing"
    foreign = record(StageMark("mql", BEFORE), current={"puente_handoff_key": "somebody else's"})
    assert recall(foreign, KNOWN, NOW, KEY).episodes == {"mql": 1}


@pytest.mark.parametrize(
    ("own", "lifecycle", "remembered", "asked"),
    [
        pytest.param(StageMark("mql", BEFORE), None, KNOWN, False, id="the ledger agrees"),
        pytest.param(StageMark("lead", BEFORE), None, KNOWN, True, id="our field is not what the ledger says"),
        pytest.param(StageMark("mql", BEFORE), None, None, True, id="no ledger"),
        pytest.param(None, StageMark("lead", LATER), None, True, id="a fresh stage from before Puente came"),
        pytest.param(None, StageMark("lead", NOW - timedelta(days=30)), None, False, id="one no override can protect"),
        pytest.param(None, None, None, False, id="no stage at all"),
    ],
)
def test_history_is_asked_for_only_where_it_decides_something(
    own: StageMark | None, lifecycle: StageMark | None, remembered: Remembered | None, asked: bool
) -> None:
    assert needs_history(record(own, lifecycle), remembered, 30.0, NOW) is asked
