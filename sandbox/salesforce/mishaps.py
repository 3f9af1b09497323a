"""Give the answers of scripted faults, and change records while a request is in flight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.faults import FaultRule, FaultRuleError
from sandbox.salesforce.call import Answer
from sandbox.salesforce.errors import ApiError, RecordError, limit_exceeded, not_found, refused, session_expired
from sandbox.salesforce.identity import convert_lead, merge_people
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.store import Row
from sandbox.salesforce.writing import delete_record, update_record

_PAGE = (
    "<html><head><title>Service Unavailable</title></head><body><h1>{status} Server Unavailable</h1>"
    "<p>Salesforce is temporarily unavailable. Please try again in a few minutes.</p></body></html>"
)
_WORDS = {
    404: ("NOT_FOUND", "The requested resource does not exist"),
    409: ("CONFLICT", "conflict"),
    414: ("URI_TOO_LONG", "URI Too Long"),
    420: ("UNKNOWN_EXCEPTION", "Salesforce Edge could not route the request"),
    429: ("REQUEST_LIMIT_EXCEEDED", "Too many requests"),
    500: ("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1-1"),
    502: ("SERVER_UNAVAILABLE", "Bad Gateway"),
    503: ("SERVER_UNAVAILABLE", "Server Unavailable"),
    504: ("SERVER_UNAVAILABLE", "Gateway Timeout"),
}
_CODES = {
    "QUERY_TIMEOUT": "Your query request was running for too long.",
    "UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record",
    "OPERATION_TOO_LARGE": "exceeded 100000 distinct who/what's",
    "INVALID_QUERY_LOCATOR": "invalid query locator",
    "REQUEST_RUNNING_TOO_LONG": "Your request was running for too long, and has been stopped.",
    "TXN_SECURITY_METERING_ERROR": "The action failed because of a transaction security metering error",
    "STORAGE_LIMIT_EXCEEDED": "storage limit exceeded",
}


def scripted_answer(rule: FaultRule, true_answer: Answer) -> Answer:
    """Form what the rule puts in the place of the true answer."""
    status = rule.status if rule.status is not None else true_answer.status
    headers = {} if rule.retry_after is None else {"Retry-After": f"{rule.retry_after:g}"}
    if rule.html:
        page = rule.body if isinstance(rule.body, str) else _PAGE.format(status=status)
        return Answer(status, page, {**headers, "Content-Type": "text/html; charset=UTF-8"})
    if rule.body is not None:
        return Answer(status, rule.body, headers)
    if status < 400:
        return Answer(status, true_answer.body, {**true_answer.headers, **headers})
    problem = _scripted_error(rule, status)
    return Answer(problem.status, problem.body, {**problem.headers, **headers})


def _scripted_error(rule: FaultRule, status: int) -> ApiError:
    if status == 401:
        return session_expired()
    if status == 403:
        return limit_exceeded(rule.policy or "DAILY")
    if rule.policy is not None:
        return refused(status, rule.policy, _CODES.get(rule.policy, rule.policy.replace("_", " ").lower()))
    code, message = _WORDS.get(status, ("UNABLE_TO_LOCK_ROW", _CODES["UNABLE_TO_LOCK_ROW"]))
    return refused(status, code, message)


def alter(org: Org, rule: FaultRule) -> None:
    """Merge, delete, edit or convert as the rule says; records that are gone already are left alone."""
    try:
        if rule.merge is not None:
            merge_by_name(org, str(rule.merge.get("from")), str(rule.merge.get("into")))
        if rule.delete is not None:
            delete_person(org, rule.delete)
        if rule.edit is not None:
            edit_record(org, rule.edit)
    except RecordError as problem:
        raise problem.whole() from problem


def find_person(org: Org, wanted: object) -> tuple[SObject, Row]:
    """Find a lead or contact by id or e-mail; of a converted lead its contact, of a merged record the survivor."""
    text = str(wanted)
    found = _by_mail(org, text) if "@" in text else _by_id(org, text)
    if found is None:
        raise not_found(f"nobody is {text}")
    _, row = found
    onward = row.get("ConvertedContactId") or row.get("MasterRecordId")
    return find_person(org, onward) if onward else found


def _by_mail(org: Org, address: str) -> tuple[SObject, Row] | None:
    for name in ("Contact", "Lead"):
        rows = org.store.select(name, 'fold("Email") = ?', (address.casefold(),), order='"IsDeleted", rowid')
        if rows:
            return org.catalog.kind(name), rows[0]
    return None


def _by_id(org: Org, text: str) -> tuple[SObject, Row] | None:
    whole = to_18(text)
    kind = org.catalog.of_id(whole) if whole else None
    row = org.store.find(kind.name, whole) if kind is not None and whole is not None else None
    return None if kind is None or row is None else (kind, row)


def merge_by_name(org: Org, other: str, primary: str) -> str:
    """Merge one person into another, as a rep would in Salesforce's pages; gives the survivor's id."""
    survivor, loser = find_person(org, primary)[1]["Id"], _exactly(org, other)
    if survivor != loser:
        merge_people(org, org.administrator(), str(survivor), loser)
    return str(survivor)


def _exactly(org: Org, wanted: str) -> str:
    found = _by_mail(org, wanted) if "@" in wanted else _by_id(org, wanted)
    if found is None:
        raise not_found(f"nobody is {wanted}")
    return str(found[1]["Id"])


def delete_person(org: Org, wanted: str) -> str:
    """Delete a lead or contact, as a rep would; gives the id."""
    kind, row = find_person(org, wanted)
    if not row["IsDeleted"]:
        delete_record(org, org.administrator(), kind, str(row["Id"]))
    return str(row["Id"])


def convert_person(org: Org, wanted: object, opportunity: str | None) -> str:
    """Convert a lead, as a rep would; gives the contact's id."""
    kind, row = find_person(org, wanted)
    if kind.name != "Lead":
        return str(row["Id"])
    return convert_lead(org, org.administrator(), str(row["Id"]), opportunity)


def edit_record(org: Org, edit: Mapping[str, Any]) -> str:
    """Change a record as a person does in Salesforce's pages; gives its id.

    `edit` holds `person` (id or e-mail) or `id`, and `set`, a map of fields; or `convert: true` with a `person`.
    """
    if edit.get("convert"):
        return convert_person(org, edit.get("person"), edit.get("opportunity"))
    values = edit.get("set")
    if not isinstance(values, Mapping):
        raise FaultRuleError("an edit needs `set`, a map of values, or `convert`")
    if "person" in edit:
        kind, row = find_person(org, edit["person"])
    else:
        found = _by_id(org, str(edit.get("id")))
        if found is None:
            raise FaultRuleError("an edit needs `person`, or the `id` of a record")
        kind, row = found
    update_record(org, org.administrator(), kind, str(row["Id"]), values)
    return str(row["Id"])
