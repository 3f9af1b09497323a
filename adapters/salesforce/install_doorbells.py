"""Describe the two ways a Salesforce organisation rings: outbound messages sent by flows, or change events. Pure.

Source: Salesforce Metadata API guide, "WorkflowOutboundMessage", "Flow", "PlatformEventChannel",
"PlatformEventChannelMember", "EventRelayConfig" and "NamedCredential"; Event Relay guide, read 2026-11 (documented).
A relay can only be made stopped: whoever runs the AWS account accepts it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from adapters.installation import with_mark
from adapters.salesforce.install_access import CUSTOM_PERMISSION
from adapters.salesforce.install_component import Component, elements, nested

DoorbellKind: TypeAlias = Literal["none", "outbound", "cdc"]
FLOW: Final = "Flow"
OUTBOUND_MESSAGE: Final = "WorkflowOutboundMessage"
RELAY: Final = "EventRelayConfig"
CHANNEL: Final = "Puente__chn"
NAMED_CREDENTIAL: Final = "Puente_AWS"
RELAY_NAME: Final = "Puente"
_LABEL: Final = "Puente"
_TOLD: Final = ("Id", "LastModifiedById", "LastModifiedDate")
_OBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Lead": _TOLD,
    "Contact": _TOLD,
    "Task": (*_TOLD, "WhoId"),
    "Event": (*_TOLD, "WhoId"),
    "CampaignMember": ("ContactId", *_TOLD, "LeadId"),
}
"""Objects that ring → fields they tell: who it is about, never what changed. As many as an organisation without the
add-on may select for change events (documented: five).
"""


@dataclass(frozen=True, slots=True)
class Doorbells:
    """Say how the organisation shall ring.

    `endpoint` is the address of outbound messages with its secret part; `username` and `user_id` name our user;
    `relay_to` is the AWS region and account of the Event Relay, None to leave the relay to somebody else.
    """

    kind: DoorbellKind = "none"
    endpoint: str = field(default="", repr=False)
    username: str = ""
    user_id: str = ""
    relay_to: tuple[str, str] | None = None


def build_doorbells(doorbells: Doorbells, api_version: str) -> list[Component]:
    if doorbells.kind == "outbound":
        return [
            component
            for sobject, told in _OBJECTS.items()
            for component in (_outbound_message(sobject, told, doorbells, api_version), _flow(sobject, api_version))
        ]
    if doorbells.kind == "cdc":
        members = [_member(sobject, doorbells.user_id) for sobject in _OBJECTS]
        return [_channel(), *members, *_relay(doorbells.relay_to)]
    return []


def flow_name(sobject: str) -> str:
    return f"Puente_{sobject}_Changed"


def _outbound_message(sobject: str, told: tuple[str, ...], doorbells: Doorbells, api_version: str) -> Component:
    name = flow_name(sobject)
    head = {
        "apiVersion": api_version,
        "description": with_mark("Says who changed, never what."),
        "endpointUrl": doorbells.endpoint,
    }
    tail = {
        "includeSessionId": "false",
        "integrationUser": doorbells.username,
        "name": name.replace("_", " "),
        "protected": "false",
        "useDeadLetterQueue": "false",
    }
    fields = "".join(elements({"fields": field}) for field in told)
    return Component(OUTBOUND_MESSAGE, f"{sobject}.{name}", elements(head) + fields + elements(tail))


def _flow(sobject: str, api_version: str) -> Component:
    """Write the flow that sends the message after every save, but not after those of our own user."""
    name = flow_name(sobject)
    label = name.replace("_", " ")
    action = {
        "name": "Ring",
        "label": "Ring",
        "locationX": "176",
        "locationY": "323",
        "actionName": f"{sobject}.{name}",
        "actionType": "outboundMessage",
        "flowTransactionModel": "CurrentTransaction",
    }
    start = (
        elements({"locationX": "50", "locationY": "0"})
        + nested("connector", {"targetReference": "Ring"})
        + elements(
            {
                "filterFormula": f"NOT({{!$Permission.{CUSTOM_PERMISSION}}})",
                "object": sobject,
                "recordTriggerType": "CreateAndUpdate",
                "triggerType": "RecordAfterSave",
            }
        )
    )
    described = {
        "apiVersion": api_version,
        "description": with_mark("Rings after every change but our own."),
        "interviewLabel": f"{label} {{!$Flow.CurrentDateTime}}",
        "label": label,
        "processType": "AutoLaunchedFlow",
    }
    content = nested("actionCalls", action) + elements(described) + f"<start>{start}</start>"
    return Component(FLOW, name, content + elements({"status": "Active"}))


def _channel() -> Component:
    return Component("PlatformEventChannel", CHANNEL, elements({"channelType": "data", "label": _LABEL}))


def _member(sobject: str, user_id: str) -> Component:
    """Write one selected entity; the filter drops our own writes before they are delivered and counted."""
    values = {
        "eventChannel": CHANNEL,
        "filterExpression": f"ChangeEventHeader.commitUser != '{user_id}'",
        "selectedEntity": f"{sobject}ChangeEvent",
    }
    return Component("PlatformEventChannelMember", f"Puente_chn_{sobject}ChangeEvent", elements(values))


def _relay(relay_to: tuple[str, str] | None) -> list[Component]:
    if relay_to is None:
        return []
    region, account = relay_to
    credential = {
        "endpoint": f"arn:aws:{region.upper()}:{account}",
        "generateAuthorizationHeader": "true",
        "label": "Puente AWS",
        "principalType": "Anonymous",
        "protocol": "NoAuthentication",
    }
    relay = {
        "destinationResourceName": f"callout:{NAMED_CREDENTIAL}",
        "eventChannel": CHANNEL,
        "label": _LABEL,
        "relayOption": '{"ReplayRecovery":"LATEST"}',
        "state": "STOP",
    }
    return [
        Component("NamedCredential", NAMED_CREDENTIAL, elements(credential)),
        Component(RELAY, RELAY_NAME, elements(relay)),
    ]
