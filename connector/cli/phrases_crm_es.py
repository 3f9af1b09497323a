"""Hold the Spanish of what is said about settings and about the CRM's own schema, by its English pattern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SETTINGS_ES: Final[Mapping[str, str]] = {
    " or ": " o ",
    "not UTF-8": "no está en UTF-8",
    "the environment": "el entorno",
    "must be {expected}": "debe ser {expected}",
    "must be a whole number": "debe ser un número entero",
    "must be {limit} or more": "debe ser {limit} o más",
    "must be {limit} or less": "debe ser {limit} o menos",
    "must look like {form}": "debe tener la forma {form}",
    "{name}: {must} — correct it in the environment, .env or puente.toml": (
        "{name}: {must} — corríjalo en el entorno, en .env o en puente.toml"
    ),
    "{error} — set its parts one by one, such as PUENTE_HUBSPOT__BASE_URL": (
        "{error} — ponga sus partes una por una, como PUENTE_HUBSPOT__BASE_URL"
    ),
    "{name}: cannot be read ({reason}) — correct its permissions": (
        "{name}: no se puede leer ({reason}) — corrija los permisos"
    ),
    "{name}: {reason} — write it as {example} in UTF-8": "{name}: {reason} — escríbalo como {example}, en UTF-8",
    "{name}: no such setting — did you mean {near}? Correct it in {place}": (
        "{name}: no existe ese ajuste — ¿quería decir {near}? Corríjalo en {place}"
    ),
    "{file}: {name}: no such setting — correct or remove it (docs/reference/settings.md)": (
        "{file}: {name}: no existe ese ajuste — corríjalo o quítelo (docs/reference/settings.md)"
    ),
}

SCHEMA_ES: Final[Mapping[str, str]] = {
    "the CRM lacks the fields {fields} — run `puente install`": (
        "al CRM le faltan los campos {fields} — ejecute `puente install`"
    ),
    "the CRM has no stage `{value}` — {advice}": "el CRM no tiene la etapa `{value}` — {advice}",
    "the CRM has no field `{field}` — {advice}": "el CRM no tiene el campo `{field}` — {advice}",
    "the CRM has no field `{field}`, which the model asks for — {advice}": (
        "el CRM no tiene el campo `{field}`, que el modelo usa — {advice}"
    ),
    "the CRM has no field `{field}`, which no rule asks for — {advice}": (
        "el CRM no tiene el campo `{field}`, que ninguna regla usa — {advice}"
    ),
    "the CRM keeps the field `{field}` to itself — write to another one": (
        "el CRM no deja escribir en el campo `{field}` — use otro"
    ),
    "the CRM's field `{field}` lacks the options {options} — add them there": (
        "al campo `{field}` del CRM le faltan las opciones {options} — añádalas allí"
    ),
    "HubSpot lacks the properties {names} — run `puente install`": (
        "a HubSpot le faltan las propiedades {names} — ejecute `puente install`"
    ),
    "write_back.{name}: HubSpot has no such contact property — {advice}": (
        "write_back.{name}: HubSpot no tiene esa propiedad de contacto — {advice}"
    ),
    "write_back.{name}: HubSpot keeps this property to itself — write to another one": (
        "write_back.{name}: HubSpot no deja escribir en esta propiedad — use otra"
    ),
    "attributes.{attribute}: HubSpot has no property `{name}` ({owner}) — {advice}": (
        "attributes.{attribute}: HubSpot no tiene la propiedad `{name}` ({owner}) — {advice}"
    ),
    "events ({kind}): HubSpot has no contact property `{name}` — {advice}": (
        "events ({kind}): HubSpot no tiene la propiedad de contacto `{name}` — {advice}"
    ),
    "correct the mapping or create the property": "corrija el mapeo o cree la propiedad",
    "{object} lacks the fields {names}, or Puente's user may not see them — run `puente install`": (
        "a {object} le faltan los campos {names}, o el usuario de Puente no los ve — ejecute `puente install`"
    ),
    "Puente's user may not see tasks, by which sales hear of handoffs — in Setup, grant it the permission Access "
    "Activities, in its profile or a permission set": (
        "el usuario de Puente no ve las tareas, con las que ventas se entera de los traspasos — en Configuración, dele "
        "el permiso de acceso a actividades (Access Activities), en su perfil o en un conjunto de permisos"
    ),
    "tasks lack the field {field}, or Puente's user may not see it — run `puente install`": (
        "a las tareas les falta el campo {field}, o el usuario de Puente no lo ve — ejecute `puente install`"
    ),
    "write_back.{name}: {object} has no such field — {advice}": (
        "write_back.{name}: {object} no tiene ese campo — {advice}"
    ),
    "write_back.{name}: Puente's user may not edit this field of {object} — assign the permission "
    "set, or write to another field": (
        "write_back.{name}: el usuario de Puente no puede editar este campo de {object} — asígnele el conjunto de "
        "permisos, o use otro campo"
    ),
    "attributes.{attribute}: neither leads nor contacts have the field `{field}`, or Puente's user may not see it — "
    "{advice}": (
        "attributes.{attribute}: ni los leads ni los contactos tienen el campo `{field}`, o el usuario de Puente no lo "
        "ve — {advice}"
    ),
    "correct the mapping or create the field": "corrija el mapeo o cree el campo",
    "correct the name, or create it in the CRM": "corrija el nombre, o créelo en el CRM",
}
