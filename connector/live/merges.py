"""Give what is known of merged records to the one that survived, whenever the merge happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.live.ledger import Ledger
from connector.live.recall import Remembered, merge_memories
from connector.ports import PersonRef, Record


def take_over(ledger: Ledger, records: Sequence[Record], *, dry_run: bool) -> Mapping[PersonRef, Remembered]:
    """Return what is known of `records`, joined with what is known of the records merged into them.

    A merge made while nobody looked shows only here: a list of the base names survivors alone. Memory and errands
    move to the survivor in the ledger, so that its people are handed over once; a dry run joins them in its answer.
    """
    known = dict(ledger.recall([record.ref for record in records]))
    survivors = {loser: record.ref for record in records for loser in record.merged if loser != record.ref}
    losers = ledger.recall(list(survivors))
    begun = ledger.errands(list(survivors))
    for loser in dict.fromkeys([*losers, *begun]):
        survivor = survivors[loser]
        joined = merge_memories(losers.get(loser, Remembered()), known.get(survivor))
        known[survivor] = joined
        if not dry_run:
            ledger.rekey(loser, survivor, joined)
    return known


def hand_over(ledger: Ledger, loser: PersonRef, survivor: PersonRef) -> bool:
    """Give what is known of one merged record to its survivor; False when nothing was known of it."""
    known = ledger.recall([loser, survivor])
    if loser not in known:
        return False
    ledger.rekey(loser, survivor, merge_memories(known[loser], known.get(survivor)))
    return True
