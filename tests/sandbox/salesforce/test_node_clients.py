"""Two packages of the Node world hold the sandbox: jsforce drives it, and a SOQL parser agrees what SOQL is.

Both are installed for the test run alone; without Node, npm or a registry within reach there is nothing to run.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce.soql.nodes import SoqlError
from sandbox.salesforce.soql.parser import parse_query

from .conftest import Box
from .packages import whole_package
from .test_soql import CONDITIONS

pytestmark = pytest.mark.slow
JSFORCE, PARSER = {"jsforce": "3.10.26"}, {"@jetstreamapp/soql-parser-js": "6.3.1"}
# The newest of this one, which jsforce's web scraper brings along, no longer starts on Node 20.
HELD_BACK = {"undici": "6.21.3"}


def install(folder: Path, packages: dict[str, str]) -> Path:
    """Install packages into a folder of the test run; skip when that cannot be done here."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node and npm are not on this machine")
    wanted = {"private": True, "dependencies": packages, "overrides": HELD_BACK}
    (folder / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
    command = [npm, "install", "--no-audit", "--no-fund", "--silent"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=600, check=False, cwd=folder)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not finish: the registry is out of reach")
    if done.returncode != 0:
        pytest.skip(f"npm cannot install {list(packages)} here: {done.stderr.decode()[-200:]}")
    return folder


def run(folder: Path, script: str, given: Any) -> Any:
    """Run a script with Node; it reads JSON and prints JSON."""
    (folder / "run.cjs").write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["node", "run.cjs"],
        input=json.dumps(given),
        capture_output=True,
        cwd=folder,
        timeout=600,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


DRIVE = """
const jsforce = require('jsforce');
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {
  const oauth2 = { loginUrl: given.url, clientId: 'sandbox-client-id', clientSecret: 'sandbox-client-secret' };
  const conn = new jsforce.Connection({ oauth2, instanceUrl: given.url, version: '66.0', maxRequest: 3 });
  await conn.authorize({ grant_type: 'client_credentials' });
  const found = {};
  const page = await conn.query('SELECT Id, Name, Owner.Name, (SELECT Status FROM CampaignMembers) FROM Lead');
  found.names = page.records.map((one) => one.Name).sort();
  found.all = (await conn.query('SELECT Id FROM Lead', { scanAll: true, autoFetch: true })).records.length;
  found.fluent = (await conn.sobject('Lead').find({ FirstName: 'Ana' }, 'Id, Email')).map((one) => one.Email);
  const headers = { 'Sforce-Auto-Assign': 'FALSE' };
  found.created = (await conn.sobject('Lead').create({ LastName: 'Js', Company: 'x' }, { headers })).success;
  const many = [{ LastName: 'A', Company: 'x' }, { LastName: 'B' }];
  const results = await conn.sobject('Lead').create(many, { allOrNone: false, headers });
  found.many = results.map((one) => [one.success, one.errors.map((e) => e.statusCode || e.errorCode)]);
  const keyed = { External_Id__c: 'J1', LastName: 'C', Company: 'x' };
  found.upserted = (await conn.sobject('Lead').upsert(keyed, 'External_Id__c')).success;
  found.fields = (await conn.sobject('Lead').describe()).fields.length;
  try { await conn.query('SELECT Nope FROM Lead'); } catch (e) { found.error = e.errorCode || e.name; }
  conn.bulk2.pollInterval = 50;
  const records = await (await conn.bulk2.query('SELECT Id, LastName FROM Lead')).toArray();
  found.bulk = records.length;
  const load = { object: 'Lead', operation: 'insert', input: many, pollInterval: 50 };
  const job = await conn.bulk2.loadAndWaitForResults(load);
  found.loaded = [job.successfulResults.length, job.failedResults.length];
  const zip = Buffer.from(given.zip, 'base64');
  found.deployed = (await conn.metadata.deploy(zip, { singlePackage: true }).complete()).status;
  console.log(JSON.stringify(found));
})().catch((e) => { console.error(e); process.exit(1); });
"""


def test_jsforce_drives_the_sandbox(box: Box, tmp_path: Path) -> None:
    folder = install(tmp_path, JSFORCE)
    found = run(folder, DRIVE, {"url": box.url, "zip": base64.b64encode(whole_package()).decode()})
    assert found["names"] == ["Ana García", "Luis Luisez", "Marta Martaez", "[not provided]"]
    assert (found["all"], found["fluent"], found["created"], found["upserted"]) == (
        6,
        ["ana@lumina.example"],
        True,
        True,
    )
    assert found["many"] == [[True, []], [False, ["REQUIRED_FIELD_MISSING"]]]
    assert found["fields"] > 54
    assert found["error"] == "INVALID_FIELD"
    assert found["bulk"] == 7
    assert found["loaded"] == [1, 1]
    assert found["deployed"] == "Succeeded"


PARSE = """
const { isQueryValid } = require('@jetstreamapp/soql-parser-js');
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map((text) => isQueryValid(text, { allowApexBindVariables: false }))));
"""
STATEMENTS = [
    *(f"SELECT FirstName FROM Lead WHERE {where}" for where, _ in CONDITIONS),
    "SELECT COUNT() FROM Lead",
    "SELECT Status, COUNT(Id) n FROM Lead GROUP BY Status ORDER BY COUNT(Id) DESC",
    "SELECT Id, (SELECT Id FROM Tasks WHERE IsClosed = true ORDER BY ActivityDate LIMIT 3) FROM Lead",
    "SELECT Who.Type, What.Name FROM Task ORDER BY ActivityDate DESC NULLS LAST LIMIT 5 OFFSET 2",
    "SELECT FIELDS(ALL) FROM Lead LIMIT 200",
    "SELECT Id FROM Lead WHERE Interests__c INCLUDES ('a;b', 'c')",
    "SELECT l.Id FROM Lead l WHERE l.Name = 'x'",
    "SELECT Id FROM Lead WHERE Name = 'a\\nb\\'c\\\\d'",
    "SELECT Id, FROM Lead",
    "SELECT Id FROM",
    "SELECT FROM Lead",
    "SELECT Id FROM Lead WHERE",
    "SELECT Id FROM Lead WHERE Name",
    "SELECT Id FROM Lead WHERE Name =",
    "SELECT Id FROM Lead WHERE Name LIKE",
    "SELECT Id FROM Lead WHERE Name IN ()",
    "SELECT Id FROM Lead WHERE (Name = 'x'",
    "SELECT Id FROM Lead WHERE Name = 'x",
    "SELECT Id FROM Lead LIMIT",
    "SELECT Id FROM Lead ORDER Name",
    "SELECT Id FROM Lead GROUP Name",
    "SELECT Id Lead",
    "Id FROM Lead",
    "SELECT (SELECT Id FROM Tasks FROM Lead",
    "SELECT Id FROM Lead WHERE Name == 'x'",
    "SELECT Id FROM Lead WHERE Name = \"x\"",
]  # fmt: skip


def accepted(text: str) -> bool:
    try:
        parse_query(text)
    except SoqlError:
        return False
    return True


def test_the_grammar_is_that_of_an_independent_parser(tmp_path: Path) -> None:
    theirs = run(install(tmp_path, PARSER), PARSE, STATEMENTS)
    ours = [accepted(text) for text in STATEMENTS]
    assert dict(zip(STATEMENTS, ours, strict=True)) == dict(zip(STATEMENTS, theirs, strict=True))
    assert {True, False} == set(ours)
