"""Read the lead scores of a HubSpot account: which there are, what they give points for, and what moved them.

Source: HubSpot public API specification collection, Marketing Lead Scoring 2026-09-beta, snapshot 2026-08-21
(documented): a beta, whose paths end in `-beta`; its guide, read 2026-11 (documented): scope `mh-lead-scoring-view`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final

from adapters.exchange import Request
from adapters.fanout import Fanout
from adapters.http import Transport
from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.availability import Availability
from adapters.hubspot.client import build_http
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.gateway import Gateway
from adapters.hubspot.linked import COMPANIES
from adapters.hubspot.names import load_form_names
from adapters.hubspot.people import CONTACTS
from adapters.hubspot.replies import parse_page
from adapters.hubspot.schema import parse_field
from adapters.hubspot.score_definition import CONTACT, parse_change, parse_head, parse_score
from adapters.hubspot.token import build_authorizer
from connector.domain.mapping import AttributeOwner
from connector.errors import CrmError
from connector.ports import FieldInfo
from connector.study.crm_score.definition import Score, ScoreChange, ScoreHead

SCOPE: Final = "mh-lead-scoring-view"
_FIRST_VERSION: Final = "2026-09"
_PAGE: Final = "100"
_RECENT_CHANGES: Final = 5


class ScoreShelf:
    """Read scores of one account. Every method may raise CrmError."""

    def __init__(self, gateway: Gateway, availability: Availability) -> None:
        self._gateway = gateway
        self._availability = availability

    def heads(self) -> list[ScoreHead]:
        """List the scores of the account, drafts and those of other records included."""
        pages = self._gateway.pages(lambda after: self._request("scores", {"limit": _PAGE}, after))
        return [head for page in pages for item in page.results if (head := parse_head(item))]

    def read(self, score_id: str) -> Score:
        """Read what a score gives points for; forms are named where the account tells their names."""
        document = self._gateway.send(self._request(f"scores/{score_id}"))
        return parse_score(document, self._form_names())

    def _form_names(self) -> Mapping[str, str]:
        try:
            return load_form_names(self._gateway, self._availability)
        except CrmError:
            return {}  # the rules about single forms then say so

    def fields(self) -> Mapping[AttributeOwner, Mapping[str, FieldInfo]]:
        """Return the properties of contacts, and of companies where the app may see them."""
        found: dict[AttributeOwner, Mapping[str, FieldInfo]] = {"person": self._fields_of(CONTACTS)}
        try:
            found["company"] = self._fields_of(COMPANIES)
        except CrmError as error:
            if error.status not in (403, 404):
                raise
        return found

    def _fields_of(self, object_type: str) -> Mapping[str, FieldInfo]:
        page = parse_page(self._gateway.send(self._gateway.api.properties(object_type)))
        return {info.name: info for item in page.results if (info := parse_field(item)).name}

    def changes(self, object_id: str, score_property: str) -> Sequence[ScoreChange]:
        """Return what moved a person's score last; HubSpot keeps 90 days of it (documented)."""
        params = {
            "objectTypeId": CONTACT, "objectId": object_id, "outputProperty": score_property, "limit": _PAGE,
        }  # fmt: skip
        page = parse_page(self._gateway.send(self._request("score-values/object-history", params)))
        return [parse_change(item) for item in islice(page.results, _RECENT_CHANGES)]

    def _request(self, rest: str, params: Mapping[str, str] | None = None, after: str | None = None) -> Request:
        version = self._gateway.api.version
        dated = _FIRST_VERSION if version.startswith("v") else max(version, _FIRST_VERSION)
        given = {**(params or {}), **({"after": after} if after else {})}
        return Request("GET", f"/marketing/lead-scoring/{dated}-beta/{rest}", purpose="scores", params=given)


@contextmanager
def open_scores(
    connection: HubSpotConnection,
    on_refresh_token: Callable[[str], None] | None = None,
    transport: Transport | None = None,
) -> Iterator[ScoreShelf]:
    """Open the scores of an account; nothing is sent yet."""
    api, fanout = HubSpotApi(connection.api_version), Fanout()
    http = build_http(connection, time.monotonic, time.sleep, transport)
    http.authorizer = build_authorizer(connection, api, http, clock=time.monotonic, on_refresh_token=on_refresh_token)
    try:
        yield ScoreShelf(Gateway(http, api, fanout), Availability())
    finally:
        fanout.close()
        http.close()
