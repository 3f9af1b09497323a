"""Count the calls people take on Salesforce: ours, the floor, and one call per person and kind of record.

The second contender does the same work the way the SDK's readme shows: one call per person, one query per person and
kind of record, one call per update and per task. What it finds gives the floor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final
from urllib.parse import unquote_plus

import httpx
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from adapters.salesforce.adapter import SalesforceCrm
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.install import install
from adapters.salesforce.needs import Needs
from calls.table import journal, last_seq, load, show
from connector.domain.model_reach import horizon_days, used_attributes
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Outcome, Qualifier
from sandbox.people import generate
from sandbox.seed import Base, SeedEvent, SeedPerson
from sandbox.server import SandboxSettings, serve_in_thread

CLIENT_ID, CLIENT_SECRET = "sandbox-client-id", "sandbox-client-secret"
PEOPLE: Final = 200
PAGE: Final = 2_000
QUERIES: Final = 5
THREADS: Final = 12
STAGE: Final = "Lifecycle_Stage__c"
LISTS: Final = {"Lead": "SELECT Id FROM Lead WHERE IsConverted = false", "Contact": "SELECT Id FROM Contact"}
OURS: Final = {
    "token": "login",
    "schema": "fields",
    "list": "list",
    "people": "people read",
    "history": "histories",
    "guard": "compared",
    "write_people": "people written",
    "write_tasks": "tasks",
}
THEIRS: Final = (
    ("login", "oauth2/token"),
    ("histories", "FROM (Lead|Contact)History "),
    ("list", "FROM (Lead WHERE IsConverted|Contact$)"),
    ("people written", "^PATCH"),
    ("tasks", "^POST .*/sobjects/Task"),
    ("people read", "."),
)


@dataclass
class Findings:
    """Count what the organisation holds, as the second contender meets it."""

    people: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    with_stage: int = 0


def measure(people: int, seed: int) -> float:
    """Print the table of an invented base; return the ratio of ours to the floor."""
    base = generate(people, seed, datetime.now(UTC))
    with serve_in_thread(SandboxSettings(crm="salesforce", base=base)) as box:
        connection = connect(box.url)
        install(connection, "en")
        outcomes, ours = run_ours(connection)
        written = [outcome.ref.object_id for outcome in outcomes if outcome.outcome == "written"]
        with_task = [outcome.ref.object_id for outcome in outcomes if outcome.task_created]
        httpx.post(f"{box.url}/_sandbox/reset", trust_env=False, timeout=120).raise_for_status()
        start = last_seq(box.url)
        readme = Readme(box.url)
        readme.read()
        readme.write(written, with_task)
        theirs = Counter(purpose_of(entry) for entry in journal(box.url, start))
    floor = floor_of(readme, len(written), len(with_task))
    show("Salesforce", sum(readme.found.people.values()), floor, ours, theirs)
    return sum(ours.values()) / sum(floor.values())


def holds_two_hundred() -> bool:
    """Print what 200 leads cost who all ask for a demo; say whether it is one call to read and two to write."""
    now = datetime.now(UTC)
    asked = SeedEvent("form_submitted", now - timedelta(hours=2), form="Solicitar demo")
    names = [{"last_name": f"N{n}", "email": f"n{n}@mail.example"} for n in range(PEOPLE)]
    base = Base(tuple(SeedPerson(f"P{n}", name, now, events=(asked,)) for n, name in enumerate(names)))
    with serve_in_thread(SandboxSettings(crm="salesforce", base=base)) as box:
        connection = connect(box.url)
        install(connection, "en")
        outcomes, calls = run_ours(connection)
    tasks = sum(outcome.task_created for outcome in outcomes)
    reads, writes = calls["people read"], calls["people written"] + calls["tasks"]
    print(f"\nSalesforce: {len(outcomes)} people, {tasks} tasks: {reads} call to read them, {writes} to write them")
    return len(outcomes) == PEOPLE and (reads, writes) == (1, 2)


def connect(url: str) -> SalesforceConnection:
    return SalesforceConnection(url, CLIENT_ID, CLIENT_SECRET)


def run_ours(connection: SalesforceConnection) -> tuple[list[Outcome], Counter[str]]:
    """Qualify everybody; return the outcomes and the calls by purpose, which the journal must confirm."""
    model, mapping = load("salesforce")
    start = last_seq(connection.instance_url)
    crm = SalesforceCrm(connection, mapping, model.used_kinds, used_attributes(model), horizon_days(model))
    try:
        crm.preflight()
        ledger = SqliteLedger(":memory:", crm.account())
        crm.count()
        outcomes = list(Qualifier(crm, ledger, model, mapping, "en", lambda: datetime.now(UTC)).qualify_all())
        calls = Counter({OURS.get(purpose, purpose): count for purpose, count in crm.calls().items()})
    finally:
        crm.close()
    seen = len(journal(connection.instance_url, start))
    if calls.total() != seen:
        raise SystemExit(f"the client counted {calls.total()} calls, the journal {seen}")
    return outcomes, calls


class Loopback(HTTPAdapter):
    """Send what is meant for https to the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__(pool_maxsize=THREADS)
        self._url = url

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
        request.url = f"{self._url}/{(request.url or '').split('/', 3)[3]}"
        return super().send(request, *given, **named)


class Readme:
    """Do the same work one call at a time, as the SDK's readme shows it."""

    def __init__(self, url: str) -> None:
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", Loopback(url))
        self._client = Salesforce(
            consumer_key=CLIENT_ID, consumer_secret=CLIENT_SECRET, domain="sandbox.my", session=session, version="66.0"
        )
        model, mapping = load("salesforce")
        self.needs = Needs(mapping, model.used_kinds, used_attributes(model))
        self.found = Findings()

    def read(self) -> None:
        for sobject, query in LISTS.items():
            ids = [row["Id"] for row in self._client.query_all(query)["records"]]
            self.found.people[sobject] = len(ids)
            with ThreadPoolExecutor(THREADS) as pool:
                for rows, has_stage in pool.map(lambda one, of=sobject: self._read_person(of, one), ids):
                    self.found.rows += rows
                    self.found.with_stage += has_stage

    def write(self, updated: Sequence[str], tasks: Sequence[str]) -> None:
        headers = {"Sforce-Auto-Assign": "FALSE"}
        for record_id in updated:
            kind = self._client.Contact if record_id.startswith("003") else self._client.Lead
            kind.update(record_id, {"Title": "Seen"}, headers=headers)
        for record_id in tasks:
            self._client.Task.create({"Subject": "Call", "WhoId": record_id})

    def _read_person(self, sobject: str, record_id: str) -> tuple[Counter[str], bool]:
        """Read one person; return the rows of each kind of record, and whether only the history dates a stage."""
        person = getattr(self._client, sobject).get(record_id)
        if self.needs.uses_company and person.get("AccountId"):
            self._client.Account.get(person["AccountId"])
        rows = Counter[str]()
        for stock in self.needs.stocks:
            key = next((key for of, key in stock.keys.items() if of == sobject), None)
            if key is not None:
                rows[stock.name] = self._query(stock.sobject, key, record_id, everything=stock.everything)
        has_stage = bool(person.get(STAGE))
        if has_stage:
            self._query(f"{sobject}History", f"{sobject}Id", record_id, everything=False)
        return rows, has_stage

    def _query(self, sobject: str, key: str, record_id: str, *, everything: bool) -> int:
        soql = f"SELECT Id FROM {sobject} WHERE {key} = '{record_id}'"
        return len(self._client.query_all(soql, include_deleted=everything)["records"])


def floor_of(readme: Readme, written: int, tasks: int) -> dict[str, int]:
    """Add up the fewest calls Salesforce's limits permit. Derived in docs/explanation/call-floor.md."""
    found = readme.found
    objects = sum(count > 0 for count in found.people.values())
    others = [stock for stock in readme.needs.stocks if stock.name not in ("tasks", "opportunities")]
    beside = len(others) if objects == 1 else sum(stock.name != "campaign_members" for stock in others)
    of_tasks = max(1, QUERIES - objects - beside)
    return {
        "login": 1,
        "fields": 1,
        "list": max(1, *(ceil(count / PAGE) for count in found.people.values())),
        "people read": max(ceil(found.people.total() / PEOPLE), ceil(found.rows["tasks"] / (PAGE * of_tasks))),
        "histories": ceil(found.with_stage / (PEOPLE * QUERIES)),
        "compared": ceil(written / PEOPLE),
        "people written": ceil(written / PEOPLE),
        "tasks": ceil(tasks / PEOPLE),
    }


def purpose_of(entry: dict[str, Any]) -> str:
    line = f"{entry['method']} {entry['path']} {unquote_plus(entry['query'])}"
    return next(purpose for purpose, pattern in THEIRS if re.search(pattern, line))
