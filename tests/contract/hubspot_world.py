"""Set up one sandbox portal with our fields, a client on a clock that jumps, and writes to try on it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from adapters.hubspot.adapter import HubSpotCrm
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from connector.domain.mapping import AttributeSource, EventSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.ports import FieldValue, PersonRef, Receipt, Record, TaskClosing, TaskDraft, Write
from sandbox.hubspot.settings import LimitSettings, PortalSettings
from sandbox.people import generate
from sandbox.seed import Base
from sandbox.server import SandboxSettings, serve_in_thread

TOKEN = "sandbox-token"
SOURCES = (
    EventSource("content_download", "form_submissions", {"form": "form_name"}, {"form_name": ("descarga*",)}),
    EventSource("form_submitted", "form_submissions", {"form": "form_name"}),
    EventSource("page_view", "web_events", {"url": "hs_url"}, event_type="e_visited_page"),
    EventSource(
        "page_view",
        "counters",
        count="hs_analytics_num_page_views",
        at="hs_analytics_last_visit_timestamp",
        fallback_for="web_events",
    ),
    EventSource("email_reply", "emails", where={"hs_email_direction": ("INCOMING_EMAIL",)}),
    EventSource("call", "calls", {"asset": "hs_call_title"}),
    EventSource("meeting", "meetings", {"outcome": "hs_meeting_outcome"}),
    EventSource("list_joined", "lists", {"asset": "list_name"}),
    EventSource("webinar_attended", "marketing_events", {"asset": "event_name"}, {"attendance_state": ("attended",)}),
)
MAPPING = FieldMapping(
    crm="hubspot",
    attributes={
        "name": AttributeSource("name", "text", fields=("firstname", "lastname")),
        "email": AttributeSource("email", "text", fields=("email",)),
        "owner": AttributeSource("owner", "text", fields=("hubspot_owner_id",)),
        "job_title": AttributeSource("job_title", "text", fields=("jobtitle",)),
        "employees": AttributeSource("employees", "number", "company", ("numberofemployees",)),
        "won_deals": AttributeSource("won_deals", "number", "deals", measure="won_count"),
    },
    events=SOURCES,
    stages={
        "subscriber": "subscriber",
        "mnql": None,
        "lead": "lead",
        "mql": "marketingqualifiedlead",
        "sql": "salesqualifiedlead",
        "opportunity": "opportunity",
        "customer": "customer",
        "evangelist": "evangelist",
        "disqualified": None,
    },
    write_back={
        "puente_stage": "stage",
        "puente_stage_at": "stage_at",
        "puente_fit": "fit.pct",
        "puente_reasons": "reasons",
        "puente_handoff_key": "handoff.key",
        "puente_scored_at": "decided_at",
    },
)
NO_LIMITS = LimitSettings(enabled=False)


class JumpingTime:
    """Give client and sandbox one time that jumps over every wait; sleepers side by side jump together."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        return time.monotonic() + self._ahead

    def epoch(self) -> float:
        return time.time() + self._ahead

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.epoch(), UTC)

    def sleep(self, seconds: float) -> None:
        wake_at = self.seconds() + seconds
        with self._lock:
            self._ahead = max(self._ahead, wake_at - time.monotonic())

    async def sleep_in_sandbox(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


@dataclass
class World:
    """Hold a portal, its time, and how to look inside it."""

    url: str
    time: JumpingTime
    clients: list[HubSpotCrm] = field(default_factory=list)

    def crm(
        self,
        mapping: FieldMapping = MAPPING,
        *,
        kinds: frozenset[str] | None = None,
        attributes: frozenset[str] | None = None,
        connection: HubSpotConnection | None = None,
        horizon_days: float | None = None,
    ) -> HubSpotCrm:
        client = HubSpotCrm(
            connection or HubSpotConnection(base_url=self.url, access_token=TOKEN, app_id="54321"),
            mapping,
            mapping.kinds if kinds is None else kinds,
            frozenset(mapping.attributes) if attributes is None else attributes,
            horizon_days,
            self.time.seconds,
            self.time.sleep,
        )
        self.clients.append(client)
        return client

    def ask(self, method: str, path: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def fail(self, *rules: Mapping[str, object]) -> None:
        self.ask("POST", "faults", {"rules": list(rules)})

    def state(self) -> Any:
        return self.ask("GET", "state")

    def person(self, contact_id: str) -> dict[str, str]:
        found = next(person for person in self.state()["people"] if person["id"] == contact_id)
        return dict(found["properties"])

    def tasks(self) -> list[Any]:
        return list(self.state()["tasks"])

    def journal(self, since: int = 0) -> list[Any]:
        return list(self.ask("GET", f"journal?since={since}")["entries"])

    def last_seq(self) -> int:
        return int(self.ask("GET", "journal")["last"])

    def records(self, crm: HubSpotCrm, count: int | None = None) -> list[Record]:
        found: list[Record] = []
        for fetched in crm.fetch_all(now=self.time.now()):
            found += fetched.records
        return found[:count]


@contextmanager
def portal(people: int = 12, *, installed: bool = True, base: Base | None = None, **settings: Any) -> Iterator[World]:
    """Serve a portal of invented people; `settings` are those of the sandbox's portal."""
    jumping = JumpingTime()
    options = PortalSettings(**{"limits": NO_LIMITS, **settings})
    served = SandboxSettings(
        base=base or generate(people, 7, jumping.now()),
        portal=options,
        clock=jumping.epoch,
        sleep=jumping.sleep_in_sandbox,
    )
    with serve_in_thread(served) as box:
        world = World(box.url, jumping)
        if installed:
            install(HubSpotConnection(base_url=box.url, access_token=TOKEN), "es")
        try:
            yield world
        finally:
            for client in world.clients:
                client.close()


def qualified(record: Record, *, key: str | None = None, owner: str | None = None, **fields: FieldValue) -> Write:
    """Plan a write that makes somebody an MQL with a task, as a decision would."""
    at = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    wanted: dict[str, FieldValue] = {
        "puente_stage": "mql",
        "puente_stage_at": at,
        "puente_fit": 87.5,
        "puente_reasons": "Vio la página de precios\nDescargó la guía",
        "puente_handoff_key": key or key_of(record.ref),
        **fields,
    }
    return Write(
        record,
        fields={name: (record.current.get(name), value) for name, value in wanted.items()},
        lifecycle="marketingqualifiedlead",
        task=TaskDraft(
            key=key or key_of(record.ref),
            kind="review",
            subject="Revisar MQL",
            body="Por qué ahora: pidió una demo",
            due_at=at + timedelta(hours=8),
            priority="medium",
            owner=owner,
        ),
    )


def key_of(ref: PersonRef) -> str:
    return f"{int(ref.object_id):032x}"


def closing(record: Record, key: str, reason: str = "Ya no es MQL") -> Write:
    return Write(record, closings=(TaskClosing(key, reason),))


def outcomes(receipts: Sequence[Receipt]) -> Counter[str]:
    return Counter(receipt.outcome for receipt in receipts)


def keys(tasks: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Count tasks by key."""
    return Counter(str(task["properties"].get("puente_task_key")) for task in tasks)


def with_stages(mapping: FieldMapping = MAPPING, **changes: Any) -> FieldMapping:
    return replace(mapping, **changes)
