"""Move HubSpot's own score with the command line: the model it becomes, what is left out, and both side by side."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sandbox.hubspot.scores import default_scores
from tests.contract.hubspot_world import portal
from tests.e2e.command_line import CommandLine, Ran, settings_for
from tests.e2e.conftest import Office

COMMAND = ("import", "hubspot-score")


def told(ran: Ran) -> str:
    """Return the one line of a refusal."""
    assert "Traceback" not in ran.err + ran.out
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    return line


def test_the_model_written_is_sound_and_ranks_people_as_hubspot_does(office: Office, tmp_path: Path) -> None:
    before = office.world.last_seq()
    ran = office.puente(
        *COMMAND, "--out", "ours.yaml", "--out-mapping", "map.yaml", "--out-parity", "people.csv", "--json"
    )
    assert ran.code == 0, ran.err
    found = ran.json
    assert [one["name"] for one in found["scores"]] == ["Encaje", "Interés"]
    assert (found["model"], found["mql_enter"], found["fit_threshold"]) == ("ours.yaml", 40.0, 50.0)
    fit, engagement = found["parity"]
    assert (fit["property"], fit["same"], fit["gained"], fit["lost"]) == ("encaje", fit["people"], [], [])
    assert fit["people"] == engagement["people"] == 24
    assert engagement["spearman"]["value"] > 0.95
    assert office.puente("check", "--model", "ours.yaml", "--mapping", "map.yaml").code == 0
    assert office.writes_since(before) == []
    rows = list(csv.DictReader((tmp_path / "people.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 48
    assert {row["property"] for row in rows} == {"encaje", "interes"}
    assert all(abs(float(row["difference"])) < 0.5 for row in rows if row["property"] == "encaje")


def test_every_difference_is_told_with_its_place_and_what_to_do(office: Office) -> None:
    gaps = office.puente(*COMMAND, "--no-parity", "--json").json["gaps"]
    left_out = {(gap["group"], gap["rule"], gap["why"]) for gap in gaps if gap["left_out"]}
    assert left_out == {("Persona", 4, "segment"), ("Formularios", 2, "event")}
    assert all(" — " in gap["message"] for gap in gaps if gap["left_out"])
    altered = {(gap["group"], gap["why"]) for gap in gaps if not gap["left_out"]}
    assert altered == {("Empresa", "related"), ("Persona", "excluded"), ("Web", "decay"), ("Correo", "frequency")}


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "en",
            (
                "No equivalent, left out (2):",
                "Rank agreement (Spearman):",
                "The biggest differences",
                "Persona, rule 4",
            ),
        ),
        (
            "es",
            (
                "Sin equivalente, queda fuera (2):",
                "Concordancia de orden",
                "Las mayores diferencias",
                "Persona, regla 4",
            ),
        ),
    ],
)
def test_the_terminal_tells_it_in_both_languages(office: Office, locale: str, words: tuple[str, ...]) -> None:
    ran = office.puente(*COMMAND, LOCALE=locale)
    assert ran.code == 0, ran.err
    assert [word for word in words if word not in ran.out] == []
    assert "--out" in ran.out.splitlines()[-1]


def test_a_threshold_and_a_limit_are_taken(office: Office) -> None:
    found = office.puente(*COMMAND, "--score", "Interés", "--limit", "5", "--threshold", "1", "--json").json
    (parity,) = found["parity"]
    assert (found["people"], parity["people"], parity["threshold"]) == (5, 5, 1.0)


def test_files_that_exist_are_kept_unless_told_otherwise(office: Office, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("mine", "utf-8")
    line = told(office.puente(*COMMAND, "--out", "ours.yaml", "--no-parity", LOCALE="en"))
    assert "ours.yaml: exists already" in line
    assert "--force" in line
    assert (tmp_path / "ours.yaml").read_text("utf-8") == "mine"
    assert office.puente(*COMMAND, "--out", "ours.yaml", "--no-parity", "--force").code == 0
    assert (tmp_path / "ours.yaml").read_text("utf-8").startswith("# ")


def test_a_place_that_cannot_be_written_is_named(office: Office, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file", "utf-8")
    ran = office.puente(*COMMAND, "--out", "folder/ours.yaml", "--no-parity", LOCALE="en")
    assert ran.code == 2
    assert "folder/ours.yaml" in ran.err


def test_a_property_the_mapping_lacks_needs_a_mapping_to_be_written(office: Office, tmp_path: Path) -> None:
    scores = default_scores()
    scores[0]["groupConfigs"][1]["ruleConfigurations"][1]["configuration"]["calculation"]["property"] = "state"
    office.world.ask("POST", "scores", {"scores": scores})
    plain = office.puente(*COMMAND, "--no-parity", "--json").json
    unmapped = [gap["detail"] for gap in plain["gaps"] if gap["why"] == "unmapped"]
    assert unmapped == ["state: {property: state, type: text}"]
    ran = office.puente(*COMMAND, "--out", "ours.yaml", "--out-mapping", "map.yaml", "--json")
    assert ran.json["added"] == ["state"]
    assert "  state: {property: state, type: text}\n" in (tmp_path / "map.yaml").read_text("utf-8")
    assert office.puente("check", "--model", "ours.yaml", "--mapping", "map.yaml").code == 0


@pytest.mark.parametrize(
    ("locale", "names"), [("en", "no score of contacts"), ("es", "no tiene ninguna puntuación de contactos")]
)
def test_an_account_without_scores_is_told_what_to_do(office: Office, locale: str, names: str) -> None:
    office.world.ask("POST", "scores", {"scores": []})
    line = told(office.puente(*COMMAND, LOCALE=locale))
    assert names in line
    assert "puente init" in line


def test_drafts_alone_are_named(office: Office) -> None:
    office.world.ask("POST", "scores", {"scores": [one for one in default_scores() if one["id"] == "103"]})
    assert "Interés 2 (prueba) (103)" in told(office.puente(*COMMAND, LOCALE="en"))


def test_a_score_that_is_not_there_names_those_that_are(office: Office) -> None:
    line = told(office.puente(*COMMAND, "--score", "Nope", LOCALE="en"))
    assert "--score Nope" in line
    assert "Encaje (101), Interés (102)" in line
    assert "Empresas" not in line


def test_two_scores_of_one_axis_are_one_too_many(office: Office) -> None:
    scores = default_scores()
    second = {**scores[1], "id": "105", "name": "Otra"}
    office.world.ask("POST", "scores", {"scores": [*scores, second]})
    assert "Interés (102), Otra (105)" in told(office.puente(*COMMAND, LOCALE="en"))
    assert office.puente(*COMMAND, "--score", "105", "--no-parity").code == 0


def test_a_score_whose_rules_are_not_told_is_refused(office: Office) -> None:
    line = told(office.puente(*COMMAND, "--score", "103", LOCALE="en"))
    assert "tells no rule" in line
    assert "puente calibrate" in line


def test_a_score_nothing_of_which_can_be_said_writes_nothing(office: Office, tmp_path: Path) -> None:
    scores = default_scores()[1:2]
    entry = {"eventTypeId": "4-1555805", "recordCalculation": {"type": "CONSTANT", "value": 5}}
    rule = {
        "id": "1",
        "enabled": True,
        "configuration": {"calculation": {"type": "MULTI_UE", "eventCalculators": [entry]}},
    }
    scores[0]["groupConfigs"] = [{**scores[0]["groupConfigs"][0], "ruleConfigurations": [rule]}]
    office.world.ask("POST", "scores", {"scores": scores})
    ran = office.puente(*COMMAND, "--out", "ours.yaml", LOCALE="en")
    assert ran.code == 1
    assert "nothing was written" in ran.out
    assert not (tmp_path / "ours.yaml").exists()


def test_a_missing_scope_is_named(puente: CommandLine, tmp_path: Path) -> None:
    scopes = ("crm.objects.contacts.read", "crm.schemas.contacts.read")
    with portal(3, installed=False, scopes=scopes) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        assert "mh-lead-scoring-view" in told(puente(*COMMAND, LOCALE="en"))


def test_an_account_without_the_beta_is_sent_to_the_page(office: Office) -> None:
    office.world.fail({"match": "GET /marketing/lead-scoring/.*", "status": 404, "times": 5})
    assert "move-from-hubspot-score.md" in told(office.puente(*COMMAND, LOCALE="en"))


def test_salesforce_is_told_what_it_has_instead(puente: CommandLine) -> None:
    line = told(puente(*COMMAND, "--crm", "salesforce", LOCALE="en"))
    assert "puente calibrate" in line


@pytest.mark.parametrize("option", [("--limit", "3"), ("--threshold", "10"), ("--out-parity", "people.csv")])
def test_options_of_the_comparison_need_it(puente: CommandLine, option: tuple[str, str]) -> None:
    assert "--no-parity" in told(puente(*COMMAND, "--no-parity", *option, LOCALE="en"))
