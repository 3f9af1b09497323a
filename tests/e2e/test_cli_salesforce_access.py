"""Log in to Salesforce from the command line: either flow, kept sessions, and every way it can fail."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, World, org
from tests.e2e.command_line import CommandLine

TOKEN = "/services/oauth2/token"
USERNAME = "integration@sandbox.example.com"


def by_secret(world: World, folder: Path) -> dict[str, str]:
    return {
        "CRM": "salesforce",
        "LOCALE": "en",
        "STATE": str(folder / "state.db"),
        "SALESFORCE__INSTANCE_URL": world.url,
        "SALESFORCE__CLIENT_ID": CLIENT_ID,
        "SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
    }


def by_key(world: World, folder: Path) -> dict[str, str]:
    """Make a key pair, register its public half, and return the settings of the JWT flow."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    world.settings(public_key=public.decode())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    path = folder / "key.pem"
    path.write_bytes(private)
    settings = by_secret(world, folder)
    del settings["SALESFORCE__CLIENT_SECRET"]
    return {**settings, "SALESFORCE__USERNAME": USERNAME, "SALESFORCE__PRIVATE_KEY_FILE": str(path)}


def logins(world: World, since: int = 0) -> list[int]:
    return [entry["status"] for entry in world.journal(since) if entry["path"].startswith(TOKEN)]


def test_a_key_file_opens_the_organisation_for_every_command(puente: CommandLine, tmp_path: Path) -> None:
    with org(8, installed=False) as world:
        puente.settings.update(by_key(world, tmp_path))
        for words in ("install --yes", "check --live", "qualify --all"):
            ran = puente(*words.split())
            assert ran.code == 0, ran.err
        written = [person for person in world.state()["people"] if person["properties"].get("Puente_Stage__c")]
        assert written
        assert set(logins(world)) == {200}


def test_a_key_that_is_no_file_opens_the_organisation_too_and_wins(puente: CommandLine, tmp_path: Path) -> None:
    with org(2) as world:
        puente.settings.update(by_key(world, tmp_path))
        key = (tmp_path / "key.pem").read_text()
        ran = puente(
            "check", "--live", SALESFORCE__PRIVATE_KEY=key, SALESFORCE__PRIVATE_KEY_FILE=str(tmp_path / "nowhere.pem")
        )
        assert ran.code == 0, ran.err
        assert set(logins(world)) == {200}


@pytest.mark.parametrize("content", [b"canary, not a key", b"\xff\xfe canary", None])
def test_a_file_that_is_no_key_is_a_setting_to_correct(
    puente: CommandLine, tmp_path: Path, content: bytes | None
) -> None:
    with org(2) as world:
        puente.settings.update(by_key(world, tmp_path))
        path = tmp_path / "other.pem"
        if content is not None:
            path.write_bytes(content)
        ran = puente("qualify", "--all", SALESFORCE__PRIVATE_KEY_FILE=str(path))
        assert ran.code == 2
        assert "PUENTE_SALESFORCE__PRIVATE_KEY_FILE" in ran.err
        assert "canary" not in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "wrong", [{"SALESFORCE__USERNAME": "nobody@mail.example"}, {"SALESFORCE__CLIENT_ID": "another-app"}]
)
def test_a_user_or_app_the_key_does_not_open_ends_in_one_clear_line(
    puente: CommandLine, tmp_path: Path, wrong: dict[str, str]
) -> None:
    with org(2) as world:
        puente.settings.update(by_key(world, tmp_path))
        since = world.last_seq()
        ran = puente("qualify", "--all", **wrong)
        assert ran.code == 1
        assert len(ran.err.splitlines()) == 1
        assert "__USERNAME and __PRIVATE_KEY_FILE" in ran.err
        assert len(logins(world, since)) == 1


def test_a_key_of_somebody_else_is_refused(puente: CommandLine, tmp_path: Path) -> None:
    with org(2) as world:
        mine = by_key(world, tmp_path)
        (tmp_path / "theirs").mkdir()
        by_key(world, tmp_path / "theirs")  # from now on only this one's public half is registered
        ran = puente("qualify", "--all", **mine)
        assert ran.code == 1
        assert "__PRIVATE_KEY_FILE" in ran.err


def test_commands_one_after_the_other_share_a_session(puente: CommandLine, tmp_path: Path) -> None:
    with org(8) as world:
        puente.settings.update(by_secret(world, tmp_path))
        since = world.last_seq()
        for words in ("qualify --all", "qualify --all", "check --live"):
            assert puente(*words.split()).code == 0
        assert logins(world, since) == [200]
        world.time.sleep(8_000)
        assert puente("qualify", "--all").code == 0
        assert logins(world, since) == [200, 200]


def test_a_session_that_never_heals_costs_one_renewal_and_ends_in_one_clear_line(
    puente: CommandLine, tmp_path: Path
) -> None:
    with org(8) as world:
        puente.settings.update(by_secret(world, tmp_path))
        assert puente("qualify", "--all").code == 0
        since = world.last_seq()
        world.fail({"match": "/services/data", "status": 401, "times": None})
        ran = puente("qualify", "--all")
        assert ran.code == 1
        assert len(ran.err.splitlines()) == 1
        assert "PUENTE_SALESFORCE__CLIENT_ID" in ran.err
        assert logins(world, since) == [200], "the kept session is renewed once"


def test_a_session_that_dies_in_the_middle_of_a_run_costs_one_renewal(puente: CommandLine, tmp_path: Path) -> None:
    with org(8) as world:
        puente.settings.update(by_secret(world, tmp_path))
        world.fail({"match": "/composite", "status": 401, "skip": 2, "times": None})
        ran = puente("qualify", "--all")
        assert ran.code == 1
        assert "PUENTE_SALESFORCE__CLIENT_ID" in ran.err
        assert "Traceback" not in ran.err
        assert logins(world)[-2:] == [200, 200]
        assert len(logins(world)) == 1 + 2, "one to install, one to begin, one to renew"


def test_no_session_reaches_the_output_or_a_file_that_others_may_read(puente: CommandLine, tmp_path: Path) -> None:
    with org(4) as world:
        puente.settings.update(by_secret(world, tmp_path))
        ran = puente("qualify", "--all", LOG="debug")
        assert ran.code == 0
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        prefix = httpx.post(f"{world.url}{TOKEN}", data=form, trust_env=False).json()["access_token"].partition("!")[0]
        assert f"{prefix}!" not in ran.out + ran.err
        assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("state.db"))


@pytest.mark.parametrize(("locale", "words"), [("en", "may not see tasks"), ("es", "no ve las tareas")])
def test_a_user_who_sees_no_tasks_is_refused_with_what_to_grant(
    puente: CommandLine, tmp_path: Path, locale: str, words: str
) -> None:
    refusal = [{"errorCode": "INVALID_TYPE", "message": "sObject type 'Task' is not supported."}]
    with org(4) as world:
        puente.settings.update(by_secret(world, tmp_path))
        world.fail(*({"match": m, "times": None, "status": 400, "body": refusal} for m in ("Task/desc", "FROM Task")))
        ran = puente("qualify", "--all", LOCALE=locale)
        assert (ran.code, ran.out) == (2, "")
        assert words in ran.err
        assert "Access Activities" in ran.err


def test_what_the_user_may_not_see_is_named_and_the_rest_is_qualified(puente: CommandLine, tmp_path: Path) -> None:
    names = ("Title", "HasOptedOutOfEmail", "LeadSource")
    hidden = [f"{sobject}.{name}" for sobject in ("Lead", "Contact") for name in names]
    hidden += ["Lead.Country", "Contact.MailingCountry", "Task.Type", "Campaign.Type"]
    with org(12, hidden_fields=hidden) as world:
        puente.settings.update(by_secret(world, tmp_path))
        checked = puente("check", "--live")
        assert checked.code == 0, checked.err
        for name in ("job_title", "country", "Task.Type", "Campaign.Type"):
            assert name in checked.out + checked.err
        ran = puente("qualify", "--all")
        assert ran.code == 0, ran.err
        assert [person for person in world.state()["people"] if person["properties"].get("Puente_Stage__c")]
