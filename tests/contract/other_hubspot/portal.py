"""A portal's state, and the habits that can be switched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from tests.contract.other_hubspot.catalogue import ASSOCIATION_IDS, SINGULAR, STAGES, TYPE_IDS, standard_properties
from tests.contract.other_hubspot.checks import check_all, to_iso
from tests.contract.other_hubspot.replies import Json, RefusalError, invalid, refuse, validation

LONG_AGO = timedelta(days=200)


@dataclass
class Habits:
    """Switch what is legal either way."""

    empties: Literal["null", "absent", "blank"] = "null"
    association_ids: Literal["int", "str"] = "int"
    created_status: int = 201
    missing: Literal["207", "drop"] = "207"
    merged_reads: Literal["207", "drop", "redirect"] = "207"
    update_missing: Literal["207", "404", "drop"] = "207"
    list_page: int = 100
    association_page: int = 500
    no_associations: Literal["207", "empty", "drop"] = "207"
    trace_ids: bool = True
    trace_ids_in_results: bool = True
    bare_errors: bool = False
    unique_task_keys: bool = False
    task_properties: bool = True
    hidden_listed: bool = True
    trims_text: bool = False
    precise_dates: bool = True
    merge_makes_new_id: bool = False
    web_events: int = 403
    marketing_events: int = 403
    lists: int = 200
    deals: int = 200
    forms: int = 200
    account: int = 200
    search: int = 200
    multi_status: int = 207
    nameless_errors: bool = False
    dates_as_millis: bool = False
    shuffled: bool = False
    numeric_ids: bool = False
    terse_definitions: bool = False


@dataclass
class Item:
    """Hold one record of any type."""

    id: str
    properties: dict[str, str]
    created_at: datetime
    updated_at: datetime
    archived: bool = False
    merged_into: str | None = None
    history: dict[str, list[Json]] = field(default_factory=dict)


class Portal:
    """Hold records, associations and definitions; every change is stamped and kept in the history."""

    def __init__(self, habits: Habits | None = None, *, portal_id: int = 62515, clock: Callable[[], datetime]) -> None:
        self.habits = habits or Habits()
        self.portal_id = portal_id
        self.clock = clock
        self.items: dict[str, dict[str, Item]] = {name: {} for name in TYPE_IDS.values()}
        self.definitions = {name: standard_properties(name) for name in TYPE_IDS.values()}
        self.groups: dict[str, dict[str, Json]] = {name: {} for name in TYPE_IDS.values()}
        self.links: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.owners: dict[str, bool] = {"101": True, "102": True, "103": False}
        self.lists: dict[str, tuple[str, set[str]]] = {}
        self.forms: dict[str, str] = {}
        self.web_events: dict[str, list[Json]] = {}
        self.participations: dict[str, list[Json]] = {}
        self.writes: Counter[str] = Counter()
        self.oddities: list[str] = []
        self.stubborn: set[str] = set()
        self._next_id = 5_000

    # ------------------------------------------------------------------------------------------------ looking up
    @staticmethod
    def type_name(name: str) -> str:
        known = TYPE_IDS.get(name) or SINGULAR.get(name, name)
        if known not in TYPE_IDS.values():
            raise refuse(400, "VALIDATION_ERROR", f"Unable to infer object type from: {name}")
        return known

    def find(self, object_type: str, object_id: str) -> Item | None:
        item = self.items[object_type].get(object_id)
        return item if item and not item.archived else None

    def survivor(self, object_type: str, object_id: str) -> Item | None:
        item = self.items[object_type].get(object_id)
        while item and item.merged_into:
            item = self.items[object_type].get(item.merged_into)
        return item if item and not item.archived else None

    def linked(self, from_type: str, from_id: str, to_type: str) -> list[str]:
        ids = self.links.get((from_type, to_type), {}).get(from_id, [])
        return [other for other in ids if self.find(to_type, other)]

    # ------------------------------------------------------------------------------------------------ changing
    def add(self, object_type: str, properties: dict[str, str], *, created_at: datetime | None = None) -> Item:
        """Put a record in as the portal itself would, long ago: read-only values allowed, nothing counted."""
        self._next_id += 1
        then = created_at or self.clock() - LONG_AGO
        item = Item(str(self._next_id), {}, then, then)
        self.items[object_type][item.id] = item
        self._store(item, properties, "CRM_UI", "userId:1", then)
        return item

    def link(self, from_type: str, from_id: str, to_type: str, to_id: str) -> None:
        for pair, one, other in (((from_type, to_type), from_id, to_id), ((to_type, from_type), to_id, from_id)):
            known = self.links.setdefault(pair, {}).setdefault(one, [])
            if other not in known:
                known.append(other)

    def edit(self, object_id: str, properties: dict[str, str], object_type: str = "contacts") -> None:
        """Let a person at the screen change a record: backwards in the lifecycle, too."""
        self._store(self.items[object_type][object_id], properties, "CRM_UI", "userId:7")

    def delete(self, object_type: str, object_id: str) -> None:
        self.items[object_type][object_id].archived = True

    def merge(self, winner_id: str, loser_id: str) -> str:
        """Merge two contacts and return the id that stays."""
        people = self.items["contacts"]
        winner, loser = people[winner_id], people[loser_id]
        joined = _join(winner.properties, loser.properties)
        if self.habits.merge_makes_new_id:
            kept, merged = self.add("contacts", {}), [winner, loser]
            self._store(kept, joined, "MERGE", "")
        else:
            kept, merged = winner, [loser]
            self._store(winner, joined, "MERGE", "")
        ids = [item.id for item in merged]
        earlier = [part for part in winner.properties.get("hs_merged_object_ids", "").split(";") if part]
        kept.properties["hs_merged_object_ids"] = ";".join([*earlier, *ids])
        for item in merged:
            item.merged_into, item.archived = kept.id, True
            self._move_links(item.id, kept.id)
        return kept.id

    def _move_links(self, loser_id: str, kept_id: str) -> None:
        moved = [
            (to_type, other)
            for (from_type, to_type), pairs in self.links.items()
            if from_type == "contacts"
            for other in pairs.get(loser_id, ())
        ]
        for to_type, other in moved:
            self.link("contacts", kept_id, to_type, other)

    def check(self, object_type: str, properties: Json) -> tuple[dict[str, str], list[Json]]:
        for name, value in properties.items():
            if not isinstance(value, str):
                self.oddities.append(f"{object_type}.{name} was sent as {type(value).__name__}")
        stored, problems = check_all(
            properties,
            self.definitions[object_type],
            trims=self.habits.trims_text,
            precise=self.habits.precise_dates,
        )
        owner = stored.get("hubspot_owner_id")
        if owner and not self.owners.get(owner, False):
            problems.append(invalid("hubspot_owner_id", "INVALID_OWNER_ID", f"{owner} is not an active owner"))
        return stored, problems

    def create(self, object_type: str, properties: Json, associations: list[Json]) -> Item:
        stored, problems = self.check(object_type, properties)
        if object_type == "tasks" and not stored.get("hs_timestamp"):
            problems.append(invalid("hs_timestamp", "REQUIRED_FIELD", "hs_timestamp is required"))
        problems += self._duplicates(object_type, stored, None)
        if problems:
            raise RefusalError(validation(problems))
        targets = [self._target(object_type, association) for association in associations]
        now = self.clock()
        self._next_id += 1
        item = Item(str(self._next_id), {}, now, now)
        self.items[object_type][item.id] = item
        self._store(item, stored, "INTEGRATION", "4711")
        for to_type, to_id in targets:
            self.link(object_type, item.id, to_type, to_id)
        self.writes[f"create {object_type}"] += 1
        return item

    def update(self, object_type: str, item: Item, properties: Json) -> None:
        stored, problems = self.check(object_type, properties)
        problems += self._duplicates(object_type, stored, item)
        if problems:
            raise RefusalError(validation(problems))
        if object_type == "contacts" and not self._moves_forward(item, stored.get("lifecyclestage")):
            stored.pop("lifecyclestage", None)
        self._store(item, stored, "INTEGRATION", "4711")
        self.writes[f"update {object_type}"] += 1

    # ------------------------------------------------------------------------------------------------ inner rules
    def _store(
        self, item: Item, values: dict[str, str], source_type: str, source_id: str, at: datetime | None = None
    ) -> None:
        now = at or self.clock()
        for name, value in values.items():
            if item.properties.get(name, "") == value:
                continue
            item.properties[name] = value
            if name == "lifecyclestage" and value in STAGES:
                for stamp in (f"hs_lifecyclestage_{value}_date", f"hs_v2_date_entered_{value}"):
                    item.properties[stamp] = to_iso(now)
            change = {"value": value, "timestamp": to_iso(now), "sourceType": source_type, "sourceId": source_id}
            item.history.setdefault(name, []).insert(0, change)
        item.updated_at = max(now, item.updated_at + timedelta(milliseconds=1))

    def _moves_forward(self, item: Item, stage: str | None) -> bool:
        """HubSpot answers 200 to a backward move and keeps the old stage."""
        current = item.properties.get("lifecyclestage", "")
        if not stage or not current or stage not in STAGES or current not in STAGES:
            return True
        return STAGES.index(stage) >= STAGES.index(current)

    def _duplicates(self, object_type: str, stored: dict[str, str], self_item: Item | None) -> list[Json]:
        problems = []
        for name, value in stored.items():
            if not value or not self.definitions[object_type][name]["hasUniqueValue"]:
                continue
            taken = any(
                other is not self_item and not other.archived and other.properties.get(name) == value
                for other in self.items[object_type].values()
            )
            if taken:
                problems.append(invalid(name, "CONFLICTING_UNIQUE_VALUE", f"another record has this {name}"))
        return problems

    def _target(self, object_type: str, association: Json) -> tuple[str, str]:
        to_id, wanted = str(association["to"]["id"]), association["types"][0]["associationTypeId"]
        for (from_type, to_type), type_id in ASSOCIATION_IDS.items():
            if from_type == object_type and type_id == int(wanted):
                if not self.find(to_type, to_id):
                    message = f"Object {to_id} of type {to_type} does not exist"
                    raise refuse(400, "VALIDATION_ERROR", message, context={"toObjectId": [to_id]})
                return to_type, to_id
        raise refuse(400, "VALIDATION_ERROR", f"associationTypeId {wanted} is not valid from {object_type}")


def _join(winner: dict[str, str], loser: dict[str, str]) -> dict[str, str]:
    """Join two people as HubSpot does: the winner's values, gaps filled, forms of both, the later lifecycle stage."""
    joined = {**loser, **{name: value for name, value in winner.items() if value}}
    forms = [text for item in (winner, loser) if (text := item.get("hs_calculated_form_submissions"))]
    if forms:
        joined["hs_calculated_form_submissions"] = ";".join(forms)
    known = [stage for item in (winner, loser) if (stage := item.get("lifecyclestage")) in STAGES]
    if known:
        joined["lifecyclestage"] = max(known, key=lambda stage: STAGES.index(stage or ""))
    return joined


def utc_now() -> datetime:
    return datetime.now(UTC)
