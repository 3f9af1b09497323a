"""What the doors on this machine do with senders that misbehave below HTTP."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import MutableMapping
from contextlib import closing
from typing import Any

import pytest

from connector.live.queue_sqlite import SqliteQueue
from tests.webhooks.doors import NOW, SECRET, TOKEN, URL
from webhooks.local import LocalDoors, build_app
from webhooks.receive_hubspot import HubSpotDoor
from webhooks.receive_salesforce import SalesforceDoor


@pytest.mark.parametrize("path", ["/hubspot/webhook", f"/salesforce/outbound/{TOKEN}"])
def test_a_sender_that_goes_away_half_way_leaves_one_line_and_no_doorbell(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    arriving = iter([{"type": "http.request", "body": b"[{", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(arriving)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
        "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": [],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "extensions": {},
    }  # fmt: skip
    with closing(SqliteQueue(":memory:", lambda: NOW)) as queue:
        hubspot, salesforce = HubSpotDoor(URL, (SECRET,), "62515"), SalesforceDoor(TOKEN, "")
        app = build_app(LocalDoors(queue, lambda: NOW, threading.Event(), hubspot, salesforce))
        asyncio.run(app(scope, receive, send))
        assert queue.status().depth == 0
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [499]
    (line,) = (record.getMessage() for record in caplog.records if record.name.startswith("webhooks"))
    assert "refused with 499, 2 bytes" in line
