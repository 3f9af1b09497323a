"""Requests to AWS are signed as its own library signs them, and tried again only when that can help."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as TheirCredentials
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SettingsError
from webhooks.aws import MOST_ATTEMPTS, AwsClient, AwsError, Credentials, credentials_of_environment, sign_request
from webhooks.parameters import FRESH_SECONDS, Parameters

KEYS = Credentials("AKIDEXAMPLE", "canary-secret", "canary-session")


class Service(ThreadingHTTPServer):
    """Answer with the scripted answers in turn, and keep what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[tuple[int, object]] = []
        self.asked: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def client(self) -> AwsClient:
        return AwsClient("sqs", "AmazonSQS", json_version="1.0", region="eu-west-1", endpoint=self.url,
                         credentials=lambda: KEYS, sleep=lambda _: None)  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.headers["x-amz-target"], json.loads(body)))
        status, reply = self.server.script.pop(0)
        if status == 0:
            self.close_connection = True
            return
        content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@given(
    body=st.binary(max_size=100),
    session=st.none() | st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=20),
    secret=st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=40),
)
def test_the_vendors_library_signs_the_same(body: bytes, session: str | None, secret: str) -> None:
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessageBatch"}
    now = datetime.now(UTC)
    theirs = AWSRequest("POST", "https://sqs.eu-west-1.amazonaws.com/", headers=dict(headers), data=body)
    signer = SigV4Auth(TheirCredentials("AKID", secret, session), "sqs", "eu-west-1")
    signer.add_auth(theirs)
    stamp = datetime.strptime(theirs.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ours = sign_request("sqs", "eu-west-1", Credentials("AKID", secret, session), "sqs.eu-west-1.amazonaws.com", body,
                        stamp, headers)  # fmt: skip
    assert abs((now - stamp).total_seconds()) < 60
    assert ours["authorization"] == theirs.headers["Authorization"]


def test_what_came_back_is_returned(service: Service) -> None:
    service.script = [(200, {"answer": 7}), (200, b"")]
    client = service.client()
    assert client.call("ListQueues", {"a": "ñ"}) == {"answer": 7}
    assert client.call("ListQueues", {}) == {}
    assert service.asked[0] == ("AmazonSQS.ListQueues", {"a": "ñ"})


@pytest.mark.parametrize(
    "trouble", [(500, {}), (503, b"<html>"), (400, {"__type": "com.amazon#ThrottlingException"}), (0, b"")]
)
def test_a_passing_trouble_is_tried_again(service: Service, trouble: tuple[int, object]) -> None:
    service.script = [trouble, trouble, (200, {"answer": 7})]
    assert service.client().call("ListQueues", {}) == {"answer": 7}
    assert len(service.asked) == 3


def test_a_lasting_trouble_ends_after_a_few_attempts(service: Service) -> None:
    service.script = [(500, {})] * 9
    with pytest.raises(AwsError):
        service.client().call("ListQueues", {})
    assert len(service.asked) == MOST_ATTEMPTS


def test_a_refusal_is_not_tried_again_and_is_told_by_its_code_alone(service: Service) -> None:
    service.script = [(400, {"__type": "x#AccessDeniedException", "message": "canary"})]
    with pytest.raises(AwsError) as refusal:
        service.client().call("ListQueues", {"Body": "canary"})
    assert (refusal.value.code, refusal.value.status, len(service.asked)) == ("AccessDeniedException", 400, 1)
    assert "canary" not in str(refusal.value)


def test_a_host_that_is_not_there_is_told(service: Service) -> None:
    client = AwsClient("sqs", "AmazonSQS", json_version="1.0", region="x", endpoint="http://127.0.0.1:1",
                       credentials=lambda: KEYS, sleep=lambda _: None)  # fmt: skip
    with pytest.raises(AwsError, match="NoAnswer"):
        client.call("ListQueues", {})


def test_credentials_come_from_the_environment_and_never_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    assert credentials_of_environment() == Credentials("AKID", "canary", None)
    assert "canary" not in repr(KEYS)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(SettingsError, match="AWS_SECRET_ACCESS_KEY"):
        credentials_of_environment()


class Time:
    """Be a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_parameters_are_read_again_after_five_minutes_and_kept_when_they_cannot(service: Service) -> None:
    def answer(value: str) -> tuple[int, object]:
        return 200, {"Parameter": {"Name": "/puente/a", "Value": value}}

    time = Time()
    service.script = [answer("old"), answer("new"), (400, {"__type": "AccessDeniedException"}), answer("newest")]
    parameters = Parameters("PUENTE_A=/puente/a", service.client(), time)
    seen = []
    for seconds in (0, FRESH_SECONDS - 1, FRESH_SECONDS, 2 * FRESH_SECONDS, 3 * FRESH_SECONDS):
        time.seconds = seconds
        seen.append(parameters.values()["PUENTE_A"])
    assert seen == ["old", "old", "new", "new", "newest"]
    assert service.asked[0][1] == {"Name": "/puente/a", "WithDecryption": True}


def test_without_references_nothing_is_asked() -> None:
    assert Parameters("").values() == {}


def test_a_parameter_that_does_not_exist_and_a_reference_that_is_none_are_told(service: Service) -> None:
    service.script = [(400, {"__type": "ParameterNotFound"}), (200, {"Parameter": {"Value": "b"}})]
    with pytest.raises(SettingsError, match="PUENTE_A: no such parameter"):
        Parameters("PUENTE_A=/puente/a PUENTE_B=/puente/b", service.client()).values()
    with pytest.raises(SettingsError, match="PUENTE_PARAMETERS"):
        Parameters("PUENTE_A")


def test_without_any_parameter_known_a_refusal_is_raised(service: Service) -> None:
    service.script = [(400, {"__type": "AccessDeniedException"})]
    with pytest.raises(AwsError):
        Parameters("PUENTE_A=/puente/a", service.client()).values()
