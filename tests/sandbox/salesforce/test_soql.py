"""SOQL means what Salesforce says it means, and nonsense is refused at the word where it begins."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.salesforce.schema import Choice, Field
from sandbox.salesforce.settings import OrgSettings
from sandbox.salesforce.soql.nodes import Comparison, Junction, SoqlError
from sandbox.salesforce.soql.parser import parse_query
from sandbox.server import SandboxSettings, serve_in_thread

from .conftest import NOW, Box, ManualClock, Serve, small_base

TODAY = f"{NOW:%Y-%m-%d}"
ESCAPED = r"O\'Brien \\\' OR Id != null"
PLAIN = r"O'Brien \' OR Id != null"


def names(box: Box, where: str, kind: str = "Lead") -> list[str]:
    return sorted(str(row["FirstName"]) for row in box.query(f"SELECT FirstName FROM {kind} WHERE {where}"))


CONDITIONS = [
    ("FirstName = 'Ana'", ["Ana"]),
    ("FirstName = 'ANA'", ["Ana"]),
    ("firstname = 'ana'", ["Ana"]),
    ("Lead.FirstName = 'Ana'", ["Ana"]),
    ("FirstName != 'Ana'", ["Luis", "Marta", "None"]),
    ("FirstName <> 'Ana'", ["Luis", "Marta", "None"]),
    ("NOT FirstName = 'Ana'", ["Luis", "Marta", "None"]),
    ("FirstName = null", ["None"]),
    ("FirstName = ''", ["None"]),
    ("FirstName != null", ["Ana", "Luis", "Marta"]),
    ("FirstName > 'b'", ["Luis", "Marta"]),
    ("FirstName LIKE 'a%'", ["Ana"]),
    ("FirstName LIKE '_na'", ["Ana"]),
    (r"FirstName LIKE 'A\%'", []),
    ("NOT FirstName LIKE 'a%'", ["Luis", "Marta", "None"]),
    ("FirstName IN ('ana', 'LUIS', 'x')", ["Ana", "Luis"]),
    ("FirstName NOT IN ('ana', 'LUIS')", ["Marta", "None"]),
    ("FirstName IN (null, 'Ana')", ["Ana", "None"]),
    ("FirstName NOT IN (null, 'Ana')", ["Luis", "Marta"]),
    ("FirstName = 'Ana' OR FirstName = 'Luis'", ["Ana", "Luis"]),
    ("(FirstName = 'Ana' OR FirstName = 'Luis') AND NumberOfEmployees = 120", ["Ana", "Luis"]),
    ("NumberOfEmployees >= 120 AND NumberOfEmployees < 120.5", ["Ana", "Luis", "Marta"]),
    ("NumberOfEmployees = null", ["None"]),
    ("NumberOfEmployees > 1", ["Ana", "Luis", "Marta"]),
    ("NOT (NumberOfEmployees > 1)", ["None"]),
    ("IsConverted = true", ["Marta"]),
    ("IsConverted != true", ["Ana", "Luis", "None"]),
    ("CreatedDate >= LAST_N_DAYS:30", ["None"]),
    ("CreatedDate < LAST_N_DAYS:30", ["Ana", "Luis", "Marta"]),
    ("CreatedDate = THIS_MONTH", ["None"]),
    ("CreatedDate >= 2026-11-10T00:00:00Z", ["None"]),
    ("CreatedDate >= 2026-11-10T12:00:00.000+00:00", ["None"]),
    ("CreatedDate > 2026-11-10T13:00:00+01:00", []),
    ("ConvertedDate < TODAY", ["Marta"]),
    (f"ConvertedDate < {TODAY}", ["Marta"]),
    ("ConvertedDate = LAST_N_DAYS:20", ["Marta"]),
    ("ConvertedDate = LAST_N_DAYS:19", []),
    ("ConvertedDate = N_DAYS_AGO:20", ["Marta"]),
    ("Owner.Name = 'Lucía Ferrer'", ["Ana", "Marta"]),
    ("Owner.Type = 'Queue' OR Owner.Type = 'Group'", ["Luis", "None"]),
    ("ConvertedContact.Account.Name = 'lumina educación'", ["Marta"]),
    ("ConvertedContact.Account.Name = null", ["Ana", "Luis", "None"]),
    ("Id IN (SELECT LeadId FROM CampaignMember WHERE Campaign.Type = 'Webinar')", ["Ana"]),
    ("Id NOT IN (SELECT LeadId FROM CampaignMember)", ["Luis", "Marta", "None"]),
    ("Id IN (SELECT RelationId FROM EmailMessageRelation WHERE EmailMessage.Incoming = true)", ["Ana"]),
]


@pytest.mark.parametrize(("where", "expected"), CONDITIONS, ids=[one[0] for one in CONDITIONS])
def test_a_condition_finds(shared: Box, where: str, expected: list[str]) -> None:
    assert names(shared, where) == expected


@pytest.fixture(scope="module")
def shared() -> Iterator[Box]:
    """Serve one small org to all tests that only read."""
    clock = ManualClock()
    with serve_in_thread(SandboxSettings(base=small_base(), clock=clock, crm="salesforce")) as running:
        token = {"Authorization": f"Bearer {OrgSettings().static_token}"}
        with httpx.Client(base_url=running.url, headers=token, timeout=20) as client:
            yield Box(running, client, clock)


HINT = "Please reference your WSDL or the describe call for the appropriate names."
REFUSALS = [
    ("SELECT Id, FROM Lead", "MALFORMED_QUERY", 12, "unexpected token: 'FROM'"),
    ("SELECT Id FROM", "MALFORMED_QUERY", 15, "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY", 26, "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Lead WHERE Name = 'x", "MALFORMED_QUERY", 34, "unexpected token: '''"),
    ("SELECT Id FROM Lead WHERE Name = :x", "MALFORMED_QUERY", 34, "Bind variables only allowed in Apex code"),
    ("SELECT Id FROM Lead WHERE A = 1 AND B = 1 OR C = 1", "MALFORMED_QUERY", 43, "unexpected token: 'OR'"),
    ("SELECT Id FROM Lead ALL ROWS", "MALFORMED_QUERY", 21, "ALL ROWS not allowed in this context"),
    ("SELECT Id FROM Lead FOR VIEW", "MALFORMED_QUERY", 21, "unexpected token: 'FOR'"),
    ("SELECT Id FROM Lead LIMIT x", "MALFORMED_QUERY", 27, "unexpected token: 'x'"),
    ("SELECT Id FROM Lead GROUP BY Status", "MALFORMED_QUERY", 8, "Field must be grouped or aggregated: Id"),
    (
        "SELECT Id FROM Lead ORDER BY Description",
        "MALFORMED_QUERY",
        30,
        "field 'Description' can not be sorted in a query call",
    ),
    (
        "SELECT Id FROM Lead WHERE Description = 'x'",
        "INVALID_FIELD",
        27,
        "field 'Description' can not be filtered in a query call",
    ),
    ("SELECT Id, Id FROM Lead", "INVALID_FIELD", 12, "duplicate field selected: Id"),
    ("SELECT Id, Foo FROM Lead", "INVALID_FIELD", 12, "No such column 'Foo' on entity 'Lead'"),
    ("SELECT Id FROM Lead WHERE Foo = 1", "INVALID_FIELD", 27, "No such column 'Foo' on entity 'Lead'"),
    ("SELECT Foo.Name FROM Lead", "INVALID_FIELD", 8, "Didn't understand relationship 'Foo' in field path"),
    ("SELECT Who.Status FROM Task", "INVALID_FIELD", 8, "No such column 'Status' on entity 'Name'"),
    ("SELECT Id FROM Leed", "INVALID_TYPE", 16, "sObject type 'Leed' is not supported"),
    (
        "SELECT Id, (SELECT Id FROM Foos) FROM Lead",
        "INVALID_TYPE",
        28,
        "Didn't understand relationship 'Foos' in FROM part",
    ),
    (
        "SELECT Id FROM Lead WHERE Email = 5",
        "INVALID_FIELD",
        35,
        "must be of type string and should be enclosed in quotes",
    ),
    (
        "SELECT Id FROM Lead WHERE NumberOfEmployees = '5'",
        "INVALID_FIELD",
        47,
        "must be of type int and should not be enclosed",
    ),
    (
        "SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01",
        "INVALID_FIELD",
        41,
        "must be of type dateTime and should not",
    ),
    (
        "SELECT Id FROM Lead WHERE ConvertedDate > '2026-01-01'",
        "INVALID_FIELD",
        43,
        "must be of type date and should not",
    ),
    ("SELECT Id FROM Lead WHERE IsConverted = 'true'", "INVALID_FIELD", 41, "must be of type boolean and should not"),
    (
        "SELECT Id FROM Lead WHERE Id IN (SELECT WhoId FROM Task)",
        "MALFORMED_QUERY",
        None,
        "Entity 'Task' is not supported for semi join",
    ),
    ("SELECT Id FROM Lead WHERE Id = 'nope'", "INVALID_QUERY_FILTER_OPERATOR", None, "invalid ID field: nope"),
    ("SELECT Id FROM Lead WHERE Id LIKE '00Q%'", "INVALID_QUERY_FILTER_OPERATOR", 35, "invalid operator on id field"),
    ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", 8, "The SOQL FIELDS function must have a LIMIT of at most 200"),
    ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", None, "Maximum SOQL offset allowed is 2000"),
    (
        r"SELECT Id FROM Lead WHERE Name = 'a\x'",
        "MALFORMED_QUERY",
        34,
        r"Illegal character sequence '\x' in string literal",
    ),
    ("SELECT Id FROM Lead WHERE Name = 'a\nb'", "MALFORMED_QUERY", 34, "Line breaks not allowed in string literals"),
    ("", "MALFORMED_QUERY", None, "A query string has to be specified"),
]


@pytest.mark.parametrize(("text", "code", "column", "message"), REFUSALS, ids=[one[0] for one in REFUSALS])
def test_a_statement_is_refused(shared: Box, text: str, code: str, column: int | None, message: str) -> None:
    found_code, found_message = shared.refusal(text)
    assert found_code == code
    assert message in found_message
    assert (f"ERROR at Row:1:Column:{column}\n" in found_message) == (column is not None)
    if column is not None:
        snippet, pointer = found_message.split("\n")[1:3]
        assert text[column - 1 :].startswith(snippet[len(pointer) - 1 :].split("\n")[0])


def test_the_row_of_a_refusal_is_counted(shared: Box) -> None:
    assert "ERROR at Row:2:Column:6\n" in shared.refusal("SELECT Id\nFROM Nope")[1]


def test_the_column_hint_is_complete(shared: Box) -> None:
    message = shared.refusal("SELECT Foo FROM Lead")[1]
    assert message.endswith(f"be sure to append the '__c' after the custom field name. {HINT}")


def test_hostile_text_is_only_text(box: Box) -> None:
    body = {"LastName": PLAIN, "Company": "x"}
    assert box.call("POST", "/sobjects/Lead", body).status_code == 201
    rows = box.query(f"SELECT LastName FROM Lead WHERE LastName = '{ESCAPED}'")
    assert [row["LastName"] for row in rows] == [PLAIN]
    assert len(box.query(f"SELECT Id FROM Lead WHERE LastName LIKE '{ESCAPED}%'")) == 1


_QUOTED = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_every_text_survives_quoting(text: str) -> None:
    quoted = "".join(_QUOTED.get(letter, letter) for letter in text)
    condition = parse_query(f"SELECT Id FROM Lead WHERE Name = '{quoted}' AND Id = null").where
    assert isinstance(condition, Junction)
    first = condition.parts[0]
    assert isinstance(first, Comparison)
    assert (first.value.value, len(condition.parts)) == (text, 2)


@given(st.text(alphabet="SELECTidfromwhere '\\\"%_()=<>,.:0129-T\n", max_size=60))
def test_nonsense_is_refused_and_nothing_worse(text: str) -> None:
    assert refusal_of(text) in (None, "MALFORMED_QUERY", "NUMBER_OUTSIDE_VALID_RANGE")


def refusal_of(text: str) -> str | None:
    try:
        parse_query(text)
    except SoqlError as problem:
        return problem.code if problem.describe(text) else ""
    return None


def test_wildcards_in_a_value_are_escaped_with_a_backslash(box: Box) -> None:
    for name in ("50% off", "50 off", "a_b", "axb", "back\\slash"):
        box.call("POST", "/sobjects/Lead", {"LastName": name, "Company": "x"})
    assert [row["LastName"] for row in box.query(r"SELECT LastName FROM Lead WHERE LastName LIKE '50\%%'")] == [
        "50% off"
    ]
    assert [row["LastName"] for row in box.query(r"SELECT LastName FROM Lead WHERE LastName LIKE 'a\_b'")] == ["a_b"]
    found = box.query(r"SELECT LastName FROM Lead WHERE LastName LIKE 'back\\%'")
    assert [row["LastName"] for row in found] == ["back\\slash"]
    assert len(box.query(r"SELECT Id FROM Lead WHERE LastName = '50% off'")) == 1


def test_paths_give_nested_records(shared: Box) -> None:
    row = shared.query("SELECT Who.Type, Who.Name, Owner.Name, Account.Name FROM Task WHERE TaskSubtype = 'Email'")[0]
    assert row["Who"]["attributes"]["type"] == "Name"
    assert "/sobjects/Lead/" in row["Who"]["attributes"]["url"]
    assert (row["Who"]["Type"], row["Who"]["Name"], row["Account"]) == ("Lead", "Ana García", None)
    member = shared.query("SELECT Campaign.Type, Campaign.Owner.Name FROM CampaignMember LIMIT 1")[0]
    assert member["Campaign"]["attributes"]["type"] == "Campaign"
    assert member["Campaign"]["Owner"] == {
        "attributes": member["Campaign"]["Owner"]["attributes"],
        "Name": "Ana Admin",
    }


def test_children_are_nested_with_their_own_pages(box: Box) -> None:
    box.control("settings", {"child_page_size": 1})
    text = "SELECT Id, (SELECT Status, Campaign.Type FROM CampaignMembers ORDER BY CreatedDate DESC) FROM Lead"
    rows = {row["Id"]: row["CampaignMembers"] for row in box.query(text)}
    members = rows[box.person("ana")]
    assert (members["totalSize"], members["done"], len(members["records"])) == (2, False, 1)
    assert members["records"][0]["Campaign"]["Type"] == "Content"
    more = box.http.get(members["nextRecordsUrl"]).json()
    assert (more["done"], more["records"][0]["Status"]) == (True, "Attended")
    assert rows[box.person("luis")] is None


def test_groups_and_counts(shared: Box) -> None:
    text = "SELECT Status, COUNT(Id) n, MAX(NumberOfEmployees) FROM Lead GROUP BY Status ORDER BY COUNT(Id) DESC"
    rows = shared.query(text)
    assert [(row["Status"], row["n"], row["expr0"]) for row in rows] == [
        ("Open - Not Contacted", 3, 120),
        ("Closed - Converted", 1, 120),
    ]
    assert rows[0]["attributes"] == {"type": "AggregateResult"}
    assert shared.query("SELECT COUNT_DISTINCT(Company) FROM Lead")[0]["expr0"] == 2
    reply = shared.http.get("/services/data/v66.0/query", params={"q": "SELECT COUNT() FROM Lead"})
    assert reply.json() == {"totalSize": 4, "done": True, "records": []}


def test_order_puts_missing_values_first_unless_told(shared: Box) -> None:
    def order(clause: str) -> list[str | None]:
        return [row["FirstName"] for row in shared.query(f"SELECT FirstName FROM Lead ORDER BY FirstName {clause}")]

    assert order("") == [None, "Ana", "Luis", "Marta"]
    assert order("DESC") == [None, "Marta", "Luis", "Ana"]
    assert order("DESC NULLS LAST") == ["Marta", "Luis", "Ana", None]
    assert order("LIMIT 2 OFFSET 1") == ["Ana", "Luis"]


def test_all_fields_need_a_limit(shared: Box) -> None:
    row = shared.query("SELECT FIELDS(CUSTOM) FROM Lead WHERE FirstName = 'Ana' LIMIT 200")[0]
    assert (row["External_Id__c"], row["Web_Page_Views__c"], "Name" in row) == ("EXT-1", 1.0, False)


def test_deleted_records_and_old_activities_are_only_in_query_all(shared: Box) -> None:
    assert len(shared.query("SELECT Id FROM Lead")) == 4
    rows = shared.query("SELECT FirstName, IsDeleted, MasterRecordId FROM Lead", everything=True)
    gone = {row["FirstName"]: row["MasterRecordId"] for row in rows if row["IsDeleted"]}
    assert gone == {"Olga": shared.person("luis"), "Pep": None}
    call = "SELECT Id, IsArchived FROM Task WHERE TaskSubtype = 'Call'"
    assert shared.query(call) == []
    assert [row["IsArchived"] for row in shared.query(call, everything=True)] == [True]
    assert len(shared.query("SELECT Id FROM Task WHERE IsArchived = true AND IsDeleted = false", everything=True)) == 1


def test_multiple_choice_lists_are_searched_with_includes(serve: Serve) -> None:
    box = serve()
    values = tuple(Choice(one, one) for one in ("art", "travel", "sport"))
    field = Field(
        "Interests__c", "Interests", "multipicklist", 4099, choices=values, custom=True, createable=True,
        updateable=True, nillable=True,
    )  # fmt: skip
    with box.org.transaction():
        box.org.catalog.put_field("Lead", field)
    for name, liked in (("both", "art;travel"), ("one", "sport"), ("none", None)):
        box.call("POST", "/sobjects/Lead", {"LastName": name, "Company": "x", "Interests__c": liked})

    def found(where: str) -> list[str]:
        return [row["LastName"] for row in box.query(f"SELECT LastName FROM Lead WHERE Company = 'x' AND {where}")]

    assert found("Interests__c INCLUDES ('art')") == ["both"]
    assert found("Interests__c INCLUDES ('art;travel', 'sport')") == ["both", "one"]
    assert found("Interests__c INCLUDES ('art;sport')") == []
    assert found("Interests__c EXCLUDES ('art')") == ["one", "none"]


def test_fifteen_character_ids_are_understood(shared: Box) -> None:
    ana = shared.person("ana")
    assert len(shared.query(f"SELECT Id FROM Lead WHERE Id IN ('{ana[:15]}')")) == 1
    assert shared.refusal(f"SELECT Id FROM Lead WHERE Id = '{ana[:15]}AAB'")[0] == "INVALID_QUERY_FILTER_OPERATOR"


def test_too_many_people_at_once_is_too_large_when_set(serve: Serve) -> None:
    box = serve(OrgSettings(activity_people=2))
    ids = ", ".join(f"'{row['Id']}'" for row in box.query("SELECT Id FROM Lead LIMIT 3"))
    assert box.refusal(f"SELECT Id FROM Task WHERE WhoId IN ({ids})")[0] == "OPERATION_TOO_LARGE"


def test_a_locator_lives_for_two_days(serve: Serve) -> None:
    box = serve(OrgSettings(page_size=1))
    first = box.http.get("/services/data/v66.0/query", params={"q": "SELECT Id FROM Lead"}).json()
    assert first["nextRecordsUrl"].endswith("-1")
    assert box.http.get(first["nextRecordsUrl"]).json() == box.http.get(first["nextRecordsUrl"]).json()
    box.clock.advance(172_801)
    reply = box.http.get(first["nextRecordsUrl"])
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_pages_are_smaller_on_request_and_with_long_texts(serve: Serve) -> None:
    box = serve()
    for number in range(205):
        box.org.store.insert("Account", {"Id": f"001X{number:014d}", "Name": str(number), "IsDeleted": 0})
    path, text = "/services/data/v66.0/query", "SELECT Name FROM Account"
    assert box.http.get(path, params={"q": text}).json()["done"]
    asked = {"Sforce-Query-Options": "batchSize=200"}
    assert len(box.http.get(path, params={"q": text}, headers=asked).json()["records"]) == 200
    assert len(box.http.get(path, params={"q": "SELECT Description, Id FROM Account"}).json()["records"]) == 206
