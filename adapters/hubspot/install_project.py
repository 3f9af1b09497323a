"""Write the project of a HubSpot app: its scopes, its webhooks and its record card, for `hs project upload`. Pure.

Source: developers.hubspot.com, "App configuration", "Configure webhooks" and "Scopes", and the project templates of
platform 2026.09, read 2026-11 (documented): `object.*` subscriptions stand under `crmObjects`, the privacy deletion
under `hubEvents`; an app whose required scopes an account lacks cannot be installed there. That engagements ring by
themselves is documented, how they are spelt is not: `notes_last_updated` tells of them on the contact.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Final

from connector.domain.mapping import COUNTER_SOURCES, Mapping

PLATFORM_VERSION: Final = "2026.09"
_NAME: Final = "puente"
_CARD_SUFFIXES: Final = (".ts", ".tsx", ".json")
_CONTACT_EVENTS: Final = ("object.creation", "object.deletion", "object.restore", "object.merge")
_ALWAYS_WATCHED: Final = (
    "email", "lifecyclestage", "hs_lead_status", "hubspot_owner_id", "notes_last_updated",
    "hs_last_sales_activity_timestamp",
)  # fmt: skip
_NEVER_RINGING: Final = ("num_unique_conversion_events", "hs_lastmodifieddate", "lastmodifieddate")
"""Source: HubSpot webhooks guide, read 2025-01 (documented): no subscriptions to these."""
_REQUIRED_SCOPES: Final = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.objects.owners.read",
)
_SCOPES_OF_SOURCES: Final = {
    "company": "crm.objects.companies.read",
    "deals": "crm.objects.deals.read",
    "emails": "sales-email-read",
    "form_submissions": "forms",
    "lists": "crm.lists.read",
    "marketing_events": "crm.objects.marketing_events.read",
}


def build_project(mapping: Mapping, target_url: str) -> dict[str, str]:
    """Return the files of the project by path; equal for an equal mapping and address."""
    documents: dict[str, object] = {
        "hsproject.json": {"name": _NAME, "srcDir": "src", "platformVersion": PLATFORM_VERSION},
        "src/app/app-hsmeta.json": _app(mapping),
        "src/app/webhooks/webhooks-hsmeta.json": _webhooks(mapping, target_url),
    }
    written = {path: f"{json.dumps(document, indent=2, ensure_ascii=False)}\n" for path, document in documents.items()}
    return {**written, **_card()}


def _app(mapping: Mapping) -> dict[str, object]:
    """Ask for the least: what not every account has is optional, and what the mapping does not read is left out."""
    return {
        "uid": "puente_app",
        "type": "app",
        "config": {
            "name": "Puente",
            "description": "Lead qualification: stages with reasons, and one sales task per handoff.",
            "distribution": "private",
            "auth": {
                "type": "static",
                "requiredScopes": list(_REQUIRED_SCOPES),
                "optionalScopes": _optional_scopes(mapping),
                "conditionallyRequiredScopes": [],
            },
            "permittedUrls": {"fetch": ["https://api.hubapi.com"], "iframe": [], "img": []},
        },
    }


def _optional_scopes(mapping: Mapping) -> list[str]:
    sources = {attribute.source for attribute in mapping.attributes.values()} | {
        event.source for event in mapping.events
    }
    return [scope for source, scope in _SCOPES_OF_SOURCES.items() if source in sources]


def _webhooks(mapping: Mapping, target_url: str) -> dict[str, object]:
    changes = [
        {"subscriptionType": "object.propertyChange", "objectType": "contact", "propertyName": name, "active": True}
        for name in watched_properties(mapping)
    ]
    others = [{"subscriptionType": kind, "objectType": "contact", "active": True} for kind in _CONTACT_EVENTS]
    return {
        "uid": "puente_webhooks",
        "type": "webhooks",
        "config": {
            "settings": {"targetUrl": target_url, "maxConcurrentRequests": 10},
            "subscriptions": {
                "crmObjects": [*others, *changes],
                "legacyCrmObjects": [],
                "hubEvents": [{"subscriptionType": "contact.privacyDeletion", "active": True}],
            },
        },
    }


def watched_properties(mapping: Mapping) -> list[str]:
    """Return the contact properties whose change can change a decision: what the mapping reads, and sales' answers."""
    names: Iterable[str] = (
        *_ALWAYS_WATCHED,
        mapping.sales_verdict,
        mapping.reject_reason,
        *(field for one in mapping.attributes.values() if one.source == "person" for field in one.fields),
        *(event.at for event in mapping.events if event.source in COUNTER_SOURCES and event.at),
    )
    return [name for name in dict.fromkeys(names) if name not in _NEVER_RINGING]


def _card() -> dict[str, str]:
    """Return the sources of the record card; its tests and the settings of tools stay behind."""
    folder = files("adapters.hubspot") / "card"
    sources = sorted((one for one in folder.iterdir() if one.is_file()), key=lambda one: one.name)
    return {
        f"src/app/cards/{one.name}": one.read_text(encoding="utf-8")
        for one in sources
        if one.name.endswith(_CARD_SUFFIXES)
    }
