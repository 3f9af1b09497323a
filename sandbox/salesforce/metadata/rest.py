"""Serve deployments over REST: a multipart upload, and its state.

Source: Salesforce Metadata API guide, "Deploying Metadata by Using REST", read 2026-11 (documented).
"""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import malformed_json, not_found, refused
from sandbox.salesforce.metadata.deploy import deploy_result, poll_deployment, start_deployment
from sandbox.salesforce.metadata.package import PackageError
from sandbox.salesforce.org import Org


def start(org: Org, call: Call) -> Answer:
    """POST metadata/deployRequest."""
    if not org.settings.may_deploy:
        raise refused(403, "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id")
    parts = _parts(call)
    if "json" not in parts or "file" not in parts:
        raise refused(400, "BAD_REQUEST", "The parts json and file are needed")
    try:
        options = json.loads(parts["json"])["deployOptions"]
    except (ValueError, KeyError, TypeError) as problem:
        raise malformed_json(f"deployOptions: {problem}") from problem
    try:
        deployment = start_deployment(org, call.who, options, parts["file"])
    except PackageError as problem:
        raise refused(400, "INVALID_ZIP", str(problem)) from problem
    call.touched.append(f"deployment:{deployment['id']}")
    body = {
        "id": deployment["id"],
        "validatedDeployRequestId": None,
        "deployOptions": deployment["options"],
        "deployResult": None,
    }
    return Answer(201, body)


def _parts(call: Call) -> dict[str, bytes]:
    """Take a multipart body apart."""
    content_type = call.header("content-type")
    if not content_type.startswith("multipart/form-data"):
        raise refused(415, "UNSUPPORTED_MEDIA_TYPE", "multipart/form-data is needed")
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + call.raw_body, policy=HTTP)
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload: Any = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload
    return found


def status(org: Org, call: Call) -> Answer:
    """GET metadata/deployRequest/ID?includeDetails=true."""
    deployment = poll_deployment(org, call.params["deploy"])
    if deployment is None:
        raise not_found()
    body = {
        "id": deployment["id"],
        "url": f"{call.base_url}/services/data/{call.version}/metadata/deployRequest/{deployment['id']}",
        "deployOptions": deployment["options"],
        "deployResult": deploy_result(deployment, details=call.one("includeDetails").lower() == "true"),
    }
    return Answer(200, body)
