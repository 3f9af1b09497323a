"""Hold what the commands that study the whole base say in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STUDY_ES: Final[Mapping[str, str]] = {
    "study_extra": "Faltan las bibliotecas para bases enteras — instálelas: pip install 'puente-crm[study]'",
    "snapshot_progress": "Copiando",
    "snapshot_resumes": "Se sigue con la copia interrumpida: ya están aquí {count} personas.",
    "snapshot_foreign": "{folder}: contiene otros archivos y ninguna copia — ponga otra carpeta en PUENTE_SNAPSHOT",
    "snapshot_busy": "{folder}: otra ejecución está copiando ahí — espere a que termine",
    "snapshot_other": "{folder}: contiene la copia de {theirs}, y las credenciales son de {ours} — ponga otra carpeta"
    " en PUENTE_SNAPSHOT, o reemplace la copia con `puente snapshot --full`",
    "snapshot_damaged": "{path}: falta o está dañado — borre la copia con `puente snapshot purge` y hágala de nuevo",
    "snapshot_no_attribute": "--without: {names}: el mapeo no tiene ese atributo — tome los nombres del mapeo",
    "snapshot_done": "La base está copiada en {folder}.",
    "snapshot_updated": "La copia de {folder} está al día.",
    "snapshot_what": "Qué",
    "snapshot_count": "Cantidad",
    "snapshot_listed": "personas que dio el CRM",
    "snapshot_people": "  guardadas",
    "snapshot_gone": "  borradas o fusionadas",
    "snapshot_failed": "  no se pudieron leer",
    "snapshot_events_read": "eventos leídos",
    "snapshot_events": "  guardados",
    "snapshot_repeated": "  otras versiones del mismo evento",
    "snapshot_empty": "  contadores en cero",
    "snapshot_unavailable": "No disponible en esta cuenta: {source} ({why})",
    "snapshot_until": "Se puede leer hasta el {day}; `puente snapshot purge` la borra antes.",
    "snapshot_again": "Hubo personas que no se pudieron leer — ejecute otra vez `puente snapshot`: las pide de nuevo.",
    "snapshot_purged": "{folder}: la copia está borrada.",
    "snapshot_would_purge": "{folder}: hay una copia; sin --dry-run se borraría.",
    "snapshot_nothing": "{folder}: no hay ninguna copia.",
    "plan_progress": "Planificando",
    "shadow_alone": "{option}: trata de planes y no va con --from-shadow — quite una de las dos opciones",
    "purge_what": "--purge: va con --from-shadow — añádala; `puente snapshot purge` borra la copia de la base",
    "shadow_purged": "Lo guardado de {count} personas está borrado. Con PUENTE_SHADOW_MODEL puesto, las próximas"
    " decisiones empiezan de nuevo.",
    "shadow_nothing": "No hay nada guardado de ninguna sombra.",
    "page_written": "La página está en {path}.",
    "apply_progress": "Aplicando",
    "show_alone": "--show: enseña un plan ya hecho y no se combina con --model, --out, --compare ni --per-rep-per-day —"
    " quite unas opciones u otras",
    "cannot_write": "{path}: no se puede escribir ({reason}) — corrija la ruta o los permisos, o libere espacio",
    "cloud_needs_queue": "--cloud: PUENTE_QUEUE no nombra ninguna cola SQS — ponga la dirección de la cola desplegada",
}
