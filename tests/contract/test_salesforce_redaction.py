"""Keep sessions, secrets, addresses and values out of logs, errors and representations, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence

import pytest

from connector.errors import PuenteError
from sandbox.seed import Base, SeedPerson
from tests.contract.salesforce_world import CLIENT_SECRET, JumpingTime, World, org, qualified

ADDRESS, REASON = "canary@mail.example", "canary-reason"
CANARIES = ("canary-name", ADDRESS, "canary-job", REASON, "canary-body", CLIENT_SECRET, "00D5e0000000001!")
FAULTS = (
    {"match": "composite", "status": 400, "body": [{"errorCode": "INVALID_FIELD", "message": "'canary-name' is odd"}]},
    {"match": "composite", "status": 400, "body": [{"errorCode": ADDRESS, "message": ADDRESS, "fields": [ADDRESS]}]},
    {"match": "composite/sobjects", "status": 500, "body": REASON},
    {
        "match": "PATCH .*composite/sobjects",
        "status": 200,
        "body": [
            {"success": False, "errors": [{"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "canary-job"}]}
        ],
    },
    {"match": "POST .*composite/sobjects", "status": 400, "body": [{"errorCode": "X", "message": "canary-body"}]},
    {"match": "services/data", "status": 401, "body": [{"errorCode": "INVALID_SESSION_ID", "message": CLIENT_SECRET}]},
    {"match": "composite", "status": 403, "html": True},
    {"match": "composite", "reset": True},
)


def base() -> Base:
    attributes = {"first_name": "canary-name", "email": ADDRESS, "job_title": "canary-job"}
    return Base((SeedPerson("p", attributes, JumpingTime().now()),))


def work(world: World, faults: Sequence[Mapping[str, object]]) -> list[object]:
    """Fetch, write, find and fail; return everything that may be shown."""
    shown: list[object] = []
    crm = world.crm()
    records = world.records(world.crm())
    world.fail(*({**fault, "times": 8} for fault in faults))
    for act in (
        lambda: crm.fetch([record.ref for record in records], now=world.time.now()).failed,
        lambda: crm.apply([qualified(record, Puente_Reasons__c=REASON) for record in records]),
        lambda: crm.find(ADDRESS),
    ):
        try:
            shown.append(act())
        except PuenteError as error:
            shown.append("".join(traceback.format_exception(error)))
    return [*shown, crm.calls(), crm.unavailable(), world.connection()]


@pytest.mark.parametrize("turn", range(len(FAULTS)))
def test_no_canary_sings(turn: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    with org(base=base()) as world:
        caplog.clear()
        shown = work(world, (*FAULTS[turn:], *FAULTS[:turn]))
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("adapters", "http")))
    text = f"{shown!r} {shown} {ours}"
    assert [canary for canary in CANARIES if canary in text] == []
    assert len(shown) == 6
