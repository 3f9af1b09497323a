"""The sales reps of the invented house. Their domain is the house's own."""

from __future__ import annotations

from sandbox.seed import SeedOwner
from sandbox.seeds.dice import Dice
from sandbox.seeds.names import to_ascii

HOUSE_DOMAIN = "example.com"

REPS = tuple(
    SeedOwner(
        key=to_ascii(f"{first} {last}"),
        email=f"{to_ascii(f'{first} {last}')}@{HOUSE_DOMAIN}",
        first_name=first,
        last_name=last,
        active=last != "Olmedo",
    )
    for first, last in (
        ("Lucía", "Ferrer"), ("Martín", "Quiroga"), ("Ximena", "Rojas"), ("Diego", "Salvatierra"), ("Paula", "Iturbe"),
        ("Andrés", "Montoya"), ("Claire", "Whitfield"), ("Ramón", "Olmedo"),
    )
)  # fmt: skip
ACTIVE_REPS = tuple(rep for rep in REPS if rep.active)
FORMER_REP = next(rep for rep in REPS if not rep.active)


def draw_owner(dice: Dice, owned: float) -> str | None:
    """Draw the key of an owner, or nobody; a few people still belong to the rep who left."""
    if not dice.chance(owned):
        return None
    return FORMER_REP.key if dice.chance(0.04) else dice.pick(ACTIVE_REPS).key
