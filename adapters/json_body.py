"""Read the JSON of a CRM's answer, also where a strict parser gives up, and find things in it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import orjson

NOT_JSON: Final = object()


def read_json(body: bytes) -> object:
    """Return the document of a body, or NOT_JSON; never raises."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        # The standard parser forgives lone surrogates and raw control characters, which people's texts may hold.
        return _without_surrogates(json.loads(body.decode("utf-8", "replace"), strict=False))
    except (ValueError, RecursionError):
        return NOT_JSON


def dig(document: object, *keys: str) -> object:
    """Follow keys into nested objects; None when a step is not there."""
    for key in keys:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {str(_without_surrogates(key)): _without_surrogates(item) for key, item in value.items()}
    return value
