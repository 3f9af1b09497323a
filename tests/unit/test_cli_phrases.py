"""The phrases of the core: each can be said in Spanish with the same values, and what people wrote stays as it is."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.cli.phrases import SPANISH, in_locale, problem_text, usage_text
from connector.cli.phrases_files_es import PARSER_ES
from connector.domain.mapping_file import parse_mapping
from connector.domain.model_file import parse_model
from connector.domain.phrase import phrase, phrases
from connector.errors import ModelError, UsageError
from connector.settings import load_settings
from tests.unit.test_file_samples import PARSERS, SAMPLES

ROOT = Path(__file__).parents[2]


def patterns() -> Iterator[str]:
    """Yield the pattern of every phrase of the code."""
    for path in (*ROOT.glob("connector/**/*.py"), *ROOT.glob("adapters/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
                pattern = node.args[0]
                assert isinstance(pattern, ast.Constant), f"{path}:{node.lineno} builds its pattern"
                yield str(pattern.value)


def placeholders(pattern: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(pattern) if name}


def test_every_phrase_can_be_said_in_spanish_and_no_translation_is_left_over() -> None:
    assert set(patterns()) == set(SPANISH) - set(PARSER_ES)


@pytest.mark.parametrize("pattern", sorted(SPANISH.keys() - PARSER_ES.keys()))
def test_both_languages_fill_in_the_same_values_in_the_same_form(pattern: str) -> None:
    assert placeholders(SPANISH[pattern]) == placeholders(pattern)
    assert SPANISH[pattern] != pattern or len(pattern) < 5


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_problem_of_a_file_says_in_spanish_where_what_and_what_to_do(sample: Path) -> None:
    error, parse = PARSERS[sample.stem.partition("-")[0]]
    with pytest.raises(error) as caught:
        parse(sample.read_text(encoding="utf-8"), sample.name)
    for problem in caught.value.problems:
        said = problem_text(problem, "es")
        assert said.startswith(f"{sample.name}:{problem.line}: ")
        assert " — " in said
        assert not set(said.split()) & {"the", "this", "write", "unknown", "missing", "keep", "did"}


def test_a_misspelt_key_is_told_in_spanish_with_the_one_that_was_meant() -> None:
    with pytest.raises(ModelError) as caught:
        parse_model("model: m\nversion: '1'\nfit: {treshold: 50}\n", file="ours.yaml", types=None)
    said = usage_text(caught.value, "es").splitlines()
    assert "ours.yaml:3: fit.treshold: no existe la clave `treshold` — ¿quería decir `threshold`?" in said
    assert "ours.yaml:3: fit.criteria: falta la clave `criteria` — añádala (lista de: mapa (no vacía))" in said


def test_a_slip_in_the_syntax_is_told_in_spanish() -> None:
    with pytest.raises(ModelError) as caught:
        parse_model("model: m\nfit: {threshold: 50\nversion: 1\n", file="ours.yaml", types=None)
    assert usage_text(caught.value, "es") == (
        "ours.yaml:3: (archivo): no es YAML válido"
        " (línea 2, en un mapa entre llaves: falta una coma o la llave de cierre) — corrija la sintaxis"
    )


def test_what_somebody_wrote_is_never_translated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_mapping("crm: hubspot\nattributes: {stage: {property: a b, type: day}}\n", file="ours.yaml")
    assert "`day`" in usage_text(caught.value, "es")


def test_braces_that_somebody_wrote_are_shown_as_they_are() -> None:
    said = phrase("unknown key {name} — {advice}", name="`{evil}`", advice=phrase("remove it"))
    assert said == "unknown key `{evil}` — remove it"
    assert in_locale(said, "es") == "no existe la clave `{evil}` — quítelo"


def test_sentences_that_were_joined_are_translated_one_by_one() -> None:
    both = phrases([phrase("remove it"), "as it is", phrase("a text")])
    assert both == "remove it\nas it is\na text"
    assert in_locale(both, "es") == "quítelo\nas it is\nun texto"


def test_wrong_settings_are_told_in_spanish(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"CRM": "x", "LOCALE": "fr", "HUBSPOT__RATE_PER_10S": "many", "HUBSPOT__BASE_ULR": "x"}.items():
        monkeypatch.setenv(f"PUENTE_{name}", value)
    with pytest.raises(UsageError) as caught:
        load_settings()
    advice = " — corríjalo en el entorno, en .env o en puente.toml"
    assert usage_text(caught.value, "es").splitlines() == [
        f"PUENTE_CRM: debe ser hubspot o salesforce{advice}",
        f"PUENTE_LOCALE: debe ser es o en{advice}",
        f"PUENTE_HUBSPOT__RATE_PER_10S: debe ser un número entero{advice}",
    ]
