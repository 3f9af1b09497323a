"""Calibrate and backtest with the command line, on a snapshot of a made-up past."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root
from tests.e2e.command_line import CommandLine, Ran
from tests.study.histories import MODEL, NOW, make_history
from tests.study.kept import keep_history, settings_of


class Past:
    """Run commands over one kept history; the clock stands at the moment it was taken."""

    def __init__(self, puente: CommandLine, folder: Path) -> None:
        self.puente, self.folder = puente, folder

    def __call__(self, *arguments: str, **settings: str) -> Ran:
        given: dict[str, Any] = {**settings_of(self.folder), **settings}
        return self.puente(*arguments, root=Root(clock=lambda: NOW), **given)


@pytest.fixture
def past(puente: CommandLine, tmp_path: Path) -> Past:
    keep_history(make_history(2_000, 1), tmp_path)
    return Past(puente, tmp_path)


def test_a_proposal_is_a_file_with_its_comments_and_says_what_it_would_do_and_would_have_done(past: Past) -> None:
    ran = past("calibrate", "--out", "next.yaml", "--json")
    assert ran.code == 0, ran.err + ran.out
    found = ran.json
    assert found["proposed"]
    assert found["comparison"]["gain"]["low"] > 0
    assert found["plan"]["sentences"]
    assert [one["name"] for one in found["backtest"]["tested"]][1] == "next.yaml"
    text = (past.puente.folder / "next.yaml").read_text("utf-8")
    assert "# What we believed in January." in text
    assert "# agreed with sales" in text
    assert past("check", "--model", "next.yaml").code == 0


def test_the_file_in_force_is_not_touched(past: Past) -> None:
    assert past("calibrate").code == 0
    assert (past.folder / "model.yaml").read_text("utf-8") == MODEL


def test_a_proposal_is_told_in_both_languages(past: Past) -> None:
    english, spanish = past("calibrate"), past("calibrate", LOCALE="es")
    assert english.code == spanish.code == 0, english.err + spanish.err
    assert "tells who is won better" in english.out
    assert "+      points:" in english.out
    assert "anticipa mejor que el archivo" in spanish.out


def test_too_few_winners_are_counted_and_nothing_is_written(puente: CommandLine, tmp_path: Path) -> None:
    keep_history(make_history(400, 3), tmp_path)
    ran = Past(puente, tmp_path)("calibrate", "--out", "next.yaml", "--json")
    assert ran.code == 1
    refusal = ran.json["refusal"]
    assert refusal["why"] == "few_wins"
    assert refusal["need"] == 50
    assert str(50 - refusal["have"]) in ran.json["message"]
    assert not (puente.folder / "next.yaml").exists()


def test_a_backtest_compares_models_and_says_what_it_cannot_know(past: Past) -> None:
    (past.puente.folder / "other.yaml").write_text(MODEL.replace("enter: 40, exit: 30", "enter: 20, exit: 15"), "utf-8")
    ran = past("backtest", "--candidate", "other.yaml", "--by", "country", "--json")
    assert ran.code == 0, ran.err + ran.out
    found = ran.json
    assert found["not_reconstructable"] == ["country", "employees", "industry"]
    assert found["segments_today"] == ["country"]
    one, other = found["tested"]
    assert {segment["value"] for segment in one["segments"]["country"]} == {"ES", "MX", "DE", "US", None}
    assert other["verdict"]["tasks"] > one["verdict"]["tasks"]
    assert one["verdict"]["found"]["low"] < one["verdict"]["found"]["value"] < one["verdict"]["found"]["high"]
    vouched = past("backtest", "--known-before", "country", "--by", "country")
    assert vouched.code == 0
    assert "employees, industry" in vouched.out


def test_an_attribute_nobody_keeps_is_refused(past: Past) -> None:
    ran = past("backtest", "--by", "shoe_size")
    assert ran.code == 2
    assert "shoe_size" in ran.err


def test_two_goals_for_one_threshold_are_refused(past: Past) -> None:
    ran = past("calibrate", "--per-week", "5", "--precision", "20")
    assert ran.code == 2
    assert "--per-week" in ran.err
