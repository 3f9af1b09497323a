"""Run deployments: queued at first, done some polls later, with a message for every component.

Source: Salesforce Metadata API guide, "DeployResult" and "deployRequest" of the REST resources, read 2026-11
(documented).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.metadata.apply import Applied, apply
from sandbox.salesforce.metadata.fields import ComponentError
from sandbox.salesforce.metadata.package import Component, Package, read_package
from sandbox.salesforce.org import Actor, Org
from sandbox.salesforce.wire import to_rest

Deployment = dict[str, Any]
_FIRST = (
    "CustomField", "CustomPermission", "PermissionSet", "WorkflowOutboundMessage", "PlatformEventChannel",
    "NamedCredential",
)  # fmt: skip
_OPTIONS = {
    "allowMissingFiles": False,
    "autoUpdatePackage": False,
    "checkOnly": False,
    "ignoreWarnings": False,
    "performRetrieve": False,
    "purgeOnDelete": False,
    "rollbackOnError": True,
    "singlePackage": True,
    "testLevel": "NoTestRun",
}


class _TakenBackError(Exception):
    """The components of a deployment are taken back."""


def start_deployment(org: Org, actor: Actor, options: Mapping[str, Any], content: bytes) -> Deployment:
    """Queue a deployment; an unreadable zip is refused at once (PackageError)."""
    read_package(content)
    now = to_rest(org.now_ms())
    user = org.store.find("User", actor.user_id) or {}
    deployment: Deployment = {
        "id": make_id("0Af", org.store.next_number("deployment")),
        "polls": 0,
        "zip": content.hex(),
        "options": {**_OPTIONS, **options},
        "status": "Pending",
        "createdBy": actor.user_id,
        "createdByName": user.get("Name"),
        "createdDate": now,
        "lastModifiedDate": now,
        "messages": [],
    }
    org.store.put("deployment", deployment["id"], deployment)
    return deployment


def poll_deployment(org: Org, deployment_id: str) -> Deployment | None:
    """Tell how far a deployment is; the poll that finds its time come runs it. None when there is none."""
    deployment: Deployment | None = org.store.get("deployment", deployment_id)
    if deployment is None or deployment["status"] not in ("Pending", "InProgress"):
        return deployment
    deployment["polls"] += 1
    deployment.setdefault("startDate", to_rest(org.now_ms()))
    deployment["status"] = "InProgress"
    if deployment["polls"] > org.settings.polls_until_done:
        _run(org, deployment)
    deployment["lastModifiedDate"] = to_rest(org.now_ms())
    org.store.put("deployment", deployment["id"], deployment)
    return deployment


def _run(org: Org, deployment: Deployment) -> None:
    options = deployment["options"]
    package = read_package(bytes.fromhex(deployment["zip"]))
    messages: list[dict[str, Any]] = []
    try:
        with org.transaction():
            messages += [
                _failure(org, kind, name, "package.xml", _lacking(kind, name)) for kind, name in package.missing()
            ]
            messages += [_deploy_one(org, package, component) for component in _ordered(package)]
            failed = any(not one["success"] for one in messages)
            if options["checkOnly"] or (failed and options["rollbackOnError"]):
                raise _TakenBackError
    except _TakenBackError:
        org.forget()
    failed = any(not one["success"] for one in messages)
    partial = failed and not options["rollbackOnError"]
    deployment["status"] = "SucceededPartial" if partial else "Failed" if failed else "Succeeded"
    deployment.update(messages=messages, completedDate=to_rest(org.now_ms()), zip="")


def _ordered(package: Package) -> list[Component]:
    """Put what others refer to before them; deletions last."""

    def rank(component: Component) -> int:
        return _FIRST.index(component.type) if component.type in _FIRST else len(_FIRST)

    return [*sorted(package.components, key=rank), *package.deletions]


def _lacking(kind: str, name: str) -> str:
    return f"An object '{name}' of type {kind} was named in package.xml, but was not found in zipped directory"


def _deploy_one(org: Org, package: Package, component: Component) -> dict[str, Any]:
    if component.content is not None and not package.names(component):
        return _failure(org, component.type, component.full_name, component.file, "Not in package.xml")
    try:
        with org.transaction():
            applied = apply(org, component)
    except ComponentError as problem:
        return _failure(org, component.type, component.full_name, component.file, str(problem))
    return _message(org, component.type, component.full_name, component.file, applied)


def _message(org: Org, kind: str, name: str, file: str, applied: Applied) -> dict[str, Any]:
    return {
        "changed": applied.changed,
        "componentType": kind,
        "created": applied.created,
        "createdDate": to_rest(org.now_ms()),
        "deleted": applied.deleted,
        "fileName": file,
        "fullName": name,
        "success": True,
        "warning": False,
    }


def _failure(org: Org, kind: str, name: str, file: str, problem: str) -> dict[str, Any]:
    body = _message(org, kind, name, file, Applied())
    return {**body, "success": False, "problem": problem, "problemType": "Error", "lineNumber": 1, "columnNumber": 1}


def deploy_result(deployment: Deployment, *, details: bool) -> dict[str, Any]:
    """Form the DeployResult of a deployment."""
    messages = deployment["messages"]
    failures = [one for one in messages if not one["success"]]
    done = deployment["status"] not in ("Pending", "InProgress")
    body: dict[str, Any] = {
        "checkOnly": deployment["options"]["checkOnly"],
        "completedDate": deployment.get("completedDate"),
        "createdBy": deployment["createdBy"],
        "createdByName": deployment["createdByName"],
        "createdDate": deployment["createdDate"],
        "done": done,
        "id": deployment["id"],
        "ignoreWarnings": deployment["options"]["ignoreWarnings"],
        "lastModifiedDate": deployment["lastModifiedDate"],
        "numberComponentErrors": len(failures),
        "numberComponentsDeployed": len(messages) - len(failures),
        "numberComponentsTotal": len(messages),
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": deployment["options"]["rollbackOnError"],
        "runTestsEnabled": False,
        "startDate": deployment.get("startDate"),
        "status": deployment["status"],
        "success": deployment["status"] == "Succeeded",
    }
    if details:
        successes = [one for one in messages if one["success"]]
        body["details"] = {
            "componentFailures": failures,
            "componentSuccesses": successes,
            "runTestResult": {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0},
        }
    return body
