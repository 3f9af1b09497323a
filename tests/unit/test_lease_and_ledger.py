"""Hold the embedded ledger, its leases and its watched tasks to the contract."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.live.ledger import SqliteLedger
from tests.contract.ledger_contract import ANA, BEN, EVA, NOW, LedgerContract, known, opening

ACCOUNT = "hubspot:62515"


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Iterator[SqliteLedger]:
        found = SqliteLedger(tmp_path / "state.db", ACCOUNT)
        yield found
        found.close()


def test_accounts_of_one_file_know_nothing_of_each_other(tmp_path: Path) -> None:
    ours, theirs = (SqliteLedger(tmp_path / "state.db", name) for name in (ACCOUNT, "hubspot:7"))
    ours.remember({ANA: known(review=NOW)})
    ours.finish([opening()])
    ours.leases.acquire([ANA], "w1", NOW, 60)
    ours.count_writes([ANA], NOW)
    assert (theirs.recall([ANA]), list(theirs.due(NOW, 10)), list(theirs.handoffs.watched())) == ({}, [], [])
    assert theirs.leases.acquire([ANA], "w2", NOW, 60) == {ANA}
    assert theirs.writes_since([ANA], NOW) == {}
    ours.close()
    theirs.close()


def test_of_workers_side_by_side_exactly_one_holds_a_person(tmp_path: Path) -> None:
    ledgers = [SqliteLedger(tmp_path / "state.db", ACCOUNT) for _ in range(6)]
    held: list[str] = []

    def take(number: int) -> None:
        held.extend(ref.object_id for ref in ledgers[number].leases.acquire([ANA, BEN, EVA], f"w{number}", NOW, 60))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held) == ["1001", "1002", "1003"]
    for ledger in ledgers:
        ledger.close()
