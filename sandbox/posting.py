"""Post to a webhook's target as a CRM does: once, with a limit to its patience."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

NO_ANSWER: Final = 0
_MOST_READ_BYTES: Final = 65_536


def post(target: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> tuple[int, bytes]:
    """Return status and body of the answer to one POST; the status is NO_ANSWER when there was none."""
    request = urllib.request.Request(target, data=body, headers=dict(headers), method="POST")  # noqa: S310 - http(s)
    try:
        with _opener(direct=_is_loopback(target)).open(request, timeout=timeout_seconds) as reply:
            return int(reply.status), reply.read(_MOST_READ_BYTES)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code, b""
    except OSError:
        return NO_ANSWER, b""


@cache
def _opener(*, direct: bool) -> urllib.request.OpenerDirector:
    """Build what sends. A proxy of the environment is for the outside; a door on this machine is never behind it."""
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if direct else []))


def _is_loopback(target: str) -> bool:
    host = urlsplit(target).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
