"""Serve the doors over HTTP on this machine, with the embedded queue: for trying out, or instead of AWS.

Starlette and uvicorn are imported when a server is built: no function in AWS carries them.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.hubspot import webhook as hubspot_webhook
from adapters.salesforce import webhook as salesforce_webhook
from connector.live.clock import Clock
from connector.live.doorbell import Doorbell
from connector.live.queue import Queue
from webhooks import receive_hubspot, receive_salesforce
from webhooks.receive_answer import STATUS_TOO_LARGE, Answer, log_refusal
from webhooks.receive_hubspot import HubSpotDoor
from webhooks.receive_salesforce import SalesforceDoor

if TYPE_CHECKING:
    import socket

    from pydantic import SecretStr
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from connector.settings import Settings

HUBSPOT: Final = "/hubspot/webhook"
SALESFORCE: Final = "/salesforce/outbound/{token}"
HEALTH: Final = "/healthz"
_STATUS_CLIENT_GONE: Final = 499
"""What nginx logs for a sender that went away before its request was whole. Nobody hears the answer."""
_HEARD_OUT_BYTES: Final = 32 * 1024 * 1024
"""A body that is too large is heard out so far, and not kept: who is cut off in the middle never reads the answer."""

Reply: TypeAlias = Callable[[bytes, "Request"], Answer]


@dataclass(frozen=True, slots=True)
class LocalDoors:
    """Hold the doors that are open here, and what a ring leads to. A door that is None is not there (404)."""

    queue: Queue
    now: Clock
    rang: threading.Event
    hubspot: HubSpotDoor | None = None
    salesforce: SalesforceDoor | None = None

    def put(self, doorbells: Sequence[Doorbell]) -> None:
        """Store doorbells, and wake whoever works here."""
        self.queue.put(doorbells)
        self.rang.set()


def open_doors(settings: Settings, account: str, queue: Queue, now: Clock, rang: threading.Event) -> LocalDoors:
    """Open the door of the configured CRM. Raises SettingsError naming what a door needs and is missing."""
    if settings.crm == "salesforce":
        salesforce = {
            receive_salesforce.TOKEN: _reveal(settings.salesforce.webhook_token),
            receive_salesforce.ORGANIZATION: account,
        }
        return LocalDoors(queue, now, rang, salesforce=receive_salesforce.salesforce_door(salesforce))
    hubspot = {
        receive_hubspot.SECRET: _reveal(settings.hubspot.client_secret),
        receive_hubspot.URL: settings.hubspot.webhook_url or "",
        receive_hubspot.APP_ID: settings.hubspot.app_id or "",
        receive_hubspot.PORTAL_ID: account,
    }
    return LocalDoors(queue, now, rang, hubspot=receive_hubspot.hubspot_door(hubspot))


def _reveal(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def build_app(doors: LocalDoors) -> Starlette:
    """Build the server's routes; the answers are those of the functions in AWS."""
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    routes = [Route(HEALTH, healthz, methods=["GET"])]
    if (hubspot := doors.hubspot) is not None:
        routes.append(
            _door(
                HUBSPOT,
                receive_hubspot.DOOR,
                hubspot_webhook.MOST_BYTES,
                lambda raw, ask: hubspot.answer(raw, ask.headers, doors.put, doors.now()),
            )
        )
    if (salesforce := doors.salesforce) is not None:
        routes.append(
            _door(
                SALESFORCE,
                receive_salesforce.DOOR,
                salesforce_webhook.MOST_BYTES,
                lambda raw, ask: salesforce.answer(raw, ask.path_params["token"], doors.put, doors.now()),
            )
        )
    return Starlette(routes=routes)


def _door(path: str, door: str, most_bytes: int, reply: Reply) -> Route:
    """Make the route of one door: read the raw bytes, as far as any door would, and let it answer."""
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect
    from starlette.responses import Response
    from starlette.routing import Route

    async def answer(request: Request) -> Response:
        raw, size = bytearray(), 0
        try:
            async for piece in request.stream():
                size += len(piece)
                raw += piece if size <= most_bytes else b""
                if size > _HEARD_OUT_BYTES:
                    break
        except ClientDisconnect:
            log_refusal(door, _STATUS_CLIENT_GONE, size)
            return Response(status_code=_STATUS_CLIENT_GONE)
        if size > most_bytes:
            log_refusal(door, STATUS_TOO_LARGE, size)
            return Response(status_code=STATUS_TOO_LARGE, headers={"connection": "close"})
        # In a thread: storing waits for the disk.
        found = await run_in_threadpool(reply, bytes(raw), request)
        return Response(found.body, found.status, media_type=found.content_type)

    return Route(path, answer, methods=["POST"])


@contextmanager
def running(targets: Sequence[Callable[[], None]], stop: Callable[[], None]) -> Iterator[None]:
    """Run loops in threads of their own for as long as the block lasts; at its end what is under way is finished."""
    threads = [threading.Thread(target=target, name=f"puente-{number}") for number, target in enumerate(targets)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop()
        for thread in threads:
            thread.join()


def serve(app: Starlette, listening: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first."""
    import uvicorn

    # As SIGINT does, so that the loops are told to stop: by default SIGTERM would end the process at once.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=10)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
