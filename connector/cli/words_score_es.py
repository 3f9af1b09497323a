"""Hold what `import hubspot-score` says in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCORE_ES: Final[Mapping[str, str]] = {
    "score_head": "Hecho por `puente import hubspot-score` a partir de: {names}.",
    "score_head_out": "Quedó fuera ({count}):",
    "score_exists": "{names}: ya existe — añada --force para sobrescribir o indique otro archivo",
    "score_ask": "{names}: ya existe. ¿Sobrescribir?",
    "score_limit_alone": "--limit, --threshold y --out-parity tratan de la comparación — quite --no-parity",
    "score_no_output": "HubSpot no dice en qué propiedad está esta puntuación: no hay nada que comparar.",
    "score_progress": "Comparando",
    "score_from": "De HubSpot: {names}.",
    "score_made": "Resultado: criterios de encaje {criteria}, exclusiones {exclusions}, señales {signals}.",
    "score_kept_fit": "No dice nada del encaje: quedan los criterios de su modelo.",
    "score_kept_engagement": "No dice nada de la interacción: quedan las señales de su modelo.",
    "score_threshold": "Encaja desde {pct} % ({points} puntos en HubSpot).",
    "score_no_threshold": "HubSpot no tiene etiquetas para el encaje: queda el umbral de su modelo; revíselo.",
    "score_enter": "MQL desde {points} puntos, donde empieza la etiqueta más alta de HubSpot.",
    "score_no_enter": "HubSpot no tiene etiquetas para la interacción: queda `stages.mql.enter` de su modelo;"
    " revíselo.",
    "score_nothing": "Nada de ello se puede decir en un modelo; no se escribió nada.",
    "score_left_out": "Sin equivalente, queda fuera ({count}):",
    "score_altered": "No es exactamente igual ({count}):",
    "score_exact": "Todas las reglas tienen equivalente.",
    "score_place": "{group}, regla {rule}",
    "score_points": "{points} puntos",
    "gap_operator": "la comparación {detail} no tiene equivalente — escriba una condición a mano, o haga que un flujo"
    " de trabajo rellene una propiedad",
    "gap_history": "{detail} mira el pasado de una propiedad, y una condición ve el presente — haga que un flujo de"
    " trabajo rellene una propiedad",
    "gap_date": "{detail} es una fecha fija o de calendario — haga que un flujo de trabajo rellene una propiedad",
    "gap_comparison": "{detail} compara dos propiedades — haga que un flujo de trabajo rellene una propiedad",
    "gap_segment": "pertenencia a las listas {detail} — una señal de tipo list_joined se acerca; para el perfil, haga"
    " que un flujo de trabajo rellene una propiedad",
    "gap_association": "registros relacionados ({detail}) — Puente lee la empresa principal y los negocios (atributos"
    " `from: deals`)",
    "gap_constant": "puntos para todo el mundo — baje en cambio el umbral otro tanto",
    "gap_event": "Puente no lee los eventos {detail} — haga que un flujo de trabajo los cuente en una propiedad y"
    " póngala en el mapeo como contador",
    "gap_form_name": "formularios {detail}: HubSpot no dice sus nombres — conceda el permiso forms y repita",
    "gap_unmapped": "al mapeo le falta la propiedad — repita con --out-mapping ARCHIVO, o añada en attributes:"
    " {detail}",
    "gap_no_property": "HubSpot no muestra ninguna propiedad {detail} — conceda el permiso para verla y repita",
    "gap_type": "el mapeo lee {detail} con otro tipo que el que compara la regla — corrija allí el tipo",
    "gap_engagement_property": "la propiedad {detail} no es un evento — un criterio de encaje, si dice quién es la"
    " persona; un contador en el mapeo, si cuenta",
    "gap_kind_unmapped": "el mapeo no produce {detail} — añádalo en events",
    "gap_event_property": "el mapeo no conserva {detail} de estos eventos — añádalo en `set`",
    "gap_values_joined": "el mapeo da un mismo nombre a varios valores de {detail}: la regla los abarca ahora todos",
    "gap_related": "HubSpot mira todas las empresas de la persona; Puente, la principal",
    "gap_excluded": "quita tanto como puede dar todo lo demás: pasó a ser una exclusión",
    "gap_rule_limit": "el límite de {points} es de toda la regla: ahora lo tiene cada una de sus señales",
    "gap_fit_limit": "el límite del grupo, {points}, no tiene equivalente en el encaje: sus criterios pueden superarlo",
    "gap_lower_limit": "lo mínimo del grupo, {points}, no tiene equivalente: un tope vale en los dos sentidos",
    "gap_frequency": "puntos según cuántas veces: ahora lo mismo por cada evento, {points} al llegar a {detail}",
    "gap_counter": "puntos desde cierto número: ahora lo mismo por cada {detail}",
    "gap_decay": "HubSpot descuenta en línea recta, la vida media en curva: la mitad se ha ido a los {detail} días en"
    " ambos, y todo al final de la ventana",
    "gap_one_number": "un número pasó a ser dos ejes: quién encaja y quién está activo",
    "gap_segments": "HubSpot puntúa solo ciertas listas; Puente, a todo el mundo — añada fit.exclusions",
    "score_added": "Añadido al mapeo: {names}.",
    "score_written": "El modelo está en {path}. Revíselo y vea quién se mueve: `puente plan --model {path}`",
    "score_mapping_written": "El mapeo está en {path}; use ambos juntos: --mapping {path}",
    "score_kept": "No se escribió nada; --out ARCHIVO guarda el modelo.",
    "score_parity": "{property}: la puntuación de HubSpot junto a la del modelo, {people} personas",
    "score_failed": "{count} personas no se pudieron leer y no están aquí.",
    "score_blank": "{count} no tienen puntuación en HubSpot; cuentan como 0.",
    "score_rank": "Concordancia de orden (Spearman): {value}, intervalo del 95 % de {low} a {high}.",
    "score_no_rank": "Concordancia de orden: no definida si todas tienen la misma puntuación o son menos de cuatro.",
    "score_same": "Iguales hasta medio punto: {count} ({pct} %); de media, {mean} puntos de diferencia.",
    "score_hands": "Desde {threshold} puntos: {both} en ambos, {gained} solo en Puente, {lost} solo en HubSpot.",
    "score_no_hands": "HubSpot no tiene etiqueta para esta suma; --threshold PUNTOS dice quién cambiaría de manos.",
    "score_biggest": "Las mayores diferencias",
    "score_person": "Persona",
    "score_theirs": "HubSpot",
    "score_ours": "Puente",
    "score_why": "De qué se compone",
    "score_lines": "Puente: {lines}",
    "score_unknown": "sin conocer: {names}",
    "score_changes": "HubSpot, lo último: {names}",
    "score_parity_written": "La línea de cada persona está en {path}.",
}
