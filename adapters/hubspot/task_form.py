"""Turn task drafts into HubSpot's task properties, and recognise them again. Pure."""

from __future__ import annotations

import html
import re
from typing import Final

from adapters.hubspot.needs import OWNER
from adapters.hubspot.replies import CrmRecord
from adapters.raw_values import format_instant, without_controls
from connector.ports import TaskDraft

STATUS: Final = "hs_task_status"
SUBJECT: Final = "hs_task_subject"
PRIORITY: Final = "hs_task_priority"
BODY: Final = "hs_task_body"
CREATED_AT: Final = "hs_createdate"
CHANGED_AT: Final = "hs_lastmodifieddate"
NOT_STARTED: Final = "NOT_STARTED"
COMPLETED: Final = "COMPLETED"
LONGEST_BODY: Final = 65_536
_LONGEST_SUBJECT: Final = 500
_LABEL: Final = re.compile(r"^([^:<&;]{1,40}:)(?= )")
_CALLS: Final = ("contact", "call")


def task_properties(draft: TaskDraft, owner: str | None, key_property: str | None) -> dict[str, str]:
    """Build a task's properties.

    Source: HubSpot tasks guide, read 2026-04 (documented): `hs_timestamp` is the due date; the body is HTML, up to
    65,536 characters. The key always stands in the body too: a portal may lack the property for it.
    """
    properties = {
        "hs_timestamp": format_instant(draft.due_at),
        SUBJECT: " ".join(without_controls(draft.subject).split())[:_LONGEST_SUBJECT],
        BODY: _to_html(draft.body, draft.key),
        STATUS: NOT_STARTED,
        PRIORITY: draft.priority.upper(),
        "hs_task_type": "CALL" if draft.kind in _CALLS else "TODO",
    }
    if key_property:
        properties[key_property] = draft.key
    if owner:
        properties[OWNER] = owner
    return properties


def has_key(task: CrmRecord, key: str, key_property: str) -> bool:
    """Say whether a task is the one of a key, by its property or by the mark in its body."""
    if task.get(key_property).strip() == key:
        return True
    return re.search(rf"{re.escape(_mark(key))}(?![0-9A-Za-z])", html.unescape(task.get(BODY))) is not None


def with_mark(subject: str, mark: str) -> str:
    """Put a mark before a subject, once."""
    return subject if subject.startswith(mark) else f"{mark} {subject}"[:_LONGEST_SUBJECT]


def with_reason(body: str, reason: str) -> str:
    """Add the reason of a closing to a body, once."""
    addition = f"<p>{_escape(reason)}</p>"
    if addition in body:
        return body
    return f"{body}{addition}" if len(body) + len(addition) <= LONGEST_BODY else body


def _to_html(text: str, key: str) -> str:
    ending = f"<p><small>{html.escape(_mark(key))}</small></p>"
    room = LONGEST_BODY - len(ending)
    body = _to_lines(text)
    while len(body) > room:
        # Cut the plain text, never the HTML: an entity cut in two would show as rubbish.
        text = text[: max(0, len(text) - max(1, (len(body) - room) // 6))]
        body = _to_lines(text)
    return body + ending


def _to_lines(text: str) -> str:
    """Escape a text and set off the words each line begins with: a rep looks for them."""
    lines = html.escape(without_controls(text), quote=True).split("\n")
    return "<br>".join(_LABEL.sub(r"<strong>\1</strong>", line) for line in lines)


def _escape(text: str) -> str:
    return html.escape(without_controls(text), quote=True).replace("\n", "<br>")


def _mark(key: str) -> str:
    return f"puente:{key}"
