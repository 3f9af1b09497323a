"""Outbound messages are read without entities, types or mercy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce.webhook import ACK, parse_doorbells, parse_instant, verify_token
from connector.errors import DoorbellError, PayloadError, SignatureError
from connector.live.doorbell import Doorbell
from tests.adapters.salesforce_messages import LEAD, ORGANIZATION, outbound

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
WIRE = Path(__file__).parents[3] / "shared" / "fixtures" / "salesforce" / "self-made" / "wire"
needs_wire = pytest.mark.skipif(not WIRE.exists(), reason="the sample messages are not beside this checkout")


def parse(raw: bytes, organization_id: str = ORGANIZATION) -> list[Doorbell]:
    return parse_doorbells(raw, organization_id=organization_id, now=NOW)


def test_leads_and_contacts_ring_for_themselves() -> None:
    assert parse(outbound()) == [Doorbell("salesforce", ORGANIZATION, "lead", LEAD, NOW, "changed")]
    found = parse(outbound("003000000000001", entity="Contact"))
    assert [(bell.object_type, bell.object_id) for bell in found] == [("contact", "003000000000001AAA")]


@needs_wire
def test_the_sample_message_rings_for_both_of_its_leads() -> None:
    changed_at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    found = parse((WIRE / "outbound-message.lead.xml").read_bytes())
    assert [(bell.object_id, bell.rang_at) for bell in found] == [
        ("00Q000000000001AAA", changed_at),
        ("00Q000000000002AAA", NOW),
    ]


@needs_wire
def test_the_acknowledgement_is_exactly_the_documented_one() -> None:
    assert (WIRE / "outbound-message.ack.xml").read_text() == ACK


def test_what_hangs_on_a_person_rings_for_that_person() -> None:
    found = parse(outbound("00T000000000001AAA", entity="Task"))
    assert [(bell.why, bell.engagement) for bell in found] == [("engagement", ("task", "00T000000000001AAA"))]


def test_other_objects_and_ids_that_are_none_ring_nobody() -> None:
    assert parse(outbound("001000000000001AAA", entity="Account")) == []
    assert parse(outbound("not an id", "", "00Q0000000000010")) == []
    assert parse(outbound(entity="")) == []


def test_a_message_sent_again_inside_a_message_rings_once() -> None:
    assert len(parse(outbound(LEAD, LEAD))) == 1


@pytest.mark.parametrize("ours", [ORGANIZATION, ORGANIZATION[:15]])
@pytest.mark.parametrize("theirs", [ORGANIZATION, ORGANIZATION[:15]])
def test_an_organisation_is_known_by_its_first_fifteen_characters(ours: str, theirs: str) -> None:
    assert [bell.account for bell in parse(outbound(organization=theirs), ours)] == [ORGANIZATION]


@pytest.mark.parametrize("theirs", ["", "00D000000000002EAA", "00d000000000001EAA", "00D000000000001E", "x" * 999])
def test_another_organisation_is_refused(theirs: str) -> None:
    with pytest.raises(SignatureError):
        parse(outbound(organization=theirs))


def test_a_hundred_notifications_are_read_and_one_more_is_refused() -> None:
    ids = [f"00Q{number:012d}" for number in range(101)]
    assert len(parse(outbound(*ids[:100]))) == 100
    with pytest.raises(PayloadError, match="100"):
        parse(outbound(*ids))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a>', '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">', '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/a.dtd"> %x;]>', "<!DOCTYPE a [<!ELEMENT a ANY>]>",
    ],
)  # fmt: skip
def test_declared_types_and_entities_are_refused(declared: str) -> None:
    head, _, rest = outbound().decode().partition("?>")
    with pytest.raises(PayloadError, match="types or entities"):
        parse(f"{head}?>{declared}{rest}".encode())


def test_the_declared_encoding_does_not_count() -> None:
    utf7 = outbound().replace(b'encoding="UTF-8"', b'encoding="UTF-7"')
    assert len(parse(utf7)) == 1
    with pytest.raises(PayloadError):
        parse(outbound().decode().encode("utf-16"))


@pytest.mark.parametrize("raw", [b"", b"x", b"<a/>", b"<a>&undefined;</a>", b"<a>" * 20, outbound()[:400], b"\xff" * 9])
def test_what_is_no_outbound_message_is_refused(raw: bytes) -> None:
    with pytest.raises(PayloadError) as refusal:
        parse(raw)
    assert len(str(refusal.value)) < 100


def test_fields_of_other_places_and_namespaces_are_not_taken() -> None:
    inner = "<sf:Account><sf:Id>001000000000001AAA</sf:Id></sf:Account><Id>003000000000001AAA</Id>"
    assert [bell.object_id for bell in parse(outbound(more=inner))] == [LEAD]


def test_fields_outside_of_a_notification_belong_to_nobody() -> None:
    raw = outbound().replace(b"<Notification>", b"<Other>").replace(b"</Notification>", b"</Other>")
    assert parse(raw) == []


A_LITTLE = timedelta(seconds=90)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-11-20T10:00:00.000Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (1763717400000, datetime(2025, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-20T10:00:00", NOW), ("2036-11-20T10:00:00Z", NOW), ("", NOW), (None, NOW), (True, NOW), ([], NOW),
        (1e300, NOW), (float("nan"), NOW), (10**400, NOW), ("x" * 10_000, NOW),
        ((NOW + A_LITTLE).isoformat(), NOW + A_LITTLE), ((NOW + A_LITTLE).timestamp() * 1000, NOW + A_LITTLE),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_read_or_lies_far_ahead_counts_as_now(value: object, found: datetime) -> None:
    assert parse_instant(value, NOW) == found


def test_only_who_knows_the_token_comes_in() -> None:
    verify_token("secret", "secret")
    for wrong in ("", "Secret", "secret ", "secre", "secrett", "ñ", "\udcff"):
        with pytest.raises(SignatureError):
            verify_token(wrong, "secret")
    with pytest.raises(SignatureError):
        verify_token("", "")


PIECES = [
    "<Notification>",
    "</Notification>",
    "<sObject>",
    "<!DOCTYPE a>",
    "&lt;",
    "&x;",
    "<![CDATA[x]]>",
    "<?pi x?>",
    "]]>",
]


@given(st.integers(0, len(outbound())), st.sampled_from(PIECES) | st.text(max_size=10), st.integers(0, 20))
def test_no_mutilation_breaks_the_reading(place: int, piece: str, cut: int) -> None:
    raw = outbound()
    mutilated = raw[:place] + piece.encode() + raw[place + cut :]
    try:
        found = parse(mutilated)
    except DoorbellError:
        return
    assert all(bell.rang_at <= NOW + timedelta(0) for bell in found)
