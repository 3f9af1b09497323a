"""Be the Lambda functions CRMs ring at: event in, doorbells into the queue, answer out.

They import the standard library, our parsers and nothing else; a test holds them to it.

Source: docs.aws.amazon.com, "HTTP API Lambda integrations", payload format 2.0, read 2026-11 (documented): header
names in lower case, repeated ones joined by commas, the body base64-encoded when its type is not text.
"""

from __future__ import annotations

import base64
import binascii
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from connector.errors import PayloadError, PuenteError, SettingsError
from webhooks.parameters import VARIABLE, Parameters
from webhooks.receive_answer import Answer, Put, log_refusal, ring
from webhooks.receive_hubspot import hubspot_door
from webhooks.receive_salesforce import change_event_door, salesforce_door
from webhooks.sqs_send import SqsSender

HEALTH: Final = "/healthz"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Hold what a function needs beside its event: settings by their names, the queue, the time."""

    settings: Callable[[], Mapping[str, str]]
    put: Put
    now: Callable[[], datetime]

    def hubspot(self, event: Mapping[str, Any]) -> Answer:
        return self._answer("hubspot", event, self._hubspot)

    def salesforce(self, event: Mapping[str, Any]) -> Answer:
        return self._answer("salesforce", event, self._salesforce)

    def _hubspot(self, event: Mapping[str, Any]) -> Answer:
        return hubspot_door(self.settings()).answer(_body(event), _headers(event), self.put, self.now())

    def _salesforce(self, event: Mapping[str, Any]) -> Answer:
        token = str((event.get("pathParameters") or {}).get("token", ""))
        return salesforce_door(self.settings()).answer(_body(event), token, self.put, self.now())

    @staticmethod
    def _answer(door: str, event: Mapping[str, Any], answer: Callable[[Mapping[str, Any]], Answer]) -> Answer:
        if str(event.get("rawPath", "")).endswith(HEALTH):
            return Answer(200, "ok", "text/plain")
        try:
            return answer(event)
        except PayloadError:
            log_refusal(door, 400, 0)
            return Answer(400)

    def salesforce_change(self, event: object) -> None:
        """Queue one change event's doorbells. Raises when the queue refused: EventBridge then delivers again."""
        doorbells = change_event_door(self.settings()).parse(event, self.now())
        if not ring("salesforce change event", self.put, doorbells):
            raise PuenteError("salesforce change event: the queue refused; EventBridge delivers again")


def receive_hubspot(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer `POST /hubspot/webhook` and `GET /healthz`."""
    return _to_reply(_entrance().hubspot(event))


def receive_salesforce(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer `POST /salesforce/outbound/{token}`."""
    return _to_reply(_entrance().salesforce(event))


def receive_salesforce_cdc(event: dict[str, Any], context: object) -> None:
    """Take one Change Data Capture event from EventBridge."""
    _entrance().salesforce_change(event)


_of_process: dict[str, Entrance] = {}


def _entrance() -> Entrance:
    """Return the entrance of this process; built at the first event, so that importing touches no network."""
    if "one" not in _of_process:
        queue_url = os.environ.get("PUENTE_QUEUE", "")
        if not queue_url:
            raise SettingsError("PUENTE_QUEUE: missing — give the address of the SQS queue")
        logging.getLogger("webhooks").setLevel(logging.INFO)
        parameters = Parameters(os.environ.get(VARIABLE, ""))
        _of_process["one"] = Entrance(
            settings=lambda: {**os.environ, **parameters.values()},
            put=SqsSender(queue_url).put,
            now=lambda: datetime.now(UTC),
        )
    return _of_process["one"]


def _headers(event: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}


def _body(event: Mapping[str, Any]) -> bytes:
    """Return the bytes as they were sent; a signature covers nothing else. Raises PayloadError."""
    body = event.get("body") or ""
    try:
        return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else str(body).encode()
    except (binascii.Error, ValueError):
        raise PayloadError("the body is not what its encoding says") from None


def _to_reply(answer: Answer) -> dict[str, Any]:
    headers = {"content-type": answer.content_type} if answer.content_type else {}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body, "isBase64Encoded": False}
