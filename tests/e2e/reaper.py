"""Kill a client at one of its requests, from inside the sandbox that is asked."""

from __future__ import annotations

import asyncio
import subprocess
from queue import SimpleQueue


class Reaper:
    """Be what a sandbox sleeps with: at the n-th request that a rule delays, the client dies before it is answered."""

    def __init__(self) -> None:
        self._turn = 0
        self._delayed = 0
        self._clients = SimpleQueue[subprocess.Popen[bytes]]()

    def arm(self, turn: int) -> None:
        """Wait for the n-th delayed request from now on; 0 lets everybody live."""
        self._turn, self._delayed, self._clients = turn, 0, SimpleQueue()

    def watch(self, client: subprocess.Popen[bytes]) -> None:
        self._clients.put(client)

    async def sleep(self, _: float) -> None:
        self._delayed += 1
        if self._delayed == self._turn:
            client = await asyncio.to_thread(self._clients.get)
            client.kill()
            await asyncio.to_thread(client.wait)
