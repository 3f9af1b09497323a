"""Read HubSpot's deals as the core's: open, won or lost. Pure."""

from __future__ import annotations

from typing import Final

from adapters.hubspot.replies import CrmRecord
from adapters.raw_values import to_instant
from connector.domain.person import UNKNOWN
from connector.domain.text import fold
from connector.domain.values import parse_number
from connector.ports import Deal

DEAL_PROPERTIES: Final = (
    "amount", "closedate", "createdate", "dealstage", "hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost",
)  # fmt: skip


def to_deal(record: CrmRecord) -> Deal:
    """Build a deal; portals without the calculated flags still name the default won and lost stages."""
    stage = fold(record.get("dealstage"))
    won = fold(record.get("hs_is_closed_won")) == "true" or stage == "closedwon"
    closed = fold(record.get("hs_is_closed")) == "true" or fold(record.get("hs_is_closed_lost")) == "true"
    amount = parse_number(record.get("amount"))
    return Deal(
        id=record.id,
        state="won" if won else "lost" if closed or stage == "closedlost" else "open",
        created_at=to_instant(record.get("createdate")),
        closed_at=to_instant(record.get("closedate")),
        amount=None if amount is UNKNOWN else amount,
    )
