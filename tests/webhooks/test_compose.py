"""Compose a function's worker: with a candidate beside its model, and without one that cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root
from connector.ports import Crm
from connector.settings import Settings
from tests.unit.fake_crm import FakeCrm
from webhooks.compose import Composer

MODEL = Path(__file__).parents[2] / "mappings" / "model.yaml"


def compose(folder: Path, shadow_model: Path | None) -> Any:
    settings = Settings(state=str(folder / "state.db"), shadow_model=shadow_model)

    @contextmanager
    def open_crm(*_: object, **__: object) -> Iterator[Crm]:
        yield FakeCrm()  # type: ignore[misc]

    root = Root(load_settings=lambda: settings, open_crm=open_crm)
    return Composer(root, dict).get().worker.qualifier.shadow


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_candidate_is_put_beside_the_model_in_force(tmp_path: Path) -> None:
    assert compose(tmp_path, MODEL).model.name == "b2b-default"
    assert compose(tmp_path, None) is None


@pytest.mark.parametrize("content", [None, "model: m\nfit: {treshold: 50}\n"], ids=["missing", "invalid"])
def test_a_candidate_that_cannot_be_used_is_told_and_the_live_worker_works(
    tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "next.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    monkeypatch.setattr(logging.getLogger("webhooks"), "propagate", True)
    assert compose(tmp_path, file) is None
    (told,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert "shadow model not used" in told
    assert "next.yaml" in told
