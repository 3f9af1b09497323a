"""The HubSpot app's project: the least scopes, every property a decision stands on, and the card."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from adapters.hubspot.install_project import build_project, watched_properties
from connector.files import load_mapping

MAPPING = load_mapping(None, "hubspot")
URL = "https://hooks.example.com/hubspot/webhook"
FILES = build_project(MAPPING, URL)
REQUIRED = {
    "oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read",
    "crm.schemas.contacts.write", "crm.objects.owners.read",
}  # fmt: skip


def read(path: str) -> Any:
    return json.loads(FILES[path])


def test_the_project_is_of_a_platform_that_takes_webhooks_and_cards() -> None:
    assert read("hsproject.json") == {"name": "puente", "srcDir": "src", "platformVersion": "2026.09"}


def test_required_are_only_the_scopes_every_account_has() -> None:
    auth = read("src/app/app-hsmeta.json")["config"]["auth"]
    assert set(auth["requiredScopes"]) == REQUIRED
    assert auth["type"] == "static"
    assert not set(auth["requiredScopes"]) & set(auth["optionalScopes"])


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("lists", "crm.lists.read"),
        ("emails", "sales-email-read"),
        ("form_submissions", "forms"),
        ("marketing_events", "crm.objects.marketing_events.read"),
    ],
)
def test_a_source_the_mapping_does_not_read_asks_for_no_scope(source: str, scope: str) -> None:
    assert scope in read("src/app/app-hsmeta.json")["config"]["auth"]["optionalScopes"]
    without = replace(MAPPING, events=tuple(event for event in MAPPING.events if event.source != source))
    app = json.loads(build_project(without, URL)["src/app/app-hsmeta.json"])
    assert scope not in app["config"]["auth"]["optionalScopes"]


def test_webhooks_call_the_address_of_the_settings_about_people_alone() -> None:
    config = read("src/app/webhooks/webhooks-hsmeta.json")["config"]
    assert config["settings"]["targetUrl"] == URL
    subscriptions = config["subscriptions"]
    kinds = {one["subscriptionType"] for one in subscriptions["crmObjects"]}
    assert kinds == {"object.creation", "object.deletion", "object.restore", "object.merge", "object.propertyChange"}
    assert {one["objectType"] for one in subscriptions["crmObjects"]} == {"contact"}
    assert [one["subscriptionType"] for one in subscriptions["hubEvents"]] == ["contact.privacyDeletion"]
    assert len(subscriptions["crmObjects"]) < 1_000, "as many as an app may have"


def test_every_property_a_decision_stands_on_is_watched_once_and_none_that_never_rings() -> None:
    watched = watched_properties(MAPPING)
    assert len(watched) == len(set(watched))
    assert {"lifecyclestage", "puente_sales_verdict", "puente_reject_reason", "jobtitle"} <= set(watched)
    assert {event.at for event in MAPPING.events if event.source == "counters" and event.at} <= set(watched)
    assert not {"num_unique_conversion_events", "lastmodifieddate"} & set(watched)
    assert not [name for name in watched if name in MAPPING.write_back], "what only we write would only be echo"


def test_the_card_goes_along_where_its_description_says_without_its_tests() -> None:
    card = read("src/app/cards/qualification-card-hsmeta.json")
    assert f"src{card['config']['entrypoint']}" in FILES
    cards = [path for path in FILES if path.startswith("src/app/cards/")]
    assert not [path for path in cards if "test" in path or "eslint" in path]
    uids = [json.loads(text)["uid"] for path, text in FILES.items() if path.endswith("-hsmeta.json")]
    assert len(uids) == len(set(uids)) == 3
