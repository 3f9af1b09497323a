"""Hold the Spanish of the help of `backtest` and `calibrate`, by its English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HELP_LEARN_ES: Final[Mapping[str, str]] = {
    "Test the model on the past: would it have found the customers, how early, for how many tasks?": (
        "Prueba el modelo con el pasado: ¿habría encontrado a los clientes, con cuánta antelación y con cuántas tareas?"
    ),
    "Decide the past again, week by week, with nothing known that was not known then.": (
        "Decide otra vez el pasado, semana a semana, sin saber nada que no se supiera entonces."
    ),
    "Reads the snapshot (`puente snapshot`); writes nothing. What the CRM tells no history of cannot be reconstructed"
    " and is left out.": (
        "Lee la copia (`puente snapshot`) y no escribe nada. Aquello cuya historia no guarda el CRM no se puede"
        " reconstruir y se deja fuera."
    ),
    "Propose better points, half-lives and thresholds from what was won and lost.": (
        "Propone mejores puntos, vidas medias y umbrales a partir de lo ganado y lo perdido."
    ),
    "Learn from past decisions, check on the newest, and show the difference to the model file; its comments stay.": (
        "Aprende de decisiones pasadas, comprueba con las más recientes y muestra la diferencia con el archivo del"
        " modelo; los comentarios se conservan."
    ),
    "Reads the snapshot (`puente snapshot`) and writes nothing but --out. Where the evidence does not suffice nothing"
    " is proposed, and the exit code is 1.": (
        "Lee la copia (`puente snapshot`) y solo escribe --out. Donde las pruebas no bastan no se propone nada, y el"
        " código de salida es 1."
    ),
    "Another model to test on the same past; may be repeated.": (
        "Otro modelo que se prueba con el mismo pasado; se puede repetir."
    ),
    "This attribute was known before the handoff, as it is today; may be repeated.": (
        "Este atributo se conocía antes del traspaso, tal como está hoy; se puede repetir."
    ),
    "Tell results apart by an attribute, such as the channel; may be repeated.": (
        "Separa los resultados por un atributo, como el canal; se puede repetir."
    ),
    "How many people sales can take a week; as many as today when not said.": (
        "Cuántas personas puede atender ventas por semana; si no se dice, tantas como hoy."
    ),
    "Place the threshold where this percentage of those handed over is won.": (
        "Pone el umbral donde se gana este porcentaje de las personas traspasadas."
    ),
    "Propose fit criteria for further attributes, too.": "Propone además criterios de encaje para otros atributos.",
    "Write the proposed model to this file.": "Escribe el modelo propuesto en este archivo.",
}
