"""Hold the Spanish of what is said about the parts of an installation, by its English pattern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INSTALL_ES: Final[Mapping[str, str]] = {
    "{path}: cannot be used ({reason}) — name another folder, or correct its permissions": (
        "{path}: no se puede usar ({reason}) — indique otra carpeta, o corrija los permisos"
    ),
    "group {name}": "grupo {name}",
    "permission set {name}": "conjunto de permisos {name}",
    "type {actual}, expected {expected}": "tipo {actual}, se esperaba {expected}",
    "{part} {actual}, expected {expected}": "{part} {actual}, se esperaba {expected}",
    "lacks the options {options}": "le faltan las opciones {options}",
    "its values are those of a global value set": "sus valores son los de un conjunto de valores global",
    "state {state}": "estado {state}",
    "unique": "único",
    "Salesforce did not keep it": "Salesforce no lo conservó",
    "tasks take no properties of one's own here: {error}": "aquí las tareas no admiten propiedades propias: {error}",
    "it holds other properties: {names}": "contiene otras propiedades: {names}",
    "not made by Puente: its group, type or description is another": (
        "no es de Puente: su grupo, su tipo o su descripción son otros"
    ),
    "not made by Puente: its type or description is another": "no es de Puente: su tipo o su descripción son otros",
}
