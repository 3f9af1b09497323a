"""Serve small portals to tests: a clock that stands still, four people, and clients that speak to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.hubspot.desk import Desk
from sandbox.hubspot.settings import LimitSettings, PortalSettings
from sandbox.hubspot.webhooks import WebhookSettings
from sandbox.seed import Base, SeedCompany, SeedDeal, SeedEvent, SeedOwner, SeedPerson
from sandbox.server import Running, SandboxSettings, serve_in_thread

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TOKEN = "sandbox-token"
ANA, LUIS, EVA, ROBOT = "1001", "1002", "1003", "1004"
REP, RETIRED_REP = "301", "302"
UNLIMITED = PortalSettings(limits=LimitSettings(enabled=False))


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


def small_base() -> Base:
    """Make four people: a busy one, an ordinary one, a customer, and one with nothing."""
    luis = {"first_name": "Luis", "email": "luis@lumina.example", "country": "MX"}
    eva = SeedPerson(
        key="eva",
        attributes={"first_name": "Eva", "email": "eva@example.org"},
        created_at=ago(days=400),
        stage="customer",
        stage_set_by="person",
        stage_set_at=ago(days=100),
        deals=(SeedDeal("Plan anual", 1200.0, "won", ago(days=120), ago(days=100)),),
        opted_out=True,
    )
    return Base(
        owners=OWNERS,
        people=(
            busy_person(),
            SeedPerson(key="luis", attributes=luis, created_at=ago(days=30), company=COMPANY),
            eva,
            SeedPerson(key="robot", attributes={}, created_at=ago(days=1), external_id="EXT-4"),
        ),
    )


def busy_person() -> SeedPerson:
    """Make the one whose timeline holds everything."""
    attributes = {
        "first_name": "Ana",
        "last_name": "Núñez",
        "email": "Ana@Lumina.example",
        "job_title": "Directora de Marketing",
        "country": "ES",
        "language": "es",
        "source": "organic_search",
    }
    return SeedPerson(
        key="ana",
        attributes=attributes,
        created_at=ago(days=60),
        company=COMPANY,
        owner="lucia",
        stage="lead",
        stage_set_by="crm",
        stage_set_at=ago(days=50),
        events=busy_timeline(),
    )


def busy_timeline() -> tuple[SeedEvent, ...]:
    """Give one event of every kind that HubSpot keeps in a way of its own."""
    mail: dict[str, Any] = {"campaign": "Boletín 7", "channel": "email"}
    return (
        SeedEvent("page_view", ago(days=9), url="https://www.example.com/precios"),
        SeedEvent("page_view", ago(days=8), url="https://www.example.com/blog"),
        SeedEvent("page_view", ago(days=20), count=40),
        SeedEvent("return_visit", ago(days=8)),
        SeedEvent("form_submitted", ago(days=7), form="Solicitar demo"),
        SeedEvent("content_download", ago(days=6), form="Descarga: Guía", asset="Guía", topic="pricing"),
        SeedEvent("newsletter_subscribed", ago(days=40)),
        SeedEvent("survey_completed", ago(days=5), asset="Madurez digital"),
        SeedEvent("email_delivered", ago(days=4), **mail),
        SeedEvent("email_open", ago(days=4, minutes=-5), **mail),
        SeedEvent("email_open", ago(days=4, minutes=-1), machine=True, **mail),
        SeedEvent("email_click", ago(days=4, minutes=-6), **mail),
        SeedEvent("email_reply", ago(days=3), direction="incoming", text="Me interesa", channel="email"),
        SeedEvent("webinar_registered", ago(days=12), asset="Webinar: Embudo"),
        SeedEvent("webinar_attended", ago(days=10), asset="Webinar: Embudo"),
        SeedEvent("event_registered", ago(days=15), asset="Feria"),
        SeedEvent("event_attended", ago(days=14), asset="Feria"),
        SeedEvent("webinar_question", ago(days=10), asset="Webinar: Embudo", text="¿Precio?"),
        SeedEvent("call", ago(days=2), outcome="connected", direction="outgoing", text="Habla de precios"),
        SeedEvent("meeting", ago(days=1), outcome="completed", asset="Demo"),
        SeedEvent("note", ago(days=1), text="<b>Ojo</b>"),
        SeedEvent("chat", ago(hours=20), channel="whatsapp", text="Hola"),
        SeedEvent("chat", ago(hours=19), channel="web", text="¿Hay alguien?"),
        SeedEvent("list_joined", ago(days=3), asset="Interesados"),
        SeedEvent("product_usage", ago(hours=3), asset="Prueba"),
    )


@pytest.fixture(scope="session")
def one_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def clock(one_clock: ManualClock) -> ManualClock:
    one_clock.now = NOW.timestamp()
    return one_clock


@dataclass
class Box:
    """A served portal and a client with the well-known token."""

    url: str
    http: httpx.Client
    desk: Desk
    clock: ManualClock

    def post(self, path: str, body: Any, expect: int | None = None) -> Any:
        return self.send("POST", path, body, expect)

    def get(self, path: str, expect: int | None = 200, **params: Any) -> Any:
        reply = self.http.get(path, params=params)
        assert expect in (None, reply.status_code), reply.text
        return reply.json()

    def send(self, method: str, path: str, body: Any = None, expect: int | None = None) -> Any:
        reply = self.http.request(method, path, json=body)
        assert expect in (None, reply.status_code), reply.text
        return reply.json() if reply.content else None

    def control(self, name: str, body: Any) -> Any:
        return self.post(f"/_sandbox/{name}", body, 200)

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("faults", {"rules": list(rules)})


Serve = Callable[..., Box]


@pytest.fixture
def serve(clock: ManualClock) -> Iterator[Serve]:
    """Serve portals of the small base with chosen settings; limits are off unless chosen."""
    contexts = []
    clients = []

    def start(base: Base | None = None, state: str = ":memory:", **settings: Any) -> Box:
        settings.setdefault("limits", LimitSettings(enabled=False))
        chosen = SandboxSettings(
            base=small_base() if base is None else base,
            portal=PortalSettings(**settings),
            state=state,
            clock=clock,
            sleep=_sleep(clock),
        )
        context = serve_in_thread(chosen)
        running = context.__enter__()
        contexts.append(context)
        client = httpx.Client(base_url=running.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
        clients.append(client)
        return Box(running.url, client, running.app.state.desk, clock)

    yield start
    for client in clients:
        client.close()
    for context in contexts:
        context.__exit__(None, None, None)


def _sleep(clock: ManualClock) -> Callable[[float], Any]:
    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    return sleep


@pytest.fixture(scope="session")
def shared(one_clock: ManualClock) -> Iterator[Running]:
    """Serve the small base once: starting and stopping a server for every test would cost minutes."""
    chosen = SandboxSettings(base=small_base(), portal=UNLIMITED, clock=one_clock, sleep=_sleep(one_clock))
    with serve_in_thread(chosen) as running:
        yield running


@pytest.fixture
def box(shared: Running, clock: ManualClock) -> Iterator[Box]:
    """Give the small base as it was at the beginning, with default settings and no limits."""
    with httpx.Client(base_url=shared.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10) as client:
        found = Box(shared.url, client, shared.app.state.desk, clock)
        shared.app.state.bell.settings = WebhookSettings()
        found.desk.change(UNLIMITED)
        found.control("reset", {})
        yield found
        found.http.get("/_sandbox/webhooks")
