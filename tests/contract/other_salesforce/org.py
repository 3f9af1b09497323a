"""An organisation's state, and the habits that can be switched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from tests.contract.other_salesforce import ids
from tests.contract.other_salesforce.catalogue import KEY, SObject, standard_objects
from tests.contract.other_salesforce.replies import refuse
from tests.contract.other_salesforce.values import Kept, fold

LONG_AGO: Final = timedelta(days=200)
ARCHIVED_AFTER: Final = timedelta(days=365)
TRACKED: Final = frozenset(("Puente_Stage__c", "Puente_Sales_Verdict__c", "Lifecycle_Stage__c"))
PERSON_OBJECTS: Final = ("Lead", "Contact")


@dataclass
class Habits:
    """Switch what is legal either way."""

    nulls: Literal["null", "absent"] = "null"
    page: int = 2_000
    child_page: int = 200
    instants: Literal["+0000", "Z"] = "+0000"
    long_ids: bool = True
    whole_numbers: Literal["42", "42.0"] = "42"
    chatty: bool = False
    shuffled: bool = False
    parents_have_attributes: bool = True
    updated_status: Literal[204, 200] = 204
    cursor_path: Literal["query", "queryAll"] = "query"
    limit_info: Literal["plain", "per app", "absent"] = "plain"
    identity_in_token: bool = True
    userinfo: int = 200
    bare_errors: bool = False
    duplicate_names_holder: bool = True
    deleted_keys_taken: bool = True
    purged_is_deleted: bool = False
    trims_text: bool = True
    history: Literal["tracked", "untracked", "absent"] = "tracked"
    lifecycle_field: bool = False
    counters: bool = True
    emails: bool = True
    campaigns: bool = True
    opportunities: bool = True
    bulk: bool = True
    most_ids: int | None = None


@dataclass
class Item:
    """Hold one record of any object."""

    id: str
    sobject: str
    values: dict[str, Kept]

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    @property
    def deleted(self) -> bool:
        return self.values.get("IsDeleted") is True


@dataclass(frozen=True)
class Attempt:
    """Describe a write that a rule of the organisation may refuse by raising ItemError."""

    verb: Literal["insert", "update"]
    sobject: str
    id: str
    values: dict[str, Kept]


class Org:
    """Hold records and what our user may see of them; every change is stamped."""

    def __init__(self, habits: Habits | None = None, *, clock: Callable[[], datetime]) -> None:
        self.habits = habits or Habits()
        self.clock = clock
        self.objects = standard_objects()
        self.items: dict[str, dict[str, Item]] = {name: {} for name in self.objects}
        self.unseen: set[str] = set()
        self.hidden: set[tuple[str, str]] = set()
        self.read_only: set[tuple[str, str]] = set()
        self.rules: list[Callable[[Attempt], None]] = []
        self.writes: Counter[str] = Counter()
        self.oddities: list[str] = []
        self.edited: dict[str, dict[str, Kept]] = {}
        self._numbers: Counter[str] = Counter()
        self.id = self.add("Organization", Name="Talleres", TimeZoneSidKey="Europe/Madrid").id
        self.user = self.add(
            "User", Name="Puente", Alias="puente", Username="puente@talleres.example", IsActive=True
        ).id
        self.reps = [self._rep(number, active=number < 3) for number in (1, 2, 3)]
        self.queue = self.add("Group", Name="Mesa", Type="Queue").id
        self._hide_what_is_not_there()

    def _rep(self, number: int, *, active: bool) -> str:
        email = f"rep{number}@talleres.example"
        return self.add("User", Name=f"Rep {number}", Alias=f"rep{number}", Username=email, Email=email,
                        IsActive=active, UserType="Standard").id  # fmt: skip

    def _hide_what_is_not_there(self) -> None:
        absent = {"EmailMessage": self.habits.emails, "EmailMessageRelation": self.habits.emails,
                  "CampaignMember": self.habits.campaigns, "Campaign": self.habits.campaigns,
                  "Opportunity": self.habits.opportunities, "OpportunityContactRole": self.habits.opportunities,
                  "LeadHistory": self.habits.history != "absent",
                  "ContactHistory": self.habits.history != "absent"}  # fmt: skip
        self.unseen |= {name for name, there in absent.items() if not there}
        for sobject in PERSON_OBJECTS:
            if not self.habits.lifecycle_field:
                self.hidden.add((sobject, "Lifecycle_Stage__c"))
            if not self.habits.counters:
                self.hidden |= {(sobject, name) for name in self.objects[sobject].fields if name.startswith("Email_")}

    # ------------------------------------------------------------------------------------------------ looking up
    def described(self, name: str) -> SObject:
        """Return an object as our user sees it, under any case of its name."""
        found = next((one for one in self.objects if one.lower() == name.lower()), None)
        if found is None or found in self.unseen:
            message = (
                f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to "
                "append the '__c' after the entity name. Please reference your WSDL or the describe call for the "
                "appropriate names."
            )
            raise refuse(400, "INVALID_TYPE", message)
        whole = self.objects[found]
        seen = {key: one for key, one in whole.fields.items() if (found, key) not in self.hidden}
        children = {key: pair for key, pair in whole.children.items() if pair[0] not in self.unseen}
        return SObject(whole.name, whole.prefix, seen, children)

    def find(self, record_id: str) -> Item | None:
        """Return a record by id, deleted ones included."""
        kind = self.kind_of(record_id)
        return self.items[kind].get(record_id) if kind else None

    def kind_of(self, record_id: str) -> str | None:
        return next((one.name for one in self.objects.values() if record_id.startswith(one.prefix)), None)

    def item(self, record_id: str) -> Item:
        found = self.find(record_id)
        assert found is not None, record_id
        return found

    def of(self, sobject: str, **values: Kept) -> list[Item]:
        """Return the living records with these values."""
        return [
            item
            for item in self.items[sobject].values()
            if not item.deleted and all(item.values.get(name) == value for name, value in values.items())
        ]

    def holder_of_key(self, value: Kept) -> Item | None:
        return next(
            (
                item
                for item in self.items["Task"].values()
                if fold(item.values.get(KEY)) == fold(value) and (self.habits.deleted_keys_taken or not item.deleted)
            ),
            None,
        )

    def is_archived(self, item: Item) -> bool:
        """Say whether an activity has left ordinary queries: closed, and a year old."""
        if item.sobject == "Task" and item.values.get("IsClosed") is not True:
            return False
        moment = item.values.get("StartDateTime") or item.values.get("ActivityDate") or item.values.get("CreatedDate")
        if moment is None or isinstance(moment, str | float | bool):
            return False
        at = moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time(), UTC)
        return item.sobject in ("Task", "Event") and self.clock() - at > ARCHIVED_AFTER

    # ------------------------------------------------------------------------------------------------ changing
    def add(self, sobject: str, created_at: datetime | None = None, /, **values: Kept) -> Item:
        """Put a record in as it was there long ago: any field, nothing checked, nothing counted."""
        then = (created_at or self.clock() - LONG_AGO).replace(microsecond=0)
        who = self.user if hasattr(self, "user") else None
        stamped: dict[str, Kept] = {
            "CreatedDate": then, "LastModifiedDate": then, "SystemModstamp": then, "CreatedById": who,
            "LastModifiedById": who, "IsDeleted": False,
        }  # fmt: skip
        return self.create(sobject, {**stamped, **values})

    def create(self, sobject: str, values: dict[str, Kept]) -> Item:
        self._numbers[sobject] += 1
        item = Item(ids.make(self.objects[sobject].prefix, self._numbers[sobject]), sobject, {})
        self.items[sobject][item.id] = item
        item.values = {**values, "Id": item.id}
        derive(item)
        return item

    def change(self, item: Item, values: dict[str, Kept], by: str) -> None:
        """Store values, stamp the record and keep the history of what is tracked."""
        now = self.clock()
        for name, value in values.items():
            old = item.values.get(name)
            if old != value and item.sobject in PERSON_OBJECTS and name in TRACKED and self._tracks:
                self.create(
                    f"{item.sobject}History",
                    {"Field": name, "OldValue": old, "NewValue": value, f"{item.sobject}Id": item.id,
                     "CreatedDate": now.replace(microsecond=0), "CreatedById": by, "IsDeleted": False},
                )  # fmt: skip
        item.values |= values
        stamp = now.replace(microsecond=0)
        item.values |= {"LastModifiedDate": stamp, "SystemModstamp": stamp, "LastModifiedById": by}
        derive(item)

    @property
    def _tracks(self) -> bool:
        return self.habits.history == "tracked"

    def edit(self, record_id: str, **values: Kept) -> None:
        """Let a rep at the screen change a record."""
        self.edited.setdefault(record_id, {}).update(values)
        self.change(self.item(record_id), dict(values), self.reps[0])

    def delete(self, record_id: str) -> None:
        item = self.item(record_id)
        if self.habits.purged_is_deleted:
            del self.items[item.sobject][record_id]
        else:
            self.change(item, {"IsDeleted": True}, self.reps[0])


def derive(item: Item) -> None:
    """Compute what Salesforce computes."""
    values = item.values
    if item.sobject in PERSON_OBJECTS:
        values["Name"] = " ".join(part for part in (item.text("FirstName"), item.text("LastName")) if part)
    if item.sobject == "Task":
        values["Status"] = values.get("Status") or "Not Started"
        values["IsClosed"] = values["Status"] == "Completed"
        closed_at = values.get("CompletedDateTime") or values.get("LastModifiedDate")
        values["CompletedDateTime"] = closed_at if values["IsClosed"] else None
    if item.sobject == "Opportunity":
        values["IsWon"] = values.get("StageName") == "Closed Won"
        values["IsClosed"] = item.text("StageName").startswith("Closed")


def utc_now() -> datetime:
    return datetime.now(UTC)
