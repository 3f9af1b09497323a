"""Name the imitated object types and the association types between them.

Source: developers.hubspot.com, understanding the CRM and associations guide (association type ids), read 2026-04-13.
"""

from __future__ import annotations

from dataclasses import dataclass

ASSOCIATION_CATEGORY = "HUBSPOT_DEFINED"


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One CRM object type; `first_id` is where the sandbox starts counting its records."""

    name: str
    type_id: str
    singular: str
    label: str
    scope: str
    modified: str
    created: str
    defaults: tuple[str, ...]
    required: tuple[str, ...]
    first_id: int


def _engagement(name: str, type_id: str, singular: str, label: str, first_id: int) -> ObjectType:
    stamps = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")
    return ObjectType(
        name,
        type_id,
        singular,
        label,
        "contacts",
        "hs_lastmodifieddate",
        "hs_createdate",
        stamps,
        ("hs_timestamp",),
        first_id,
    )


CONTACTS = ObjectType(
    name="contacts",
    type_id="0-1",
    singular="contact",
    label="CONTACT",
    scope="contacts",
    modified="lastmodifieddate",
    created="createdate",
    defaults=("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    required=(),
    first_id=1001,
)
COMPANIES = ObjectType(
    name="companies",
    type_id="0-2",
    singular="company",
    label="COMPANY",
    scope="companies",
    modified="hs_lastmodifieddate",
    created="createdate",
    defaults=("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    required=(),
    first_id=5_000_000_001,
)
DEALS = ObjectType(
    name="deals",
    type_id="0-3",
    singular="deal",
    label="DEAL",
    scope="deals",
    modified="hs_lastmodifieddate",
    created="createdate",
    defaults=(
        "amount",
        "closedate",
        "createdate",
        "dealname",
        "dealstage",
        "hs_lastmodifieddate",
        "hs_object_id",
        "pipeline",
    ),
    required=(),
    first_id=6_000_000_001,
)
TASKS = _engagement("tasks", "0-27", "task", "TASK", 7_000_000_001)
CALLS = _engagement("calls", "0-48", "call", "CALL", 7_100_000_001)
EMAILS = _engagement("emails", "0-49", "email", "EMAIL", 7_200_000_001)
MEETINGS = _engagement("meetings", "0-47", "meeting", "MEETING_EVENT", 7_300_000_001)
NOTES = _engagement("notes", "0-46", "note", "NOTE", 7_400_000_001)
COMMUNICATIONS = _engagement("communications", "0-18", "communication", "COMMUNICATION", 7_500_000_001)

OBJECT_TYPES = (CONTACTS, COMPANIES, DEALS, TASKS, CALLS, EMAILS, MEETINGS, NOTES, COMMUNICATIONS)
ENGAGEMENTS = (TASKS, CALLS, EMAILS, MEETINGS, NOTES, COMMUNICATIONS)

_BY_NAME = {name: kind for kind in OBJECT_TYPES for name in (kind.name, kind.singular, kind.type_id)}


def find_object_type(name: str) -> ObjectType | None:
    """Find a type by plural name, singular name or type id, whatever the case."""
    return _BY_NAME.get(name.lower())


# (from, to): the default association type first, then the other ones with their labels.
ASSOCIATION_TYPES: dict[tuple[str, str], tuple[tuple[int, str | None], ...]] = {
    ("contacts", "contacts"): ((449, None),),
    ("contacts", "companies"): ((279, None), (1, "Primary")),
    ("companies", "contacts"): ((280, None), (2, "Primary")),
    ("contacts", "deals"): ((4, None),),
    ("deals", "contacts"): ((3, None),),
    ("deals", "companies"): ((341, None), (5, "Primary")),
    ("companies", "deals"): ((342, None), (6, "Primary")),
    ("contacts", "tasks"): ((203, None),),
    ("tasks", "contacts"): ((204, None),),
    ("companies", "tasks"): ((191, None),),
    ("tasks", "companies"): ((192, None),),
    ("deals", "tasks"): ((215, None),),
    ("tasks", "deals"): ((216, None),),
    ("contacts", "calls"): ((193, None),),
    ("calls", "contacts"): ((194, None),),
    ("companies", "calls"): ((181, None),),
    ("calls", "companies"): ((182, None),),
    ("deals", "calls"): ((205, None),),
    ("calls", "deals"): ((206, None),),
    ("contacts", "emails"): ((197, None),),
    ("emails", "contacts"): ((198, None),),
    ("companies", "emails"): ((185, None),),
    ("emails", "companies"): ((186, None),),
    ("deals", "emails"): ((209, None),),
    ("emails", "deals"): ((210, None),),
    ("contacts", "meetings"): ((199, None),),
    ("meetings", "contacts"): ((200, None),),
    ("companies", "meetings"): ((187, None),),
    ("meetings", "companies"): ((188, None),),
    ("deals", "meetings"): ((211, None),),
    ("meetings", "deals"): ((212, None),),
    ("contacts", "notes"): ((201, None),),
    ("notes", "contacts"): ((202, None),),
    ("companies", "notes"): ((189, None),),
    ("notes", "companies"): ((190, None),),
    ("deals", "notes"): ((213, None),),
    ("notes", "deals"): ((214, None),),
    ("contacts", "communications"): ((82, None),),
    ("communications", "contacts"): ((81, None),),
    ("companies", "communications"): ((88, None),),
    ("communications", "companies"): ((87, None),),
    ("deals", "communications"): ((86, None),),
    ("communications", "deals"): ((85, None),),
}


def default_association(from_type: str, to_type: str) -> int | None:
    """Give the id of the unlabelled association, None when the pair cannot be associated."""
    pairs = ASSOCIATION_TYPES.get((from_type, to_type))
    return pairs[0][0] if pairs else None


def inverse_association(from_type: str, to_type: str, type_id: int) -> int | None:
    """Give the id of the same association seen from the other end, None when `type_id` is not one of this pair."""
    ids = [pair[0] for pair in ASSOCIATION_TYPES.get((from_type, to_type), ())]
    if type_id not in ids:
        return None
    return ASSOCIATION_TYPES[(to_type, from_type)][ids.index(type_id)][0]


def association_label(from_type: str, to_type: str, type_id: int) -> str | None:
    """Give the label of an association type."""
    return dict(ASSOCIATION_TYPES.get((from_type, to_type), ())).get(type_id)
