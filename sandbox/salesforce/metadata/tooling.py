"""Serve the little of the Tooling API that an installation asks: custom fields, versions of flows, validation rules.

Source: Salesforce Tooling API guide, "CustomField", "Flow" and "ValidationRule", read 2026-11 (documented).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.metadata.apply import apply
from sandbox.salesforce.metadata.fields import ComponentError
from sandbox.salesforce.metadata.package import NAMESPACE, Component
from sandbox.salesforce.org import Org
from sandbox.salesforce.soql.answer import attributes
from sandbox.salesforce.soql.nodes import (
    Comparison,
    Condition,
    Constant,
    Junction,
    Membership,
    Negation,
    Path,
    SoqlError,
)
from sandbox.salesforce.soql.parser import parse_query
from sandbox.salesforce.soql.scope import no_such_kind

_Row = dict[str, Any]


def query(org: Org, call: Call) -> Answer:
    """GET tooling/query."""
    text = call.one("q")
    try:
        parsed = parse_query(text)
        source = next((name for name in _SOURCES if name.lower() == parsed.source.lower()), None)
        if source is None:
            raise no_such_kind(parsed.source, parsed.position)
        rows = [row for row in _SOURCES[source](org) if parsed.where is None or _holds(parsed.where, row)]
        paths = [item for item in parsed.select if isinstance(item, Path)]
        records = [_shown(source, row, paths, call.version) for row in rows[: parsed.limit]]
    except SoqlError as problem:
        raise refused(400, problem.code, problem.describe(text)) from problem
    if parsed.counts_only:
        return Answer(200, {"size": len(rows), "totalSize": len(rows), "done": True, "records": []})
    body = {"size": len(records), "totalSize": len(records), "done": True, "queryLocator": None}
    return Answer(200, {**body, "entityTypeName": source, "records": records})


def _custom_fields(org: Org) -> list[_Row]:
    found = []
    for full_name, facts in org.store.all("field_id").items():
        owner, _, name = full_name.partition(".")
        field = org.catalog.custom_fields(owner).get(name)
        if field is not None:
            found.append(
                {
                    "Id": make_id("00N", facts["number"]),
                    "DeveloperName": name.removesuffix("__c"),
                    "TableEnumOrId": owner,
                    "FullName": full_name,
                    "NamespacePrefix": None,
                    "Length": field.length,
                }
            )
    return found


def _validation_rules(org: Org) -> list[_Row]:
    return [
        {
            "Id": make_id("03d", number),
            "ValidationName": f"Rule_{number}",
            "Active": True,
            "ErrorMessage": rule.message,
            "ErrorDisplayField": rule.field or None,
            "EntityDefinitionId": rule.object_type,
            "EntityDefinition": {"QualifiedApiName": rule.object_type, "DeveloperName": rule.object_type},
        }
        for number, rule in enumerate(org.settings.validation_rules, 1)
    ]


def _flow_versions(org: Org) -> list[_Row]:
    return [
        {
            "Id": make_id("301", number * 100 + version),
            "VersionNumber": version,
            "Status": "Active" if flow["active"] == version else "Obsolete",
            "Definition": {"DeveloperName": key.partition(":")[2]},
        }
        for number, (key, flow) in enumerate(sorted(org.store.all("component").items()), 1)
        if key.startswith("Flow:")
        for version in flow["versions"]
    ]


_SOURCES: dict[str, Callable[[Org], list[_Row]]] = {
    "CustomField": _custom_fields,
    "Flow": _flow_versions,
    "ValidationRule": _validation_rules,
}


def _shown(source: str, row: _Row, paths: list[Path], version: str) -> _Row:
    body: _Row = {"attributes": attributes(source, row["Id"], f"{version}/tooling")}
    for path in paths:
        name, value = _value(row, path)
        body[name] = row[name] if isinstance(row[name], Mapping) else value
    return body


def _value(row: _Row, path: Path) -> tuple[str, Any]:
    """Find a value by its path; names have no case."""
    holder: Any = row
    first = ""
    for part in path.parts:
        name = next((key for key in holder if key.lower() == part.lower()), None) if isinstance(holder, dict) else None
        if name is None:
            raise SoqlError("INVALID_FIELD", f"No such column '{path.text}' on entity", path.position)
        first, holder = first or name, holder[name]
    return first, holder


def _holds(condition: Condition, row: _Row) -> bool:
    if isinstance(condition, Junction):
        parts = [_holds(part, row) for part in condition.parts]
        return all(parts) if condition.operator == "AND" else any(parts)
    if isinstance(condition, Negation):
        return not _holds(condition.part, row)
    value = _folded(_value(row, condition.path)[1])
    if isinstance(condition, Membership) and condition.operator in ("IN", "NOT IN"):
        return any(value == _constant(one) for one in condition.values) == (condition.operator == "IN")
    if isinstance(condition, Comparison) and condition.operator in ("=", "!="):
        return bool(value == _constant(condition.value)) == (condition.operator == "=")
    if isinstance(condition, Comparison) and condition.operator == "LIKE":
        return str(value).startswith(str(_constant(condition.value)).rstrip("%"))
    raise SoqlError("MALFORMED_QUERY", "unexpected token: 'WHERE'", condition.path.position)


def _constant(constant: Constant) -> Any:
    return _folded(constant.value)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def create_field(org: Org, call: Call) -> Answer:
    """POST tooling/sobjects/CustomField with FullName and Metadata."""
    body = call.document()
    full_name, described = str(body.get("FullName", "")), body.get("Metadata")
    if not isinstance(described, Mapping):
        raise refused(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata]", ["Metadata"])
    element = _element("fields", {**described, "fullName": full_name.rpartition(".")[2]})
    owner, _, name = full_name.partition(".")
    if name in org.catalog.custom_fields(owner):
        message = f"There is already a field named {name.removesuffix('__c')} on {owner}."
        raise refused(400, "DUPLICATE_DEVELOPER_NAME", message, ["DeveloperName"])
    try:
        apply(org, Component("CustomField", full_name, "", element))
    except ComponentError as problem:
        raise refused(400, problem.code, str(problem), []) from problem
    call.touched.append(f"CustomField:{full_name}")
    record_id = make_id("00N", org.store.get("field_id", full_name)["number"])
    return Answer(201, {"id": record_id, "success": True, "errors": [], "warnings": [], "infos": []})


def _element(tag: str, value: Any) -> ET.Element:
    """Write a JSON description as the XML of the Metadata API."""
    element = ET.Element(f"{{{NAMESPACE}}}{tag}")
    if not isinstance(value, Mapping):
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
        return element
    for name, inner in value.items():
        ones = inner if isinstance(inner, list) else [inner]
        element.extend(_element("fullName" if name == "valueName" else name, one) for one in ones if one is not None)
    return element


def delete_field(org: Org, call: Call) -> Answer:
    """DELETE tooling/sobjects/CustomField/ID."""
    for full_name, facts in org.store.all("field_id").items():
        owner, _, name = full_name.partition(".")
        if make_id("00N", facts["number"]) == call.params["id"] and name in org.catalog.custom_fields(owner):
            apply(org, Component("CustomField", full_name, ""))
            call.touched.append(f"CustomField:{full_name}")
            return Answer(204)
    raise not_found()
