"""Feed hostile text through a second Salesforce into queries, tasks and talk: whole here, absent there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.contract.other_salesforce.judging import leaks
from tests.contract.other_salesforce.mischief import Interference, Refusal
from tests.contract.other_salesforce.org import Org
from tests.contract.other_salesforce.people import BOOK, DEMO, HOSTILE, form, hand_raiser, person
from tests.contract.other_salesforce.walk import MachineClock, served

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
INJECTION = "O'Brien \\' OR Id != null"


@pytest.mark.parametrize("values", HOSTILE, ids=lambda values: ascii(next(iter(values.values())))[:20])
@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("trims", [True, False], ids=["trimmed", "as sent"])
def test_a_hostile_name_is_only_a_name_in_the_task(values: dict[str, str], locale: str, trims: bool) -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        walk.org.habits.trims_text = trims
        names = {name: text for name, text in values.items() if name in ("FirstName", "LastName")}
        who = hand_raiser(walk.org, 1, **names)
        run = walk.run(PUENTE_LOCALE=locale)
        assert (run.code, walk.org.oddities) == (0, [])
        (task,) = walk.tasks(who)
        subject, body = task.text("Subject"), task.text("Description")
        assert len(subject.encode("utf-16-le")) // 2 <= 255
        assert len(body) <= 32_000
        assert not CONTROL.search(subject + body)
        assert walk.show(who)["Puente_Reasons__c"]
        walk.ends_well()


def test_an_ordinary_name_with_an_apostrophe_is_told_as_it_is() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = hand_raiser(walk.org, 1, FirstName="Aoife", LastName=INJECTION)
        assert walk.run().code == 0
        assert INJECTION in walk.tasks(who)[0].text("Subject")


@pytest.mark.parametrize("email", ["o'brien@x.example", "a\\'b@x.example", "\"q\"@x.example", "ñandú@x.example",
                                   "x' OR Id != null OR Email = 'x@x.example", "%@x.example",
                                   "\\u0027@x.example"])  # fmt: skip
def test_a_person_is_found_by_a_hostile_address_and_by_no_other(email: str) -> None:
    with served(ordinary=4, hand_raisers=1, odd=False) as walk:
        nobody = walk.run("qualify", "--email", email)
        assert nobody.people == []
        who = person(walk.org, "Lead", {"Name": "Uno"}, LastName="Uno", Email=email)
        found = walk.run("qualify", "--email", email)
        assert [line["object_id"] for line in found.people] == [who]


def test_subjects_and_campaigns_of_any_text_reach_the_reasons_harmlessly() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = hand_raiser(walk.org, 1)
        for subject in (
            f"{DEMO} {INJECTION}",
            f"{BOOK} \u202e\u200b🦄" * 5,
            "Descarga \x01\x02 NUL\x00",
            f"{BOOK} " + "x" * 200,
        ):
            form(walk.org, who, subject[:255], 1, Description="d" * 32_000)
        run = walk.run()
        assert (run.code, walk.org.oddities) == (0, [])
        assert not CONTROL.search(str(walk.show(who)["Puente_Reasons__c"]).replace("\n", ""))
        walk.ends_well()


def test_a_closing_keeps_every_character_a_rep_wrote_up_to_the_limit() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = person(walk.org, "Lead", {"Name": "Uno", "Industry": "Retail", "NumberOfEmployees": 100}, LastName="Uno",
                     Country="ES", Title="CEO", OwnerId=walk.org.reps[0])  # fmt: skip
        for days in (1, 2, 3):
            form(walk.org, who, f"{BOOK} {days}", days)
        walk.run()
        assert walk.show(who)["Puente_Stage__c"] == "mql"
        (task,) = walk.tasks(who)
        text = "🦄ñ'\\" * 7_000
        task.values["Description"] = text
        walk.clock.now += timedelta(hours=1)
        walk.org.edit(who, Puente_Sales_Verdict__c="rejected", Puente_Reject_Reason__c="timing")
        walk.clock.now += timedelta(hours=1)
        assert walk.run().code == 0
        assert walk.show(who)["Puente_Stage__c"] == "lead"
        assert task.text("Description").startswith(text[:20_000])
        walk.ends_well()


@pytest.mark.parametrize("log", ["", "debug"])
def test_values_and_secrets_a_refusal_quotes_reach_no_stream_and_no_reason(log: str) -> None:
    with served(ordinary=4, hand_raisers=2, clock=MachineClock()) as walk:
        held = walk.org.item(walk.base.hand_raisers[0])
        quoted = f"{held.text('Email')} ({held.text('LastName')}) with Bearer 00D7Q!canary1 is not valid"
        walk.org.rules.append(Refusal("Lead", "FIELD_CUSTOM_VALIDATION_EXCEPTION", quoted, fields=("Email",)))
        run = walk.process(PUENTE_LOG=log)
        assert run.code == 1
        assert leaks(run, walk.org) == []
        reasons = " ".join(line["reason"] or "" for line in run.people)
        assert "00D7Q!" not in reasons
        assert "@" not in reasons


def test_text_that_turns_hostile_while_it_is_written_changes_nothing() -> None:
    with served(ordinary=4, hand_raisers=2, odd=False) as walk:
        who = walk.base.hand_raisers[0]

        def rename(org: Org) -> None:
            org.edit(who, FirstName="'); --", LastName="\u202e" * 50)

        walk.meddle(Interference(r"composite\[(?!.*WhoId).*(Lead|Contact) by Id.*", 1, rename, "before"))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        assert len(walk.tasks(who)) == 1
