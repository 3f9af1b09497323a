"""Write the weekly report with the command line: from a kept year, from awkward bases, and from both sandboxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root
from sandbox.people import generate
from tests.contract.hubspot_world import portal
from tests.contract.salesforce_world import org
from tests.e2e.command_line import CommandLine, Ran
from tests.e2e.test_cli_plan import settings_of as settings_of_world
from tests.study.kept import settings_of
from tests.study.meetings import DATED, NOW, Meeting, keep_meeting, make_meeting

PAGE = ".puente/report.html"
OUTSIDE = re.compile(r"""src\s*=|url\(|<script|<link|<img|@import""")


class Team:
    """Run commands over one kept base; the clock stands at the moment it was taken."""

    def __init__(self, puente: CommandLine, folder: Path) -> None:
        self.puente, self.folder = puente, folder

    def __call__(self, *arguments: str, **settings: Any) -> Ran:
        return self.puente(*arguments, root=Root(clock=lambda: NOW), **{**settings_of(self.folder), **settings})

    def page(self) -> str:
        return (self.folder / PAGE).read_text("utf-8")


@pytest.fixture
def team(puente: CommandLine, tmp_path: Path) -> Team:
    keep_meeting(make_meeting(400), tmp_path)
    return Team(puente, tmp_path)


def test_the_terminal_says_what_the_page_says_first(team: Team) -> None:
    ran = team("report")
    assert (ran.code, PAGE in ran.err) == (0, True)
    assert ran.out.startswith("In the last 4 weeks sales accepted")
    assert "1. " in ran.out
    assert "model.yaml:" in ran.out
    page = team.page()
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert not OUTSIDE.search(page)


def test_the_language_can_be_chosen_for_one_report(team: Team) -> None:
    assert team("report", "--locale", "es").out.startswith("En las últimas 4 semanas ventas aceptó")
    assert '<html lang="es">' in team.page()


def test_decimals_of_the_model_are_written_as_the_language_does(team: Team) -> None:
    model = team.folder / "model.yaml"
    model.write_text(model.read_text("utf-8").replace("enter: 50", "enter: 47.5"), "utf-8")
    team("report", "--locale", "es")
    assert "MQL desde 47,5 puntos" in team.page()
    assert "47.5" not in team.page()


def test_machines_get_everything_measured_beside_the_sentences(team: Team) -> None:
    found = team("report", "--json", "--weeks", "2", "--channel", "country", "--out", "deep/er/page.html").json
    assert (found["page"], found["report"]["weeks"], found["report"]["channel"]) == ("deep/er/page.html", 2, "country")
    assert {"sentence", "file", "command", "kind", "cost"} <= set(found["findings"][0])
    assert len(found["report"]["rules"]) == 8
    assert (team.folder / "deep" / "er" / "page.html").is_file()


def test_a_person_who_waits_can_be_opened_in_the_crm(team: Team) -> None:
    team("report")
    assert "https://app.hubspot.com/contacts/62515/record/0-1/" in team.page()


def test_an_attribute_nobody_kept_is_no_channel(team: Team) -> None:
    ran = team("report", "--channel", "colour")
    refusal = "--channel: colour: the snapshot has no such attribute — take its names from the mapping"
    assert (ran.code, refusal in ran.err) == (2, True)
    assert not (team.folder / PAGE).exists()


def test_a_page_that_cannot_be_written_is_named_and_nothing_is_left(team: Team) -> None:
    (team.folder / "taken").mkdir()
    ran = team("report", "--out", "taken")
    assert (ran.code, "taken" in ran.err, "Traceback" in ran.err) == (2, True, False)
    assert list((team.folder / "taken").iterdir()) == []


def test_without_a_snapshot_the_command_says_how_to_take_one(puente: CommandLine, tmp_path: Path) -> None:
    ran = puente("report", LOCALE="en", SNAPSHOT=str(tmp_path / "none"), STATE=str(tmp_path / "state.db"))
    assert (ran.code, "puente snapshot" in ran.err) == (2, True)


def awkward() -> Iterator[tuple[str, Meeting]]:
    yield "nobody", Meeting()
    one = Meeting()
    one.add_event(one.add_person(country="ES"), "page_view", NOW - timedelta(days=3))
    yield "one person", one
    bare = Meeting()
    bare.add_person()
    yield "nothing known", bare
    dealless = make_meeting(80)
    dealless.rows["deals"].clear()
    yield "no deals", dealless
    early = Meeting()
    for _ in range(60):
        early.add_event(early.add_person(country="DE", employees=9.0), "page_view", NOW - timedelta(days=3))
    yield "no MQL", early


@pytest.mark.parametrize(("name", "meeting"), list(awkward()), ids=[name for name, _ in awkward()])
@pytest.mark.parametrize("dated", [True, False], ids=["history", "no-history"])
def test_no_base_is_too_small_or_too_bare(
    puente: CommandLine, tmp_path: Path, name: str, meeting: Meeting, dated: bool
) -> None:
    keep_meeting(meeting, tmp_path, dated=DATED if dated else ())
    team = Team(puente, tmp_path)
    for locale in ("es", "en"):
        ran = team("report", "--locale", locale)
        assert ran.code == 0, f"{name}: {ran.err}"
        assert not re.search(r"\b(nan|inf|None)\b", team.page())


def test_hashed_ids_are_no_links(puente: CommandLine, tmp_path: Path) -> None:
    keep_meeting(make_meeting(200), tmp_path, hashed=True)
    team = Team(puente, tmp_path)
    assert team("report").code == 0
    assert "app.hubspot.com" not in team.page()
    assert "Ids are hashed" in team.page()


@pytest.mark.parametrize(("crm", "serve"), [("hubspot", portal), ("salesforce", org)], ids=["hubspot", "salesforce"])
@pytest.mark.parametrize("history", [("--history",), ("--no-history",)], ids=["history", "no-history"])
def test_the_practice_crm_has_a_report(
    puente: CommandLine, tmp_path: Path, crm: str, serve: Any, history: tuple[str, ...]
) -> None:
    now = datetime.now(UTC)
    with serve(base=generate(60, 7, now - timedelta(days=2))) as world:
        puente.settings.update(settings_of_world(crm, world.url, tmp_path))
        for arguments in (("qualify", "--all", "--json"), ("snapshot", "--json", *history), ("report", "--json")):
            ran = puente(*arguments)
            assert ran.code == 0, ran.err
    found = ran.json["report"]
    assert found["people"] > 50
    assert found["funnel"]["steps"][1]["count"] > 5
    assert found["service"]["orphans"]
    assert not re.search(r"\b(nan|inf|None)\b", (tmp_path / PAGE).read_text("utf-8"))
