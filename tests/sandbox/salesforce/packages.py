"""Write deployments for tests: small zips of metadata."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import httpx

from .conftest import DATA, Box

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
STAGE = (
    "<fields><fullName>Puente_Stage__c</fullName><label>Stage</label><required>false</required>"
    "<trackHistory>true</trackHistory><type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition>"
    "<sorted>false</sorted><value><fullName>mql</fullName><default>false</default><label>MQL</label></value>"
    "</valueSetDefinition></valueSet></fields>"
)
KEY = (
    "<fields><fullName>Puente_Task_Key__c</fullName><caseSensitive>true</caseSensitive><externalId>true</externalId>"
    "<label>Key</label><length>64</length><required>false</required><type>Text</type><unique>true</unique></fields>"
)


def grant(*names: str) -> str:
    return "".join(
        f"<fieldPermissions><editable>true</editable><field>{name}</field><readable>true</readable></fieldPermissions>"
        for name in names
    )


def permission_set(*names: str) -> str:
    return f"<PermissionSet {NS}>{grant(*names)}<label>Puente</label></PermissionSet>"


def members(kind: str, *names: str) -> str:
    return f"<types>{''.join(f'<members>{name}</members>' for name in names)}<name>{kind}</name></types>"


def manifest(*types: str) -> str:
    return f"<Package {NS}>{''.join(types)}<version>66.0</version></Package>"


def objects(fields: str) -> str:
    return f"<CustomObject {NS}>{fields}</CustomObject>"


def archive(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return content.getvalue()


def whole_package() -> bytes:
    """Give what an installation brings: a stage, a key for tasks, and the permission set for both."""
    granted = ("Lead.Puente_Stage__c", "Task.Puente_Task_Key__c", "Event.Puente_Task_Key__c")
    return archive(
        {
            "package.xml": manifest(
                members("CustomField", "Lead.Puente_Stage__c", "Activity.Puente_Task_Key__c"),
                members("PermissionSet", "Puente"),
            ),
            "objects/Lead.object": objects(STAGE),
            "objects/Activity.object": objects(KEY),
            "permissionsets/Puente.permissionset": permission_set(*granted),
        }
    )


def deploy(box: Box, content: bytes, **options: Any) -> httpx.Response:
    """Send a zip over REST."""
    body = json.dumps({"deployOptions": {"singlePackage": True, **options}})
    files: dict[str, Any] = {
        "json": (None, body, "application/json"),
        "file": ("deploy.zip", content, "application/zip"),
    }
    return box.http.post(f"{DATA}/metadata/deployRequest", files=files)


def deployed(box: Box, content: bytes, **options: Any) -> dict[str, Any]:
    """Send a zip and poll until it is done."""
    started = deploy(box, content, **options)
    assert started.status_code == 201, started.text
    path = f"{DATA}/metadata/deployRequest/{started.json()['id']}"
    while not (result := box.http.get(path, params={"includeDetails": "true"}).json()["deployResult"])["done"]:
        pass
    assert isinstance(result, dict)
    return result


def assign(box: Box, name: str = "Puente") -> None:
    """Give the integration user a permission set."""
    found = box.query(f"SELECT Id FROM PermissionSet WHERE Name = '{name}'")[0]["Id"]
    me = box.http.get("/services/oauth2/userinfo").json()["user_id"]
    reply = box.call("POST", "/sobjects/PermissionSetAssignment", {"PermissionSetId": found, "AssigneeId": me})
    assert reply.status_code == 201, reply.text
