"""Keep tokens, addresses and values out of logs, errors and representations, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence

import pytest

from adapters.hubspot.connection import HubSpotConnection
from connector.errors import PuenteError
from sandbox.seed import Base, SeedPerson
from tests.contract.hubspot_world import TOKEN, JumpingTime, World, portal, qualified

ADDRESS, REASON = "canary@mail.example", "canary-reason"
CANARIES = ("canary-name", "canary@mail.example", "canary-job", "canary-reason", "canary-body", TOKEN)
FAULTS = (
    {
        "match": "contacts/batch/read",
        "status": 400,
        "body": {"message": "canary@mail.example", "category": "canary-name x"},
    },
    {
        "match": "contacts/batch/update",
        "status": 400,
        "body": {"message": '[{"name":"jobtitle","message":"canary-job"}]'},
    },
    {"match": "batch/update", "status": 500, "body": "canary-reason"},
    {"match": "batch/create", "status": 400, "body": {"message": "canary-body", "context": {"value": ["canary-body"]}}},
    {"match": "contacts", "status": 401, "body": {"message": f"bad {TOKEN}"}},
    {"match": "batch", "status": 403, "html": True},
    {"match": "batch", "reset": True},
)


def base() -> Base:
    attributes = {"first_name": "canary-name", "email": "canary@mail.example", "job_title": "canary-job"}
    return Base((SeedPerson("p", attributes, JumpingTime().now()),))


def work(world: World, faults: Sequence[Mapping[str, object]]) -> list[object]:
    """Fetch, write, find and fail; return everything that may be shown."""
    shown: list[object] = []
    crm = world.crm()
    records = world.records(world.crm())
    world.fail(*({**fault, "times": 8} for fault in faults))
    for act in (
        lambda: crm.fetch([record.ref for record in records], now=world.time.now()).failed,
        lambda: crm.apply([qualified(record, puente_reasons=REASON) for record in records]),
        lambda: crm.find(ADDRESS),
    ):
        try:
            shown.append(act())
        except PuenteError as error:
            shown.append("".join(traceback.format_exception(error)))
    return [*shown, crm.calls(), crm.unavailable()]


@pytest.mark.parametrize("turn", range(len(FAULTS)))
def test_no_canary_sings(turn: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    with portal(base=base()) as world:
        shown = work(world, (*FAULTS[turn:], *FAULTS[:turn]))
        connection = HubSpotConnection(base_url=world.url, access_token=TOKEN)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("adapters", "http")))
    text = f"{shown!r} {shown} {connection!r} {ours}"
    assert [canary for canary in CANARIES if canary in text] == []
    assert len(shown) == 5
