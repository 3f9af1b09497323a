"""Spend a second Salesforce's allowances: calls per day, calls at once, and the lives of sessions."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.contract.other_salesforce.commands import Run
from tests.contract.other_salesforce.mischief import Interference
from tests.contract.other_salesforce.org import Habits
from tests.contract.other_salesforce.walk import MachineClock, Walk, served

SECRETS = ("canary", "00D7Q!", "PRIVATE KEY")


def few(habits: Habits | None = None, **more: Any) -> AbstractContextManager[Walk]:
    return served(habits, ordinary=8, hand_raisers=3, **more)


def calls_of_a_run() -> int:
    with few() as walk:
        assert walk.run().code == 0
        return walk.served.limits.served


@pytest.mark.parametrize("left", range(9))
def test_a_day_that_ends_early_stops_at_once_and_is_completed_the_next_day(left: int) -> None:
    with few() as walk:
        limits = walk.served.limits
        limits.daily = left
        run = walk.run()
        if run.code == 0:
            assert left >= calls_of_a_run()
            return
        assert "24 hours" in run.err
        assert limits.refused <= 5
        assert set(run.outcomes.values()) <= {"written", "parked"}
        walk.ends_well()


@pytest.mark.parametrize("busy", [1, 3, 8])
def test_too_many_calls_at_once_are_waited_out_and_nobody_is_lost(busy: int) -> None:
    with few() as walk:
        walk.served.limits.busy = busy
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        assert walk.served.limits.refused == busy
        assert set(run.outcomes.values()) == {"written"}
        walk.ends_well()


@pytest.mark.parametrize("told", ["plain", "per app"])
def test_a_reserve_is_left_to_the_other_integrations(told: Any) -> None:
    with few(Habits(limit_info=told)) as walk:
        limits = walk.served.limits
        limits.most_a_day, limits.served = 1_000, 845
        run = walk.run()
        assert run.code == 1
        assert "15 %" in run.err
        assert limits.served <= 1_000 * 0.85 + 1
        limits.served = 0
        walk.ends_well()


@pytest.mark.parametrize("calls", [1, 2, 4])
def test_each_ended_session_is_renewed_exactly_once(calls: int) -> None:
    with few() as walk:
        sessions = walk.served.sessions
        sessions.calls_per_session = calls
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        assert sessions.logins == sessions.expirations + 1
        sessions.calls_per_session = None
        walk.ends_well()


def test_a_401_that_never_heals_costs_one_renewal_and_ends_with_a_clear_message() -> None:
    with few() as walk:
        walk.served.sessions.never_good = True
        run = walk.run()
        assert run.code == 1
        assert "PUENTE_SALESFORCE__CLIENT_ID" in run.err
        assert walk.served.sessions.logins <= 2
        assert len(walk.served.journal) <= 5
        assert not [word for word in SECRETS if word in run.err + run.out]


@pytest.mark.parametrize("call", ["update (Lead|Contact).*", "insert Task.*", r"composite\[.*WhoId.*"])
def test_an_app_blocked_in_the_middle_is_said_and_nothing_is_tried_again_and_again(call: str) -> None:
    with few() as walk:

        def block(_: object) -> None:
            walk.served.sessions.never_good = True
            walk.served.sessions.refused = True

        walk.meddle(Interference(call, 1, block))
        run = walk.run()
        # Whatever was asked before the block is done; the command ends when it has to ask for more.
        blocked_at = next(n for n, (_, status) in enumerate(walk.served.journal) if status == 401) if run.code else 0
        assert not run.code or len(walk.served.journal) - blocked_at <= 6
        assert run.code in (0, 1)
        assert "Traceback" not in run.err
        walk.served.sessions.never_good = walk.served.sessions.refused = False
        walk.ends_well()


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_wrong_secret_is_said_without_repeating_it(secret: str) -> None:
    with few() as walk:
        run = walk.run(PUENTE_SALESFORCE__CLIENT_SECRET=secret)
        assert run.code == (1 if secret else 2)
        assert "CLIENT_SECRET" in run.err
        assert walk.served.sessions.logins == 0
        assert len(walk.served.journal) <= 1
        assert walk.org.writes.total() == 0


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def sign_in(walk: Walk, key: rsa.RSAPrivateKey, folder: Path, username: str = "puente@talleres.example") -> Run:
    """Log in by a signed assertion, with the key in a file as administrators keep it."""
    walk.served.sessions.public_key = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    file = folder / "key.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return walk.run(
        PUENTE_SALESFORCE__CLIENT_SECRET="",
        PUENTE_SALESFORCE__USERNAME=username,
        PUENTE_SALESFORCE__PRIVATE_KEY_FILE=str(file),
    )


def test_a_signed_assertion_logs_in(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    with few() as walk:
        run = sign_in(walk, key, tmp_path)
        assert (run.code, walk.promises(run)) == (0, [])
        assert walk.served.sessions.logins == 1
        walk.ends_well()


def test_an_assertion_for_a_user_who_approved_nothing_is_refused_with_what_to_check(
    key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    with few() as walk:
        run = sign_in(walk, key, tmp_path, "somebody@talleres.example")
        assert run.code == 1
        assert "PRIVATE_KEY_FILE" in run.err
        assert not [word for word in SECRETS if word in run.err + run.out]
        assert len(walk.served.journal) == 1


@pytest.mark.parametrize("version", ["30.0", "66.0", "67.0"])
def test_a_version_that_is_retired_is_said(version: str) -> None:
    with few() as walk:
        run = walk.run(PUENTE_SALESFORCE__API_VERSION=version)
        assert run.code == (1 if version == "30.0" else 0)
        assert ("API_VERSION" in run.err) == (version == "30.0")


@pytest.mark.parametrize("habits", [Habits(identity_in_token=False), Habits(identity_in_token=False, userinfo=403)],
                         ids=["userinfo", "query"])  # fmt: skip
def test_who_we_are_is_found_out_in_other_ways(habits: Habits) -> None:
    with few(habits) as walk:
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        walk.ends_well()


def test_two_processes_at_once_log_in_once_each_at_most() -> None:
    with few(clock=MachineClock()) as walk:
        runs: list[Run] = []
        threads = [threading.Thread(target=lambda: runs.append(walk.process())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [run.code for run in runs] == [0, 0]
        assert walk.served.sessions.logins <= 2
        for one in walk.base.hand_raisers:
            assert len(walk.tasks(one)) == 1
