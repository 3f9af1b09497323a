"""Hold the Spanish of the help of `import`, by its English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HELP_SCORE_ES: Final[Mapping[str, str]] = {
    "Bring the rules of a score that the CRM keeps into a model file, and compare both.": (
        "Lleva a un archivo de modelo las reglas de una puntuación que guarda el CRM, y compara ambas."
    ),
    "Read the rules of HubSpot's own lead scores, write the nearest model file, and compare both scores by person.": (
        "Lee las reglas de las puntuaciones propias de HubSpot, escribe el archivo de modelo más próximo y compara"
        " ambas puntuaciones por persona."
    ),
    "Writes nothing but --out, --out-mapping and --out-parity; HubSpot is only read. Says of every rule that has no"
    " equivalent why, and what to do. What the scores say nothing of comes from the model at hand.": (
        "Solo escribe --out, --out-mapping y --out-parity; HubSpot únicamente se lee. De cada regla sin equivalente"
        " dice por qué y qué hacer. Lo que las puntuaciones no dicen viene del modelo actual."
    ),
    "A score by ID or name; may be repeated. Without it, the published ones of contacts.": (
        "Una puntuación por ID o nombre; se puede repetir. Si falta, las publicadas de contactos."
    ),
    "Write the model to this file.": "Escribe el modelo en este archivo.",
    "Write the mapping to this file, with the properties it lacks added.": (
        "Escribe el mapeo en este archivo, con las propiedades que le falten."
    ),
    "Write a line for every person to this CSV file.": "Escribe una línea por persona en este archivo CSV.",
    "Overwrite files that exist.": "Sobrescribe los archivos que ya existan.",
    "Compare nobody.": "No compara a nadie.",
    "Compare only the first so many people.": "Compara solo a las primeras tantas personas.",
    "The points from which sales takes over; HubSpot's highest label when not said.": (
        "Los puntos desde los que pasa a ventas; si no se dice, la etiqueta más alta de HubSpot."
    ),
}
