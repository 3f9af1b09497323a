"""The invented customer base: the same every time, real to look at, and never in anybody's way."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.people import generate
from sandbox.seed import Base, SeedEvent, SeedPerson
from sandbox.seeds.companies import UTC_OFFSETS
from sandbox.seeds.hostile import NAMES_AND_JOBS

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SEED = 7
FINGERPRINT = "9dfa84795698813e969c69e77cd9a97b8626ffb381e83c65ebab1a0ce276de01"
ROLES = {"info", "ventas", "contacto", "compras", "admin", "soporte"}

KINDS = {
    "page_view", "return_visit", "content_download", "form_submitted", "newsletter_subscribed",
    "newsletter_unsubscribed", "email_delivered", "email_open", "email_click", "email_reply", "email_bounce",
    "webinar_registered", "webinar_attended", "webinar_question", "event_registered", "event_attended",
    "survey_completed", "demo_trial", "product_usage", "social_comment", "chat", "call", "meeting", "note",
}  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Base:
    return generate(800, SEED, NOW)


def fingerprint(base: Base) -> str:
    return hashlib.sha256(repr(base).encode("utf-8")).hexdigest()


def is_hostile(person: SeedPerson) -> bool:
    return person.attributes.get("first_name") in {first for first, _, _ in NAMES_AND_JOBS}


def texts(base: Base) -> Iterator[str]:
    for person in base.people:
        yield from person.attributes.values()
        if person.company:
            yield from (person.company.name, person.company.domain)
        for event in person.events:
            yield from (value for value in asdict(event).values() if isinstance(value, str))


def test_the_same_arguments_give_the_same_base_on_every_python_version() -> None:
    assert fingerprint(generate(150, SEED, NOW)) == FINGERPRINT


def test_another_seed_gives_other_people_but_the_same_characters() -> None:
    one, other = generate(40, 1, NOW), generate(40, 2, NOW)
    assert one.people[:8] == other.people[:8]
    assert not {person.attributes.get("email") for person in one.people[8:]} & {
        person.attributes.get("email") for person in other.people[8:]
    } - {None}


@settings(max_examples=15, deadline=None)
@given(few=st.integers(0, 60), more=st.integers(0, 60), seed=st.integers(0, 10_000))
def test_nobody_depends_on_how_many_people_come_later(few: int, more: int, seed: int) -> None:
    assert generate(few + more, seed, NOW).people[:few] == generate(few, seed, NOW).people


def test_the_zone_of_now_does_not_matter_but_there_must_be_one() -> None:
    madrid = NOW.astimezone(timezone(timedelta(hours=1)))
    assert generate(30, SEED, madrid) == generate(30, SEED, NOW)
    with pytest.raises(ValueError, match="time zone"):
        generate(1, SEED, NOW.replace(tzinfo=None))


def test_keys_and_mailboxes_are_unique(base: Base) -> None:
    keys = [person.key for person in base.people]
    mailboxes = [person.attributes["email"].lower() for person in base.people if "email" in person.attributes]
    assert len(set(keys)) == len(keys)
    assert len(set(mailboxes)) == len(mailboxes)


def test_every_reference_points_to_somebody(base: Base) -> None:
    keys = {person.key for person in base.people}
    owners = {owner.key for owner in base.owners}
    for person in base.people:
        assert person.owner is None or person.owner in owners
        assert person.merged_into is None or (person.merged_into in keys and person.merged_into < person.key)


def test_only_reserved_domains_are_used(base: Base) -> None:
    """RFC 2606 keeps example.com and .example for such things; nobody's real mailbox is in the base."""
    reserved = re.compile(r"(^|\.)example(\.com)?$")
    domains = {person.attributes["email"].split("@")[1] for person in base.people if "email" in person.attributes}
    domains |= {person.company.domain for person in base.people if person.company}
    domains |= {owner.email.split("@")[1] for owner in base.owners}
    assert [domain for domain in domains if not reserved.search(domain)] == []
    for text in texts(base):
        for host in re.findall(r"https?://([^/\"?#]+)", text):
            assert reserved.search(host), text


def test_two_companies_never_share_a_domain(base: Base) -> None:
    by_domain: dict[str, set[str]] = {}
    for person in base.people:
        if person.company:
            by_domain.setdefault(person.company.domain, set()).add(person.company.key)
    assert {domain: keys for domain, keys in by_domain.items() if len(keys) > 1} == {}
    assert max(Counter(person.company.key for person in base.people if person.company).values()) > 3


def test_times_are_utc_sorted_and_past_but_for_the_hostile_rows(base: Base) -> None:
    for person in base.people:
        moments = [event.occurred_at for event in person.events]
        assert moments == sorted(moments)
        assert all(moment.utcoffset() == timedelta(0) for moment in (person.created_at, *moments))
        if not is_hostile(person):
            assert all(person.created_at <= moment <= NOW for moment in moments), person.key


def test_a_base_of_two_hundred_shows_every_kind_of_event_and_every_stage() -> None:
    base = generate(320, SEED, NOW)
    assert {event.kind for person in base.people for event in person.events} == KINDS
    assert {person.stage for person in base.people} == {
        None, "subscriber", "lead", "mql", "sql", "opportunity", "customer", "evangelist",
    }  # fmt: skip
    assert {deal.stage for person in base.people for deal in person.deals} == {"open", "won", "lost"}


def test_the_difficult_people_are_there(base: Base) -> None:
    people = base.people
    assert any(person.opted_out for person in people)
    assert any(person.hard_bounced for person in people)
    assert any(person.archived for person in people)
    assert any(person.merged_into for person in people)
    assert any(person.stage_set_by == "person" for person in people[8:])
    assert any(person.attributes.get("email", "").split("@")[0] in ROLES for person in people)
    assert any("studia" in person.attributes.get("job_title", "") for person in people)
    assert any("email" not in person.attributes for person in people)
    assert any(set(person.attributes) == {"email"} for person in people)
    assert [owner.active for owner in base.owners].count(False) == 1
    assert any(person.owner == "ramon.olmedo" for person in people)


def test_hostile_texts_are_there_without_a_nul(base: Base) -> None:
    firsts = {person.attributes.get("first_name") for person in base.people}
    assert {first for first, _, _ in NAMES_AND_JOBS} <= firsts
    assert any(name and name.startswith("=HYPERLINK") for name in firsts)
    assert max(len(person.attributes.get("job_title", "")) for person in base.people) >= 10_000
    assert any("\n" in person.company.name for person in base.people if person.company)
    assert any(event.occurred_at.year == 1970 for person in base.people for event in person.events)
    assert any(event.occurred_at > NOW for person in base.people for event in person.events)
    assert max(len(person.events) for person in base.people) >= 600
    assert not any("\x00" in text for text in texts(base))


def test_even_a_demo_of_forty_holds_a_hostile_row() -> None:
    assert any(is_hostile(person) for person in generate(40, SEED, NOW).people)


def test_mail_gateways_click_many_links_within_ten_seconds_of_the_delivery(base: Base) -> None:
    assert sum(has_link_scan(person.events) for person in base.people) >= 5


def has_link_scan(events: tuple[SeedEvent, ...]) -> bool:
    deliveries = [event for event in events if event.kind == "email_delivered"]
    return any(
        sum(
            event.kind == "email_click"
            and event.campaign == sent.campaign
            and timedelta(0) <= event.occurred_at - sent.occurred_at <= timedelta(seconds=10)
            for event in events
        )
        >= 3
        for sent in deliveries
    )


def test_weekends_and_nights_are_quiet_where_people_live(base: Base) -> None:
    local = [
        event.occurred_at + timedelta(hours=UTC_OFFSETS[person.attributes["country"]])
        for person in base.people[8:]
        if not is_hostile(person) and "country" in person.attributes
        for event in person.events
        if event.kind == "page_view"
    ]
    weekend = sum(at.weekday() >= 5 for at in local) / len(local)
    night = sum(at.hour < 7 for at in local) / len(local)
    assert 0.01 < weekend < 0.1  # two days of seven would be 0.29
    assert night < 0.05  # seven hours of twenty-four would be 0.29


def test_visits_come_in_bursts(base: Base) -> None:
    """Counts per week vary far more than a Poisson process of the same mean would (a variance-to-mean ratio of 1)."""
    ratios = []
    for person in base.people[8:]:
        weeks = Counter((NOW - event.occurred_at).days // 7 for event in person.events if event.kind == "page_view")
        span = (NOW - person.created_at).days // 7
        if is_hostile(person) or span < 8 or sum(weeks.values()) < 10:
            continue
        counts = [weeks[week] for week in range(span + 1)]
        mean = sum(counts) / len(counts)
        ratios.append(sum((count - mean) ** 2 for count in counts) / len(counts) / mean)
    assert len(ratios) > 100
    assert sorted(ratios)[len(ratios) // 2] > 2


def test_only_hand_raises_ask_for_sales_in_the_name_of_their_form(base: Base) -> None:
    asking = re.compile(r"demo|consult|presupuesto|quote|ventas|sales", re.IGNORECASE)
    for person in base.people:
        for event in person.events:
            if event.form and event.kind != "form_submitted":
                assert not asking.search(event.form.replace("Marketing y ventas", "").replace("marketing y ventas", ""))


def test_the_characters_act_within_the_last_day() -> None:
    characters = generate(8, SEED, NOW).people
    assert all(NOW - timedelta(days=1) <= event.occurred_at <= NOW for one in characters for event in one.events)


def test_the_characters_play_the_scenarios_of_the_documents() -> None:
    to_demo, buyer, reader, stranger, half_known, customer, held, colleague = generate(8, SEED, NOW).people
    assert {"page_view", "content_download", "webinar_attended", "form_submitted"} <= kinds_of(to_demo)
    assert kinds_of(buyer) == {"page_view", "content_download", "survey_completed"}
    assert kinds_of(reader) == {"email_delivered", "email_open", "email_click"}
    assert [event.kind for event in stranger.events] == [event.kind for event in buyer.events]
    assert "job_title" not in half_known.attributes
    assert (customer.stage, customer.deals[0].stage) == ("customer", "won")
    assert (held.stage, held.stage_set_by) == ("lead", "person")
    assert colleague.attributes["email"].endswith("@example.com")


def kinds_of(person: SeedPerson) -> set[str]:
    return {event.kind for event in person.events}
