"""Let people edit, delete, merge and convert while a second Salesforce is being read and written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Literal

import pytest

from tests.contract.other_salesforce.catalogue import KEY
from tests.contract.other_salesforce.life import convert, merge, survivor
from tests.contract.other_salesforce.mischief import Interference, Mishap
from tests.contract.other_salesforce.org import Habits, Org
from tests.contract.other_salesforce.people import DEMO, deal, form, hand_raiser
from tests.contract.other_salesforce.walk import MachineClock, Walk, served

LIST = r".*Lead by IsDeleted.*"
READ = r"composite\[.*by WhoId.*"
GUARD = r"composite\[(?!.*WhoId).*(Lead|Contact) by Id.*"
UPDATE = r"update (Lead|Contact).*"
INSERT = r"insert Task|composite\[insert Task.*"
When = Literal["before", "after"]
BEFORE_OUR_GUARD: list[tuple[str, When]] = [(LIST, "after"), (READ, "before"), (READ, "after"), (GUARD, "before")]
ANY_MOMENT: list[tuple[str, When]] = [*BEFORE_OUR_GUARD, (UPDATE, "before"), (UPDATE, "after"), (INSERT, "before")]


def small(habits: Habits | None = None, **more: Any) -> AbstractContextManager[Walk]:
    return served(habits, ordinary=12, hand_raisers=3, odd=False, **more)


def meddle(walk: Walk, match: str, when: When, act: Callable[[Org], object]) -> None:
    walk.meddle(Interference(match, 1, act, when))


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
@pytest.mark.parametrize("stage", ["opportunity", "customer", "evangelist"])
def test_a_stage_of_the_company_set_meanwhile_is_never_taken_back(match: str, when: When, stage: str) -> None:
    with small(Habits(lifecycle_field=True)) as walk:
        who = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda org: org.edit(who, Lifecycle_Stage__c=stage))
        assert walk.promises(walk.run()) == []
        walk.calm()
        walk.run()
        assert walk.show(who)["Lifecycle_Stage__c"] == stage
        assert walk.show(who)["Puente_Stage__c"] == stage
        assert len(walk.tasks(who)) <= 1


@pytest.mark.parametrize(("match", "when"), BEFORE_OUR_GUARD)
@pytest.mark.parametrize("history", ["tracked", "untracked"])
@pytest.mark.parametrize("stage", ["lead", "mql", "disqualified", "mnql"])
def test_a_stage_a_rep_sets_meanwhile_wins(
    match: str, when: When, stage: str, history: Literal["tracked", "untracked"]
) -> None:
    with small(Habits(history=history)) as walk:
        who = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda org: org.edit(who, Puente_Stage__c=stage))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        assert walk.show(who)["Puente_Stage__c"] == stage
        assert walk.tasks(who) == []


@pytest.mark.parametrize(("match", "when"), [(UPDATE, "after"), (INSERT, "before")])
def test_a_stage_a_rep_sets_after_our_write_wins_at_the_next_run(match: str, when: When) -> None:
    with small() as walk:
        who = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda org: org.edit(who, Puente_Stage__c="lead"))
        walk.run()
        walk.ends_well()
        assert walk.show(who)["Puente_Stage__c"] == "lead"
        assert len(walk.tasks(who)) <= 1


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_a_rejection_as_never_disqualifies_whenever_it_comes(match: str, when: When) -> None:
    with small() as walk:
        who = walk.base.hand_raisers[0]
        said = {"Puente_Sales_Verdict__c": "rejected", "Puente_Reject_Reason__c": "never"}
        meddle(walk, match, when, lambda org: org.edit(who, **said))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        assert walk.show(who)["Puente_Stage__c"] == "disqualified"
        assert walk.show(who)["Puente_Sales_Verdict__c"] == "rejected"


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_a_new_owner_keeps_the_person_and_never_gets_a_second_task(match: str, when: When) -> None:
    with small() as walk:
        who = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda org: org.edit(who, OwnerId=org.reps[1]))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        assert walk.show(who)["OwnerId"] == walk.org.reps[1]
        (task,) = walk.tasks(who)
        assert task.values["OwnerId"] == walk.org.reps[1 if (match, when) in BEFORE_OUR_GUARD else 0]


def test_somebody_edited_without_end_is_parked_and_everybody_else_is_served() -> None:
    with small() as walk:
        who, turns = walk.base.hand_raisers[0], iter(range(10**9))
        edit = lambda org: org.edit(who, Title=f"Directora {next(turns)}")  # noqa: E731
        walk.meddle(Interference(GUARD, 1, edit, "before", every=True))
        run = walk.run()
        assert [wrong for wrong in walk.promises(run) if "changed" not in wrong] == []
        assert run.outcomes[who] == "parked"
        assert set(run.outcomes.values()) == {"written", "parked"}
        walk.calm()
        assert walk.run().code == 0
        assert len(walk.tasks(who)) == 1


@pytest.mark.parametrize("purged", [False, True], ids=["deleted", "purged"])
@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_people_deleted_meanwhile_are_gone_and_nobody_else_suffers(match: str, when: When, purged: bool) -> None:
    with small(Habits(purged_is_deleted=purged)) as walk:
        victims = (walk.base.hand_raisers[0], walk.base.ordinary[3])
        meddle(walk, match, when, lambda org: [org.delete(victim) for victim in victims])
        run = walk.run()
        assert walk.promises(run) == []
        assert {run.outcomes[victim] for victim in victims} <= {"gone", "written"}
        if (match, when) not in ((LIST, "after"), (UPDATE, "after"), (INSERT, "before")):
            assert {run.outcomes[victim] for victim in victims} == {"gone"}
        assert run.code == 0
        walk.ends_well()


@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_people_merged_meanwhile_live_on_in_their_survivor(match: str, when: When) -> None:
    with small() as walk:
        winner, loser = walk.base.hand_raisers[:2]
        meddle(walk, match, when, lambda org: merge(org, winner, loser))
        run = walk.run()
        assert not [wrong for wrong in walk.promises(run) if "told" not in wrong]
        walk.ends_well()
        assert walk.show(winner)["Puente_Stage__c"] == "sql"
        assert 1 <= len(walk.tasks(winner)) <= 2


@pytest.mark.parametrize("carries", [False, True], ids=["fields stay", "fields go along"])
@pytest.mark.parametrize(("match", "when"), ANY_MOMENT)
def test_leads_converted_meanwhile_live_on_in_their_contact(match: str, when: When, carries: bool) -> None:
    with small() as walk:
        lead = walk.base.hand_raisers[0]
        meddle(walk, match, when, lambda org: convert(org, lead, carries_our_fields=carries))
        run = walk.run()
        assert [wrong for wrong in walk.promises(run) if "told" not in wrong] == []
        walk.ends_well()
        contact = survivor(walk.org, lead)
        assert contact.sobject == "Contact"
        assert contact.values["Puente_Stage__c"] == "sql"
        assert len(walk.tasks(contact.id)) == 1


@pytest.mark.parametrize("carries", [False, True], ids=["fields stay", "fields go along"])
@pytest.mark.parametrize("opens_deal", [False, True], ids=["no deal", "a deal"])
def test_a_conversion_nobody_saw_makes_no_second_task(carries: bool, opens_deal: bool) -> None:
    with small() as walk:
        walk.run()
        lead = walk.base.hand_raisers[0]
        walk.clock.now += timedelta(hours=1)
        contact = convert(walk.org, lead, carries_our_fields=carries, opens_deal=opens_deal)
        walk.run()
        walk.ends_well()
        assert walk.show(contact)["Puente_Stage__c"] == ("opportunity" if opens_deal else "sql")
        assert len(walk.tasks(contact)) == 1


@pytest.mark.parametrize("carries", [False, True], ids=["fields stay", "fields go along"])
def test_a_conversion_nobody_saw_makes_no_second_task_even_when_the_state_was_lost(carries: bool) -> None:
    with small() as walk:
        walk.run()
        contact = convert(walk.org, walk.base.hand_raisers[0], carries_our_fields=carries)
        for file in walk.folder.glob("state.db*"):
            file.unlink()
        walk.run()
        walk.ends_well()
        assert walk.show(contact)["Puente_Stage__c"] == "sql"
        assert len(walk.tasks(contact)) == 1


@pytest.mark.parametrize("order", ["lead wins", "SQL wins"])
def test_a_merge_nobody_saw_makes_no_second_task(order: str) -> None:
    with small() as walk:
        walk.run()
        sql = walk.base.hand_raisers[0]
        lead = next(i for i in walk.base.ordinary if walk.show(i)["Puente_Stage__c"] == "lead" and i[:3] == sql[:3])
        winner, loser = (lead, sql) if order == "lead wins" else (sql, lead)
        merge(walk.org, winner, loser)
        walk.run()
        walk.ends_well()
        assert len(walk.tasks(winner)) == 1


def test_the_owner_who_left_is_passed_over() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = hand_raiser(walk.org, 1, OwnerId=walk.org.reps[2])
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        (task,) = walk.tasks(who)
        assert task.values["OwnerId"] == walk.org.user
        walk.ends_well()


def test_an_owner_who_leaves_between_reading_and_writing_is_passed_over() -> None:
    with small() as walk:
        meddle(walk, INSERT, "before", lambda org: org.edit(org.reps[0], IsActive=False))
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        owners = {task.values["OwnerId"] for one in walk.base.hand_raisers for task in walk.tasks(one)}
        assert owners == {walk.org.user}


def test_a_task_a_rep_works_on_is_never_written_again() -> None:
    with small() as walk:
        walk.run()
        (task,) = walk.tasks(walk.base.hand_raisers[0])
        walk.org.edit(task.id, Status="In Progress", Subject="La llamo yo", OwnerId=walk.org.reps[1])
        for file in walk.folder.glob("state.db*"):
            file.unlink()
        walk.run()
        assert task.values["Subject"] == "La llamo yo"
        assert task.values["Status"] == "In Progress"
        walk.ends_well()


@pytest.mark.parametrize("taken", [True, False], ids=["its key stays taken", "its key is free again"])
def test_a_task_a_rep_deleted_is_not_made_again(taken: bool) -> None:
    with small(Habits(deleted_keys_taken=taken)) as walk:
        walk.run()
        who = walk.base.hand_raisers[0]
        walk.org.delete(walk.tasks(who)[0].id)
        for file in walk.folder.glob("state.db*"):
            file.unlink()
        walk.run()
        walk.calm()
        assert walk.run().code == 0
        assert walk.tasks(who) == []


def test_a_recycled_person_who_asks_again_gets_exactly_one_more_task() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = hand_raiser(walk.org, 1)
        walk.run()
        walk.clock.now += timedelta(hours=1)
        walk.org.edit(who, Puente_Sales_Verdict__c="rejected", Puente_Reject_Reason__c="timing")
        walk.run()
        assert walk.show(who)["Puente_Stage__c"] == "lead"
        walk.clock.now += timedelta(hours=1)
        form(walk.org, who, DEMO, 0)
        walk.clock.now += timedelta(hours=1)
        walk.run()
        walk.ends_well()
        assert walk.show(who)["Puente_Stage__c"] == "sql"
        keys = [task.text(KEY) for task in walk.tasks(who)]
        assert len(keys) == len(set(keys)) == 2


def test_a_deal_won_meanwhile_makes_a_customer_and_no_task() -> None:
    with small() as walk:
        contact = next(one for one in walk.base.hand_raisers if one.startswith("003"))
        meddle(walk, LIST, "after", lambda org: deal(org, contact, "Closed Won", 1))
        run = walk.run()
        assert walk.promises(run) == []
        walk.ends_well()
        assert walk.show(contact)["Puente_Stage__c"] == "customer"
        assert walk.tasks(contact) == []


FIELDS = [("Lead", "Title"), ("Lead", "Industry"), ("Contact", "MailingCountry"), ("Account", "NumberOfEmployees"),
          ("Task", "Page_URL__c"), ("Task", "CallType"), ("Lead", "HasOptedOutOfEmail"), ("Contact", "IsEmailBounced"),
          ("EmailMessage", "Incoming"), ("CampaignMember", "HasResponded"), ("Campaign", "Type")]  # fmt: skip


@pytest.mark.parametrize("late", [False, True], ids=["hidden before", "hidden after the description"])
@pytest.mark.parametrize(("sobject", "field"), FIELDS, ids=lambda value: value)
def test_a_hidden_field_is_left_out_and_said(sobject: str, field: str, late: bool) -> None:
    with small() as walk:
        if late:
            meddle(walk, r"composite\[.*describe.*", "after", lambda org: org.hidden.add((sobject, field)))
        else:
            walk.org.hidden.add((sobject, field))
        run = walk.run()
        assert walk.promises(run) == []
        assert set(run.outcomes.values()) == {"written"}, run.err
        walk.ends_well()


@pytest.mark.parametrize("sobject", ["EmailMessage", "EmailMessageRelation", "CampaignMember", "Campaign", "Account",
                                     "OpportunityContactRole", "LeadHistory", "User"])  # fmt: skip
def test_a_hidden_object_is_left_out_and_said(sobject: str) -> None:
    with small() as walk:
        walk.org.unseen.add(sobject)
        run = walk.run()
        assert walk.promises(run) == []
        assert set(run.outcomes.values()) == {"written"}, run.err
        walk.ends_well()


def test_contacts_hidden_altogether_leave_the_leads() -> None:
    with small() as walk:
        walk.org.unseen.add("Contact")
        run = walk.run()
        assert run.code == 0, run.err
        assert {one[:3] for one in run.outcomes} == {"00Q"}


@pytest.mark.parametrize(
    ("hide", "word"),
    [({("Lead", "Puente_Stage__c")}, "puente install"), ({("Task", KEY)}, "puente install")],
    ids=["our field", "our key"],
)
def test_our_own_fields_hidden_end_the_run_before_anything_is_written(hide: set[tuple[str, str]], word: str) -> None:
    with small() as walk:
        walk.org.hidden |= hide
        run = walk.run()
        assert run.code == 2
        assert word in run.err
        assert "Traceback" not in run.err
        assert walk.org.writes.total() == 0


def test_a_field_that_becomes_read_only_parks_with_the_permission_to_assign() -> None:
    with small() as walk:
        forbid = lambda org: org.read_only.add(("Lead", "Puente_Grade__c"))  # noqa: E731
        meddle(walk, GUARD, "after", forbid)
        run = walk.run()
        assert walk.promises(run) == []
        parked = {line["object_id"]: line["reason"] for line in run.people if line["outcome"] == "parked"}
        assert {one[:3] for one in parked} == {"00Q"}
        assert all("permission" in reason and "Puente_Grade__c" in reason for reason in parked.values())
        walk.org.read_only.clear()
        walk.ends_well()


def test_two_workers_on_the_same_people_make_one_task_each() -> None:
    with small(clock=MachineClock()) as walk:
        walk.fail(Mishap(".*", "slow", seconds=0.01, chance=1.0, in_a_row=10**9))
        settings = [{"PUENTE_STATE": str(walk.folder / name)} for name in ("one.db", "other.db")]
        threads = [threading.Thread(target=walk.process, kwargs=more) for more in settings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in walk.base.hand_raisers:
            assert len(walk.tasks(one)) == 1
        walk.ends_well()
