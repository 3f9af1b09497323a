"""Read a person's attributes from raw texts by the mapping's declarations. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from connector.domain.mapping import AttributeSource
from connector.domain.person import UNKNOWN, Value
from connector.domain.text import fold
from connector.domain.values import parse_value
from connector.ports import Deal


def read_attribute(source: AttributeSource, texts: Sequence[str]) -> Value:
    """Join the raw texts of a source's fields, blank ones left out, and read them as the declared type."""
    raw = " ".join(stripped for text in texts if (stripped := text.strip()))
    if source.take == "domain":
        raw = raw.rpartition("@")[2].strip().lower() if "@" in raw else ""
    value = parse_value(raw, source.type)
    if isinstance(value, tuple):
        return tuple(source.values.get(fold(element), element) for element in value)
    return source.values.get(fold(value), value) if isinstance(value, str) else value


def measure_deals(measure: str | None, deals: Sequence[Deal] | None) -> Value:
    """Count the won deals; `deals` None means that they could not be read, which is UNKNOWN and not none."""
    if deals is None:
        return UNKNOWN
    won = [deal for deal in deals if deal.state == "won"]
    if measure == "won_count":
        return float(len(won))
    if measure == "revenue":
        return float(sum(deal.amount or 0.0 for deal in won))
    return max((deal.closed_at for deal in won if deal.closed_at), default=UNKNOWN)
