"""Let people edit, delete and merge while a second HubSpot is being read and written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal

import pytest

from tests.contract.other_hubspot.mischief import Interference
from tests.contract.other_hubspot.people import hand_raiser
from tests.contract.other_hubspot.portal import Habits, Portal
from tests.contract.other_hubspot.walk import Walk, served

LIST = "GET /crm/objects/[^/]+/contacts"
READ = "POST .*/contacts/batch/read"
UPDATE = "POST .*/contacts/batch/update"
CREATE = "POST .*/tasks/batch/create"
When = Literal["before", "after"]
BEFORE_OUR_GUARD: list[tuple[str, When]] = [(LIST, "after"), (READ, "before")]
ANY_MOMENT: list[tuple[str, When]] = [*BEFORE_OUR_GUARD, (READ, "after"), (UPDATE, "before"), (UPDATE, "after"),
                                      (CREATE, "before")]  # fmt: skip


def small(habits: Habits | None = None) -> AbstractContextManager[Walk]:
    return served(habits, ordinary=12, hand_raisers=3, odd=False)


def meddle(walk: Walk, match: str, when: When, act: Callable[[Portal], object]) -> None:
    walk.meddle(Interference(match, 1, lambda portal, _: act(portal), when))


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
@pytest.mark.parametrize("stage", ["opportunity", "customer", "evangelist"])
def test_a_deal_won_meanwhile_is_never_taken_back(match: str, when: When, stage: str) -> None:
    with small() as walk:
        person = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda portal: portal.edit(person, {"lifecyclestage": stage}))
        run = walk.run()
        assert walk.promises(run) == []
        walk.calm()
        walk.run()
        assert walk.show(person)["lifecyclestage"] == stage
        assert walk.show(person)["puente_stage"] == stage
        assert len(walk.tasks(person)) <= 1


@pytest.mark.parametrize(("match", "when"), BEFORE_OUR_GUARD)
@pytest.mark.parametrize("stage", ["lead", "mql", "disqualified", "mnql"])
def test_a_stage_a_person_sets_meanwhile_wins(match: str, when: When, stage: str) -> None:
    with small() as walk:
        person = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda portal: portal.edit(person, {"puente_stage": stage}))
        run = walk.run()
        assert walk.promises(run) == []
        walk.ends_well()
        assert walk.show(person)["puente_stage"] == stage
        assert walk.tasks(person) == []


@pytest.mark.parametrize(("match", "when"), [(UPDATE, "after"), (CREATE, "before")])
def test_a_stage_a_person_sets_after_our_write_wins_at_the_next_run(match: str, when: When) -> None:
    with small() as walk:
        person = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda portal: portal.edit(person, {"puente_stage": "lead"}))
        walk.run()
        walk.ends_well()
        assert walk.show(person)["puente_stage"] == "lead"
        assert len(walk.tasks(person)) <= 1


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_a_rejection_as_never_disqualifies_whenever_it_comes(match: str, when: When) -> None:
    with small() as walk:
        person = walk.base.hand_raisers[0]
        said = {"puente_sales_verdict": "rejected", "puente_reject_reason": "never"}
        meddle(walk, match, when, lambda portal: portal.edit(person, said))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        assert walk.show(person)["puente_stage"] == "disqualified"
        assert walk.show(person)["puente_sales_verdict"] == "rejected"


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_a_new_owner_keeps_the_person_and_never_gets_a_second_task(match: str, when: When) -> None:
    with small() as walk:
        person = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda portal: portal.edit(person, {"hubspot_owner_id": "102"}))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        assert walk.show(person)["hubspot_owner_id"] == "102"
        (task,) = walk.tasks(person)
        assert task["hubspot_owner_id"] == ("102" if (match, when) in BEFORE_OUR_GUARD else "101")


def test_somebody_edited_without_end_is_parked_and_everybody_else_is_served() -> None:
    with small() as walk:
        person, turns = walk.base.hand_raisers[0], iter(range(10**9))
        edit = lambda portal, _: portal.edit(person, {"jobtitle": f"Directora {next(turns)}"})  # noqa: E731
        walk.meddle(Interference(READ, 1, edit, "before", every=True))
        run = walk.run()
        assert walk.promises(run) == []
        assert run.outcomes[person] == "parked"
        assert set(run.outcomes.values()) == {"written", "parked"}
        walk.ends_well()
        assert len(walk.tasks(person)) == 1


GONE_HABITS = [
    Habits(),
    Habits(missing="drop", merged_reads="drop", update_missing="drop"),
    Habits(merged_reads="redirect", update_missing="404"),
]


@pytest.mark.parametrize("habits", GONE_HABITS, ids=lambda habits: f"{habits.merged_reads}-{habits.update_missing}")
@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_people_deleted_meanwhile_are_gone_and_nobody_else_suffers(match: str, when: When, habits: Habits) -> None:
    with small(habits) as walk:
        victims = (walk.base.hand_raisers[0], walk.base.ordinary[3])
        meddle(walk, match, when, lambda portal: [portal.delete("contacts", victim) for victim in victims])
        run = walk.run()
        assert walk.promises(run) == []
        assert {run.outcomes[victim] for victim in victims} <= {"gone", "written", "parked"}
        if (match, when) in ((READ, "before"), (READ, "after"), (UPDATE, "before")):
            assert {run.outcomes[victim] for victim in victims} == {"gone"}
            assert run.code == 0
        walk.ends_well()


@pytest.mark.parametrize("new_id", [False, True])
@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_people_merged_meanwhile_live_on_in_their_survivor(match: str, when: When, new_id: bool) -> None:
    with small(Habits(merge_makes_new_id=new_id)) as walk:
        winner, loser = walk.base.hand_raisers[:2]
        kept: list[str] = []
        meddle(walk, match, when, lambda portal: kept.append(portal.merge(winner, loser)))
        run = walk.run()
        assert not [wrong for wrong in walk.promises(run) if "told" not in wrong]
        walk.ends_well()
        assert walk.show(kept[0])["puente_stage"] == "sql"
        assert 1 <= len(walk.tasks(kept[0])) <= 2


@pytest.mark.parametrize("new_id", [False, True])
@pytest.mark.parametrize("order", ["lead wins", "SQL wins"])
def test_a_merge_nobody_saw_makes_no_second_task(order: str, new_id: bool) -> None:
    with small(Habits(merge_makes_new_id=new_id)) as walk:
        walk.run()
        lead = next(i for i in walk.base.ordinary if walk.show(i)["puente_stage"] == "lead")
        pair = (lead, walk.base.hand_raisers[0])
        kept = walk.portal.merge(*(pair if order == "lead wins" else reversed(pair)))
        walk.run()
        walk.ends_well()
        assert walk.show(kept)["puente_stage"] == "sql"
        assert len(walk.tasks(kept)) == 1


def test_the_owner_who_left_is_passed_over() -> None:
    with served(hand_raisers=0, odd=False, ordinary=0) as walk:
        person = hand_raiser(walk.portal, 1, owner="103")
        run = walk.run()
        assert run.code == 0
        (task,) = walk.tasks(person)
        assert not task.get("hubspot_owner_id")


def story(walk: Walk, *steps: dict[str, Any]) -> str:
    """Let one hand-raiser live through edits, a run after each; return who it is."""
    person = hand_raiser(walk.portal, 1)
    walk.run()
    for step in steps:
        walk.clock.now = walk.clock.now.replace(hour=walk.clock.now.hour + 1)
        walk.portal.edit(person, step)
        walk.run()
    return person


def test_a_recycled_person_who_asks_again_gets_exactly_one_more_task() -> None:
    with served(hand_raisers=0, odd=False, ordinary=0) as walk:
        person = story(walk, {"puente_sales_verdict": "rejected", "puente_reject_reason": "timing"})
        assert walk.show(person)["puente_stage"] == "lead"
        assert walk.show(person)["lifecyclestage"] == "salesqualifiedlead"
        again = f"0aa0b2c1-0003-4000-8000-000000000003:{int(walk.clock().timestamp() * 1000)}"
        forms = walk.show(person)["hs_calculated_form_submissions"]
        walk.portal.edit(person, {"hs_calculated_form_submissions": f"{forms};{again}"})
        walk.clock.now = walk.clock.now.replace(hour=walk.clock.now.hour + 1)
        walk.run()
        walk.ends_well()
        assert walk.show(person)["puente_stage"] == "sql"
        keys = [task["puente_task_key"] for task in walk.tasks(person)]
        assert len(keys) == len(set(keys)) == 2
