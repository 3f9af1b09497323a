"""The things people do, each as the few events it leaves behind.

A moment is a function of a die and a start: it gives its events in the order they happened. Minutes and seconds
between them are drawn; what happens in a moment never reaches further than some days after its start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.seed import SeedEvent
from sandbox.seeds import content
from sandbox.seeds.dice import Dice

Moment = Callable[[Dice, datetime], list[SeedEvent]]


def _after(dice: Dice, start: datetime, low_seconds: float, high_seconds: float) -> datetime:
    """Draw an instant so many whole seconds after another."""
    return start + timedelta(seconds=int(dice.between(low_seconds, high_seconds)))


def _on_a_later_day(dice: Dice, start: datetime, first_days: int, last_days: int) -> datetime:
    """Draw an afternoon some days later on which the house holds its webinars and fairs: never at a weekend."""
    day = start + timedelta(days=dice.whole(first_days, last_days))
    day += timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)
    return day.replace(hour=16, minute=dice.whole(0, 9), second=dice.whole(0, 59))


def view_page(path: str, at: datetime, topic: str | None = None) -> SeedEvent:
    """Say that a page of the house's site was seen."""
    return SeedEvent("page_view", at, url=content.SITE + path, topic=topic)


def browse(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Read an article or two and look at the product."""
    at, events = start, []
    for _ in range(1 + dice.poisson(1.6)):
        path, topic = dice.pick(content.BLOG_PAGES if dice.chance(0.6) else content.PRODUCT_PAGES)
        events.append(view_page(path, at, topic))
        at = _after(dice, at, 20, 240)
    return events


def compare_prices(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Look at the prices, usually more than once, between product pages."""
    first, second = dice.pick(content.PRICING_PAGES), dice.pick(content.PRICING_PAGES)
    path, topic = dice.pick(content.PRODUCT_PAGES)
    events = [view_page(first, start, "pricing"), view_page(path, _after(dice, start, 30, 200), topic)]
    if dice.chance(0.5):
        events.append(view_page(second, _after(dice, start, 260, 600), "pricing"))
    return events


def look_at_careers(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Look for a job, not for a product."""
    return [
        view_page(path, start + timedelta(seconds=70 * step))
        for step, path in enumerate(content.CAREER_PAGES[: dice.whole(1, 3)])
    ]


def download(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Read about something and download it."""
    asset = dice.pick(content.ASSETS)
    return [
        view_page(f"/recursos/{asset.topic}", start, asset.topic),
        download_asset(asset, _after(dice, start, 40, 300)),
    ]


def download_asset(asset: content.Asset, at: datetime) -> SeedEvent:
    """Say that something was downloaded through its form."""
    return SeedEvent("content_download", at, asset=asset.name, topic=asset.topic, form=f"Descarga: {asset.name}")


def join_webinar(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Register for a webinar and mostly attend it some days later, ask something, answer the survey."""
    name, topic = dice.pick(content.WEBINARS)
    events = [SeedEvent("webinar_registered", start, asset=name, topic=topic, form=f"Inscripción: {name}")]
    if not dice.chance(0.7):
        return events
    attended_at = _on_a_later_day(dice, start, 1, 4)
    events.append(SeedEvent("webinar_attended", attended_at, asset=name, topic=topic))
    if dice.chance(0.3):
        question_at = _after(dice, attended_at, 900, 2700)
        events.append(
            SeedEvent("webinar_question", question_at, asset=name, topic=topic, text=dice.pick(content.QUESTIONS))
        )
    if dice.chance(0.3):
        events += answer_survey(dice, _after(dice, attended_at, 3000, 5400))
    return events


def answer_survey(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Answer a survey."""
    name = dice.pick(content.SURVEYS)
    return [SeedEvent("survey_completed", start, asset=name, form=name)]


def visit_fair(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Register for a fair and mostly take part."""
    fair = dice.pick(content.FAIRS)
    registered = SeedEvent("event_registered", start, asset=fair, channel="event")
    if dice.chance(0.4):
        return [registered]
    return [registered, replace(registered, kind="event_attended", occurred_at=_on_a_later_day(dice, start, 2, 6))]


def try_product(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Open the interactive tour and perhaps use the trial."""
    tour = "Recorrido interactivo"
    events = [SeedEvent("demo_trial", start, asset=tour, topic="automation", form=tour)]
    if dice.chance(0.5):
        events.append(SeedEvent("product_usage", _after(dice, start, 3600, 2 * 86_400), asset="Periodo de prueba"))
    return events


def comment(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Comment on a post."""
    channel = dice.pick(("linkedin", "facebook", "instagram"))
    return [SeedEvent("social_comment", start, channel=channel, text=dice.pick(content.SOCIAL_COMMENTS))]


def chat(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Ask something in the chat of a page."""
    asked_at = _after(dice, start, 30, 120)
    return [
        view_page("/producto/automatizacion", start, "automation"),
        SeedEvent("chat", asked_at, channel="web", direction="incoming", text=dice.pick(content.CHATS)),
    ]


def read_mail(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Get a nurturing e-mail, open it and perhaps follow its link."""
    campaign, topic = dice.pick(content.NURTURE_MAILS)
    opened_at = _after(dice, start, 600, 4 * 3600)
    events = [SeedEvent("email_delivered", start, campaign=campaign, topic=topic, channel="email")]
    if dice.chance(0.8):
        events.append(SeedEvent("email_open", opened_at, campaign=campaign, topic=topic, channel="email"))
        if dice.chance(0.4):
            events += _follow_link(dice, campaign, topic, opened_at)
    return events


def _follow_link(dice: Dice, campaign: str, topic: str, opened_at: datetime) -> list[SeedEvent]:
    """Click through to an article."""
    clicked_at = _after(dice, opened_at, 15, 180)
    path, page_topic = dice.pick(content.BLOG_PAGES)
    click = SeedEvent(
        "email_click", clicked_at, campaign=campaign, topic=topic, channel="email", url=content.SITE + path
    )
    return [click, view_page(path, clicked_at + timedelta(seconds=2), page_topic)]


def reply_to_rep(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Answer a rep's own e-mail."""
    return [SeedEvent("email_reply", start, channel="email", direction="incoming", text=dice.pick(content.REPLIES))]


def scan_links(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Let a mail gateway open and click everything within seconds of the delivery: nobody has read anything."""
    campaign, topic = dice.pick(content.NURTURE_MAILS)
    at_once = start + timedelta(seconds=1)
    sent = SeedEvent("email_delivered", start, campaign=campaign, topic=topic, channel="email")
    opened = replace(sent, kind="email_open", occurred_at=at_once, machine=dice.chance(0.5))
    clicks = [
        replace(sent, kind="email_click", occurred_at=at_once + timedelta(seconds=2 * step), url=content.SITE + path)
        for step, (path, _) in enumerate(content.BLOG_PAGES[: dice.whole(3, 5)])
    ]
    return [sent, opened, *clicks]


def ask_for_sales(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Raise a hand: ask for a demo, a consultation, a quote or a call."""
    form = dice.pick(content.HAND_RAISE_FORMS)
    return [
        view_page("/precios", start, "pricing"),
        SeedEvent("form_submitted", _after(dice, start, 60, 400), form=form, url=f"{content.SITE}/contacto"),
    ]


def subscribe(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Subscribe to the newsletter from an article."""
    path, topic = dice.pick(content.BLOG_PAGES)
    at = _after(dice, start, 45, 300)
    return [view_page(path, start, topic), SeedEvent("newsletter_subscribed", at, form=content.NEWSLETTER_FORM)]


def talk_to_rep(dice: Dice, start: datetime) -> list[SeedEvent]:
    """Be called by a rep, with what the rep wrote down."""
    outcome = dice.weighted((("connected", 4), ("no_answer", 4), ("voicemail", 2)))
    events = [
        SeedEvent(
            "call",
            start,
            channel="phone",
            direction="outgoing",
            outcome=outcome,
            text=dice.pick(content.CALL_NOTES[outcome]),
        )
    ]
    if outcome == "connected" and dice.chance(0.5):
        title = dice.pick(content.MEETING_TITLES)
        met_at = _after(dice, start, 86_400, 3 * 86_400)
        held = dice.pick(("completed", "completed", "no_show", "scheduled"))
        events.append(SeedEvent("meeting", met_at, asset=title, outcome=held, channel="meeting"))
    if dice.chance(0.4):
        events.append(SeedEvent("note", _after(dice, start, 300, 3600), text=dice.pick(content.NOTES)))
    return events
