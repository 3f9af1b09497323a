"""Messages as Salesforce sends them."""

from __future__ import annotations

from typing import Any

ORGANIZATION = "00D000000000001EAA"
LEAD = "00Q000000000001AAA"


def outbound(*ids: str, organization: str = ORGANIZATION, entity: str = "Lead", more: str = "") -> bytes:
    """Return an outbound message about records of one type; `more` is XML inside each."""
    notifications = "".join(
        f"<Notification><Id>04l00000000000{place}AAA</Id>"
        f'<sObject xsi:type="sf:{entity}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        f"<sf:Id>{record_id}</sf:Id>{more}</sObject></Notification>"
        for place, record_id in enumerate(ids or (LEAD,))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{organization}</OrganizationId><ActionId>04k000000000001AAA</ActionId>"
        f'<SessionId xsi:nil="true"/>{notifications}</notifications></soapenv:Body></soapenv:Envelope>'
    ).encode()


def change_event(
    entity: str = "Lead", *, relay: bool = True, fields: dict[str, Any] | None = None, **header: Any
) -> Any:
    """Return an event of EventBridge's, in the envelope of Event Relay or of AppFlow."""
    payload = {
        "ChangeEventHeader": {
            "entityName": entity, "recordIds": [LEAD], "changeType": "UPDATE", "changeOrigin": "",
            "transactionKey": "0005e192", "sequenceNumber": 1, "commitTimestamp": 1763717400000,
            "commitNumber": 1778192987716501507, "commitUser": "005000000000002AAA", "changedFields": ["Title"],
            **header,
        },
        **(fields or {}),
    }  # fmt: skip
    source = f"aws.partner/salesforce.com/{ORGANIZATION}/0YL000000000001AAA" if relay else "aws.partner/appflow/x/1"
    return {
        "version": "0", "id": "1", "detail-type": f"{entity}ChangeEvent", "source": source,
        "detail": {"payload": payload} if relay else payload,
    }  # fmt: skip
