"""What the server of both sandboxes does with clients that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from sandbox.server import SandboxSettings, build_app


@pytest.mark.parametrize(
    ("crm", "path"),
    [
        ("hubspot", "/crm/objects/2026-09/contacts/batch/read"),
        ("salesforce", "/services/data/v66.0/composite/sobjects"),
        ("hubspot", "/_sandbox/faults"),
    ],
)
def test_a_client_that_goes_away_half_way_is_no_error(crm: str, path: str) -> None:
    app = build_app(SandboxSettings(crm=crm))
    arriving = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(arriving)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
        "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": [(b"authorization", b"Bearer x")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "extensions": {},
    }  # fmt: skip
    try:
        asyncio.run(app(scope, receive, send))
    finally:
        app.state.close()
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [499]
