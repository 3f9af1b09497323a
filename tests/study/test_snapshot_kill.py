"""Kill a run at any file it touches and run it again: the same snapshot, and who was kept is not read again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.study.copies import Copier, crm_of

ROOT = Path(__file__).parents[2]
VICTIM = """
import os, signal, sys
from pathlib import Path
from tests.study.copies import Copier, crm_of

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
touched = 0

def watch(event, arguments):
    global touched
    if event in ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"):
        if any(str(folder) in str(argument) for argument in arguments):
            touched += 1
            if touched == limit:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
crm = crm_of(9)
copier = Copier(crm, folder)
copier.take()
crm.people["103"].attributes = {"country": "MX"}
del crm.people["104"]
copier.take()
print(touched)
"""


def run(folder: Path, limit: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", VICTIM, str(folder), str(limit)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_run_killed_at_any_file_it_touches_is_finished_by_the_next(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", 0)
    assert whole.returncode == 0, whole.stderr
    touched, expected = int(whole.stdout), Copier(crm_of(0), tmp_path / "whole").records()
    assert touched > 20
    for limit in range(1, touched + 1, max(1, touched // 14)):
        folder = tmp_path / str(limit)
        assert run(folder, limit).returncode == -9
        crm = crm_of(9)
        crm.people["103"].attributes = {"country": "MX"}
        del crm.people["104"]
        copier = Copier(crm, folder)
        copier.take()
        assert {one.object_id for one in copier.records()} == set(crm.people), limit
        assert not list(folder.rglob("refs.txt")), limit
        copier.take()
        assert copier.records() == expected, limit


def test_a_run_that_goes_on_reads_only_who_is_left(tmp_path: Path) -> None:
    copier = Copier(crm_of(9), tmp_path / "copy")
    taking = copier.taking()
    waves = taking.take(taking.start())
    counts = [next(waves), next(waves), next(waves)]
    waves.close()
    assert sum(counts) == 6
    again = copier.taking()
    start = again.start()
    assert len(again.read_before(start)) == 4
    assert sum(again.take(start)) == 5
    assert len(copier.records()) == 9


def test_parts_of_a_run_with_other_rules_are_not_gone_on_with(tmp_path: Path) -> None:
    copier = Copier(crm_of(9), tmp_path / "copy")
    taking = copier.taking()
    waves = taking.take(taking.start())
    next(waves)
    next(waves)
    waves.close()
    copier.types = {"country": "text"}
    copier.take()
    assert all(set(record.person.attributes) == {"country"} for record in copier.records().values())
    assert len(copier.records()) == 9
