"""Hold what `puente doctor` says in English: what was found, and the next step where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, tuple[str, str]]] = {
    "not_checked": ("Could not be checked: {error}", "correct what it names, then `puente doctor`"),
    "not_offered": ("Could not be checked: this account does not offer a look at it", "look in the CRM's own settings"),
    # the account
    "credentials_ok": ("{crm} account {account} answers", ""),
    "credentials_refused": ("{error}", "put the credential into .env or the environment, then `puente doctor`"),
    "credentials_untried": ("{error}", "correct what it names, then `puente doctor`"),
    "rights_ok": ("All rights that this model needs are there", ""),
    "rights_untold": (
        "Reading works; the account does not say whether this credential may write",
        "`puente install --dry-run`, or look at the app's scopes",
    ),
    "rights_lacking": (
        "Puente cannot work without: {rights}",
        "add these rights to the app (Salesforce: permission set `Puente`), then `puente doctor`",
    ),
    "rights_optional": (
        "Some sources or `puente install` need: {rights}",
        "add them to the app, or leave them: the table below says what is missing then",
    ),
    "rights_optional_salesforce": (
        "Some sources of this model need what Puente's user may not see: {rights}",
        "give that user a set with Read on these: Setup > Permission Sets > Object Settings; or go without them",
    ),
    "version_ok": ("API version {version}, served until {ends} at least", ""),
    "version_served": ("API version {version} is served", ""),
    "version_ending": (
        "API version {version} is served until {ends} only",
        "{setting}: set a newer one, such as {newest}",
    ),
    "version_ended": ("API version {version} has been without support since {ends}", "{setting}: set a newer one"),
    "version_not_served": ("The CRM does not serve API version {version}", "{setting}={newest}"),
    "clock_ok": ("This clock and the CRM's agree ({seconds} s apart)", ""),
    "clock_off": ("This clock and the CRM's are {duration} apart", "let this machine take its time from NTP"),
    "clock_far": (
        "This clock and the CRM's are {duration} apart: signatures and signed logins are refused",
        "let this machine take its time from NTP",
    ),
    "clock_untold": ("The CRM does not tell the time", ""),
    "daily_calls_ok": ("{left} of {most} API calls of the day are left", ""),
    "daily_calls_few": ("Only {left} of {most} API calls of the day are left", "run large bases at night"),
    "daily_calls_none": (
        "{left} of {most} API calls of the day are left, {reserve} are for others: Puente stops",
        "wait until tomorrow, or raise the limit",
    ),
    "daily_calls_none_salesforce": (
        "{left} of {most} API calls of the last 24 hours are left, {reserve} are for others: Puente stops",
        "wait a few hours, for some come back every hour, or raise the limit",
    ),
    "custom_fields_ok": ("{left} of {most} custom properties are free", ""),
    "custom_fields_few": ("Only {left} of {most} custom properties are free", "delete unused ones in the CRM"),
    "custom_fields_none": ("No custom property is free (limit {most})", "delete unused ones in the CRM"),
    "limits_none": ("This credential has no daily limit", ""),
    # our fields, others' rules
    "fields_ok": ("All {count} fields of Puente are there, with the right types", ""),
    "fields_missing": ("Fields of Puente are missing ({count}): {names}", "`puente install`"),
    "fields_hidden": (
        "Field-level security hides fields from Puente's user ({count}): {names}",
        "assign the permission set `Puente` to the user, or `puente install`",
    ),
    "fields_read_only": (
        "Fields that Puente may not edit ({count}): {names}",
        "give Puente's user the right to edit them (Salesforce: permission set `Puente`)",
    ),
    "fields_type": (
        "Fields of another type than Puente writes ({count}): {names}",
        "take their values to another field, delete them in the CRM, then `puente install`",
    ),
    "fields_options": (
        "Fields that lack options ({count}): {names}",
        "`puente install`, or add the options in the CRM",
    ),
    "rules_none": ("No rule of the administrators stands in the way", ""),
    "rules_possible": (
        "Rules of the administrators that may refuse our writes ({count}): {names}",
        "exempt Puente's user from them, or make sure that people and tasks satisfy them",
    ),
    "rules_certain": (
        "Every task of ours would be refused: {names}",
        "make the field optional in the CRM, or give it a default value",
    ),
    "mapping_ok": ("The mapping names only what the CRM has", ""),
    "mapping_wrong": ("Names of the mapping that are not in the CRM ({count}): {names}", "`puente check --live`"),
    # evidence
    "signals_ok": ("All {count} signals and direct requests of the model can be fed", ""),
    "signals_some": (
        "Signals and direct requests that get nothing ({missing} of {count}): {names}",
        "the table below says why; map another source, or leave them out of the model",
    ),
    "signals_none": ("No signal of the model gets anything", "`puente check --live`"),
    "attributes_ok": ("All {count} attributes of the model can be read", ""),
    "attributes_some": (
        "Attributes that stay unknown ({missing} of {count}): {names}",
        "the table below says why; map another field, or create it in the CRM",
    ),
    "attributes_none": ("No attribute of the model can be read", "`puente check --live`"),
    "sample_failed": (
        "Sampled people who could not be read ({count} of {sampled}): {error}",
        "`puente qualify --all --dry-run`",
    ),
    # who gets the tasks
    "routing_ok": ("Owners of the model, all active: {count}", ""),
    "routing_capacity": ("Active owners: {count}; they take {tasks} new tasks a day", ""),
    "routing_unknown": (
        "The model names owners the CRM does not know: {names}",
        "correct `handoff.routing` of the model",
    ),
    "routing_inactive": (
        "The model names owners who are no longer active: {names}",
        "correct `handoff.routing` of the model",
    ),
    "routing_empty": (
        "{count} of {sampled} sampled people have no owner: their tasks would stay unassigned",
        "name owners under `handoff.routing.round_robin` of the model",
    ),
    "routing_nobody": (
        "Nobody takes turns: tasks of people without an owner would stay unassigned",
        "name owners under `handoff.routing.round_robin` of the model",
    ),
    # the door
    "webhook_none": ("No webhook ({name} is not set): changes are read when Puente runs", ""),
    "webhook_half": ("The webhook's set-up is incomplete: {names} is missing", "set it, then `puente doctor`"),
    "webhook_not_https": ("{name}: not an address over HTTPS", "give https://…, exactly as in the CRM"),
    "webhook_ok": ("The webhook answers, lets the right signature in and no other", ""),
    "webhook_unreachable": ("{name}: nobody answers there ({reason})", "`puente serve`, or deploy the functions"),
    "webhook_refused": (
        "The webhook refuses our signature: {names} differ from the receiver's",
        "set the same values on both sides",
    ),
    "webhook_odd": (
        "{name}: the webhook answers {status}",
        "look at the receiver's log; the address must end in the receiver's path",
    ),
    "webhook_open": (
        "{name}: a wrong signature is answered with {status} instead of 401",
        "let the address lead to Puente's receiver",
    ),
    # what Puente keeps
    "account_differs": (
        "{setting} is {wanted}, and this is account {account}: its webhooks are refused",
        "{setting}={account}",
    ),
    "secrets_ok": (".env can be read by its owner alone", ""),
    "secrets_open": ("Others on this machine can read .env", "chmod 600 .env"),
    "secrets_misplaced": ("puente.toml holds secrets, and it may go into Git: {names}", "move them to .env"),
    "state_ok": ("{place} can be written", ""),
    "state_new": ("{place} will be made by the first run", ""),
    "state_at_work": ("{place} is in use by another run", ""),
    "state_bad": ("{place} cannot be used ({reason})", "PUENTE_STATE: correct the path or its permissions"),
    "state_damaged": ("{place} is damaged or no state file", "restore its backup, or move it away"),
    "state_table_ok": ("{place} can be read", ""),
    "state_table_bad": ("{place} cannot be read: {reason}", "PUENTE_STATE: correct the name, region or rights in AWS"),
    "queue_ok": ("{count} doorbells wait", ""),
    "queue_late": ("{count} doorbells wait, the oldest for {duration}: nobody works on them", "`puente serve`"),
    "queue_parked": ("{count} doorbells are parked", "`puente queue status`"),
    "queue_bad": ("The queue cannot be read: {reason}", "PUENTE_QUEUE: correct the address or rights in AWS"),
}

TALK: Final[Mapping[str, str]] = {
    "check": "Check",
    "state": "State",
    "found": "What",
    "next": "Next",
    "ok": "ok",
    "warn": "warning",
    "fail": "fails",
    "good": "Everything is in order.",
    "warned": "It works. Worth a look: {count}.",
    "failed": "To correct before Puente can work: {count}.",
    "coverage": "What feeds this model, tried on {count} people who changed lately",
    "rule": "Rule",
    "source": "From",
    "people": "People",
    "supplied": "yes",
    "stand_in": "only as a counter",
    "missing": "no",
    "supply": "Fed",
    "signal": "Signals",
    "hand_raise": "Direct requests",
    "attribute": "Attributes",
    "why_tier": "the account's edition does not include it",
    "why_scope": "the app lacks the scope",
    "why_permission": "the user lacks the permission",
    "why_not_offered": "the account does not offer it",
    "why_missing_property": "the property does not exist",
    "why_missing_field": "the field does not exist or is hidden",
    "why_not_mapped": "the mapping has no entry for it",
    "name_credentials": "credentials",
    "name_rights": "rights",
    "name_version": "API version",
    "name_clock": "clock",
    "name_limits": "limits",
    "name_fields": "fields",
    "name_rules": "rules",
    "name_mapping": "mapping",
    "name_sample": "people",
    "name_signals": "signals",
    "name_attributes": "attributes",
    "name_routing": "routing",
    "name_webhook": "webhook",
    "name_secrets": "secrets",
    "name_state": "state",
    "name_queue": "queue",
}
