"""A mapping held against a CRM's schema."""

from __future__ import annotations

from connector.cli.schema_check import SchemaCheck
from connector.domain.cross_check import Source
from connector.files import load_mapping
from connector.own_fields import PERSON_FIELDS
from connector.ports import FieldInfo

MAPPING = load_mapping(None, "hubspot")
OWN = {own.name: FieldInfo(own.name, own.label_en, own.kind, own.options) for own in PERSON_FIELDS}
STAGES = tuple(value for value in MAPPING.stages.values() if value)
READ = {
    name: FieldInfo(name, name, "string")
    for attribute in MAPPING.attributes.values()
    if attribute.source == "person"
    for name in attribute.fields
}
COMPLETE = {**OWN, **READ, "lifecyclestage": FieldInfo("lifecyclestage", "", "enumeration", STAGES)}


def check(fields: dict[str, FieldInfo]) -> SchemaCheck:
    return SchemaCheck(MAPPING, Source("ours.yaml", lambda path: 7), fields, "lifecyclestage")


def test_a_complete_schema_has_neither_problems_nor_warnings() -> None:
    complete = check(COMPLETE)
    assert list(complete.problems()) == []
    assert list(complete.warnings(MAPPING.attributes)) == []


def test_fields_to_install_are_one_problem_that_names_them_all() -> None:
    (problem,) = check({name: field for name, field in COMPLETE.items() if name not in OWN}).problems()
    assert "puente install" in problem.message
    assert all(name in problem.message for name in MAPPING.write_back)
    assert (problem.file, problem.line) == ("ours.yaml", 7)


def test_a_field_that_cannot_be_written_is_a_problem() -> None:
    closed = FieldInfo("puente_fit", "Fit", "number", writable=False)
    (problem,) = check({**COMPLETE, "puente_fit": closed}).problems()
    assert problem.path == "write_back.puente_fit"


def test_a_choice_that_lacks_options_is_a_problem_that_names_them() -> None:
    poor = FieldInfo("puente_stage", "Stage", "enumeration", ("lead", "mql"))
    (problem,) = check({**COMPLETE, "puente_stage": poor}).problems()
    assert "sql" in problem.message


def test_a_stage_the_crm_does_not_know_is_a_problem() -> None:
    without = FieldInfo("lifecyclestage", "", "enumeration", tuple(set(STAGES) - {"lead"}))
    (problem,) = check({**COMPLETE, "lifecyclestage": without}).problems()
    assert problem.path == "stages.lead"


def test_an_attribute_without_its_field_is_a_warning_with_the_nearest_name() -> None:
    without = {name: field for name, field in COMPLETE.items() if name != "jobtitle"}
    used, unused = (list(check({**without, "jobtitel": READ["city"]}).warnings(names)) for names in (["job_title"], []))
    assert "the model asks for" in used[0].message
    assert "no rule asks for" in unused[0].message
    assert "did you mean `jobtitel`?" in used[0].message
