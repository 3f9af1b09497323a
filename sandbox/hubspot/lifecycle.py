"""Move the lifecycle stage as HubSpot does: forward only, silently.

Source: developers.hubspot.com, contacts guide, read 2026-04-13 (documented): a stage moves forward only and must be
cleared before it can be set back. That a backward write answers 200 and keeps the old value is measured by others.
"""

from __future__ import annotations

from sandbox.hubspot.schema import Definition
from sandbox.hubspot.wire import to_iso

STAGE = "lifecyclestage"


def settle_stage(definition: Definition, old: str, new: str) -> str:
    """Give the stage that results from writing `new` over `old`."""
    if not old or not new:
        return new
    order = {option.value: option.display_order for option in definition.options}
    return old if order.get(new, 0) < order.get(old, 0) else new


def stage_stamps(definition: Definition, old: str, new: str, at_ms: int) -> dict[str, str]:
    """Give the read-only dates that change with the stage; clearing the stage clears all of them."""
    if new == old:
        return {}
    if not new:
        return {name: "" for option in definition.options for name in _stamp_names(option.value)}
    return dict.fromkeys(_stamp_names(new), to_iso(at_ms))


def _stamp_names(stage: str) -> tuple[str, str]:
    return f"hs_lifecyclestage_{stage}_date", f"hs_v2_date_entered_{stage}"
