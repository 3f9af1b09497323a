"""Read from HubSpot's property history who set a stage and when sales answered. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from adapters.hubspot.needs import LIFECYCLE, OWN_STAGE, Needs
from adapters.hubspot.replies import CrmRecord, Version
from connector.domain.text import fold
from connector.ports import Record, StageMark

_BY_HAND: Final = ("CRM_UI", "CRM_UI_BULK_ACTION", "EXTENSION", "MOBILE_IOS", "MOBILE_ANDROID")
_BY_APPS: Final = ("INTEGRATION", "API")
_BEFORE: Final = timedelta(minutes=1)
_AFTER: Final = timedelta(hours=1)
"""How long after a decision's own stamp its write may reach HubSpot and still be taken for ours."""


def history_properties(needs: Needs) -> tuple[str, ...]:
    return (LIFECYCLE, OWN_STAGE, needs.mapping.sales_verdict)


def wants_history(record: Record, needs: Needs, asked: Callable[[Record], bool] | None) -> bool:
    """Say whether only the history can tell who moved this person, or when sales answered."""
    return record.verdict is not None or _marks_disagree(record, needs) or (asked is not None and asked(record))


def _marks_disagree(record: Record, needs: Needs) -> bool:
    own, lifecycle = record.own, record.lifecycle
    if own.stage is None or lifecycle.raw is None or own.stage == lifecycle.stage:
        return False
    if fold(needs.mapping.stages.get(own.stage) or "") == fold(lifecycle.raw):
        return False
    return lifecycle.at is not None and (own.at is None or lifecycle.at > own.at)


def with_history(record: Record, contact: CrmRecord, needs: Needs, app_id: str | None) -> Record:
    """Add to a record what the histories in `contact` say; what they do not say stays as it was."""

    def mark(known: StageMark, name: str) -> StageMark:
        version = _that_set(contact.history.get(name, ()), known.raw)
        if version is None:
            return known
        by = _author(version, known, record.own, app_id)
        # Our own write carries the crossing moment itself; the version only says when it arrived.
        at = known.at if by == "puente" and known.at else version.at or known.at
        return replace(known, by=by, at=at)

    verdicts = contact.history.get(needs.mapping.sales_verdict, ())
    stated_at = verdicts[0].at if verdicts and fold(verdicts[0].value) == record.verdict else None
    return replace(
        record,
        own=mark(record.own, OWN_STAGE),
        lifecycle=mark(record.lifecycle, LIFECYCLE),
        verdict_at=stated_at or record.verdict_at,
    )


def _that_set(versions: tuple[Version, ...], raw: str | None) -> Version | None:
    """Return the version that brought the present value: the oldest of the newest run of equal values."""
    found = None
    for version in versions:
        if not raw or fold(version.value) != fold(raw):
            break
        found = version
    return found


def is_by_hand(version: Version) -> bool:
    return version.source_type in _BY_HAND


def author_of(version: Version, app_id: str | None) -> Literal["puente", "person", "crm"] | None:
    """Say who wrote a version of any field; without an app id, one app is as good as another."""
    if is_by_hand(version):
        return "person"
    if version.source_type not in _BY_APPS:
        return "crm"
    if not app_id:
        return None
    return "puente" if version.source_id == app_id else "crm"


def _author(
    version: Version, mark: StageMark, own: StageMark, app_id: str | None
) -> Literal["puente", "person", "crm"]:
    """Source: real webhook and history payloads of third parties, read 2026-11: sourceType and sourceId per author."""
    if is_by_hand(version):
        return "person"
    if version.source_type not in _BY_APPS:
        return "crm"
    if app_id:
        return "puente" if version.source_id == app_id else "crm"
    return "puente" if _matches_our_stamp(version.at, own.at, mark, own) else "crm"


def _matches_our_stamp(at: datetime | None, stamped_at: datetime | None, mark: StageMark, own: StageMark) -> bool:
    """Without an app id: an app wrote the value of our own stage, at the moment our own field says."""
    if at is None or stamped_at is None or (mark.stage is not None and mark.stage != own.stage):
        return False
    return stamped_at - _BEFORE <= at <= stamped_at + _AFTER
