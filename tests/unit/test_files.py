"""Files on disk: packaged or own, and a clear word for what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import CaseError, MappingError, ModelError, Problem, UsageError
from connector.files import LARGEST_FILE_BYTES, check_files, load_mapping, load_model

MAPPING = "crm: hubspot\nattributes: {country: {property: country, type: text}}\nevents: [{kind: call, from: calls}]\n"
MODEL = """model: mine
version: "1"
fit: {criteria: [{id: a, weight: 1, when: {attribute: country, equals: ES}}]}
engagement:
  machine: {clicks: 3, within_seconds: 10}
  signals:
    - {id: b, kind: page_view, points: 1}
"""
CASES = "- {name: a, now: 2026-03-02T10:00:00Z, person: {country: ES}}\n"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_fresh_install_has_a_model_and_a_hubspot_mapping() -> None:
    mapping = load_mapping(None, "hubspot")
    model = load_model(None, mapping)
    assert (mapping.crm, model.name) == ("hubspot", "b2b-default")


def test_own_files_are_read(tmp_path: Path) -> None:
    mapping_path = write(tmp_path, "map.yaml", MAPPING)
    model_path = write(tmp_path, "model.yaml", b"\xef\xbb\xbf" + MODEL.encode())
    checked = check_files(model_path, mapping_path, write(tmp_path, "cases.yaml", CASES), "hubspot")
    assert checked.model is not None
    assert checked.model.hash == load_model(model_path, load_mapping(mapping_path, "hubspot")).hash
    assert [case.person.text("country") for case in checked.cases or ()] == ["ES"]
    assert checked.model.name == "mine"


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("absent.yaml", None, 1, "there is no such file"),
        (".", None, 1, "this is a directory"),
        ("long.yaml", b"#" * (LARGEST_FILE_BYTES + 1), 1, "over 1 MiB"),
        ("latin.yaml", "model: a\nversion: año\n".encode("latin-1"), 2, "not UTF-8"),
        ("wide.yaml", "model: a\n".encode("utf-16"), 1, "not UTF-8"),
        ("zero\0byte.yaml", None, 1, "cannot be read"),
        ("n" * 300, None, 1, "cannot be read"),
        ("empty.yaml", b"", 1, "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_clear_usage_error(
    tmp_path: Path, name: str, content: bytes | None, line: int, words: str
) -> None:
    path = tmp_path / name if content is None else write(tmp_path, name, content)
    mapping = load_mapping(None, "hubspot")
    problems: list[Problem] = []
    for error, load in (
        (ModelError, lambda: load_model(path, mapping)),
        (MappingError, lambda: load_mapping(path, "hubspot")),
    ):
        with pytest.raises(error) as caught:
            load()
        problems += caught.value.problems
    if words != "over 1 MiB":  # cases may be many: their limit is higher
        problems += check_files(None, None, path, "hubspot").problems
        assert len(problems) == 3
    for problem in problems:
        assert (problem.file, problem.line, problem.path) == (str(path), line, "(file)")
        assert words in problem.message


def test_a_crm_without_a_packaged_mapping_asks_for_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("connector.files.files", lambda package: tmp_path)
    with pytest.raises(MappingError, match="no such file is packaged — name one of your own"):
        load_mapping(None, "salesforce")


def test_one_run_names_the_problems_of_all_files(tmp_path: Path) -> None:
    model = write(tmp_path, "model.yaml", MODEL.replace("weight: 1", "weight: -1"))
    mapping = write(tmp_path, "map.yaml", MAPPING.replace("from: calls", "from: cals"))
    cases = write(tmp_path, "cases.yaml", CASES.replace("now", "nwo"))
    checked = check_files(model, mapping, cases, "hubspot")
    assert (checked.mapping, checked.model, checked.cases) == (None, None, None)
    assert [(Path(found.file).name, found.path) for found in checked.problems] == [
        ("map.yaml", "events[0].from"),
        ("model.yaml", "fit.criteria[0].weight"),
        ("cases.yaml", "[0].now"),
        ("cases.yaml", "[0].nwo"),
    ]


def test_a_broken_mapping_does_not_blame_the_other_files(tmp_path: Path) -> None:
    mapping = write(tmp_path, "map.yaml", MAPPING + "x: 1\n")
    checked = check_files(write(tmp_path, "model.yaml", MODEL), mapping, write(tmp_path, "c.yaml", CASES), "hubspot")
    assert [found.path for found in checked.problems] == ["x"]
    assert checked.model is None, "a model whose attributes are not known cannot be evaluated"


def test_what_one_file_uses_and_the_other_lacks_is_a_warning_in_its_place(tmp_path: Path) -> None:
    model, mapping = write(tmp_path, "model.yaml", MODEL), write(tmp_path, "map.yaml", MAPPING)
    checked = check_files(model, mapping, None, "hubspot")
    assert checked.problems == ()
    assert [(Path(found.file).name, found.line, found.path) for found in checked.warnings] == [
        ("model.yaml", 5, "engagement.machine"),
        ("model.yaml", 7, "engagement.signals[0].kind"),
        ("map.yaml", 3, "events"),
    ]
    assert "`page_view`" in checked.warnings[1].message
    assert "no rule of the model uses call" in checked.warnings[2].message


def test_every_error_of_a_file_is_a_usage_error() -> None:
    assert all(issubclass(error, UsageError) for error in (ModelError, MappingError, CaseError))
