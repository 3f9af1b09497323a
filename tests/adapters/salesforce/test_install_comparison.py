"""Compare what an organisation has with what is wanted: what matters is told, what people may change is not."""

from __future__ import annotations

import pytest

from adapters.salesforce.install_comparison import compare, is_ours, keeping_values, read_components
from adapters.salesforce.install_component import Component, Key
from adapters.salesforce.install_doorbells import Doorbells, build_doorbells
from adapters.salesforce.install_fields import build_fields
from adapters.salesforce.install_package import build_files, zip_package
from adapters.salesforce.install_record_card import build_record_card
from connector.errors import UnavailableError

FIELDS = {one.full_name: one for one in build_fields("es", "Puente_Task_Key__c")}
STAGE, FIT, REASONS, KEY = (
    FIELDS[name]
    for name in ("Lead.Puente_Stage__c", "Lead.Puente_Fit__c", "Lead.Puente_Reasons__c", "Activity.Puente_Task_Key__c")
)
FLOW = next(one for one in build_doorbells(Doorbells("outbound", "https://x", "u"), "66.0") if one.type == "Flow")
RELAY = next(
    one
    for one in build_doorbells(Doorbells("cdc", user_id="5", relay_to=("eu-west-1", "123456789012")), "66.0")
    if one.type == "EventRelayConfig"
)


def as_found(component: Component, *edits: tuple[str, str]) -> dict[Key, object]:
    """Return a component as an organisation would give it back, with edits to its text."""
    content = component.content
    for old, new in edits:
        assert old in content
        content = content.replace(old, new)
    changed = Component(component.type, component.full_name, content)
    return dict(read_components(zip_package(build_files([changed], "66.0"))))


def state(component: Component, *edits: tuple[str, str]) -> tuple[str, str]:
    part = compare(component, as_found(component, *edits)[component.key])  # type: ignore[arg-type]
    return part.state, str(part.detail)


@pytest.mark.parametrize(
    ("component", "edits", "expected"),
    [
        (STAGE, [], ("exists", "")),
        (STAGE, [("<label>Etapa (Puente)</label>", "<label>Fase</label>")], ("exists", "")),
        (STAGE, [("<fullName>sql</fullName>", "<fullName>SQL!</fullName>")], ("outdated", "lacks the options sql")),
        (STAGE, [("<type>Picklist</type>", "<type>Text</type>")], ("conflict", "type Text, expected Picklist")),
        (FIT, [("<scale>2</scale>", "<scale>0</scale>")], ("outdated", "scale")),
        (FIT, [("<required>false</required>", "")], ("exists", "")),
        (REASONS, [("<length>32768</length>", "<length>131072</length>")], ("exists", "")),
        (REASONS, [("<length>32768</length>", "<length>256</length>")], ("outdated", "length")),
        (KEY, [("<unique>true</unique>", "")], ("outdated", "unique")),
        (FLOW, [("<status>Active</status>", "<status>Draft</status>")], ("outdated", "status")),
        (FLOW, [("<locationX>50</locationX>", "<locationX>99</locationX>")], ("exists", "")),
        (RELAY, [("<state>STOP</state>", "<state>RUN</state>")], ("exists", "state RUN")),
        (
            RELAY,
            [("callout:Puente_AWS", "callout:Other")],
            ("conflict", "destinationResourceName callout:Other, expected callout:Puente_AWS"),
        ),
    ],
)
def test_only_what_we_rely_on_is_a_difference(
    component: Component, edits: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    assert state(component, *edits) == expected


def test_a_choice_bound_to_a_global_value_set_is_a_conflict() -> None:
    start, end = STAGE.content.index("<valueSet>"), STAGE.content.index("</valueSet>") + len("</valueSet>")
    bound = (STAGE.content[start:end], "<valueSet><valueSetName>Stages</valueSetName></valueSet>")
    assert state(STAGE, bound) == ("conflict", "its values are those of a global value set")


def test_values_that_people_added_are_deployed_again_with_ours() -> None:
    added = "<value><fullName>aparcado</fullName><default>false</default><label>Aparcado</label></value>"
    found = as_found(STAGE, ("</valueSetDefinition>", f"{added}</valueSetDefinition>"))[STAGE.key]
    kept = keeping_values(STAGE, found)  # type: ignore[arg-type]
    assert added in kept.content
    assert kept.content.count("<fullName>sql</fullName>") == 1
    assert keeping_values(STAGE, as_found(STAGE)[STAGE.key]) is STAGE  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("component", "edit", "ours"),
    [
        (STAGE, ("<label>Etapa (Puente)</label>", "<label>Fase</label>"), True),
        (STAGE, (" Made by Puente.", ""), False),
        (STAGE, ("<type>Picklist</type>", "<type>Text</type>"), False),
        (FLOW, (" Made by Puente.", ""), False),
        (RELAY, ("<label>Puente</label>", "<label>X</label>"), True),
    ],
)
def test_ours_is_what_bears_our_mark(component: Component, edit: tuple[str, str], ours: bool) -> None:
    assert is_ours(component, as_found(component, edit)[component.key]) is ours  # type: ignore[arg-type]


def test_a_bundle_is_compared_by_its_words_not_by_its_lines() -> None:
    (bundle,) = build_record_card()
    found = dict(bundle.sources)
    assert compare(bundle, {name: text.replace("\n", "\n\n") for name, text in found.items()}).state == "exists"
    edited = {**found, "puenteQualification.js": found["puenteQualification.js"] + "\n// edited"}
    part = compare(bundle, edited)
    assert (part.state, part.detail) == ("outdated", "puenteQualification.js")
    assert compare(bundle, None).state == "missing"


@pytest.mark.parametrize("content", [b"", b"no zip", zip_package({"objects/Lead.object": "<broken"})])
def test_an_unreadable_answer_is_no_empty_organisation(content: bytes) -> None:
    with pytest.raises(UnavailableError):
        read_components(content)
