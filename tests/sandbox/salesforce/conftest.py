"""Serve small orgs to tests: a clock that stands still, seven people, and clients that speak to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.salesforce.desk import Desk
from sandbox.salesforce.org import Org
from sandbox.salesforce.settings import OrgSettings
from sandbox.seed import Base, SeedCompany, SeedDeal, SeedEvent, SeedOwner, SeedPerson
from sandbox.server import Running, SandboxSettings, serve_in_thread

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATA = "/services/data/v66.0"
RECORDED = Path(__file__).parents[4] / "shared" / "fixtures" / "salesforce"
needs_recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded bodies are not on this machine")


@dataclass
class ManualClock:
    """A clock that moves only when told to."""

    now: float = NOW.timestamp()

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def ago(**units: float) -> datetime:
    """Give an instant before NOW."""
    return NOW - timedelta(**units)


COMPANY = SeedCompany("lumina", "Lumina Educación", "lumina.example", "education", 120, "ES")
OWNERS = (
    SeedOwner("lucia", "lucia@example.com", "Lucía", "Ferrer"),
    SeedOwner("ramon", "ramon@example.com", "Ramón", "Olmedo", active=False),
)
ANA_EVENTS = (
    SeedEvent("page_view", ago(days=3), url="https://www.example.com/precios"),
    SeedEvent("form_submitted", ago(days=2), form="Solicitar demo", url="https://www.example.com/contacto"),
    SeedEvent("content_download", ago(days=4), asset="E-book", form="Descarga: E-book", topic="automation"),
    SeedEvent("webinar_registered", ago(days=9), asset="Webinar: Embudo"),
    SeedEvent("webinar_attended", ago(days=6), asset="Webinar: Embudo"),
    SeedEvent("email_reply", ago(days=1), channel="email", direction="incoming", text="Hablemos"),
    SeedEvent("call", ago(days=500), direction="incoming", outcome="connected", text="Primera llamada"),
    SeedEvent("meeting", ago(days=5), asset="Primera reunión", outcome="completed"),
)


def person(key: str, first: str, **given: Any) -> SeedPerson:
    attributes = {"first_name": first, "last_name": f"{first}ez", "email": f"{key}@lumina.example"}
    return SeedPerson(**{"key": key, "attributes": attributes, "created_at": ago(days=600), **given})


ANA = {
    "first_name": "Ana",
    "last_name": "García",
    "email": "ana@lumina.example",
    "job_title": "Directora",
    "country": "ES",
}


def marta() -> SeedPerson:
    return person(
        "marta",
        "Marta",
        company=COMPANY,
        owner="lucia",
        events=(SeedEvent("page_view", ago(days=1), url="https://www.example.com/precios"),),
        deals=(SeedDeal("Plan piloto", 300.0, "open", ago(days=20)),),
    )


def small_base() -> Base:
    """Make seven people: three leads, a customer, somebody with an open deal, one merged away, one deleted."""

    return Base(
        people=(
            person(
                "ana",
                "Ana",
                attributes=ANA,
                company=COMPANY,
                owner="lucia",
                events=ANA_EVENTS,
                external_id="EXT-1",
                stage="mql",
                stage_set_by="person",
                stage_set_at=ago(days=8),
            ),
            person("luis", "Luis", company=COMPANY),
            SeedPerson("robot", {"email": "robot@example.org"}, ago(days=10)),
            person(
                "eva",
                "Eva",
                company=COMPANY,
                owner="lucia",
                stage="customer",
                stage_set_by="crm",
                stage_set_at=ago(days=100),
                deals=(SeedDeal("Plan anual", 1200.0, "won", ago(days=150), ago(days=100)),),
            ),
            marta(),
            person("olga", "Olga", merged_into="luis"),
            person("pep", "Pep", archived=True),
        ),
        owners=OWNERS,
    )


@dataclass
class Box:
    """A running org with a client, its clock and its inside."""

    running: Running
    http: httpx.Client
    clock: ManualClock

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def desk(self) -> Desk:
        found = self.running.app.state.desk
        assert isinstance(found, Desk)
        return found

    @property
    def org(self) -> Org:
        return self.desk.org

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, DATA + path, json=body, headers=named)

    def query(self, text: str, *, everything: bool = False) -> list[dict[str, Any]]:
        reply = self.http.get(f"{DATA}/{'queryAll' if everything else 'query'}", params={"q": text})
        assert reply.status_code == 200, reply.text
        records = reply.json()["records"]
        assert isinstance(records, list)
        return records

    def refusal(self, text: str) -> tuple[str, str]:
        reply = self.http.get(f"{DATA}/query", params={"q": text})
        assert reply.status_code == 400, reply.text
        return reply.json()[0]["errorCode"], reply.json()[0]["message"]

    def person(self, key: str) -> str:
        """Give the id of a living lead or contact by the first part of its e-mail."""
        found = [
            row["Id"]
            for kind, alive in (("Contact", ""), ("Lead", " AND IsConverted = false"))
            for row in self.query(f"SELECT Id FROM {kind} WHERE Email LIKE '{key}@%'{alive}")
        ]
        return str(found[0])

    def rep(self, first_name: str = "Lucía") -> str:
        return str(self.query(f"SELECT Id FROM User WHERE FirstName = '{first_name}'")[0]["Id"])

    def control(self, name: str, body: Any = None) -> Any:
        reply = self.http.get(f"/_sandbox/{name}") if body is None else self.http.post(f"/_sandbox/{name}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()


Serve = Callable[..., Box]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve orgs for one test: serve(OrgSettings(…), base)."""
    opened: list[Any] = []

    def start(org: OrgSettings | None = None, base: Base | None = None, clock: ManualClock | None = None) -> Box:
        clock = clock or ManualClock()
        settings = SandboxSettings(
            base=small_base() if base is None else base, org=org or OrgSettings(), clock=clock, crm="salesforce"
        )
        context = serve_in_thread(settings)
        running = context.__enter__()
        headers = {"Authorization": f"Bearer {settings.org.static_token}"}
        client = httpx.Client(base_url=running.url, headers=headers, timeout=20)
        opened.append((context, client))
        return Box(running, client, clock)

    yield start
    for context, client in opened:
        client.close()
        context.__exit__(None, None, None)


@pytest.fixture
def box(serve: Serve) -> Box:
    """Serve the small base."""
    return serve()
