"""What goes over the wire: requests as the routes see them, answers, and Salesforce's error bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """Hold one call, or one part of a composite. `headers` have small letters; `body` is JSON or a form."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    nested: bool = False

    def one(self, name: str) -> str | None:
        values = self.query.get(name)
        return values[0] if values else None

    def part(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Request:
        """Return a part of this composite: it inherits the caller's headers and may add its own."""
        split = urlsplit(url)
        more = {name.lower(): value for name, value in headers.items()}
        inherited = {name: value for name, value in self.headers.items() if name != "sforce-auto-assign"}
        found = parse_qs(split.query)
        return replace(
            self, method=method, path=split.path, query=found, body=body, headers=inherited | more, nested=True
        )


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
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace")


class RefusalError(Exception):
    """Carry an error answer out of a route."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class ItemError(Exception):
    """Carry the refusal of one record of a collection."""

    def __init__(self, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = list(fields)

    def in_collection(self) -> Json:
        return {"statusCode": self.code, "message": self.message, "fields": self.fields}

    def alone(self) -> Reply:
        return error(400, self.code, self.message, self.fields)


def error(status: int, code: str, message: str, fields: Sequence[str] | None = None) -> Reply:
    """Build the list that a failed request is answered with; `fields` may be missing (recorded)."""
    body: Json = {"message": message, "errorCode": code}
    if fields is not None:
        body["fields"] = list(fields)
    return Reply(status, [body])


def refuse(status: int, code: str, message: str) -> RefusalError:
    return RefusalError(error(status, code, message))
