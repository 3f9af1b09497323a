"""Hold what `puente init` says and writes, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.domain.model import Locale

SPANISH: Final[Mapping[str, str]] = {
    "ask_locale": "Idioma de tareas, motivos y mensajes (es, en)",
    "ask_crm": "CRM (hubspot, salesforce)",
    "ask_token": "Token de acceso de HubSpot (no se muestra; vacío: más tarde)",
    "ask_instance": "Dirección My Domain de Salesforce (vacío: más tarde)",
    "ask_client_id": "Identificador de cliente (consumer key) de la aplicación",
    "ask_client_secret": "Secreto de cliente (no se muestra)",
    "no_terminal": "No hay terminal donde preguntar — repita la orden con --crm, --locale y --yes",
    "would_overwrite": "Ya existen y son distintos: {names}",
    "ask_overwrite": "¿Sobrescribirlos? Si no, se conservan y se escribe lo demás",
    "needs_force": "Ya existen y son distintos: {names} — añada --force para sobrescribirlos, o apártelos",
    "not_written": "{name}: no se puede escribir ({reason}) — corrija los permisos de la carpeta y repita la orden",
    "proposals": "Qué campo de {crm} contiene cada atributo",
    "no_proposals": "Sin credenciales no se compara con su CRM: el mapeo queda como viene.",
    "unread": "No se pudo leer el esquema del CRM ({error}); el mapeo queda como viene.",
    "field": "Campo del CRM",
    "attribute": "Atributo",
    "certainty": "Certeza",
    "why": "Por qué",
    "sure": "seguro",
    "guess": "quizá",
    "none": "no hallado",
    "why_named": "existe con ese nombre y ese tipo",
    "why_label": "se llama así («{label}») y el tipo concuerda: escrito en el mapeo",
    "why_several": "varios se llaman así: {also}; elija usted",
    "why_label_part": "el nombre se parece («{label}»); confírmelo usted",
    "why_type_differs": "existe, pero con otro tipo",
    "why_nothing": "ningún campo se llama así",
    "note_guess": "¿{field} («{label}»)? Propuesto por `puente init`: confírmelo y póngalo abajo, o borre esta línea.",
    "note_none": "`puente init` no halló este campo en su CRM: ponga el suyo, o deje el atributo sin conocer.",
    "file": "Archivo",
    "done": "Hecho",
    "written": "escrito",
    "kept": "conservado",
    "unchanged": "ya estaba así",
    "next_install": "Siguiente: puente doctor, y después puente install --dry-run",
    "next_credentials": (
        "Siguiente: ponga la credencial en .env y repita puente init, que compara el mapeo con su CRM; después, puente"
        " doctor"
    ),
    "next_correct": "Siguiente: corrija lo indicado y repita puente init; después, puente doctor",
    "toml_head": (
        "# Ajustes de Puente. Los secretos no van aquí, sino en .env o en el entorno.\n"
        "# Todos los ajustes: docs/reference/settings.md"
    ),
    "toml_webhook": "exactamente como figura en el CRM",
    "env_head": "# Secretos de Puente. Solo para usted: modo 600, nunca en Git.",
}
ENGLISH: Final[Mapping[str, str]] = {
    "ask_locale": "Language of tasks, reasons and messages (es, en)",
    "ask_crm": "CRM (hubspot, salesforce)",
    "ask_token": "HubSpot access token (not shown; empty: later)",
    "ask_instance": "My Domain address of Salesforce (empty: later)",
    "ask_client_id": "Client id (consumer key) of the app",
    "ask_client_secret": "Client secret (not shown)",
    "no_terminal": "There is no terminal to ask at — run it again with --crm, --locale and --yes",
    "would_overwrite": "These exist and differ: {names}",
    "ask_overwrite": "Overwrite them? If not, they are kept and the others are written",
    "needs_force": "These exist and differ: {names} — add --force to overwrite them, or move them away",
    "not_written": "{name}: cannot be written ({reason}) — correct the folder's permissions and run it again",
    "proposals": "Which field of {crm} holds which attribute",
    "no_proposals": "Without credentials nothing is compared with your CRM: the mapping stays as it comes.",
    "unread": "The CRM's schema could not be read ({error}); the mapping stays as it comes.",
    "field": "Field of the CRM",
    "attribute": "Attribute",
    "certainty": "Certainty",
    "why": "Why",
    "sure": "sure",
    "guess": "perhaps",
    "none": "not found",
    "why_named": "exists with this name and type",
    "why_label": "is called so (“{label}”) and its type agrees: written into the mapping",
    "why_several": "several are called so: {also}; the choice is yours",
    "why_label_part": "its name is alike (“{label}”); please confirm",
    "why_type_differs": "exists, but with another type",
    "why_nothing": "no field is called so",
    "note_guess": "{field} (“{label}”)? Proposed by `puente init`: confirm it and put it below, or delete this line.",
    "note_none": "`puente init` found no such field in your CRM: name yours, or leave the attribute unknown.",
    "file": "File",
    "done": "Done",
    "written": "written",
    "kept": "kept",
    "unchanged": "was so already",
    "next_install": "Next: puente doctor, then puente install --dry-run",
    "next_credentials": (
        "Next: put the credential into .env and repeat puente init, which compares the mapping with your CRM; then"
        " puente doctor"
    ),
    "next_correct": "Next: correct what is said above and repeat puente init; then puente doctor",
    "toml_head": (
        "# Settings of Puente. Secrets do not belong here: they go into .env or the environment.\n"
        "# All settings: docs/reference/settings.md"
    ),
    "toml_webhook": "exactly as it stands in the CRM",
    "env_head": "# Secrets of Puente. For you alone: mode 600, never in Git.",
}
WORDS: Final[Mapping[Locale, Mapping[str, str]]] = {"es": SPANISH, "en": ENGLISH}


def say(key: str, locale: Locale, **values: object) -> str:
    """Return a sentence in the user's language."""
    return WORDS[locale][key].format(**values)
