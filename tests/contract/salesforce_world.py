"""Set up one sandbox organisation with our fields, a client on a clock that jumps, and writes to try on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from adapters.salesforce.adapter import SalesforceCrm
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.install import install
from connector.domain.mapping import Mapping as FieldMapping
from connector.files import load_mapping
from connector.ports import FieldValue, PersonRef, Receipt, Record, TaskClosing, TaskDraft, Write
from sandbox.people import generate
from sandbox.salesforce.settings import OrgSettings
from sandbox.seed import Base
from sandbox.server import SandboxSettings, serve_in_thread
from tests.contract.hubspot_world import JumpingTime

CLIENT_ID, CLIENT_SECRET = "sandbox-client-id", "sandbox-client-secret"
MAPPING = load_mapping(None, "salesforce")
DUE = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


@dataclass
class World:
    """Hold an organisation, its time, and how to look inside it."""

    url: str
    time: JumpingTime
    clients: list[SalesforceCrm] = field(default_factory=list)

    def connection(self, **changes: Any) -> SalesforceConnection:
        return SalesforceConnection(
            **{"instance_url": self.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **changes}
        )

    def crm(
        self,
        mapping: FieldMapping = MAPPING,
        *,
        kinds: frozenset[str] | None = None,
        attributes: frozenset[str] | None = None,
        horizon_days: float | None = None,
        **connection: Any,
    ) -> SalesforceCrm:
        client = SalesforceCrm(
            self.connection(**connection),
            mapping,
            mapping.kinds if kinds is None else kinds,
            frozenset(mapping.attributes) if attributes is None else attributes,
            horizon_days,
            self.time.seconds,
            self.time.sleep,
            epoch=self.time.epoch,
        )
        self.clients.append(client)
        return client

    def ask(self, method: str, path: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, trust_env=False, timeout=60)
        assert reply.status_code < 300, reply.text
        return reply.json()

    def fail(self, *rules: Mapping[str, object]) -> None:
        self.ask("POST", "faults", {"rules": list(rules)})

    def settings(self, **changes: object) -> None:
        self.ask("POST", "settings", changes)

    def state(self) -> Any:
        return self.ask("GET", "state")

    def person(self, record_id: str) -> dict[str, Any]:
        found = next(person for person in self.state()["people"] if person["id"] == record_id)
        return dict(found["properties"])

    def tasks(self) -> list[dict[str, Any]]:
        """Return the tasks with a key of ours."""
        return [task["properties"] for task in self.state()["tasks"] if task["properties"].get("Puente_Task_Key__c")]

    def journal(self, since: int = 0) -> list[Any]:
        return list(self.ask("GET", f"journal?since={since}")["entries"])

    def last_seq(self) -> int:
        return int(self.ask("GET", "journal")["last"])

    def lines(self, since: int = 0) -> Counter[str]:
        """Count the requests since a moment by method and address."""
        return Counter(str(entry["endpoint"]).replace("/services/data/{version}", "") for entry in self.journal(since))

    def records(self, crm: SalesforceCrm, count: int | None = None) -> list[Record]:
        found: list[Record] = []
        for fetched in crm.fetch_all(now=self.time.now()):
            assert not fetched.failed, {ref: str(error) for ref, error in fetched.failed.items()}
            found += fetched.records
        return found[:count]


@contextmanager
def org(people: int = 12, *, installed: bool = True, base: Base | None = None, **settings: Any) -> Iterator[World]:
    """Serve an organisation of invented people; `settings` are those of the sandbox's organisation."""
    jumping = JumpingTime()
    served = SandboxSettings(
        base=base or generate(people, 7, jumping.now()),
        org=OrgSettings(**settings),
        clock=jumping.epoch,
        sleep=jumping.sleep_in_sandbox,
        crm="salesforce",
    )
    with serve_in_thread(served) as box:
        world = World(box.url, jumping)
        if installed:
            install(world.connection(), "es", sleep=jumping.sleep)
        try:
            yield world
        finally:
            for client in world.clients:
                client.close()


def qualified(record: Record, *, key: str | None = None, owner: str | None = None, **fields: FieldValue) -> Write:
    """Plan a write that makes somebody an MQL with a task, as a decision would."""
    wanted: dict[str, FieldValue] = {
        "Puente_Stage__c": "mql",
        "Puente_Stage_At__c": DUE - timedelta(hours=8),
        "Puente_Fit__c": 87.5,
        "Puente_Reasons__c": "Vio la página de precios\nDescargó la guía",
        "Puente_Handoff_Key__c": key or key_of(record.ref),
        **fields,
    }
    return Write(
        record,
        fields={name: (record.current.get(name), value) for name, value in wanted.items()},
        task=TaskDraft(
            key=key or key_of(record.ref),
            kind="review",
            subject="Revisar MQL",
            body="Por qué ahora: pidió una demo",
            due_at=DUE,
            priority="medium",
            owner=owner,
        ),
    )


def key_of(ref: PersonRef) -> str:
    return ref.object_id.rjust(32, "0")


def closing(record: Record, key: str, reason: str = "Ya no es MQL") -> Write:
    return Write(record, closings=(TaskClosing(key, reason),))


def outcomes(receipts: Sequence[Receipt]) -> Counter[str]:
    return Counter(receipt.outcome for receipt in receipts)


def keys(tasks: Sequence[Mapping[str, Any]]) -> Counter[str]:
    return Counter(str(task.get("Puente_Task_Key__c")) for task in tasks)


def lead(records: Sequence[Record]) -> Record:
    return next(record for record in records if record.ref.object_type == "lead")
