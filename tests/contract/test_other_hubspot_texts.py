"""Feed hostile text through a second HubSpot into tasks and talk: harmless in the one, absent from the other."""

from __future__ import annotations

import html
import re

import pytest

from tests.contract.other_hubspot.judging import leaks
from tests.contract.other_hubspot.mischief import Interference, Mishap
from tests.contract.other_hubspot.people import HOSTILE, hand_raiser
from tests.contract.other_hubspot.replies import Reply, Request, error
from tests.contract.other_hubspot.walk import MachineClock, Walk, served

HARMLESS_TAGS = {"p", "/p", "br", "b", "/b", "strong", "/strong", "small", "/small", "ul", "/ul", "li", "/li"}


@pytest.mark.parametrize("names", [values for values in HOSTILE if "firstname" in values or "lastname" in values],
                         ids=lambda values: ascii(next(iter(values.values())))[:20])  # fmt: skip
@pytest.mark.parametrize("locale", ["es", "en"])
def test_a_hostile_name_is_only_a_name_in_the_task(names: dict[str, str], locale: str) -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        shown = {name: text for name, text in names.items() if name in ("firstname", "lastname")}
        person = hand_raiser(walk.portal, 1, **shown)
        run = walk.run(PUENTE_LOCALE=locale)
        assert (run.code, walk.portal.oddities) == (0, [])
        (task,) = walk.tasks(person)
        body, subject = task["hs_task_body"], task["hs_task_subject"]
        assert {tag.lower().strip() for tag in re.findall(r"<([^>]*)>", body)} <= HARMLESS_TAGS
        assert len(body) <= 65_536
        assert len(subject) <= 1_000
        assert not re.search(r"[\x00-\x08\x0b-\x1f]", subject + html.unescape(body))
        assert walk.show(person)["puente_reasons"]
        walk.ends_well()


def quoting(walk: Walk) -> Mishap:
    """Make HubSpot quote people's values and our credentials in a refusal, as it may."""
    held = walk.show(walk.base.hand_raisers[0])
    text = f"{held['email']} ({held['lastname']}) with Bearer pat-eu1-good is not valid"

    def reply() -> Reply:
        return error(400, "VALIDATION_ERROR", text, errors=[{"message": text, "context": {"email": [held["email"]]}}])

    return Mishap("POST .*/contacts/batch/update", reply=reply, chance=1.0, in_a_row=10**9)


@pytest.mark.parametrize("log", ["", "debug"])
def test_values_and_secrets_a_refusal_quotes_reach_no_stream_and_no_reason(log: str) -> None:
    with served(ordinary=4, hand_raisers=2, clock=MachineClock()) as walk:
        walk.fail(quoting(walk))
        run = walk.process(PUENTE_LOG=log)
        assert run.code == 1
        assert leaks(run, walk.portal) == []
        reasons = " ".join(line["reason"] or "" for line in run.people)
        assert "pat-eu1" not in reasons
        assert "@" not in reasons


def test_text_that_turns_hostile_while_it_is_written_changes_nothing() -> None:
    with served(ordinary=4, hand_raisers=2, odd=False) as walk:
        person = walk.base.hand_raisers[0]

        def rename(_: object, __: Request) -> None:
            walk.portal.edit(person, {"firstname": "</p><script>", "lastname": "\u202e" * 50})

        walk.meddle(Interference("POST .*/contacts/batch/read", 1, rename, "before"))
        assert walk.promises(walk.run()) == []
        walk.ends_well()
        (task,) = walk.tasks(person)
        assert "<script" not in task["hs_task_body"]
