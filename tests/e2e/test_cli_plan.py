"""Plan a change of the model and apply it with the command line, on both sandboxes."""

from __future__ import annotations

import json
import os
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
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, org
from tests.e2e.command_line import CommandLine, Ran, settings_for

PEOPLE = 60
PLAN = ".puente/plan.jsonl"
MODEL = Path(__file__).parents[2] / "mappings" / "model.yaml"
OWN_STAGE = {"hubspot": "puente_stage", "salesforce": "Puente_Stage__c"}
OWN_KEY = {"hubspot": "puente_task_key", "salesforce": "Puente_Task_Key__c"}


@dataclass
class Firm:
    """Hold a CRM of one kind with people as a run of the packaged model has left them, and a command line for it."""

    crm: str
    world: Any
    puente: CommandLine
    now: datetime

    def __call__(self, *arguments: str, **settings: Any) -> Ran:
        """Run a command that has to succeed. The clock stands, so that nobody crosses a threshold meanwhile."""
        ran = self.puente(*arguments, root=Root(clock=lambda: self.now), **settings)
        assert ran.code == 0, ran.err + ran.out
        return ran

    def write_model(self, name: str, enter: float) -> str:
        text = MODEL.read_text("utf-8").replace("enter: 50, exit: 37.5", f"enter: {enter}, exit: {min(enter, 37.5)}")
        (self.puente.folder / name).write_text(text, encoding="utf-8")
        return name

    def plan(self, enter: float = 30) -> Any:
        self("snapshot", "--json")
        return self("plan", "--model", self.write_model("next.yaml", enter), "--json").json

    def stages(self) -> Mapping[str, str]:
        people = [person for person in self.world.state()["people"] if not person["archived"]]
        return {person["id"]: person["properties"].get(OWN_STAGE[self.crm]) for person in people}

    def task_keys(self) -> list[str]:
        tasks = (task["properties"].get(OWN_KEY[self.crm]) for task in self.world.state()["tasks"])
        return sorted(key for key in tasks if key)

    def writes_since(self, seq: int) -> int:
        return sum(bool(entry["touched"]) for entry in self.world.journal(seq))

    def lines(self) -> Iterator[dict[str, Any]]:
        for text in (self.puente.folder / PLAN).read_text("utf-8").splitlines():
            document = json.loads(text)
            if "line" in document:
                yield document["line"]

    def movers(self) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["stage_from"] != line["stage_to"]]

    def edit(self, person: str, **fields: str) -> None:
        self.world.ask("POST", "edit", {"person": person, "set": fields})


@pytest.fixture(params=[("hubspot", portal), ("salesforce", org)], ids=["hubspot", "salesforce"])
def firm(request: pytest.FixtureRequest, puente: CommandLine, tmp_path: Path) -> Iterator[Firm]:
    crm, serve = request.param
    now = datetime.now(UTC)
    with serve(base=generate(PEOPLE, 7, now - timedelta(days=2))) as world:
        puente.settings.update(settings_of(crm, world.url, tmp_path))
        office = Firm(crm, world, puente, now)
        office("qualify", "--all", "--json")
        yield office


def settings_of(crm: str, url: str, folder: Path) -> Mapping[str, str]:
    if crm == "hubspot":
        return {**settings_for(url, folder), "LOCALE": "en"}
    return {
        "CRM": crm,
        "LOCALE": "en",
        "STATE": str(folder / "state.db"),
        "SALESFORCE__INSTANCE_URL": url,
        "SALESFORCE__CLIENT_ID": CLIENT_ID,
        "SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
    }


def test_the_model_in_force_has_nothing_to_plan(firm: Firm) -> None:
    firm("snapshot", "--json")
    since = last_seq(firm)
    planned = firm("plan", "--json").json
    assert (planned["totals"]["lines"], planned["totals"]["calls"]) == (0, {})
    assert list(firm.lines()) == []
    assert "Nothing changes" in firm("plan").out
    assert firm.world.journal(since) == []  # a plan asks the CRM nothing
    applied = firm("apply", PLAN, "--json").json
    assert (applied["lines"], applied["calls"]) == (0, {})


def last_seq(firm: Firm) -> int:
    return int(firm.world.ask("GET", "journal")["last"])


def test_applying_leaves_exactly_what_was_planned_at_the_calls_that_were_predicted(firm: Firm) -> None:
    before, keys = firm.stages(), firm.task_keys()
    planned = firm.plan()
    movers = firm.movers()
    assert planned["totals"]["moved"] == len(movers) > 0
    assert planned["totals"]["causes"] == {"threshold": len(movers)}
    since = last_seq(firm)
    applied = firm("apply", PLAN, "--json").json
    assert applied["written"] == applied["lines"] == PEOPLE
    expected = {**before, **{line["ref"][1]: line["stage_to"] for line in movers}}
    assert firm.stages() == expected
    tasks = [line for line in movers if "task" in line]
    assert len(firm.task_keys()) == len(keys) + len(tasks) == len(keys) + applied["tasks"]
    calls = len(firm.world.journal(since))
    predicted = sum(planned["totals"]["calls"].values())
    assert abs(predicted - calls) <= max(1, 0.1 * calls), (planned["totals"]["calls"], applied["calls"])
    again = firm("qualify", "--all", "--dry-run", "--json", MODEL="next.yaml")
    assert {line["outcome"] for line in again.lines} == {"unchanged"}


def test_a_second_apply_writes_nothing_and_asks_nothing(firm: Firm) -> None:
    firm.plan()
    first = firm("apply", PLAN, "--json").json
    since = last_seq(firm)
    second = firm("apply", PLAN, "--json").json
    assert firm.world.journal(since) == []
    assert {**second, "calls": None} == {**first, "calls": None}
    (firm.puente.folder / f"{PLAN}.journal").unlink()
    third = firm("apply", PLAN, "--json").json
    assert (third["already"], third["lines"]) == (PEOPLE, PEOPLE)
    assert firm.writes_since(since) == 0


def test_whoever_changed_between_plan_and_apply_is_skipped_with_the_reason(firm: Firm) -> None:
    firm.plan()
    title, stage = {"hubspot": ("jobtitle", "lifecyclestage"), "salesforce": ("Title", "Puente_Stage__c")}[firm.crm]
    movers = [line["ref"][1] for line in firm.movers()]
    retitled, moved, busy, deleted = pick(firm, movers)
    firm.edit(retitled, **{title: "Jardinera"})
    firm.edit(moved, **{stage: "customer"})
    event = {"kind": "form_submitted", "form": "Contacto"}
    firm.world.ask("POST", "timeline", {"person": busy, "event": event, "ring": False})
    firm.world.ask("POST", "delete", {"person": deleted})
    before = firm.stages()
    applied = firm("apply", PLAN, "--json").json
    assert applied["skipped_because"] == {"profile": 1, "stage": 1, "activity": 1, "gone": 1}
    assert (applied["skipped"], applied["written"], applied["left"]) == (4, PEOPLE - 4, 0)
    after = firm.stages()
    assert [after[person] for person in (retitled, moved, busy)] == [
        before[person] for person in (retitled, moved, busy)
    ]
    told = [json.loads(line) for line in (firm.puente.folder / f"{PLAN}.receipt").read_text("utf-8").splitlines()]
    assert {line["ref"][1]: line["reason"] for line in told[:-1] if line["became"] == "skipped"} == {
        retitled: "profile", moved: "stage", busy: "activity", deleted: "gone",
    }  # fmt: skip
    assert len(told) - 1 == PEOPLE == told[-1]["totals"]["lines"]


def pick(firm: Firm, movers: list[str]) -> list[str]:
    """Return four people who are contacts or leads with nothing of sales about them, movers first."""
    others = [line["ref"][1] for line in firm.lines() if line["ref"][1] not in movers]
    stages = firm.stages()
    plain = [person for person in (*movers, *others) if stages[person] in ("lead", "mnql", "mql")]
    return plain[:4]


def test_a_plan_is_applied_in_stages_movers_first(firm: Firm) -> None:
    planned = firm.plan(enter=5)
    tasks = [line["task"]["owner"] for line in firm.movers() if "task" in line]
    reps = len(set(tasks))
    assert len(tasks) == sum(sum(days.values()) for days in planned["totals"]["tasks"].values()) > reps + 2
    first = firm("apply", PLAN, "--limit", "2", "--json").json
    assert (first["written"], first["tasks"], first["left"]) == (2, 2, PEOPLE - 2)
    second = firm("apply", PLAN, "--per-rep-per-day", "1", "--json").json
    assert second["tasks"] == reps + (tasks[0] == tasks[1])
    assert second["left"] == len(tasks) - second["tasks"]
    third = firm("apply", PLAN, "--per-rep-per-day", "1", "--json").json
    assert third["tasks"] == second["tasks"]
    last = firm("apply", PLAN, "--json").json
    assert (last["left"], last["tasks"]) == (0, len(tasks))


def test_a_dry_run_checks_everybody_and_writes_nothing(firm: Firm) -> None:
    firm.plan()
    since = last_seq(firm)
    files = sorted(path.name for path in (firm.puente.folder / ".puente").iterdir())
    checked = firm("apply", PLAN, "--dry-run", "--json").json
    assert (checked["written"], checked["planned"], checked["receipt"]) == (0, PEOPLE, None)
    assert (checked["tasks"], checked["tasks_planned"]) == (0, sum("task" in line for line in firm.lines()))
    assert firm.writes_since(since) == 0
    assert sorted(path.name for path in (firm.puente.folder / ".puente").iterdir()) == files


@pytest.fixture
def office(puente: CommandLine, tmp_path: Path) -> Iterator[Firm]:
    """Serve a few people who were never qualified: whoever opens a plan here only looks at what is refused."""
    with portal(8) as world:
        puente.settings.update(settings_of("hubspot", world.url, tmp_path))
        yield Firm("hubspot", world, puente, datetime.now(UTC))


def test_a_plan_that_somebody_edited_is_refused(office: Firm) -> None:
    office.plan()
    path = office.puente.folder / PLAN
    text = path.read_text("utf-8")
    since = last_seq(office)
    for damaged in (text.replace('"stage_to":"lead"', '"stage_to":"sql"', 1), text[: len(text) // 2], "{}\n", "", "no"):
        path.write_text(damaged, encoding="utf-8")
        refused = office.puente("apply", PLAN)
        assert (refused.code, "seal does not match" in refused.err) == (2, True), damaged[:50]
    assert office.puente("apply", "nothing.jsonl").code == 2
    assert office.world.journal(since) == []


def test_a_plan_is_refused_when_model_mapping_or_account_are_others(office: Firm) -> None:
    office.plan()
    office.write_model("next.yaml", 31)
    other_model = office.puente("apply", PLAN)
    assert (other_model.code, "--model" in other_model.err) == (2, True)
    office.write_model("kept.yaml", 30)
    assert office.puente("apply", PLAN, "--model", "kept.yaml", "--dry-run").code == 0
    assert office.puente("apply", PLAN, "--dry-run", MODEL="kept.yaml").code == 0
    mapping = (
        (MODEL.parent / "hubspot.yaml").read_text("utf-8").replace("allow_backward: false", "allow_backward: true")
    )
    (office.puente.folder / "other.yaml").write_text(f"{mapping}\n", encoding="utf-8")
    changed = re.sub(r"(?m)^  mql: marketingqualifiedlead", "  mql: lead", mapping)
    (office.puente.folder / "other.yaml").write_text(changed, encoding="utf-8")
    other_mapping = office.puente("apply", PLAN, "--model", "kept.yaml", "--mapping", "other.yaml")
    assert (other_mapping.code, "mapping" in other_mapping.err) == (2, True)
    assert office.puente("apply", PLAN, CRM="salesforce").code == 2


def test_options_that_do_not_go_together_and_places_no_file_can_be_are_refused(office: Firm) -> None:
    office.plan()
    together = office.puente("plan", "--show", PLAN, "--per-rep-per-day", "3")
    assert (together.code, "--show" in together.err) == (2, True)
    for place in ("", "/"):
        nowhere = office.puente("plan", "--out", place)
        assert (nowhere.code, "cannot be written" in nowhere.err) == (2, True)


def test_a_plan_of_an_old_snapshot_is_refused_and_says_what_to_do(office: Firm) -> None:
    office.plan()
    late = Root(clock=lambda: datetime.now(UTC) + timedelta(hours=25))
    refused = office.puente("apply", PLAN, root=late)
    assert refused.code == 2
    assert "puente snapshot" in refused.err
    assert "puente plan" in refused.err
    assert office.puente("apply", PLAN, "--dry-run", root=late, PLAN_MAX_AGE_HOURS="48").code == 0


def test_a_plan_is_applied_in_the_language_it_was_made_in(office: Firm) -> None:
    office.plan()
    applied = office("apply", PLAN, LOCALE="es")
    assert "Recibo" in applied.out
    office("snapshot", "--json")
    assert office("plan", "--json", MODEL="next.yaml").json["totals"]["lines"] == 0


def test_plans_need_a_snapshot_with_what_the_model_looks_at(office: Firm) -> None:
    nothing = office.puente("plan")
    assert (nothing.code, "puente snapshot" in nothing.err) == (2, True)
    office("snapshot", "--without", "job_title", "--json")
    lacking = office.puente("plan")
    assert (lacking.code, "job_title" in lacking.err) == (2, True)
    assert not (office.puente.folder / PLAN).exists()


def test_plans_with_hashed_ids_are_only_to_look_at(office: Firm) -> None:
    office("snapshot", "--hash-ids", "--json")
    assert "only to look at" in office("plan").out
    refused = office.puente("apply", PLAN)
    assert (refused.code, "--plain-ids" in refused.err) == (2, True)
    ids = {person["id"] for person in office.world.state()["people"]}
    assert not any(f'"{person}"' in (office.puente.folder / PLAN).read_text("utf-8") for person in ids)


@pytest.mark.parametrize("locale", ["es", "en"])
def test_a_plan_reads_well_in_80_columns_and_as_a_page(office: Firm, locale: str) -> None:
    office("snapshot", "--json")
    candidate, other = office.write_model("next.yaml", 30), office.write_model("other.yaml", 20)
    told = office("plan", "--model", candidate, "--compare", other, "--html", "plan.html", LOCALE=locale)
    assert max(map(len, told.out.splitlines())) <= 80
    assert ("De 8 personas" if locale == "es" else "Of 8 people") in told.out
    assert ("La página está en plan.html." if locale == "es" else "The page is in plan.html.") in told.err
    page = (office.puente.folder / "plan.html").read_text("utf-8")
    assert page.startswith(f'<!doctype html>\n<html lang="{locale}">')
    assert page.count("<svg") >= 3
    assert not re.findall(r"""(?:src|href)\s*=|url\(|https?://|<script""", page)
    shown = office("plan", "--show", PLAN, LOCALE=locale)
    assert shown.out.split("\n\n")[-1] == told.out.split("\n\n")[-1]


def test_files_that_cannot_be_written_are_named_and_nothing_is_left(office: Firm) -> None:
    office("snapshot", "--json")
    (office.puente.folder / "folder").mkdir()
    refused = office.puente("plan", "--out", "folder")
    assert (refused.code, "folder" in refused.err) == (2, True)
    page = office.puente("plan", "--html", "folder")
    assert (page.code, "folder" in page.err) == (2, True)
    assert [name for name in os.listdir(office.puente.folder) if name.startswith(".folder")] == []
