"""Hold both adapters to what a CRM's history says: which value when, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandbox.seed import Base
from tests.contract.hubspot_world import portal
from tests.contract.salesforce_world import org
from tests.contract.test_salesforce_reading import NOW, person


def edited(world: Any, person: str, **values: str) -> None:
    world.time.sleep(3_600)
    world.ask("POST", "edit", {"person": person, "set": values})


def changes_of(found: Any, ref: Any, field: str) -> list[tuple[str | None, str | None]]:
    return [(change.value, change.by) for change in found.changes[ref] if change.field == field]


def test_hubspot_tells_every_value_of_an_attribute_and_of_the_stages() -> None:
    with portal(8) as world:
        crm = world.crm()
        one, *others = (record.ref for record in world.records(crm))
        for title in ("Becaria", "Directora"):
            edited(world, one.object_id, jobtitle=title, lifecyclestage="lead")
        found = crm.histories([one, *others])
        titles = changes_of(found, one, "attribute:job_title")
        assert titles[-2:] == [("Becaria", "person"), ("Directora", "person")]
        stages = [value for value, _ in changes_of(found, one, "lifecycle_stage")]
        assert stages[-1] == "lead"
        moments = [change.at for change in found.changes[one]]
        assert moments == sorted(moments)
        assert {"attribute:job_title", "own_stage", "lifecycle_stage", "verdict"} <= found.fields
        assert not any("employees" in field for field in found.fields)
        assert set(found.changes) == {one, *others}


def test_hubspot_without_histories_has_none_and_says_so() -> None:
    with portal(3) as world:
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        world.fail({"match": "POST /crm/objects/.*contacts/batch/read", "status": 501, "times": 5})
        found = crm.histories(refs)
        assert (found.changes, found.fields) == ({}, frozenset())
        assert [source.source for source in crm.unavailable()] == ["history"]


def test_salesforce_tells_what_it_tracks_with_what_was_before() -> None:
    by_hand = replace(person("Hand"), stage="sql", stage_set_by="person", stage_set_at=NOW - timedelta(days=3))
    with org(base=Base((by_hand, person("Still")))) as world:
        crm = world.crm()
        refs = {str(record.person.text("name")): record.ref for record in world.records(crm)}
        found = crm.histories(list(refs.values()))
        before, after = (one for one in found.changes[refs["Ana Hand"]] if one.field == "lifecycle_stage")
        assert before.at is None
        assert (after.value, after.by, after.at) == ("sql", "person", NOW - timedelta(days=3))
        assert refs["Ana Still"] not in found.changes
        assert found.fields == {"lifecycle_stage"}
