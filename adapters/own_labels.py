"""Label the values of our own choices in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from connector.own_fields import OwnField

Locale: TypeAlias = Literal["es", "en"]

_OPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "subscriber": ("Suscriptor", "Subscriber"),
    "mnql": ("mNQL (no calificado)", "mNQL (non-qualified)"),
    "lead": ("Lead", "Lead"),
    "mql": ("MQL (calificado para marketing)", "MQL (marketing qualified)"),
    "sql": ("SQL (calificado para ventas)", "SQL (sales qualified)"),
    "opportunity": ("Oportunidad", "Opportunity"),
    "customer": ("Cliente", "Customer"),
    "evangelist": ("Prescriptor", "Evangelist"),
    "disqualified": ("Descartado", "Disqualified"),
    "accepted": ("Aceptado", "Accepted"),
    "rejected": ("Rechazado", "Rejected"),
    "fit": ("No encaja con el perfil", "Does not fit the profile"),
    "timing": ("No es el momento", "Bad timing"),
    "budget": ("Sin presupuesto", "No budget"),
    "data": ("Datos incorrectos", "Wrong data"),
    "duplicate": ("Duplicado", "Duplicate"),
    "competitor": ("Competidor", "Competitor"),
    "no-response": ("No responde", "No response"),
    "never": ("Nunca", "Never"),
}


def option_label(value: str, locale: Locale) -> str:
    spanish, english = _OPTIONS.get(value, (value, value))
    return spanish if locale == "es" else english


def field_label(field: OwnField, locale: Locale) -> str:
    return field.label_es if locale == "es" else field.label_en
