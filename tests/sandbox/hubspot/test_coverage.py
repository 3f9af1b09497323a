"""COVERAGE.md is the list of what is imitated: no more, no less."""

from __future__ import annotations

import re
from pathlib import Path

import sandbox
from sandbox.hubspot.routes import ENDPOINTS, Router
from sandbox.hubspot.timeline import NATIVE_KINDS

from .conftest import ANA, Box

COVERAGE = Path(sandbox.__file__).with_name("COVERAGE.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`([^`]+)`")
_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /")
SAMPLES = {"objectType": "contacts", "fromObjectType": "contacts", "toObjectType": "companies", "objectTypeId": "0-1"}


def rows() -> list[list[str]]:
    lines = [line for line in COVERAGE.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def listed_endpoints() -> list[str]:
    first = [_CODE.findall(row[0]) for row in rows()]
    return [codes[0] for codes in first if codes and _CALL.match(codes[0])]


def test_the_endpoints_are_those_of_the_routes() -> None:
    assert sorted(listed_endpoints()) == sorted(endpoint.name for endpoint in ENDPOINTS)


def test_every_endpoint_says_how_sure_it_is() -> None:
    sure = {codes[0]: row[-1] for row in rows() if (codes := _CODE.findall(row[0])) and _CALL.match(codes[0])}
    assert all(re.match(r"[DMU]\b", text) for text in sure.values()), sure


def test_every_older_spelling_is_listed() -> None:
    older = {address for endpoint in ENDPOINTS for address, version in endpoint.addresses() if version[0] == "v"}
    spelled = {code for row in rows() for cell in row for code in _CODE.findall(cell) if code.startswith("/")}
    assert not [one for one in older if not any(one.startswith(prefix) for prefix in spelled | {"/marketing/v3/forms"})]


def test_every_kind_with_a_place_of_its_own_is_listed() -> None:
    kinds = {code for row in rows() for code in _CODE.findall(row[0]) if not code.startswith(("/", "GET", "POST"))}
    assert kinds >= NATIVE_KINDS


def test_every_address_is_answered(box: Box) -> None:
    """Whatever the answer to an empty call is, it is HubSpot's: nothing listed is missing, nothing breaks."""
    router = Router()
    for endpoint in ENDPOINTS:
        for address, version in endpoint.addresses():
            path = re.sub(r"\{(\w+)\}", lambda name: SAMPLES.get(name[1], ANA), address)
            found = router.find(endpoint.method, path)
            assert found is not None
            assert (found[0].name, found[1]) == (endpoint.name, version)
            reply = box.http.request(endpoint.method, path, content=b"{}")
            assert reply.status_code < 500, (endpoint.name, reply.text)


def test_unknown_addresses_and_methods_are_not_answered(box: Box) -> None:
    for method, path in (("PUT", "/crm/objects/2026-09/contacts"), ("GET", "/crm/v4/objects/contacts"), ("GET", "/x")):
        reply = box.http.request(method, path)
        assert (reply.status_code, reply.json()["category"]) == (501, "NOT_IMITATED")
