"""Put a candidate model beside the live one, and say what it cannot see: the shadow's part of the composition root."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from connector.bootstrap import Rules
from connector.bootstrap_state import KeptSecret
from connector.domain.model import Model
from connector.domain.model_reach import horizon_days, used_attributes
from connector.files import load_model
from connector.live.qualify import Qualifier
from connector.live.shadow import Shadow
from connector.live.shadowed import BlindSpots
from connector.settings import Settings

_log = logging.getLogger(__name__)


def load_candidate(settings: Settings, rules: Rules, model_file: Path | None = None) -> Model | None:
    """Read the candidate: `model_file`, else the settings'; None when there is none. Raises ModelError."""
    file = model_file or settings.shadow_model
    return load_model(file, rules.mapping) if file else None


def with_shadow(
    settings: Settings, rules: Rules, candidate: Model | None, account: str, qualifier: Qualifier
) -> Qualifier:
    """Let a candidate follow every decision that is not a dry run."""
    if candidate is None or qualifier.dry_run:
        return qualifier
    note = account_note(settings)
    if note.get() != account:
        note.put(account)
    if spots := find_blind_spots(rules, candidate):
        _log.warning(
            "shadow model sees less than it asks for: attributes=%s kinds=%s shortsighted=%s",
            ",".join(spots.attributes) or "-", ",".join(spots.kinds) or "-", spots.is_shortsighted,
        )  # fmt: skip
    return replace(qualifier, shadow=Shadow(candidate, qualifier.ledger.shadows))


def account_note(settings: Settings) -> KeptSecret:
    """Keep for which account a shadow runs, so that its comparisons are found without asking the CRM."""
    return KeptSecret(settings, f"shadow:account:{settings.crm}")


def find_blind_spots(rules: Rules, candidate: Model) -> BlindSpots:
    """Compare what a candidate looks at with what is read for the live model. Pure."""
    live, mapping = rules.model, rules.mapping
    deciding = replace(candidate, handoff=replace(candidate.handoff, task_fields=()))
    unread = used_attributes(deciding) - used_attributes(live)
    return BlindSpots(
        attributes=tuple(sorted(unread & mapping.attributes.keys())),
        kinds=tuple(sorted((candidate.used_kinds - live.used_kinds) & mapping.kinds)),
        is_shortsighted=_looks_further(horizon_days(candidate), horizon_days(live)),
    )


def _looks_further(candidate_days: float | None, live_days: float | None) -> bool:
    """Compare two horizons; None reaches to the beginning."""
    return live_days is not None and (candidate_days is None or candidate_days > live_days)
