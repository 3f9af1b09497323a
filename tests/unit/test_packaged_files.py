"""The files that a fresh install ships: what the default model promises, and that its pages say what is read."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.domain.case_file import parse_cases
from connector.domain.cases import run_cases
from connector.domain.decision import Decision, qualify
from connector.domain.mapping import DECISION_PATHS, Mapping
from connector.domain.model import Model
from connector.domain.person import REJECT_REASONS, Event, Memory, Person, Timeline, Value
from connector.domain.text import compile_globs, fold
from connector.files import check_files, load_mapping, load_model
from connector.own_fields import PERSON_FIELDS, TASK_KEY_FIELD

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FITTING: dict[str, Value] = {
    "country": "ES",
    "employees": 120.0,
    "job_title": "Directora de Marketing",
    "industry": "software",
    "email": "ana@lumina.example",
    "email_domain": "lumina.example",
}


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return load_mapping(None, "hubspot")


@pytest.fixture(scope="module")
def model(mapping: Mapping) -> Model:
    return load_model(None, mapping)


def decide(model: Model, person: dict[str, Value], *events: Event) -> Decision:
    return qualify(Person(person), Timeline(events), model, NOW, Memory())


def now(kind: str, number: int = 1, **texts: str) -> Event:
    return Event(f"{kind}:{number}", kind, NOW, **texts)  # type: ignore[arg-type]


def test_the_packaged_pair_agrees() -> None:
    checked = check_files(None, None, None, "hubspot")
    assert checked.problems == ()
    (unused,) = checked.warnings
    assert unused.path == "events", "every kind that the model uses is mapped"


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("content_download", 20), ("webinar_attended", 25), ("webinar_question", 10), ("survey_completed", 10),
        ("newsletter_subscribed", 5), ("email_click", 3), ("email_open", 1), ("email_reply", 15),
        ("event_attended", 20), ("demo_trial", 30), ("product_usage", 30), ("social_comment", 3), ("page_view", 1),
        ("return_visit", 3),
    ],
)  # fmt: skip
def test_an_event_of_today_earns_its_points(model: Model, kind: str, points: float) -> None:
    assert decide(model, FITTING, now(kind)).engagement.score == points


def test_a_pricing_page_is_a_page_view_too(model: Model) -> None:
    for url in ("https://acme.example/pricing", "https://acme.example/es/Precios/empresas?x=1"):
        assert decide(model, FITTING, now("page_view", url=url)).engagement.score == 11


def test_what_counts_against_a_person_is_taken_away(model: Model) -> None:
    attended = now("webinar_attended")
    assert decide(model, FITTING, attended, now("newsletter_unsubscribed")).engagement.score == 5
    careers = now("page_view", url="https://acme.example/careers/backend")
    assert decide(model, FITTING, attended, careers).engagement.score == 16


def test_reading_mail_alone_stays_under_its_cap(model: Model) -> None:
    mails = [now(kind, number) for kind in ("email_open", "email_click") for number in range(30)]
    decision = decide(model, FITTING, *mails)
    assert (decision.engagement.score, decision.stage) == (20, "lead")
    assert decide(model, FITTING, *mails, now("email_reply")).engagement.score == 35, "a reply stays outside of it"


def test_page_views_and_the_trial_have_caps(model: Model) -> None:
    assert decide(model, FITTING, *(now("page_view", number) for number in range(40))).engagement.score == 10
    assert decide(model, FITTING, now("demo_trial"), now("product_usage")).engagement.score == 30


@pytest.mark.parametrize(
    ("form", "raised"),
    [
        ("Solicitar demo", "demo-request"),
        ("Request a Demo", "demo-request"),
        ("Solicitar una demostración", "demo-request"),
        ("Solicitar una consultoría", "consultation-request"),
        ("Free consultation", "consultation-request"),
        ("Asesoría gratuita", "consultation-request"),
        ("Pedir presupuesto", "quote-request"),
        ("Cotización", "quote-request"),
        ("Request a quote", "quote-request"),
        ("Contactar con ventas", "contact-sales"),
        ("Contact sales", "contact-sales"),
        ("Contáctenos", "contact-sales"),
        ("Talk to an expert", "contact-sales"),
        ("Inscripción al congreso", None),
        ("Trabaja con nosotros", None),
    ],
)
def test_direct_requests_are_told_by_their_forms_in_both_languages(model: Model, form: str, raised: str | None) -> None:
    decision = decide(model, FITTING, now("form_submitted", form=form))
    assert (decision.raised.rule.id if decision.raised.rule else None) == raised
    assert decision.stage == ("sql" if raised else "lead")


@pytest.mark.parametrize(
    ("change", "exclusion"),
    [
        ({"email_domain": "example.com"}, "own-staff"),
        ({"email_domain": "competitor.example"}, "competitor"),
        ({"job_title": "Estudiante de ADE"}, "student"),
        ({"job_title": "Graduate Student"}, "student"),
        ({"bounced": "UNKNOWN_USER"}, "hard-bounce"),
        ({"bad_address": True}, "hard-bounce"),
        ({"opted_out": True}, "opted-out"),
        ({"email": "Info@lumina.example"}, "role-mailbox"),
        ({"opted_out": False, "bad_address": False}, None),
        ({"job_title": "Director of Student Admissions"}, None),
        ({"email": "infante@lumina.example"}, None),
        ({"email_domain": "notexample.com"}, None),
    ],
)
def test_who_is_never_worked(model: Model, change: dict[str, Value], exclusion: str | None) -> None:
    decision = decide(model, {**FITTING, **change}, now("form_submitted", form="Solicitar demo"))
    assert decision.exclusions == ((exclusion,) if exclusion else ())
    assert decision.stage == ("disqualified" if exclusion else "sql")


def test_an_unknown_profile_is_not_excluded_but_asks_for_data(model: Model) -> None:
    decision = decide(model, {})
    assert (decision.exclusions, decision.fit.verdict, decision.stage) == ((), "undetermined", "lead")


def test_everybody_who_is_worked_gets_a_track(model: Model) -> None:
    stories = {
        "mnql": ({"country": "GB", "employees": 3.0, "job_title": "Writer", "industry": "logistics"}, []),
        "lead": (FITTING, []),
        "mql": (FITTING, [now("webinar_attended", 1), now("webinar_attended", 2)]),
        "sql": (FITTING, [now("form_submitted", form="Demo")]),
    }
    for stage, (person, events) in stories.items():
        decision = decide(model, person, *events)
        assert decision.stage == stage
        assert decision.nurture is not None
        assert decision.nurture.track
        assert decision.nurture.content


def test_attention_is_to_be_immediate(model: Model) -> None:
    assert (model.handoff.mql.sla_hours, model.handoff.sql.sla_hours) == (8, 2)
    holidays = model.handoff.calendar.holidays
    assert {day.year for day in holidays} == {2026, 2027}
    easter = datetime(2027, 3, 28, tzinfo=UTC).date()
    assert easter - timedelta(days=2) in holidays


def test_every_field_we_own_is_written_or_read_back(mapping: Mapping) -> None:
    own = {field.name for field in PERSON_FIELDS}
    assert set(mapping.write_back) | {mapping.sales_verdict, mapping.reject_reason} == own
    assert mapping.task_key == TASK_KEY_FIELD.name
    assert set(mapping.write_back.values()) == set(DECISION_PATHS)
    assert "never" in REJECT_REASONS


def kind_of_form(mapping: Mapping, name: str) -> str:
    """Return the kind of event that a submission of the form named `name` becomes."""
    for entry in mapping.events:
        globs = entry.where.get("form_name", ("*",))
        if entry.source == "form_submissions" and compile_globs(globs)(fold(name)):
            return entry.kind
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("Descarga: E-book: Del lead al cliente en doce semanas", "content_download"),
        ("Download the whitepaper", "content_download"),
        ("Encuesta: Satisfacción con el webinar", "survey_completed"),
        ("Customer survey", "survey_completed"),
        ("Inscripción: Webinar: Automatizar sin perder el trato", "webinar_registered"),
        ("Inscripción: Feria virtual", "event_registered"),
        ("Suscripción al boletín", "newsletter_subscribed"),
        ("Newsletter", "newsletter_subscribed"),
        ("Darse de baja del boletín", "newsletter_unsubscribed"),
        ("Unsubscribe from our newsletter", "newsletter_unsubscribed"),
        ("Prueba gratuita", "demo_trial"),
        ("Interactive demo", "demo_trial"),
        ("Solicitar demo", "form_submitted"),
        ("Trabaja con nosotros", "form_submitted"),
        ("Contacto industrial", "form_submitted"),
    ],
)
def test_a_form_becomes_the_event_its_name_says(mapping: Mapping, form: str, kind: str) -> None:
    assert kind_of_form(mapping, form) == kind


def test_the_reference_pages_say_what_is_read() -> None:
    script = ROOT / "docs" / "generate_reference.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_case_in_the_readme_holds(mapping: Mapping, model: Model) -> None:
    readme = (ROOT / "mappings" / "README.md").read_text(encoding="utf-8")
    text = readme.split("```yaml")[1].split("```")[0]
    (result,) = run_cases(parse_cases(text, "README.md", mapping.attribute_types), model, "en")
    assert result.differences == ()
