"""The sandbox's page: everything a rep needs, nothing a hostile record could turn into code."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.domain.model import Locale
from connector.domain.wording import STAGE_NAMES
from sandbox.page import render
from sandbox.page_text import escape, legible, sanitise
from sandbox.page_view import read_instant, read_view
from sandbox.page_words import Words

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
VOID = {"br", "meta", "input", "rect", "polygon"}
LINK = 'rel="noopener noreferrer nofollow" target="_blank"'
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(2)</script>",
    "'-alert(3)-'",
    "javascript:alert(4)",
    "&lt;b&gt;",
    "\x00\x07\x1b[31m",
    "\ud800 lone surrogate",
)


class Outline(HTMLParser):
    """Note the elements, attributes and text of a page, and whether its elements close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.misplaced: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.misplaced.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def person(**changes: Any) -> dict[str, Any]:
    return {
        "id": "101", "name": "Begoña Núñez", "email": "b.nunez@lumina.example", "company": "Lumina", "stage": "mql",
        "job_title": "Directora", "lifecycle": "lead", "fit": 85.0, "engagement": "61.2", "grade": "A1",
        "reasons": ["Vio la página de precios", "Descargó un contenido"], "missing": "Tamaño de empresa",
        "nurture": "offer · consultation-invite", "owner": "Lucía Ferrer",
        "timeline": [{"kind": "page_view", "occurred_at": NOW - timedelta(hours=2), "what": "https://www.example.com/precios"}],
        "tasks": [{
            "id": "9", "subject": "Revisar MQL · Begoña Núñez", "body_html": "<b>Por qué ahora</b>: precios<br>",
            "due_at": NOW + timedelta(hours=8), "owner": "Lucía Ferrer", "status": "NOT_STARTED", "priority": "MEDIUM",
        }],
    } | changes  # fmt: skip


def page(*people: dict[str, Any], **view: Any) -> str:
    return render({"crm": "HubSpot", "portal": "48127765", "now": NOW, "people": list(people), **view})


def test_a_rep_sees_who_why_and_what_to_do() -> None:
    text = Outline(page(person())).text
    for expected in (
        "Begoña Núñez", "Directora", "Lumina", "MQL", "A1", "85", "61", "Lucía Ferrer", "Vio la página de precios",
        "Tamaño de empresa", "offer · consultation-invite", "Revisar MQL · Begoña Núñez", "Vence 4 mar, 18:00",
        "prioridad media", "Por qué ahora", "08:00", "https://www.example.com/precios", "portal 48127765",
        "Etapa del CRM: lead",
    ):  # fmt: skip
        assert expected in text


def test_english_is_one_setting_away() -> None:
    html = page(person(), locale="en")
    assert '<html lang="en">' in html
    assert "Due Mar 4, 18:00" in Outline(html).text
    assert '<html lang="es">' in page(person(), locale="pt")


def test_the_page_is_well_formed_and_its_anchors_are_unique() -> None:
    outline = Outline(page(person(), person(id="102"), person(id="../<b>", name="")))
    assert outline.misplaced == []
    assert outline.open == []
    assert [name for name, count in Counter(outline.ids).items() if count > 1] == []
    targets = {
        value[1:] for tag, name, value in outline.attributes if tag == "a" and name == "href" and value[0] == "#"
    }
    assert targets <= set(outline.ids)


def test_labels_name_every_control() -> None:
    outline = Outline(page(person()))
    labels = {value for tag, name, value in outline.attributes if tag == "label" and name == "for"}
    radios = {value for value in outline.ids if value.startswith("f-")}
    assert radios == labels
    assert ("input", "aria-label") in {(tag, name) for tag, name, _ in outline.attributes}
    assert ("svg", "aria-label") in {(tag, name) for tag, name, _ in outline.attributes}


def test_nothing_is_loaded_from_elsewhere() -> None:
    outline = Outline(page(person()))
    loading = {"src", "srcset", "data", "poster", "action", "formaction", "background", "style"}
    assert [(tag, name) for tag, name, _ in outline.attributes if name in loading] == []
    assert outline.tags["link"] == outline.tags["img"] == outline.tags["iframe"] == 0
    assert "@import" not in page(person())
    assert "url(" not in page(person())


def test_the_policy_names_exactly_the_script_and_the_style_of_the_page() -> None:
    html = page(person())
    policy = next(
        value for tag, name, value in Outline(html).attributes if tag == "meta" and value.startswith("default")
    )
    for element in ("script", "style"):
        source = re.findall(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
        assert len(source) == 1
        assert base64.b64encode(hashlib.sha256(source[0].encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    fields = (
        "name",
        "email",
        "company",
        "job_title",
        "lifecycle",
        "grade",
        "missing",
        "nurture",
        "owner",
        "stage",
        "id",
    )
    hostile = person(
        **dict.fromkeys(fields, text),
        reasons=[text],
        timeline=[{"kind": text, "occurred_at": NOW, "what": text}],
        tasks=[{"subject": text, "body_html": text, "due_at": text, "owner": text, "status": text, "priority": text}],
    )
    harmless = person(tasks=[{"subject": "x", "body_text": "x"}])
    outline = Outline(page(hostile, crm=text, portal=text, locale=text))
    assert outline.tags["script"] == 1
    assert outline.tags.keys() <= Outline(page(harmless)).tags.keys() | {"em", "b"}
    assert [name for _, name, _ in outline.attributes if name.startswith("on")] == []
    assert outline.misplaced == []
    page(hostile).encode("utf-8")


def test_direction_overrides_cannot_turn_the_neighbours_around() -> None:
    html = page(person(name="abc\u202egnp.exe"))
    assert "\u202e" not in html
    assert "<bdi>abcgnp.exe</bdi>" in html


def test_overlong_texts_are_cut() -> None:
    assert len(page(person(job_title="x" * 10_000, name="y" * 10_000))) < len(page(person())) + 1_500


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<b>a</b> <strong>b</strong><br/>c", "<b>a</b> <strong>b</strong><br>c"),
        ("<p>a<ul><li>b</ul>c", "<p>a<ul><li>b</li></ul>c</p>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style><svg><b>y</b></svg>x", "x"),
        ("<b onclick=alert(1) style='x'>a</b>", "<b>a</b>"),
        ("<h1>a</h1><table><td>b</table>", "ab"),
        ("</b></p>a", "a"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href=' HTTPS://x.example/?a=\"2\"'>a</a>", f'<a href="HTTPS://x.example/?a=&quot;2&quot;" {LINK}>a</a>'),
        ("<!-- <b> -->a<!doctype x><?php 1 ?>", "a"),
    ],
)  # fmt: skip
def test_task_bodies_keep_harmless_html_only(body: str, shown: str) -> None:
    assert sanitise(body) == shown


@given(
    st.lists(
        st.sampled_from([*"<>/=\"'&;! \n", "script", "b", "a", "href", "svg", "li", "http://x", "--"]), max_size=40
    )
)
@example(["<", "a", " ", "href", "=", "http://x", '"', ">", "<", "b", ">"])
def test_no_task_body_can_write_anything_but_the_allowed_elements(pieces: list[str]) -> None:
    outline = Outline(sanitise("".join(pieces)))
    assert outline.tags.keys() <= {"a", "b", "br", "em", "li", "ol", "p", "strong", "ul"}
    assert {name for _, name, _ in outline.attributes} <= {"href", "rel", "target"}
    assert outline.misplaced == []
    assert outline.open == []


@given(st.text())
def test_escaped_text_reads_back_as_what_is_legible_of_it(text: str) -> None:
    wrapped = Outline(f'<p title="{escape(text)}">{escape(text)}</p>')
    assert wrapped.tags == {"p": 1}
    assert "".join(wrapped.words).replace("\r", "\n") == legible(text).replace("\r", "\n")


def test_open_tasks_come_first_and_an_overdue_one_says_so() -> None:
    late = [{"subject": "Late", "body_text": "a\nb", "due_at": NOW - timedelta(hours=1)}]
    html = page(person(id="1", tasks=[], engagement=99), person(id="2", stage="lead"), person(id="3", tasks=late))
    rows = re.findall(r'<th scope="row"><a href="#(p-\d)">', html)
    assert rows == ["p-3", "p-2", "p-1"]
    assert "Vencida 4 mar, 09:00" in Outline(html).text


def test_finished_tasks_are_marked_and_wait_on_no_desk() -> None:
    done = person(tasks=[person()["tasks"][0] | {"status": "COMPLETED"}])
    text = Outline(page(done)).text
    assert "✓ Completada" in text
    assert "No hay tareas abiertas." in text


def test_the_funnel_counts_everybody_even_when_only_some_are_given() -> None:
    html = page(person(), total=7389, counts={"mql": 12, "lead": 7000, "mnql": 377}, open_tasks=2476)
    assert 'aria-label="mNQL: 377, Lead: 7000, MQL: 12, SQL: 0, Oportunidad: 0, Cliente: 0"' in html
    assert "Se muestran 1 de 7.389 personas." in Outline(html).text
    assert "Tareas abiertas 2.476" in Outline(html).text
    assert "… y 2.475 más" in Outline(html).text


def test_tasks_nobody_has_counted_are_not_claimed_to_be_few() -> None:
    text = Outline(page(person(), total=7389)).text
    assert "Tareas abiertas Revisar MQL" in text


def test_a_large_base_and_a_crowded_timeline_are_cut_and_said_to_be() -> None:
    crowd = [{"kind": "page_view", "occurred_at": NOW - timedelta(minutes=step), "what": "x"} for step in range(100)]
    html = page(*(person(id=str(number), tasks=[], timeline=crowd if number == 0 else []) for number in range(500)))
    assert html.count("<article") == 400
    assert "Se muestran 400 de 500 personas." in Outline(html).text
    assert "… y 60 más antiguas" in Outline(html).text


def test_before_the_first_qualification_the_page_says_what_to_do() -> None:
    text = Outline(page(person(stage="lead", grade="", fit=None, engagement=None, tasks=[]))).text
    assert "Todavía no se ha calificado a nadie" in text
    assert "Todavía no se ha calificado a nadie" not in Outline(page(person())).text
    assert "Sin calificar" in Outline(page(person(stage=""))).text


def test_an_empty_crm_has_a_page_too() -> None:
    assert "Este CRM está vacío." in Outline(render({"people": []})).text
    assert "Este CRM está vacío." in Outline(render({})).text


@given(
    st.dictionaries(
        st.sampled_from(["crm", "portal", "now", "zone", "locale", "people", "counts", "total"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "fit", "timeline", "tasks", "reasons", "kind"]), inner, max_size=3
                )
            ),
            max_leaves=10,
        ),
    )
)
def test_no_view_is_too_odd_to_be_drawn(view: dict[str, object]) -> None:
    outline = Outline(render(view))
    assert outline.tags["main"] == 1
    assert outline.misplaced == []


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-03-04T10:00:00Z", NOW),
        ("2026-03-04T11:00:00+01:00", NOW),
        ("2026-03-04 10:00", NOW),
        (1772618400000, NOW),
        ("1772618400000", NOW),
        (NOW.replace(tzinfo=None), NOW),
        ("tomorrow", None),
        ("", None),
        (None, None),
        ("99999999999999999999", None),
    ],
)
def test_instants_are_read_in_every_form_a_crm_has(value: object, instant: datetime | None) -> None:
    assert read_instant(value, ZoneInfo("America/Bogota")) == instant


def test_times_are_told_in_the_account_s_zone_which_is_named() -> None:
    late = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    timeline = [{"kind": "page_view", "occurred_at": late}]
    task = {"subject": "Llamar", "due_at": late, "status": "NOT_STARTED"}
    shown = Outline(page(person(timeline=timeline, tasks=[task]), zone="Europe/Madrid")).text
    assert "2026-03-04 11:00 · horas de Europe/Madrid" in shown
    assert "4 mar 00:30" in shown
    assert "UTC" not in shown
    assert "times in America/Bogota" in Outline(page(person(), zone="America/Bogota", locale="en")).text


@pytest.mark.parametrize("zone", [None, "", "Atlantis/Capital", "../etc/passwd", 7, "\x00"])
def test_a_zone_nobody_knows_is_utc(zone: object) -> None:
    assert "horas de UTC" in Outline(page(person(), zone=zone)).text


def test_the_timeline_is_newest_first_whatever_the_order_it_came_in() -> None:
    events = [{"kind": "call", "occurred_at": NOW - timedelta(days=days)} for days in (3, 1, 2)] + [{"kind": "note"}]
    (seen,) = read_view({"people": [person(timeline=events)]}).people
    assert [event.occurred_at and (NOW - event.occurred_at).days for event in seen.timeline] == [1, 2, 3, None]


def test_counters_machines_and_times_to_come_are_marked() -> None:
    events = [
        {"kind": "page_view", "occurred_at": NOW, "count": 42},
        {"kind": "email_open", "occurred_at": NOW, "machine": True},
        {"kind": "note", "occurred_at": NOW + timedelta(days=400)},
    ]
    text = Outline(page(person(timeline=events))).text
    for expected in ("×42", "automático", "futuro", "8 abr 2027"):
        assert expected in text


@pytest.mark.parametrize("locale", ["es", "en"])
def test_stages_are_called_what_the_reasons_call_them(locale: Locale) -> None:
    words = Words(locale)
    assert {stage: words.stage(stage) for stage in STAGE_NAMES[locale]} == dict(STAGE_NAMES[locale])
