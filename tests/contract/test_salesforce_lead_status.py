"""Move Lead.Status only where the mapping names a value for a stage, and never back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model_reach import used_attributes
from connector.domain.person import Stage
from connector.files import check_files
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Qualifier
from sandbox.seed import Base, SeedEvent, SeedPerson
from tests.contract.salesforce_world import MAPPING, World, org

NOW = datetime.now(UTC)
OPEN, WORKING, LOST = "Open - Not Contacted", "Working - Contacted", "Closed - Not Converted"


def by_status(**stages: str) -> FieldMapping:
    """Let leads' stages go to the status, those named."""
    named: Mapping[Stage, str | None] = {**dict.fromkeys(MAPPING.stages), **stages}  # type: ignore[dict-item]
    return replace(MAPPING, lifecycle="Status", stages=named)


def leads() -> Base:
    """Invent one who asked for a demo, and one who did nothing."""
    asked = SeedEvent("form_submitted", NOW - timedelta(hours=3), form="Solicitar demo")
    return Base(
        tuple(
            SeedPerson(name, {"last_name": name, "email": f"{name}@mail.example"}, NOW - timedelta(days=9), events=past)
            for name, past in (("hot", (asked,)), ("cold", ()))
        )
    )


def qualify(world: World, mapping: FieldMapping, ledger: SqliteLedger) -> dict[str, tuple[str, str]]:
    """Qualify everybody; return stage and status by last name."""
    model = check_files(None, None, None, "salesforce").model
    assert model is not None
    crm = world.crm(mapping, kinds=model.used_kinds, attributes=used_attributes(model))
    crm.preflight()
    outcomes = list(Qualifier(crm, ledger, model, mapping, "en", world.time.now).qualify_all())
    assert {outcome.outcome for outcome in outcomes} <= {"written", "unchanged"}
    found = (world.person(outcome.ref.object_id) for outcome in outcomes)
    return {person["LastName"]: (person["Puente_Stage__c"], person["Status"]) for person in found}


def test_without_values_in_the_mapping_the_status_is_sales() -> None:
    with org(base=leads()) as world:
        for mapping in (MAPPING, by_status()):
            found = qualify(world, mapping, SqliteLedger(":memory:", "salesforce:test"))
            assert {status for _, status in found.values()} == {OPEN}
            assert found["hot"][0] in ("mql", "sql")


def test_a_named_value_is_written_with_the_stage_and_only_then() -> None:
    mapping = by_status(lead=OPEN, mql=WORKING, sql=WORKING)
    with org(base=leads()) as world:
        ledger = SqliteLedger(":memory:", "salesforce:test")
        found = qualify(world, mapping, ledger)
        assert found["hot"][1] == WORKING
        assert found["cold"][1] == OPEN
        since = world.last_seq()
        assert qualify(world, mapping, ledger) == found
        assert not [entry for entry in world.journal(since) if entry["touched"]]


@pytest.mark.parametrize("held", [WORKING, LOST, "Closed - Converted"])
def test_a_status_further_on_or_unknown_to_the_mapping_is_left_alone(held: str) -> None:
    mapping = by_status(lead=OPEN, sql=WORKING)
    with org(base=leads()) as world:
        cold = next(p["id"] for p in world.state()["people"] if p["properties"]["LastName"] == "cold")
        world.ask("POST", "edit", {"person": cold, "set": {"Status": held}})
        assert qualify(world, mapping, SqliteLedger(":memory:", "salesforce:test"))["cold"][1] == held
