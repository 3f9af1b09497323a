"""Hold what the commands that study the whole base say in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STUDY_EN: Final[Mapping[str, str]] = {
    "study_extra": "The libraries for whole bases are missing — install them: pip install 'puente-crm[study]'",
    "snapshot_progress": "Copying",
    "snapshot_resumes": "Going on with the run that was cut off: {count} people are here already.",
    "snapshot_foreign": "{folder}: holds other files and no snapshot — set PUENTE_SNAPSHOT to a folder of its own",
    "snapshot_busy": "{folder}: another run is copying into it — wait until it ends",
    "snapshot_other": "{folder}: holds the snapshot of {theirs}, and the credentials are for {ours} — set"
    " PUENTE_SNAPSHOT to another folder, or replace the snapshot with `puente snapshot --full`",
    "snapshot_damaged": "{path}: is missing or damaged — remove the snapshot with `puente snapshot purge` and take it"
    " again",
    "snapshot_no_attribute": "--without: {names}: the mapping has no such attribute — take its names from the mapping",
    "snapshot_done": "The base is copied to {folder}.",
    "snapshot_updated": "The copy in {folder} is up to date.",
    "snapshot_what": "What",
    "snapshot_count": "Count",
    "snapshot_listed": "people the CRM gave",
    "snapshot_people": "  kept",
    "snapshot_gone": "  deleted or merged",
    "snapshot_failed": "  could not be read",
    "snapshot_events_read": "events read",
    "snapshot_events": "  kept",
    "snapshot_repeated": "  other versions of one event",
    "snapshot_empty": "  counters of zero",
    "snapshot_unavailable": "Not available in this account: {source} ({why})",
    "snapshot_until": "It may be read until {day}; `puente snapshot purge` removes it before.",
    "snapshot_again": "Somebody could not be read — run `puente snapshot` again: it asks for them once more.",
    "snapshot_purged": "{folder}: the copy is removed.",
    "snapshot_would_purge": "{folder}: there is a copy; without --dry-run it would be removed.",
    "snapshot_nothing": "{folder}: there is no copy.",
    "plan_progress": "Planning",
    "shadow_alone": "{option}: is about plans and does not go with --from-shadow — leave one of them out",
    "purge_what": "--purge: goes with --from-shadow — add it; `puente snapshot purge` removes the snapshot",
    "shadow_purged": "What was stored of {count} people is removed. With PUENTE_SHADOW_MODEL set, the next decisions"
    " begin anew.",
    "shadow_nothing": "Nothing is stored of a shadow.",
    "page_written": "The page is in {path}.",
    "apply_progress": "Applying",
    "show_alone": "--show: shows a plan already made and does not go with --model, --out, --compare or"
    " --per-rep-per-day — leave out the one or the others",
    "cannot_write": "{path}: cannot be written ({reason}) — correct the path or its permissions, or make room",
    "cloud_needs_queue": "--cloud: PUENTE_QUEUE names no SQS queue — give the address of the deployed queue",
}
