"""Deployments change the schema and the permissions, all or nothing, with a word for every component."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.salesforce.settings import OrgSettings, ValidationRule

from . import packages
from .conftest import DATA, RECORDED, Box, Serve, needs_recordings
from .packages import archive, assign, deploy, deployed, manifest, members, objects, permission_set, whole_package


def problems(result: dict[str, Any]) -> dict[str, str]:
    return {one["fullName"]: one["problem"] for one in result["details"]["componentFailures"]}


def field(name: str, inside: str) -> bytes:
    body = f"<fields><fullName>{name}</fullName>{inside}</fields>"
    files = {"package.xml": manifest(members("CustomField", f"Lead.{name}")), "objects/Lead.object": objects(body)}
    return archive(files)


def test_an_installation_from_nothing_to_an_assigned_permission_set(box: Box) -> None:
    ana = box.person("ana")
    assert box.refusal("SELECT Puente_Stage__c FROM Lead")[0] == "INVALID_FIELD"
    result = deployed(box, whole_package())
    assert (result["status"], result["numberComponentsDeployed"], result["numberComponentErrors"]) == (
        "Succeeded",
        3,
        0,
    )
    assert {one["fullName"]: one["created"] for one in result["details"]["componentSuccesses"]} == {
        "Lead.Puente_Stage__c": True,
        "Activity.Puente_Task_Key__c": True,
        "Puente": True,
    }
    # Nobody sees a new field before the permission set is theirs.
    assert box.refusal("SELECT Puente_Stage__c FROM Lead")[0] == "INVALID_FIELD"
    reply = box.call("PATCH", f"/sobjects/Lead/{ana}", {"Puente_Stage__c": "mql"})
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assign(box)
    assert box.call("PATCH", f"/sobjects/Lead/{ana}", {"Puente_Stage__c": "mql"}).status_code == 204
    assert box.query(f"SELECT Puente_Stage__c FROM Lead WHERE Id = '{ana}'")[0]["Puente_Stage__c"] == "mql"
    reply = box.call("PATCH", f"/sobjects/Lead/{ana}", {"Puente_Stage__c": "x"})
    assert reply.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_unique_key_on_tasks_holds_for_tasks(box: Box) -> None:
    deployed(box, whole_package())
    assign(box)
    task = {"Subject": "x", "WhoId": box.person("ana"), "Puente_Task_Key__c": "k1"}
    first = box.call("POST", "/sobjects/Task", task).json()["id"]
    reply = box.call("POST", "/sobjects/Task", task)
    assert reply.json() == [
        {
            "message": f"duplicate value found: Puente_Task_Key__c duplicates value on record with id: {first[:15]}",
            "errorCode": "DUPLICATE_VALUE",
            "fields": [],
        }
    ]
    assert box.call("POST", "/sobjects/Task", task | {"Puente_Task_Key__c": "K1"}).status_code == 201
    assert box.call("PATCH", "/sobjects/Task/Puente_Task_Key__c/k1", {"Subject": "y"}).json()["created"] is False
    assert len(box.query("SELECT Id FROM Task WHERE Puente_Task_Key__c = 'k1'")) == 1


@pytest.mark.parametrize("counts", [False, True])
def test_whether_deleted_tasks_keep_their_key_is_a_setting(serve: Serve, counts: bool) -> None:
    box = serve(OrgSettings(unique_counts_deleted=counts))
    deployed(box, whole_package())
    assign(box)
    task = {"Subject": "x", "Puente_Task_Key__c": "k1"}
    first = box.call("POST", "/sobjects/Task", task).json()["id"]
    box.call("DELETE", f"/sobjects/Task/{first}")
    assert box.call("POST", "/sobjects/Task", task).status_code == (400 if counts else 201)


def test_deploying_again_changes_nothing(box: Box) -> None:
    deployed(box, whole_package())
    again = deployed(box, whole_package())["details"]["componentSuccesses"]
    assert [(one["created"], one["changed"]) for one in again] == [(False, False)] * 3


def test_a_deployment_takes_its_time(serve: Serve) -> None:
    box = serve(OrgSettings(polls_until_done=2))
    started = deploy(box, whole_package()).json()
    path = f"{DATA}/metadata/deployRequest/{started['id']}"
    states = [box.http.get(path).json()["deployResult"]["status"] for _ in range(4)]
    assert states == ["InProgress", "InProgress", "Succeeded", "Succeeded"]
    assert started["deployOptions"]["singlePackage"] is True


def test_only_checking_leaves_nothing_behind(box: Box) -> None:
    result = deployed(box, whole_package(), checkOnly=True)
    assert (result["status"], result["checkOnly"]) == ("Succeeded", True)
    assert "Lead.Puente_Stage__c" not in box.control("state")["custom_fields"]


@pytest.mark.parametrize(("rollback", "status", "there"), [(True, "Failed", False), (False, "SucceededPartial", True)])
def test_one_bad_component_takes_the_others_along_unless_told_not_to(
    box: Box, rollback: bool, status: str, there: bool
) -> None:
    bad = "<fields><fullName>Bad__c</fullName><label>Bad</label><type>Checkbox</type></fields>"
    files = {
        "package.xml": manifest(members("CustomField", "Lead.Puente_Stage__c", "Lead.Bad__c", "Lead.Lost__c")),
        "objects/Lead.object": objects(packages.STAGE + bad),
    }
    result = deployed(box, archive(files), rollbackOnError=rollback)
    assert result["status"] == status
    assert problems(result) == {
        "Lead.Bad__c": "Must specify 'defaultValue' for a CustomField of type Checkbox",
        "Lead.Lost__c": "An object 'Lead.Lost__c' of type CustomField was named in package.xml, but was not found in "
        "zipped directory",
    }
    assert ("Lead.Puente_Stage__c" in box.control("state")["custom_fields"]) is there


WRONG = [
    (
        "<label>X</label><type>Checkbox</type><required>true</required><defaultValue>false</defaultValue>",
        "Can not specify 'required' for a CustomField of type Checkbox",
    ),
    (
        "<label>X</label><type>LongTextArea</type><length>100</length><visibleLines>3</visibleLines>",
        "Invalid length, minimum is: 256",
    ),
    ("<label>X</label><type>LongTextArea</type><length>1000</length>", "Must specify 'visibleLines'"),
    ("<label>X</label><type>Text</type>", "Must specify 'length' for a CustomField of type Text"),
    ("<label>X</label><type>Text</type><length>256</length>", "Invalid length, maximum is: 255"),
    (
        "<label>X</label><type>Number</type><precision>19</precision><scale>2</scale>",
        "Precision must be between 1 and 18",
    ),
    ("<label>X</label><type>Picklist</type>", "Must specify 'valueSet' for a CustomField of type Picklist"),
    (
        "<label>X</label><type>Date</type><unique>true</unique>",
        "Can not specify 'unique' for a CustomField of type Date",
    ),
    ("<label>X</label><type>Foo</type>", "Foo is not a valid value for the enum 'FieldType'"),
    ("<type>Date</type>", "Must specify a 'label'"),
    ("<label>X</label><type>Date</type><colour>red</colour>", "invalid at this location in type CustomField"),
]


@pytest.mark.parametrize(("inside", "problem"), WRONG, ids=[one[1][:40] for one in WRONG])
def test_a_field_is_refused(box: Box, inside: str, problem: str) -> None:
    assert problem in problems(deployed(box, field("X__c", inside)))["Lead.X__c"]


def test_fields_of_tasks_belong_to_activity(box: Box) -> None:
    files = {
        "package.xml": manifest(members("CustomField", "Task.Puente_Task_Key__c")),
        "objects/Task.object": objects(packages.KEY),
    }
    assert problems(deployed(box, archive(files))) == {
        "Task.Puente_Task_Key__c": "Entity Enumeration Or ID: bad value for restricted picklist field: Task"
    }


def test_permissions_on_unknown_or_required_fields_are_refused(box: Box) -> None:
    for name, problem in (
        ("Lead.Nope__c", "no CustomField named Lead.Nope__c found"),
        ("Lead.Company", "required field"),
    ):
        files = {
            "package.xml": manifest(members("PermissionSet", "P")),
            "permissionsets/P.permissionset": permission_set(name),
        }
        assert problem in problems(deployed(box, archive(files)))["P"]


def test_what_package_xml_does_not_name_is_refused(box: Box) -> None:
    files = {"package.xml": manifest(), "objects/Lead.object": objects(packages.STAGE)}
    assert problems(deployed(box, archive(files))) == {"Lead.Puente_Stage__c": "Not in package.xml"}


def test_uninstalling_takes_fields_and_permissions_away(box: Box) -> None:
    deployed(box, whole_package())
    assign(box)
    gone = (
        members("CustomField", "Lead.Puente_Stage__c", "Activity.Puente_Task_Key__c"),
        members("PermissionSet", "Puente"),
    )
    result = deployed(box, archive({"package.xml": manifest(), "destructiveChanges.xml": manifest(*gone)}))
    assert result["status"] == "Succeeded"
    assert box.refusal("SELECT Puente_Stage__c FROM Lead")[0] == "INVALID_FIELD"
    assert box.query("SELECT Id FROM PermissionSet WHERE Name = 'Puente'") == []
    assert deployed(box, whole_package())["status"] == "Succeeded"


def test_a_broken_zip_and_missing_rights_are_refused_at_once(box: Box, serve: Serve) -> None:
    assert deploy(box, b"no zip").status_code == 400
    assert deploy(box, archive({"objects/Lead.object": objects("")})).status_code == 400
    assert deploy(serve(OrgSettings(may_deploy=False)), whole_package()).status_code == 403
    assert box.http.post(f"{DATA}/metadata/deployRequest", json={}).status_code == 415


@needs_recordings
def test_the_example_package_deploys(box: Box) -> None:
    folder = RECORDED / "self-made" / "mdapi-package"
    files = {
        str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in folder.rglob("*") if one.is_file()
    }
    result = deployed(box, archive(files))
    assert problems(result) == {}
    assert (result["status"], result["numberComponentsTotal"]) == ("Succeeded", 29)


@needs_recordings
def test_single_components_are_written_and_deleted_over_soap(box: Box) -> None:
    folder = RECORDED / "amp-labs" / "test" / "metadata"
    for name, path in (
        ("write", "write/object15/mix-of-many-fields-payload.xml"),
        ("delete", "delete/delete-fields-payload.xml"),
    ):
        text = (folder / path).read_text(encoding="utf-8").replace("TestObject15__c", "Contact")
        reply = box.http.post(
            "/services/Soap/m/66.0", content=text.replace("TEST_ACCESS_TOKEN", OrgSettings().static_token).encode()
        )
        assert reply.status_code == 200, reply.text
        if name == "write":
            # The recorded call sends `required` for a checkbox, which is refused, and everything is taken back.
            assert "ALL_OR_NONE_OPERATION_ROLLED_BACK" in reply.text
            assert "Can not specify 'required' for a CustomField of type Checkbox" in reply.text
        else:
            assert "This custom field does not exist or is not accessible" in reply.text


def test_a_wrong_session_is_a_soap_fault(box: Box) -> None:
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata">'
        "<e:Header><SessionHeader><sessionId>{}</sessionId></SessionHeader></e:Header><e:Body>{}</e:Body></e:Envelope>"
    )
    plain = {"Authorization": ""}
    reply = box.http.post("/services/Soap/m/66.0", content=envelope.format("nope", "<deploy/>"), headers=plain)
    assert reply.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in reply.text
    token = OrgSettings().static_token
    reply = box.http.post("/services/Soap/m/66.0", content=envelope.format(token, "<listMetadata/>"), headers=plain)
    assert (reply.status_code, "listMetadata is not imitated" in reply.text) == (500, True)
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert box.http.post("/services/Soap/m/66.0", content=bomb, headers=plain).status_code == 500


def test_the_tooling_api_tells_fields_and_rules(serve: Serve) -> None:
    rule = ValidationRule("Lead", "Title = null", "Sin cargo", "Title")
    box = serve(OrgSettings(validation_rules=(rule,)))

    def tooling(text: str) -> list[dict[str, Any]]:
        reply = box.http.get(f"{DATA}/tooling/query", params={"q": text})
        assert reply.status_code == 200, reply.text
        return list(reply.json()["records"])

    text = (
        "SELECT ValidationName, ErrorMessage, EntityDefinition.QualifiedApiName FROM ValidationRule WHERE Active = true"
    )
    assert tooling(text)[0]["EntityDefinition"]["QualifiedApiName"] == "Lead"
    described = {"label": "Nivel", "type": "Text", "length": 20}
    body = {"FullName": "Lead.Nivel__c", "Metadata": described}
    made = box.call("POST", "/tooling/sobjects/CustomField", body)
    assert made.status_code == 201
    found = tooling(
        "SELECT Id, DeveloperName FROM CustomField WHERE TableEnumOrId = 'Lead' AND DeveloperName LIKE 'Niv%'"
    )
    assert [(one["Id"], one["DeveloperName"]) for one in found] == [(made.json()["id"], "Nivel")]
    assert box.call("POST", "/tooling/sobjects/CustomField", body).json()[0]["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
    assert box.call("DELETE", f"/tooling/sobjects/CustomField/{made.json()['id']}").status_code == 204
    assert tooling("SELECT Id FROM CustomField") == []
    assert box.http.get(f"{DATA}/tooling/query", params={"q": "SELECT Id FROM ApexClass"}).status_code == 400
