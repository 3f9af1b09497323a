"""Count the calls a hundred people take on either CRM: ours, the floor, and one by one, in one run.

The sandboxes' own journals do the counting, as the CRMs count: a composite is one call of Salesforce's.

Run: `python benchmarks/calls_per_100.py [--people N] [--seed N]`. Exits 1 when ours exceeds a floor by over a tenth, or
when 200 people on Salesforce take more than one call to read (beside further pages of 2,000 rows) or two to write.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any, Final

from calls import hubspot, salesforce

TOLERANCE: Final = 1.10


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--people", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    chosen: Any = options.parse_args()
    ratios = [measure(chosen.people, chosen.seed) for measure in (hubspot.measure, salesforce.measure)]
    print(f"\nworst ratio to the floor: {max(ratios):.3f} (at most {TOLERANCE:.2f})")
    return 0 if max(ratios) <= TOLERANCE and salesforce.holds_two_hundred() else 1


if __name__ == "__main__":
    sys.exit(main())
