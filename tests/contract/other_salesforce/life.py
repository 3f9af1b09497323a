"""What people do to people in Salesforce: merging two, converting a lead."""

from __future__ import annotations

from tests.contract.other_salesforce.org import PERSON_OBJECTS, Item, Org

_POINTERS = (
    ("Task", "WhoId"),
    ("Event", "WhoId"),
    ("EmailMessageRelation", "RelationId"),
    ("CampaignMember", "LeadId"),
    ("CampaignMember", "ContactId"),
    ("OpportunityContactRole", "ContactId"),
)
_KEPT_BY_THE_CONTACT = ("FirstName", "LastName", "Email", "Title", "OwnerId", "LeadSource", "HasOptedOutOfEmail")


def merge(org: Org, winner_id: str, loser_id: str) -> None:
    """Merge two leads or two contacts: the winner keeps its values and gets what hangs on the loser."""
    loser = org.item(loser_id)
    _point_to(org, loser_id, winner_id)
    org.change(loser, {"IsDeleted": True, "MasterRecordId": winner_id}, org.reps[0])
    org.change(org.item(winner_id), {}, org.reps[0])


def convert(org: Org, lead_id: str, *, carries_our_fields: bool = False, opens_deal: bool = False) -> str:
    """Convert a lead into a new contact of a new account and return it; activities follow, memberships belong to both.

    Own fields go along only where an administrator has mapped them.
    """
    lead = org.item(lead_id)
    account = org.add("Account", Name=lead.text("Company"), Industry=lead.values.get("Industry"),
                      NumberOfEmployees=lead.values.get("NumberOfEmployees"))  # fmt: skip
    kept = {name: lead.values.get(name) for name in _KEPT_BY_THE_CONTACT}
    kept |= {"MailingCountry": lead.values.get("Country"), "MailingCity": lead.values.get("City")}
    if carries_our_fields:
        kept |= {name: value for name, value in lead.values.items() if name.startswith("Puente_")}
    contact = org.add("Contact", AccountId=account.id, **kept)
    for member in org.of("CampaignMember", LeadId=lead_id):
        org.change(member, {"ContactId": contact.id}, org.reps[0])
    _point_to(org, lead_id, contact.id, but="LeadId")
    if opens_deal:
        deal = org.add("Opportunity", Name="Pedido", AccountId=account.id, StageName="Prospecting", Amount=10.0)
        org.add("OpportunityContactRole", OpportunityId=deal.id, ContactId=contact.id)
    org.change(lead, {"IsConverted": True, "ConvertedContactId": contact.id, "ConvertedAccountId": account.id,
                      "Status": "Qualified"}, org.reps[0])  # fmt: skip
    return contact.id


def _point_to(org: Org, old: str, new: str, *, but: str = "") -> None:
    for sobject, key in _POINTERS:
        if key != but:
            for item in org.of(sobject, **{key: old}):
                org.change(item, {key: new}, item.text("LastModifiedById"))


def survivor(org: Org, record_id: str) -> Item:
    """Return who somebody lives on in."""
    item = org.item(record_id)
    while following := item.text("MasterRecordId") or item.text("ConvertedContactId"):
        item = org.item(following)
    return item


def living(org: Org) -> list[str]:
    """Return everybody who is somebody: neither deleted nor converted."""
    everybody = (item for sobject in PERSON_OBJECTS for item in org.of(sobject))
    return [item.id for item in everybody if item.values.get("IsConverted") is not True]
