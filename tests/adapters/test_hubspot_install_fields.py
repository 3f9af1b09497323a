"""Our properties in HubSpot's words: both of HubSpot's own clients take them, and only what differs is told."""

from __future__ import annotations

from typing import Any

import pytest
from hubspot.crm.properties import Configuration, OptionInput, PropertyCreate
from hubspot_sdk.types.crm import PropertyCreateParams
from pydantic import TypeAdapter, ValidationError

from adapters.hubspot.install_fields import added_options, compare, is_ours, property_body
from adapters.own_labels import Locale
from connector.own_fields import FIELDS_BY_NAME, PERSON_FIELDS, TASK_KEY_FIELD, OwnField

STAGE, FIT = FIELDS_BY_NAME["puente_stage"], FIELDS_BY_NAME["puente_fit"]
STRICT = Configuration()
STRICT.client_side_validation = True
NAMES = {alias: name for name, alias in PropertyCreate.attribute_map.items()}


def snake(body: dict[str, Any]) -> dict[str, Any]:
    options = [{**one, "display_order": one["displayOrder"]} for one in body.get("options", [])]
    for option in options:
        del option["displayOrder"]
    return {NAMES[key]: options if key == "options" else value for key, value in body.items()}


@pytest.mark.parametrize("field", [*PERSON_FIELDS, TASK_KEY_FIELD], ids=lambda field: field.name)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_property_is_one_both_of_hubspots_clients_take(field: OwnField, locale: Locale) -> None:
    body = snake(property_body(field, field.name, locale, unique=field is TASK_KEY_FIELD))
    options = [OptionInput(**option, local_vars_configuration=STRICT) for option in body.get("options", [])]
    PropertyCreate(**{**body, "options": options}, local_vars_configuration=STRICT)
    TypeAdapter(PropertyCreateParams).validate_python({**body, "object_type": "contacts"})


def test_the_clients_refuse_what_is_wrong() -> None:
    body = snake(property_body(FIT, FIT.name, "es"))
    with pytest.raises(ValueError, match="slider"):
        PropertyCreate(**{**body, "field_type": "slider"}, local_vars_configuration=STRICT)
    with pytest.raises(ValidationError):
        TypeAdapter(PropertyCreateParams).validate_python({**body, "object_type": "contacts", "type": "float"})


@pytest.mark.parametrize("field", [*PERSON_FIELDS, TASK_KEY_FIELD], ids=lambda field: field.name)
def test_what_we_make_exists_and_is_ours(field: OwnField) -> None:
    found = property_body(field, field.name, "es")
    assert compare(field, found) == ("exists", "")
    assert is_ours(field, found)


@pytest.mark.parametrize(
    ("change", "state", "ours"),
    [
        ({"label": "Fase"}, "exists", True),
        ({"type": "string"}, "conflict", False),
        ({"description": "Nuestra etapa"}, "exists", False),
        ({"groupName": "contactinformation"}, "exists", False),
        ({"options": []}, "outdated", True),
        ({"options": None}, "outdated", True),
    ],
)
def test_what_people_changed_is_told_where_it_matters(change: dict[str, object], state: str, ours: bool) -> None:
    found = {**property_body(STAGE, STAGE.name, "es"), **change}
    assert (compare(STAGE, found)[0], is_ours(STAGE, found)) == (state, ours)


def test_added_options_stand_behind_those_there_are_with_places_of_their_own() -> None:
    there = [{"label": "Aparcado", "value": "aparcado", "displayOrder": 0}]
    options: list[Any] = added_options(STAGE, {"options": there}, "en")
    assert options[0] == there[0]
    assert [one["value"] for one in options[1:]] == list(STAGE.options)
    assert [one["displayOrder"] for one in options] == list(range(len(options)))
