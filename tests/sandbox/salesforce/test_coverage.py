"""COVERAGE.md is the list of what is imitated: no more, no less."""

from __future__ import annotations

import re
from pathlib import Path

import sandbox.salesforce
from sandbox.salesforce.routes import ENDPOINTS, Router
from sandbox.salesforce.schema import builtin_kinds
from sandbox.salesforce.settings import OrgSettings
from sandbox.salesforce.timeline import NATIVE_KINDS

from .conftest import Box

COVERAGE = Path(sandbox.salesforce.__file__).with_name("COVERAGE.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`([^`]+)`")
_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /")
SAMPLES = {"version": "v66.0", "sobject": "Lead", "field": "External_Id__c", "number": "66.0"}


def rows() -> list[list[str]]:
    lines = [line for line in COVERAGE.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def calls() -> dict[str, list[str]]:
    return {codes[0]: row for row in rows() if (codes := _CODE.findall(row[0])) and _CALL.match(codes[0])}


def test_the_endpoints_are_those_of_the_routes() -> None:
    assert sorted(calls()) == sorted(endpoint.name for endpoint in ENDPOINTS)


def test_every_endpoint_says_how_sure_it_is() -> None:
    assert all(re.match(r"[DMU]\b", row[-1]) for row in calls().values())


def test_every_kind_with_a_place_of_its_own_is_listed() -> None:
    assert {code for row in rows() for code in _CODE.findall(row[0])} >= NATIVE_KINDS


def test_every_object_is_listed() -> None:
    listed = COVERAGE.partition("Objects: ")[2].partition(".\n")[0].replace("\n", " ").split(", ")
    assert sorted(one.strip() for one in listed) == sorted(builtin_kinds())


def test_every_setting_that_is_named_exists() -> None:
    named = set(_CODE.findall(COVERAGE)) & {"page_size", "polls_until_done", "stage_field", "unique_counts_deleted"}
    assert len(named) == 4
    assert all(hasattr(OrgSettings(), name) for name in named)


def test_every_address_is_answered(box: Box) -> None:
    """Whatever the answer to an empty call is, it is Salesforce's: nothing listed is missing, nothing breaks."""
    router, ana = Router(), box.person("ana")
    for endpoint in ENDPOINTS:
        path = re.sub(r"\{(\w+)\}", lambda name: SAMPLES.get(name[1], ana), endpoint.address)
        found = router.find(endpoint.method, path)
        assert found is not None
        assert found[0] is endpoint, (found[0].name, endpoint.name)
        reply = box.http.request(endpoint.method, path, content=b"{}")
        assert reply.status_code < 500 or "faultcode" in reply.text, (endpoint.name, reply.text)
