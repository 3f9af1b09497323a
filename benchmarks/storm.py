"""Ring for many people at once, every doorbell delivered three times in disorder, and kill the workers meanwhile.

A fifth of the doorbells stands for a real change made in the portal at that moment; 5 % of all calls fail (half of
these after the portal has done the work); workers get SIGKILL at random. At the end every person is decided once more,
directly: nothing may be left to write. Prints how many doorbells one reading answered (the collapse ratio) and how
many calls to the CRM a doorbell took, beside what reading at every delivery would take.

Run: `python benchmarks/storm.py [--people N] [--rounds N] [--workers N] [--kills N] [--seed N]`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the storm itself is a test, too

from tests.e2e.storm import Aftermath, Scale, portal_for


def main() -> int:
    """Blow, and print what it took; the exit code tells whether anything was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=10, help="doorbells per person")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=20_261_122)
    chosen = parser.parse_args()
    scale = Scale(
        people=chosen.people,
        rounds=chosen.rounds,
        workers=chosen.workers,
        kills=chosen.kills,
        pause_seconds=4.0,
        lease_seconds=30.0,
        patience_seconds=900.0,
        seed=chosen.seed,
    )
    with tempfile.TemporaryDirectory() as folder, portal_for(scale, Path(folder)) as storm:
        found = storm.run()
    print_aftermath(scale, found)
    wrong = (found.lost, len(found.parked), len(found.differing), found.duplicate_tasks, len(found.moved_back))
    return 1 if any(wrong) else 0


def print_aftermath(scale: Scale, found: Aftermath) -> None:
    """Print counts that belong to the storm, and ratios that do not depend on the machine."""
    rows = (
        ("people", scale.people),
        ("doorbells", found.doorbells),
        ("deliveries of doorbells", found.delivered),
        ("workers killed (SIGKILL)", found.kills),
        ("calls to the CRM", found.calls),
        ("of them failed on purpose", f"{found.faults} ({100 * found.faults / max(1, found.calls):.1f} %)"),
        ("seconds", f"{found.seconds:.1f}"),
        ("people read", found.people_read),
        ("dropped: read since they rang", found.stale),
        ("collapse ratio (deliveries per person read)", f"{found.delivered / max(1, found.people_read):.1f}"),
        ("CRM calls per doorbell", f"{found.calls / max(1, found.doorbells):.3f}"),
        ("CRM calls per delivery", f"{found.calls / max(1, found.delivered):.3f}"),
        ("doorbells lost", found.lost),
        ("doorbells parked", len(found.parked)),
        ("people decided otherwise than directly", len(found.differing)),
        ("tasks", found.tasks.total()),
        ("duplicate tasks", found.duplicate_tasks),
        ("stages moved back", len(found.moved_back)),
    )
    for name, value in rows:
        print(f"{name:<46}{value:>16}")
    for line in (*found.parked, *found.differing, *found.moved_back)[:20]:
        print(line)


if __name__ == "__main__":
    sys.exit(main())
