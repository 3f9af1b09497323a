"""Hold the Spanish of what is said about files, by its English pattern. What people write in them stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_NOUNS: Final[Mapping[str, str]] = {
    "CRM": "CRM",
    "attribute": "atributo",
    "day": "día",
    "event kind": "tipo de evento",
    "event property": "propiedad del evento",
    "field": "campo",
    "group": "grupo",
    "id": "id",
    "key": "clave",
    "measure": "medida",
    "operator": "operador",
    "part of a decision": "parte de la decisión",
    "raw value": "valor del CRM",
    "reason": "motivo",
    "record": "registro",
    "source": "fuente",
    "stage": "etapa",
    "step": "paso",
    "subject": "sujeto",
    "time zone": "zona horaria",
    "topic": "tema",
    "type": "tipo",
    "value": "valor",
}

_FORMS: Final[Mapping[str, str]] = {
    "text": "texto",
    "number": "número",
    "number {limits}": "número {limits}",
    " and ": " y ",
    "whole number ≥ {minimum}": "número entero ≥ {minimum}",
    "true or false": "true o false",
    "date": "fecha",
    "instant with a zone": "instante con zona",
    "condition": "condición",
    "map": "mapa",
    "field of the CRM": "campo del CRM",
    "IANA time zone": "zona horaria de IANA",
    "text, or map": "texto, o mapa",
    "glob or list of globs": "patrón o lista de patrones",
    'list of opening and closing time, "HH:MM"': 'lista con la hora de apertura y la de cierre, "HH:MM"',
    "list of {form}": "lista de: {form}",
    "{form}, or null": "{form}, o null",
    "{form} (not empty)": "{form} (no vacía)",
    "map of {noun} → {form}": "mapa de {noun} → {form}",
    "map of attribute → raw value": "mapa de atributo → valor del CRM",
    "map of attribute → where it is": "mapa de atributo → dónde está",
    "map of field → one of {paths}": "mapa de campo → uno de {paths}",
    "map of stage → value of the lifecycle field, or null": "mapa de etapa → valor del campo del ciclo de vida, o null",
}
"""What may be written at a place of a file."""

_FOUND: Final[Mapping[str, str]] = {
    "a text": "un texto",
    "a number": "un número",
    "a boolean": "un booleano",
    "a date": "una fecha",
    "empty": "un valor vacío",
    "this is a map": "aquí hay un mapa",
    "this is a list": "aquí hay una lista",
    "this is empty": "aquí no hay nada",
    "this is not readable": "esto no se puede leer",
    "{text} is {what} in YAML": "{text} es {what} en YAML",
}

_ADVICE: Final[Mapping[str, str]] = {
    "did you mean `{name}`?": "¿quería decir `{name}`?",
    "use one of: {names}": "use uno de estos: {names}",
    "the nearest are {names}": "los más parecidos son {names}",
    "{advice}; or {otherwise}": "{advice}; o {otherwise}",
    "{advice} Or {otherwise}": "{advice} O {otherwise}",
    ", or {empty} for none": ", o {empty} si no hay",
    "remove it": "quítelo",
    "map it under `attributes` of the mapping file": "añádalo a `attributes` en el archivo de mapeo",
    "`attribute` or `event`": "`attribute` o `event`",
    "one, as in {example}": "uno, como en {example}",
    "declare it under `engagement.groups`": "declárelo en `engagement.groups`",
    "write an IANA name such as Europe/Madrid": "escriba un nombre de IANA, como Europe/Madrid",
}

_VALUES: Final[Mapping[str, str]] = {
    "{found} — write a text here": "{found} — escriba un texto",
    "{found} — write a number here": "{found} — escriba un número",
    "{found} — write true or false": "{found} — escriba true o false",
    "{found} — write a list here, like {example}{or_empty}": "{found} — escriba una lista, como {example}{or_empty}",
    "{found} — write a map of keys and values here{or_empty}": (
        "{found} — escriba un mapa de claves y valores{or_empty}"
    ),
    "{found} — write one value of type {value_type}": "{found} — escriba un valor del tipo {value_type}",
    "{found} — write an instant such as 2026-03-02T10:00:00Z": (
        "{found} — escriba un instante como 2026-03-02T10:00:00Z"
    ),
    "{found} — write an instant with a zone, like 2026-03-02T10:00:00Z": (
        "{found} — escriba un instante con zona, como 2026-03-02T10:00:00Z"
    ),
    '{found} — quote it: "{text}"': '{found} — póngalo entre comillas: "{text}"',
    "{text} is a text — write a number here, without quotes": "{text} es un texto — escriba un número, sin comillas",
    "{text} is octal, hexadecimal or base 60 in YAML — write a decimal number": (
        "{text} es en YAML un número octal, hexadecimal o de base 60 — escriba un número decimal"
    ),
    "{text} is not a usable number — write one up to {largest:.0e}": (
        "{text} no es un número utilizable — escriba uno de hasta {largest:.0e}"
    ),
    "{text} is not an instant with a zone — write it like 2026-03-02T10:00:00Z": (
        "{text} no es un instante con zona — escríbalo así: 2026-03-02T10:00:00Z"
    ),
    "{text} is not a date — write it like 2026-12-25": "{text} no es una fecha — escríbala así: 2026-12-25",
    '`{text}` is not a time of day — write it like "09:00"': '`{text}` no es una hora — escríbala así: "09:00"',
    "{text} is out of range — write a year from {earliest_year} to {latest_year}": (
        "{text} queda fuera de los límites — escriba un año de {earliest_year} a {latest_year}"
    ),
    "`{value:g}` is out of range — write a {form}": "`{value:g}` queda fuera de los límites — escriba un {form}",
    "this text is empty — write it, or leave the key out": "este texto está vacío — escríbalo, o quite la clave",
    "the list is empty — write at least one element": "la lista está vacía — escriba al menos un elemento",
    "the {noun} is empty — name it": "{noun}: el nombre está vacío — escríbalo",
    "the key `{name}` is missing — add it ({form})": "falta la clave `{name}` — añádala ({form})",
    "the {noun} {text} is used twice — give each its own": "{noun} {text}: está repetido — dé a cada uno el suyo",
    "unknown key {name} — {advice}": "no existe la clave {name} — {advice}",
    "unknown key {name} in a condition — {advice}": "una condición no tiene la clave {name} — {advice}",
    "unknown {noun} {name} — {advice}": "{noun} {name}: no existe — {advice}",
}

_RULES: Final[Mapping[str, str]] = {
    "{names} stand side by side — keep one of them": "{names} no pueden ir juntos — deje solo uno",
    "{names} stand side by side — keep one of them, or nest them under `all` or `any`": (
        "{names} no pueden ir juntos — deje solo uno, o póngalos dentro de `all` o `any`"
    ),
    "two {noun}s, {names} — keep one, or nest two conditions under `all`": (
        "más de un {noun}: {names} — deje solo uno, o ponga dos condiciones dentro de `all`"
    ),
    "the condition has no {noun} — add {advice}": "a la condición le falta el {noun} — añada {advice}",
    "`{subject}` cannot be used here — only signals and hand-raises look at events": (
        "`{subject}` no se puede usar aquí — solo las señales y las solicitudes directas miran eventos"
    ),
    "`{operator}` does not fit {name}, which is of type {value_type} — use one of: {fitting}": (
        "`{operator}` no sirve para {name}, que es del tipo {value_type} — use uno de estos: {fitting}"
    ),
    "`{operator}` takes only true — write `{other}: true` instead": (
        "`{operator}` solo admite true — escriba en su lugar `{other}: true`"
    ),
    "`between` has {count} numbers — write two, the low and the high: [20, 1000]": (
        "`between` tiene {count} números — escriba dos, el menor y el mayor: [20, 1000]"
    ),
    "{low:g} is over {high:g} — write the low number first": "{low:g} es mayor que {high:g} — escriba antes el menor",
    "{name} is not a step of the journey `{journey}` — {advice}": (
        "{name} no es un paso del recorrido `{journey}` — {advice}"
    ),
    "the floor {floor:g} is over the ceiling {ceiling:g} — lower it": (
        "el mínimo, {floor:g}, supera el máximo, {ceiling:g} — bájelo"
    ),
    "the exit {exit_points:g} is over the entry {enter:g} — lower it": (
        "la salida, {exit_points:g}, supera la entrada, {enter:g} — bájela"
    ),
    "the entry {sql_enter:g} is under the one of `mql`, {mql_enter:g} — raise it, or write null": (
        "la entrada, {sql_enter:g}, es menor que la de `mql`, {mql_enter:g} — súbala, o escriba null"
    ),
    "no language has a reason — write `es`, `en` or both": (
        "no hay motivo en ningún idioma — escriba `es`, `en` o ambos"
    ),
    "the row gives nothing — add `track`, `content` or both": "la fila no da nada — añada `track`, `content` o ambos",
    'opening and closing time are needed — write them like ["09:00", "18:00"]': (
        'hacen falta la hora de apertura y la de cierre — escríbalas así: ["09:00", "18:00"]'
    ),
    "it closes before it opens — write the opening time first, on the same day": (
        "cierra antes de abrir — escriba primero la hora de apertura, en el mismo día"
    ),
}

_MAPPING: Final[Mapping[str, str]] = {
    "the mapping is for {mapped}, the setting PUENTE_CRM for {crm} — change one of them": (
        "el mapeo es para {mapped} y el ajuste PUENTE_CRM es {crm} — cambie uno de los dos"
    ),
    "{name} cannot be the name of a field — use its internal name, without blanks": (
        "{name} no puede ser el nombre de un campo — use el nombre interno, sin espacios"
    ),
    "{name} is shown to people and must be a text — write `type: text`": (
        "{name} se muestra a personas y debe ser un texto — escriba `type: text`"
    ),
    "{raw} and {other} are the same raw value — keep one of them": (
        "{raw} y {other} son el mismo valor del CRM — deje solo uno"
    ),
    "{name} means nothing to `{source}` — remove it": "{name} no significa nada para `{source}` — quítelo",
    "`{source}` has no field {name} — {advice}": "`{source}` no tiene el campo {name} — {advice}",
    "a source cannot stand in for itself — name another one": "una fuente no puede sustituirse a sí misma — ponga otra",
    "`{name}` is also under `set` — keep one of them": "`{name}` está también en `set` — deje solo uno",
    "nothing says where the value is — add `{name}`, or `from: deals` with `measure`": (
        "nada dice dónde está el valor — añada `{name}`, o `from: deals` con `measure`"
    ),
    "deals have no single value — write `measure`: {measures}": (
        "los negocios no tienen un único valor — escriba `measure`: {measures}"
    ),
    "`measure` is about deals — add `from: deals`": "`measure` se refiere a negocios — añada `from: deals`",
    "`{measure}` is of type {measured} — write `type: {measured}`": (
        "`{measure}` es del tipo {measured} — escriba `type: {measured}`"
    ),
    "only a text has a domain — write `type: text`": "solo un texto tiene dominio — escriba `type: text`",
    "only texts and lists have words to translate — write `type: text`, or remove `values`": (
        "solo los textos y las listas tienen palabras que traducir — escriba `type: text`, o quite `values`"
    ),
    "the key `at` is missing — add the field with the date of the last one": (
        "falta la clave `at` — añada el campo con la fecha de la última vez"
    ),
    "the key `event_type` is missing — add how the type's name begins": (
        "falta la clave `event_type` — añada cómo empieza el nombre del tipo"
    ),
    "no mapped source tells deliveries, so bursts of clicks stay unseen — map `email_delivered`": (
        "ninguna fuente informa de las entregas y no se verían las ráfagas de clics — añada `email_delivered`"
    ),
    "nothing is mapped to `{kind}`, so this never counts — add an entry to `events` of the mapping file": (
        "nada produce `{kind}`, así que nunca cuenta — añada una entrada a `events` en el archivo de mapeo"
    ),
    "no rule of the model uses {kinds} — add signals, or leave them: they cost no call": (
        "ninguna regla del modelo usa {kinds} — añada señales, o déjelos: no cuestan llamadas"
    ),
}

_FILES: Final[Mapping[str, str]] = {
    "not a path": "no es una ruta",
    "there is no such file — correct the path": "no existe ese archivo — corrija la ruta",
    "no such file is packaged — name one of your own": "el paquete no trae ese archivo — indique uno propio",
    "{path}: not a writable folder": "{path}: no es una carpeta en la que se pueda escribir",
    "this is a directory — name a file in it": "es una carpeta — indique un archivo",
    "the file cannot be read ({reason}) — correct the path or its permissions": (
        "no se puede leer el archivo ({reason}) — corrija la ruta o los permisos"
    ),
    "the file is over {size} MiB — split it, or name another file": (
        "el archivo pasa de {size} MiB — divídalo, o indique otro"
    ),
    "the file is not UTF-8 — save it as UTF-8": "el archivo no está en UTF-8 — guárdelo en UTF-8",
    "the file is empty — write its content, or leave the option out": (
        "el archivo está vacío — escriba el contenido, o no lo indique"
    ),
    "not valid YAML — correct the syntax": "no es YAML válido — corrija la sintaxis",
    "not valid YAML ({what}) — correct the syntax": "no es YAML válido ({what}) — corrija la sintaxis",
    "not valid YAML ({context} on line {begun}: {what}) — correct the syntax": (
        "no es YAML válido (línea {begun}, {context}: {what}) — corrija la sintaxis"
    ),
    "the character {code} is not allowed in YAML — delete it": "YAML no admite el carácter {code} — bórrelo",
    "half of a surrogate pair is not a character — delete it": "la mitad de un par no es un carácter — bórrela",
    "a second document starts here — keep one document in a file": (
        "aquí empieza un segundo documento — deje uno solo por archivo"
    ),
    "too large once its aliases are written out — use fewer of them": (
        "demasiado grande al desarrollar los alias — use menos"
    ),
    "nested deeper than {most} levels — flatten this part": (
        "más de {most} niveles de profundidad — simplifique esta parte"
    ),
    "the tag {tag} is not allowed — write plain values": "la etiqueta {tag} no se admite — escriba valores sencillos",
    "the tag {tag} is not allowed — write a plain or quoted value": (
        "la etiqueta {tag} no se admite — escriba un valor sencillo o entre comillas"
    ),
    "the alias `*{name}` {what} — write the value out": "el alias `*{name}` {what} — escriba el valor completo",
    "refers to the value it is part of": "se refiere al valor del que forma parte",
    "has no anchor above it": "no tiene un ancla antes",
    "merge keys (`<<`) are not allowed — write the keys out": "no se admite `<<` — escriba las claves una por una",
    "a key must be a text — write a plain or quoted word before the colon": (
        "una clave debe ser un texto — escriba una palabra, con o sin comillas, antes de los dos puntos"
    ),
    'the key {text} is {what} in YAML — quote it: "{spelling}"': (
        'la clave {text} es {what} en YAML — póngala entre comillas: "{spelling}"'
    ),
    "the key {text} is repeated (first on line {first}) — keep one of them": (
        "la clave {text} está repetida (antes, en la línea {first}) — deje solo una"
    ),
}

PARSER_ES: Final[Mapping[str, str]] = {
    "not readable": "no se puede leer",
    "while parsing a block collection": "en una lista",
    "while parsing a block mapping": "en un mapa",
    "while parsing a block node": "en un valor",
    "while parsing a flow mapping": "en un mapa entre llaves",
    "while parsing a flow node": "en un valor",
    "while parsing a flow sequence": "en una lista entre corchetes",
    "while parsing a node": "en un valor",
    "while scanning a plain scalar": "en un texto sin comillas",
    "while scanning a quoted scalar": "en un texto entre comillas",
    "while scanning a simple key": "en una clave",
    "while scanning for the next token": "en lo que sigue",
    "block sequence entries are not allowed in this context": "aquí no puede ir un elemento de lista",
    "could not find expected ':'": "faltan los dos puntos",
    "did not find expected '-' indicator": "falta el guion de un elemento",
    "did not find expected ',' or ']'": "falta una coma o el corchete de cierre",
    "did not find expected ',' or '}'": "falta una coma o la llave de cierre",
    "did not find expected key": "falta una clave, o sobra sangría",
    "did not find expected node content": "falta un valor",
    "found a tab character that violates indentation": "hay un tabulador en la sangría",
    "found character that cannot start any token": "hay un carácter que no puede ir aquí",
    "found unexpected end of stream": "el archivo acaba antes de tiempo",
    "mapping values are not allowed in this context": "aquí no pueden ir dos puntos",
}
"""What the parser of YAML says most often; the rest of its sentences stay English."""

FILES_ES: Final[Mapping[str, str]] = {
    **_NOUNS, **_FORMS, **_FOUND, **_ADVICE, **_VALUES, **_RULES, **_MAPPING, **_FILES, **PARSER_ES,
}  # fmt: skip
