"""Hold what `backtest` and `calibrate` say in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEARN_ES: Final[Mapping[str, str]] = {
    "learn_evidence": "Se miraron {rows} decisiones pasadas sobre {people} personas, {winners} de ellas ganadas"
    " después. Una venta cuenta durante {days} días.",
    "learn_span": "Del {first} al {last}, semana a semana.",
    "learn_assumed": "Se toma como está hoy, porque el CRM no guarda su historia: {names}.",
    "learn_at_handoff": "Nadie estuvo mucho tiempo en manos de marketing: cada persona se mira una vez, tal como era al"
    " crearse el negocio.",
    "learn_counters": "Se deja fuera, porque solo se conoce la cifra de hoy: {names} (como contador).",
    "learn_leaks": "Rechazado, porque lo escribió ventas o se escribió después:",
    "leak_name": "{name} — lo dice su nombre",
    "leak_written_later": "{name} — en el {strength} de las personas traspasadas se rellenó después del traspaso",
    "leak_too_good": "{name} — por sí solo dice a quién se ganó (AUC {strength}): nadie lo sabía antes",
    "leak_blank": "{name} — que esté vacío o no dice a quién se ganó ({strength} de diferencia): se rellena con ventas",
    "learn_vouch": "Si alguno se conocía antes del traspaso, indíquelo con --known-before NOMBRE.",
    "shift_wins": "El pasado no se parece al presente: se ganó el {before} % de las decisiones antiguas y el {now} %"
    " de las más recientes. Los puntos siguen ordenando a las personas; no los lea como probabilidades de ganar.",
    "shift_score": "Las puntuaciones de las decisiones más recientes se reparten de otro modo que las antiguas (PSI"
    " {psi}; desde 0,25 es un cambio).",
    "shift_attributes": "Los datos de las personas han cambiado desde las decisiones más antiguas (PSI): {names}.",
    "refused_few_wins": "No se propone nada: se ganaron {have} personas y hacen falta {need} — faltan {more}. Hasta"
    " entonces los puntos puestos a mano son la mejor conjetura.",
    "refused_few_losses": "No se propone nada: hay {have} personas no ganadas y hacen falta {need} — faltan {more}.",
    "refused_few_older": "No se propone nada: en las decisiones más antiguas, cuyo desenlace ya se conocía al empezar"
    " las más recientes, se ganaron {have} personas y hacen falta {need} — pruebe otra vez con un pasado más largo.",
    "refused_few_newest": "No se propone nada: en las decisiones más recientes, apartadas para comprobar, se ganaron"
    " {have} personas y hacen falta {need} — pruebe otra vez con un pasado más largo.",
    "refused_nothing_to_learn": "No se propone nada: lo ganado y lo perdido respalda los puntos del archivo tal como"
    " están.",
    "refused_no_gain": "No se propone nada: en las decisiones más recientes, apartadas para comprobar, los puntos"
    " aprendidos no superan al archivo con seguridad (AUC {before} ahora, {after} aprendido; ganancia por decisión"
    " {gain}, intervalo del 95 % de {low} a {high}).",
    "refused_no_threshold": "No se propone nada: con ningún umbral se gana con seguridad una parte tan grande de lo"
    " traspasado — baje --precision.",
    "proposal_better": "En las decisiones más recientes, apartadas para comprobar ({winners} ganadas), la propuesta"
    " anticipa mejor que el archivo a quién se gana: pérdida logarítmica por decisión {gain} menor, intervalo del 95 %"
    " de {low} a {high}; AUC {after} en lugar de {before} (0,5 es azar; 1, no errar nunca).",
    "proposal_volume": "Con el umbral propuesto alcanzan los puntos unas {after} personas por semana, en lugar de"
    " {before}.",
    "proposal_what": "Qué",
    "proposal_before": "Ahora",
    "proposal_after": "Propuesto",
    "proposal_new": "criterio nuevo: {label}",
    "proposal_plan": "Lo que haría aplicarla ahora:",
    "proposal_past": "Lo que habría hecho en el pasado:",
    "proposal_written": "La propuesta está en {path}. Revísela, suba su versión y vea quién se mueve:"
    " `puente plan --model {path}`",
    "proposal_kept": "No se escribió nada; con --out ARCHIVO se guarda la propuesta.",
    "calibrate_one_goal": "--per-week y --precision ponen los dos el umbral — dé solo uno",
    "backtest_progress": "Se decide otra vez el pasado",
    "calibrate_progress": "Se aprende de lo ganado y lo perdido",
    "calibrate_tried": "Se prueba la propuesta con el pasado y con el día de hoy",
    "backtest_few": "Solo se ganaron {winners} personas: muy pocas para concluir algo.",
    "backtest_blind": "No se puede reconstruir y se deja fuera: {names}. El CRM no guarda su historia; con"
    " --known-before NOMBRE se toma como está hoy.",
    "backtest_today": "Se distingue por lo que se sabe hoy, porque el CRM no guarda su historia: {names}.",
    "backtest_capacity": "Las ordenaciones se cortan en {count} personas por semana.",
    "backtest_model": "Modelo",
    "backtest_tasks": "Traspasos por semana",
    "backtest_precision": "De ellos, ganados",
    "backtest_found": "Ganados que encuentra",
    "backtest_lead": "Días antes",
    "backtest_folds": "{name}: como ordenación, tramo a tramo (aprendida de lo que se sabía antes;"
    " AUC 0,5, ganancia 1 y acierto 0 son azar)",
    "backtest_stretch": "Tramo",
    "backtest_wins": "Ganadas",
    "backtest_auc": "AUC",
    "backtest_lift": "Ganancia, primer quinto",
    "backtest_skill": "Acierto",
    "backtest_recall": "Encontradas con esa capacidad",
    "backtest_expected": "Ganadas esperadas",
    "backtest_reliability": "{name}: probabilidad dicha y lo que ocurrió",
    "backtest_said": "Dicha",
    "backtest_came": "Ganadas",
    "backtest_rows": "Decisiones",
    "backtest_segment": "{name}: por {attribute}",
    "backtest_value": "Valor",
    "backtest_people": "Personas",
    "backtest_blank": "(vacío)",
}
