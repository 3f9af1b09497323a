"""Copy a portal's base with the command line: what it says, what it leaves, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from connector.study.snapshot_open import open_snapshot
from tests.e2e.conftest import Office

PEOPLE = 24


def test_a_base_is_copied_brought_up_to_date_and_removed(office: Office, tmp_path: Path) -> None:
    since = office.world.last_seq()
    first = office.puente("snapshot", "--json", SNAPSHOT=str(tmp_path / "copy"))
    assert first.code == 0, first.err
    assert (first.json["mode"], first.json["kept"]["people"], first.json["counted"]) == ("full", PEOPLE, PEOPLE)
    assert first.json["left_out"] == ["name"]
    again = office.puente("snapshot", "--json", SNAPSHOT=str(tmp_path / "copy"))
    assert (again.json["mode"], again.json["run"]) == ("changes", 2)
    assert office.writes_since(since) == []
    assert office.puente("snapshot", "purge", "--dry-run", SNAPSHOT=str(tmp_path / "copy")).code == 0
    assert (tmp_path / "copy" / "manifest.json").exists()
    assert office.puente("snapshot", "purge", SNAPSHOT=str(tmp_path / "copy")).code == 0
    assert not (tmp_path / "copy").exists()


def test_a_person_reads_what_was_copied(office: Office) -> None:
    ran = office.puente("snapshot", LOCALE="en")
    assert ran.code == 0
    assert "The base is copied to .puente/snapshot." in ran.out
    assert f"people the CRM gave {PEOPLE}" in " ".join(ran.out.split())


def test_names_and_addresses_stay_out_of_the_files(office: Office, tmp_path: Path) -> None:
    assert office.puente("snapshot", "--hash-ids", "--without", "email", SNAPSHOT=str(tmp_path / "copy")).code == 0
    now = office.world.time.now()
    parts = list(open_snapshot(tmp_path / "copy", now, "en").parts())
    kept = {name for part in parts for name in part.attribute_types}
    assert not {"name", "email"} & kept
    past = {field for part in parts for field in part.table("history")["field"]}
    assert "attribute:country" in past
    assert not {"attribute:name", "attribute:email"} & past
    ids = {person["id"] for person in office.world.state()["people"]}
    assert not ids & {record.ref.object_id for part in parts for record in part.records()}
    later = office.puente("snapshot", "--json", SNAPSHOT=str(tmp_path / "copy"))
    assert later.json["hashed_ids"] is True


def test_a_folder_of_somebody_else_and_an_unknown_attribute_are_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    foreign = office.puente("snapshot", SNAPSHOT=str(tmp_path), LOCALE="en")
    assert foreign.code == 2
    assert "PUENTE_SNAPSHOT" in foreign.err
    unknown = office.puente("snapshot", "--without", "shoe_size", LOCALE="en")
    assert unknown.code == 2
    assert "shoe_size" in unknown.err
    assert not (office.puente.folder / ".puente" / "snapshot" / "manifest.json").exists()


def test_people_who_cannot_be_read_make_the_run_fail_and_say_so(office: Office) -> None:
    rule = {"match": "POST /crm/.*companies.*", "status": 500, "times": 200}
    office.world.fail(rule)
    ran = office.puente("snapshot", LOCALE="en")
    assert ran.code == 1
    assert "run `puente snapshot` again" in ran.err


def test_another_accounts_copy_is_replaced_only_when_asked_for(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert office.puente("snapshot", SNAPSHOT=str(copy)).code == 0
    manifest = copy / "manifest.json"
    document = json.loads(manifest.read_text())
    document["origin"]["account"] = "99"
    manifest.write_text(json.dumps(document))
    refused = office.puente("snapshot", SNAPSHOT=str(copy), LOCALE="en")
    assert refused.code == 2
    assert "hubspot 99" in refused.err
    assert "--full" in refused.err
    assert json.loads(manifest.read_text()) == document
    assert office.puente("snapshot", "--full", SNAPSHOT=str(copy)).code == 0
    assert json.loads(manifest.read_text())["origin"]["account"] != "99"


def test_a_damaged_copy_is_named_and_not_added_to(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert office.puente("snapshot", SNAPSHOT=str(copy)).code == 0
    people = min(copy.rglob("people.parquet"))
    people.write_bytes(people.read_bytes()[:50])
    refused = office.puente("snapshot", SNAPSHOT=str(copy), LOCALE="en")
    assert refused.code == 2
    assert f"{people}: is missing or damaged" in refused.err
    assert "puente snapshot purge" in refused.err
    assert office.puente("snapshot", "purge", SNAPSHOT=str(copy)).code == 0
    assert office.puente("snapshot", SNAPSHOT=str(copy)).code == 0
