"""Answer the calls on lead scores, and give contacts the values of the scores that are published.

Source: the paths and shapes of HubSpot's Lead Scoring specification 2026-09-beta, snapshot 2026-08-21 (documented);
that somebody whom no rule concerns has no value rather than 0 is reported by others (measured).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from sandbox.hubspot.call import Answer, Call, Source
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.object_types import CONTACTS
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.reading import parse_record_id
from sandbox.hubspot.schema import Definition, Option
from sandbox.hubspot.score_sum import Subject, add_up, events_of
from sandbox.hubspot.wire import is_number, to_iso
from sandbox.hubspot.writing import apply_values

SCOPE = "mh-lead-scoring-view"
MOST_PER_PAGE = 100
CALCULATED = Source("CALCULATED", "scores", "Lead scoring")
_KIND = "lead_score"
_FRAGMENT = ("createdAt", "id", "lastConfigurationChangeTimestamp", "name", "publishedAt", "scoreStatus", "scoreType")


def default_scores() -> list[dict[str, Any]]:
    """Give the scores that a portal begins with."""
    text = files(__package__).joinpath("score_definitions.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def put_scores(portal: Portal, scores: Sequence[Mapping[str, Any]]) -> None:
    """Keep these scores in place of those there are, and define the properties of the published ones."""
    for one in portal.store.all(_KIND):
        portal.store.drop(_KIND, one["id"])
    for one in scores:
        portal.store.put(_KIND, one["id"], dict(one))
        for output in _outputs(one):
            portal.schema.put(CONTACTS.name, _definition(output, one["createdAt"]))


def _outputs(score: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    is_live = score["objectTypeId"] == CONTACTS.type_id and score["scoreStatus"] == "published"
    found: list[Mapping[str, Any]] = score["outputConfiguration"]["outputs"] if is_live else []
    return found


def _definition(output: Mapping[str, Any], at: str) -> Definition:
    labels = [one["label"] for one in output.get("boundaries", ())]
    return Definition(
        name=output["propertyName"],
        label=output["propertyLabel"],
        type="enumeration" if labels else "number",
        field_type="select" if labels else "number",
        group=output["propertyGroup"],
        options=tuple(Option(label, label, order) for order, label in enumerate(labels)),
        read_only=True,
        calculated=True,
        created_at=at,
        updated_at=at,
    )


def live_scores(portal: Portal) -> list[dict[str, Any]]:
    """Give the scores that contacts have values of."""
    return [one for one in portal.store.all(_KIND) if _outputs(one)]


def score_values(
    portal: Portal, scores: Sequence[Mapping[str, Any]], contact_id: int, properties: Mapping[str, str]
) -> dict[str, str]:
    """Give the values of live scores for one contact."""
    if not scores:
        return {}
    subject, found = _subject(portal, contact_id, properties), {}
    for score in scores:
        value = add_up(score, subject)
        for output in _outputs(score) if value is not None else ():
            found[output["propertyName"]] = _value(output, value or 0.0)
    return found


def score_everybody(portal: Portal) -> None:
    """Give every contact the values of the scores there are now."""
    scores, at_ms = live_scores(portal), portal.now_ms()
    for record in list(portal.store.every(CONTACTS.name)):
        values = score_values(portal, scores, record.id, record.properties) if record.alive else {}
        if values:
            apply_values(portal, CONTACTS, record, values, CALCULATED, at_ms)


def _value(output: Mapping[str, Any], value: float) -> str:
    if output["outputType"] == "SCORE":
        return f"{value:.2f}".rstrip("0").rstrip(".")
    tiers = sorted(output["boundaries"], key=lambda one: -one["threshold"])
    return str(next((one["label"] for one in tiers if value >= one["threshold"]), tiers[-1]["label"]))


def _subject(portal: Portal, contact_id: int, properties: Mapping[str, str]) -> Subject:
    rows = portal.store.connection.execute(
        "SELECT event_type, at_ms, properties FROM occurrences WHERE contact_id = ?", (contact_id,)
    ).fetchall()
    lists = portal.store.connection.execute("SELECT list_id FROM memberships WHERE record_id = ?", (contact_id,))
    company_id = properties.get("associatedcompanyid", "")
    company = portal.store.find("companies", int(company_id)) if company_id.isdigit() else None
    return Subject(
        contact=properties,
        companies=[company.properties] if company else [],
        lists=frozenset(row[0] for row in lists),
        events=events_of(rows, properties.get("hs_calculated_form_submissions", "")),
        now_ms=portal.now_ms(),
    )


def list_scores(portal: Portal, call: Call) -> Answer:
    """GET /marketing/lead-scoring/scores: all scores in short, by page."""
    limit, after = call.number("limit", 10, MOST_PER_PAGE), parse_record_id(call.one("after", "0")) or 0
    found = sorted(portal.store.all(_KIND), key=lambda one: int(one["id"]))
    found = [one for one in found if int(one["id"]) > after]
    body: dict[str, Any] = {"results": [_fragment(one) for one in found[:limit]]}
    if len(found) > limit:
        last = found[limit - 1]["id"]
        body["paging"] = {"next": {"after": last, "link": f"?after={last}"}}
    return Answer(200, body)


def _fragment(score: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: score[name] for name in _FRAGMENT if name in score}
    return {**told, "scoredObjectTypeId": score["objectTypeId"]}


def get_score(portal: Portal, call: Call) -> Answer:
    """GET /marketing/lead-scoring/scores/{scoreId}: one score with all its rules."""
    score_id = call.params["scoreId"]
    found = portal.store.get(_KIND, score_id)
    if found is None:
        raise not_found(f"Score {score_id} was not found")
    return Answer(200, found)


def get_history(portal: Portal, call: Call) -> Answer:
    """GET /marketing/lead-scoring/score-values/object-history: how one contact's score changed."""
    contact_id = parse_record_id(call.one("objectId"))
    if contact_id is None or call.one("objectTypeId") != CONTACTS.type_id:
        raise invalid("objectId and objectTypeId must be set")
    call.number("limit", 100, MOST_PER_PAGE)
    results, before = [], 0.0
    for change in reversed(portal.store.history(CONTACTS.name, contact_id, call.one("outputProperty"))):
        value = float(change.value) if is_number(change.value) else 0.0
        results.append(
            {
                "timestamp": to_iso(change.at_ms),
                "delta": value - before,
                "propertyValue": change.value,
                "renderedEvents": [],
                "resolvedProperties": {},
                "resolvedListIds": [],
            }
        )
        before = value
    return Answer(200, {"results": results[::-1]})
