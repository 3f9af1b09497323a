"""Write what was learnt as JSON; a number that is not defined is null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson


def dump(found: Any) -> str:
    return orjson.dumps(to_plain(found), option=orjson.OPT_UTC_Z).decode()


def to_plain(found: Any) -> Any:
    """Return what JSON can hold."""
    if is_dataclass(found) and not isinstance(found, type):
        return to_plain(asdict(found))
    if isinstance(found, Mapping):
        return {str(key): to_plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple | frozenset):
        return [to_plain(value) for value in found]
    return None if isinstance(found, float) and not math.isfinite(found) else found
