"""Read a mapping file: the whole of it or every problem of it."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import replace
from typing import Final

from connector.domain.content_hash import content_hash
from connector.domain.mapping import CRMS, DECISION_PATHS, OWN_NAMES, AttributeSource, Crm, Mapping
from connector.domain.mapping_file_attributes import attributes
from connector.domain.mapping_file_events import event_section
from connector.domain.person import STAGES
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import (
    REFUSED,
    Fields,
    Key,
    Place,
    Reader,
    Reading,
    Refused,
    Section,
    read_document,
)
from connector.domain.yaml_file import read_yaml
from connector.domain.yaml_readers import BOOLEAN, TEXT, list_of, map_of, nullable, one_of, read_text
from connector.domain.yaml_tree import Document, Entries, Scalar, quoted
from connector.errors import MappingError, Problem

_FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _read_field_name(place: Place) -> str | Refused:
    name = read_text(place)
    if isinstance(name, Refused) or _FIELD_NAME.fullmatch(name):
        return name
    return place.refuse(
        phrase("{name} cannot be the name of a field — use its internal name, without blanks", name=quoted(name))
    )


_FIELD: Final = Reader(phrase("field of the CRM"), _read_field_name)


def _sales_key(crm: Crm) -> Key[tuple[str, str]]:
    own_verdict, own_reason, _ = OWN_NAMES[crm]
    verdict = Key("verdict", _FIELD, "Where sales says accepted or rejected.", own_verdict)
    reason = Key("reason", _FIELD, "Where sales says why it rejected.", own_reason)
    section = Section(
        "sales", "Where sales answers.", (verdict, reason), lambda fields: (fields[verdict], fields[reason])
    )
    return Key("sales", section.reader, "Where sales answers.", (own_verdict, own_reason), "its defaults")


def _read_write_back(place: Place) -> dict[str, str] | Refused:
    written = map_of(one_of(DECISION_PATHS, phrase("part of a decision")), noun=phrase("field")).read(place)
    odd = [name for name, _ in place.entries() if name.strip() and not _FIELD_NAME.fullmatch(name)]
    for name in odd:
        place.refuse_key(
            name,
            phrase("{name} cannot be the name of a field — use its internal name, without blanks", name=quoted(name)),
        )
    return REFUSED if odd else written


_STAGES: Final[Key[Map[str, str | None]]] = Key(
    "stages",
    map_of(
        nullable(TEXT),
        names=STAGES,
        noun=phrase("stage"),
        form=phrase("map of stage → value of the lifecycle field, or null"),
    ),
    "What the CRM's own lifecycle field gets; null leaves it alone.",
    {},
    "all null",
)
_ALLOW_BACKWARD: Final = Key(
    "allow_backward", BOOLEAN, "Move the CRM's own lifecycle field back, too: clear, set, verify.", default=False
)
_WRITE_BACK: Final[Key[Map[str, str]]] = Key(
    "write_back",
    Reader(
        phrase(
            "map of field → one of {paths}",
            paths=", ".join(f"`{path}`" for path in DECISION_PATHS),
        ),
        _read_write_back,
    ),
    "Which field gets which part of the decision.",
    {},
    "nothing",
)
_LIFECYCLE: Final[Key[str | None]] = Key(
    "lifecycle",
    nullable(_FIELD),
    "Salesforce only: the field of leads and contacts that holds the company's own stages (the values of `stages`), "
    "or `opportunities`: an open one makes an opportunity, a won one a customer.",
    None,
)


def mapping_section(crm: Crm) -> Section[Mapping]:
    """Build the table of a CRM's mapping file: HubSpot says property where Salesforce says field."""
    crm_key = Key("crm", one_of(CRMS, phrase("CRM")), "The CRM the file is for.")
    person: Key[Map[str, AttributeSource]] = Key(
        "attributes", attributes(crm), "The person's attributes under the names that the model uses."
    )
    events = Key("events", list_of(event_section(crm).reader), "Which records become which events.", (), "none")
    sales = _sales_key(crm)
    task_key = Key("task_key", _FIELD, "The field of a task that holds its handoff key.", OWN_NAMES[crm][2])

    def build(fields: Fields) -> Mapping:
        verdict, reason = fields[sales]
        stages = fields[_STAGES]
        mapping = Mapping(
            crm=fields[crm_key],
            attributes=fields[person],
            events=fields[events],
            stages={stage: stages.get(stage) for stage in STAGES},
            write_back=fields[_WRITE_BACK],
            allow_backward=fields[_ALLOW_BACKWARD],
            sales_verdict=verdict,
            reject_reason=reason,
            task_key=fields[task_key],
            lifecycle=fields[_LIFECYCLE] if crm == "salesforce" else None,
        )
        return replace(mapping, hash=content_hash(mapping))

    own_lifecycle = (_LIFECYCLE,) if crm == "salesforce" else ()
    keys = (crm_key, person, events, _STAGES, *own_lifecycle, _ALLOW_BACKWARD, _WRITE_BACK, sales, task_key)
    return Section("(file)", "Where the evidence is and where the result goes.", keys, build)


def parse_mapping(text: str, *, file: str, crm: Crm | None = None) -> Mapping:
    """Return the mapping of a file's text; raise MappingError with every problem of it.

    With `crm`, a file for another CRM is refused.
    """
    document = read_yaml(text, file)
    reading = Reading(file)
    mapping = read_document(document, mapping_section(_crm_of(document) or crm or "hubspot").reader, reading)
    if isinstance(mapping, Refused):
        raise MappingError(problems=reading.problems)
    if crm and mapping.crm != crm:
        what = phrase(
            "the mapping is for {mapped}, the setting PUENTE_CRM for {crm} — change one of them",
            mapped=mapping.crm,
            crm=crm,
        )
        raise MappingError(problems=[Problem(file, document.line_of("crm"), "crm", what)])
    return mapping


def _crm_of(document: Document) -> Crm | None:
    """Peek at the CRM: the other keys are read with its words."""
    root = document.root
    node = root.entries.get("crm") if isinstance(root, Entries) else None
    return next((crm for crm in CRMS if isinstance(node, Scalar) and node.text == crm), None)
