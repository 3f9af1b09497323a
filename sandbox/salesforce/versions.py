"""Know the API versions: which there are, which are retired, and what a version offers.

Source: Salesforce REST API guide, "Versions", and release notes of Summer '25 (21.0 to 30.0 retired), read 2026-11
(documented).
"""

from __future__ import annotations

import re

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.org import Org

OLDEST, NEWEST, FIRST_RETIRED = 31, 67, 21
_SPRING_24 = 60
_FORM = re.compile(r"v(\d+)\.0")
_RESOURCES = ("tooling", "metadata", "composite", "jobs", "limits", "query", "queryAll", "sobjects")


def check_version(version: str) -> None:
    """Refuse a version that never was (404) or is retired (410)."""
    found = _FORM.fullmatch(version)
    number = int(found.group(1)) if found else 0
    if FIRST_RETIRED <= number < OLDEST:
        raise refused(410, "UNSUPPORTED_API_VERSION", f"API version {number}.0 is retired")
    if not OLDEST <= number <= NEWEST:
        raise not_found()


def list_versions(_org: Org, _call: Call) -> Answer:
    """GET /services/data."""
    listed = [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST, NEWEST + 1)
    ]
    return Answer(200, listed)


def _label(number: int) -> str:
    years, season = divmod(number - _SPRING_24, 3)
    return f"{('Spring', 'Summer', 'Winter')[season]} '{24 + years + (season == 2):02d}"


def list_resources(_org: Org, call: Call) -> Answer:
    """GET /services/data/vXX.0."""
    return Answer(200, {name: f"/services/data/{call.version}/{name}" for name in _RESOURCES})
