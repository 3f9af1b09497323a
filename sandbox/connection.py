"""Name what an imitated CRM does with a connection beside answering: wait, or drop it in the middle of a request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope

ABORT = "sandbox.abort"
"""Key in the ASGI scope's extensions under which a server offers to drop the connection."""

Sleep = Callable[[float], Awaitable[None]]


async def drop(scope: Scope, receive: Receive) -> None:
    """Drop the connection without an answer, as a bad network does."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionResetError("scripted connection reset")
    abort()
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)
