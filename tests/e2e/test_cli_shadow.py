"""Let a candidate model follow live decisions, and compare it with the command line, on both sandboxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root
from sandbox.people import generate
from tests.contract.hubspot_world import portal
from tests.contract.salesforce_world import org
from tests.e2e.command_line import CommandLine, Ran
from tests.e2e.live_server import HUBSPOT, SALESFORCE, Side, serving
from tests.e2e.test_cli_plan import MODEL, settings_of

PEOPLE = 40
SERVERS = {"hubspot": portal, "salesforce": org}


def write_candidate(folder: Path, enter: float = 20, name: str = "next.yaml") -> str:
    text = MODEL.read_text("utf-8").replace("enter: 50, exit: 37.5", f"enter: {enter}, exit: {min(enter, 37.5)}")
    (folder / name).write_text(text, encoding="utf-8")
    return name


@dataclass
class Branch:
    """Hold a CRM with people nobody has decided yet, and a command line whose clock stands."""

    crm: str
    world: Any
    puente: CommandLine
    now: datetime

    def __call__(self, *arguments: str, **settings: str) -> Ran:
        return self.puente(*arguments, root=Root(clock=lambda: self.now), **settings)

    def compare(self, *options: str, **settings: str) -> Ran:
        return self("plan", "--from-shadow", *options, **settings)

    def asked(self) -> list[str]:
        """Return what the CRM was asked, in no order: some of it is asked at once."""
        told = ("method", "path", "query", "status", "touched")
        return sorted(str([entry[name] for name in told]) for entry in self.world.journal(0))

    def ours(self) -> list[str]:
        """Return all that is ours in the CRM: fields of people and tasks."""
        state = self.world.state()
        records = (one["properties"] for one in (*state["people"], *state["tasks"]))
        return sorted(str({name: one[name] for name in sorted(one) if "puente" in name.lower()}) for one in records)


def branch_at(crm: str, world: Any, puente: CommandLine, folder: Path, now: datetime) -> Branch:
    puente.settings.update(settings_of(crm, world.url, folder))
    return Branch(crm, world, puente, now)


@pytest.fixture(params=["hubspot", "salesforce"])
def branch(request: pytest.FixtureRequest, puente: CommandLine, tmp_path: Path) -> Iterator[Branch]:
    now = datetime.now(UTC)
    with SERVERS[request.param](base=generate(PEOPLE, 7, now - timedelta(days=2))) as world:
        yield branch_at(request.param, world, puente, tmp_path, now)


@pytest.fixture
def office(puente: CommandLine, tmp_path: Path) -> Iterator[Branch]:
    now = datetime.now(UTC)
    with portal(12) as world:
        yield branch_at("hubspot", world, puente, tmp_path, now)


def test_a_first_look_at_everybody_is_what_a_plan_of_the_candidate_says(branch: Branch) -> None:
    """Both start from the same memories and records: whoever differs in the shadow, moves in the plan."""
    candidate = write_candidate(branch.puente.folder)
    assert branch("qualify", "--all", "--json").code == 0
    assert branch("qualify", "--all", "--json", SHADOW_MODEL=candidate).code == 0
    since = int(branch.world.ask("GET", "journal")["last"])
    found = branch.compare("--json", SHADOW_MODEL=candidate).json
    assert branch.world.journal(since) == []
    assert branch("snapshot", "--json").code == 0
    planned = branch("plan", "--model", candidate, "--json").json["totals"]
    assert found["totals"]["moved"] == planned["moved"] > 0
    assert found["totals"]["matrix"] == planned["matrix"]
    assert found["totals"]["causes"] == planned["causes"]
    tasks = sum(sum(days.values()) for days in planned["tasks"].values())
    assert found["shadow"]["taken_over"] == sum(sum(d.values()) for d in found["totals"]["tasks"].values()) == tasks
    assert (found["shadow"]["live_tasks"], found["plan"], found["header"]["people"]) == ({}, None, PEOPLE)


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_the_crm_is_asked_and_written_the_same_with_and_without_a_shadow(
    crm: str, puente: CommandLine, tmp_path: Path
) -> None:
    now, seen = datetime.now(UTC), []
    candidate = write_candidate(tmp_path)
    for number, settings in enumerate(({}, {"SHADOW_MODEL": candidate})):
        folder = tmp_path / str(number)
        folder.mkdir()
        with SERVERS[crm](base=generate(PEOPLE, 7, now - timedelta(days=2))) as world:
            branch = branch_at(crm, world, puente, folder, now)
            for _ in range(2):
                assert branch("qualify", "--all", "--json", **settings).code == 0
            seen.append((branch.asked(), branch.ours()))
    assert seen[0] == seen[1]
    assert any("mql" in fields for fields in seen[0][1])


@pytest.mark.parametrize("side", [HUBSPOT, SALESFORCE], ids=lambda side: side.crm)
def test_a_doorbell_is_decided_by_both_and_written_by_one(side: Side, puente: CommandLine, tmp_path: Path) -> None:
    candidate = write_candidate(tmp_path, enter=1)
    (tmp_path / ".env").write_text(f"PUENTE_SHADOW_MODEL={candidate}\n", encoding="utf-8")
    with serving(tmp_path, side) as live:
        live.listen(duplicates=3, shuffle=True)
        person = live.people()[0]
        event = {"kind": "form_submitted", "form": "Solicitar demo"}
        live.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
        live.wait_until(lambda: bool(live.person(person).get(side.stage)))
        live.wait_for_silence()
        compared = puente("plan", "--from-shadow", "--json", CRM=side.crm, STATE=str(tmp_path / "state.db")).json
        assert compared["header"]["people"] >= 1
        made = sum(sum(days.values()) for days in compared["shadow"]["live_tasks"].values())
        assert made == len(live.task_keys()) == len(set(live.task_keys()))
    assert "failed=0" in (tmp_path / "said").read_text()


def test_who_differs_is_told_in_80_columns_and_as_a_page_in_both_languages(office: Branch) -> None:
    candidate = write_candidate(office.puente.folder, enter=5)
    assert office("qualify", "--all", SHADOW_MODEL=candidate).code == 0
    for locale, said in (("es", "no un plan"), ("en", "no plan")):
        told = office.compare("--html", f"{locale}.html", SHADOW_MODEL=candidate, LOCALE=locale)
        assert told.code == 0, told.err
        assert max(map(len, told.out.splitlines())) <= 80
        assert said in told.out
        assert "puente plan --model next.yaml" in told.out
        page = (office.puente.folder / f"{locale}.html").read_text("utf-8")
        assert page.startswith(f'<!doctype html>\n<html lang="{locale}">')
        assert not re.findall(r"""(?:src|href)\s*=|url\(|https?://|<script""", page)
    assert not (office.puente.folder / ".puente" / "plan.jsonl").exists()


def test_what_a_candidate_looks_at_and_nobody_asks_for_is_told(office: Branch) -> None:
    """Nothing more is read for a shadow; so it says what it could not see."""
    text = MODEL.read_text("utf-8")
    blind = re.sub(r"(?m)^    - id: webinar-attended\n(?:      .*\n)+", "", text)
    assert blind != text
    (office.puente.folder / "live.yaml").write_text(blind, encoding="utf-8")
    candidate = write_candidate(office.puente.folder)
    settings = {"MODEL": "live.yaml", "SHADOW_MODEL": candidate}
    assert office("qualify", "--all", **settings).code == 0
    found = office.compare("--json", **settings).json
    assert any("webinar" in kind for kind in found["shadow"]["unseen"]["kinds"])
    assert any("webinar" in sentence for sentence in found["sentences"])


def test_another_candidate_begins_anew_and_a_purge_leaves_nothing(office: Branch) -> None:
    first, second = write_candidate(office.puente.folder), write_candidate(office.puente.folder, 30, "other.yaml")
    assert office("qualify", "--all", SHADOW_MODEL=first).code == 0
    others = office.compare(SHADOW_MODEL=second)
    assert (others.code, "--purge" in others.err) == (2, True)
    assert office("qualify", "--all", SHADOW_MODEL=second).code == 0
    assert office.compare("--json", SHADOW_MODEL=second).json["shadow"]["decisions"] > 0
    assert office.compare(SHADOW_MODEL=first).code == 2
    assert office.compare("--purge").code == 0
    gone = office.compare(SHADOW_MODEL=second)
    assert (gone.code, "nothing is stored" in gone.err) == (2, True)
    assert "Nothing is stored" in office.compare("--purge").err


REFUSED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "nothing named": (("--from-shadow",), "PUENTE_SHADOW_MODEL"),
    "a plan's option": (("--from-shadow", "--out", "x.jsonl"), "--out"),
    "a plan's other option": (("--from-shadow", "--per-rep-per-day", "3"), "--per-rep-per-day"),
    "a purge of nothing in particular": (("--purge",), "--from-shadow"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused_with_what_to_do(puente: CommandLine, case: str) -> None:
    arguments, named = REFUSED[case]
    refused = puente("plan", *arguments, LOCALE="en")
    assert (refused.code, named in refused.err, "—" in refused.err) == (2, True, True)
    assert list(puente.folder.iterdir()) == []


def test_before_anything_is_stored_the_next_command_is_told(puente: CommandLine) -> None:
    candidate = write_candidate(puente.folder)
    refused = puente("plan", "--from-shadow", SHADOW_MODEL=candidate, LOCALE="en")
    assert (refused.code, "puente serve" in refused.err) == (2, True)
    assert sorted(path.name for path in puente.folder.iterdir()) == [candidate]


@pytest.mark.parametrize(
    "command", [("qualify", "--all"), ("serve", "--port", "0"), ("plan", "--from-shadow"), ("check",)]
)
def test_a_candidate_that_cannot_be_read_ends_a_command_before_it_begins(
    office: Branch, command: tuple[str, ...]
) -> None:
    (office.puente.folder / "broken.yaml").write_text("model: m\nfit: {treshold: 50}\n", encoding="utf-8")
    since = int(office.world.ask("GET", "journal")["last"])
    refused = office(*command, SHADOW_MODEL="broken.yaml")
    assert refused.code == 2
    assert "broken.yaml:2" in refused.err
    assert "Traceback" not in refused.err
    assert office.world.journal(since) == []
    missing = office(*command, SHADOW_MODEL="nowhere.yaml")
    assert (missing.code, "nowhere.yaml" in missing.err) == (2, True)
