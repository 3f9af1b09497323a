"""Hold the Spanish of the help of `plan` and `apply`, by its English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HELP_PLAN_ES: Final[Mapping[str, str]] = {
    "See what a model would do to everybody, before anybody feels it.": (
        "Muestra lo que un modelo haría con toda la base, antes de que nadie lo note."
    ),
    "Say who would change their stage and why, what sales would get and what it costs; keep it as a plan.": (
        "Dice quién cambiaría de etapa y por qué, qué recibiría ventas y cuánto cuesta; lo guarda como plan."
    ),
    "Reads the snapshot (`puente snapshot`) and writes nothing to the CRM. `puente apply PLAN` does exactly what the"
    " plan says.": (
        "Lee la copia (`puente snapshot`) y no escribe nada en el CRM. `puente apply PLAN` hace exactamente lo que dice"
        " el plan."
    ),
    "The model to plan, instead of the one in force (PUENTE_MODEL).": (
        "El modelo que se planifica, en lugar del que está en vigor (PUENTE_MODEL)."
    ),
    "Where to keep the plan; .puente/plan.jsonl when not said.": (
        "Dónde guardar el plan; si no se dice, en .puente/plan.jsonl."
    ),
    "Another model, to show beside it; no plan of it is kept.": (
        "Otro modelo, para verlo al lado; su plan no se guarda."
    ),
    "Write the plan as one page with plots, too.": "Escribe además el plan como una página con gráficos.",
    "Show a plan that was kept, instead of making one.": "Muestra un plan guardado, en lugar de hacer otro.",
    "Compare the candidate (PUENTE_SHADOW_MODEL) with the model in force by what both decided on live doorbells.": (
        "Compara el candidato (PUENTE_SHADOW_MODEL) con el modelo en vigor, según lo que ambos decidieron ante avisos"
        " en vivo."
    ),
    "With --from-shadow: remove what is stored of it instead.": "Con --from-shadow: borra en cambio lo guardado.",
    "Spread new tasks: at most N a day per rep.": "Escalona las tareas nuevas: como mucho N al día por persona.",
    "Do exactly what a plan says, and account for every line of it.": (
        "Hace exactamente lo que dice un plan y da cuenta de cada línea."
    ),
    "Write what a plan of `puente plan` says: everybody is read again, and whoever changed since is skipped.": (
        "Escribe lo que dice un plan de `puente plan`: se vuelve a leer a cada persona y se omite a quien cambió desde"
        " entonces."
    ),
    "Safe to repeat and to interrupt: it goes on where it was. Refuses a plan that was edited, is too old, or whose"
    " model is another.": (
        "Se puede repetir e interrumpir: sigue donde estaba. Rechaza un plan editado, demasiado antiguo o de otro"
        " modelo."
    ),
    "The model that was planned, when it is neither in force nor where it was.": (
        "El modelo que se planificó, si no está en vigor ni donde estaba."
    ),
    "Only the next N people of the plan.": "Solo las N personas siguientes del plan.",
    "At most N new tasks a day per rep.": "Como mucho N tareas nuevas al día por persona.",
    "Let the functions in AWS do it: ring for everybody in their queue.": (
        "Que lo hagan las funciones en AWS: pone un aviso por persona en su cola."
    ),
    "Check everybody again; write nothing anywhere.": "Vuelve a comprobar a todos; no escribe nada en ningún sitio.",
}
