"""Hold what `puente doctor` says in Spanish: what was found, and the next step where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SPANISH: Final[Mapping[str, tuple[str, str]]] = {
    "not_checked": ("No se pudo comprobar: {error}", "corrija lo que indica y ejecute `puente doctor`"),
    "not_offered": ("No se pudo comprobar: esta cuenta no permite consultarlo", "revíselo en los ajustes del CRM"),
    # la cuenta
    "credentials_ok": ("La cuenta {account} de {crm} responde", ""),
    "credentials_refused": ("{error}", "ponga la credencial en .env o en el entorno y ejecute `puente doctor`"),
    "credentials_untried": ("{error}", "corrija lo que indica y ejecute `puente doctor`"),
    "rights_ok": ("Están todos los permisos que este modelo necesita", ""),
    "rights_untold": (
        "La lectura funciona; la cuenta no dice si esta credencial puede escribir",
        "`puente install --dry-run`, o revise los permisos (scopes) de la aplicación",
    ),
    "rights_lacking": (
        "Puente no puede trabajar sin: {rights}",
        "añada estos permisos a la aplicación (Salesforce: conjunto de permisos `Puente`) y ejecute `puente doctor`",
    ),
    "rights_optional": (
        "Algunas fuentes o `puente install` necesitan: {rights}",
        "añádalos a la aplicación, o déjelo así: la tabla de abajo dice qué falta entonces",
    ),
    "rights_optional_salesforce": (
        "Algunas fuentes de este modelo necesitan lo que el usuario de Puente no ve: {rights}",
        "dele lectura de ello: Configuración > Conjuntos de permisos > Configuración de objetos; o siga sin ello",
    ),
    "version_ok": ("Versión {version} de la API, con servicio al menos hasta el {ends}", ""),
    "version_served": ("La versión {version} de la API tiene servicio", ""),
    "version_ending": (
        "La versión {version} de la API solo tiene servicio hasta el {ends}",
        "{setting}: ponga una más nueva, como {newest}",
    ),
    "version_ended": (
        "La versión {version} de la API no tiene soporte desde el {ends}",
        "{setting}: ponga una más nueva",
    ),
    "version_not_served": ("El CRM no ofrece la versión {version} de la API", "{setting}={newest}"),
    "clock_ok": ("Este reloj y el del CRM coinciden (diferencia de {seconds} s)", ""),
    "clock_off": ("Este reloj y el del CRM difieren en {duration}", "sincronice la hora de este equipo por NTP"),
    "clock_far": (
        "Este reloj y el del CRM difieren en {duration}: se rechazan firmas y accesos firmados",
        "sincronice la hora de este equipo por NTP",
    ),
    "clock_untold": ("El CRM no dice la hora", ""),
    "daily_calls_ok": ("Quedan {left} de las {most} llamadas del día a la API", ""),
    "daily_calls_few": (
        "Solo quedan {left} de las {most} llamadas del día a la API",
        "procese las bases grandes de noche",
    ),
    "daily_calls_none": (
        "Quedan {left} de las {most} llamadas del día y {reserve} son para otros: Puente se detiene",
        "espere a mañana, o amplíe el límite",
    ),
    "daily_calls_none_salesforce": (
        "Quedan {left} de las {most} llamadas de las últimas 24 horas y {reserve} son para otros: Puente se detiene",
        "espere unas horas, porque vuelven hora a hora, o amplíe el límite",
    ),
    "custom_fields_ok": ("Quedan libres {left} de {most} propiedades personalizadas", ""),
    "custom_fields_few": (
        "Solo quedan libres {left} de {most} propiedades personalizadas",
        "elimine en el CRM las que no se usen",
    ),
    "custom_fields_none": (
        "No queda libre ninguna propiedad personalizada (límite {most})",
        "elimine en el CRM las que no se usen",
    ),
    "limits_none": ("Esta credencial no tiene límite diario", ""),
    # nuestros campos, reglas ajenas
    "fields_ok": ("Están los {count} campos de Puente, con los tipos correctos", ""),
    "fields_missing": ("Faltan campos de Puente ({count}): {names}", "`puente install`"),
    "fields_hidden": (
        "La seguridad a nivel de campo oculta campos al usuario de Puente ({count}): {names}",
        "asigne al usuario el conjunto de permisos `Puente`, o ejecute `puente install`",
    ),
    "fields_read_only": (
        "Campos que Puente no puede editar ({count}): {names}",
        "dé al usuario de Puente permiso para editarlos (Salesforce: conjunto de permisos `Puente`)",
    ),
    "fields_type": (
        "Campos con otro tipo que el que Puente escribe ({count}): {names}",
        "lleve sus valores a otro campo, elimínelo en el CRM y ejecute `puente install`",
    ),
    "fields_options": (
        "Campos a los que les faltan opciones ({count}): {names}",
        "`puente install`, o añada las opciones en el CRM",
    ),
    "rules_none": ("Ninguna regla de los administradores lo impide", ""),
    "rules_possible": (
        "Reglas de los administradores que pueden rechazar lo que Puente escribe ({count}): {names}",
        "exima de ellas al usuario de Puente, o asegúrese de que personas y tareas las cumplan",
    ),
    "rules_certain": (
        "Se rechazaría toda tarea de Puente: {names}",
        "haga opcional el campo en el CRM, o dele un valor predeterminado",
    ),
    "mapping_ok": ("El mapeo solo nombra lo que el CRM tiene", ""),
    "mapping_wrong": ("Nombres del mapeo que no están en el CRM ({count}): {names}", "`puente check --live`"),
    # la evidencia
    "signals_ok": ("Hay datos para las {count} señales y solicitudes directas del modelo", ""),
    "signals_some": (
        "Señales y solicitudes directas que no reciben nada ({missing} de {count}): {names}",
        "la tabla de abajo dice por qué; asigne otra fuente en el mapeo, o quítelas del modelo",
    ),
    "signals_none": ("Ninguna señal del modelo recibe datos", "`puente check --live`"),
    "attributes_ok": ("Se pueden leer los {count} atributos del modelo", ""),
    "attributes_some": (
        "Atributos que quedan sin conocer ({missing} de {count}): {names}",
        "la tabla de abajo dice por qué; nombre otro campo en el mapeo, o créelo en el CRM",
    ),
    "attributes_none": ("No se puede leer ningún atributo del modelo", "`puente check --live`"),
    "sample_failed": (
        "Personas de la muestra que no se pudieron leer ({count} de {sampled}): {error}",
        "`puente qualify --all --dry-run`",
    ),
    # quién recibe las tareas
    "routing_ok": ("Responsables del modelo, todos activos: {count}", ""),
    "routing_capacity": ("Responsables activos: {count}; admiten {tasks} tareas nuevas al día", ""),
    "routing_unknown": (
        "El modelo nombra responsables que el CRM no conoce: {names}",
        "corrija `handoff.routing` del modelo",
    ),
    "routing_inactive": (
        "El modelo nombra responsables que ya no están activos: {names}",
        "corrija `handoff.routing` del modelo",
    ),
    "routing_empty": (
        "{count} de {sampled} personas de la muestra no tienen responsable: sus tareas quedarían sin asignar",
        "nombre responsables en `handoff.routing.round_robin` del modelo",
    ),
    "routing_nobody": (
        "Nadie hace turnos: las tareas de personas sin responsable quedarían sin asignar",
        "nombre responsables en `handoff.routing.round_robin` del modelo",
    ),
    # la puerta
    "webhook_none": ("Sin webhook ({name} no está puesto): los cambios se leen cuando Puente se ejecuta", ""),
    "webhook_half": (
        "La configuración del webhook está incompleta: falta {names}",
        "complétela y ejecute `puente doctor`",
    ),
    "webhook_not_https": ("{name}: no es una dirección HTTPS", "escriba https://…, exactamente como en el CRM"),
    "webhook_ok": ("El webhook responde, deja pasar la firma correcta y ninguna otra", ""),
    "webhook_unreachable": ("{name}: ahí no responde nadie ({reason})", "`puente serve`, o despliegue las funciones"),
    "webhook_refused": (
        "El webhook rechaza nuestra firma: {names} no coinciden con los del receptor",
        "ponga los mismos valores en ambos lados",
    ),
    "webhook_odd": (
        "{name}: el webhook responde {status}",
        "mire el registro del receptor; la dirección debe acabar en la ruta del receptor",
    ),
    "webhook_open": (
        "{name}: a una firma falsa se responde {status} en lugar de 401",
        "haga que la dirección lleve al receptor de Puente",
    ),
    # lo que Puente guarda
    "account_differs": (
        "{setting} es {wanted}, y esta es la cuenta {account}: se rechazan sus webhooks",
        "{setting}={account}",
    ),
    "secrets_ok": ("Solo su dueño puede leer .env", ""),
    "secrets_open": ("Otros usuarios de este equipo pueden leer .env", "chmod 600 .env"),
    "secrets_misplaced": ("puente.toml contiene secretos y puede acabar en Git: {names}", "páselos a .env"),
    "state_ok": ("Se puede escribir en {place}", ""),
    "state_new": ("{place} se creará en la primera ejecución", ""),
    "state_at_work": ("Otra ejecución está usando {place}", ""),
    "state_bad": ("No se puede usar {place} ({reason})", "PUENTE_STATE: corrija la ruta o sus permisos"),
    "state_damaged": ("{place} está dañado o no es un archivo de estado", "recupere su copia, o apártelo"),
    "state_table_ok": ("Se puede leer {place}", ""),
    "state_table_bad": (
        "No se puede leer {place}: {reason}",
        "PUENTE_STATE: corrija el nombre, la región o los permisos en AWS",
    ),
    "queue_ok": ("Avisos en espera: {count}", ""),
    "queue_late": (
        "Avisos en espera: {count}, el más antiguo desde hace {duration}; nadie los atiende",
        "`puente serve`",
    ),
    "queue_parked": ("Avisos apartados: {count}", "`puente queue status`"),
    "queue_bad": ("No se puede leer la cola: {reason}", "PUENTE_QUEUE: corrija la dirección o los permisos en AWS"),
}

TALK: Final[Mapping[str, str]] = {
    "check": "Comprobación",
    "state": "Estado",
    "found": "Qué",
    "next": "Siguiente",
    "ok": "bien",
    "warn": "aviso",
    "fail": "falla",
    "good": "Todo está en orden.",
    "warned": "Funciona. Puntos por revisar: {count}.",
    "failed": "Por corregir para que Puente pueda trabajar: {count}.",
    "coverage": "De qué se alimenta este modelo, probado con {count} personas que cambiaron hace poco",
    "rule": "Regla",
    "source": "De",
    "people": "Personas",
    "supplied": "sí",
    "stand_in": "solo como contador",
    "missing": "no",
    "supply": "Hay datos",
    "signal": "Señales",
    "hand_raise": "Solicitudes directas",
    "attribute": "Atributos",
    "why_tier": "la edición de la cuenta no la incluye",
    "why_scope": "la aplicación no tiene el permiso (scope)",
    "why_permission": "el usuario no tiene permiso",
    "why_not_offered": "la cuenta no la ofrece",
    "why_missing_property": "la propiedad no existe",
    "why_missing_field": "el campo no existe o está oculto",
    "why_not_mapped": "el mapeo no tiene ninguna entrada para ella",
    "name_credentials": "credenciales",
    "name_rights": "permisos",
    "name_version": "versión de API",
    "name_clock": "reloj",
    "name_limits": "límites",
    "name_fields": "campos",
    "name_rules": "reglas",
    "name_mapping": "mapeo",
    "name_sample": "personas",
    "name_signals": "señales",
    "name_attributes": "atributos",
    "name_routing": "reparto",
    "name_webhook": "webhook",
    "name_secrets": "secretos",
    "name_state": "estado",
    "name_queue": "cola",
}
