"""Read golden cases and compare what they expect with a decision, by the rules of such files."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .values import MICROSECONDS, read_instant

CASES = Path(__file__).parent.parent / "cases"
PACKAGED = CASES.parent.parent / "mappings"
MODELS = {"rulings": CASES / "model-format.model.yaml", "scenarios": PACKAGED / "model.yaml"}


@dataclass(frozen=True)
class GoldenFile:
    """A file of cases with the model and the attribute types it is meant for."""

    path: Path
    model_path: Path
    mapping_path: Path

    @property
    def cases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = _load(self.path)
        return found

    @property
    def model(self) -> dict[str, Any]:
        found: dict[str, Any] = _load(self.model_path)
        return found

    @property
    def types(self) -> dict[str, str]:
        return {name: rule["type"] for name, rule in _load(self.mapping_path)["attributes"].items()}


def golden_files() -> list[GoldenFile]:
    """Return every `<name>.yaml`, with `<name>.model.yaml` and, where it has one, `<name>.mapping.yaml`."""
    names = sorted(path.name.removesuffix(".model.yaml") for path in CASES.glob("*.model.yaml"))
    names = ["rulings", "scenarios", *(name for name in names if name != "model-format")]
    return [
        GoldenFile(CASES / f"{name}.yaml", MODELS.get(name, CASES / f"{name}.model.yaml"), _mapping(name))
        for name in names
    ]


def _mapping(name: str) -> Path:
    own = CASES / f"{name}.mapping.yaml"
    return own if own.exists() else PACKAGED / "hubspot.yaml"


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def shortfalls(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Name every expected part that the decision does not have."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        parts = [shortfalls(value, actual.get(key), f"{path}.{key}") for key, value in expected.items()]
        return [line for part in parts for line in part]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for n, (one, other) in pairs for line in shortfalls(one, other, f"{path}[{n}]")]
    return [] if _agree(expected, actual) else [f"{path}: expected {expected!r}, not {actual!r}"]


def _agree(expected: Any, actual: Any) -> bool:
    if isinstance(expected, dt.datetime):
        one, other = read_instant(expected), read_instant(actual)
        return one is not None and other is not None and abs(one - other) <= MICROSECONDS
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return abs(expected - actual) <= 0.005 + 1e-9
    return bool(expected == actual)
