"""Hold one request on its way through the portal, and the answer it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from sandbox.faults import FaultRule
from sandbox.hubspot.errors import bad_json, invalid


@dataclass(frozen=True, slots=True)
class Grant:
    """Who is calling, and what the token allows."""

    token: str
    name: str
    scopes: frozenset[str]
    app_id: int
    expires_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Who changed a value, as property history and webhooks name it."""

    type: str
    id: str | None = None
    label: str | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; a body of None is an empty one."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """One request: parsed address, unparsed body, and what the dispatcher found out about it."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    raw_body: bytes
    at_ms: int
    correlation_id: str
    version: str = ""
    params: dict[str, str] = field(default_factory=dict)
    grant: Grant | None = None
    fault: FaultRule | None = None
    touched: list[str] = field(default_factory=list)
    _query: dict[str, list[str]] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """Give the query parameters, each with all its values."""
        if self._query is None:
            self._query = parse_qs(self.query_string, keep_blank_values=True)
        return self._query

    def one(self, name: str, default: str = "") -> str:
        """Give a query parameter's last value."""
        return self.query.get(name, [default])[-1]

    def many(self, name: str) -> list[str]:
        """Give a query parameter's values, repeated ones and comma-separated ones alike."""
        return [part.strip() for value in self.query.get(name, []) for part in value.split(",") if part.strip()]

    def flag(self, name: str) -> bool:
        """Give a boolean query parameter; absent is false."""
        return self.one(name, "false").lower() == "true"

    def number(self, name: str, default: int, most: int) -> int:
        """Give a whole query parameter between 1 and `most`; 400 when it is something else."""
        text = self.one(name, str(default))
        if not text.isascii() or not text.isdigit():
            raise invalid(f"Invalid integer '{text}' for parameter {name}")
        value = int(text)
        if not 1 <= value <= most:
            raise invalid(f"Invalid value '{text}' for parameter {name}: it must be between 1 and {most}")
        return value

    def json(self) -> Any:
        """Parse the body; 400 when it is not JSON."""
        try:
            return json.loads(self.raw_body)
        except (ValueError, UnicodeDecodeError) as problem:
            raise bad_json(str(problem)) from problem

    def document(self) -> dict[str, Any]:
        """Parse the body as a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise bad_json("Cannot deserialize value of type `object`")
        return body

    def form(self) -> dict[str, str]:
        """Parse the body as a form."""
        text = self.raw_body.decode("utf-8", "replace")
        return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}

    def inputs(self, most: int) -> list[dict[str, Any]]:
        """Give the `inputs` of a batch; 400 when missing, ill-formed or more than `most`."""
        found = self.document().get("inputs")
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise bad_json("`inputs` must be a list of objects")
        if len(found) > most:
            raise invalid(f"The maximum number of inputs supported in a batch request is {most}; got {len(found)}")
        return found


def required_text(body: Mapping[str, Any], name: str) -> str:
    """Take a required text out of a JSON object; 400 when absent, blank or of another type."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"Some required fields were not set: [{name}]", context={"fields": [name]})
    return value


def string_list(body: Mapping[str, Any], name: str) -> list[str]:
    """Take an optional list of texts out of a JSON object; 400 when it is something else."""
    value = body.get(name) or []
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(one, str) for one in value):
        raise bad_json(f"`{name}` must be a list of strings")
    return list(value)


def optional_text(body: Mapping[str, Any], name: str) -> str:
    """Take an optional text out of a JSON object, empty when absent; 400 when it is of another type."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_json(f"`{name}` must be a string")
    return value or ""


def optional_number(body: Mapping[str, Any], name: str, default: int) -> int:
    """Take an optional whole number out of a JSON object; 400 when it is of another type."""
    value = body.get(name, default)
    if not isinstance(value, int):
        raise bad_json(f"`{name}` must be a whole number")
    return value
