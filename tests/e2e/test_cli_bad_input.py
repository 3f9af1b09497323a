"""Bad input: one clear message, the right exit code, nothing written, and never a traceback or a secret."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from connector.bootstrap import Root
from tests.e2e.command_line import CommandLine, Ran
from tests.e2e.conftest import Office

UNKNOWN_ATTRIBUTE = """
model: ours
version: "1"
fit: {criteria: [{id: a, weight: 1, when: {attribute: contry, equals: ES}}]}
engagement: {signals: []}
"""


def told(ran: Ran) -> list[str]:
    """Return what stderr said, having checked that nothing of Python shows."""
    assert "Traceback" not in ran.err + ran.out
    return ran.err.splitlines()


def test_a_wrong_token_is_one_line_and_nothing_is_written(office: Office) -> None:
    before = office.world.last_seq()
    ran = office.puente("qualify", "--all", HUBSPOT__ACCESS_TOKEN="canary-token-0001")
    assert ran.code == 1
    (line,) = told(ran)
    assert "PUENTE_HUBSPOT__ACCESS_TOKEN" in line
    assert "canary" not in line
    assert office.writes_since(before) == []


def test_an_unreachable_host_is_one_line_that_names_it(puente: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = puente("qualify", "--all", HUBSPOT__BASE_URL=f"http://{host}", HUBSPOT__ACCESS_TOKEN="t")
    assert ran.code == 1
    (line,) = told(ran)
    assert host in line


@pytest.mark.parametrize("url", ["hubapi.com", "ftp://127.0.0.1", "http://", "http://[::1", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused(puente: CommandLine, url: str) -> None:
    ran = puente("qualify", "--all", HUBSPOT__BASE_URL=url, HUBSPOT__ACCESS_TOKEN="t")
    assert ran.code == 2
    (line,) = told(ran)
    assert "PUENTE_HUBSPOT__BASE_URL" in line


@pytest.mark.parametrize("url", ["acme.my.salesforce.com", "https://", "ftp://acme.my.salesforce.com"])
def test_an_organisation_s_address_that_is_none_is_refused_by_name_in_the_user_s_language(
    puente: CommandLine, url: str
) -> None:
    given = {"SALESFORCE__INSTANCE_URL": url, "SALESFORCE__CLIENT_ID": "i", "SALESFORCE__CLIENT_SECRET": "s"}
    ran = puente("doctor", "--crm", "salesforce", **given)
    assert ran.code == 2
    (line,) = told(ran)
    assert "PUENTE_SALESFORCE__INSTANCE_URL: no es una dirección" in line


def test_a_missing_token_names_the_setting_and_what_to_do(puente: CommandLine) -> None:
    ran = puente("qualify", "--all")
    assert ran.code == 2
    (line,) = told(ran)
    assert "PUENTE_HUBSPOT__ACCESS_TOKEN" in line
    assert "puente demo" in line


def test_a_half_given_oauth_app_names_the_other_half(puente: CommandLine) -> None:
    ran = puente("qualify", "--all", HUBSPOT__REFRESH_TOKEN="r", HUBSPOT__CLIENT_ID="c")
    assert ran.code == 2
    assert "PUENTE_HUBSPOT__CLIENT_SECRET" in ran.err


def test_a_mapping_of_the_other_crm_is_refused(puente: CommandLine) -> None:
    mapping = Path(__file__).parents[2] / "mappings" / "hubspot.yaml"
    ran = puente("install", "--crm", "salesforce", "--mapping", str(mapping))
    assert ran.code == 2
    assert told(ran)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nowhere.yaml", None, "no existe ese archivo"),
        ("empty.yaml", "", "el archivo está vacío"),
        ("odd.yaml", "fit: [", "no es YAML válido"),
        ("unknown.yaml", UNKNOWN_ATTRIBUTE, "country"),
    ],
)
def test_a_wrong_model_file_is_refused_before_anything_is_sent(
    office: Office, name: str, text: str | None, said: str
) -> None:
    before = office.world.last_seq()
    if text is not None:
        (office.puente.folder / name).write_text(text, encoding="utf-8")
    ran = office.puente("qualify", "--all", "--model", name)
    assert ran.code == 2
    assert any(line.startswith(f"{name}:") for line in told(ran))
    assert said in ran.err
    assert office.world.last_seq() == before


def test_a_property_the_portal_lacks_is_named_with_the_nearest(office: Office) -> None:
    packaged = Path(__file__).parents[2] / "mappings" / "hubspot.yaml"
    text = packaged.read_text(encoding="utf-8").replace("property: jobtitle", "property: job_titel")
    (office.puente.folder / "ours.yaml").write_text(text, encoding="utf-8")
    before = office.world.last_seq()
    ran = office.puente("qualify", "--all", "--mapping", "ours.yaml")
    assert ran.code == 2
    assert "job_titel" in ran.err
    assert "jobtitle" in ran.err
    assert told(ran)
    assert office.writes_since(before) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["qualify"],
        ["qualify", "1001", "--all"],
        ["qualify", "--changed-since", "yesterday"],
        ["qualify", "--changed-since", "2026-03-02T10:00:00"],
        ["qualify", "--changed-since", "1767225600000"],
        ["qualify", "--no-such-option"],
        ["no-such-command"],
        ["explain"],
        ["explain", "1001", "--at", "soon"],
        ["explain", "1001", "--at", "0001-01-01"],
        ["explain", "1001", "--at", "9999-12-31"],
        ["explain", ""],
        ["qualify", "--changed-since", "0001-01-01"],
        ["qualify", "1001", " "],
        ["qualify", "--email", ""],
        ["sandbox", "--csv", "people.csv"],
        ["sandbox", "--people", "-1"],
        ["sandbox", "--crm", "pipedrive"],
        ["demo", "--crm", "pipedrive"],
        ["sandbox", "--faults", "nowhere.json"],
    ],
)
def test_a_wrong_argument_is_exit_2_with_a_message(office: Office, arguments: list[str]) -> None:
    before = office.world.last_seq()
    ran = office.puente(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert told(ran)
    assert office.world.last_seq() == before


def test_a_state_that_cannot_be_opened_names_the_setting(office: Office) -> None:
    (office.puente.folder / "state").write_text("no database")
    ran = office.puente("qualify", "--all", STATE=str(office.puente.folder / "state"))
    assert ran.code == 2
    assert "PUENTE_STATE" in "".join(told(ran))
    assert office.puente("qualify", "--all", STATE="redis://table").code == 2


def test_an_error_nobody_foresaw_is_one_line_and_a_traceback_only_for_debugging(puente: CommandLine) -> None:
    def broken() -> None:
        raise ZeroDivisionError("canary")

    root = Root(load_settings=broken)  # type: ignore[arg-type]
    ran = puente("check", root=root)
    assert ran.code == 1
    (line,) = told(ran)
    assert "ZeroDivisionError" in line
    assert "canary" not in line
    assert "Traceback" in puente("check", root=root, LOG="debug").err


def test_an_interruption_says_that_nothing_is_lost(puente: CommandLine) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    ran = puente("check", root=Root(load_settings=interrupted))  # type: ignore[arg-type]
    assert ran.code == 130
    assert "Interrumpido" in ran.err


@pytest.mark.parametrize("command", [[], ["qualify"], ["explain"], ["check"], ["install"], ["sandbox"], ["demo"]])
def test_every_command_explains_itself(puente: CommandLine, command: list[str]) -> None:
    ran = puente(*command, "--help")
    assert ran.code == 0
    assert "Uso: puente" in ran.out


def test_nothing_a_crm_holds_and_no_secret_reaches_stderr_however_bad_the_day(office: Office) -> None:
    """Run everything with debug logs and every kind of fault, and look for what must never be said."""
    token, email, name = "sandbox-token", "canary.person@canary.example", "Canaria"
    edit = {"person": "1002", "set": {"email": email, "firstname": name, "jobtitle": "Director CANARY-VALUE"}}
    office.world.ask("POST", "edit", edit)
    office.world.fail(
        {"match": "POST .*contacts/batch/read", "status": 503, "times": 1},
        {"match": "POST .*contacts/batch/update", "fail_ids": ["1002"], "times": 2},
        {"match": "POST .*contacts/batch/update", "refuse_fields": ["puente_fit"], "times": 1},
        {"match": "POST .*tasks/batch/create", "status": 502, "after_commit": True, "times": 1},
        {"match": "GET .*", "status": 429, "retry_after": 0, "times": 2},
    )
    said = ""
    for arguments in (
        ["qualify", "--all"],
        ["qualify", "--email", email],
        ["explain", "1002", "--json"],
        ["check", "--live"],
    ):
        ran = office.puente(*arguments, LOG="debug")
        said += ran.err
    assert '"logger"' in said
    for secret in (token, email, name, "CANARY-VALUE", "canary"):
        assert secret not in said
