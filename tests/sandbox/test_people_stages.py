"""What the packaged model makes of an invented base: every stage in the proportions of a real funnel.

The people go straight into the domain, without a CRM between, so that the numbers say something about the people alone.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.domain.decision import Decision, qualify
from connector.domain.mapping_file import parse_mapping
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import Event, Memory, Person, Timeline
from sandbox.people import generate
from sandbox.seed import SeedEvent, SeedPerson

MAPPINGS = Path(__file__).parents[2] / "mappings"
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
OWNED_BY_DEALS = ("opportunity", "customer", "evangelist")


@pytest.fixture(scope="module")
def model() -> Model:
    mapping = parse_mapping((MAPPINGS / "hubspot.yaml").read_text("utf-8"), file="hubspot.yaml", crm="hubspot")
    return parse_model((MAPPINGS / "model.yaml").read_text("utf-8"), file="model.yaml", types=mapping.attribute_types)


def decide(person: SeedPerson, model: Model) -> Decision:
    events = tuple(to_event(number, event) for number, event in enumerate(person.events))
    return qualify(Person(attributes_of(person)), Timeline(events), model, NOW, memory_of(person), review=False)


def attributes_of(person: SeedPerson) -> dict[str, str | float | bool]:
    attributes: dict[str, str | float | bool] = {name: text for name, text in person.attributes.items() if text.strip()}
    if "email" in person.attributes:
        attributes["email_domain"] = person.attributes["email"].split("@")[1]
    if person.company and person.company.industry:
        attributes["industry"] = person.company.industry
    if person.company and person.company.employees is not None:
        attributes["employees"] = float(person.company.employees)
    return attributes | {"bounced": person.hard_bounced, "opted_out": person.opted_out}


def to_event(number: int, event: SeedEvent) -> Event:
    return Event(
        id=str(number),
        kind=event.kind,
        occurred_at=event.occurred_at,
        asset=event.asset,
        url=event.url,
        form=event.form,
        campaign=event.campaign,
        topic=event.topic,
        channel=event.channel,
        machine=event.machine,
    )


def memory_of(person: SeedPerson) -> Memory:
    if person.stage is None:
        return Memory()
    by_hand = person.stage_set_by == "person"
    set_by = "person" if by_hand else "deal" if person.stage in OWNED_BY_DEALS else "puente"
    return Memory(stage=person.stage, set_by=set_by, set_at=person.stage_set_at)  # type: ignore[arg-type]


def stages_of(count: int, seed: int, model: Model) -> Counter[str]:
    return Counter(decide(person, model).stage for person in generate(count, seed, NOW).people)


def test_the_characters_end_where_the_documents_say(model: Model) -> None:
    characters = generate(8, 1, NOW).people
    assert [decide(person, model).stage for person in characters] == [
        "sql", "mql", "lead", "mnql", "mnql", "customer", "lead", "disqualified",
    ]  # fmt: skip


def test_an_unknown_job_could_lift_the_half_known_character(model: Model) -> None:
    half_known = generate(8, 1, NOW).people[4]
    assert decide(half_known, model).fit.could_lift == ("decision-maker",)


def test_a_stage_set_by_hand_holds_the_character_who_would_be_an_mql(model: Model) -> None:
    held = decide(generate(8, 1, NOW).people[6], model)
    assert (held.choice.rule, held.engagement.score >= 50) == ("set_by_person", True)


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_any_demo_of_forty_shows_the_whole_funnel(seed: int, model: Model) -> None:
    stages = stages_of(40, seed, model)
    assert all(stages[stage] >= 3 for stage in ("mnql", "lead", "mql", "sql"))


def test_a_large_base_has_the_proportions_of_a_funnel(model: Model) -> None:
    stages = stages_of(1000, 3, model)
    for stage, low, high in (("mnql", 22, 28), ("lead", 41, 50), ("mql", 12, 18), ("sql", 6, 11)):
        assert low <= stages[stage] / 10 <= high, stage
    assert all(stages[stage] for stage in (*OWNED_BY_DEALS, "disqualified"))


def test_link_scanners_are_dropped_and_said_to_be(model: Model) -> None:
    dropped = Counter(
        line.why for person in generate(400, 3, NOW).people for line in decide(person, model).engagement.not_counted
    )
    assert dropped["machine"] > 20
    assert dropped["burst"] > 20
