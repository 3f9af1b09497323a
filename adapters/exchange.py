"""Describe one HTTP exchange as values, so that protocol modules can build and read it without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Request:
    """Describe a request before it has a host or a credential.

    `purpose` is what the call is for, in the counts and logs. `repeatable` False marks a create: after an ambiguous
    failure it is never sent again blindly. The parts that may carry people's data stay out of the repr.
    """

    method: str
    path: str
    purpose: str
    budget: str = "general"
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    repeatable: bool = True
    authorized: bool = True
    read_timeout_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold what came back; header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


Interpret: TypeAlias = Callable[[Request, Reply], object]
"""Return the document of a reply, or raise the CrmError that says what to do next."""
