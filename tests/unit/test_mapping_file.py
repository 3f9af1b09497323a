"""Mapping files: where a CRM keeps the evidence, and where the result goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.domain.mapping import AttributeSource, EventSource, Mapping
from connector.domain.mapping_file import parse_mapping
from connector.domain.person import STAGES
from connector.errors import MappingError

SAMPLE = Path(__file__).parent.parent / "samples" / "full-mapping.yaml"
SHORTEST = "crm: hubspot\nattributes: {country: {property: country, type: text}}\n"


def parse(text: str) -> Mapping:
    return parse_mapping(text, file="mapping.yaml")


@pytest.fixture(scope="module")
def full() -> Mapping:
    return parse(SAMPLE.read_text(encoding="utf-8"))


def test_attributes_know_their_record_and_their_words(full: Mapping) -> None:
    assert full.attributes == {
        "name": AttributeSource("name", "text", "person", ("firstname", "lastname")),
        "domain": AttributeSource("domain", "text", "person", ("email",), take="domain"),
        "size": AttributeSource("size", "number", "company", ("numberofemployees",)),
        "industry": AttributeSource(
            "industry", "text", "company", ("industry",), values={"higher_education": "education", "ol & gas": "energy"}
        ),
        "owner": AttributeSource("owner", "text", "person", ("hubspot_owner_id",)),
        "won": AttributeSource("won", "number", "deals", measure="won_count"),
        "won_at": AttributeSource("won_at", "datetime", "deals", measure="last_won_at"),
    }
    assert full.attribute_types["won_at"] == "datetime"


def test_events_keep_their_order(full: Mapping) -> None:
    assert full.events == (
        EventSource(
            "content_download",
            "form_submissions",
            {"form": "form_name", "asset": "form_id"},
            {"form_name": ("e-book*", "guía*"), "form_id": ("1*",)},
            topic="content",
        ),
        EventSource("page_view", "web_events", {"url": "hs_url"}, channel="web", event_type="e_visited_page"),
        EventSource(
            "page_view",
            "counters",
            count="hs_analytics_num_page_views",
            at="hs_analytics_last_timestamp",
            fallback_for="web_events",
        ),
    )
    assert full.kinds == {"content_download", "page_view"}


def test_the_way_back_is_read(full: Mapping) -> None:
    assert full.stages["mql"] == "marketingqualifiedlead"
    assert set(full.stages) == set(STAGES)
    assert [stage for stage, value in full.stages.items() if value] == ["mql"]
    assert full.write_back == {"puente_stage": "stage", "puente_fit": "fit.pct", "hs_lead_status": "handoff.key"}
    assert (full.allow_backward, full.sales_verdict, full.reject_reason) == (True, "verdict", "reason")
    assert full.task_key == "our_key"


def test_the_shortest_mapping_has_the_documented_defaults() -> None:
    mapping = parse(SHORTEST)
    assert (mapping.events, mapping.write_back, mapping.allow_backward) == ((), {}, False)
    assert (mapping.sales_verdict, mapping.reject_reason) == ("puente_sales_verdict", "puente_reject_reason")
    assert mapping.task_key == "puente_task_key"
    assert set(mapping.stages.values()) == {None}


def test_a_value_of_the_crm_stands_for_the_first_stage_it_is_written_for() -> None:
    stages = parse(SHORTEST + "stages: {mql: warm, lead: warm, sql: hot}\n").stages_by_value
    assert (stages["warm"], stages["hot"], stages["mql"]) == ("lead", "sql", "mql")


def test_salesforce_says_field_where_hubspot_says_property() -> None:
    text = "crm: salesforce\nattributes: {country: {field: CountryCode, type: text, from: lead}}\n"
    assert parse(text).attributes["country"].fields == ("CountryCode",)
    with pytest.raises(MappingError, match="unknown key `property`"):
        parse(text.replace("field:", "property:"))


def test_the_hash_follows_the_content_and_not_its_spelling(full: Mapping) -> None:
    assert parse(SHORTEST + "# a comment\nstages: {lead: null}\nevents: []\n").hash == parse(SHORTEST).hash
    text = SAMPLE.read_text(encoding="utf-8")
    assert parse(text.replace("channel: web", "channel: 'web'")).hash == full.hash
    assert parse(text.replace("channel: web", "channel: site")).hash != full.hash


def test_a_mapping_for_another_crm_is_refused() -> None:
    with pytest.raises(MappingError, match="is for hubspot, the setting PUENTE_CRM for salesforce") as caught:
        parse_mapping(SHORTEST, file="mapping.yaml", crm="salesforce")
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [(1, "crm")]


def test_an_unknown_crm_is_named_beside_the_other_problems() -> None:
    with pytest.raises(MappingError) as caught:
        parse(SHORTEST.replace("hubspot", "hubspto") + "task_key: 3\n")
    assert [problem.path for problem in caught.value.problems] == ["crm", "task_key"]
    assert "did you mean `hubspot`?" in caught.value.problems[0].message
