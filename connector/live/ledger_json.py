"""Write what the ledger keeps as compact JSON, and read it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import orjson

from connector.domain.person import Memory, SalesVerdict
from connector.live.errands import Errand
from connector.live.recall import Remembered
from connector.ports import PersonRef, TaskDraft


def remembered_to_json(remembered: Remembered) -> bytes:
    return orjson.dumps(
        {
            "memory": memory_to_json(remembered.memory),
            "intended": memory_to_json(remembered.intended) if remembered.intended else None,
            "decided_at": remembered.decided_at,
            "fetched_at": remembered.fetched_at,
            "next_review_at": remembered.next_review_at,
            "refused_lifecycle": remembered.refused_lifecycle,
            "is_joined": remembered.is_joined,
            "review_keys": remembered.review_keys,
        }
    )


def remembered_from_json(content: bytes) -> Remembered:
    kept: dict[str, Any] = orjson.loads(content)
    return Remembered(
        memory=memory_from_json(kept["memory"]),
        decided_at=instant_from_json(kept["decided_at"]),
        fetched_at=instant_from_json(kept["fetched_at"]),
        next_review_at=instant_from_json(kept["next_review_at"]),
        refused_lifecycle=kept["refused_lifecycle"],
        intended=memory_from_json(kept["intended"]) if kept["intended"] else None,
        is_joined=kept.get("is_joined", False),
        review_keys=tuple(kept.get("review_keys", ())),
    )


def memory_to_json(memory: Memory) -> dict[str, Any]:
    sales = memory.sales
    return {
        "stage": memory.stage,
        "set_by": memory.set_by,
        "set_at": memory.set_at,
        "sales": None if sales is None else [sales.verdict, sales.at, sales.reason],
        "episodes": dict(memory.episodes),
    }


def memory_from_json(kept: dict[str, Any]) -> Memory:
    sales = kept["sales"]
    return Memory(
        stage=kept["stage"],
        set_by=kept["set_by"],
        set_at=instant_from_json(kept["set_at"]),
        sales=SalesVerdict(sales[0], datetime.fromisoformat(sales[1]), sales[2]) if sales else None,
        episodes=kept["episodes"],
    )


def errand_to_json(errand: Errand) -> bytes:
    draft = errand.draft
    return orjson.dumps({"reason": errand.reason, "draft": None if draft is None else _draft_to_json(draft)})


def errand_from_json(ref: PersonRef, key: str, what: Literal["open", "close"], stage: str, content: bytes) -> Errand:
    kept: dict[str, Any] = orjson.loads(content)
    draft = kept["draft"]
    if draft is not None:
        draft = TaskDraft(**{**draft, "due_at": datetime.fromisoformat(draft["due_at"])})
    return Errand(ref, key, what, stage, draft, kept["reason"])


def _draft_to_json(draft: TaskDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in TaskDraft.__slots__}


def instant_from_json(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
