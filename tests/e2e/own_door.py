"""Open a receiver of our own on a free port, with an embedded queue, in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from connector.live.clock import system_clock
from connector.live.queue_sqlite import SqliteQueue
from webhooks.local import LocalDoors, build_app
from webhooks.receive_hubspot import HubSpotDoor
from webhooks.receive_salesforce import SalesforceDoor

SECRET, TOKEN = "canary-client-secret", "canary-path-token"


@dataclass(frozen=True)
class OpenDoor:
    """Hold where a receiver listens, and its queue."""

    host: str
    queue: SqliteQueue

    @property
    def hubspot_url(self) -> str:
        return f"{self.host}/hubspot/webhook"

    @property
    def salesforce_url(self) -> str:
        return f"{self.host}/salesforce/outbound"


@contextmanager
def open_door(folder: Path, organization_id: str = "") -> Iterator[OpenDoor]:
    """Serve the doors of both CRMs for as long as the block lasts."""
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as listening,
        closing(SqliteQueue(folder / "queue.db", system_clock)) as queue,
    ):
        door = OpenDoor(f"http://127.0.0.1:{listening.getsockname()[1]}", queue)
        doors = LocalDoors(
            queue,
            system_clock,
            threading.Event(),
            hubspot=HubSpotDoor(door.hubspot_url, (SECRET,), "62515"),
            salesforce=SalesforceDoor(TOKEN, organization_id),
        )
        server = uvicorn.Server(uvicorn.Config(build_app(doors), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield door
        finally:
            server.should_exit = True
            thread.join(10)
