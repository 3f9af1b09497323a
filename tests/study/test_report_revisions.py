"""What is known of the model's changes: from the file's history in Git, and from the stamps people carry."""

from __future__ import annotations

import subprocess
from pathlib import Path

import polars as pl
import pytest

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.study.report.revisions import count_stamps, list_revisions, read_file_states
from tests.study.meetings import MODEL, TYPES


def read(text: str) -> Model:
    return parse_model(text, file="model.yaml", types=dict(TYPES))


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ops", "-c", "user.email=ops@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Return a model file with three commits: the second changes points, the third a comment only."""
    git(tmp_path, "init", "-q")
    file = tmp_path / "models" / "model.yaml"
    file.parent.mkdir()
    versions = (
        (MODEL.replace("points: 40 ", "points: 25 "), "First model"),
        (MODEL, "Webinars are worth more"),
        (MODEL.replace("the team's favourite", "agreed in May"), "Say why"),
    )
    for text, subject in versions:
        file.write_text(text, encoding="utf-8")
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", subject)
    return file


def test_each_change_of_content_is_told_with_its_day_and_why(team: Path) -> None:
    found = list(list_revisions(read_file_states(team) or (), read))
    assert [one.subject for one in found] == ["Webinars are worth more", "First model"]
    (change,) = found[0].changes
    assert (change.path, change.before, change.after) == ("engagement.signals.webinar.points", "25", "40")
    assert found[0].at is not None
    assert found[1].changes == ()


def test_what_is_not_committed_yet_comes_first(team: Path) -> None:
    team.write_text(MODEL.replace("enter: 50", "enter: 60"), encoding="utf-8")
    newest = next(list_revisions(read_file_states(team) or (), read))
    assert (newest.at, newest.subject) == (None, None)
    assert [(one.path, one.after) for one in newest.changes] == [("stages.mql.enter", "60")]


def test_a_broken_state_is_passed_over(team: Path) -> None:
    whole = team.read_text(encoding="utf-8")
    for text in ("model: [", whole.replace("enter: 50", "enter: 55")):
        team.write_text(text, encoding="utf-8")
        git(team.parent, "commit", "-q", "-am", "Try")
    found = list(list_revisions(read_file_states(team) or (), read))
    assert [one.subject for one in found] == ["Try", "Webinars are worth more", "First model"]


def test_a_file_outside_of_git_has_no_known_changes(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(MODEL, encoding="utf-8")
    assert read_file_states(file) is None
    git(tmp_path, "init", "-q")
    assert read_file_states(file) is None  # in the folder, but never committed


def test_stamps_say_who_was_decided_by_what_and_from_when_on_at_the_latest() -> None:
    part = pl.DataFrame({"current": [
        '{"model": "a 1 0", "at": {"at": "2026-03-02T10:00:00Z"}}', '{"model": "a 1 0", "at": null}',
        '{"model": "b 2 0", "at": {"at": "2026-03-09T10:00:00Z"}}', '{"model": null}', "{}",
    ]})  # fmt: skip
    newest, oldest = count_stamps([part], "model", "at")
    assert (newest.stamp, newest.people, oldest.stamp, oldest.people) == ("b 2 0", 1, "a 1 0", 2)
    assert oldest.first_at == oldest.last_at is not None
    assert count_stamps([part], None, None) == ()
