"""Which field is proposed for which attribute, how sure that is, and how it gets into the mapping's text."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.domain.mapping import AttributeSource
from connector.domain.mapping_file import parse_mapping
from connector.domain.person import ValueType
from connector.files import load_mapping
from connector.mapping_text import apply_proposals
from connector.ports import FieldInfo
from connector.proposals import Proposal, propose

PACKAGED = Path(__file__).parents[2] / "mappings"


def proposal(
    attribute: str, *fields: tuple[str, str, str], held_as: ValueType = "text", packaged: str = "jobtitle"
) -> Proposal:
    source = AttributeSource(attribute, held_as, fields=tuple(packaged.split("+")))
    known = {name: FieldInfo(name, label, kind) for name, label, kind in fields}
    (found,) = propose([source], {"person": known})
    return found


def test_the_packaged_field_is_sure_when_it_is_there_with_a_type_that_can_hold_the_attribute() -> None:
    found = proposal("job_title", ("jobtitle", "Cargo", "string"), ("puesto", "Puesto", "string"))
    assert (found.certainty, found.why, found.field, found.changes) == ("sure", "named", "jobtitle", False)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("x1", "Puesto de trabajo"),
        ("x1", "PUESTO"),
        ("x1", "Job Title"),
        ("Job_Title__c", "whatever"),
        ("jobTitle", "whatever"),
        ("cargo", "whatever"),
    ],
)
def test_one_field_that_is_called_so_in_spanish_or_english_is_sure(name: str, label: str) -> None:
    found = proposal("job_title", (name, label, "string"), ("other", "Otra cosa", "string"))
    assert (found.certainty, found.why, found.field, found.changes) == ("sure", "label", name, True)


def test_a_field_called_so_of_a_type_that_cannot_hold_it_is_not_proposed() -> None:
    found = proposal("employees", ("staff", "Número de empleados", "string"), held_as="number")
    assert (found.certainty, found.field) == ("none", None)
    found = proposal("employees", ("staff", "Número de empleados", "double"), held_as="number")
    assert (found.certainty, found.field) == ("sure", "staff")


def test_the_packaged_field_of_another_type_is_said_to_be_so() -> None:
    found = proposal("employees", ("size", "Size", "string"), held_as="number", packaged="size")
    assert (found.certainty, found.why, found.field) == ("none", "type_differs", "size")


def test_several_fields_called_so_are_left_to_a_person() -> None:
    found = proposal("country", ("a", "País", "string"), ("b", "Country", "string"), packaged="missing")
    assert (found.certainty, found.why, found.field, found.also) == ("guess", "several", "a", ("b",))
    assert not found.changes


def test_a_part_of_a_label_is_a_guess_and_the_likest_comes_first() -> None:
    found = proposal(
        "industry",
        ("a", "Sector industrial del grupo al que pertenece", "string"),
        ("b", "Sector principal", "string"),
        packaged="missing",
    )
    assert (found.certainty, found.why, found.field) == ("guess", "label_part", "b")


def test_what_is_called_otherwise_is_not_found() -> None:
    assert proposal("industry", ("a", "Color", "string"), packaged="missing").why == "nothing"


def test_our_own_fields_are_nobody_s_source() -> None:
    assert proposal("country", ("puente_country", "País", "string"), packaged="missing").certainty == "none"


def test_a_name_of_two_fields_needs_both() -> None:
    first, last = ("firstname", "Nombre", "string"), ("lastname", "Apellidos", "string")
    both = proposal("name", first, last, packaged="firstname+lastname")
    assert (both.certainty, both.field) == ("sure", "firstname+lastname")
    assert proposal("name", first, packaged="firstname+lastname").certainty == "none"


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_the_packaged_mapping_keeps_its_comments_and_takes_what_is_sure(crm: str) -> None:
    text = (PACKAGED / f"{crm}.yaml").read_text()
    before = load_mapping(None, crm)  # type: ignore[arg-type]
    singles = [source for source in before.attributes.values() if len(source.fields) == 1]
    sure = [
        Proposal(source.name, source.source, source.fields[0], "sure", "label", f"{source.name}_of_ours")
        for source in singles
    ]
    written = apply_proposals(text, sure, {"country": "¿pais («País»)?"})
    after = parse_mapping(written, file="mapping.yaml", crm=crm)  # type: ignore[arg-type]
    assert {source.name: source.fields for source in after.attributes.values() if len(source.fields) == 1} == {
        source.name: (f"{source.name}_of_ours",) for source in singles
    }
    assert (after.events, after.write_back, after.stages) == (before.events, before.write_back, before.stages)
    assert [line for line in text.splitlines() if line.lstrip().startswith("#")] == [
        line for line in written.splitlines() if line.lstrip().startswith("#") and "pais" not in line
    ]
    assert "  # ¿pais («País»)?\n  country:" in written


def test_without_proposals_the_text_stays_byte_for_byte() -> None:
    text = (PACKAGED / "hubspot.yaml").read_text()
    assert apply_proposals(text, [], {}) == text
