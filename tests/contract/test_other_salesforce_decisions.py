"""Hold what arrives in a second Salesforce against the reference, on events written down by hand.

Nothing here asks the product what the evidence was: each person's records, and the events they mean, are both
spelled out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

import mappings
from tests.contract.other_salesforce.org import Org
from tests.contract.other_salesforce.people import BOOK, DEMO, JOBS, NEWS, SURVEY, deal, done, form, join, mail, person
from tests.contract.other_salesforce.values import Kept
from tests.contract.other_salesforce.walk import START, Walk, served
from tests.reference.decide import decide

Events: TypeAlias = list[dict[str, Any]]
Story: TypeAlias = tuple[str, dict[str, Any], Events]
FOLDER = Path(str(mappings.__file__)).parent
MODEL = yaml.safe_load((FOLDER / "model.yaml").read_text(encoding="utf-8"))
TYPES = {
    name: entry["type"]
    for name, entry in yaml.safe_load((FOLDER / "salesforce.yaml").read_text(encoding="utf-8"))["attributes"].items()
}
NOW = START
RETAIL: dict[str, Kept] = {"Name": "Talleres Sur", "Industry": "Retail", "NumberOfEmployees": 120}


def moment(days: float) -> datetime:
    return (NOW - timedelta(days=days)).replace(microsecond=0)


def ago(days: float) -> str:
    return moment(days).isoformat().replace("+00:00", "Z")


def told(kind: str, days: float, **more: Any) -> dict[str, Any]:
    return {"id": f"{kind}{days}{more}", "kind": kind, "occurred_at": ago(days), **more}


def buyer(org: Org) -> Story:
    """A lead that fits, read a lot and asked for a demo."""
    who = person(org, "Lead", RETAIL, FirstName="Nuria", LastName="Vidal", Email="nuria@talleres-sur.example",
                 Title="Directora comercial", Country="ES", OwnerId=org.reps[0], Email_Opens__c=4.0,
                 Email_Last_Open__c=moment(5), Email_Clicks__c=2.0, Email_Last_Click__c=moment(6))  # fmt: skip
    for subject, days in ((DEMO, 0.5), (BOOK, 3), (SURVEY, 10), (JOBS, 40)):
        form(org, who, subject, days)
    done(org, who, "Precios", 2, Type="Page View", Page_URL__c="https://x.example/precios/")
    mail(org, who, 4, incoming=True)
    mail(org, who, 8, incoming=False)
    profile = {"name": "Nuria Vidal", "email": "nuria@talleres-sur.example", "email_domain": "talleres-sur.example",
               "job_title": "Directora comercial", "country": "ES", "employees": "120",
               "industry": "retail"}  # fmt: skip
    events = [
        told("form_submitted", 0.5, form=DEMO), told("content_download", 3, form=BOOK, asset=BOOK),
        told("survey_completed", 10, form=SURVEY, asset=SURVEY), told("form_submitted", 40, form=JOBS),
        told("page_view", 2, url="https://x.example/precios/"), told("email_open", 5, count=4),
        told("email_click", 6, count=2), told("email_reply", 4),
    ]  # fmt: skip
    return who, profile, events


def member(org: Org) -> Story:
    """A contact whose past is campaigns, calls and won opportunities."""
    who = person(org, "Contact", {**RETAIL, "Industry": "Technology"}, FirstName="Leo", LastName="Roca",
                 Email="leo@norte.example", Title="CEO", Country="MX", OwnerId=org.reps[1])  # fmt: skip
    named = (("Webinar", "Webinar de otoño", "Attended", 6), ("Event", "Feria de Bilbao", "Attended", 12),
             ("Content", "Guía", "Downloaded", 2), ("Survey", "Encuesta", "Completed", 20),
             ("Newsletter", "Boletín", "Subscribed", 30), ("Other", "Anuncio", "Sent", 1))  # fmt: skip
    for kind, name, status, days in named:
        join(org, org.add("Campaign", Name=name, Type=kind), who, status, days)
    done(org, who, "Llamada", 5, TaskSubtype="Call", CallType="Outbound")
    deal(org, who, "Closed Lost", 90)
    profile = {"name": "Leo Roca", "email": "leo@norte.example", "email_domain": "norte.example", "job_title": "CEO",
               "country": "MX", "employees": "120", "industry": "software"}  # fmt: skip
    events = [
        told("webinar_attended", 6, asset="Webinar de otoño"), told("event_attended", 12, asset="Feria de Bilbao"),
        told("content_download", 2, form="Guía", asset="Guía"),
        told("survey_completed", 20, form="Encuesta", asset="Encuesta"),
        told("newsletter_subscribed", 30, form="Boletín"), told("call", 5),
    ]  # fmt: skip
    return who, profile, events


def reader(org: Org) -> Story:
    """A lead whose company is unknown and who only reads."""
    who = person(org, "Lead", {}, LastName="[not provided]", Email="ana@solo.example", Title="Analista", Country="DE",
                 Email_Opens__c=30.0, Email_Last_Open__c=moment(1))  # fmt: skip
    form(org, who, NEWS, 20)
    profile = {"email": "ana@solo.example", "email_domain": "solo.example", "job_title": "Analista", "country": "DE"}
    return who, profile, [told("newsletter_subscribed", 20, form=NEWS), told("email_open", 1, count=30)]


def opted_out(org: Org) -> Story:
    """Somebody who unsubscribed from everything and asked for a demo before."""
    who = person(org, "Contact", {}, LastName="Rey", Email="rita@este.example", HasOptedOutOfEmail=True)
    form(org, who, DEMO, 3)
    profile = {"name": "Rey", "email": "rita@este.example", "email_domain": "este.example", "opted_out": "true"}
    return who, profile, [told("form_submitted", 3, form=DEMO)]


@pytest.fixture
def walk() -> Iterator[Walk]:
    with served(ordinary=0, hand_raisers=0, odd=False) as served_walk:
        yield served_walk


@pytest.mark.parametrize("bulk", [False, True], ids=["composites", "bulk"])
@pytest.mark.parametrize("make", [buyer, member, reader, opted_out])
def test_the_packaged_model_decides_as_the_reference_does(walk: Walk, make: Callable[[Org], Story], bulk: bool) -> None:
    who, profile, events = make(walk.org)
    walk.clock.now = NOW
    walk.bulk_threshold = 0 if bulk else 10_000
    run = walk.run()
    (line,) = run.people
    assert (run.code, line["object_id"]) == (0, who)
    expected = decide(MODEL, TYPES, profile, events, None, datetime.fromisoformat(line["decided_at"]))
    for name in ("stage", "grade", "hand_raise", "journey", "nurture_track", "next_content", "next_channel"):
        assert line[name] == expected[name], name
    assert line["engagement"] == pytest.approx(expected["engagement"], abs=0.005)
    for name in ("verdict", "pct", "low", "high", "completeness"):
        assert line["fit"][name] == expected["fit"][name], name
    assert [part["rule"] for part in line["contributions"]] == [part["rule"] for part in expected["contributions"]]
    assert (line["next_review_at"] is None) == (expected["next_review_at"] is None)
    if expected["next_review_at"] is not None:
        difference = _instant(line["next_review_at"]) - _instant(expected["next_review_at"])
        assert abs(difference) <= timedelta(seconds=1)
    assert (line["handoff"] is None) == (expected["handoff"] is None)
    if line["handoff"]:
        difference = _instant(line["handoff"]["due_at"]) - _instant(expected["handoff"]["due_at"])
        assert abs(difference) <= timedelta(seconds=1)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
