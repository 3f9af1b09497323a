"""Make people members of campaigns: what they registered for, attended, downloaded, answered or subscribed to.

A campaign is one webinar, download or survey; a person is a member of it once. Who does the same thing again becomes
a member of another campaign of the same name, as with a webinar that is held twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.salesforce.org import ADMINISTRATOR_ID, Org
from sandbox.salesforce.sink import Sink
from sandbox.salesforce.store import Row
from sandbox.salesforce.wire import to_date

_MOST_NAME = 80
_STATUSES: dict[str, tuple[tuple[str, bool], ...]] = {
    "Webinar": (("Sent", False), ("Registered", False), ("Attended", True), ("No Show", False)),
    "Event": (("Sent", False), ("Registered", False), ("Attended", True), ("No Show", False)),
    "Content": (("Sent", False), ("Downloaded", True)),
    "Survey": (("Sent", False), ("Completed", True)),
    "Newsletter": (("Sent", False), ("Subscribed", True), ("Unsubscribed", True)),
    "List": (("Sent", False), ("Joined", True)),
    "Other": (("Sent", False), ("Responded", True)),
}
_COPIED = ("Salutation", "Name", "FirstName", "LastName", "Title", "Email")


@dataclass(slots=True)
class Campaigns:
    """The campaigns of an org while people join them."""

    org: Org
    sink: Sink
    _ids: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.org.store.select("Campaign"):
            key = (str(row["Type"]), str(row["External_Name__c"] or row["Name"]))
            number = 1 + max((known[2] for known in self._ids if known[:2] == key), default=0)
            self._ids[(*key, number)] = str(row["Id"])

    def ensure(self, kind: str, name: str, number: int, topic: str | None, at_ms: int) -> str:
        """Give the id of a campaign, made when it is new."""
        key = (kind, name, number)
        if key not in self._ids:
            self._ids[key] = self._make(kind, name, topic, at_ms)
        return self._ids[key]

    def _make(self, kind: str, name: str, topic: str | None, at_ms: int) -> str:
        values: Row = {
            "Name": name[:_MOST_NAME],
            "External_Name__c": name,
            "Type": kind,
            "Status": "Completed",
            "IsActive": 1,
            "StartDate": to_date(at_ms),
            "OwnerId": ADMINISTRATOR_ID,
            "Topic__c": topic,
        }
        campaign_id = str(self.sink.add("Campaign", values, at_ms)["Id"])
        for order, (label, responded) in enumerate(_STATUSES[kind], 1):
            status: Row = {
                "CampaignId": campaign_id,
                "Label": label,
                "SortOrder": order,
                "IsDefault": int(order == 1),
                "HasResponded": int(responded),
            }
            self.sink.add("CampaignMemberStatus", status, at_ms)
        return campaign_id


@dataclass(slots=True)
class Memberships:
    """The memberships of one person, by campaign type and name."""

    campaigns: Campaigns
    person: Row
    kind: str
    lead_id: str | None = None
    _members: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    _recalled: set[str] = field(default_factory=set)

    def recall(self) -> None:
        """Read what the person is a member of already."""
        column = f"{self.kind}Id"
        store = self.campaigns.org.store
        for row in store.find_many("CampaignMember", column, (self.person["Id"],)):
            campaign = store.find("Campaign", row["CampaignId"]) or {}
            key = (str(campaign.get("Type")), str(campaign.get("External_Name__c") or campaign.get("Name")))
            self._members.setdefault(key, []).append(row)
            self._recalled.add(str(row["Id"]))

    def join(self, kind: str, name: str, status: str, at_ms: int, topic: str | None, channel: str | None) -> Row:
        """Become a member of a campaign the person is not a member of yet."""
        earlier = self._members.setdefault((kind, name), [])
        campaign_id = self.campaigns.ensure(kind, name, len(earlier) + 1, topic, at_ms)
        person = self.person
        values: Row = {
            "CampaignId": campaign_id,
            f"{self.kind}Id": person["Id"],
            "Status": status,
            "Type": self.kind,
            "LeadOrContactId": person["Id"],
            "LeadOrContactOwnerId": person["OwnerId"],
            "CompanyOrAccount": person.get("Company"),
            "Channel__c": channel,
            **{name: person.get(name) for name in _COPIED},
        }
        if self.lead_id is not None:
            values["LeadId"] = self.lead_id
        self._respond(kind, values, status, at_ms)
        row = self.campaigns.sink.add("CampaignMember", values, at_ms)
        earlier.append(row)
        return row

    def progress(self, kind: str, name: str, before: str, status: str, at_ms: int) -> Row | None:
        """Move a membership on, for example from Registered to Attended; None when there is none to move."""
        for row in self._members.get((kind, name), ()):
            if row["Status"] == before and int(row["CreatedDate"]) <= at_ms:
                self._respond(kind, row, status, at_ms)
                row.update(Status=status, LastModifiedDate=at_ms, SystemModstamp=at_ms)
                if row["Id"] in self._recalled:
                    self.campaigns.org.store.update("CampaignMember", row["Id"], row)
                return row
        return None

    def _respond(self, kind: str, row: Row, status: str, at_ms: int) -> None:
        responded = any(label == status and counts for label, counts in _STATUSES[kind])
        row["HasResponded"] = int(responded)
        if responded and row.get("FirstRespondedDate") is None:
            row["FirstRespondedDate"] = to_date(at_ms)
