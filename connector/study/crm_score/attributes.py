"""Find the attribute that stands for a property of the CRM, and say comparisons of it as conditions of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from connector.domain.conditions import OPERATORS
from connector.domain.mapping import AttributeOwner, AttributeSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.person import ValueType
from connector.domain.text import fold
from connector.domain.values import parse_number
from connector.ports import FieldInfo
from connector.study.crm_score.definition import AllOf, NoEquivalent, PropertyTest, When
from connector.study.crm_score.gaps import Refused

Plain: TypeAlias = dict[str, Any]
"""A condition as it is written in a model file."""

_TYPES: Final[Mapping[str, ValueType]] = {
    "number": "number", "bool": "boolean", "date": "datetime", "datetime": "datetime",
}  # fmt: skip
"""The CRM's word for the type of a field → ours; all others are texts."""
_OTHER_NAME: Final = {"equals": "in", "in": "equals"}


@dataclass(slots=True)
class Attributes:
    """Know the attributes of a mapping, and add those a score needs where `may_add`; `joined` are values it merges."""

    mapping: FieldMapping
    fields: Mapping[AttributeOwner, Mapping[str, FieldInfo]]
    may_add: bool
    added: dict[str, AttributeSource] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)

    def to_plain(self, when: When) -> Plain:
        """Say a condition about the person. Raises Refused."""
        if isinstance(when, NoEquivalent):
            raise Refused(when.why, when.detail)
        if isinstance(when, AllOf):
            return {"all": [self.to_plain(part) for part in when.parts]}
        source = self._source(when)
        said: Plain = {"attribute": source.name, **self._compare(when, source)}
        if when.negated:
            said = {"not": said}
        if when.or_blank and when.operator not in ("is_known", "is_unknown"):
            said = {"any": [said, {"attribute": source.name, "is_unknown": True}]}
        return said

    def _source(self, test: PropertyTest) -> AttributeSource:
        for source in (*self.mapping.attributes.values(), *self.added.values()):
            if source.fields == (test.property,) and source.source == test.owner and source.take is None:
                return source
        info = self.fields.get(test.owner, {}).get(test.property)
        if info is None:
            raise Refused("no_property", test.property)
        source = AttributeSource(self._free_name(test), _type_of(info), test.owner, (test.property,))
        if not self.may_add:
            raise Refused("unmapped", spell_source(source))
        self.added[source.name] = source
        return source

    def _free_name(self, test: PropertyTest) -> str:
        name = test.property.removeprefix("hs_")
        taken = {*self.mapping.attributes, *self.added}
        return next(one for one in (name, test.property, f"{test.owner}_{test.property}") if one not in taken)

    def _compare(self, test: PropertyTest, source: AttributeSource) -> Plain:
        if test.operator in ("is_known", "is_unknown"):
            return {test.operator: True}
        operand: Any = test.operand
        if source.type == "number" and isinstance(operand, tuple) and test.operator == "in":
            operand = tuple(parse_number(one) for one in operand)
        elif source.type == "boolean" and isinstance(operand, tuple) and len(operand) == 1:
            operand = {"true": True, "false": False}.get(fold(str(operand[0])))
            return _checked("equals", operand, source, bool)
        elif source.type == "text" and isinstance(operand, tuple) and test.operator == "in":
            operand = self._in_our_words([str(one) for one in operand], source)
        elif source.type == "list" and isinstance(operand, tuple) and len(operand) == 1:
            return {"contains": operand[0]}
        kind = {"text": str, "number": float, "boolean": bool, "datetime": float, "list": str}[source.type]
        if test.operator == "equals" and isinstance(operand, str) and source.type == "text":
            operand = self._in_our_words([operand], source)[0]
        return _checked(test.operator, operand, source, kind)

    def _in_our_words(self, values: list[str], source: AttributeSource) -> tuple[str, ...]:
        """Turn the CRM's values into those of the mapping; note what the mapping cannot tell apart."""
        words = {fold(raw): word for raw, word in source.values.items()}
        ours = tuple(dict.fromkeys(words.get(fold(value), value) for value in values))
        asked = {fold(value) for value in values}
        if any(fold(raw) not in asked for raw, word in source.values.items() if word in ours):
            self.joined.append(source.name)
        return ours


def _checked(operator: str, operand: Any, source: AttributeSource, kind: type) -> Plain:
    """Return operator and operand where they fit the attribute's type. Raises Refused."""
    elements = operand if isinstance(operand, tuple) else (operand,)
    if operator not in OPERATORS[source.type] or not all(isinstance(one, kind) for one in elements):
        raise Refused("type", source.name)
    return {operator: list(operand) if isinstance(operand, tuple) else operand}


def _type_of(info: FieldInfo) -> ValueType:
    if {option.lower() for option in info.options} == {"true", "false"}:
        return "boolean"
    return _TYPES.get(info.type, "text")


def spell_source(source: AttributeSource) -> str:
    """Write an attribute as a line of the mapping file."""
    of = "" if source.source == "person" else f", from: {source.source}"
    return f"{source.name}: {{property: {source.fields[0]}{of}, type: {source.type}}}"


def any_of(parts: list[Plain]) -> Plain:
    """Join conditions of which one has to hold; lists of values of one attribute become one list."""
    values: dict[str, list[Any]] = {}
    others: list[Plain] = []
    for part in parts:
        if set(part) == {"attribute", "in"}:
            values.setdefault(part["attribute"], []).extend(part["in"])
        elif part not in others:
            others.append(part)
    joined: list[Plain] = [{"attribute": name, "in": list(dict.fromkeys(found))} for name, found in values.items()]
    joined += others
    return joined[0] if len(joined) == 1 else {"any": joined}
