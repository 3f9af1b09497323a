"""Read the files an ops team owns from disk, or the packaged ones, and report all of their problems together."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from connector.domain.case_file import Case, parse_cases
from connector.domain.cross_check import Source, warnings
from connector.domain.mapping import Crm, Mapping
from connector.domain.mapping_file import parse_mapping
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.domain.phrase import phrase
from connector.domain.yaml_file import read_yaml
from connector.domain.yaml_tree import ROOT
from connector.errors import CaseError, MappingError, ModelError, Problem, UsageError
from connector.system_reasons import system_phrase

LARGEST_FILE_BYTES: Final = 1 << 20
LARGEST_CASE_FILE_BYTES: Final = 32 << 20
_PACKAGE: Final = "mappings"


@dataclass(frozen=True, slots=True)
class TextFile:
    """Hold a file's text under the name that messages call it by."""

    name: str
    text: str

    def source(self) -> Source:
        """Return the file as a place that knows the lines of its paths."""
        return Source(self.name, read_yaml(self.text, self.name).line_of)


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold what could be read of a set of files; a part that could not be is None, and `problems` says why."""

    mapping: Mapping | None
    model: Model | None
    cases: tuple[Case, ...] | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def load_mapping(path: Path | None, crm: Crm) -> Mapping:
    """Return the mapping at `path`, or the packaged one of the CRM. Raises MappingError with all problems."""
    source = read_mapping_text(path, crm)
    return parse_mapping(source.text, file=source.name, crm=crm)


def read_model_text(path: Path | None) -> TextFile:
    """Return the text of the model at `path`, or of the packaged one. Raises ModelError when it cannot be read."""
    return _read(path, ModelError) if path else _read_packaged("model.yaml", ModelError)


def read_mapping_text(path: Path | None, crm: Crm) -> TextFile:
    """Return the text of the mapping at `path`, or of the packaged one. Raises MappingError when it cannot be read."""
    return _read(path, MappingError) if path else _read_packaged(f"{crm}.yaml", MappingError)


def load_model(path: Path | None, mapping: Mapping) -> Model:
    """Return the model at `path`, or the packaged one, typed by the mapping. Raises ModelError with all problems."""
    source = read_model_text(path)
    return parse_model(source.text, file=source.name, types=mapping.attribute_types)


def check_files(model_path: Path | None, mapping_path: Path | None, cases_path: Path | None, crm: Crm) -> Checked:
    """Read all files and collect the problems of every one, so that one run names everything to correct.

    Without a sound mapping the attributes are unknown: the other files are then checked for all but those.
    """
    problems: list[Problem] = []
    mapping: Mapping | None = None
    model: Model | None = None
    cases: tuple[Case, ...] | None = None
    types: Map[str, ValueType] | None = None
    try:
        mapping = load_mapping(mapping_path, crm)
        types = mapping.attribute_types
    except UsageError as error:
        problems += error.problems
    try:
        source = read_model_text(model_path)
        model = parse_model(source.text, file=source.name, types=types)
    except UsageError as error:
        problems += error.problems
    try:
        if cases_path:
            source = _read(cases_path, CaseError, LARGEST_CASE_FILE_BYTES)
            cases = parse_cases(source.text, source.name, types)
    except UsageError as error:
        problems += error.problems
    found: Sequence[Problem] = ()
    if model and mapping:
        sources = read_model_text(model_path).source(), read_mapping_text(mapping_path, crm).source()
        found = warnings(model, mapping, *sources)
    return Checked(mapping, model if mapping else None, cases, tuple(problems), tuple(found))


def _read_packaged(name: str, error: type[UsageError]) -> TextFile:
    shown = f"{_PACKAGE}/{name}"
    try:
        return TextFile(shown, files(_PACKAGE).joinpath(name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _refused(shown, 1, phrase("no such file is packaged — name one of your own"), error) from None


def _read(path: Path, error: type[UsageError], largest_bytes: int = LARGEST_FILE_BYTES) -> TextFile:
    name = str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(largest_bytes + 1)
    except FileNotFoundError:
        raise _refused(name, 1, phrase("there is no such file — correct the path"), error) from None
    except IsADirectoryError:
        raise _refused(name, 1, phrase("this is a directory — name a file in it"), error) from None
    except (OSError, ValueError) as problem:
        reason = system_phrase(problem) if isinstance(problem, OSError) else phrase("not a path")
        raise _refused(
            name,
            1,
            phrase("the file cannot be read ({reason}) — correct the path or its permissions", reason=reason),
            error,
        ) from None
    if len(raw) > largest_bytes:
        raise _refused(
            name,
            1,
            phrase(
                "the file is over {size} MiB — split it, or name another file",
                size=largest_bytes >> 20,
            ),
            error,
        )
    try:
        return TextFile(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise _refused(name, line, phrase("the file is not UTF-8 — save it as UTF-8"), error) from None


def _refused(file: str, line: int, message: str, error: type[UsageError]) -> UsageError:
    return error(problems=[Problem(file, line, ROOT, message)])
