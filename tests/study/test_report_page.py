"""The report in a real browser: offline, without a complaint, in both languages, on every screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.domain.model import Locale
from connector.study.report.page import build_page
from tests.study.browser import CHROMIUM, Browser, open_browser
from tests.study.meetings import Meeting, make_meeting
from tests.study.test_report_findings import story_of
from tests.study.test_report_measures import ago, report_on

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

LOCALES: tuple[Locale, ...] = ("es", "en")
OVERFLOWING = """
[...document.querySelectorAll('svg')].flatMap(svg => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => {
    const at = text.getBoundingClientRect();
    return at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1;
  }).map(text => text.textContent);
})
"""
"""Texts of plots that stick out of them: they would be cut."""
CONTRAST = """
(() => {
  const shine = text => {
    const [r, g, b] = text.match(/[0-9.]+/g).slice(0, 3).map(one => one / 255)
      .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = shine(getComputedStyle(document.body).backgroundColor);
  const inks = [...document.querySelectorAll('p, li, td, th, summary, a, svg text, .small')].map(one =>
    shine(one.closest('svg') ? getComputedStyle(one).fill : getComputedStyle(one).color));
  return Math.min(...inks.map(ink => (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)));
})()
"""
"""The weakest contrast of any text with the page's ground."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Locale, Path]:
    folder = tmp_path_factory.mktemp("pages")
    report = report_on(make_meeting())
    found: dict[Locale, Path] = {}
    for locale in LOCALES:
        found[locale] = folder / f"{locale}.html"
        found[locale].write_text(build_page(story_of(report, locale)), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize("locale", LOCALES)
def test_it_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, pages: dict[Locale, Path], locale: Locale
) -> None:
    browser.open(pages[locale])
    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert (browser.requests, browser.complaints) == ([pages[locale].as_uri()], [])
    assert browser.run("document.documentElement.lang") == locale
    assert browser.run("document.querySelectorAll('h2').length") == 8


def test_a_page_that_asked_for_something_would_be_noticed(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<img src='nowhere.png'><script>console.error('oh')</script>", encoding="utf-8")
    browser.open(page)
    assert len(browser.requests) == 2
    assert any("oh" in one for one in browser.complaints)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("width", [400, 820, 1600])
def test_every_plot_is_whole_and_the_page_never_wider_than_the_screen(
    browser: Browser, pages: dict[Locale, Path], locale: Locale, width: int
) -> None:
    browser.open(pages[locale], width=width)
    assert browser.run(OVERFLOWING) == []
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_long_names_and_large_numbers_stay_inside_their_plot(browser: Browser, tmp_path: Path) -> None:
    meeting, name = Meeting(), "Congreso internacional de equipamiento industrial y hostelería"
    for number in range(1_300):
        person = meeting.add_person(source=name, owner=name, verdict="rejected", verdict_reason=name, verdict_at=ago(1))
        meeting.add_event(person, "webinar_attended", ago(101))
        meeting.add_stage(person, "mql", ago(100))
        if number % 2:
            meeting.add("deals", person, state="won", created_at=ago(95), closed_at=ago(90))
    for _ in range(20):
        meeting.add_stage(meeting.add_person(source="Otro", owner=name), "mql", ago(100))
    page = tmp_path / "page.html"
    page.write_text(build_page(story_of(report_on(meeting), "es")), encoding="utf-8")
    browser.open(page)
    assert browser.run(OVERFLOWING) == []
    assert "650 de 1.300" in browser.run("document.body.textContent").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_by_day_and_by_night(browser: Browser, pages: dict[Locale, Path], scheme: str) -> None:
    browser.open(pages["en"], scheme=scheme)
    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.run(CONTRAST) >= 4.5


@pytest.mark.parametrize("locale", LOCALES)
def test_on_paper_it_is_a_few_sheets_of_a4_in_dark_on_white(
    browser: Browser, pages: dict[Locale, Path], locale: Locale
) -> None:
    browser.open(pages[locale], scheme="dark", width=718, media="print")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run(OVERFLOWING) == []
    assert browser.run("getComputedStyle(document.querySelector('details')).display") == "none"
    assert browser.run("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    sheets = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", browser.print())
    assert 2 <= len(sheets) <= 6
    for wide, tall in sheets:
        assert (round(float(wide)), round(float(tall))) == (595, 842)


def test_every_plot_says_in_words_what_it_shows(browser: Browser, pages: dict[Locale, Path]) -> None:
    browser.open(pages["es"])
    names = browser.run("[...document.querySelectorAll('svg')].map(one => one.getAttribute('aria-label'))")
    assert len(names) >= 8
    assert all(len(name) > 20 for name in names)
    behind = browser.run("[...document.querySelectorAll('section')].filter(one => one.querySelector('svg'))"
                         ".every(one => one.querySelector('table'))")  # fmt: skip
    assert behind
