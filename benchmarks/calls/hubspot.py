"""Count the calls people take on HubSpot: ours, the floor, and one call per person and engagement.

The work is the same for both: read everybody with all that the packaged model uses, then write what our run wrote. The
second contender does it the way the SDK's quickstart shows: one call per person, per kind of association, per
engagement, per update, per task. What it finds on the way (how many engagements, companies, deals there are) gives the
floor, so the floor does not depend on our own reading.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

import httpx
import hubspot

from adapters.hubspot.adapter import HubSpotCrm
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from adapters.hubspot.needs import ENGAGEMENTS, STANDARD_LIFECYCLE, Needs
from calls.table import journal, last_seq, load, show
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Model
from connector.domain.model_reach import horizon_days, used_attributes
from connector.domain.values import parse_instant
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Outcome, Qualifier
from sandbox.hubspot.settings import LimitSettings, PortalSettings, Tier
from sandbox.people import generate
from sandbox.server import SandboxSettings, serve_in_thread

TOKEN: Final = "sandbox-token"
TIERS: Final[tuple[Tier, ...]] = ("professional", "enterprise")
THREADS: Final = 12
LIFECYCLE: Final = "lifecyclestage"
ENTERED: Final = {stage: f"hs_v2_date_entered_{stage}" for stage in STANDARD_LIFECYCLE}
PURPOSES: Final = (
    ("web events", "event-occurrences|/events/v3/events"),
    ("marketing events", "marketing-events"),
    ("form names", "/forms"),
    ("lists", "/lists"),
    ("account and schema", "account-info|/properties/"),
    ("tasks", "tasks"),
    ("associations", "associations"),
    ("companies", "companies"),
    ("deals", "deals"),
    ("engagements", "|".join(ENGAGEMENTS)),
    ("people written", "PATCH .*contacts|contacts/batch/update"),
    ("people read", "contacts"),
)


@dataclass
class Findings:
    """Count what the portal holds, as the second contender meets it."""

    people: int = 0
    kinds: int = 0
    engagements: dict[str, set[str]] = field(default_factory=dict)
    companies: set[str] = field(default_factory=set)
    deals: set[str] = field(default_factory=set)
    event_pages: int = 0
    stages_just_set: int = 0


def count(url: str, since: int) -> Counter[str]:
    return Counter(purpose_of(f"{entry['method']} {entry['path']}") for entry in journal(url, since))


def purpose_of(line: str) -> str:
    return next((purpose for purpose, pattern in PURPOSES if re.search(pattern, line)), "other")


def marketing_pages(url: str) -> int:
    """Count the pages that all participations fill, event by event, 100 a page."""
    root = f"{url}/marketing/v3/marketing-events"
    with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as client:
        events = client.get(f"{root}?limit=100").json()["results"]
        paths = (f"{root}/participations/{event['objectId']}/breakdown?limit=1" for event in events)
        return sum(max(1, ceil(client.get(path).json()["total"] / 100)) for path in paths)


def run_ours(url: str, model: Model, mapping: FieldMapping) -> list[Outcome]:
    connection = HubSpotConnection(base_url=url, access_token=TOKEN, rate_per_10s=1_000_000)
    crm = HubSpotCrm(connection, mapping, model.used_kinds, used_attributes(model), horizon_days(model))
    crm.preflight()
    ledger = SqliteLedger(":memory:", crm.account())
    try:
        return list(Qualifier(crm, ledger, model, mapping, "en", lambda: datetime.now(UTC)).qualify_all())
    finally:
        crm.close()


class Quickstart:
    """Do the same work one call at a time, as quickstarts show it."""

    def __init__(self, url: str, needs: Needs, tier: Tier, override_days: float) -> None:
        self._needs = needs
        self._override = timedelta(days=override_days)
        self._stage_is_recent: dict[str, bool] = {}
        self._client = client = hubspot.Client.create(access_token=TOKEN, host=url, base_url=url)
        self._contacts = client.crm.contacts.basic_api
        self._links = client.crm.associations.v4.basic_api
        self._objects = client.crm.objects.basic_api
        self._events = client.events.events_api
        self._participations = client.marketing.events.retrieve_participant_state_api
        self._memberships = client.crm.lists.memberships_api
        self._with_events = tier == "enterprise" and "web_events" in needs.probed
        self.found = Findings()

    def read(self) -> list[str]:
        ids = list(self._list())
        self._client.marketing.forms.forms_api.get_page()
        with ThreadPoolExecutor(THREADS) as pool:
            self.found.event_pages = sum(pool.map(self._read_person, ids))
        self.found.people = len(ids)
        self.found.stages_just_set = sum(self._stage_is_recent.values())
        return ids

    def write(self, updated: Sequence[str], tasks: Sequence[str]) -> None:
        for contact_id in updated:
            self._contacts.update(contact_id, {"properties": {"message": "seen"}})
        for contact_id in tasks:
            to_contact = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}
            self._objects.create("tasks", {
                "properties": {"hs_timestamp": "2026-11-30T09:00:00Z", "hs_task_subject": "Call"},
                "associations": [{"to": {"id": contact_id}, "types": [to_contact]}],
            })  # fmt: skip

    def _list(self) -> Iterator[str]:
        after = None
        while True:
            page = self._contacts.get_page(limit=100, after=after)
            yield from (contact.id for contact in page.results)
            if page.paging is None:
                return
            after = page.paging.next.after

    def _read_person(self, contact_id: str) -> int:
        """Read one person; return the pages of web events it took."""
        contact = self._contacts.get_by_id(contact_id, properties=["associatedcompanyid", LIFECYCLE, *ENTERED.values()])
        self._stage_is_recent[contact_id] = self._was_just_set(contact.properties)
        company = contact.properties.get("associatedcompanyid")
        if self._needs.uses_company and company:
            self._objects.get_by_id("companies", company)
            self.found.companies.add(company)
        if self._needs.uses_deals:
            self.found.deals |= self._read_linked(contact_id, "deals")
        for kind in ENGAGEMENTS:
            if kind in self._needs.probed:
                self.found.engagements.setdefault(kind, set()).update(self._read_linked(contact_id, kind))
        if "lists" in self._needs.probed:
            self._memberships.get_lists("0-1", contact_id)
        if "marketing_events" in self._needs.probed:
            self._participations.get_participations_breakdown_by_contact_id(contact_id)
        return self._read_events(contact_id) if self._with_events else 0

    def _was_just_set(self, properties: Mapping[str, str | None]) -> bool:
        """Say whether only the history tells who set a stage, and whether that still matters."""
        entered = parse_instant(properties.get(ENTERED.get(properties.get(LIFECYCLE) or "", "")))
        return isinstance(entered, datetime) and datetime.now(UTC) - entered <= self._override

    def _read_linked(self, contact_id: str, kind: str) -> set[str]:
        linked = {str(item.to_object_id) for item in self._links.get_page("contacts", contact_id, kind).results}
        for linked_id in linked:
            self._objects.get_by_id(kind, linked_id)
        return linked

    def _read_events(self, contact_id: str) -> int:
        after = None
        for pages in itertools.count(1):
            page = self._events.get_page(object_type="contact", object_id=int(contact_id), limit=100, after=after)
            if page.paging is None or page.paging.next is None:
                return pages
            after = page.paging.next.after
        raise AssertionError


def floor_of(found: Findings, needs: Needs, marketing: int, written: int, tasks: int, tier: Tier) -> dict[str, int]:
    """Add up the fewest calls HubSpot's batch sizes permit. Derived in docs/explanation/call-floor.md."""
    kinds = [kind for kind in ENGAGEMENTS if kind in needs.probed] + ["deals"] * needs.uses_deals
    refused = 1 if tier != "enterprise" and "web_events" in needs.probed else 0
    return {
        "people read": ceil(found.people / 100) + ceil(found.stages_just_set / 50) + ceil(written / 100),
        "associations": len(kinds) * ceil(found.people / 1_000),
        "engagements": sum(ceil(len(ids) / 100) for ids in found.engagements.values()),
        "companies": ceil(len(found.companies) / 100),
        "deals": ceil(len(found.deals) / 100),
        "lists": ceil(found.people / 100) if "lists" in needs.probed else 0,
        "form names": 1 if "form_submissions" in needs.probed else 0,
        "marketing events": 1 + min(found.people, marketing) if "marketing_events" in needs.probed else 0,
        "web events": found.event_pages + refused,
        "people written": ceil(written / 100),
        "tasks": ceil(tasks / 1_000) + ceil(tasks / 100),
        "account and schema": 4,
    }


def measure(people: int, seed: int) -> float:
    """Measure both tiers; return the worst ratio of ours to the floor."""
    model, mapping = load("hubspot")
    return max(_measure(tier, people, seed, model, mapping) for tier in TIERS)


def _measure(tier: Tier, people: int, seed: int, model: Model, mapping: FieldMapping) -> float:
    needs = Needs(mapping, model.used_kinds, used_attributes(model))
    base = generate(people, seed, datetime.now(UTC))
    portal = PortalSettings(tier=tier, limits=LimitSettings(enabled=False))
    with serve_in_thread(SandboxSettings(base=base, portal=portal)) as box:
        install(HubSpotConnection(base_url=box.url, access_token=TOKEN), "en")
        start = last_seq(box.url)
        outcomes = run_ours(box.url, model, mapping)
        ours = count(box.url, start)
        written = [outcome.ref.object_id for outcome in outcomes if outcome.outcome == "written"]
        with_task = [outcome.ref.object_id for outcome in outcomes if outcome.task_created]
        httpx.post(f"{box.url}/_sandbox/reset", trust_env=False, timeout=120).raise_for_status()
        marketing = marketing_pages(box.url)
        start = last_seq(box.url)
        naive = Quickstart(box.url, needs, tier, model.stages.override_days)
        naive.read()
        naive.write(written, with_task)
        theirs = count(box.url, start)
    floor = floor_of(naive.found, needs, marketing, len(written), len(with_task), tier)
    show(f"HubSpot {tier}", naive.found.people, floor, ours, theirs)
    return sum(ours.values()) / sum(floor.values())
