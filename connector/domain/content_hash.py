"""Hash what a file means, not how it is spelled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time

from connector.domain.conditions import Test
from connector.domain.model import EngagementRules


def content_hash(content: object) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of frozen values.

    Numbers count as floats and the order of a map's keys does not count; the order of lists does, and the order of the
    engagement groups, because points are added in it.
    """
    canonical = json.dumps(_canonical(content), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _canonical(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return float(value) + 0.0
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _canonical(element) for key, element in value.items()}
    if isinstance(value, frozenset):
        return sorted(_canonical(element) for element in value)  # type: ignore[type-var]
    if isinstance(value, tuple | list):
        return [_canonical(element) for element in value]
    return _canonical_record(value)


def _canonical_record(record: object) -> dict[str, object]:
    if not is_dataclass(record):
        raise TypeError(f"no canonical form of {type(record).__name__}")
    content = {
        field.name: _canonical(getattr(record, field.name))
        for field in fields(record)
        if field.compare and field.name != "hash"
    }
    if isinstance(record, Test):
        del content["value_type"]  # it is the mapping's, so the same model hashes alike on both CRMs
    if isinstance(record, EngagementRules):
        content["groups"] = [[name, _canonical(cap)] for name, cap in record.groups.items()]
    return {"": type(record).__name__, **content}
