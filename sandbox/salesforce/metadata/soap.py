"""Serve the Metadata API over SOAP: deploying, retrieving, and changing or deleting components one by one.

Source: Salesforce Metadata API guide, "deploy()", "checkDeployStatus()", "retrieve()", "checkRetrieveStatus()",
"upsertMetadata()", "deleteMetadata()", read 2026-11 (documented); answers of the last two as recorded (measured by
others).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from sandbox.salesforce import oauth
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.metadata.apply import apply
from sandbox.salesforce.metadata.deploy import deploy_result, poll_deployment, start_deployment
from sandbox.salesforce.metadata.fields import ComponentError
from sandbox.salesforce.metadata.package import NAMESPACE, Component, PackageError, text_of
from sandbox.salesforce.metadata.retrieve import poll_retrieval, start_retrieval
from sandbox.salesforce.org import Actor, Org

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_MOST_COMPONENTS = 10
_BOOLEANS = {"true": True, "false": False}
_ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"


class _FaultError(Exception):
    """The whole SOAP call is refused."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def serve(org: Org, call: Call) -> Answer:
    """POST /services/Soap/m/66.0."""
    try:
        envelope = _parse(call.raw_body)
        actor = _actor(org, call, envelope)
        body = envelope.find(f"{{{_ENVELOPE}}}Body")
        if body is None or len(body) != 1:
            raise _FaultError("sf:INVALID_OPERATION", "The SOAP body must hold one operation")
        name = body[0].tag.removeprefix(f"{{{NAMESPACE}}}")
        handler = _OPERATIONS.get(name)
        if handler is None:
            raise _FaultError("sf:INVALID_OPERATION", f"{name} is not imitated by this sandbox; see COVERAGE.md")
        content = handler(org, call, actor, envelope, body[0])
        return _answer(200, f'<{name}Response xmlns="{NAMESPACE}">{content}</{name}Response>')
    except _FaultError as fault:
        return _answer(
            500,
            f"<soapenv:Fault><faultcode>{fault.code}</faultcode><faultstring>"
            f"{escape(fault.code.removeprefix('sf:'))}: {escape(str(fault))}</faultstring></soapenv:Fault>",
        )


def _parse(content: bytes) -> ET.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _FaultError("soapenv:Client", "DTDs are not accepted")
    try:
        return ET.fromstring(content)  # noqa: S314 - no DTD, see above
    except ET.ParseError as problem:
        raise _FaultError("soapenv:Client", str(problem)) from problem


def _answer(status: int, content: str) -> Answer:
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns="{NAMESPACE}">'
        f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )
    return Answer(status, text, {"Content-Type": "text/xml;charset=UTF-8"})


def _actor(org: Org, call: Call, envelope: ET.Element) -> Actor:
    token = envelope.findtext(
        f"{{{_ENVELOPE}}}Header/{{{NAMESPACE}}}SessionHeader/{{{NAMESPACE}}}sessionId", ""
    ) or oauth.bearer_token(call)
    try:
        actor = org.user(oauth.authenticate(org, token.strip()))
    except ApiError as problem:
        message = "Invalid Session ID found in SessionHeader: Illegal Session"
        raise _FaultError("sf:INVALID_SESSION_ID", message) from problem
    if not org.settings.may_deploy:
        raise _FaultError("sf:INSUFFICIENT_ACCESS", "use of the Metadata API requires a user with the Modify All Data")
    call.actor = actor
    return actor


def _child(element: ET.Element, name: str) -> ET.Element | None:
    """Find a child; the case of its name differs between clients."""
    return next((one for one in element if one.tag.rpartition("}")[2].lower() == name.lower()), None)


def _deploy(org: Org, call: Call, actor: Actor, _envelope: ET.Element, operation: ET.Element) -> str:
    archive, options = _child(operation, "zipFile"), _child(operation, "deployOptions")
    chosen = {
        one.tag.rpartition("}")[2]: _BOOLEANS.get((one.text or "").strip().lower(), (one.text or "").strip())
        for one in (options if options is not None else ())
    }
    try:
        content = base64.b64decode((archive.text if archive is not None else "") or "")
        deployment = start_deployment(org, actor, chosen, content)
    except (PackageError, binascii.Error) as problem:
        raise _FaultError("sf:INVALID_ZIP", str(problem)) from problem
    call.touched.append(f"deployment:{deployment['id']}")
    return f"<result><done>false</done><id>{deployment['id']}</id><state>Queued</state></result>"


def _check(org: Org, _call: Call, _actor: Actor, _envelope: ET.Element, operation: ET.Element) -> str:
    wanted, details = _child(operation, "asyncProcessId"), _child(operation, "includeDetails")
    deployment = poll_deployment(org, (wanted.text or "").strip() if wanted is not None else "")
    if deployment is None:
        raise _FaultError("sf:INVALID_ID_FIELD", "id: no deployment has this id")
    shown = deploy_result(deployment, details=details is not None and (details.text or "").strip().lower() == "true")
    return f"<result>{_xml(shown)}</result>"


def _retrieve(org: Org, _call: Call, _actor: Actor, _envelope: ET.Element, operation: ET.Element) -> str:
    wanted: dict[str, list[str]] = {}
    for types in operation.iter(f"{{{NAMESPACE}}}types"):
        names = [(one.text or "").strip() for one in types.findall(f"{{{NAMESPACE}}}members")]
        wanted.setdefault(text_of(types, "name"), []).extend(names)
    if not wanted:
        raise _FaultError("sf:INVALID_TYPE", "retrieveRequest names no types of the Metadata API's namespace")
    retrieval = start_retrieval(org, wanted)
    return f"<result><done>false</done><id>{retrieval}</id><state>Queued</state></result>"


def _check_retrieval(org: Org, _call: Call, _actor: Actor, _envelope: ET.Element, operation: ET.Element) -> str:
    wanted, included = _child(operation, "asyncProcessId"), _child(operation, "includeZip")
    with_zip = included is not None and (included.text or "").strip().lower() == "true"
    result = poll_retrieval(org, (wanted.text or "").strip() if wanted is not None else "", with_zip=with_zip)
    if result is None:
        raise _FaultError("sf:INVALID_ID_FIELD", "id: no retrieval has this id")
    return f"<result>{_xml(result)}</result>"


def _xml(values: Mapping[str, Any]) -> str:
    """Write a map as elements; lists repeat theirs, None is left out."""
    written = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is None:
                continue
            content = _xml(one) if isinstance(one, Mapping) else escape(_plain(one))
            written.append(f"<{name}>{content}</{name}>")
    return "".join(written)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _upsert(org: Org, call: Call, _actor: Actor, envelope: ET.Element, operation: ET.Element) -> str:
    components = [
        Component(one.get(_TYPE, "").rpartition(":")[2], text_of(one, "fullName"), "", one) for one in operation
    ]
    return _each(org, call, envelope, components)


def _delete(org: Org, call: Call, _actor: Actor, envelope: ET.Element, operation: ET.Element) -> str:
    kind = text_of(operation, "type")
    names = [(one.text or "").strip() for one in operation if one.tag.endswith("}fullNames")]
    return _each(org, call, envelope, [Component(kind, name, "") for name in names])


def _each(org: Org, call: Call, envelope: ET.Element, components: Sequence[Component]) -> str:
    if len(components) > _MOST_COMPONENTS:
        raise _FaultError("sf:LIMIT_EXCEEDED", f"no more than {_MOST_COMPONENTS} components in one call")
    header = f"{{{_ENVELOPE}}}Header/{{{NAMESPACE}}}AllOrNoneHeader/{{{NAMESPACE}}}allOrNone"
    all_or_none = (envelope.findtext(header) or "").strip() == "true"
    results: list[dict[str, Any]] = []
    try:
        with org.transaction():
            results += [_one(org, call, component) for component in components]
            if all_or_none and not all(one["success"] for one in results):
                raise _FaultError("sf:ROLLED_BACK", _ROLLED_BACK)
    except _FaultError:
        org.forget()
        rolled_back = {"message": _ROLLED_BACK, "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK"}
        for one in results:
            one.setdefault("errors", rolled_back)
            one["success"] = False
    return "".join(f"<result>{_xml(dict(sorted(one.items())))}</result>" for one in results)


def _one(org: Org, call: Call, component: Component) -> dict[str, Any]:
    deleting = component.content is None
    try:
        with org.transaction():
            applied = apply(org, component)
    except ComponentError as problem:
        errors = {"message": str(problem), "statusCode": problem.code}
        body: dict[str, Any] = {"errors": errors, "fullName": component.full_name, "success": False}
        return body if deleting else {"created": False, **body}
    call.touched.append(f"{component.type}:{component.full_name}")
    body = {"fullName": component.full_name, "success": True}
    return body if deleting else {"created": applied.created, **body}


_OPERATIONS: dict[str, Callable[[Org, Call, Actor, ET.Element, ET.Element], str]] = {
    "deploy": _deploy,
    "checkDeployStatus": _check,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieval,
    "upsertMetadata": _upsert,
    "createMetadata": _upsert,
    "updateMetadata": _upsert,
    "deleteMetadata": _delete,
}
