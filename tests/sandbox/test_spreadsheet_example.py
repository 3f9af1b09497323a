"""The shipped example, against a few invented rows of its form and, where it lies beside the project, the real file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.domain.mapping_file import parse_mapping
from connector.domain.model_file import parse_model
from sandbox.column_map_file import load_column_map
from sandbox.spreadsheet import load

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "mappings" / "examples"
COLUMN_MAP = EXAMPLES / "xeducation.columns.yaml"
REAL_FILE = ROOT.parent / "shared" / "data" / "xeducation_leads_first80.csv"
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
HEADER = (
    "Prospect ID,Lead Number,Lead Origin,Lead Source,Do Not Email,Converted,TotalVisits,Total Time Spent on Website,"
    "Page Views Per Visit,Last Activity,Country,Specialization,How did you hear about X Education,"
    "What is your current occupation,What matters most to you in choosing a course,Tags,Lead Quality,Lead Profile,City,"
    "Asymmetrique Activity Index,Asymmetrique Profile Index,Asymmetrique Activity Score,Asymmetrique Profile Score,"
    "A free copy of Mastering The Interview,Last Notable Activity"
)
VISITOR = (
    "id-1,501,Landing Page Submission,Google,No,1,6,1300,3,Told,India,Finance Management,Select,"
    "Working Professional,x,hot,Might be,Select,Mumbai,1,1,9,9,Yes,Told"
)
ASKER = "id-2,502,Lead Add Form,Reference,Yes,0,,0,,Told,unknown,Select,,,,,,,Select,,,,,No,Told"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text("\n".join((HEADER, VISITOR, ASKER)), encoding="utf-8")
    return path


def test_the_example_loads_what_is_known_when_a_lead_comes_in(table: Path) -> None:
    first, second = load(table, COLUMN_MAP, NOW).people
    assert first.attributes == {
        "last_name": "Lead 501",
        "email": "person-501@example.com",
        "country": "IN",
        "city": "Mumbai",
        "job_title": "Working Professional",
        "source": "organic_search",
    }
    assert [(event.kind, event.count) for event in first.events] == [
        ("page_view", 6),
        ("return_visit", 1),
        ("form_submitted", None),
        ("content_download", None),
    ]
    assert [person.deals[0].stage for person in (first, second)] == ["won", "lost"]
    assert "country" not in second.attributes
    assert (second.opted_out, second.events[0].form) == (True, "Lead Add Form")


def test_the_example_loads_no_column_that_was_written_afterwards() -> None:
    column_map = load_column_map(COLUMN_MAP)
    leaks = {"Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity"}
    assert leaks | {f"Asymmetrique {what} Index" for what in ("Activity", "Profile")} <= {
        use.column for use in column_map.ignored
    }
    assert not {use.column for use in column_map.uses} & {use.column for use in column_map.ignored}


def test_the_model_and_the_mapping_of_the_example_agree_with_each_other_and_with_the_column_map() -> None:
    mapping = parse_mapping((EXAMPLES / "xeducation.hubspot.yaml").read_text("utf-8"), file="mapping", crm="hubspot")
    model = parse_model(
        (EXAMPLES / "xeducation.model.yaml").read_text("utf-8"), file="model", types=mapping.attribute_types
    )
    assert {signal.kind for signal in model.engagement.signals} | {
        rule.kind for rule in model.hand_raises
    } == mapping.kinds
    properties = {name for source in mapping.attributes.values() for name in source.fields}
    custom = {name for name in properties if name.startswith("xed_")}
    assert custom == {name for name in load_column_map(COLUMN_MAP).person if name.startswith("xed_")}


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the lead file may not be redistributed")
def test_the_real_file_loads_whole() -> None:
    people = load(REAL_FILE, COLUMN_MAP, NOW).people
    with REAL_FILE.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(people) == len(rows)
    assert Counter(person.deals[0].stage for person in people)["won"] == sum(row["Converted"] == "1" for row in rows)
    assert max(person.created_at for person in people) == NOW
    assert all(re.fullmatch(r"person-\d+@example\.com", person.attributes["email"]) for person in people)
