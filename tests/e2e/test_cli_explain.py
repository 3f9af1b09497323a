"""`puente explain`: every point of a decision, as of any instant, and sums that add up as printed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from connector.bootstrap import Root
from tests.e2e.conftest import Office

CHARACTER_SQL, CHARACTER_MQL = "1001", "1002"


def printed_shares(text: str, total: str) -> tuple[list[float], float]:
    """Return the last column of the contributions, and the total under it."""
    table = text.split("point by point")[1].split(total)[0]
    shares = [float(found) for found in re.findall(r" (-?\d+\.\d\d)$", table, re.MULTILINE)]
    found = re.search(rf"^{total} +(-?[\d.]+)", text, re.MULTILINE)
    assert found
    return shares, float(found.group(1))


@pytest.mark.parametrize("person", ["1001", "1002", "1003", "1004", "1005", "1006", "1010", "1015", "1020"])
def test_the_printed_lines_add_up_to_the_printed_total(office: Office, person: str) -> None:
    ran = office.puente("explain", person, LOCALE="en")
    assert ran.code == 0, ran.err
    if "0 points" in ran.out:
        assert office.puente("explain", person, "--json").json["engagement"] == 0
        return
    # Without the dim lines of single events, whose points stand one column before.
    shares, total = printed_shares(ran.out, "TOTAL")
    assert round(sum(shares), 2) == total
    assert total == pytest.approx(office.puente("explain", person, "--json").json["engagement"], abs=0.02)


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("person", ["1001", "1005", "1011", "1016"])
def test_every_line_fits_eighty_columns(office: Office, locale: str, person: str) -> None:
    ran = office.puente("explain", person, LOCALE=locale)
    assert ran.code == 0, ran.err
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_it_shows_the_rule_the_journeys_the_memory_and_what_comes_next(office: Office) -> None:
    office.puente("qualify", CHARACTER_SQL)
    text = office.puente("explain", CHARACTER_SQL, LOCALE="en").out
    for words in (
        "demo-request",
        "AIDA",
        "Sales wheel",
        "Inbound",
        "SQL, since",
        "by Puente",
        "the hand-raise expires",
    ):
        assert words in text


def test_it_writes_nothing_anywhere(office: Office) -> None:
    before = office.world.last_seq()
    assert office.puente("explain", CHARACTER_MQL).code == 0
    assert office.writes_since(before) == []
    assert list(office.puente.folder.iterdir()) == []


def test_later_than_now_uses_the_memory_of_now(office: Office) -> None:
    office.puente("qualify", CHARACTER_MQL)
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    then = office.puente("explain", CHARACTER_MQL, "--at", in_a_year.isoformat(), "--json").json
    assert then["stage_before"] == "mql"
    assert then["stage"] == "lead"
    assert then["engagement"] < 1
    assert "memoria de ahora" in office.puente("explain", CHARACTER_MQL, "--at", in_a_year.isoformat()).out


def test_the_past_uses_the_memory_of_then(office: Office) -> None:
    office.puente("qualify", CHARACTER_MQL)
    now = datetime.now(UTC)
    in_two_days = Root(clock=lambda: now + timedelta(days=2))
    tomorrow = (now + timedelta(days=1)).isoformat()
    office.world.ask("POST", "edit", {"person": CHARACTER_MQL, "set": {"puente_stage": "lead"}})
    ran = office.puente("explain", CHARACTER_MQL, "--at", tomorrow, "--json", root=in_two_days)
    assert ran.json["memory_known"] is True
    assert ran.json["stage_before"] == "mql"


def test_the_past_without_a_memory_says_so(office: Office) -> None:
    office.puente("qualify", CHARACTER_MQL)
    ran = office.puente("explain", CHARACTER_MQL, "--at", "2020-01-01")
    assert ran.code == 0
    assert "no hay memoria de entonces" in " ".join(ran.out.split())
    assert office.puente("explain", CHARACTER_MQL, "--at", "2020-01-01", "--json").json["memory_known"] is False


def test_a_person_can_be_named_by_address(office: Office) -> None:
    email = office.world.person(CHARACTER_MQL)["email"]
    assert office.puente("explain", email, "--json").json["object_id"] == CHARACTER_MQL
    assert office.puente("explain", "nobody@nowhere.example").code == 1


def test_a_merged_id_shows_the_survivor(office: Office) -> None:
    office.world.ask("POST", "merge", {"from": "1003", "into": CHARACTER_MQL})
    ran = office.puente("explain", "1003")
    assert ran.code == 0
    assert "1003 se unió a 1002" in ran.err


def test_an_unknown_id_fails_with_one_line(office: Office) -> None:
    ran = office.puente("explain", "999999")
    assert ran.code == 1
    assert ran.out == ""
    assert "999999" in ran.err


def test_a_stage_that_is_only_kept_is_shown_with_how_it_was_reached(office: Office) -> None:
    first = office.puente("qualify", CHARACTER_SQL, "--json").lines[0]
    kept = office.puente("explain", CHARACTER_SQL, "--json").json
    assert kept["stage_rule"] == "owned_by_sales"
    assert kept["crossing"]["stage_rule"] == "hand_raise"
    assert kept["crossing"]["reasons"] == first["reasons"]
    text = " ".join(office.puente("explain", CHARACTER_SQL).out.split())
    assert "Cómo llegó" in text
    assert "lo lleva ventas (pidió una demo el" in text


def test_a_crossing_can_be_told_even_when_the_state_was_lost(office: Office) -> None:
    office.puente("qualify", CHARACTER_SQL)
    (office.puente.folder / "state.db").unlink()
    assert office.puente("explain", CHARACTER_SQL, "--json").json["crossing"]["stage_rule"] == "hand_raise"


def test_nobody_guesses_how_a_person_set_a_stage(office: Office) -> None:
    office.puente("qualify", "1003")
    office.world.ask("POST", "edit", {"person": "1003", "set": {"puente_stage": "sql"}})
    explained = office.puente("explain", "1003", "--json").json
    assert explained["stage_rule"] == "set_by_person"
    assert explained["crossing"] is None
