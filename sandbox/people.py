"""Invent a customer base: people with employers, pasts and reps, the same for the same arguments.

The first people of every base are written characters (`sandbox.seeds.characters`). After them, each block of forty
holds the same mixture in another order, so that small and large bases look alike. Nobody depends on how many people
come later: `generate(50, …)` is the beginning of `generate(200, …)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sandbox.seed import Base, SeedPerson
from sandbox.seeds import characters
from sandbox.seeds.dice import Dice
from sandbox.seeds.oddities import ROTATION
from sandbox.seeds.ordinary import Maker, Slot, draw_lead, draw_mql, draw_sql, draw_unfit
from sandbox.seeds.reps import REPS

_BLOCK: tuple[Maker | None, ...] = (
    (draw_unfit,) * 10 + (draw_lead,) * 17 + (draw_mql,) * 6 + (draw_sql,) * 3 + (None,) * 4
)


def generate(count: int, seed: int, now: datetime) -> Base:
    """Invent `count` people whose pasts end at `now`, an aware instant.

    The result depends on nothing but the arguments: not on the clock, the machine or the Python version.
    """
    if now.tzinfo is None:
        raise ValueError("generate: now must carry a time zone, for example datetime.now(UTC)")
    now = now.astimezone(UTC).replace(microsecond=0)
    people: list[SeedPerson] = []
    mailboxes: set[str] = set()
    for index in range(count):
        people.append(_with_own_mailbox(_make(index, seed, now, people), mailboxes))
    return Base(people=tuple(people), owners=REPS)


def _make(index: int, seed: int, now: datetime, earlier: Sequence[SeedPerson]) -> SeedPerson:
    """Make the person of an index: a character, or whoever the index's place in its block calls for."""
    key = f"p-{index:04d}"
    if index < characters.COUNT:
        return characters.build_character(index, key, now)
    block, place = divmod(index - characters.COUNT, len(_BLOCK))
    order = Dice(seed, "block", block).shuffled(_BLOCK)
    maker = order[place]
    if maker is None:
        turn = block * _BLOCK.count(None) + order[:place].count(None)
        maker = ROTATION[turn % len(ROTATION)]
    person = maker(Slot(Dice(seed, "person", index), seed, key, now, earlier))
    return person if index % 3 else replace(person, external_id=f"EXT-{seed:03d}-{index:05d}")


def _with_own_mailbox(person: SeedPerson, taken: set[str]) -> SeedPerson:
    """Number a mailbox that somebody earlier has: a CRM knows one person by one address."""
    email = person.attributes.get("email")
    if email is None:
        return person
    mailbox, domain = email.split("@")
    number = 1
    while email.lower() in taken:
        number += 1
        email = f"{mailbox}{number}@{domain}"
    taken.add(email.lower())
    return person if number == 1 else replace(person, attributes={**person.attributes, "email": email})
