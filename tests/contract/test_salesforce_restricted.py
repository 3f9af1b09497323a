"""Work as a user who sees our fields and little else: what is hidden is named, and the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from connector.domain.person import UNKNOWN
from connector.errors import AccessError, MappingError
from tests.contract.salesforce_world import MAPPING, org, outcomes, qualified

PERSON = ("Email", "FirstName", "Title", "LeadSource", "HasOptedOutOfEmail", "Lifecycle_Stage__c")
LEAD = (*PERSON, "City", "Country", "Industry", "NumberOfEmployees")
CONTACT = (*PERSON, "MailingCity", "MailingCountry", "IsEmailBounced", "AccountId")
TASK = ("Type", "TaskSubtype", "CallType", "CallDisposition", "CompletedDateTime", "IsReminderSet", "ReminderDateTime")
OTHERS = ("Account.Industry", "Account.NumberOfEmployees", "CampaignMember.FirstRespondedDate", "Campaign.Type")
HIDDEN = [
    *(f"Lead.{name}" for name in LEAD),
    *(f"Contact.{name}" for name in CONTACT),
    *(f"Task.{name}" for name in TASK),
    *OTHERS,
]
"""Everything standard that field-level security can hide, and the company's own stage."""
UNKNOWN_ATTRIBUTES = (
    "email", "email_domain", "job_title", "country", "city", "source", "opted_out", "employees", "industry"
)  # fmt: skip
OWN_OF_THE_COMPANY = ("language", "persona")


def known() -> frozenset[str]:
    return frozenset(MAPPING.attributes) - {*OWN_OF_THE_COMPANY}


def test_people_are_read_and_written_and_everything_hidden_is_named() -> None:
    with org(20, hidden_fields=HIDDEN) as world:
        crm = world.crm(attributes=known())
        crm.preflight()
        records = world.records(crm)
        assert {record.ref.object_type for record in records} == {"lead", "contact"}
        assert {record.person.attributes[name] for record in records for name in UNKNOWN_ATTRIBUTES} == {UNKNOWN}
        named = {item.source for item in crm.unavailable()}
        assert {f"attribute {name}" for name in UNKNOWN_ATTRIBUTES} <= named
        assert {"Task.Type", "CampaignMember.Campaign.Type", "lifecycle Lifecycle_Stage__c"} <= named
        assert outcomes(crm.apply([qualified(record) for record in records])) == {"written": len(records)}
        assert len(world.tasks()) == len(records)


def test_a_field_of_the_companys_that_is_hidden_is_told_as_missing_or_hidden() -> None:
    with org(3, hidden_fields=["Lead.Language__c", "Contact.Language__c"]) as world:
        with pytest.raises(MappingError, match=r"attributes\.language: .*may not see it") as caught:
            world.crm().preflight()
        assert "Puente_" not in str(caught.value), "our own fields are no advice"


@pytest.mark.parametrize("fields", [("Description",), ("Description", "WhoId")])
def test_tasks_that_could_not_be_filled_in_stop_the_run_before_it_begins(fields: Sequence[str]) -> None:
    with org(3) as world:
        world.settings(read_only_fields=[f"Task.{name}" for name in fields])
        since = world.last_seq()
        with pytest.raises(AccessError, match=", ".join(fields)):
            world.crm().preflight()
        assert not [entry for entry in world.journal(since) if entry["touched"]]


NO_TASKS = {
    "times": None, "status": 400,
    "body": [{"errorCode": "INVALID_TYPE", "message": "sObject type 'Task' is not supported."}],
}  # fmt: skip


@pytest.mark.parametrize("dry_run", [True, False])
def test_whose_user_sees_no_tasks_at_all_is_told_before_anybody_is_decided_without_them(dry_run: bool) -> None:
    with org(3) as world:
        world.fail({"match": "Task/describe", **NO_TASKS}, {"match": "FROM Task", **NO_TASKS})
        since = world.last_seq()
        with pytest.raises(MappingError, match=r"may not see tasks.*Access Activities"):
            world.crm().preflight(dry_run=dry_run)
        assert not [entry for entry in world.journal(since) if entry["touched"]]


def test_tasks_that_are_only_not_described_are_worked_with() -> None:
    with org(3) as world:
        world.fail({"match": "Task/describe", **NO_TASKS})
        crm = world.crm()
        crm.preflight()
        assert "schema of Task" in {item.source for item in crm.unavailable()}


def test_without_the_permission_set_our_fields_are_not_there() -> None:
    with org(3) as world:
        world.settings(hidden_fields=["Lead.Puente_Stage__c", "Contact.Puente_Stage__c"])
        with pytest.raises(MappingError, match=r"Puente_Stage__c.*puente install"):
            world.crm().preflight()


def test_a_mapping_without_the_company_reads_no_account() -> None:
    slim = replace(MAPPING, attributes={name: MAPPING.attributes[name] for name in ("name", "email")})
    with org(6, hidden_fields=["Contact.AccountId"]) as world:
        crm = world.crm(slim, attributes=frozenset(slim.attributes))
        crm.preflight()
        assert world.records(crm)
        assert not crm.unavailable()
