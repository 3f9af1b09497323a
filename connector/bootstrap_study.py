"""Put together what studies the whole base: the part of the composition root that only the `study` extra needs."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from connector.bootstrap import Rules, Survey
from connector.bootstrap_state import KeptSecret
from connector.domain.content_hash import content_hash
from connector.live.clock import Clock
from connector.ports import Crm
from connector.settings import Settings
from connector.study.manifest import Kept, Manifest
from connector.study.needs import attributes_asked
from connector.study.snapshot import Taking
from connector.study.snapshot_open import Snapshot, open_snapshot
from connector.study.snapshot_rows import Keeping
from connector.study.snapshot_store import SnapshotStore

DIRECT_IDENTIFIERS: Final = frozenset({"name", "email"})
"""Attributes that say who somebody is and nothing about them: kept only when a rule looks at them."""
RETENTION_DAYS: Final = 90.0
_HASH_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hold what the user asked for; None means as in the snapshot that is there, else the default."""

    hash_ids: bool | None = None
    without: Collection[str] | None = None
    retention_days: float | None = None
    history: bool | None = None
    full: bool = False
    reserve_pct: float = 25.0


def build_store(settings: Settings) -> SnapshotStore:
    return SnapshotStore(settings.snapshot.expanduser())


def choose_kept(settings: Settings, rules: Rules, wishes: Wishes) -> tuple[Kept, float]:
    """Choose what to keep and for how many days."""
    manifest = _last(settings)
    chosen = set(wishes.without) if wishes.without is not None else set()
    if wishes.without is None and manifest is not None:
        chosen = set(manifest.kept.left_out) - DIRECT_IDENTIFIERS
    left_out = chosen | (DIRECT_IDENTIFIERS - attributes_asked(rules.model))
    sources = rules.mapping.attributes
    kept = Kept(
        attribute_types={name: source.type for name, source in sources.items() if name not in left_out},
        sources={name: short_hash(source) for name, source in sources.items() if name not in left_out},
        left_out=tuple(sorted(left_out & sources.keys())),
        hashed=_as_before(wishes.hash_ids, manifest.kept.hashed if manifest else False),
        events=short_hash(rules.mapping.events),
        history=_as_before(wishes.history, manifest.kept.history if manifest else True),
    )
    days = wishes.retention_days or (manifest.retention_days if manifest else RETENTION_DAYS)
    return kept, days


def _as_before(wish: bool | None, before: bool) -> bool:
    return before if wish is None else wish


def _last(settings: Settings) -> Manifest | None:
    try:
        return build_store(settings).manifest()
    except ValueError:
        return None


def short_hash(content: object) -> str:
    """Return what tells one way of reading from another."""
    return content_hash(content)[:_HASH_DIGITS]


def to_survey(kept: Kept, wishes: Wishes) -> Survey:
    """Say how to read the CRM: only what is kept, and the rest of its limits left to others."""
    return Survey(frozenset(kept.attribute_types), wishes.reserve_pct)


def build_taking(
    settings: Settings, rules: Rules, crm: Crm, clock: Clock, kept: Kept, retention_days: float, *, full: bool
) -> Taking:
    """Put one run together; ids are hashed with a salt that stays in the state."""
    salt = _salt(settings) if kept.hashed else None
    keeping = Keeping(kept.attribute_types, salt, rules.mapping.handoff_key_field)
    return Taking(crm, build_store(settings), keeping, kept, clock, retention_days, full)


def _salt(settings: Settings) -> bytes:
    secret = KeptSecret(settings, "snapshot:salt")
    salt = secret.get()
    if salt is None:
        salt = secrets.token_hex(32)
        secret.put(salt)
    return salt.encode()


def open_study(settings: Settings, clock: Clock) -> Snapshot:
    """Open the snapshot of the settings. Raises UsageError when there is none to read."""
    return open_snapshot(settings.snapshot.expanduser(), clock(), settings.locale)
