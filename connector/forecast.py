"""Say how much a run over known people will ask of a CRM: what an adapter needs to know to predict its calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Load:
    """Count what a run over people named by their ids reads and writes.

    `records` counts what hangs on the people, by the prefix of its event ids (`call`, `web` …), each record once;
    `pages` the same, as pages of a hundred per person; `shared` the records of the base that people share, such as
    one webinar: the second part of ids like `marketing_event:7:attended`.
    `companies` counts distinct ones; `histories` the people of whom only the CRM's history tells who set the stage.
    `refused` are the sources the account cannot supply.
    """

    people: int
    writes: int
    with_task: int
    created: int
    records: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)
    companies: int = 0
    histories: int = 0
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Hold the calls to expect by what they are for, and about how long they take."""

    calls: Mapping[str, int]
    seconds: float
