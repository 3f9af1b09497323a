"""Set a new org up: its own record, users, queues, value lists, and what its integration user may see."""

from __future__ import annotations

from sandbox.salesforce.consequences import OPPORTUNITY_STAGES
from sandbox.salesforce.identity import CONVERTED
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.org import ADMINISTRATOR_ID, INTEGRATION_ID, ORGANIZATION_ID, Org
from sandbox.salesforce.schema import Choice, Field
from sandbox.salesforce.sink import Sink
from sandbox.salesforce.store import Row
from sandbox.seed import SeedOwner

AUTOMATED_ID = make_id("005", 3)
UNASSIGNED_QUEUE = "Leads_sin_asignar"
BASE_PERMISSION_SET = "Sandbox_Integration"
BORN_MS = 1_577_836_800_000  # 2020-01-01, before anything in a base
_BUILT_IN_USERS = 10
_QUEUES = (("Nuevos leads", "Nuevos_leads"), ("Leads sin asignar", UNASSIGNED_QUEUE), ("Equipo de ventas", "Ventas"))
_ACCOUNT_ENGAGEMENT = (
    Field("pi__score__c", "Score", "double", precision=18, custom=True, nillable=True, permissionable=True),
    Field("pi__grade__c", "Grade", "string", length=10, custom=True, nillable=True, permissionable=True),
    Field("pi__last_activity__c", "Last Activity", "datetime", custom=True, nillable=True, permissionable=True),
)


class Newborn:
    """An org on its first day."""

    def __init__(self, org: Org, sink: Sink) -> None:
        self._org = org
        self._sink = sink
        self.owner_ids: dict[str, str] = {}
        self.queue_ids: dict[str, str] = {}

    def set_up(self) -> None:
        """Make everything but the people."""
        self._organization()
        self._users()
        for label, name in _QUEUES:
            queue = self._add("Group", {"Name": label, "DeveloperName": name, "Type": "Queue"})
            self.queue_ids[name] = str(queue["Id"])
            for kind in ("Lead", "Task"):
                self._add("QueueSobject", {"QueueId": queue["Id"], "SobjectType": kind})
        self._value_lists()
        self._fields()

    def _add(self, kind: str, values: Row) -> Row:
        return self._sink.add(kind, values, BORN_MS)

    def _organization(self) -> None:
        settings = self._org.settings
        values: Row = {
            "Id": ORGANIZATION_ID,
            "Name": settings.organization_name,
            "OrganizationType": settings.edition,
            "Country": "ES",
            "PrimaryContact": "Ana Admin",
            "DefaultLocaleSidKey": "es_ES",
            "TimeZoneSidKey": settings.time_zone,
            "LanguageLocaleKey": "es",
            "InstanceName": "SBX1",
            "IsSandbox": 1,
            "FiscalYearStartMonth": 1,
            "NumKnowledgeService": 0,
            "MonthlyPageViewsUsed": 0,
            "MonthlyPageViewsEntitlement": 0,
            "SignupCountryIsoCode": "ES",
        }
        self._add("Organization", values)

    def _users(self) -> None:
        mailbox = "{}@sandbox.example.com"
        self._user(SeedOwner("", mailbox.format("admin"), "Ana", "Admin"), ADMINISTRATOR_ID)
        integration = self._user(SeedOwner("", mailbox.format("integration"), "Puente", "Integration"), INTEGRATION_ID)
        integration["Username"] = self._org.settings.username
        self._user(SeedOwner("", mailbox.format("autoproc"), "Automated", "Process"), AUTOMATED_ID)
        # The next ids are the reps'; a fixed start keeps them the same when a built-in user is added.
        self._sink.skip_ids(ADMINISTRATOR_ID[:3], _BUILT_IN_USERS)

    def _user(self, owner: SeedOwner, user_id: str | None = None) -> Row:
        values: Row = {
            "FirstName": owner.first_name,
            "LastName": owner.last_name,
            "Name": f"{owner.first_name} {owner.last_name}",
            "Email": owner.email,
            "Username": owner.email,
            "Alias": owner.email.partition("@")[0][:8],
            "IsActive": int(owner.active),
            "TimeZoneSidKey": self._org.settings.time_zone,
            "LocaleSidKey": "es_ES",
            "LanguageLocaleKey": "es",
            "EmailEncodingKey": "UTF-8",
            "UserType": "Standard",
        }
        return self._add("User", values if user_id is None else {**values, "Id": user_id})

    def owner(self, owner: SeedOwner) -> None:
        """Make the user of a sales rep."""
        self.owner_ids[owner.key] = str(self._user(owner)["Id"])

    def _value_lists(self) -> None:
        catalog = self._org.catalog
        for order, choice in enumerate(catalog.kind("Lead").field("Status").choices, 1):
            self._listed("LeadStatus", choice, order, {"IsConverted": int(choice.value == CONVERTED)})
        for order, choice in enumerate(catalog.kind("Task").field("Status").choices, 1):
            self._listed("TaskStatus", choice, order, {"IsClosed": int(choice.value == "Completed")})
        for order, choice in enumerate(catalog.kind("Task").field("Priority").choices, 1):
            self._listed("TaskPriority", choice, order, {"IsHighPriority": int(choice.value == "High")})
        for order, (label, (probability, forecast)) in enumerate(OPPORTUNITY_STAGES.items(), 1):
            values: Row = {
                "IsClosed": int(label.startswith("Closed")),
                "IsWon": int(label == "Closed Won"),
                "DefaultProbability": float(probability),
                "ForecastCategory": forecast,
            }
            self._listed("OpportunityStage", Choice(label, label), order, values)

    def _listed(self, kind: str, choice: Choice, order: int, values: Row) -> None:
        row: Row = {"MasterLabel": choice.label, "ApiName": choice.value, "SortOrder": order, **values}
        if self._org.catalog.kind(kind).has("IsDefault"):
            row["IsDefault"] = int(order == (2 if kind == "TaskPriority" else 1))
        self._add(kind, row)

    def _fields(self) -> None:
        """Add the fields settings ask for, and the permission set for all of the company's own fields."""
        name = self._org.settings.stage_field
        for kind in ("Lead", "Contact"):
            for field in _ACCOUNT_ENGAGEMENT if self._org.settings.account_engagement else ():
                self._org.catalog.put_field(kind, field)
            if not self._org.catalog.kind(kind).has(name):
                model = self._org.catalog.kind(kind).field("Lifecycle_Stage__c")
                values = {**model.to_json(), "name": name, "label": name.removesuffix("__c").replace("_", " ")}
                values.update(choices=model.choices, turned=frozenset(), refers=())
                self._org.catalog.put_field(kind, Field(**values))
        self._permission_set = self._add("PermissionSet", {"Name": BASE_PERMISSION_SET, "Label": "Sandbox integration"})
        self._add(
            "PermissionSetAssignment",
            {"PermissionSetId": self._permission_set["Id"], "AssigneeId": INTEGRATION_ID, "IsActive": 1},
        )
        self._sink.forget_templates()

    def grant_all(self) -> None:
        """Let the integration user see and change every custom field there is now."""
        for kind in self._org.catalog.kinds().values():
            for field in kind.fields:
                if field.custom and field.permissionable:
                    self._grant(kind.name, field.name)

    def _grant(self, kind: str, name: str) -> None:
        values: Row = {
            "ParentId": self._permission_set["Id"],
            "SobjectType": kind,
            "Field": f"{kind}.{name}",
            "PermissionsRead": 1,
            "PermissionsEdit": 1,
        }
        self._add("FieldPermissions", values)
