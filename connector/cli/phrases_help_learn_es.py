"""Hold the Spanish of the help of `backtest`, `calibrate` and `report`, by its English."""

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
    "Write the page for the weekly meeting: what to change on Monday, and why.": (
        "Escribe la página para la reunión semanal: qué cambiar el lunes, y por qué."
    ),
    "Say what to change on Monday, with the numbers behind it, as one page to project and to print.": (
        "Dice qué cambiar el lunes, con los números que lo sostienen, en una página para proyectar e imprimir."
    ),
    "Reads the snapshot (`puente snapshot`); asks the CRM nothing. The page loads nothing from anywhere.": (
        "Lee la copia (`puente snapshot`) y no pregunta nada al CRM. La página no carga nada de ningún sitio."
    ),
    "Where to write the page; .puente/report.html when not said.": (
        "Dónde escribir la página; si no se dice, .puente/report.html."
    ),
    "How many weeks to look at, beside as many before.": "Cuántas semanas se miran, junto a otras tantas anteriores.",
    "The attribute that names the channel; source when not said.": (
        "El atributo que dice el canal; si no se dice, source."
    ),
    "Instead of PUENTE_LOCALE.": "En lugar de PUENTE_LOCALE.",
}
