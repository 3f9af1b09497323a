"""Give the answers of scripted faults, and change records while a request is in flight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.faults import FaultRule, FaultRuleError
from sandbox.hubspot.call import Answer
from sandbox.hubspot.errors import SCOPES_LINK, ApiError, refusal
from sandbox.hubspot.lifecycle import STAGE
from sandbox.hubspot.merge import merge_records
from sandbox.hubspot.object_types import CONTACTS, ObjectType, find_object_type
from sandbox.hubspot.objects import find_record, survivor
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.store import Record
from sandbox.hubspot.throttle import too_many
from sandbox.hubspot.validation import check_values
from sandbox.hubspot.writing import archive_record, update_record

_PAGE = (
    "<!DOCTYPE html><html><head><title>hubapi.com | {status}</title></head>"
    "<body><h1>Error {status}</h1><p>Cloudflare Ray ID: {ray}</p></body></html>"
)
_WORDS = {
    401: ("INVALID_AUTHENTICATION", "Authentication credentials not found."),
    403: ("MISSING_SCOPES", f"This app hasn't been granted all required scopes to make this call. See {SCOPES_LINK}."),
    404: ("OBJECT_NOT_FOUND", "resource not found"),
    409: ("CONFLICT", "conflict"),
    414: ("URI_TOO_LONG", "The URL is too long"),
    423: ("LOCKED", "The resource is locked, try again in a few seconds"),
    477: ("MIGRATION_IN_PROGRESS", "The account is being migrated"),
    502: ("BAD_GATEWAY", "Bad gateway"),
    503: ("SERVICE_UNAVAILABLE", "Service temporarily unavailable"),
    504: ("GATEWAY_TIMEOUT", "Gateway timeout"),
}


def error_answer(problem: ApiError, correlation_id: str) -> Answer:
    """Form the answer of an error."""
    return Answer(problem.status, {**problem.body, "correlationId": correlation_id}, problem.headers)


def scripted_answer(rule: FaultRule, true_answer: Answer, correlation_id: str) -> Answer:
    """Form what the rule puts in the place of the true answer."""
    status = rule.status if rule.status is not None else true_answer.status
    headers = {} if rule.retry_after is None else {"Retry-After": f"{rule.retry_after:g}"}
    if rule.html:
        page = _PAGE.format(status=status, ray=correlation_id)
        return Answer(status, page, {**headers, "Content-Type": "text/html; charset=UTF-8"})
    if rule.body is not None:
        return Answer(status, rule.body, headers)
    if status < 400:
        return Answer(status, true_answer.body, {**true_answer.headers, **headers})
    return error_answer(_scripted_error(rule, status, headers), correlation_id)


def _scripted_error(rule: FaultRule, status: int, headers: Mapping[str, str]) -> ApiError:
    if status == 429:
        return too_many(rule.policy or "TEN_SECONDLY_ROLLING", rule.retry_after)
    category, message = _WORDS.get(
        status, ("INTERNAL_ERROR" if status >= 500 else "VALIDATION_ERROR", "scripted error")
    )
    problem = refusal(status, category, message)
    problem.headers.update(headers)
    return problem


def alter(portal: Portal, rule: FaultRule) -> None:
    """Merge, delete or edit as the rule says; records that are gone already are left alone."""
    if rule.merge is not None:
        merge_people(portal, str(rule.merge.get("from")), str(rule.merge.get("into")))
    if rule.delete is not None:
        delete_person(portal, rule.delete)
    if rule.edit is not None:
        edit_record(portal, rule.edit)


def find_person(portal: Portal, wanted: object) -> Record:
    """Find a contact by id or e-mail; 404 when there is none."""
    return find_record(portal, CONTACTS, str(wanted), "email" if "@" in str(wanted) else "")


def merge_people(portal: Portal, other: str, primary: str) -> Record:
    """Merge one contact into another, as a person would in HubSpot's pages."""
    gone, kept = find_person(portal, other), find_person(portal, primary)
    if gone.alive and kept.alive:
        merge_records(portal, CONTACTS, kept, gone, portal.rep(), portal.now_ms())
    return kept


def delete_person(portal: Portal, wanted: str) -> Record:
    """Archive a contact, as a person would in HubSpot's pages."""
    record = find_person(portal, wanted)
    if record.alive:
        archive_record(portal, CONTACTS, record, portal.rep(), portal.now_ms())
    return record


def edit_record(portal: Portal, edit: Mapping[str, Any]) -> Record:
    """Change a record as a person does in HubSpot's pages, where the stage may also be set back.

    `edit` holds `person` (id or e-mail), or `object_type` and `id`, and `set`, a map of values.
    """
    kind, record = _edited(portal, edit)
    values = edit.get("set")
    if not isinstance(values, Mapping):
        raise FaultRuleError("an edit needs `set`, a map of values")
    clean = check_values(portal, kind, dict(values), creating=False, version="")
    at_ms = portal.now_ms()
    if kind is CONTACTS and clean.get(STAGE):
        update_record(portal, kind, record, {STAGE: ""}, portal.rep(), at_ms)
    return update_record(portal, kind, record, clean, portal.rep(), at_ms)


def _edited(portal: Portal, edit: Mapping[str, Any]) -> tuple[ObjectType, Record]:
    if "person" in edit:
        return CONTACTS, survivor(portal, CONTACTS, find_person(portal, edit["person"]))
    kind = find_object_type(str(edit.get("object_type")))
    if kind is None:
        raise FaultRuleError("an edit needs `person`, or `object_type` and `id`")
    return kind, find_record(portal, kind, str(edit.get("id")))
