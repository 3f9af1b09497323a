"""Leave the traces in HubSpot that a neutral event would leave: counters, engagements, participations, occurrences.

One event has one representation to read, so that nothing is counted twice; the table is in COVERAGE.md.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from sandbox.hubspot import events, lists, marketing
from sandbox.hubspot.life import ENGAGEMENT, Life
from sandbox.hubspot.links import Link, connect, linked
from sandbox.hubspot.mail import MAIL_KINDS, write_bounce, write_mail
from sandbox.hubspot.object_types import (
    CALLS,
    COMMUNICATIONS,
    CONTACTS,
    DEALS,
    MEETINGS,
    NOTES,
)
from sandbox.hubspot.wire import to_iso, to_ms
from sandbox.hubspot.writing import apply_values, create_record
from sandbox.seed import SeedEvent

STAGES = {
    "subscriber": "subscriber",
    "lead": "lead",
    "mql": "marketingqualifiedlead",
    "sql": "salesqualifiedlead",
    "opportunity": "opportunity",
    "customer": "customer",
    "evangelist": "evangelist",
}
NEWSLETTER_OPTOUT = "hs_email_optout_62515001"
_MOST_SUBMISSIONS = 800
_FORM_NAMES = {
    "content_download": "Descarga: {}",
    "survey_completed": "Encuesta: {}",
    "newsletter_subscribed": "Suscripción al boletín",
    "form_submitted": "Formulario: {}",
}
_DISPOSITIONS = {
    "busy": "9d9162e7-6cf3-4944-bf63-4dff82258764",
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "left_message": "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    "voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "no_answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "wrong_number": "17b47fee-58de-441e-a44c-c6300d46f273",
}
_CHANNELS = {"whatsapp": "WHATS_APP", "linkedin": "LINKEDIN_MESSAGE", "sms": "SMS"}
_PARTICIPATION = {
    "webinar_registered": ("WEBINAR", "REGISTERED"),
    "webinar_attended": ("WEBINAR", "ATTENDED"),
    "event_registered": ("EVENT", "REGISTERED"),
    "event_attended": ("EVENT", "ATTENDED"),
}
_WHAT = ("asset", "url", "form", "campaign", "topic", "channel", "direction", "outcome", "text")


def _said(event: SeedEvent) -> dict[str, str]:
    return {name: value for name in _WHAT if (value := getattr(event, name)) is not None}


def _custom(life: Life, event: SeedEvent) -> None:
    said = _said(event)
    if event.count is not None:
        said["count"] = str(event.count)
    life.occur(events.custom_type(life.portal, event.kind), event, said)


def _page_view(life: Life, event: SeedEvent) -> None:
    life.bump("hs_analytics_num_page_views", event)
    life.properties.setdefault("hs_analytics_num_visits", "1")
    _seen(life, event)
    if event.count is None:
        life.occur(
            "e_visited_page", event, {"hs_url": event.url or "", **({"hs_title": event.asset} if event.asset else {})}
        )


def _seen(life: Life, event: SeedEvent) -> None:
    life.earliest("hs_analytics_first_timestamp", event)
    life.earliest("hs_analytics_first_visit_timestamp", event)
    life.latest("hs_analytics_last_visit_timestamp", event)
    if life.latest("hs_analytics_last_timestamp", event) and event.url:
        life.properties["hs_analytics_last_url"] = event.url
        life.properties.setdefault("hs_analytics_first_url", event.url)


def _return_visit(life: Life, event: SeedEvent) -> None:
    life.properties.setdefault("hs_analytics_num_visits", "1")
    life.bump("hs_analytics_num_visits", event)
    _seen(life, event)
    if event.count is None:
        _custom(life, event)


def _form(life: Life, event: SeedEvent) -> None:
    name = event.form or _FORM_NAMES[event.kind].format(event.asset or event.topic or "web")
    guid = marketing.ensure_form(life.portal, name)
    at_ms = to_ms(event.occurred_at)
    known = [entry for entry in life.properties.get("hs_calculated_form_submissions", "").split(";") if entry]
    entries = sorted([*known, f"{guid}:{at_ms}"], key=lambda entry: int(entry.rpartition(":")[2]))[-_MOST_SUBMISSIONS:]
    life.properties["hs_calculated_form_submissions"] = ";".join(entries)
    life.properties["num_unique_conversion_events"] = str(len({entry.partition(":")[0] for entry in entries}))
    life.bump("num_conversion_events", event)
    life.earliest("first_conversion_date", event)
    life.properties.setdefault("first_conversion_event_name", name)
    if life.latest("recent_conversion_date", event):
        life.properties["recent_conversion_event_name"] = name


def _unsubscribe(life: Life, event: SeedEvent) -> None:
    life.properties[NEWSLETTER_OPTOUT] = "true"
    _custom(life, event)


def _participate(life: Life, event: SeedEvent) -> None:
    """Take part in the first event of that name where the contact has not: a webinar is held more than once."""
    event_type, state = _PARTICIPATION[event.kind]
    at_ms = to_ms(event.occurred_at)
    name = event.asset or event.campaign or event_type.title()
    for time in count(1):
        event_id = marketing.ensure_event(life.portal, name, event_type, at_ms, time)
        if marketing.take_part(life.portal, event_id, life.contact.id, state, at_ms):
            return


def _call(life: Life, event: SeedEvent) -> None:
    values = {
        "hs_call_title": event.asset or "Llamada",
        "hs_call_body": event.text or "",
        "hs_call_direction": "INBOUND" if event.direction == "incoming" else "OUTBOUND",
        "hs_call_disposition": _DISPOSITIONS.get(event.outcome or "", ""),
        "hs_call_status": "COMPLETED",
    }
    life.engage(CALLS, event, values)
    life.touch(event)


def _meeting(life: Life, event: SeedEvent) -> None:
    outcome = (event.outcome or "completed").upper()
    moment = to_iso(to_ms(event.occurred_at))
    values = {
        "hs_meeting_title": event.asset or "Reunión",
        "hs_meeting_body": event.text or "",
        "hs_meeting_outcome": outcome if outcome != "CANCELLED" else "CANCELED",
        "hs_meeting_start_time": moment,
        "hs_meeting_end_time": to_iso(to_ms(event.occurred_at) + 1_800_000),
    }
    life.engage(MEETINGS, event, values)
    life.latest("engagements_last_meeting_booked", event)
    life.latest("hs_latest_meeting_activity", event)
    life.touch(event)


def _note(life: Life, event: SeedEvent) -> None:
    life.engage(NOTES, event, {"hs_note_body": event.text or event.asset or ""})


def _chat(life: Life, event: SeedEvent) -> None:
    channel = _CHANNELS.get((event.channel or "").lower())
    if channel is None:
        life.occur("e_contact_started_conversation", event, _said(event))
        return
    values = {"hs_communication_channel_type": channel, "hs_communication_logged_from": "CRM"}
    life.engage(COMMUNICATIONS, event, {**values, "hs_communication_body": event.text or ""})


def _list_joined(life: Life, event: SeedEvent) -> None:
    name = event.asset or event.campaign or "Lista"
    at_ms = to_ms(event.occurred_at)
    listed = next((one for one in life.portal.store.all("list") if one["name"] == name), None)
    found = listed or lists.add_list(life.portal, name, CONTACTS.type_id, "MANUAL", at_ms)
    lists.join_list(life.portal, int(found["listId"]), life.contact.id, at_ms)


def _social(life: Life, event: SeedEvent) -> None:
    channel = (event.channel or "").lower()
    if channel in ("linkedin", "twitter", "facebook") and event.kind == "social_interaction":
        life.bump(f"hs_social_{channel}_clicks", event)
        life.latest("hs_social_last_engagement", event)
    _custom(life, event)


def _ad_click(life: Life, event: SeedEvent) -> None:
    if (event.channel or "").lower() == "facebook":
        life.properties["hs_facebook_ad_clicked"] = "true"
    _custom(life, event)


def _verdict(life: Life, event: SeedEvent) -> None:
    rejected = "BAD_TIMING" if event.outcome == "timing" else "UNQUALIFIED"
    life.properties["hs_lead_status"] = "IN_PROGRESS" if event.kind == "sales_accepted" else rejected


def _stage_changed(life: Life, event: SeedEvent) -> None:
    stage = STAGES.get(event.outcome or "")
    if stage is not None:
        life.properties["lifecyclestage"] = stage


def _deal(life: Life, event: SeedEvent) -> None:
    at_ms = to_ms(event.occurred_at)
    stage = {"deal_won": "closedwon", "deal_lost": "closedlost"}.get(event.kind)
    open_deals = [
        deal
        for deal_id, _ in linked(life.portal, CONTACTS, life.contact.id, DEALS)
        if (deal := life.portal.store.find(DEALS.name, deal_id)) and deal.properties.get("hs_is_closed") != "true"
    ]
    if stage is not None and open_deals:
        changes = {"dealstage": stage, "closedate": to_iso(at_ms)}
        apply_values(life.portal, DEALS, open_deals[-1], changes, ENGAGEMENT, at_ms)
        return
    values = {"dealname": event.asset or "Negocio", "pipeline": "default", "dealstage": stage or "qualifiedtobuy"}
    if stage is not None:
        values["closedate"] = to_iso(at_ms)
    deal = create_record(life.portal, DEALS, values, ENGAGEMENT, at_ms)
    connect(life.portal, Link(DEALS, deal.id, CONTACTS, life.contact.id, 3), ENGAGEMENT, at_ms)


_WRITERS: dict[str, Callable[[Life, SeedEvent], None]] = {
    "page_view": _page_view,
    "return_visit": _return_visit,
    **dict.fromkeys(_FORM_NAMES, _form),
    **dict.fromkeys(MAIL_KINDS, write_mail),
    "email_bounce": write_bounce,
    "newsletter_unsubscribed": _unsubscribe,
    **dict.fromkeys(_PARTICIPATION, _participate),
    "call": _call,
    "meeting": _meeting,
    "note": _note,
    "chat": _chat,
    "list_joined": _list_joined,
    "social_interaction": _social,
    "ad_click": _ad_click,
    "sales_accepted": _verdict,
    "sales_rejected": _verdict,
    "stage_changed": _stage_changed,
    "deal_created": _deal,
    "deal_won": _deal,
    "deal_lost": _deal,
}

NATIVE_KINDS = frozenset(_WRITERS)
"""The kinds that HubSpot keeps in a way of its own; every other kind is a custom event occurrence."""


def write_event(life: Life, event: SeedEvent) -> None:
    """Leave the traces of one event."""
    _WRITERS.get(event.kind, _custom)(life, event)
