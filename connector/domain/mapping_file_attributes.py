"""Read the attributes of a mapping file: the person's values under the names that the model uses."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace
from typing import Any, Final, Literal

from connector.domain.mapping import MEASURES, WELL_KNOWN, AttributeOwner, AttributeSource, Crm, Measure
from connector.domain.person import VALUE_TYPES, ValueType
from connector.domain.phrase import phrase
from connector.domain.text import fold
from connector.domain.yaml_fields import REFUSED, Fields, Key, Place, Reader, Refused, Section
from connector.domain.yaml_readers import TEXT, list_of, map_of, nullable, one_of
from connector.domain.yaml_tree import quoted

_OWNERS: Final[Map[str, AttributeOwner]] = {
    "person": "person",
    "contact": "person",
    "lead": "person",
    "company": "company",
    "account": "company",
    "deals": "deals",
    "opportunities": "deals",
}
_TYPE: Final[Key[ValueType]] = Key("type", one_of(VALUE_TYPES, phrase("type")), "How the raw value is read.")
_MEASURE: Final[Key[Measure | None]] = Key(
    "measure",
    nullable(one_of(tuple(MEASURES), phrase("measure"))),
    "With `from: deals`: what to count of the won deals.",
    None,
)
_TAKE_CHOICES: Final[tuple[Literal["domain"], ...]] = ("domain",)
_TAKE: Final[Key[Literal["domain"] | None]] = Key(
    "take", nullable(one_of(_TAKE_CHOICES)), "Keep only what follows the @ of an e-mail address.", None
)
_VALUES: Final[Key[Map[str, str]]] = Key(
    "values",
    map_of(TEXT, noun=phrase("raw value")),
    "The CRM's words → the model's words, compared without case and accents; others pass unchanged.",
    {},
    "none",
)


def attribute_section(crm: Crm) -> Section[AttributeSource]:
    """Build the table of one attribute: HubSpot says property where Salesforce says field."""
    one, many = ("property", "properties") if crm == "hubspot" else ("field", "fields")
    single: Key[str | None] = Key(one, nullable(TEXT), f"The {one} of the record.", None)
    several: Key[tuple[str, ...]] = Key(
        many, list_of(TEXT, at_least=1), f"{many.capitalize()} joined by a blank, empty ones left out.", (), "none"
    )
    owner: Key[AttributeOwner] = Key(
        "from", Reader(one_of(tuple(_OWNERS)).form, _read_owner), "The record it is a value of.", "person"
    )

    def check(fields: Fields) -> None:
        _check_place(fields, owner, single, several)
        _check_type(fields)

    def build(fields: Fields) -> AttributeSource:
        name = fields[single]
        return AttributeSource(
            name="",  # the key of the map around it
            type=fields[_TYPE],
            source=fields[owner],
            fields=fields[several] if name is None else (name,),
            measure=fields[_MEASURE],
            take=fields[_TAKE],
            values={fold(raw): word for raw, word in fields[_VALUES].items()},
        )

    keys = (_TYPE, single, several, owner, _MEASURE, _TAKE, _VALUES)
    return Section("attributes.*", "One attribute of the person.", keys, build, check)


def _read_owner(place: Place) -> AttributeOwner | Refused:
    word = one_of(tuple(_OWNERS), phrase("record")).read(place)
    return REFUSED if isinstance(word, Refused) else _OWNERS[word]


def _check_place(fields: Fields, owner: Key[Any], single: Key[Any], several: Key[Any]) -> None:
    """Ask for exactly one of a field, several fields, or a measure of deals."""
    given = [key.name for key in (single, several, _MEASURE) if fields.place.key(key.name)]
    if len(given) > 1:
        fields.place.refuse(
            phrase(
                "{names} stand side by side — keep one of them",
                names=", ".join(quoted(name) for name in given),
            )
        )
    elif not given:
        fields.place.refuse(
            phrase("nothing says where the value is — add `{name}`, or `from: deals` with `measure`", name=single.name)
        )
    if not fields.sound(owner):
        return
    if fields[owner] == "deals" and given and given != [_MEASURE.name]:
        fields.refuse(
            owner,
            phrase("deals have no single value — write `measure`: {measures}", measures=", ".join(MEASURES)),
        )
    if fields[owner] != "deals" and _MEASURE.name in given:
        fields.refuse(_MEASURE, phrase("`measure` is about deals — add `from: deals`"))


def _check_type(fields: Fields) -> None:
    if not fields.sound(_TYPE):
        return
    value_type = fields[_TYPE]
    measure = fields[_MEASURE] if fields.sound(_MEASURE) else None
    measured = MEASURES[measure] if measure else None
    if measured and measured != value_type:
        fields.refuse(
            _TYPE,
            phrase("`{measure}` is of type {measured} — write `type: {measured}`", measure=measure, measured=measured),
        )
    if fields.sound(_TAKE) and fields[_TAKE] and value_type != "text":
        fields.refuse(_TAKE, phrase("only a text has a domain — write `type: text`"))
    if fields.place.key(_VALUES.name) and value_type not in ("text", "list"):
        fields.refuse(
            _VALUES, phrase("only texts and lists have words to translate — write `type: text`, or remove `values`")
        )


def attributes(crm: Crm) -> Reader[dict[str, AttributeSource]]:
    """Build a reader of the map of attributes."""
    section = attribute_section(crm)
    sources = map_of(section.reader, noun=phrase("attribute"))

    def read(place: Place) -> dict[str, AttributeSource] | Refused:
        found = sources.read(place)
        for name, child in place.entries():
            _check_attribute(name, child)
        if isinstance(found, Refused):
            return REFUSED
        return {name: replace(source, name=name) for name, source in found.items()}

    return Reader(phrase("map of attribute → where it is"), read, section)


def _check_attribute(name: str, place: Place) -> None:
    declared = place.key("type")
    value_type = declared.text() if declared else None
    if declared and name in WELL_KNOWN and value_type in VALUE_TYPES and value_type != "text":
        declared.refuse(phrase("{name} is shown to people and must be a text — write `type: text`", name=quoted(name)))
    values = place.key("values")
    seen: dict[str, str] = {}
    for raw, child in values.entries() if values else ():
        if fold(raw) in seen:
            child.refuse(
                phrase(
                    "{raw} and {other} are the same raw value — keep one of them",
                    raw=quoted(raw),
                    other=quoted(seen[fold(raw)]),
                )
            )
        seen[fold(raw)] = raw
