"""Answer the doorbells of a plan: as planned, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.live.planned import Planned, Watch, planned_to_text, take_prints
from tests.unit.fake_crm import ref
from tests.unit.test_live_qualify import MAPPING
from tests.unit.test_work import SECOND, Shop, shop

__all__ = ["shop"]


def planned(shop: Shop, object_id: str, stage: str, *, model_hash: str = "0" * 64) -> str:
    """Return what a doorbell of a plan made just now carries."""
    record = shop.crm.fetch([ref(object_id)], now=shop.now).records[0]
    watch = Watch(("country",), ("page_view", "form_submitted"), None)
    prints = take_prints(record, watch)
    return planned_to_text(Planned(model_hash, MAPPING.hash, watch, None, stage, prints))  # type: ignore[arg-type]


def test_a_doorbell_of_a_plan_is_answered_as_planned_and_again_changes_nothing(shop: Shop) -> None:
    bell = planned(shop, "102", "mql")
    shop.ring("102", "planned", planned=bell)
    assert shop.run().written == 1
    shop.now += 10 * SECOND
    shop.ring("102", "planned", planned=bell)
    report = shop.run()
    assert (report.written, report.parked, len(report.done)) == (0, [], 1)


@pytest.mark.parametrize(("stage", "edit", "why"), [("mql", "FR", "profile"), ("sql", "ES", "today's decision")])
def test_whoever_is_not_as_planned_is_left_alone_and_shown(shop: Shop, stage: str, edit: str, why: str) -> None:
    shop.ring("102", "planned", planned=planned(shop, "102", stage))
    shop.crm.people["102"].attributes = {"country": edit}
    assert shop.run().written == 0
    assert "puente_stage" not in shop.crm.people["102"].fields
    assert [why in reason for reason in shop.reasons()] == [True]


def test_who_rang_for_another_reason_too_is_decided_whatever_was_planned(shop: Shop) -> None:
    shop.ring("102", "planned", planned=planned(shop, "102", "sql"))
    shop.ring("102", "changed")
    assert shop.run().written == 1
    assert shop.reasons() == []


@pytest.mark.parametrize("model_hash", ["1" * 64, None], ids=["another-model", "nothing-of-ours"])
def test_a_plan_of_other_rules_than_those_in_force_is_parked(shop: Shop, model_hash: str | None) -> None:
    text = planned(shop, "102", "mql", model_hash=model_hash) if model_hash else "{}"
    shop.ring("102", "planned", planned=text)
    assert shop.run().written == 0
    assert ["deploy the plan's" in reason for reason in shop.reasons()] == [True]


def test_a_worker_killed_in_the_middle_of_a_plan_leaves_its_task_to_the_next(shop: Shop) -> None:
    shop.ring("102", "planned", planned=planned(shop, "102", "mql"))
    shop.crm.dies_after = "person"
    with pytest.raises(KeyboardInterrupt):
        shop.run()
    shop.crm.dies_after = None
    shop.now += timedelta(hours=1)
    report = shop.run()
    assert (report.parked, [owner for owner, _ in shop.crm.tasks.values()]) == ([], ["102"])
