"""Hold what `puente install` and `puente uninstall` say in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INSTALL_ES: Final[Mapping[str, str]] = {
    "field": "Parte",
    "of": "De",
    "file": "Archivo",
    "state_of_field": "Estado",
    "records_of_field": "Valores",
    "install_exists": "sin cambios",
    "install_missing": "por crear",
    "install_outdated": "por cambiar",
    "install_conflict": "en conflicto",
    "install_created": "creado",
    "install_changed": "cambiado",
    "install_differs": "distinto",
    "install_skipped": "sin crear",
    "install_edited": "cambiado a mano",
    "install_installed": "por eliminar",
    "install_foreign": "se queda",
    "install_removed": "eliminado",
    "install_ask": "¿Crear o cambiar lo que hace falta ({count}) en {crm}?",
    "install_needs_yes": "No hay terminal donde preguntar — repita la orden con --yes",
    "install_nothing": "No falta nada: no se ha escrito nada.",
    "install_look_at_fields": "El conjunto de permisos `Puente` muestra a su usuario nuestros campos, no los estándar: "
    "`puente doctor` nombra los que no ve.",
    "install_done": "Creados: {created}. Cambiados: {changed}. Siguiente: puente doctor",
    "install_declined": "No se ha creado nada.",
    "install_conflict_note": (
        "No se ha escrito nada: el CRM tiene ya lo marcado «en conflicto», pero distinto. Lleve sus valores a"
        " otro sitio, elimínelo allí y repita la orden."
    ),
    "install_differs_note": (
        "Lo «distinto» no quedó como debe: mire en el CRM qué lo impide (un flujo inactivo se activa en Setup > Flows)."
    ),
    "install_not_here": "{option}: no tiene sentido con {crm} — quite la opción o elija otro CRM con --crm",
    "install_relay_of_cdc": "--relay-to: solo con --doorbell cdc — añádalo o quite --relay-to",
    "install_relay_next": (
        "El Event Relay está parado: acepte en AWS la fuente de eventos de Salesforce y póngalo en marcha"
        " (docs/how-to/deploy.md)."
    ),
    "install_channel_next": (
        "El canal Puente__chn está listo; falta quien lo lleve a AWS: repita con --relay-to REGION:CUENTA, o use"
        " AppFlow."
    ),
    "install_files_edited": (
        "{folder}: hay {count} archivos que alguien ha cambiado — apártelos, elija otra carpeta o repita con"
        " --overwrite"
    ),
    "install_project_next": "Escrito en {folder}. Siguiente, en esa carpeta: hs project upload",
    "install_source_next": "Escrito en {folder}. Siguiente, en esa carpeta: sf project deploy start",
    "uninstall_ask": "¿Eliminar {count} partes de {crm}, con los valores que contienen?",
    "uninstall_declined": "No se ha eliminado nada.",
    "uninstall_nothing": "No hay nada de Puente que eliminar.",
    "uninstall_done": "Eliminadas: {count}.",
    "uninstall_tasks_stay": "Se quedan {count} tareas abiertas de Puente: son de ventas (--tasks las borra).",
    "uninstall_tasks_go": "Tareas abiertas de Puente que se borran: {count}.",
    "uninstall_tasks_unknown": (
        "No se sabe cuántas tareas abiertas son de Puente: la cuenta no deja buscarlas por su clave."
    ),
    "uninstall_left_hubspot": (
        "Quedan la aplicación (se desinstala en HubSpot: Configuración > Integraciones > Aplicaciones conectadas) y las"
        " fases del ciclo de vida, que son de HubSpot. Las propiedades están 90 días entre las archivadas."
    ),
    "uninstall_left_salesforce": (
        "Quedan la aplicación cliente externa y las etapas propias del CRM. Los campos están 15 días en Setup > Object"
        " Manager > Deleted Fields."
    ),
}
