"""Hold what the report says in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPORT_ES: Final[Mapping[str, str]] = {
    # the head
    "title": "Informe semanal de leads",
    "span": "{weeks} semanas, del {since} al {until} · {people} personas en la base",
    "span_one": "1 semana, del {since} al {until} · {people} personas en la base",
    "monday": "Qué cambiar el lunes",
    "quality_first": "Ventas aceptó {share} de los leads a los que respondió{change}.",
    "quality_unanswered": "Ventas no ha respondido a ningún lead en estas semanas: pida que marque aceptado o"
    " rechazado, y el motivo.",
    "was": ", frente a {share} en las semanas anteriores",
    "nothing": "Nada destaca más allá del azar: ninguna regla, canal o paso difiere con seguridad de los demás.",
    "too_early": "Es pronto para saber qué reglas y canales ganan: del último año solo {count} traspasos son lo"
    " bastante antiguos ({days} días) para juzgarlos.",
    "no_wins": "No se ganó ningún negocio entre los traspasos del último año; las reglas y los canales se juzgan por"
    " lo que aceptó ventas.",
    "nobody": "En la copia de la base no hay nadie.",
    "stale": "La copia de la base tiene {days} días: póngala al día con `puente snapshot` antes de la reunión.",
    "act_file": "En el modelo:",
    "act_run": "Ejecute:",
    "act_see": "Vea:",
    # findings
    "finding_orphans": "{count} leads traspasados a ventas no están en manos de nadie: su tarea ya no existe o no"
    " tiene responsable.",
    "finding_orphans_one": "1 lead traspasado a ventas no está en manos de nadie: su tarea ya no existe o no tiene"
    " responsable.",
    "finding_late": "{count} leads siguen sin atender pasado el plazo acordado, {most} de ellos con {owner}. En estas"
    " semanas ventas empezó a tiempo con {kept}.",
    "finding_late_one": "1 lead sigue sin atender pasado el plazo acordado, con {owner}. En estas semanas ventas"
    " empezó a tiempo con {kept}.",
    "finding_late_all": "{count} leads siguen sin atender pasado el plazo acordado, todos con {owner}. En estas"
    " semanas ventas empezó a tiempo con {kept}.",
    "finding_late_all_one": "1 lead sigue sin atender pasado el plazo acordado, con {owner}. En estas semanas ventas"
    " empezó a tiempo con {kept}.",
    "finding_slow": "Ventas empezó a tiempo solo con {kept} de los traspasos: acuerden un plazo que se pueda cumplir,"
    " o menos traspasos.",
    "finding_harmful_signal_won": "«{rule}» se cumplió en {people} personas en estas semanas, pero de los traspasos"
    " del año con ella se ganó {share}, frente a {others} sin ella: bájele los puntos.",
    "finding_harmful_signal_accepted": "«{rule}» se cumplió en {people} personas en estas semanas, pero en total"
    " ventas aceptó {share} de quienes la tenían, frente a {others} sin ella: bájele los puntos.",
    "finding_harmful_penalty_won": "«{rule}» quita puntos, pero de los traspasos con ella se ganó {share}, frente a"
    " {others} sin ella: suavícela o quítela.",
    "finding_harmful_penalty_accepted": "«{rule}» quita puntos, pero ventas aceptó {share} de quienes la tenían,"
    " frente a {others} sin ella: suavícela o quítela.",
    "finding_harmful_criterion_won": "A quien cumple «{rule}» se le gana menos ({share}) que a quien no ({others}):"
    " bájele el peso o corrija el criterio.",
    "finding_harmful_criterion_accepted": "Ventas acepta menos a quien cumple «{rule}» ({share}) que a quien no"
    " ({others}): bájele el peso o corrija el criterio.",
    "finding_harmful_hand_raise_won": "De los traspasos con «{rule}» se ganó {share}, frente a {others} sin ella:"
    " revise qué formularios toma por una solicitud directa.",
    "finding_harmful_hand_raise_accepted": "Ventas aceptó {share} de los leads con «{rule}», frente a {others} sin"
    " ella: revise qué formularios toma por una solicitud directa.",
    "finding_dead": "{count} reglas no se han cumplido nunca, por ejemplo «{rule}»: corrija lo que buscan o quítelas.",
    "finding_dead_one": "La regla «{rule}» no se ha cumplido nunca: corrija lo que busca o quítela.",
    "finding_channel_worse": "El canal «{channel}» trae {handed} de los traspasos del año y {wins} de los clientes:"
    " se ganó {share}, frente a {others} en los demás. Gaste menos en él o pida más a sus leads.",
    "finding_channel_better": "El canal «{channel}» trae {handed} de los traspasos del año y {wins} de los clientes:"
    " se ganó {share}, frente a {others} en los demás. Ponga más en él.",
    "finding_rejected_fit": "Ventas rechazó {share} por no encajar con el perfil: repásenlos juntos y corrijan los"
    " criterios.",
    "finding_rejected_timing": "Ventas rechazó {share} por llegar demasiado pronto: el umbral de MQL, {enter} puntos,"
    " puede ser bajo.",
    "finding_rejected_no_response": "Ventas rechazó {share} porque no responden: mire cuánto tarda el primer contacto.",
    "finding_rejected": "Ventas rechazó {share} por un mismo motivo: {reason}. Acuerden qué puede hacer marketing.",
    "finding_acceptance_fell": "Ventas acepta menos leads: {share}, frente a {before} en las semanas anteriores.",
    "finding_passage_fell": "Menos personas pasan de {origin} a {target}: {share}, frente a {before} en las semanas"
    " anteriores.",
    "finding_won_unseen": "De los clientes del año, {share} tenían un negocio antes de que nadie los traspasara: el"
    " modelo llega tarde o no los ve.",
    "finding_blocked": "{count} personas tienen los puntos de un MQL, pero se sabe demasiado poco de ellas para decir"
    " si encajan. Pregunte por «{attribute}»: les falta a {most}.",
    "finding_blocked_one": "1 persona tiene los puntos de un MQL, pero se sabe demasiado poco de ella para decir si"
    " encaja. Pregunte por «{attribute}».",
    "finding_blind": "Esta cuenta no da «{source}»: {count} reglas del modelo no se pueden cumplir.",
    "finding_blind_one": "Esta cuenta no da «{source}»: 1 regla del modelo no se puede cumplir.",
    "finding_drift": "Las puntuaciones se han movido: {now} personas superan los {enter} puntos; al empezar el"
    " periodo eran {before}. Vea si el umbral sigue pidiendo lo debido.",
    "finding_not_applied": "A {count} personas las decidió por última vez otro modelo que {name}, el que está en"
    " vigor: vea qué cambiaría y aplíquelo.",
    "finding_not_applied_one": "A 1 persona la decidió por última vez otro modelo que {name}, el que está en vigor:"
    " vea qué cambiaría y aplíquelo.",
    # tiles
    "tile_accepted": "Aceptados por ventas",
    "tile_won": "Traspasos ganados",
    "tile_kept": "Empezados a tiempo",
    "tile_touch": "Primer contacto, mediana",
    "tile_before": "antes: {value}",
    "tile_of": "{hits} de {count}",
    "tile_horizon": "de los de más de {days} días",
    "tile_judged": "de los traspasos",
    "tile_answered": "de los respondidos",
    "tile_p90": "uno de cada diez: más de {value}",
    "hours": "{value} h",
    "days": "{value} d",
    "unknown": "–",
    "quoted": "«{text}»",
    "few": "{hits} de {count}",
    "some": "{pct} ({hits} de {count})",
    # headings
    "funnel": "De lead a cliente",
    "channels": "Canales",
    "rules": "Qué valen las reglas",
    "service": "Tiempo hasta el primer contacto",
    "scores": "Puntuaciones y deriva",
    "model": "Qué cambió en el modelo",
    "quality": "Hasta dónde fiarse de los datos",
    "numbers": "Los números",
    "how": "Cómo se cuenta",
    "alt_funnel": "Barras: personas que llegaron a cada paso en estas semanas y en las anteriores",
    "alt_channels": "Puntos con intervalo: parte ganada por canal",
    "alt_rules": "Puntos con intervalo: parte con la regla, y parte sin ella",
    "alt_reasons": "Barras: por qué rechazó ventas",
    "alt_scores": "Columnas: personas por puntos, ahora y al empezar el periodo",
    "alt_late": "Barras: sin atender pasado el plazo, por responsable",
    "alt_completeness": "Barras: parte de las personas de quienes se conoce cada atributo",
    # the funnel
    "this_period": "estas {weeks} semanas",
    "this_period_one": "esta semana",
    "period_before": "las {weeks} semanas anteriores",
    "period_before_one": "la semana anterior",
    "step": "Paso",
    "step_came": "Nuevos",
    "step_mql": "MQL o más",
    "step_sql": "SQL o más",
    "step_opportunity": "Negocio",
    "step_customer": "Ganado",
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
    "passage_text": "sigue {share} · mediana {days}",
    "passage_text_untimed": "sigue {share}",
    "funnel_how": "Un paso cuenta para quien llegó a él en estas semanas, también cuando llegó a uno posterior: quien"
    " pide una demo es SQL sin haber sido MQL. «Siguieron» son quienes llegaron al paso siguiente antes del fin del"
    " periodo; las semanas anteriores se muestran como estaban a su propio término, para que ambas tengan el mismo"
    " tiempo. Los tiempos son de quienes dieron el paso en estas semanas y habían estado en el anterior.",
    "funnel_undated": "{count} personas están con ventas desde una fecha que se desconoce; aquí no se cuentan.",
    "funnel_undated_one": "1 persona está con ventas desde una fecha que se desconoce; aquí no se cuenta.",
    "no_history": "Esta copia no tiene la historia de las etapas, solo la actual y su fecha: de quien siguió falta la"
    " fecha de los pasos anteriores. Hágala con historia: `puente snapshot --history --full`.",
    "no_deals": "La cuenta no deja leer los negocios: ganado es quien llegó a cliente en el CRM.",
    # channels
    "shows_won": "La parte de los traspasos que se ganó, con su intervalo del 95 %.",
    "shows_rule_won": "La parte de los traspasos que se ganó, con la regla y sin ella.",
    "shows_rule_accepted": "La parte de los leads que ventas aceptó, con la regla y sin ella.",
    "channel": "Canal",
    "channel_none": "no se conoce",
    "channel_other": "los demás",
    "leads": "Nuevos en un año",
    "mql": "→ MQL",
    "sql": "MQL → SQL",
    "won": "Ganados",
    "handed": "Traspasados ahora",
    "verdict": "Juicio",
    "standing_better": "mejor",
    "standing_worse": "peor",
    "standing_untold": "sin diferencia segura",
    "standing_few": "muy pocos",
    "channels_how": "Personas nuevas de las últimas 52 semanas según el atributo `{attribute}`, como está hoy."
    " «Ganados» es de los traspasos de más de {days} días: en ese plazo se ganó a cuatro de cada cinco clientes. La"
    " línea es el conjunto. Mejor o peor se dice solo cuando la diferencia con los demás canales es segura, corregida"
    " por cuántos se comparan.",
    "channels_none": "Ningún atributo dice el canal: indique uno con --channel.",
    "mark_all": "conjunto: {value}",
    # rules
    "rule": "Regla",
    "kind_signal": "Señales",
    "kind_criterion": "Criterios de encaje",
    "kind_hand_raise": "Solicitudes directas",
    "points": "Puntos",
    "fired": "Se cumplió en",
    "accepted": "Aceptados",
    "rejected": "Rechazados",
    "with_rule": "Ganados con ella",
    "without_rule": "Ganados sin ella",
    "with_accepted": "Aceptados con ella",
    "without_accepted": "Aceptados sin ella",
    "standing_harmful": "contradice sus puntos",
    "standing_helpful": "vale sus puntos",
    "standing_dead": "no se cumplió nunca",
    "today": "como está hoy",
    "legend_better": "mejor que los demás, con seguridad",
    "legend_worse": "peor, con seguridad",
    "legend_helpful": "vale sus puntos, con seguridad",
    "legend_harmful": "contradice sus puntos, con seguridad",
    "legend_with": "con la regla (intervalo del 95 %)",
    "legend_without": "sin ella",
    "too_few": "Muy pocos traspasos para un gráfico: cada parte está en los números.",
    "never_fired": "No se cumplieron nunca: {rules}.",
    "reasons": "Por qué rechazó ventas",
    "no_reasons": "Ventas no rechazó a nadie en estas semanas.",
    "no_reason": "sin motivo",
    "rules_how": "De todas las personas traspasadas, una regla cuenta si se había cumplido antes del traspaso; lo que"
    " pasó después no entra. Ganados son los traspasos de las últimas 52 semanas de más de {days} días. «Se cumplió"
    " en» son las personas de estas semanas; de un criterio, quienes lo cumplen ahora. «Como está hoy» señala las"
    " reglas que miran un atributo cuya historia no guarda el CRM.",
    "counters": "De {kinds} solo se conoce la cifra de hoy: no cuenta antes de los traspasos, salvo si apenas se"
    " mueve después.",
    "rules_none": "Todavía no se pudo juzgar ningún traspaso.",
    # service
    "service_line": "{handed} traspasos; ventas empezó a tiempo con {kept}.",
    "service_line_one": "1 traspaso; ventas empezó a tiempo con {kept}.",
    "service_early": "{handed} traspasos; ninguno se ha empezado ni ha vencido aún.",
    "service_early_one": "1 traspaso; no se ha empezado ni ha vencido aún.",
    "service_hours": "Primer contacto: mediana de {median} laborables; uno de cada diez tarda más de {p90} (n ="
    " {count}).",
    "service_undated": "Con otros {count} se empezó un día que se desconoce.",
    "service_undated_one": "Con otro se empezó un día que se desconoce.",
    "service_none": "En estas semanas no se traspasó a nadie.",
    "late": "Sin atender pasado el plazo, hoy",
    "late_none": "Nadie espera más de lo acordado.",
    "orphans": "En manos de nadie, hoy",
    "orphans_none": "Cada traspaso tiene tarea y responsable.",
    "tasks_unknown": "El mapeo no guarda la clave de los traspasos y no se conocen las tareas: `handoff.key` en"
    " `write_back`.",
    "owner": "Responsable",
    "of_owner": "responsable {owner}",
    "of_nobody": "nadie como responsable",
    "no_owner": "nadie",
    "person": "Persona",
    "stage": "Etapa",
    "lacks": "Falta",
    "lacks_task": "la tarea",
    "lacks_owner": "responsable de la tarea",
    "of_record": "{owner} (del registro)",
    "waiting": "Espera",
    "more": "y {count} más",
    "more_one": "y 1 más",
    "service_how": "Un contacto es una llamada, una reunión, una nota, la respuesta de ventas o un negocio; los"
    " correos que escriben los comerciales no se leen. El plazo es el del modelo, en horas laborables. Un traspaso"
    " que se retiró antes de vencer no se juzga.",
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
    "stamp_now": "En vigor: {stamp}",
    "revisions": "El archivo, según su historia en Git",
    "stamps": "A quién decidió cada modelo",
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
    "no_git": "El archivo del modelo no está en ningún repositorio de Git: no se sabe qué cambió ni cuándo. Guárdelo"
    " en Git y esta página lo dirá.",
    "no_stamps": "Nadie lleva aún el sello de ningún modelo.",
    "model_how": "Git dice qué se escribió y cuándo; el sello en el CRM dice qué archivo decidió a cada persona por"
    " última vez. De cuándo entró en vigor un modelo solo se sabe que no fue después de su primera decisión.",
    # data
    "attribute": "Atributo",
    "known": "Se conoce",
    "weight": "Parte del encaje",
    "blocks": "Puntos de MQL sin encaje claro",
    "history": "Historia",
    "yes": "sí",
    "no": "no",
    "refused": "No disponible en esta cuenta",
    "source": "Fuente",
    "why": "Por qué",
    "blind": "Reglas sin evidencia",
    "none": "ninguna",
    "refused_none": "La cuenta da todo lo que pide el mapeo.",
    "unmapped": "El mapeo no lee nada para estas reglas: {rules}.",
    "machine_line": "De {events} eventos de estas semanas, {machine} se filtraron como tráfico de máquinas ({bursts}"
    " de ellos, ráfagas de analizadores de enlaces).",
    "set_aside_line": "{count} eventos no se pudieron leer y se apartaron: {why}.",
    "set_aside_line_one": "1 evento no se pudo leer y se apartó: {why}.",
    "failed_line": "{count} personas no se pudieron leer; la próxima `puente snapshot` las pide de nuevo.",
    "failed_line_one": "1 persona no se pudo leer; la próxima `puente snapshot` la pide de nuevo.",
    "blocked_line": "{count} personas tienen los puntos de un MQL y se sabe demasiado poco de ellas para decir si"
    " encajan.",
    "blocked_line_one": "1 persona tiene los puntos de un MQL y se sabe demasiado poco de ella para decir si encaja.",
    "made": "Hecho el {at} UTC con la copia del {taken} UTC · {crm}, cuenta {account} · esta página no carga nada de"
    " ningún sitio",
    "hashed": "Los identificadores están cifrados: desde aquí no se puede buscar a nadie.",
}
