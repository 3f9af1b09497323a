"""Leave the traces of e-mails: counters for marketing ones, engagements for those between two people."""

from __future__ import annotations

from sandbox.hubspot.life import ENGAGEMENT, Life
from sandbox.hubspot.links import linked
from sandbox.hubspot.object_types import CONTACTS, EMAILS
from sandbox.hubspot.wire import to_iso, to_ms
from sandbox.hubspot.writing import apply_values
from sandbox.seed import SeedEvent

MAIL_KINDS = {
    "email_delivered": ("hs_email_delivered", "send"),
    "email_open": ("hs_email_open", "open"),
    "email_click": ("hs_email_click", "click"),
    "email_reply": ("hs_email_replied", "reply"),
}


def write_mail(life: Life, event: SeedEvent) -> None:
    """Count a marketing e-mail, or log one between two people."""
    if event.channel == "sales" or (event.kind == "email_reply" and not event.campaign):
        _sales_mail(life, event)
        return
    count, moment = MAIL_KINDS[event.kind]
    said = {"campaign": event.campaign or "", "filteredEvent": str(event.machine).lower()}
    life.occur(f"email:{moment.upper()}", event, {**said, "url": event.url or ""})
    if event.machine:
        return
    life.bump(count, event)
    life.earliest(f"hs_email_first_{moment}_date", event)
    newest = life.latest(f"hs_email_last_{moment}_date", event)
    if event.kind == "email_delivered":
        life.bump("hs_email_sends_since_last_engagement", event)
    else:
        life.properties["hs_email_sends_since_last_engagement"] = "0"
    if newest and event.kind == "email_delivered" and event.campaign:
        life.properties["hs_email_last_email_name"] = event.campaign


def _sales_mail(life: Life, event: SeedEvent) -> None:
    subject = event.asset or event.campaign or (event.text or "")[:60]
    if event.kind == "email_delivered":
        values = {"hs_email_direction": "EMAIL", "hs_email_status": "SENT", "hs_email_subject": subject}
        life.engage(EMAILS, event, {**values, "hs_email_text": event.text or ""})
        life.touch(event)
        return
    if event.kind == "email_reply":
        incoming = "INCOMING_EMAIL" if event.direction in (None, "incoming") else "EMAIL"
        values = {"hs_email_direction": incoming, "hs_email_status": "SENT", "hs_email_subject": f"RE: {subject}"}
        life.engage(EMAILS, event, {**values, "hs_email_text": event.text or ""})
        life.latest("hs_sales_email_last_replied", event)
        return
    word, moment = ("open", "opened") if event.kind == "email_open" else ("click", "clicked")
    life.latest(f"hs_sales_email_last_{moment}", event)
    sent = linked(life.portal, CONTACTS, life.contact.id, EMAILS)
    mail = life.portal.store.find(EMAILS.name, sent[-1][0]) if sent else None
    if mail is not None and not event.machine:
        count = int(mail.properties.get(f"hs_email_{word}_count", "0")) + (event.count or 1)
        at_ms = to_ms(event.occurred_at)
        changes = {f"hs_email_{word}_count": str(count), f"hs_email_last_{word}_date": to_iso(at_ms)}
        apply_values(life.portal, EMAILS, mail, changes, ENGAGEMENT, at_ms)


def write_bounce(life: Life, event: SeedEvent) -> None:
    """Count a bounce; a hard one marks the address."""
    life.occur("email:BOUNCE", event, {"campaign": event.campaign or "", "filteredEvent": "false"})
    life.bump("hs_email_bounce", event)
    if event.outcome == "hard":
        life.properties["hs_email_hard_bounce_reason_enum"] = "UNKNOWN_USER"
