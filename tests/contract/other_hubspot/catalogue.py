"""What a portal knows from the start: object types, their properties, and the association ids between them."""

from __future__ import annotations

from typing import Final

from tests.contract.other_hubspot.replies import Json

TYPE_IDS: Final = {
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-27": "tasks", "0-48": "calls", "0-49": "emails",
    "0-47": "meetings", "0-46": "notes", "0-18": "communications", "0-116": "postal_mail",
}  # fmt: skip
SINGULAR: Final = {
    "contact": "contacts", "company": "companies", "deal": "deals", "task": "tasks", "call": "calls", "email": "emails",
    "meeting": "meetings", "note": "notes", "communication": "communications",
}  # fmt: skip
ASSOCIATION_IDS: Final = {
    ("tasks", "contacts"): 204, ("tasks", "companies"): 192, ("tasks", "deals"): 216, ("contacts", "tasks"): 203,
    ("contacts", "companies"): 279, ("contacts", "calls"): 193, ("contacts", "emails"): 197,
    ("contacts", "meetings"): 199, ("contacts", "notes"): 201, ("contacts", "communications"): 82,
    ("contacts", "deals"): 4, ("deals", "contacts"): 3,
}  # fmt: skip

STAGES: Final = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist",
    "other",
)  # fmt: skip
_LEAD_STATUS = "NEW OPEN IN_PROGRESS OPEN_DEAL UNQUALIFIED ATTEMPTED_TO_CONTACT CONNECTED BAD_TIMING"
_ENGAGEMENT = "hs_timestamp:datetime hubspot_owner_id:text hs_createdate:datetime:ro hs_lastmodifieddate:datetime:ro"

_NAMES: Final = {
    "contacts": """
        firstname:text lastname:text email:text phone:text company:text jobtitle:text country:text city:text
        hs_country_region_code:text hs_language:text hs_persona:text hs_email_domain:text:ro
        hs_additional_emails:text:ro associatedcompanyid:number hubspot_owner_id:text hs_marketable_status:text:ro
        website:text industry:text
        createdate:datetime:ro lastmodifieddate:datetime:ro hs_object_id:number:ro hs_merged_object_ids:text:ro
        hs_all_contact_vids:text:ro hs_object_source:text:ro numemployees:text annualrevenue:text
        hs_analytics_num_page_views:number:ro hs_analytics_num_visits:number:ro
        hs_analytics_num_event_completions:number:ro hs_analytics_average_page_views:number:ro
        hs_analytics_first_timestamp:datetime:ro hs_analytics_last_timestamp:datetime:ro
        hs_analytics_first_visit_timestamp:datetime:ro hs_analytics_last_visit_timestamp:datetime:ro
        hs_analytics_first_url:text:ro hs_analytics_last_url:text:ro hs_analytics_source:text:ro
        hs_analytics_source_data_1:text:ro hs_analytics_source_data_2:text:ro hs_latest_source:text:ro
        hs_latest_source_data_1:text:ro hs_latest_source_timestamp:datetime:ro
        hs_email_delivered:number:ro hs_email_open:number:ro hs_email_click:number:ro hs_email_bounce:number:ro
        hs_email_replied:number:ro hs_email_first_send_date:datetime:ro hs_email_last_send_date:datetime:ro
        hs_email_first_open_date:datetime:ro hs_email_last_open_date:datetime:ro
        hs_email_first_click_date:datetime:ro hs_email_last_click_date:datetime:ro
        hs_email_first_reply_date:datetime:ro hs_email_last_reply_date:datetime:ro hs_email_last_email_name:text:ro
        hs_email_optout:bool hs_email_bad_address:bool:ro hs_email_quarantined:bool:ro
        hs_email_hard_bounce_reason_enum:text:ro hs_sales_email_last_opened:datetime:ro
        hs_sales_email_last_clicked:datetime:ro hs_sales_email_last_replied:datetime:ro
        num_conversion_events:number:ro num_unique_conversion_events:number:ro first_conversion_date:datetime:ro
        first_conversion_event_name:text:ro recent_conversion_date:datetime:ro recent_conversion_event_name:text:ro
        hs_calculated_form_submissions:text:hidden notes_last_contacted:datetime:ro notes_last_updated:datetime:ro
        num_contacted_notes:number:ro num_notes:number:ro hs_last_sales_activity_timestamp:datetime:ro
        engagements_last_meeting_booked:datetime:ro hs_social_num_broadcast_clicks:number:ro
        hs_social_last_engagement:datetime:ro hs_social_twitter_clicks:number:ro hs_social_linkedin_clicks:number:ro
        hs_social_facebook_clicks:number:ro hs_facebook_ad_clicked:bool:ro hs_google_click_id:text:ro
    """,
    "companies": """
        name:text domain:text industry:text numberofemployees:number annualrevenue:number country:text city:text
        hs_country_code:text hubspot_owner_id:text lifecyclestage:text createdate:datetime:ro
        hs_lastmodifieddate:datetime:ro hs_object_id:number:ro
    """,
    "deals": """
        dealname:text dealstage:text pipeline:text amount:number amount_in_home_currency:number:ro closedate:datetime
        hs_is_closed:bool:ro hs_is_closed_won:bool:ro hs_closed_amount:number:ro hubspot_owner_id:text
        createdate:datetime:ro hs_lastmodifieddate:datetime:ro hs_object_id:number:ro
    """,
    "tasks": f"{_ENGAGEMENT} hs_task_subject:text hs_task_body:text hs_task_reminders:text "
    "hs_queue_membership_ids:text hs_object_id:number:ro",
    "calls": f"{_ENGAGEMENT} hs_call_title:text hs_call_body:text hs_call_direction:text hs_call_disposition:text "
    "hs_call_duration:number hs_call_status:text hs_object_id:number:ro",
    "emails": f"{_ENGAGEMENT} hs_email_direction:text hs_email_status:text hs_email_subject:text hs_email_text:text "
    "hs_object_id:number:ro",
    "meetings": f"{_ENGAGEMENT} hs_meeting_title:text hs_meeting_body:text hs_meeting_outcome:text "
    "hs_meeting_start_time:datetime hs_meeting_end_time:datetime hs_object_id:number:ro",
    "notes": f"{_ENGAGEMENT} hs_note_body:text hs_object_id:number:ro",
    "communications": f"{_ENGAGEMENT} hs_communication_channel_type:text hs_communication_body:text "
    "hs_communication_logged_from:text hs_object_id:number:ro",
    "postal_mail": f"{_ENGAGEMENT} hs_postal_mail_body:text hs_object_id:number:ro",
}
_CHOICES: Final = {
    "contacts": {"lifecyclestage": " ".join(STAGES), "hs_lead_status": _LEAD_STATUS},
    "tasks": {
        "hs_task_status": "NOT_STARTED COMPLETED IN_PROGRESS WAITING DEFERRED",
        "hs_task_priority": "NONE LOW MEDIUM HIGH",
        "hs_task_type": "EMAIL CALL TODO",
    },
}
_KINDS: Final = {
    "text": ("string", "text"),
    "number": ("number", "number"),
    "bool": ("bool", "booleancheckbox"),
    "datetime": ("datetime", "date"),
}


def standard_properties(object_type: str) -> dict[str, Json]:
    """Return HubSpot's own property definitions of one object type, by name."""
    defined = {}
    for entry in _NAMES[object_type].split():
        name, kind, *flags = entry.split(":")
        defined[name] = _definition(name, *_KINDS[kind], readonly=bool(flags), hidden="hidden" in flags)
    if object_type == "contacts":
        for stage in STAGES:
            for name in (f"hs_lifecyclestage_{stage}_date", f"hs_v2_date_entered_{stage}"):
                defined[name] = _definition(name, *_KINDS["datetime"], readonly=True)
    for name, values in _CHOICES.get(object_type, {}).items():
        defined[name] = _definition(name, "enumeration", "radio", options=values.split())
    return defined


def _definition(
    name: str, kind: str, field_type: str, *, readonly: bool = False, hidden: bool = False,
    options: list[str] | None = None,
) -> Json:  # fmt: skip
    return {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "type": kind,
        "fieldType": field_type,
        "groupName": "standard",
        "description": "",
        "options": [
            {"label": value, "value": value, "displayOrder": place, "hidden": False}
            for place, value in enumerate(options or ())
        ],
        "displayOrder": -1,
        "calculated": hidden,
        "externalOptions": False,
        "hasUniqueValue": False,
        "hidden": hidden,
        "hubspotDefined": True,
        "formField": not readonly,
        "archived": False,
        "modificationMetadata": {"archivable": False, "readOnlyDefinition": True, "readOnlyValue": readonly},
    }
