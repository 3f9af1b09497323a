"""Hold every sentence sales and marketing read, in Spanish and English, and write numbers and dates their way."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from connector.domain.model import Locale
from connector.domain.values import rounded

STAGE_NAMES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "subscriber": "Suscriptor", "mnql": "mNQL", "lead": "Lead", "mql": "MQL", "sql": "SQL",
        "opportunity": "Oportunidad", "customer": "Cliente", "evangelist": "Embajador", "disqualified": "Descartado",
    },
    "en": {
        "subscriber": "Subscriber", "mnql": "mNQL", "lead": "Lead", "mql": "MQL", "sql": "SQL",
        "opportunity": "Opportunity", "customer": "Customer", "evangelist": "Evangelist",
        "disqualified": "Disqualified",
    },
}  # fmt: skip

HEADLINES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "owned_by_crm": "{stage}: lo fija el CRM y Puente no lo mueve.",
        "rejected_for_good": "Descartado: ventas lo rechazó definitivamente el {rejected_on}.",
        "accepted": "SQL: ventas aceptó el MQL el {rejected_on}.",
        "set_by_person": "{stage}: lo fijó una persona el {set_on}; se respeta hasta el {override_until}.",
        "owned_by_sales": "SQL{since}: lo lleva ventas{because}.",
        "excluded": "Descartado: {exclusions}.",
        "unfit_review": "MQL para revisión: {raised} el {raised_on}, con un encaje de {fit} %.",
        "unfit": "mNQL: encaje de {fit} %, umbral {threshold} %.",
        "hand_raise": "SQL: {raised} el {raised_on}.",
        "sql_points": "SQL: interacción {score} (umbral {sql_enter}) y encaje de {fit} %.",
        "mql_points": "MQL: interacción {score} (umbral {mql_enter}) y encaje de {fit} %.",
        "hysteresis": "Sigue MQL: interacción {score}, por encima del umbral de salida ({mql_exit}).",
        "dwell": "Sigue MQL: permanencia mínima hasta el {dwell_until}.",
        "cooling_off": "Lead en enfriamiento hasta el {cool_until}: ventas lo rechazó ({reject_reason}).",
        "recycled": "Vuelve a lead: ventas lo rechazó el {rejected_on} ({reject_reason}).",
        "undetermined": "Lead: faltan datos para saber si encaja (interacción {score}).",
        "nurture": "Lead: interacción {score} de {mql_enter} y encaje de {fit} %.",
    },
    "en": {
        "owned_by_crm": "{stage}: the CRM sets it and Puente does not move it.",
        "rejected_for_good": "Disqualified: sales rejected for good on {rejected_on}.",
        "accepted": "SQL: sales accepted the MQL on {rejected_on}.",
        "set_by_person": "{stage}: set by a person on {set_on}; respected until {override_until}.",
        "owned_by_sales": "SQL{since}: sales is on it{because}.",
        "excluded": "Disqualified: {exclusions}.",
        "unfit_review": "MQL for review: {raised} on {raised_on}, with a fit of {fit} %.",
        "unfit": "mNQL: fit {fit} %, threshold {threshold} %.",
        "hand_raise": "SQL: {raised} on {raised_on}.",
        "sql_points": "SQL: engagement {score} (threshold {sql_enter}) and fit {fit} %.",
        "mql_points": "MQL: engagement {score} (threshold {mql_enter}) and fit {fit} %.",
        "hysteresis": "Still MQL: engagement {score}, above the exit threshold ({mql_exit}).",
        "dwell": "Still MQL: minimum stay until {dwell_until}.",
        "cooling_off": "Lead cooling off until {cool_until}: sales rejected it ({reject_reason}).",
        "recycled": "Back to lead: sales rejected it on {rejected_on} ({reject_reason}).",
        "undetermined": "Lead: data missing to tell the fit (engagement {score}).",
        "nurture": "Lead: engagement {score} of {mql_enter} and fit {fit} %.",
    },
}

REJECT_REASONS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "fit": "no encaja", "timing": "no es el momento", "budget": "sin presupuesto", "data": "datos incorrectos",
        "duplicate": "duplicado", "competitor": "competencia", "no-response": "no responde", "never": "nunca",
    },
    "en": {
        "fit": "no fit", "timing": "bad timing", "budget": "no budget", "data": "wrong data",
        "duplicate": "duplicate", "competitor": "competitor", "no-response": "no response", "never": "never",
    },
}  # fmt: skip

WORDS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "no_reason": "sin motivo", "matched": "Encaja", "not_matched": "No encaja", "unknown": "Falta por saber",
        "settled_by": "Lo aclararía", "could_lift": "Podría superar el umbral con", "none": "nada", "last": "última",
        "cap": "Tope de la señal", "group_cap": "Tope del grupo {rule}", "floor": "Mínimo de la puntuación",
        "ceiling": "Máximo de la puntuación", "due": "vence", "why_now": "Por qué ahora", "evidence": "Evidencia",
        "opener": "Para abrir", "profile": "Perfil", "data": "Datos", "journey": "Paso del recorrido",
        "owner": "Responsable", "unassigned": "sin asignar", "sla": "Plazo", "hours": "h laborables",
        "model": "Modelo", "points": "puntos", "fit": "encaje", "engagement": "interacción", "no_name": "Sin nombre",
        "counter": "según un contador del CRM", "record_owner": "el del registro",
        "since": " desde el {day}", "because": " ({raised} el {day})",
        "known": "datos conocidos", "grade": "nota", "yes": "sí", "no": "no",
    },
    "en": {
        "no_reason": "no reason given", "matched": "Fits", "not_matched": "Does not fit", "unknown": "Not known yet",
        "settled_by": "Would settle it", "could_lift": "Could pass the threshold with", "none": "nothing",
        "last": "last", "cap": "Cap of the signal", "group_cap": "Cap of the group {rule}",
        "floor": "Lowest score", "ceiling": "Highest score", "due": "due", "why_now": "Why now",
        "evidence": "Evidence", "opener": "To open with", "profile": "Profile", "data": "Data",
        "journey": "Journey step", "owner": "Owner", "unassigned": "unassigned", "sla": "Time allowed",
        "hours": "business hours", "model": "Model", "points": "points", "fit": "fit", "engagement": "engagement",
        "since": " since {day}", "because": " ({raised} on {day})",
        "no_name": "No name", "counter": "from a CRM counter", "record_owner": "the record's owner",
        "known": "data known", "grade": "grade", "yes": "yes", "no": "no",
    },
}  # fmt: skip

ATTRIBUTE_NAMES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "name": "nombre", "email": "correo", "company": "empresa", "job_title": "cargo", "country": "país",
        "city": "ciudad", "industry": "sector", "employees": "empleados", "phone": "teléfono", "source": "origen",
        "language": "idioma", "persona": "perfil de comprador", "owner": "responsable",
    },
    "en": {"email": "e-mail", "job_title": "job title"},
}  # fmt: skip
"""Names of usual attributes; any other is shown by its own name."""

TASK_NAMES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {"review": "Revisar MQL", "contact": "Contactar SQL"},
    "en": {"review": "Review MQL", "contact": "Contact SQL"},
}

STEP_NAMES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "attention": "atención", "interest": "interés", "desire": "deseo", "action": "acción",
        "problem_recognition": "reconocimiento del problema", "solution_research": "búsqueda de soluciones",
        "option_evaluation": "evaluación de opciones", "decision": "decisión",
        "attract": "atraer", "convert": "convertir", "close": "cerrar", "delight": "deleitar",
    },
    "en": {},
}  # fmt: skip

OPENERS: Final[Mapping[Locale, tuple[str, ...]]] = {
    "es": (
        "«He visto que empezó a informarse sobre {topic}. ¿Qué le llevó a buscarlo?»",
        "«Gracias por su interés en {topic}. ¿Qué le gustaría resolver primero?»",
        "«Está valorando {topic}. ¿Comparamos juntos las opciones para su caso?»",
        "«Recibí su solicitud sobre {topic}. ¿Le viene bien que la veamos hoy?»",
    ),
    "en": (
        '"I saw you started reading about {topic}. What made you look into it?"',
        '"Thank you for your interest in {topic}. What would you like to solve first?"',
        '"You are weighing up {topic}. Shall we compare the options for your case?"',
        '"I received your request about {topic}. Would today suit you to go through it?"',
    ),
}
NO_TOPIC: Final[Mapping[Locale, str]] = {"es": "nuestra solución", "en": "our solution"}

_MONTHS: Final[Mapping[Locale, tuple[str, ...]]] = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_UNITS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {"minutes": "min", "hours": "h", "days": "días"},
    "en": {"minutes": "min", "hours": "h", "days": "days"},
}
_WEEKDAYS: Final[Mapping[Locale, tuple[str, ...]]] = {
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def attribute_name(attribute: str, locale: Locale) -> str:
    return ATTRIBUTE_NAMES[locale].get(attribute, attribute.replace("_", " "))


def number_text(number: float | None, locale: Locale) -> str:
    """Write a number with at most two decimals, with the locale's decimal sign; None as a question mark."""
    if number is None:
        return "?"
    text = f"{rounded(number):.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if locale == "es" else text


def count_text(count: int, locale: Locale) -> str:
    """Write a whole number with the locale's sign between thousands."""
    text = f"{count:,}"
    return text.replace(",", ".") if locale == "es" else text


def fixed_text(number: float, locale: Locale, decimals: int = 2) -> str:
    """Write a number with exactly so many decimals, so that columns align; minus zero as zero."""
    text = f"{round(number, decimals) + 0.0:.{decimals}f}"
    return text.replace(".", ",") if locale == "es" else text


def duration_text(seconds: float, locale: Locale) -> str:
    """Write how long something takes or took, in the largest unit that says it well; part of a second is one."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{count_text(round(seconds / size), locale)} {_UNITS[locale][unit]}"
    return f"{count_text(max(1, round(seconds)) if seconds else 0, locale)} s"


def stage_text(stage: str | None, locale: Locale) -> str:
    return STAGE_NAMES[locale].get(stage, stage) if stage else "—"


def day_text(instant: datetime | None, zone: str, locale: Locale, *, today: datetime) -> str:
    """Write a day in the team's zone; the year only when it is not this year's."""
    if instant is None:
        return "?"
    local = _local(instant, zone)
    text = f"{local.day} {_MONTHS[locale][local.month - 1]}"
    return text if local.year == _local(today, zone).year else f"{text} {local.year}"


def date_text(day: date, locale: Locale) -> str:
    """Write weekday, day and month of a date."""
    return f"{_WEEKDAYS[locale][day.weekday()]} {day.day} {_MONTHS[locale][day.month - 1]}"


def moment_text(instant: datetime, zone: str, locale: Locale) -> str:
    """Write weekday, day and time in the team's zone."""
    local = _local(instant, zone)
    return f"{date_text(local.date(), locale)} {local:%H:%M}"


def _local(instant: datetime, zone: str) -> datetime:
    """Return an instant in a zone; at the very edges of the calendar, where a zone would leave it, as it is."""
    try:
        return instant.astimezone(ZoneInfo(zone))
    except OverflowError:
        return instant


def one_line(text: str, most: int = 120) -> str:
    """Fold blanks and drop control characters of a CRM's text, and shorten it: one line whatever was typed."""
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    folded = " ".join(visible.split())
    return folded if len(folded) <= most else f"{folded[: most - 1].rstrip()}…"
