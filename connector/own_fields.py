"""List the fields Puente owns in a CRM, in no CRM's words: what is installed, written back and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from connector.domain.person import REJECT_REASONS, STAGES


@dataclass(frozen=True, slots=True)
class OwnField:
    """Describe one own field. `kind` picks the CRM's type; `options` are the values of a choice."""

    name: str
    kind: Literal["text", "long_text", "number", "datetime", "choice"]
    label_es: str
    label_en: str
    description_en: str
    options: tuple[str, ...] = ()


PERSON_FIELDS: Final[tuple[OwnField, ...]] = (
    OwnField("puente_stage", "choice", "Etapa (Puente)", "Stage (Puente)", "Canonical lead stage.", STAGES),
    OwnField("puente_stage_at", "datetime", "Etapa desde", "Stage since", "When the person entered the stage."),
    OwnField("puente_fit", "number", "Encaje con el perfil (%)", "Fit (%)", "Profile match, 0-100."),
    OwnField("puente_fit_confidence", "number", "Completitud del perfil", "Fit completeness", "Known share, 0-1."),
    OwnField("puente_engagement", "number", "Interacción", "Engagement", "Engagement points when last scored."),
    OwnField("puente_grade", "text", "Nota", "Grade", "Letter from fit, digit from engagement (B1)."),
    OwnField("puente_reasons", "long_text", "Motivos", "Reasons", "Why this stage, in plain words."),
    OwnField("puente_journey", "text", "Paso del recorrido", "Journey step", "Furthest step with live evidence."),
    OwnField("puente_nurture_track", "text", "Vía de nutrición", "Nurture track", "Which nurture track fits."),
    OwnField("puente_next_content", "text", "Próximo contenido", "Next content", "Which content to send next."),
    OwnField("puente_next_channel", "text", "Próximo canal", "Next channel", "Which channel to use next."),
    OwnField("puente_missing", "long_text", "Datos que faltan", "What is missing", "Unknown fit criteria."),
    OwnField("puente_handoff_key", "text", "Clave del traspaso", "Handoff key", "Key of the last handoff episode."),
    OwnField(
        "puente_sales_verdict", "choice", "Veredicto de ventas", "Sales verdict", "Sales fill this in.",
        ("accepted", "rejected"),
    ),
    OwnField(
        "puente_reject_reason", "choice", "Motivo de rechazo", "Reject reason", "Sales fill this in.", REJECT_REASONS
    ),
    OwnField("puente_model", "text", "Modelo", "Model", "Name, version and hash of the model that decided."),
    OwnField("puente_scored_at", "datetime", "Evaluado el", "Scored at", "When grade and engagement were computed."),
)  # fmt: skip

TASK_KEY_FIELD: Final = OwnField(
    "puente_task_key", "text", "Clave de tarea (Puente)", "Task key (Puente)", "One task per handoff episode."
)
FIELDS_BY_NAME: Final = {own.name: own for own in (*PERSON_FIELDS, TASK_KEY_FIELD)}
