"""Try a table of somebody's own with the benchmark: leaks are refused, and what cannot be read is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "learning.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False)


def leads_in(folder: Path, size: int = 600) -> Path:
    """Write leads of whom those from a fair are won more often; `Lead Quality` was written afterwards."""
    rng = np.random.default_rng(3)
    fair = rng.random(size) < 0.4
    won = rng.random(size) < np.where(fair, 0.5, 0.1)
    lines = ["Llegó;Origen;Tamaño;Lead Quality;Ganado"]
    for place in range(size):
        origin = "Feria de Málaga" if fair[place] else ("web", "")[place % 2]
        quality, outcome = ("high", "sí") if won[place] else ("low", "no")
        lines.append(f"2026-01-{1 + place * 28 // size:02};{origin};{place % 7};{quality};{outcome}")
    path = folder / "leads.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_way_to_learn_is_compared_on_leads_of_ones_own(tmp_path: Path) -> None:
    ran = run("--csv", str(leads_in(tmp_path)), "--won", "Ganado", "--at", "Llegó", "--repeats", "1")
    assert ran.returncode == 0, ran.stderr
    assert "refused: lead_quality (name)" in ran.stdout
    assert "proposes" in ran.stdout
    assert "forward in time" in ran.stdout
    assert ran.stdout.count("calibrated file") > 1
    assert ran.stderr == ""


def test_what_cannot_be_read_is_told_without_a_traceback(tmp_path: Path) -> None:
    leads = str(leads_in(tmp_path))
    for arguments in (("Sold",), ("Ganado=maybe",), ("Ganado", "--at", "Then")):
        ran = run("--csv", leads, "--won", *arguments)
        assert ran.returncode == 2
        assert len(ran.stderr.splitlines()) == 1
        assert "Ganado" in ran.stderr
    ran = run("--csv", str(tmp_path / "none.csv"), "--won", "Ganado")
    assert (ran.returncode, "none.csv" in ran.stderr) == (2, True)
