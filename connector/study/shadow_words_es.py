"""Hold what a comparison of a shadow says in Spanish, beside the words of a plan or in place of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SHADOW_ES: Final[Mapping[str, str]] = {
    # in a sentence
    "title": "{after} a la sombra de {before}, sobre {people} personas",
    "title_one": "{after} a la sombra de {before}, sobre 1 persona",
    "age": "Del {since} al {until} ({age}): {count} decisiones en vivo, cada una tomada con los dos modelos.",
    "age_one": "El {since}: 1 decisión en vivo, tomada con los dos modelos.",
    "agree": "Los dos modelos ven a todos en la misma etapa.",
    "some_differ": "De {people} personas, {count} tendrían otra etapa con el candidato ({share} %).",
    "some_differ_one": "De {people} personas, 1 tendría otra etapa con el candidato.",
    "only_person": "La única persona vista tendría otra etapa con el candidato.",
    "a_move": "{count} que están en {before} estarían en {after}",
    "a_move_one": "1 que está en {before} estaría en {after}",
    "moves_are": "Son: {moves}.",
    "demoted": "{count} estarían más atrás de lo que están.",
    "demoted_one": "1 estaría más atrás de lo que está.",
    "advanced": "{count} estarían más adelante de lo que están.",
    "advanced_one": "1 estaría más adelante de lo que está.",
    "tasks_are": "Tareas que recibió ventas en ese tiempo: {live}; con el candidato habrían sido {candidate}.",
    "taken_over": "De las del candidato, {count} habrían llegado al hacerse cargo: en la primera decisión de cada"
    " persona.",
    "taken_over_one": "De las del candidato, 1 habría llegado al hacerse cargo: en la primera decisión de esa persona.",
    "no_tasks": "En ese tiempo, ninguno de los dos modelos entregó a nadie a ventas.",
    "peak_is": "El día más cargado, {owner} tuvo {count}.",
    "candidate_peak_is": "El día más cargado del candidato, {owner} habría tenido {count}.",
    "over_capacity": "Son más que las {capacity} al día que el candidato prevé por persona.",
    "unseen_attributes": "El modelo en vigor no pide {names}: para el candidato son desconocidos.",
    "unseen_kinds": "El modelo en vigor no pide eventos de los tipos {names}: el candidato no los ha visto.",
    "shortsighted": "El candidato cuenta los eventos durante más tiempo del que los lee el modelo en vigor: no ha visto"
    " los más antiguos.",
    "set_aside": "{count} personas se compararon con otros modelos y no se cuentan.",
    "set_aside_one": "1 persona se comparó con otros modelos y no se cuenta.",
    "as_of": "Cada persona se compara en su última decisión en vivo.",
    "not_kept": "Es una comparación, no un plan: no hay nada que aplicar. Lo que el candidato haría hoy con toda la"
    " base:",
    "not_kept_command": "  puente snapshot && puente plan --model {file}",
    # headings and columns
    "moves": "Quién tendría otra etapa",
    "matrix": "Etapas con el modelo en vigor y con el candidato",
    "before": "En vigor",
    "after": "Candidato",
    "stays": "La misma",
    "tasks": "Tareas del candidato, por persona y día",
    "live_tasks": "Tareas que se crearon, por persona y día",
    "tasks_by_day": "Tareas por día",
    "capacity_line": "Lo que el candidato prevé por persona y día: {count}",
    "flow": "{before} en vigor, {after} con el candidato: {count}",
    "seal_note": "Nada de esto se ha escrito en el CRM.",
    "made_at": "Comparado el {at} UTC · {crm}, cuenta {account}",
    "sample": "Algunos de los que difieren",
    # one person
    "live_look": "En vigor: {look}",
    "candidate_look": "Candidato: {look}",
    "look": "{rule} · {score} puntos · encaje {fit} · {grade}",
    "look_without_fit": "{rule} · {score} puntos · {grade}",
    "cause_memory": "lo que cada modelo decidió antes",
}
