"""What goes over the wire: requests as the routes see them, answers, and HubSpot's error bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import uuid4

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """Hold one call. `body` is parsed JSON, or the form fields of an OAuth call."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    token: str | None = None

    def one(self, name: str) -> str | None:
        values = self.query.get(name)
        return values[0] if values else None

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Reply:
    """Hold one answer; `raw` wins over `body` for answers that are no JSON."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def encode(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


class RefusalError(Exception):
    """Carry an error answer out of a route."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def error(status: int, category: str, message: str, **more: Any) -> Reply:
    """Build HubSpot's usual error body. Source: developers.hubspot.com, error handling, read 2026-04."""
    body = {"status": "error", "message": message, "correlationId": str(uuid4()), "category": category}
    return Reply(status, body | {key: value for key, value in more.items() if value is not None})


def refuse(status: int, category: str, message: str, **more: Any) -> RefusalError:
    return RefusalError(error(status, category, message, **more))


def invalid(name: str, code: str, message: str) -> Json:
    """Build one entry of `errors` for a property that cannot be written."""
    return {"message": message, "code": code, "context": {"propertyName": [name]}}


def validation(errors: list[Json]) -> Reply:
    listed = ", ".join(f"{e['context']['propertyName'][0]}: {e['message']}" for e in errors)
    return error(400, "VALIDATION_ERROR", f"Property values were not valid: [{listed}]", errors=errors)


def strip_optional(reply: Reply) -> Reply:
    """Take every optional field off an error: the documentation says that parsers must live without them."""
    body = reply.body
    if reply.status < 400 or not isinstance(body, dict):
        return reply
    kept = {key: body[key] for key in ("message", "policyName") if key in body}
    return Reply(reply.status, kept, reply.headers)
