"""Spreadsheets become people through a column map; whatever does not fit is said at once, with its line."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.column_map import SpreadsheetError
from sandbox.seed import Base, SeedPerson
from sandbox.spreadsheet import load

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
LEADS = """\
    Number,Id,Mail,Country,Visits,Per Visit,Origin,Occupation,Minutes,Converted,Tags,No Mail
    30,c-3,ana@uno.example,España,6,3,Landing,Gerente,12.5,1,call,No
    10,c-1,"b,eto@dos.example",México,,0,Fair,Select,0,0,,Yes
    20,c-2,,unknown,4,4,Add Form, ,3,0,hot,No
    """
COLUMNS = """\
    person:
      external_id: Id
      email: Mail
      country: {column: Country, values: {españa: ES, México: MX}, otherwise: ""}
      job_title: Occupation
      web_minutes: Minutes
    events:
      - {kind: page_view, count: Visits}
      - {kind: return_visit, count: {column: Visits, per: Per Visit, minus: 1}}
      - {kind: form_submitted, form: Origin, when: {column: Origin, in: [Landing, Add Form]}}
    outcome: {won: {column: Converted, equals: 1}, days: 10}
    opted_out: {column: No Mail, equals: Yes}
    dates: {order: Number, span_days: 20}
    ignore: [Tags]
    """


@dataclass(frozen=True)
class Files:
    """A folder with one spreadsheet and one column map."""

    folder: Path

    def load(self, csv: str | bytes, columns: str) -> Base:
        table, column_map = self.folder / "leads.csv", self.folder / "columns.yaml"
        raw = csv if isinstance(csv, bytes) else textwrap.dedent(csv).encode()
        table.write_bytes(raw)
        column_map.write_text(textwrap.dedent(columns), encoding="utf-8")
        return load(table, column_map, NOW)

    def one(self, csv: str | bytes, columns: str) -> SeedPerson:
        (person,) = self.load(csv, columns).people
        return person

    def problems(self, csv: str | bytes, columns: str) -> list[str]:
        with pytest.raises(SpreadsheetError) as caught:
            self.load(csv, columns)
        assert isinstance(caught.value, ValueError)
        assert str(caught.value) == "\n".join(caught.value.problems)
        return [problem.replace(f"{self.folder}/", "") for problem in caught.value.problems]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_row_becomes_a_person_with_attributes_counters_and_outcome(files: Files) -> None:
    first, second, third = files.load(LEADS.replace('"b,eto', '"beto'), COLUMNS).people
    assert first.attributes == {"email": "ana@uno.example", "country": "ES", "job_title": "Gerente"}
    assert first.extra == {"web_minutes": "12.5"}
    assert first.external_id == "c-3"
    assert [(event.kind, event.count, event.form) for event in first.events] == [
        ("page_view", 6, None),
        ("return_visit", 1, None),
        ("form_submitted", None, "Landing"),
    ]
    assert [(deal.stage, deal.closed_at) for deal in first.deals] == [("won", NOW)]
    assert (first.opted_out, second.opted_out) == (False, True)
    assert second.deals == ()
    assert third.stage is None


def test_blank_cells_and_untouched_drop_downs_are_absent(files: Files) -> None:
    _, second, third = files.load(LEADS.replace('"b,eto', '"beto'), COLUMNS).people
    assert "job_title" not in second.attributes
    assert second.events == ()
    assert third.attributes == {}
    assert third.events[0].count == 4
    assert [event.kind for event in third.events] == ["page_view", "form_submitted"]


def test_rows_without_dates_are_spread_over_the_span_in_their_order(files: Files) -> None:
    people = files.load(LEADS.replace('"b,eto', '"beto'), COLUMNS).people
    assert [NOW - person.created_at for person in people] == [timedelta(0), timedelta(days=20), timedelta(days=10)]
    assert {event.occurred_at for event in people[2].events} == {people[2].created_at}


def test_the_same_files_give_the_same_base(files: Files) -> None:
    clean = LEADS.replace('"b,eto', '"beto')
    assert files.load(clean, COLUMNS) == files.load(clean, COLUMNS)


def test_templates_join_columns_and_are_absent_when_one_is_empty(files: Files) -> None:
    columns = 'person: {email: "person-{N}@example.com", phone: "+{Code} {N}", city: {text: Lima}}'
    first, second = files.load("N,Code\n1,51\n2,\n", columns).people
    assert first.attributes == {"email": "person-1@example.com", "phone": "+51 1", "city": "Lima"}
    assert "phone" not in second.attributes


def test_own_dates_are_read_in_several_forms(files: Files) -> None:
    columns = "{person: {created_at: In}, events: [{kind: call, at: Last}]}"
    table = "In,Last\n2026-01-02,2026-02-03T04:05:06+01:00\n1767312000000,\n"
    first, second = files.load(table, columns).people
    assert first.created_at == second.created_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert [event.occurred_at for event in first.events] == [datetime(2026, 2, 3, 3, 5, 6, tzinfo=UTC)]
    assert second.events == ()


def test_a_company_takes_industry_and_head_count_with_it(files: Files) -> None:
    columns = "person: {company: Firm, industry: Sector, employees: Heads, country: Country}"
    first, second = files.load("Firm,Sector,Heads,Country\nMarea & Sol,retail,45,PE\n,retail,9,PE\n", columns).people
    assert first.company is not None
    assert (first.company.name, first.company.domain) == ("Marea & Sol", "marea-sol.example")
    assert (first.company.industry, first.company.employees, first.company.country) == ("retail", 45, "PE")
    assert first.extra == {}
    assert second.company is None
    assert second.extra == {"industry": "retail", "employees": "9"}


@pytest.mark.parametrize(
    "table",
    [
        "Name;Mail\nÑandú;a@b.example\n".encode(),
        "Name\tMail\nÑandú\ta@b.example\n".encode(),
        "Name|Mail\r\nÑandú|a@b.example\r\n\r\n".encode(),
        "\ufeffName,Mail\nÑandú,a@b.example\n".encode(),
        "Name\tMail\nÑandú\ta@b.example\n".encode("utf-16"),
        'Mail,"Name"\na@b.example,"Ñandú"'.encode(),
        "Name,Mail,,\n Ñandú , a@b.example ,,\n,,,\n".encode(),
    ],
    ids=["semicolons", "tabs", "bars, windows", "byte-order mark", "excel unicode text", "quotes", "empty columns"],
)
def test_every_usual_kind_of_export_is_read(files: Files, table: bytes) -> None:
    person = files.one(table, "person: {first_name: Name, email: Mail}")
    assert person.attributes == {"first_name": "Ñandú", "email": "a@b.example"}


def test_another_encoding_is_named_in_the_column_map(files: Files) -> None:
    table = "Name\nMuñoz\n".encode("cp1252")
    (problem,) = files.problems(table, "person: {first_name: Name}")
    assert problem.startswith('leads.csv:2: is not utf-8 text — save it as "CSV UTF-8", or name its encoding')
    assert files.one(table, "{person: {first_name: Name}, encoding: cp1252}").attributes == {"first_name": "Muñoz"}


def test_line_breaks_inside_quotes_do_not_shift_the_line_numbers(files: Files) -> None:
    problems = files.problems('A,B\n"x\ny",1\nz,two\n', "{person: {city: A}, events: [{kind: note, count: B}]}")
    assert problems == ['leads.csv:4: B: "two" is not a number of at least 0 — write it like 12 or 12.5']


def test_a_table_without_rows_is_an_empty_base(files: Files) -> None:
    assert files.load("A,B\n", "person: {city: A}") == Base(people=())


def test_all_problems_of_a_column_map_are_said_at_once(files: Files) -> None:
    columns = """\
        person:
          first-name: Mail
          city: {columm: City}
          city: City
        evnts: []
        events:
          - {kind: page_vew, count: Visits}
          - {at: Seen}
          - {kind: call, when: {column: A}}
        outcome: {days: soon}
        ignore: Tags
        encoding: utf-99
        """
    assert [problem.removeprefix("columns.yaml:") for problem in files.problems("A\n1\n", columns)] == [
        '2: person.first-name: is no attribute and no property name (a-z, 0-9, _) — did you mean "first_name"?',
        '3: person.city.columm: is not known — did you mean "column"?',
        '3: person.city: needs either "column" or "text" — give one of them',
        "4: person.city: is given twice — keep one",
        '5: evnts: is not known — did you mean "events"?',
        '7: events.0.kind: "page_vew" is not known — did you mean "page_view"?',
        '8: events.1: "kind" is missing — add it',
        '9: events.2.when: needs either "equals" or "in" — give one of them',
        '10: outcome.days: "soon" is not a whole number of at least 0 — correct it',
        "11: ignore: is not a list — write it with dashes or in brackets",
        '12: encoding: "utf-99" is not known — for example utf-8, cp1252, utf-16',
    ]


def test_columns_the_file_lacks_are_named_with_the_nearest_one(files: Files) -> None:
    columns = """\
        person: {email: "{Mial}", city: Town}
        events: [{kind: page_view, count: {column: Visits, per: Per}}]
        ignore: [Tag, Mail]
        """
    assert files.problems("Mail,Town,Visits,Tags\n", columns) == [
        'columns.yaml:1: person.email: the file has no column "Mial" — did you mean "Mail"?',
        'columns.yaml:2: events.0.count.per: the file has no column "Per" — use one of: Mail, Town, Visits, Tags',
        'columns.yaml:3: ignore.0: the file has no column "Tag" — did you mean "Tags"?',
    ]


def test_a_column_that_is_to_be_ignored_cannot_be_loaded(files: Files) -> None:
    assert files.problems("A,Tags\n", "{person: {city: A, hint: Tags}, ignore: [Tags]}") == [
        'columns.yaml:1: person.hint: "Tags" is to be ignored — remove it here or under ignore'
    ]


def test_cells_that_cannot_be_read_are_all_said(files: Files) -> None:
    columns = "{person: {email: M, created_at: D}, events: [{kind: page_view, count: N}]}"
    table = "M,D,N\nno-mail,2026-02-30,-1\na@b.example,2026-01-01,2.5\nA@b.example,,x\n"
    assert files.problems(table, columns) == [
        'leads.csv:2: email: "no-mail" is no e-mail address — correct it or empty the cell',
        'leads.csv:2: created_at: "2026-02-30" is not a date — write it like 2026-03-02 or 2026-03-02T10:00:00Z',
        'leads.csv:2: N: "-1" is not a number of at least 0 — write it like 12 or 12.5',
        'leads.csv:3: N: "2.5" is not a whole number — correct it',
        'leads.csv:4: email: "A@b.example" is also on line 3 — keep one of the two rows',
        'leads.csv:4: N: "x" is not a number of at least 0 — write it like 12 or 12.5',
    ]


def test_hundreds_of_problems_are_cut_to_what_somebody_reads(files: Files) -> None:
    table = "M\n" + "".join(f"mail {number}\n" for number in range(300))
    problems = files.problems(table, "person: {email: M}")
    assert len(problems) == 26
    assert problems[-1] == "… and 275 more"


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("", "leads.csv:1: has no header — the first row must name the columns"),
        ("A,A\n1,2\n", 'leads.csv:1: two columns are named "A" — rename one'),
        ("A,B\n1\n", "leads.csv:2: has 1 cells, the header has 2 columns — quote cells that hold the delimiter ','"),
        (
            "A,B\n1,2,3\n",
            "leads.csv:2: has 3 cells, the header has 2 columns — quote cells that hold the delimiter ','",
        ),
        ('A,B\n1,"2\n', "leads.csv:2: is not CSV (unexpected end of data) — correct the quotes of this row"),
        ('A,B\n1,"2"3\n', "leads.csv:2: is not CSV (',' expected after '\"') — correct the quotes of this row"),
        ("A,B\n1,\x00\n", "leads.csv:2: holds a NUL character, so it is no text — export it again as CSV"),
        (b"PK\x03\x04...", "leads.csv: is a workbook, not text — save the sheet as CSV (UTF-8)"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(files: Files, table: str | bytes, problem: str) -> None:
    (said,) = files.problems(table, "person: {city: A}")
    assert said.startswith(problem)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ("", 'columns.yaml: is empty — begin with "person:" and its attributes'),
        ("[1]", "columns.yaml:1: file: is not a map — write KEY: VALUE lines"),
        ("events: []", 'columns.yaml:1: file: "person" is missing — add it'),
        ("person: {email: [a]}", "columns.yaml:1: person.email: is a list — name one column"),
        ("person: {a: b", "columns.yaml:1: is not YAML ("),
        ("person: {city: {}}", 'columns.yaml:1: person.city: needs either "column" or "text" — give one of them'),
        ("{person: {city: A}, opted_out: {column: A}}",
         'columns.yaml:1: opted_out: needs either "equals" or "in" — give one of them'),
        ("{person: {city: A}, dates: {span_days: 0}}",
         'columns.yaml:1: dates.span_days: "0" is not a whole number of at least 1 — correct it'),
    ],
)  # fmt: skip
def test_a_column_map_that_cannot_be_used_says_where(files: Files, columns: str, problem: str) -> None:
    assert files.problems("A\n1\n", columns)[0].startswith(problem)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "columns.yaml").write_text("person: {city: A}")
    with pytest.raises(SpreadsheetError, match="give the path of a column map"):
        load(tmp_path / "leads.csv", tmp_path / "none.yaml", NOW)
    with pytest.raises(SpreadsheetError, match="give the path of a CSV file"):
        load(tmp_path / "none.csv", tmp_path / "columns.yaml", NOW)


def test_ten_times_the_rows_take_ten_times_the_steps(files: Files) -> None:
    header = textwrap.dedent(LEADS).splitlines()[0]

    def steps(count: int) -> int:
        rows = [f"{number},c-{number},p{number}@x.example,México,6,3,Landing,CEO,1,1,,No" for number in range(count)]
        calls = Counter[str]()
        sys.setprofile(lambda _, event, __: calls.update([event]))
        try:
            people = files.load("\n".join([header, *rows]), COLUMNS).people
        finally:
            sys.setprofile(None)
        assert len(people) == count
        return calls["call"] + calls["c_call"]

    assert steps(1_000) < 11 * steps(100)
