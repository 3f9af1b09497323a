"""Turn a neutral base of people into the records of an org."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.salesforce import people
from sandbox.salesforce.campaigns import Campaigns, Memberships
from sandbox.salesforce.identity import CONVERTED, merge_people
from sandbox.salesforce.newborn import AUTOMATED_ID, UNASSIGNED_QUEUE, Newborn
from sandbox.salesforce.org import ADMINISTRATOR_ID, INTEGRATION_ID, Org
from sandbox.salesforce.schema import Field
from sandbox.salesforce.sink import Sink
from sandbox.salesforce.store import Row
from sandbox.salesforce.timeline import Life, add_opportunity, set_stage
from sandbox.salesforce.wire import to_date, to_ms
from sandbox.seed import Base, SeedCompany, SeedPerson

_DEAL_STAGES = {"open": "Qualification", "won": "Closed Won", "lost": "Closed Lost"}


def load_base(org: Org, base: Base) -> None:
    """Fill an empty org in one transaction; the same base gives the same ids."""
    with org.transaction():
        org.catalog.create()
        _Loader(org).load(base)
    org.rings.clear()
    org.forget()


class _Loader:
    """What is known of the base while it is being loaded."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.sink = Sink(org)
        self.newborn = Newborn(org, self.sink)
        self.campaigns = Campaigns(org, self.sink)
        self.accounts: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.custom: dict[str, str] = {}
        self.contacts = 0

    def load(self, base: Base) -> None:
        self.newborn.set_up()
        self._own_fields(base)
        self.newborn.grant_all()
        for owner in base.owners:
            self.newborn.owner(owner)
        self.sink.flush()
        kinds = _kinds(base)
        for person in base.people:
            self._person(person, kinds[person.key])
            if self.sink.full():
                self.sink.flush()
        self.sink.flush()
        for person in base.people:
            if person.merged_into is not None:
                merge_people(self.org, self.org.administrator(), self.ids[person.merged_into], self.ids[person.key])
        self.org.store.put("loaded", "base", {"people": len(base.people)})

    def _own_fields(self, base: Base) -> None:
        """Make custom fields for attributes and spreadsheet columns without a standard place."""
        columns: dict[str, bool] = {}
        for person in base.people:
            for name in person.attributes:
                if not people.known_attribute(name):
                    columns[name] = False
            for name, value in person.extra.items():
                columns[name] = columns.get(name, True) and (not value or _is_number(value))
        for name, numeric in columns.items():
            self.custom[name] = people.field_name(name)
            for kind in (self.org.catalog.kind("Lead"), self.org.catalog.kind("Contact")):
                if not kind.has(name) and not kind.has(self.custom[name]):
                    self.org.catalog.put_field(kind.name, _column_field(name, self.custom[name], numeric=numeric))
        self.sink.forget_templates()

    def _person(self, person: SeedPerson, kind: str) -> None:
        at_ms = to_ms(person.created_at) // 1000 * 1000
        values = {**people.person_values(kind, person, self.custom), **self._extras(kind, person)}
        values["OwnerId"] = self._owner(kind, person)
        if kind == "Lead":
            values.update(people.lead_company(person.company))
        elif person.company is not None:
            values["AccountId"] = self._account(person.company, at_ms)
        row = self.sink.add(kind, values, at_ms, INTEGRATION_ID)
        self.ids[person.key] = str(row["Id"])
        lead = self._converted_lead(person, row, at_ms) if kind == "Contact" else None
        memberships = Memberships(self.campaigns, row, kind, str(lead["Id"]) if lead else None)
        life = Life(self.org, self.sink, row, kind, memberships)
        for event in sorted(person.events, key=lambda one: one.occurred_at):
            # A deal that the seed spells out is made from it; its events would make it a second time.
            if not (person.deals and event.kind.startswith("deal_")):
                life.write(event)
        for deal in person.deals:
            closed_ms = to_ms(deal.closed_at) if deal.closed_at else None
            add_opportunity(life, deal.name, deal.amount, _DEAL_STAGES[deal.stage], to_ms(deal.created_at), closed_ms)
        self._finish(person, kind, row, life)

    def _extras(self, kind: str, person: SeedPerson) -> Row:
        """Give raw values: to the field of that name, or to the custom field made for it."""
        row: Row = {}
        fields = self.org.catalog.kind(kind)
        for name, value in person.extra.items():
            target = fields.find(name) or fields.find(self.custom[name])
            if target is not None and value:
                row[target.name] = float(value) if target.type == "double" else value[: target.length or 255]
        return row

    def _owner(self, kind: str, person: SeedPerson) -> str:
        """Give the owner; nobody's leads wait in a queue, nobody's contacts are the integration user's."""
        if person.owner is not None:
            return self.newborn.owner_ids[person.owner]
        return self.newborn.queue_ids[UNASSIGNED_QUEUE] if kind == "Lead" else INTEGRATION_ID

    def _account(self, company: SeedCompany, at_ms: int) -> str:
        if company.key not in self.accounts:
            values = {**people.account_values(company), "OwnerId": ADMINISTRATOR_ID}
            self.accounts[company.key] = str(self.sink.add("Account", values, at_ms)["Id"])
        return self.accounts[company.key]

    def _converted_lead(self, person: SeedPerson, contact: Row, at_ms: int) -> Row | None:
        """Give every second contact the lead it once was."""
        self.contacts += 1
        if self.contacts % 2 or person.merged_into is not None:
            return None
        converted_ms = min((to_ms(deal.created_at) for deal in person.deals), default=at_ms) // 1000 * 1000
        values = {**people.person_values("Lead", person, {}), **people.lead_company(person.company)}
        values.update(
            OwnerId=contact["OwnerId"] if contact["OwnerId"] != INTEGRATION_ID else ADMINISTRATOR_ID,
            IsConverted=1,
            ConvertedDate=to_date(converted_ms),
            ConvertedContactId=contact["Id"],
            ConvertedAccountId=contact["AccountId"],
            Status=CONVERTED,
        )
        lead = self.sink.add("Lead", values, at_ms, INTEGRATION_ID)
        latest = max(at_ms, converted_ms)
        lead.update(LastModifiedDate=latest, SystemModstamp=latest)
        return lead

    def _finish(self, person: SeedPerson, kind: str, row: Row, life: Life) -> None:
        """Set stage, bounce, stamps and the recycle bin, which depend on what happened before."""
        stage_ms = to_ms(person.stage_set_at or person.created_at) // 1000 * 1000
        if person.stage is not None:
            by_hand = life.owner() if life.owner() != INTEGRATION_ID else ADMINISTRATOR_ID
            set_stage(life, person.stage, by_hand if person.stage_set_by == "person" else AUTOMATED_ID, stage_ms)
        if person.hard_bounced and row["EmailBouncedDate"] is None:
            row.update(EmailBouncedDate=stage_ms, EmailBouncedReason="550 user unknown")
        if kind == "Contact":
            row["IsEmailBounced"] = int(row["EmailBouncedDate"] is not None)
        happened = [life.at_ms(event) for event in person.events]
        latest = max(int(row["CreatedDate"]), min(self.org.now_ms(), max([stage_ms, *happened])))
        row.update(LastModifiedDate=latest, SystemModstamp=latest)
        if self.org.settings.account_engagement:
            row.update(pi__score__c=float(len(happened)), pi__last_activity__c=max(happened, default=None))
        row["IsDeleted"] = int(person.archived and person.merged_into is None)


def _kinds(base: Base) -> Mapping[str, str]:
    """Tell who becomes a lead and who a contact; who was merged is what the survivor is."""
    known = {person.key: person for person in base.people}

    def kind_of(person: SeedPerson) -> str:
        survivor = known.get(person.merged_into or "")
        return kind_of(survivor) if survivor is not None else "Contact" if people.is_contact(person) else "Lead"

    return {person.key: kind_of(person) for person in base.people}


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e12
    except ValueError:
        return False


def _column_field(label: str, name: str, *, numeric: bool) -> Field:
    return Field(
        name,
        label[:40],
        "double" if numeric else "string",
        length=0 if numeric else 255,
        precision=18 if numeric else 0,
        scale=6 if numeric else 0,
        custom=True,
        createable=True,
        updateable=True,
        nillable=True,
        permissionable=True,
    )
