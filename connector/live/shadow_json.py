"""Write what is stored of a shadowed person as compact JSON, and read it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from connector.domain.comparison import PointChange
from connector.live.ledger_json import instant_from_json, memory_from_json, memory_to_json
from connector.live.shadowed import Look, Shadowed, ShadowTask, StageSet


def shadowed_to_json(shadowed: Shadowed) -> bytes:
    content = {name: getattr(shadowed, name) for name in Shadowed.__slots__ if name != "memory"}
    return orjson.dumps({**content, "memory": memory_to_json(shadowed.memory)})


def shadowed_from_json(content: bytes) -> Shadowed:
    """Read a comparison back as it was."""
    kept: dict[str, Any] = orjson.loads(content)
    left = kept["left"]
    return Shadowed(
        **{
            **kept,
            "since": datetime.fromisoformat(kept["since"]),
            "decided_at": datetime.fromisoformat(kept["decided_at"]),
            "memory": memory_from_json(kept["memory"]),
            "left": StageSet(**{**left, "set_at": instant_from_json(left["set_at"])}),
            "live": Look(**kept["live"]),
            "candidate": Look(**kept["candidate"]),
            "causes": tuple(kept["causes"]),
            "points": tuple(PointChange(**change) for change in kept["points"]),
            "live_tasks": tuple(_task(task) for task in kept["live_tasks"]),
            "candidate_tasks": tuple(_task(task) for task in kept["candidate_tasks"]),
        }
    )


def _task(kept: dict[str, Any]) -> ShadowTask:
    return ShadowTask(**{**kept, "at": datetime.fromisoformat(kept["at"]), "pool": tuple(kept["pool"])})
