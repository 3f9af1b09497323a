"""`puente check`: files against themselves, cases, and the portal's schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.hubspot_world import World, portal
from tests.e2e.command_line import CommandLine, settings_for
from tests.e2e.conftest import Office

CASES = """
- name: a demo request by a fitting person is an SQL at once
  now: 2026-03-02T10:00:00Z
  person: {country: ES, employees: 120, job_title: Directora de Marketing, industry: COMPUTER_SOFTWARE}
  timeline:
    - {id: e1, kind: form_submitted, form: Solicitar demo, occurred_at: 2026-03-02T09:00:00Z}
  expect: {stage: STAGE, hand_raise: demo-request}
"""


@pytest.fixture
def bare(puente: CommandLine, tmp_path: Path) -> Iterator[World]:
    """Serve a portal without our fields."""
    with portal(4, installed=False) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        yield world


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_the_packaged_files_are_in_order_without_credentials_or_network(puente: CommandLine) -> None:
    ran = puente("check", LOCALE="en", HUBSPOT__BASE_URL="http://127.0.0.1:9")
    assert ran.code == 0
    assert "In order: model b2b-default" in ran.out


def test_json_of_a_check_is_one_document(puente: CommandLine) -> None:
    report = puente("check", "--json").json
    assert report["ok"] is True
    assert report["model"]["name"] == "b2b-default"
    assert len(report["model"]["hash"]) == 64
    assert report["problems"] == report["cases"] == []


@pytest.mark.parametrize(("stage", "code"), [("sql", 0), ("mql", 1)])
def test_cases_decide_the_exit_code(puente: CommandLine, stage: str, code: int) -> None:
    name = written(puente.folder, "cases.yaml", CASES.replace("STAGE", stage))
    ran = puente("check", "--cases", name)
    assert ran.code == code
    assert ("sql" in ran.out) is (code == 1)
    (case,) = puente("check", "--cases", name, "--json").json["cases"]
    assert case["ok"] is (code == 0)
    assert case["decision"]["stage"] == "sql"


def test_every_problem_of_every_file_is_told_at_once_with_line_and_path(puente: CommandLine) -> None:
    model = written(puente.folder, "model.yaml", "model: m\nversion: 1\nfit:\n  treshold: 50\n  criteria: []\n")
    mapping = written(puente.folder, "map.yaml", "crm: hubspot\nattributes: {a: {property: a, type: word}}\n")
    ran = puente("check", "--model", model, "--mapping", mapping)
    assert ran.code == 2
    assert ran.out == ""
    assert "model.yaml:4: fit.treshold:" in ran.err
    assert "threshold" in ran.err
    assert "map.yaml:2: attributes.a.type:" in ran.err
    report = puente("check", "--model", model, "--mapping", mapping, "--json").json
    assert report["ok"] is False
    assert {problem["file"] for problem in report["problems"]} == {"model.yaml", "map.yaml"}


def test_a_bad_setting_is_a_problem_of_the_json_document_too(puente: CommandLine) -> None:
    ran = puente("check", "--json", LOCALE="fr")
    assert ran.code == 2
    assert ran.json["problems"][0]["path"] == "PUENTE_LOCALE"


def test_live_names_the_fields_to_install_in_one_line(bare: World, puente: CommandLine) -> None:
    ran = puente("check", "--live", LOCALE="en")
    assert ran.code == 2
    (line,) = [line for line in ran.err.splitlines() if "puente install" in line]
    assert "puente_stage" in line
    assert "puente_sales_verdict" in line
    assert line.startswith("mappings/hubspot.yaml:")


def test_live_is_in_order_once_installed(bare: World, puente: CommandLine) -> None:
    assert puente("install", "--yes").code == 0
    ran = puente("check", "--live", LOCALE="en")
    assert ran.code == 0, ran.err
    assert "The CRM has what the mapping needs" in ran.out


def test_live_names_the_nearest_field_and_a_stage_the_crm_lacks(office: Office) -> None:
    packaged = Path(__file__).parents[2] / "mappings" / "hubspot.yaml"
    text = packaged.read_text(encoding="utf-8").replace("property: jobtitle", "property: jobtitel")
    mapping = written(office.puente.folder, "ours.yaml", text.replace("sql: salesqualifiedlead", "sql: salesready"))
    ran = office.puente("check", "--live", "--mapping", mapping)
    assert ran.code == 2
    assert "¿quería decir `jobtitle`?" in ran.err
    assert "stages.sql: el CRM no tiene la etapa `salesready`" in ran.err


def test_everybody_is_decided_before_anything_is_installed(bare: World, puente: CommandLine) -> None:
    ran = puente("qualify", "--all", "--dry-run", LOCALE="en")
    assert ran.code == 0, ran.err
    assert "4 people qualified" in ran.out
    assert "would be written" in ran.out
    assert "create the fields the CRM still lacks (18): puente install" in ran.out
    assert not any(entry["touched"] for entry in bare.journal(0))
    (refused,) = puente("qualify", "--all", LOCALE="en").err.splitlines()
    assert "HubSpot lacks the properties" in refused
    assert "puente install" in refused
