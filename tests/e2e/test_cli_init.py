"""`puente init`: what it writes, what it asks, what it never overwrites, and that the next commands can go on."""

from __future__ import annotations

import os
import re
import select
import stat
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from connector.cli.init_files import plan_files
from connector.cli.init_words import ENGLISH, SPANISH
from tests.contract.hubspot_world import TOKEN, portal
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, org
from tests.e2e.command_line import CommandLine
from tests.unit.test_doctor import placeholders

PATIENCE_SECONDS = 300.0

HUBSPOT_FILES = {".env", "model.yaml", "hubspot.yaml", "puente.toml"}
OWNER = "diego.salvatierra@example.com"


def init(puente: CommandLine, *arguments: str, **settings: str):  # type: ignore[no-untyped-def]
    return puente("init", "--crm", "hubspot", "--locale", "en", "--yes", *arguments, **settings)


def test_without_credentials_it_writes_what_is_packaged_and_says_what_comes_next(puente: CommandLine) -> None:
    ran = init(puente)
    assert ran.code == 0
    assert set(os.listdir(puente.folder)) == HUBSPOT_FILES
    packaged = Path(__file__).parents[2] / "mappings"
    assert (puente.folder / "model.yaml").read_text() == (packaged / "model.yaml").read_text()
    assert (puente.folder / "hubspot.yaml").read_text() == (packaged / "hubspot.yaml").read_text()
    assert "put the credential into .env" in ran.err
    assert "PUENTE_HUBSPOT__ACCESS_TOKEN" in (puente.folder / ".env").read_text()
    assert stat.S_IMODE((puente.folder / ".env").stat().st_mode) == 0o600
    checked = puente("check")
    assert (checked.code, "model.yaml" in checked.out + checked.err or "b2b-default" in checked.out) == (0, True)


def test_repeating_it_changes_nothing(puente: CommandLine) -> None:
    init(puente)
    before = {name: (puente.folder / name).stat().st_mtime_ns for name in HUBSPOT_FILES}
    ran = init(puente)
    assert (ran.code, ran.out.count("was so already")) == (0, 4)
    assert {name: (puente.folder / name).stat().st_mtime_ns for name in HUBSPOT_FILES} == before


def test_it_never_overwrites_unasked_and_says_what_it_would(puente: CommandLine) -> None:
    (puente.folder / "model.yaml").write_text("mine")
    ran = init(puente)
    assert (ran.code, ran.out) == (2, "")
    assert "model.yaml" in ran.err
    assert "--force" in ran.err
    assert set(os.listdir(puente.folder)) == {"model.yaml"}, "nothing half-written"
    assert (puente.folder / "model.yaml").read_text() == "mine"
    assert init(puente, "--force").code == 0
    assert (puente.folder / "model.yaml").read_text() != "mine"


def test_without_a_terminal_it_asks_for_options(puente: CommandLine) -> None:
    ran = puente("init", LOCALE="en")
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert os.listdir(puente.folder) == []


def test_in_a_repository_secrets_and_state_are_ignored(puente: CommandLine) -> None:
    (puente.folder / ".git").mkdir()
    (puente.folder / ".gitignore").write_text("*.pyc\n/.env")
    init(puente)
    assert (puente.folder / ".gitignore").read_text() == "*.pyc\n/.env\n..env.*\n.puente/\n"
    assert "unchanged" not in init(puente).out


def test_an_env_file_that_others_may_read_is_closed_and_keeps_its_lines(puente: CommandLine) -> None:
    env = puente.folder / ".env"
    env.write_text("OTHER=1\nPUENTE_HUBSPOT__ACCESS_TOKEN=mine\n")
    env.chmod(0o644)
    assert init(puente).code == 0
    assert env.read_text() == "OTHER=1\nPUENTE_HUBSPOT__ACCESS_TOKEN=mine\n"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_where_nothing_can_be_written_it_says_so(puente: CommandLine) -> None:
    (puente.folder / "puente.toml").mkdir()
    ran = init(puente, "--force")
    assert (ran.code, "puente.toml" in ran.err) == (2, True)
    assert os.listdir(puente.folder) == ["puente.toml"], "nothing half-written"


def test_the_portal_s_own_fields_are_proposed(puente: CommandLine) -> None:
    with portal(2, installed=False) as world:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        mapping_before = (Path(__file__).parents[2] / "mappings" / "hubspot.yaml").read_text()
        for body in (
            {"name": "pais_propio", "label": "País", "type": "string", "fieldType": "text"},
            {"name": "sector_2", "label": "Sector de la cuenta", "type": "string", "fieldType": "text"},
        ):
            created = httpx.post(
                f"{world.url}/crm/properties/2026-09/contacts",
                json={"groupName": "contactinformation", **body},
                headers=headers,
                trust_env=False,
            )
            created.raise_for_status()
        ran = init(puente, HUBSPOT__BASE_URL=world.url, HUBSPOT__ACCESS_TOKEN=TOKEN)
    assert ran.code == 0
    assert "jobtitle" in ran.out
    assert "exists with this name" in ran.out
    assert "…" not in ran.out, "a name that is cut short cannot be looked up"
    assert (puente.folder / "hubspot.yaml").read_text() == mapping_before, "what is packaged exists: nothing to change"
    assert TOKEN not in ran.out + ran.err + "".join(
        path.read_text() for path in puente.folder.iterdir() if path.is_file()
    )


def test_an_organisation_s_fields_go_into_the_mapping_sure_ones_as_fields_others_as_comments(
    puente: CommandLine,
) -> None:
    with organisation_of_its_own() as given:
        ran = puente(*SALESFORCE_INIT, **given)
    written = (puente.folder / "salesforce.yaml").read_text()
    assert ran.code == 0
    assert "language:     {field: Idioma_Cliente__c, type: text}" in written
    assert re.search(r"  # ¿Tipo__c \(«Tipo de persona»\)\?.*\n  persona:      \{field: Persona__c", written)
    assert re.search(r"# `puente init` no halló este campo.*\n  job_title: ", written)
    assert CLIENT_SECRET not in ran.out + ran.err + (puente.folder / ".env").read_text()
    assert puente("check", CRM="salesforce").code == 0


SALESFORCE_INIT = ("init", "--crm", "salesforce", "--locale", "es", "--yes")


@contextmanager
def organisation_of_its_own() -> Iterator[dict[str, str]]:
    """Serve an organisation whose people have fields of its own; yield the settings that lead there."""
    with org(2, installed=False) as world:
        described = lead_with(("Idioma_Cliente__c", "Idioma"), ("Tipo__c", "Tipo de persona"))
        answers = {"Lead": described, "Contact": {**described, "name": "Contact"}}
        world.fail(
            *(
                {"match": f"sobjects/{name}/describe", "status": 200, "body": body, "times": None}
                for name, body in answers.items()
            )
        )
        yield {
            "SALESFORCE__INSTANCE_URL": world.url,
            "SALESFORCE__CLIENT_ID": CLIENT_ID,
            "SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
        }


def lead_with(*fields: tuple[str, str]) -> dict[str, object]:
    """Describe a Lead with a few standard fields and some of the organisation's own."""
    standard = [(name, name) for name in ("Id", "FirstName", "LastName", "Email", "Country", "OwnerId", "LeadSource")]
    described = [
        {"name": name, "label": label, "type": "string", "updateable": True, "createable": True, "filterable": True}
        for name, label in (*standard, *fields)
    ]
    return {"name": "Lead", "fields": described}


def test_a_crm_that_refuses_leaves_the_mapping_as_it_comes(puente: CommandLine) -> None:
    with portal(2, installed=False) as world:
        ran = init(puente, HUBSPOT__BASE_URL=world.url, HUBSPOT__ACCESS_TOKEN="canary-token")
    assert ran.code == 0
    assert "the mapping stays as it comes" in " ".join(ran.err.split())
    assert "correct what is said above" in ran.err
    assert "canary-token" not in ran.out + ran.err


def test_with_a_credential_later_it_is_repeated_without_force_until_somebody_edits(puente: CommandLine) -> None:
    mapping = puente.folder / "salesforce.yaml"
    with organisation_of_its_own() as given:
        address = {"SALESFORCE__INSTANCE_URL": given["SALESFORCE__INSTANCE_URL"]}
        first = puente(*SALESFORCE_INIT, **address)
        assert (first.code, "repita puente init" in first.err) == (0, True)
        assert "Idioma_Cliente__c" not in mapping.read_text()
        assert puente(*SALESFORCE_INIT, **given).code == 0
        assert "Idioma_Cliente__c" in mapping.read_text()
        mapping.write_text(f"{mapping.read_text()}# mine\n")
        assert puente(*SALESFORCE_INIT, **given).code == 2
    assert mapping.read_text().endswith("# mine\n")


def test_an_address_that_is_none_is_said_and_not_taken_for_a_missing_credential(puente: CommandLine) -> None:
    ran = init(puente, HUBSPOT__BASE_URL="hubapi.com", HUBSPOT__ACCESS_TOKEN="canary-token")
    assert (ran.code, "PUENTE_HUBSPOT__BASE_URL" in ran.err, "Without credentials" in ran.err) == (0, True, False)


def use_owner(folder: Path) -> None:
    model = folder / "model.yaml"
    model.write_text(model.read_text().replace("round_robin: []", f'round_robin: ["{OWNER}"]'))


def test_from_nothing_to_all_green_on_hubspot(puente: CommandLine) -> None:
    with portal(6, installed=False) as world:
        puente.settings.update(HUBSPOT__BASE_URL=world.url, HUBSPOT__ACCESS_TOKEN=TOKEN)
        assert init(puente).code == 0
        use_owner(puente.folder)
        assert puente("doctor").code == 1, "the fields are not there yet"
        assert puente("install", "--yes").code == 0
        ran = puente("doctor", "--json")
    assert {check["what"] for check in ran.json["checks"] if check["state"] != "ok"} == set()


def test_from_nothing_to_all_green_on_salesforce(puente: CommandLine) -> None:
    with org(6, installed=False) as world:
        puente.settings.update(
            SALESFORCE__INSTANCE_URL=world.url, SALESFORCE__CLIENT_ID=CLIENT_ID, SALESFORCE__CLIENT_SECRET=CLIENT_SECRET
        )
        assert puente("init", "--crm", "salesforce", "--locale", "es", "--yes").code == 0
        use_owner(puente.folder)
        assert puente("install", "--yes").code == 0
        ran = puente("doctor", "--json")
    assert {check["what"] for check in ran.json["checks"] if check["state"] != "ok"} == set()


SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1).filter(
    lambda text: text[0] not in "'\""
)


@given(SECRETS, SECRETS)
def test_whatever_signs_a_secret_has_it_is_read_back(one: str, other: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        secrets = {"PUENTE_SALESFORCE__CLIENT_ID": one, "PUENTE_SALESFORCE__CLIENT_SECRET": other}
        planned = plan_files(Path(folder), "salesforce", "en", "", secrets, "")
        env = next(file for file in planned if file.path.name == ".env")
        env.write()
        assert {
            name: value for name, value in dotenv_values(env.path, interpolate=False).items() if name in secrets
        } == secrets
        again = plan_files(Path(folder), "salesforce", "en", "", secrets, "")
        assert not next(file for file in again if file.path.name == ".env").replaces


class Terminal:
    """Run `puente init` at a terminal of its own and answer its questions as they come."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._ours, theirs = os.openpty()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        own = {f"PUENTE_{name}": value for name, value in settings.items()}
        paths = {"PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "100", "TERM": "dumb"}
        command = [sys.executable, "-c", "from connector.cli import main; main()", "init"]
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env={**kept, **own, **paths},
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def answer(self, question: str, answer: str) -> None:
        self._read_until(question)
        os.write(self._ours, f"{answer}\n".encode())

    def answer_hidden(self, question: str, answer: str) -> None:
        """Type only once nothing is echoed: going over to that, a terminal forgets what was typed before."""
        self._read_until(question)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while termios.tcgetattr(self._ours)[3] & termios.ECHO:
            assert time.monotonic() < deadline, f"{question!r} is asked in the open"
            time.sleep(0.01)
        os.write(self._ours, f"{answer}\n".encode())

    def end(self) -> int:
        self._read_until(None)
        os.close(self._ours)
        return self._process.wait(PATIENCE_SECONDS)

    def _read_until(self, question: str | None) -> None:
        """Read what is shown until the question is there, or the program has ended."""
        seen, deadline = "", time.monotonic() + PATIENCE_SECONDS
        while question is None or question not in seen:
            assert time.monotonic() < deadline, f"never asked {question!r}, showed {self.shown + seen!r}"
            if not select.select([self._ours], [], [], 1.0)[0]:
                continue
            try:
                piece = os.read(self._ours, 4096).decode(errors="replace")
            except OSError:  # the other end is closed
                piece = ""
            if not piece:
                assert question is None, f"ended without asking {question!r}: {self.shown + seen!r}"
                break
            seen += piece
        self.shown += seen


def test_at_a_terminal_it_asks_hides_the_token_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text("mine")
    with portal(2, installed=False) as world:
        terminal = Terminal(tmp_path, HUBSPOT__BASE_URL=world.url)
        terminal.answer("(es, en)", "en")
        terminal.answer("(hubspot, salesforce)", "hubspot")
        terminal.answer_hidden("access token", TOKEN)
        terminal.answer("kept", "n")
        assert terminal.end() == 0
    assert TOKEN not in terminal.shown
    assert (tmp_path / "model.yaml").read_text() == "mine"
    assert f"PUENTE_HUBSPOT__ACCESS_TOKEN={TOKEN}\n" in (tmp_path / ".env").read_text()
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert TOKEN not in (tmp_path / "puente.toml").read_text()
    assert "exists with this name" in terminal.shown


def test_for_salesforce_it_asks_for_the_address_and_hides_the_secret_alone(tmp_path: Path) -> None:
    with org(2, installed=False) as world:
        terminal = Terminal(tmp_path, LOCALE="en")
        terminal.answer("(es, en)", "")
        terminal.answer("(hubspot, salesforce)", "salesforce")
        terminal.answer("My Domain", world.url)
        terminal.answer("Client id", CLIENT_ID)
        terminal.answer_hidden("Client secret", CLIENT_SECRET)
        assert terminal.end() == 0
    assert CLIENT_SECRET not in terminal.shown
    assert f'instance_url = "{world.url}"' in (tmp_path / "puente.toml").read_text()
    assert f"PUENTE_SALESFORCE__CLIENT_SECRET={CLIENT_SECRET}\n" in (tmp_path / ".env").read_text()
    assert "LeadSource" in terminal.shown


def test_an_address_typed_without_its_scheme_is_one(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, LOCALE="en")
    terminal.answer("(es, en)", "")
    terminal.answer("(hubspot, salesforce)", "salesforce")
    terminal.answer("My Domain", "acme.my.salesforce.com")
    terminal.answer("Client id", "")
    assert terminal.end() == 0
    assert 'instance_url = "https://acme.my.salesforce.com"' in (tmp_path / "puente.toml").read_text()


def test_a_secret_with_odd_signs_is_read_back_as_it_was_typed(puente: CommandLine, tmp_path: Path) -> None:
    odd = "pat-eu1-#'\\$x ${HOME} y"
    terminal = Terminal(tmp_path, HUBSPOT__BASE_URL="http://127.0.0.1:9")
    terminal.answer("(es, en)", "es")
    terminal.answer("(hubspot, salesforce)", "hubspot")
    terminal.answer_hidden("vacío", odd)
    assert terminal.end() == 0
    assert dotenv_values(tmp_path / ".env", interpolate=False)["PUENTE_HUBSPOT__ACCESS_TOKEN"] == odd


def test_both_languages_say_the_same_with_the_same_values() -> None:
    assert set(SPANISH) == set(ENGLISH)
    assert {key: placeholders(text) for key, text in SPANISH.items()} == {
        key: placeholders(text) for key, text in ENGLISH.items()
    }


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_the_settings_file_is_read_by_every_command(puente: CommandLine, crm: str) -> None:
    assert puente("init", "--crm", crm, "--locale", "en", "--yes").code == 0
    ran = puente("doctor")
    assert ran.code == 2
    assert f"PUENTE_{crm.upper()}__" in ran.err, "the credential is what is missing, in the language of the file"
    assert "missing" in ran.err
