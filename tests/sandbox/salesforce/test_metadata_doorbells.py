"""Flows, outbound messages, channels and relays: what an organisation refuses, keeps, and gives back."""

from __future__ import annotations

import base64
import io
import zipfile
from xml.sax.saxutils import escape

import pytest

from sandbox.salesforce.settings import OrgSettings

from .conftest import Box
from .packages import NS, archive, deployed, manifest, members, objects
from .packages import STAGE as STAGE_FIELD

MESSAGE = (
    "<outboundMessages><fullName>Ring</fullName><apiVersion>66.0</apiVersion><endpointUrl>https://x.example</endpointUrl>"
    "<fields>Id</fields><includeSessionId>false</includeSessionId><integrationUser>a@b.example</integrationUser>"
    "<name>Ring</name><protected>false</protected></outboundMessages>"
)
CHANNEL = f"<PlatformEventChannel {NS}><channelType>data</channelType><label>P</label></PlatformEventChannel>"


def flow(*, status: str = "Active", action: str = "Lead.Ring", formula: str = "true", label: str = "F") -> str:
    return (
        f"<Flow {NS}><actionCalls><name>Ring</name><actionName>{action}</actionName>"
        f"<actionType>outboundMessage</actionType></actionCalls><label>{label}</label><start>"
        f"<filterFormula>{formula}</filterFormula><object>Lead</object></start><status>{status}</status></Flow>"
    )


def ringing(**changes: str) -> dict[str, str]:
    named = members("Flow", "Rings"), members("WorkflowOutboundMessage", "Lead.Ring")
    return {
        "package.xml": manifest(*named),
        "flows/Rings.flow": flow(**changes),
        "workflows/Lead.workflow": f"<Workflow {NS}>{MESSAGE}</Workflow>",
    }


def problems(box: Box, files: dict[str, str]) -> list[str]:
    result = deployed(box, archive(files))
    return [one["problem"] for one in result["details"]["componentFailures"]]


def delete(box: Box, kind: str, *names: str) -> list[str]:
    return problems(box, {"package.xml": manifest(), "destructiveChanges.xml": manifest(members(kind, *names))})


def member(number: int, *, channel: str = "P__chn", entity: str | None = None) -> dict[str, str]:
    name = f"P_chn_{number}"
    body = (
        f"<PlatformEventChannelMember {NS}><eventChannel>{channel}</eventChannel>"
        f"<selectedEntity>{entity or f'E{number}ChangeEvent'}</selectedEntity></PlatformEventChannelMember>"
    )
    return {
        "package.xml": manifest(members("PlatformEventChannelMember", name)),
        f"platformEventChannelMembers/{name}.platformEventChannelMember": body,
    }


def channel() -> dict[str, str]:
    named = manifest(members("PlatformEventChannel", "P__chn"))
    return {"package.xml": named, "platformEventChannels/P__chn.platformEventChannel": CHANNEL}


def relay(state: str) -> dict[str, str]:
    body = (
        f"<EventRelayConfig {NS}><destinationResourceName>callout:AWS</destinationResourceName>"
        f"<eventChannel>P__chn</eventChannel><state>{state}</state></EventRelayConfig>"
    )
    return {"package.xml": manifest(members("EventRelayConfig", "R")), "eventRelays/R.eventRelay": body}


def test_a_flow_sends_only_messages_there_are_and_knows_only_permissions_there_are(box: Box) -> None:
    assert "can't find an action named Lead.Other" in problems(box, ringing(action="Lead.Other"))[0]
    assert "$Permission.Ours does not exist" in problems(box, ringing(formula="NOT({!$Permission.Ours})"))[0]
    assert problems(box, ringing()) == []


def test_an_active_version_is_not_deleted_nor_a_message_that_a_flow_sends(box: Box) -> None:
    deployed(box, archive(ringing()))
    deployed(box, archive(ringing(label="second")))
    assert "active" in delete(box, "Flow", "Rings-2")[0]
    assert "No Flow named: Rings found" in delete(box, "Flow", "Rings")[0]
    assert "referenced" in delete(box, "WorkflowOutboundMessage", "Lead.Ring")[0]
    stop = f"<FlowDefinition {NS}><activeVersionNumber>0</activeVersionNumber></FlowDefinition>"
    named = manifest(members("FlowDefinition", "Rings"))
    assert problems(box, {"package.xml": named, "flowDefinitions/Rings.flowDefinition": stop}) == []
    assert delete(box, "Flow", "Rings-1", "Rings-2") == []
    assert delete(box, "WorkflowOutboundMessage", "Lead.Ring") == []
    assert box.control("state")["components"] == []


def test_the_tooling_api_tells_the_versions_of_a_flow(box: Box) -> None:
    deployed(box, archive(ringing()))
    deployed(box, archive(ringing(label="second")))
    deployed(box, archive(ringing(label="second")))
    query = (
        "SELECT VersionNumber, Status, Definition.DeveloperName FROM Flow WHERE Definition.DeveloperName IN ('Rings')"
    )
    found = box.http.get("/services/data/v66.0/tooling/query", params={"q": query}).json()["records"]
    assert [(one["VersionNumber"], one["Status"]) for one in found] == [(1, "Obsolete"), (2, "Active")]


def test_five_entities_are_selected_and_none_on_a_channel_that_is_not_there(box: Box) -> None:
    assert "no PlatformEventChannel named P__chn" in problems(box, member(1))[0]
    deployed(box, archive(channel()))
    assert [problems(box, member(number)) for number in range(5)] == [[]] * 5
    assert "exceeded its limit" in problems(box, member(6))[0]
    assert problems(box, member(7, entity="E1ChangeEvent")) == [], "an entity counts once"
    assert "cannot be changed" in problems(box, member(0, entity="E1ChangeEvent"))[0]


def test_a_relay_is_made_stopped_and_deleted_stopped(box: Box) -> None:
    deployed(box, archive(channel()))
    assert "no NamedCredential named AWS" in problems(box, relay("STOP"))[0]
    credential = f"<NamedCredential {NS}><label>AWS</label></NamedCredential>"
    named = manifest(members("NamedCredential", "AWS"))
    deployed(box, archive({"package.xml": named, "namedCredentials/AWS.namedCredential": credential}))
    assert "only be created with the state STOP" in problems(box, relay("RUN"))[0]
    assert problems(box, relay("STOP")) == []
    assert problems(box, relay("RUN")) == []
    assert "must be stopped" in delete(box, "EventRelayConfig", "R")[0]
    assert problems(box, relay("STOP")) == []
    assert delete(box, "EventRelayConfig", "R") == []


def soap(box: Box, body: str) -> str:
    token = OrgSettings().static_token
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata">'
        f"<e:Header><SessionHeader><sessionId>{escape(token)}</sessionId></SessionHeader></e:Header>"
        f"<e:Body>{body}</e:Body></e:Envelope>"
    )
    return box.http.post("/services/Soap/m/66.0", content=envelope, headers={"Authorization": ""}).text


def test_what_was_deployed_is_given_back_with_the_organisations_own_defaults(box: Box) -> None:
    deployed(box, archive({**ringing(), "flows/Rings.flow": flow()}))
    fields = {"package.xml": manifest(members("CustomField", "Lead.Puente_Stage__c"))}
    deployed(box, archive({**fields, "objects/Lead.object": objects(STAGE_FIELD)}))
    wanted = members("CustomField", "Lead.Puente_Stage__c", "Lead.Lost__c") + members("Flow", "Rings")
    asked = f"<retrieve><retrieveRequest><unpackaged>{wanted}</unpackaged></retrieveRequest></retrieve>"
    retrieval = soap(box, asked).partition("<id>")[2].partition("</id>")[0]
    asked_for = f"<asyncProcessId>{retrieval}</asyncProcessId><includeZip>true</includeZip>"
    check = f"<checkRetrieveStatus>{asked_for}</checkRetrieveStatus>"
    assert "<done>false</done>" in soap(box, check)
    done = soap(box, check)
    assert "Entity of type 'CustomField' named 'Lead.Lost__c' cannot be found" in done
    content = base64.b64decode(done.partition("<zipFile>")[2].partition("</zipFile>")[0])
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert {"objects/Lead.object", "flows/Rings.flow"} <= set(found.namelist())
        text = found.read("objects/Lead.object").decode()
    assert "<fullName>Puente_Stage__c</fullName>" in text
    assert "<externalId>false</externalId>" in text


def test_a_retrieval_that_names_no_types_is_refused(box: Box) -> None:
    foreign = '<types xmlns=""><members>Lead.X__c</members><name>CustomField</name></types>'
    asked = f"<retrieve><retrieveRequest><unpackaged>{foreign}</unpackaged></retrieveRequest></retrieve>"
    assert "names no types" in soap(box, asked)


@pytest.mark.parametrize("lacking", ["x.js", "x.js-meta.xml"])
def test_a_bundle_needs_its_code_and_its_description(box: Box, lacking: str) -> None:
    meta = f"<LightningComponentBundle {NS}><isExposed>true</isExposed></LightningComponentBundle>"
    files = {
        "package.xml": manifest(members("LightningComponentBundle", "x")),
        "lwc/x/x.js": "export default class {}",
        "lwc/x/x.js-meta.xml": meta,
    }
    assert problems(box, files) == []
    assert box.control("state")["components"] == ["LightningComponentBundle:x"]
    del files[f"lwc/x/{lacking}"]
    reply = box.http.post(
        "/services/data/v66.0/metadata/deployRequest",
        files={
            "json": (None, '{"deployOptions": {}}', "application/json"),
            "file": ("p.zip", archive(files), "application/zip"),
        },
    )
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "INVALID_ZIP")
