"""Hold one request on its way through the org, and the answer it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs

from sandbox.faults import FaultRule
from sandbox.salesforce.errors import malformed_json, refused
from sandbox.salesforce.org import Actor

Inside = Literal["", "composite", "batch"]
"""In which kind of call a request came; "" for one that came over the network by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; a body of None is an empty one, a text is sent as it is."""

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
    base_url: str = ""
    params: dict[str, str] = field(default_factory=dict)
    actor: Actor | None = None
    fault: FaultRule | None = None
    touched: list[str] = field(default_factory=list)
    inside: Inside = ""
    _query: dict[str, list[str]] | None = None

    @property
    def who(self) -> Actor:
        """Give the caller of a request that needs one."""
        if self.actor is None:
            raise RuntimeError(f"{self.method} {self.path} was served without a caller")
        return self.actor

    @property
    def version(self) -> str:
        """Give the API version of the address: v66.0."""
        return self.params.get("version", "v66.0")

    def one(self, name: str, default: str = "") -> str:
        """Give a query parameter's last value."""
        if self._query is None:
            self._query = parse_qs(self.query_string, keep_blank_values=True)
        return self._query.get(name, [default])[-1]

    def header(self, name: str) -> str:
        """Give a header's value; header names have no case."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")

    def option(self, header: str, name: str) -> str:
        """Give an option of a header such as `Sforce-Query-Options: batchSize=500`."""
        for part in self.header(header).split(";"):
            key, _, value = part.partition("=")
            if key.strip().lower() == name.lower():
                return value.strip()
        return ""

    def json(self) -> Any:
        """Parse the body; 400 when it is not JSON."""
        try:
            return json.loads(self.raw_body)
        except (ValueError, UnicodeDecodeError) as problem:
            raise malformed_json(f"Unexpected character at [line:1, column:1]: {problem}") from problem

    def document(self) -> dict[str, Any]:
        """Parse the body as a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise malformed_json("The HTTP entity body must be a JSON object")
        return body

    def form(self) -> dict[str, str]:
        """Parse the body as a form."""
        text = self.raw_body.decode("utf-8", "replace")
        return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def required_list(body: Mapping[str, Any], name: str) -> list[Any]:
    """Take a required list out of a JSON object."""
    found = body.get(name)
    if not isinstance(found, list):
        raise refused(400, "JSON_PARSER_ERROR", f"Missing or ill-formed list: {name}")
    return found
