"""A plan handed over to the functions: rung on their queue in AWS, checked again and written by their worker."""

from __future__ import annotations

from pathlib import Path

from connector.bootstrap import Rules, build_ledger, build_qualifier, load_rules, open_crm
from connector.live.clock import system_clock
from connector.live.work import Worker
from connector.settings import load_settings
from tests.webhooks.test_cloud_commands import Branch, branch

__all__ = ["branch"]
PLAN = ".puente/plan.jsonl"


def work(branch: Branch) -> tuple[int, list[str]]:
    """Let a worker with the packaged model empty the queue; return how many people it wrote, and what it parked."""
    with branch.puente.monkeypatch.context() as patch:
        for name, value in branch.puente.settings.items():
            patch.setenv(f"PUENTE_{name}", value)
        settings = load_settings()
    rules: Rules = load_rules(settings)
    written = 0
    with open_crm(settings, rules) as crm:
        ledger = build_ledger(settings, crm.account())
        worker = Worker("hubspot", "62515", build_qualifier(settings, rules, crm, ledger, clock=system_clock))
        while (report := worker.run_once(branch.queue, 100)).taken:
            written += report.written
    return written, [one.reason for one in branch.queue.status().parked]


def test_functions_write_a_plan_once_and_show_who_changed(branch: Branch) -> None:
    puente = branch.puente
    assert puente("snapshot", "--json").code == 0
    planned = puente("plan", "--json").json["totals"]
    assert planned["lines"] == 12
    since = int(branch.world.ask("GET", "journal")["last"])
    rung = puente("apply", PLAN, "--cloud", "--json").json
    assert (rung["rung"], rung["left"], rung["calls"]) == (12, 0, {})
    assert puente("apply", PLAN, "--cloud", "--json").json["rung"] == 12
    assert branch.world.journal(since) == []
    person = next(one["id"] for one in branch.world.state()["people"])
    branch.world.ask("POST", "edit", {"person": person, "set": {"jobtitle": "Jardinera"}})
    written, parked = work(branch)
    assert written == 11
    assert len(parked) == 1
    assert "perfil" in parked[0]
    keys = branch.tasks()
    assert len(keys) == len(set(keys))
    account = puente("apply", PLAN, "--dry-run", "--json").json
    assert (account["already"], account["skipped_because"]) == (11, {"profile": 1})


def test_functions_with_another_model_refuse_a_plan(branch: Branch) -> None:
    puente = branch.puente
    model = Path(__file__).parents[2] / "mappings" / "model.yaml"
    text = model.read_text("utf-8").replace("enter: 50, exit: 37.5", "enter: 30, exit: 30")
    (puente.folder / "next.yaml").write_text(text, encoding="utf-8")
    assert puente("snapshot", "--json").code == 0
    assert puente("plan", "--model", "next.yaml").code == 0
    assert puente("apply", PLAN, "--cloud", "--limit", "3").code == 0
    written, parked = work(branch)
    assert (written, len(parked)) == (0, 3)
    assert all("despliegue" in reason for reason in parked)


def test_without_a_queue_in_aws_nothing_is_rung(branch: Branch, tmp_path: Path) -> None:
    assert branch.puente("snapshot", "--json").code == 0
    assert branch.puente("plan").code == 0
    refused = branch.puente("apply", PLAN, "--cloud", QUEUE="embedded", STATE=str(tmp_path / "state.db"))
    assert (refused.code, "PUENTE_QUEUE" in refused.err) == (2, True)


def test_a_shadow_on_the_functions_state_is_compared_and_dropped_from_here(branch: Branch) -> None:
    model = Path(__file__).parents[2] / "mappings" / "model.yaml"
    text = model.read_text("utf-8").replace("enter: 50, exit: 37.5", "enter: 5, exit: 5")
    (branch.puente.folder / "next.yaml").write_text(text, encoding="utf-8")
    assert branch.puente("qualify", "--all", SHADOW_MODEL="next.yaml").code == 0
    found = branch.puente("plan", "--from-shadow", "--model", "next.yaml", "--json").json
    assert found["totals"]["moved"] > 0
    made = sum(sum(days.values()) for days in found["shadow"]["live_tasks"].values())
    assert made == len(branch.tasks()) > 0
    assert branch.puente("plan", "--from-shadow", "--purge").code == 0
    assert [one for one in branch.table.call("Scan")["Items"] if one["sk"]["S"] == "shadow"] == []
    assert branch.puente("plan", "--from-shadow", "--model", "next.yaml").code == 2
