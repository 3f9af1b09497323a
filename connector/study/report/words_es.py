"""Hold what the report says in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPORT_ES: Final[Mapping[str, str]] = {
    # the head
    "title": "Informe de leads · últimas {weeks} semanas",
    "title_one": "Informe de leads · última semana",
    "span": "Del {since} al {until} · {people} personas en la base",
    "span_one": "Del {since} al {until} · {people} personas en la base",
    "terms": "MQL: lead que por encaje y puntos se traspasa a ventas para que lo revise. SQL: lead que ventas aceptó"
    " o que pidió que le contacten.",
    "sheet": "{crm}, cuenta {account} · {day}",
    "monday": "Qué cambiar el lunes",
    "quality_first": "En las últimas {weeks} semanas ventas aceptó {share} de los leads a los que respondió{change}.",
    "quality_first_one": "En la última semana ventas aceptó {share} de los leads a los que respondió{change}.",
    "quality_unanswered": "Ventas no ha respondido a ningún lead en estas semanas: pedirle que marque aceptado o"
    " rechazado, y el motivo.",
    "was": ", frente a {share} en las {weeks} anteriores",
    "was_one": ", frente a {share} en la anterior",
    "was_up": ", frente a {share} en las {weeks} anteriores",
    "was_up_one": ", frente a {share} en la anterior",
    "was_down": ", frente a {share} en las {weeks} anteriores",
    "was_down_one": ", frente a {share} en la anterior",
    "trend_fell": "La caída es significativa.",
    "trend_rose": "La subida es significativa.",
    "trend_even": "La diferencia no es significativa.",
    "cause_within_channel": "La caída está sobre todo en el canal «{group}»: {share}, frente a {before} antes; en los"
    " demás, {others}, frente a {others_before}.",
    "cause_within_owner": "La caída está sobre todo con el responsable {group}: {share}, frente a {before} antes; con"
    " los demás, {others}, frente a {others_before}.",
    "cause_mix_channel": "La explican los canales: llegan más leads de los que ventas acepta menos; dentro de cada"
    " canal la diferencia no es significativa.",
    "cause_mix_owner": "La explican los responsables: responden más los que aceptan menos; dentro de cada uno la"
    " diferencia no es significativa.",
    "cause_unknown": "Ni el canal ni el responsable la explican: con estos datos no se puede decir por qué.",
    "new_model_even": "Coincide con el modelo {version}, desde el {since}, pero eso no la prueba: ventas aceptó"
    " {later} de los leads traspasados desde entonces y {earlier} de los anteriores, sin diferencia significativa.",
    "new_model_differs": "Coincide con el modelo {version}, desde el {since}: ventas aceptó {later} de los leads"
    " traspasados desde entonces y {earlier} de los anteriores, una diferencia significativa.",
    "nothing": "Nada destaca más allá del azar: ninguna regla, canal o paso muestra una diferencia significativa.",
    "too_early": "Es pronto para saber qué reglas y canales ganan: del último año solo {count} traspasos son lo"
    " bastante antiguos ({days} días) para juzgarlos.",
    "no_wins": "No se ganó ningún negocio entre los traspasos del último año; las reglas y los canales se juzgan por"
    " lo que aceptó ventas.",
    "nobody": "En la copia de la base no hay nadie.",
    "stale": "La copia de la base tiene {days} días: actualizarla con `puente snapshot` antes de la reunión.",
    "act_run": "Ejecutar:",
    "act_see": "Ver la sección {number}",
    # findings
    "finding_orphans": "Asignar {count} leads traspasados que no están en manos de nadie: su tarea ya no existe o no"
    " tiene responsable.",
    "finding_orphans_one": "Asignar 1 lead traspasado que no está en manos de nadie: su tarea ya no existe o no tiene"
    " responsable.",
    "finding_late": "Atender hoy {count} leads que esperan más del plazo acordado (SLA), {most} de ellos con {owner}."
    " En estas semanas se atendió a tiempo {kept} de los traspasos.",
    "finding_late_one": "Atender hoy 1 lead que espera más del plazo acordado (SLA), con {owner}. En estas semanas se"
    " atendió a tiempo {kept} de los traspasos.",
    "finding_late_all": "Atender hoy {count} leads que esperan más del plazo acordado (SLA), todos con {owner}. En"
    " estas semanas se atendió a tiempo {kept} de los traspasos.",
    "finding_late_all_one": "Atender hoy 1 lead que espera más del plazo acordado (SLA), con {owner}. En estas"
    " semanas se atendió a tiempo {kept} de los traspasos.",
    "finding_slow": "Acordar un plazo que se pueda cumplir, o menos traspasos: solo se atendió a tiempo {kept} de"
    " ellos.",
    "finding_harmful_signal_won": "Bajar los puntos de «{rule}» (ahora {points}; el comando calcula cuántos). De los"
    " traspasos del último año se ganó {share} de los que la cumplían, frente a {others} de los que no. En estas"
    " semanas se aplicó a {people} personas.",
    "finding_harmful_signal_accepted": "Bajar los puntos de «{rule}» (ahora {points}; el comando calcula cuántos)."
    " Ventas aceptó {share} de los leads que la cumplían, frente a {others} de los que no. En estas semanas se aplicó"
    " a {people} personas.",
    "finding_harmful_penalty_won": "Suavizar o quitar «{rule}», que resta en vez de sumar (ahora {points}). De los"
    " traspasos del último año se ganó {share} de los que la cumplían, frente a {others} de los que no.",
    "finding_harmful_penalty_accepted": "Suavizar o quitar «{rule}», que resta en vez de sumar (ahora {points})."
    " Ventas aceptó {share} de los leads que la cumplían, frente a {others} de los que no.",
    "finding_harmful_criterion_won": "Bajar el peso de «{rule}» (ahora {points}) o corregir el criterio: se ganó"
    " {share} de los traspasos que lo cumplen, frente a {others} de los que no.",
    "finding_harmful_criterion_accepted": "Bajar el peso de «{rule}» (ahora {points}) o corregir el criterio: ventas"
    " acepta {share} de los leads que lo cumplen, frente a {others} de los que no.",
    "finding_harmful_hand_raise_won": "Revisar qué formularios cuentan como «{rule}»: se ganó {share} de los"
    " traspasos con esa solicitud, frente a {others} de los demás.",
    "finding_harmful_hand_raise_accepted": "Revisar qué formularios cuentan como «{rule}»: ventas aceptó {share} de"
    " los leads con esa solicitud, frente a {others} de los demás.",
    "also_within": "La diferencia también es significativa dentro de un mismo canal.",
    "finding_dead": "Corregir o quitar {count} reglas que no se cumplieron nunca, por ejemplo «{rule}».",
    "finding_dead_one": "Corregir o quitar la regla «{rule}»: no se cumplió nunca.",
    "finding_channel_worse": "Gastar menos en el canal «{channel}» o exigir más puntos a sus leads: se ganó {share}"
    " de sus traspasos, frente a {others} en los demás. En el último año trajo {handed} de los traspasos y {wins} de"
    " los clientes.",
    "finding_channel_better": "Invertir más en el canal «{channel}»: se ganó {share} de sus traspasos, frente a"
    " {others} en los demás. En el último año trajo {handed} de los traspasos y {wins} de los clientes.",
    "finding_rejected_fit": "Repasar con ventas los criterios de encaje: de los leads a los que respondió, rechazó"
    " {share} por no encajar, frente a {before} antes.",
    "finding_rejected_timing": "Revisar el umbral de MQL, {enter} puntos: de los leads a los que respondió, ventas"
    " rechazó {share} por llegar demasiado pronto, frente a {before} antes.",
    "finding_rejected_no_response": "Acortar el primer contacto: de los leads a los que respondió, ventas rechazó"
    " {share} porque el lead no responde, frente a {before} antes.",
    "finding_rejected": "Acordar con marketing qué hacer: de los leads a los que respondió, ventas rechazó {share}"
    " por «{reason}», frente a {before} antes.",
    "finding_acceptance_fell": "Repasar con ventas los {count} rechazos de estas semanas, persona por persona. El"
    " motivo más frecuente es «{reason}»: {share} de los rechazos, frente a {before} antes.",
    "finding_acceptance_fell_one": "Repasar con ventas el rechazo de estas semanas: «{reason}».",
    "finding_passage_fell": "Averiguar por qué menos personas pasan de {origin} a {target}: {share}, frente a"
    " {before} en las semanas anteriores.",
    "finding_won_unseen": "Adelantar el traspaso: {share} de los clientes del último año ya tenían un negocio antes"
    " de que nadie los traspasara.",
    "finding_blocked": "Completar «{attribute}»: falta en {most} de las {count} personas que tienen los puntos de un"
    " MQL y de las que no se sabe si encajan.",
    "finding_blocked_all": "Completar «{attribute}»: falta en las {count} personas que tienen los puntos de un MQL y"
    " de las que no se sabe si encajan.",
    "finding_blocked_all_one": "Completar «{attribute}»: falta en 1 persona que tiene los puntos de un MQL y de la"
    " que no se sabe si encaja.",
    "finding_blind": "Revisar el acceso: esta cuenta no da «{source}» y {count} reglas del modelo no se pueden"
    " cumplir.",
    "finding_blind_one": "Revisar el acceso: esta cuenta no da «{source}» y 1 regla del modelo no se puede cumplir.",
    "finding_drift": "Revisar el umbral de {enter} puntos: ahora lo superan {now} personas; al empezar el periodo"
    " eran {before}.",
    "finding_not_applied": "Aplicar el modelo en vigor, {name}: a {count} personas las puntuó por última vez otro.",
    "finding_not_applied_one": "Aplicar el modelo en vigor, {name}: a 1 persona la puntuó por última vez otro.",
    # tiles
    "tile_accepted": "Aceptados por ventas",
    "tile_won": "Traspasos ganados",
    "tile_kept": "Atendidos a tiempo",
    "tile_touch": "Primer contacto (mediana)",
    "tile_before": "antes: {value}",
    "tile_of": "{hits} de {count}",
    "tile_horizon": "de los de más de {days} días",
    "tile_judged": "de los traspasos vencidos o ya atendidos",
    "tile_answered": "de los leads con respuesta de ventas",
    "tile_answers": "«Aceptados por ventas» cuenta las respuestas de estas semanas, también a leads traspasados"
    " antes; no es el paso MQL → SQL de la sección 1.",
    "tile_unread": "no se leen los correos que escriben los comerciales",
    "tile_business": "en horas laborables",
    "tile_contacted": "solo de los {contacted} contactados; {untouched} sin atender",
    "agreed": "Plazo (SLA): MQL {mql} h, SQL {sql} h laborables",
    "tile_p90": "uno de cada diez: más de {value}",
    "hours": "{value} h",
    "days": "{value} d",
    "unknown": "–",
    "quoted": "«{text}»",
    "few": "{hits} de {count}",
    "some": "{pct} ({hits} de {count})",
    "interval_text": "95 %: {range}",
    "part": "el {share}",
    # headings
    "funnel": "De lead a cliente",
    "channels": "Canales",
    "rules": "Qué aportan las reglas",
    "service": "Tiempo hasta el primer contacto",
    "scores": "Distribución de puntos",
    "model": "Qué cambió en el modelo",
    "quality": "Hasta dónde fiarse de los datos",
    "numbers": "Los números",
    "how": "Cómo se cuenta",
    "on_screen": "En pantalla, debajo de cada gráfico se despliegan sus números y cómo se cuentan.",
    "alt_funnel": "Barras: personas que llegaron a cada paso en estas semanas y en las anteriores",
    "alt_channels": "Puntos con intervalo: porcentaje ganado por canal",
    "alt_rules": "Puntos con intervalo: porcentaje con la regla y porcentaje sin ella",
    "alt_reasons": "Barras: por qué rechazó ventas",
    "alt_scores": "Columnas: personas por puntos, al empezar el periodo y ahora",
    "alt_late": "Barras: sin atender pasado el plazo, por responsable",
    "alt_completeness": "Barras: porcentaje de personas de las que se conoce cada atributo",
    # the funnel
    "this_period": "últimas {weeks} semanas",
    "this_period_one": "última semana",
    "period_before": "las {weeks} semanas anteriores",
    "period_before_one": "la semana anterior",
    "step": "Paso",
    "step_came": "Nuevos",
    "step_mql": "MQL o posterior",
    "step_sql": "SQL o posterior",
    "step_opportunity": "Negocios",
    "step_customer": "Ganados",
    "bar_before": "antes: {value}",
    "short_came": "lead nuevo",
    "short_mql": "MQL",
    "short_sql": "SQL",
    "short_opportunity": "negocio",
    "short_customer": "cliente",
    "passage": "De → a",
    "went_on": "Siguieron",
    "before": "Antes",
    "median_days": "Tiempo (mediana)",
    "n": "n",
    "interval": "Intervalo del 95 %",
    "passage_text": "avanza {share} · mediana {days}",
    "passage_text_untimed": "avanza {share}",
    "passage_running": "{hits} de {count} por ahora: suele tardar más que este periodo",
    "running": "en curso",
    "funnel_reads": "Cada barra cuenta a quienes llegaron a ese paso en el periodo: en las últimas hay personas que"
    " habían entrado antes. «Avanza» sigue solo a quienes llegaron al paso en el periodo.",
    "funnel_how": "Llegar a un paso incluye haber llegado a uno posterior: quien pide una demo es SQL sin haber sido"
    " MQL. «Avanza» cuenta a quienes llegaron al paso siguiente antes del fin del periodo; las semanas anteriores se"
    " muestran como estaban a su propio término, para que ambas tengan el mismo tiempo. Los tiempos son de quienes"
    " dieron el paso en estas semanas y habían estado en el anterior; con menos de cinco no se dan. Un paso está en"
    " curso cuando en el último año solía tardar más de medio periodo.",
    "funnel_undated": "{count} personas están con ventas desde una fecha que se desconoce; aquí no se cuentan.",
    "funnel_undated_one": "1 persona está con ventas desde una fecha que se desconoce; aquí no se cuenta.",
    "no_history": "Esta copia no tiene el historial de las etapas, solo la actual y su fecha: de quienes avanzaron"
    " falta la fecha de los pasos anteriores. Para tenerlo: `puente snapshot --history --full`.",
    "no_deals": "La cuenta no deja leer los negocios: ganado es quien llegó a cliente en el CRM.",
    # channels
    "shows_won": "Porcentaje de traspasos ganados en el último año, por canal.",
    "shows_rule_won": "Porcentaje de traspasos ganados en el último año, con la regla y sin ella.",
    "shows_rule_accepted": "Porcentaje de leads aceptados por ventas, con la regla y sin ella.",
    "channel": "Canal",
    "channel_none": "canal desconocido",
    "channel_other": "los demás",
    "leads": "Nuevos en un año",
    "mql": "→ MQL",
    "sql": "MQL → SQL",
    "won": "Ganados",
    "handed": "Traspasos de estas semanas",
    "verdict": "Conclusión",
    "standing_better": "mejor",
    "standing_worse": "peor",
    "standing_untold": "sin diferencia significativa",
    "standing_few": "muy pocos para comparar",
    "standing_by_channel": "sin diferencia significativa dentro de un mismo canal",
    "standing_everybody": "la cumplen todos los traspasados: no hay con qué comparar",
    "channels_how": "Personas nuevas de las últimas 52 semanas según el atributo `{attribute}`, como está hoy."
    " «Ganados» es de los traspasos de más de {days} días: en ese plazo se ganaron 4 de cada 5 clientes. La línea es"
    " la media de todos. Mejor o peor se dice solo cuando la diferencia con los demás canales es significativa,"
    " corregida por cuántos se comparan.",
    "channels_none": "Ningún atributo dice el canal: indique uno con --channel.",
    "mark_all": "media: {value}",
    # rules
    "rule": "Regla",
    "kind_signal": "Señales",
    "kind_criterion": "Criterios de encaje",
    "kind_hand_raise": "Solicitudes directas",
    "points": "Puntos",
    "points_signal": " · {points} p.",
    "points_criterion": " · peso {points}",
    "fired": "Se aplicó a",
    "accepted": "Aceptados",
    "rejected": "Rechazados",
    "with_rule": "Ganados con ella",
    "without_rule": "Ganados sin ella",
    "with_accepted": "Aceptados con ella",
    "without_accepted": "Aceptados sin ella",
    "standing_harmful": "contradice sus puntos",
    "standing_helpful": "confirma sus puntos",
    "standing_dead": "no se cumplió nunca",
    "today": "según el valor de hoy",
    "legend_interval": "porcentaje con su intervalo del 95 %",
    "legend_better": "significativamente mejor que los demás",
    "legend_worse": "significativamente peor",
    "legend_helpful": "confirma sus puntos (significativo)",
    "legend_harmful": "contradice sus puntos (significativo)",
    "legend_with": "con la regla (intervalo del 95 %)",
    "legend_without": "sin ella",
    "too_few": "Muy pocos traspasos para un gráfico: cada porcentaje está en los números.",
    "never_fired": "No se cumplieron nunca: {rules}.",
    "never_fired_one": "No se cumplió nunca: {rules}.",
    "reasons": "Por qué rechazó ventas",
    "no_reasons": "Ventas no rechazó a nadie en estas semanas.",
    "no_reason": "motivo no indicado",
    "no_response": "el lead no responde",
    "rules_how": "De todas las personas traspasadas, una regla cuenta si se había cumplido antes del traspaso; lo que"
    " pasó después no entra. Ganados son los traspasos de las últimas 52 semanas de más de {days} días. «Se aplicó a»"
    " son las personas de estas semanas; de un criterio, quienes lo cumplen ahora. «Según el valor de hoy» señala las"
    " reglas que miran un atributo cuyo historial no guarda el CRM. Una regla que contradice sus puntos se compara"
    " también dentro de cada canal (Mantel-Haenszel). La línea es la media de todos.",
    "counters": "De {kinds} solo se conoce la cifra de hoy: no cuenta antes de los traspasos, salvo si apenas se"
    " mueve después.",
    "rules_none": "Todavía no se pudo juzgar ningún traspaso.",
    # service
    "service_line": "{handed} traspasos: {clauses}.",
    "clause_judged": "{count} vencidos o ya atendidos ({kept} a tiempo)",
    "clause_pending": "{count} aún en plazo",
    "clause_withdrawn": "{count} retirados antes de vencer",
    "clause_undated": "{count} atendidos un día que se desconoce",
    "service_answered": "Ventas respondió (aceptado o rechazado) a {count} leads en estas semanas, algunos"
    " traspasados antes.",
    "service_answered_one": "Ventas respondió (aceptado o rechazado) a 1 lead en estas semanas.",
    "service_unread": "Los correos que escriben los comerciales no se leen: quien solo escribió cuenta como sin"
    " atender.",
    "service_hours": "Primer contacto: mediana de {median} laborables; uno de cada diez tarda más de {p90}. Solo de"
    " los {count} contactados; {untouched} siguen sin atender.",
    "service_none": "En estas semanas no se traspasó a nadie.",
    "late": "Sin atender pasado el plazo, hoy",
    "late_none": "Nadie espera más de lo acordado.",
    "late_all": "Todos con {owner}.",
    "orphans": "Sin asignar, hoy",
    "orphans_none": "Cada traspaso tiene tarea y responsable.",
    "tasks_unknown": "El mapeo no guarda la clave de los traspasos y no se conocen las tareas: `handoff.key` en"
    " `write_back`.",
    "owner": "Responsable",
    "of_owner": "el responsable {owner}",
    "of_nobody": "nadie como responsable",
    "no_owner": "sin responsable",
    "person": "Persona",
    "stage": "Etapa",
    "lacks": "Falta",
    "lacks_task": "la tarea",
    "lacks_owner": "tarea sin asignar",
    "of_record": "{owner} (del contacto)",
    "waiting": "Espera",
    "more": "y {count} más",
    "more_one": "y 1 más",
    "service_how": "Un contacto es una llamada, una reunión, una nota, la respuesta de ventas o un negocio. El plazo"
    " es el del modelo, en horas laborables. Un traspaso que se retiró antes de vencer no se juzga. Quien no está"
    " asignado no se cuenta también como pasado de plazo.",
    # scores
    "score_now": "ahora",
    "score_before": "al empezar el periodo",
    "threshold": "MQL desde {enter} puntos",
    "drift_engagement": "Puntos: {word}",
    "drift_fit": "Encaje de los nuevos: {word}",
    "word_stable": "estable",
    "word_shifting": "se está moviendo",
    "word_changed": "ha cambiado",
    "word_few": "muy pocas personas para comparar",
    "psi": "PSI {psi}; solo por azar, hasta {noise}",
    "over_line": "{now} personas tienen los puntos de un MQL; al empezar el periodo eran {before}.",
    "over_line_one": "1 persona tiene los puntos de un MQL; al empezar el periodo eran {before}.",
    "idle_line": "{count} no tienen ningún punto (antes, {before}) y quedan fuera del gráfico.",
    "band": "Puntos",
    "people": "Personas",
    "scores_how": "Los puntos de todas las personas hoy, junto a los que tenían al empezar el periodo, con el modelo"
    " de hoy. El PSI compara las dos distribuciones en diez tramos: menos de 0,1 es estable y desde 0,25 ha cambiado,"
    " pero solo por encima de lo que el azar alcanza con tan pocas personas. Los contadores de los que solo se conoce"
    " la cifra de hoy no entran en ninguna.",
    # the model
    "stamp_now": "En vigor: {stamp}.",
    "revisions": "El archivo, según su historial en Git",
    "stamps": "Qué modelo puntuó a cada persona",
    "model_changes": "Cambió",
    "when": "Cuándo",
    "what": "Qué",
    "change": "{path}: {before} → {after}",
    "first_version": "primera versión",
    "uncommitted": "sin confirmar en Git",
    "stamp": "Modelo",
    "stamp_people": "Personas",
    "first_decided": "Primera decisión",
    "last_decided": "Última decisión",
    "no_git": "El archivo del modelo no está en ningún repositorio de Git: no se sabe qué cambió ni cuándo. Con el"
    " archivo en Git, esta página lo dirá.",
    "no_stamps": "Nadie lleva aún el sello de ningún modelo.",
    "model_how": "Git dice qué se escribió y cuándo; el sello en el CRM, qué archivo puntuó a cada persona por última"
    " vez. De cuándo entró en vigor un modelo solo se sabe que no fue después de su primera decisión.",
    # data
    "attribute": "Atributo",
    "known": "Se conoce",
    "weight": "Peso en el encaje",
    "blocks": "Puntos de MQL sin encaje claro",
    "history": "Historial",
    "yes": "sí",
    "no": "no",
    "refused": "No disponible en esta cuenta",
    "source": "Fuente",
    "why": "Por qué",
    "blind": "Reglas sin evidencia",
    "none": "ninguna",
    "refused_none": "No falta ningún dato de los que pide el mapeo.",
    "unmapped": "El mapeo no lee nada para estas reglas: {rules}.",
    "machine_line": "De {events} eventos de estas semanas se filtraron {machine}, hechos por máquinas.",
    "machine_bursts": "De {events} eventos de estas semanas se filtraron {machine}, hechos por máquinas; {bursts} de"
    " ellos son ráfagas de analizadores de enlaces.",
    "set_aside_line": "{count} eventos no se pudieron leer y se apartaron: {why}.",
    "set_aside_line_one": "1 evento no se pudo leer y se apartó: {why}.",
    "failed_line": "{count} personas no se pudieron leer; la próxima `puente snapshot` las pide de nuevo.",
    "failed_line_one": "1 persona no se pudo leer; la próxima `puente snapshot` la pide de nuevo.",
    "blocked_line": "{count} personas tienen los puntos de un MQL y se sabe demasiado poco de ellas para decir si"
    " encajan.",
    "blocked_line_one": "1 persona tiene los puntos de un MQL y se sabe demasiado poco de ella para decir si encaja.",
    "blocked_people": "Quiénes son",
    "made": "Hecho el {at} con la copia del {taken} (hora de {zone}) · {crm}, cuenta {account} · modelo {stamp} ·"
    " esta página no carga nada de ningún sitio",
    "hashed": "Los identificadores están cifrados: desde aquí no se puede buscar a nadie.",
}
