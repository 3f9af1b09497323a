"""Read the sandbox's journal and print floor, ours and one by one side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import httpx

from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Model
from connector.files import check_files

_TIMEOUT_SECONDS: Final = 120


def load(crm: Literal["hubspot", "salesforce"]) -> tuple[Model, FieldMapping]:
    """Return the packaged model and mapping."""
    checked = check_files(None, None, None, crm)
    if checked.model is None or checked.mapping is None:
        raise SystemExit("\n".join(str(problem) for problem in checked.problems))
    return checked.model, checked.mapping


def journal(url: str, since: int) -> list[dict[str, Any]]:
    """Return the requests a sandbox answered after a moment."""
    reply = httpx.get(f"{url}/_sandbox/journal?since={since}", trust_env=False, timeout=_TIMEOUT_SECONDS)
    return list(reply.json()["entries"])


def last_seq(url: str) -> int:
    reply = httpx.get(f"{url}/_sandbox/journal", trust_env=False, timeout=_TIMEOUT_SECONDS)
    return int(reply.json()["last"])


def show(name: str, people: int, floor: Mapping[str, int], ours: Mapping[str, int], theirs: Mapping[str, int]) -> None:
    """Print one table: a line per purpose, the sums, and what a hundred people take."""
    print(f"\n{name}: {people} people read, decided and written")
    print(f"{'calls for':<22}{'floor':>8}{'ours':>8}{'one by one':>12}")
    names = dict.fromkeys((*floor, *ours, *theirs))
    for purpose in sorted(names, key=lambda purpose: -theirs.get(purpose, 0)):
        print(f"{purpose:<22}{floor.get(purpose, 0):>8}{ours.get(purpose, 0):>8}{theirs.get(purpose, 0):>12}")
    low, mine, other = sum(floor.values()), sum(ours.values()), sum(theirs.values())
    print(f"{'all':<22}{low:>8}{mine:>8}{other:>12}")
    per_100 = 100 / people
    print(f"{'per 100 people':<22}{low * per_100:>8.1f}{mine * per_100:>8.1f}{other * per_100:>12.1f}")
    print(f"ours / floor = {mine / low:.3f}   one by one / ours = {other / mine:.1f}")
