"""Whatever body arrives, the answer is HubSpot's refusal or success, never a broken server."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.faults import FaultBook
from sandbox.hubspot.desk import Desk
from sandbox.hubspot.load import load_base
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.routes import ENDPOINTS, Endpoint
from sandbox.hubspot.settings import LimitSettings, PortalSettings
from sandbox.hubspot.store import Store

from .conftest import ANA, TOKEN, ManualClock, small_base

WRITES = [endpoint for endpoint in ENDPOINTS if endpoint.method in ("POST", "PUT", "PATCH")]
SAMPLES = {"objectType": "contacts", "fromObjectType": "contacts", "toObjectType": "companies", "objectTypeId": "0-1"}
WORDS = st.sampled_from(
    [
        "1001",
        "0",
        "",
        "contacts",
        "0-1",
        "email",
        "hs_object_id",
        "EQ",
        "IN",
        "MANUAL",
        "x",
        "ascending",
        "\x00",
        "☃",
        "1e9",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
TYPES = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
OPTION = {"label": "A", "value": "a", "displayOrder": 0, "hidden": False}
TEMPLATES: tuple[Any, ...] = (
    {"properties": {"email": "x@example.org"}, "associations": [{"to": {"id": "5000000001"}, "types": TYPES}]},
    {
        "inputs": [{"id": ANA, "idProperty": "email", "properties": {"jobtitle": "x"}, "objectWriteTraceId": "t"}],
        "properties": ["email"],
        "propertiesWithHistory": ["email"],
        "idProperty": "email",
    },
    {"inputs": [{"from": {"id": ANA}, "to": {"id": "5000000001"}, "types": TYPES, "id": ANA, "after": "1"}]},
    {"inputs": [{"from": {"id": ANA}, "to": [{"id": "5000000001"}], "types": TYPES}]},
    {"inputs": [{"objectTypeId": "0-1", "recordId": ANA, "name": "email"}]},
    {
        "filterGroups": [
            {"filters": [{"propertyName": "createdate", "operator": "BETWEEN", "value": "1", "highValue": "2"}]}
        ],
        "sorts": [{"propertyName": "email", "direction": "ASCENDING"}],
        "query": "x",
        "limit": 10,
        "after": "0",
        "properties": ["email"],
    },
    {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "IN", "values": ["a"]}]}]},
    {
        "name": "acme",
        "label": "A",
        "type": "enumeration",
        "fieldType": "select",
        "groupName": "contactinformation",
        "options": [OPTION],
        "displayOrder": 1,
        "hasUniqueValue": False,
        "description": "x",
    },
    {
        "inputs": [
            {
                "name": "acme",
                "label": "A",
                "type": "number",
                "fieldType": "number",
                "groupName": "email",
                "displayOrder": 1,
            }
        ]
    },
    {
        "name": "acme",
        "objectTypeId": "0-1",
        "processingType": "MANUAL",
        "query": "x",
        "offset": 0,
        "count": 5,
        "listIds": ["1"],
    },
    {"recordIdsToAdd": [ANA], "recordIdsToRemove": [ANA]},
    {"primaryObjectId": ANA, "objectIdToMerge": "1002", "objectId": ANA, "idProperty": "email"},
    [ANA, {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}],
)


def _spots(body: Any) -> list[tuple[Any, Any]]:
    """List every place in a body where a value could be another one."""
    items = list(body.items()) if isinstance(body, dict) else list(enumerate(body)) if isinstance(body, list) else []
    return [(body, key) for key, _ in items] + [spot for _, inner in items for spot in _spots(inner)]


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """Take a good body and put something else in one or two places."""
    body = copy.deepcopy(draw(st.sampled_from(TEMPLATES)))
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from(_spots(body)))
        holder[key] = draw(VALUES)
    return body


@pytest.fixture
def desk() -> Desk:
    clock = ManualClock()
    portal = Portal(PortalSettings(limits=LimitSettings(enabled=False)), Store(), clock)
    load_base(portal, small_base())
    found = Desk(portal, clock)
    found.faults = FaultBook()
    return found


def send(desk: Desk, endpoint: Endpoint, body: Any, query: str = "") -> int:
    address = next(iter(endpoint.addresses()))[0]
    path = re.sub(r"\{(\w+)\}", lambda name: SAMPLES.get(name[1], ANA), address)
    call = desk.open(endpoint.method, path, query, {"authorization": f"Bearer {TOKEN}"}, json.dumps(body).encode())
    answer = desk.answer(call, None)
    assert answer is not None
    return answer.status


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda endpoint: endpoint.name)
def test_a_hostile_body_breaks_nothing(desk: Desk, endpoint: Endpoint) -> None:
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(body=mutants())
    def check(body: Any) -> None:
        assert send(desk, endpoint, body) != 500

    check()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(["limit", "after", "properties", "associations", "occurredAfter", "objectId"]),
    value=st.text(max_size=12),
)
def test_a_hostile_query_breaks_nothing(name: str, value: str) -> None:
    clock = ManualClock()
    portal = Portal(PortalSettings(limits=LimitSettings(enabled=False)), Store(), clock)
    found = Desk(portal, clock)
    query = f"objectType=contact&{name}={value}"
    for endpoint in ENDPOINTS:
        if endpoint.method == "GET":
            assert send(found, endpoint, None, query) != 500
