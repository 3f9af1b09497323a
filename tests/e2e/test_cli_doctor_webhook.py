"""`puente doctor` rings at the webhook's address as the CRM would: the right key, a wrong one, and nobody queued."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET, org
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import Office
from tests.e2e.own_door import SECRET, TOKEN, open_door


def webhook(office: Office, url: str, **settings: str) -> dict[str, Any]:
    chosen = {"LOCALE": "en", "HUBSPOT__WEBHOOK_URL": url, "HUBSPOT__CLIENT_SECRET": SECRET, **settings}
    ran = office.puente("doctor", "--json", **chosen)
    assert SECRET not in ran.out + ran.err
    (check,) = [check for check in ran.json["checks"] if check["name"] == "webhook"]
    assert ran.json["ok"] is (check["state"] != "fail")
    return dict(check)


def test_without_a_webhook_there_is_nothing_to_ring_at(office: Office) -> None:
    assert webhook(office, "")["state"] == "ok"
    assert webhook(office, "", HUBSPOT__CLIENT_SECRET="")["code"] == "webhook_none"


def test_our_own_receiver_lets_our_signature_in_and_no_other_and_queues_nobody(office: Office, tmp_path: Path) -> None:
    with open_door(tmp_path) as door:
        assert webhook(office, door.hubspot_url)["state"] == "ok"
        assert webhook(office, door.hubspot_url, HUBSPOT__CLIENT_SECRET=f"{SECRET},the-next-one")["state"] == "ok"
        assert door.queue.status().depth == 0


def test_a_receiver_with_another_secret_is_told(office: Office, tmp_path: Path) -> None:
    with open_door(tmp_path) as door:
        check = webhook(office, door.hubspot_url, HUBSPOT__CLIENT_SECRET="another")
        assert check["code"] == "webhook_refused"
        assert "PUENTE_HUBSPOT__CLIENT_SECRET" in check["what"]
        assert webhook(office, f"{door.hubspot_url}?x=1")["code"] == "webhook_refused", "the address is signed, too"


def test_an_address_without_a_secret_cannot_be_verified(office: Office) -> None:
    check = webhook(office, "https://door.example.com/hubspot/webhook", HUBSPOT__CLIENT_SECRET="")
    assert (check["state"], check["values"]["names"]) == ("fail", ["PUENTE_HUBSPOT__CLIENT_SECRET"])


@pytest.mark.parametrize("url", ["http://door.example.com/hubspot/webhook", "door.example.com", "https://"])
def test_an_address_no_crm_would_ring_at_fails(office: Office, url: str) -> None:
    assert webhook(office, url)["code"] == "webhook_not_https"


def test_an_address_where_nobody_listens_fails(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    check = webhook(office, f"http://127.0.0.1:{port}/hubspot/webhook")
    assert check["code"] == "webhook_unreachable"
    assert "`puente serve`" in check["next"]


@contextmanager
def answering(status: int) -> Iterator[str]:
    """Serve somebody who answers everything with one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()

        def log_request(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hubspot/webhook"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "code"), [(204, "webhook_open"), (401, "webhook_refused"), (404, "webhook_odd"), (502, "webhook_odd")]
)
def test_somebody_else_who_answers_there_fails(office: Office, status: int, code: str) -> None:
    with answering(status) as url:
        check = webhook(office, url)
    assert (check["state"], check["code"]) == ("fail", code)


def test_salesforce_rings_with_its_token_in_the_path(puente: CommandLine, tmp_path: Path) -> None:
    with org(2) as world, open_door(tmp_path, world.crm().account()) as door:
        puente.settings.update(
            CRM="salesforce",
            LOCALE="en",
            STATE=str(tmp_path / "state.db"),
            SALESFORCE__INSTANCE_URL=world.url,
            SALESFORCE__CLIENT_ID=CLIENT_ID,
            SALESFORCE__CLIENT_SECRET=CLIENT_SECRET,
        )
        codes = [
            next(check["code"] for check in puente("doctor", "--json", **chosen).json["checks"] if is_webhook(check))
            for chosen in (
                {},
                {"SALESFORCE__WEBHOOK_TOKEN": TOKEN},
                {"SALESFORCE__WEBHOOK_TOKEN": TOKEN, "SALESFORCE__WEBHOOK_URL": door.salesforce_url},
                {"SALESFORCE__WEBHOOK_TOKEN": "another", "SALESFORCE__WEBHOOK_URL": door.salesforce_url},
            )
        ]
        assert codes == ["webhook_none", "webhook_half", "webhook_ok", "webhook_refused"]
        assert door.queue.status().depth == 0


def is_webhook(check: dict[str, Any]) -> bool:
    return bool(check["name"] == "webhook")
