"""Hold what `puente install` and `puente uninstall` say in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INSTALL_EN: Final[Mapping[str, str]] = {
    "field": "Part",
    "of": "Of",
    "file": "File",
    "state_of_field": "State",
    "records_of_field": "Values",
    "install_exists": "unchanged",
    "install_missing": "to be created",
    "install_outdated": "to be changed",
    "install_conflict": "in conflict",
    "install_created": "created",
    "install_changed": "changed",
    "install_differs": "differs",
    "install_skipped": "not created",
    "install_edited": "edited by hand",
    "install_installed": "to be removed",
    "install_foreign": "stays",
    "install_removed": "removed",
    "install_ask": "Create or change what is needed ({count}) in {crm}?",
    "install_needs_yes": "There is no terminal to ask on — run it again with --yes",
    "install_nothing": "Nothing is missing: nothing was written.",
    "install_look_at_fields": "The permission set `Puente` shows its user our fields, not the standard ones: "
    "`puente doctor` names those that it cannot see.",
    "install_done": "Created: {created}. Changed: {changed}. Next: puente doctor",
    "install_declined": "Nothing was created.",
    "install_conflict_note": (
        "Nothing was written: the CRM has what is marked “in conflict” already, but another. Take its values"
        " elsewhere, delete it there, and run this again."
    ),
    "install_differs_note": (
        "What “differs” did not come out as it should: look in the CRM what keeps it (an inactive flow is activated in"
        " Setup > Flows)."
    ),
    "install_not_here": "{option}: means nothing with {crm} — leave it out, or choose another CRM with --crm",
    "install_relay_of_cdc": "--relay-to: only with --doorbell cdc — add it, or leave --relay-to out",
    "install_relay_next": (
        "The Event Relay is stopped: accept Salesforce's event source in AWS, then start the relay"
        " (docs/how-to/deploy.md)."
    ),
    "install_channel_next": (
        "The channel Puente__chn is ready; somebody must carry it to AWS: run it again with --relay-to REGION:ACCOUNT,"
        " or use AppFlow."
    ),
    "install_files_edited": (
        "{folder}: {count} files were edited by somebody — move them away, choose another folder, or add --overwrite"
    ),
    "install_project_next": "Written to {folder}. Next, in that folder: hs project upload",
    "install_source_next": "Written to {folder}. Next, in that folder: sf project deploy start",
    "uninstall_ask": "Remove {count} parts from {crm}, with the values they hold?",
    "uninstall_declined": "Nothing was removed.",
    "uninstall_nothing": "There is nothing of Puente's to remove.",
    "uninstall_done": "Removed: {count}.",
    "uninstall_tasks_stay": "{count} open tasks of Puente's stay: they are sales' (--tasks deletes them).",
    "uninstall_tasks_go": "Open tasks of Puente's that are deleted: {count}.",
    "uninstall_tasks_unknown": (
        "How many open tasks are Puente's is unknown: the account does not let them be found by key."
    ),
    "uninstall_left_hubspot": (
        "What stays: the app (uninstall it in HubSpot: Settings > Integrations > Connected apps) and the lifecycle"
        " stages, which are HubSpot's. The properties are among the archived ones for 90 days."
    ),
    "uninstall_left_salesforce": (
        "What stays: the external client app and the CRM's own stages. The fields are in Setup > Object Manager >"
        " Deleted Fields for 15 days."
    ),
}
