"""Hold the Spanish of `--help` and of what is said about a wrong command line, by its English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.cli.phrases_help_learn_es import HELP_LEARN_ES
from connector.cli.phrases_help_plan_es import HELP_PLAN_ES
from connector.cli.phrases_help_score_es import HELP_SCORE_ES

FRAME_ES: Final[Mapping[str, str]] = {
    "Options": "Opciones",
    "Commands": "Órdenes",
    "Show this message and exit.": "Muestra esta ayuda y termina.",
    "[OPTIONS]": "[OPCIONES]",
    "COMMAND": "ORDEN",
    "[ARGS]": "[ARGUMENTOS]",
    "FILE": "ARCHIVO",
    "FOLDER": "CARPETA",
    "INTEGER": "ENTERO",
    " RANGE": "",
    "TEXT": "TEXTO",
}
"""What click itself writes around our words."""

NO_SUCH_OPTION_ES: Final = "no existe la opción {name}"
NO_SUCH_COMMAND_ES: Final = "no existe la orden {name}"
DID_YOU_MEAN_ES: Final = " (¿quería decir {near}?)"

EXTRAS_ES: Final[Mapping[str, str]] = {"default: ": "por omisión: ", "required": "obligatorio"}

REFUSALS_ES: Final[Mapping[str, str]] = {
    r"Missing command\.": "falta la orden",
    r"Missing argument '?(?P<name>[^']*)'?\.": "falta {name}",
    r"Missing option (?P<name>.*?)\.": "falta la opción {name}",
    r"Option '(?P<name>[^']*)' requires an argument\.": "la opción {name} necesita un valor",
    r"Option '(?P<name>[^']*)' does not take a value\.": "la opción {name} no admite un valor",
    r"Got unexpected extra arguments? \((?P<names>.*)\)": "sobra lo siguiente: {names}",
    r"Invalid value for '?(?P<name>[^']*)'?: '(?P<value>.*)' is not a valid integer( range)?\.": (
        "{name}: «{value}» no es un número entero"
    ),
    r"Invalid value for '?(?P<name>[^']*)'?: '(?P<value>.*)' is not a valid float( range)?\.": (
        "{name}: «{value}» no es un número"
    ),
    r"Invalid value for '?(?P<name>[^']*)'?: (?P<value>\S+) is not in the range (?P<range>.*)\.": (
        "{name}: {value} queda fuera de los límites ({range})"
    ),
    r"Invalid value for '?(?P<name>[^']*)'?: Directory '(?P<value>.*)' is a file\.": (
        "{name}: «{value}» es un archivo, no una carpeta"
    ),
    r"Invalid value for '?(?P<name>[^']*)'?: write it as REGION:ACCOUNT, such as (?P<example>\S+)": (
        "{name}: escríbalo como REGIÓN:CUENTA, por ejemplo {example}"
    ),
    r"Invalid value for '?(?P<name>[^']*)'?: '(?P<value>.*)' is not one of (?P<choices>.*)\.": (
        "{name}: «{value}» no es uno de los valores posibles: {choices}"
    ),
}
"""What click says of a wrong command line, as a regular expression."""

_COMMANDS_ES: Final[Mapping[str, str]] = {
    "Qualify the people in your own CRM: stages with reasons, and one sales task per handoff.": (
        "Califica a las personas de su propio CRM: etapas con motivos, y una tarea de ventas por traspaso."
    ),
    "Settings: environment (PUENTE_…), .env or puente.toml. Language of the output: PUENTE_LOCALE=es|en.": (
        "Ajustes: entorno (PUENTE_…), .env o puente.toml. Idioma de la salida: PUENTE_LOCALE=es|en."
    ),
    "Qualify invented people in a sandbox CRM and show what sales would see.": (
        "Califica a personas inventadas en un CRM de pruebas y muestra lo que vería ventas."
    ),
    "Begin here: write the settings and copies of model and mapping to edit.": (
        "Empiece aquí: escribe los ajustes y copias editables del modelo y del mapeo."
    ),
    "Serve a sandbox CRM to try things on.": "Sirve un CRM de pruebas para probar cosas.",
    "Check model, mapping and golden cases; --live: the CRM's schema, too.": (
        "Comprueba el modelo, el mapeo y los casos; con --live, también el esquema del CRM."
    ),
    "Create Puente's fields, permissions and doorbells; safe to repeat.": (
        "Crea los campos, permisos y avisos de Puente; se puede repetir."
    ),
    "Remove what Puente made in the CRM, and say what data goes with it.": (
        "Quita lo que Puente creó en el CRM y dice qué datos se van con ello."
    ),
    "Look whether everything is in place, and say what to do; writes nothing.": (
        "Mira si todo está en su sitio y dice qué hacer; no escribe nada."
    ),
    "Decide people's stages and write them, with reasons and sales tasks.": (
        "Decide la etapa de las personas y la escribe, con motivos y tareas de ventas."
    ),
    "Answer the CRM's webhooks on this machine, seconds after they ring.": (
        "Atiende en este equipo los webhooks del CRM, segundos después de llegar."
    ),
    "See what waits and what was parked, and put it back.": (
        "Muestra lo que espera y lo apartado, y lo devuelve a la cola."
    ),
    "Copy the whole base to this machine, to plan and learn from.": (
        "Copia toda la base a este equipo, para planificar y aprender."
    ),
    "Show one decision and every point of it, now or as of an instant.": (
        "Muestra una decisión, punto por punto, ahora o en un instante dado."
    ),
}

_TEXTS_ES: Final[Mapping[str, str]] = {
    "Qualify invented people in a sandbox CRM through the real HTTP adapter, and show what sales would see.": (
        "Califica a personas inventadas en un CRM de pruebas, por HTTP y con el adaptador de verdad, y muestra lo que "
        "vería ventas."
    ),
    "Needs no account, no key and no network. Nothing is left behind.": (
        "No necesita cuenta, clave ni red. No deja nada atrás."
    ),
    "Serve a strict imitation of the CRM on this machine, with invented people or those of a spreadsheet.": (
        "Sirve en este equipo una imitación estricta del CRM, con personas inventadas o las de una hoja de cálculo."
    ),
    "Write puente.toml, model.yaml, the CRM's mapping and .env into this folder.": (
        "Escribe en esta carpeta puente.toml, model.yaml, el mapeo del CRM y .env."
    ),
    "With credentials, the CRM's own fields are looked at: a field that surely holds an attribute is written into the "
    "mapping, a likely one as a comment. Secrets are asked for, never given as options, and go to .env (mode 600) "
    "alone.": (
        "Con credenciales se miran los campos del CRM: el que con seguridad contiene un atributo se escribe en el "
        "mapeo; el probable, como comentario. Los secretos se preguntan, nunca son opciones y solo van a .env "
        "(modo 600)."
    ),
    "Check the model file and the mapping, run golden cases, and say every problem at once.": (
        "Comprueba el archivo del modelo y el mapeo, ejecuta los casos y dice todos los problemas a la vez."
    ),
    "Exit 0: all in order; 1: some case does not hold; 2: something must be corrected.": (
        "Código 0: todo en orden; 1: algún caso no se cumple; 2: hay algo que corregir."
    ),
    "Create what Puente needs in the CRM: fields, permissions, doorbells. Safe to repeat: what exists is left alone.": (
        "Crea en el CRM lo que Puente necesita: campos, permisos y avisos. Se puede repetir: lo que existe no se toca."
    ),
    "A field of ours that exists with another type stops everything before it begins (exit code 2).": (
        "Un campo con nuestro nombre y de otro tipo lo detiene todo antes de empezar (código 2)."
    ),
    "Remove the fields, permissions and doorbells that Puente made, with the values in them. Safe to repeat.": (
        "Quita los campos, permisos y avisos que Puente creó, con los valores que contienen. Se puede repetir."
    ),
    "What has our name but not our mark stays. Tasks stay, too, unless --tasks; so do the stages of the CRM's own.": (
        "Lo que lleva nuestro nombre pero no nuestra marca se queda. También las tareas, salvo con --tasks, y las "
        "etapas propias del CRM."
    ),
    "Look at credentials, limits, fields, others' rules, sources, owners, webhook, queue and state. Writes nothing.": (
        "Mira credenciales, límites, campos, reglas ajenas, fuentes, responsables, webhook, cola y estado. No escribe "
        "nada."
    ),
    "Exit 0: nothing fails, warnings aside; 1: something does; 2: a setting or a file is wrong.": (
        "Código 0: nada falla, avisos aparte; 1: algo falla; 2: un ajuste o un archivo está mal."
    ),
    "Decide people's stages with their reasons and write them to the CRM, with one sales task per handoff.": (
        "Decide la etapa de las personas, con sus motivos, y la escribe en el CRM, con una tarea de ventas por "
        "traspaso."
    ),
    "Name people by ID or --email, or take --all. Safe to repeat: nothing is written when nothing changed.": (
        "Indique personas por ID o con --email, o use --all. Se puede repetir: si nada ha cambiado, nada se escribe."
    ),
    "Receive the CRM's webhooks on this machine and qualify the people they are about, seconds later.": (
        "Recibe en este equipo los webhooks del CRM y califica segundos después a las personas de las que tratan."
    ),
    "The same handlers as the functions in AWS, with the queue in the state file. Ctrl-C stops it; what is queued "
    "stays queued. The CRM must reach the port through a tunnel or a proxy with HTTPS.": (
        "Lo mismo que las funciones en AWS, con la cola en el archivo de estado. Ctrl-C lo detiene; lo que está en "
        "cola se conserva. El CRM debe llegar al puerto por un túnel o un proxy con HTTPS."
    ),
    "See the doorbells that wait and those that were parked, with their reasons, and put these back.": (
        "Muestra los avisos que esperan y los apartados, con su motivo, y devuelve estos a la cola."
    ),
    "Put parked doorbells back into the queue: those named by the ID `puente queue status` shows, or all.": (
        "Devuelve a la cola los avisos apartados: los del ID que muestra `puente queue status`, o todos."
    ),
    "Forget parked doorbells for good, by the ID `puente queue status` shows: those that need no answer any more.": (
        "Olvida para siempre los avisos apartados que ya no necesitan respuesta, por el ID que muestra `puente queue "
        "status`."
    ),
    "List MQLs and SQLs whose task is gone or has no owner. Asks the CRM; changes nothing in it.": (
        "Lista los MQL y SQL cuya tarea ya no existe o no tiene responsable. Pregunta al CRM; no cambia nada en él."
    ),
    "Exit 1 when there are any.": "Termina con 1 si hay alguno.",
    "Say how many doorbells wait, for how long, and which are parked and why. The CRM is not asked.": (
        "Dice cuántos avisos esperan, desde cuándo, y cuáles están apartados y por qué. No pregunta al CRM."
    ),
    "Copy people, what they did, stages, deals and tasks into a folder of this machine (PUENTE_SNAPSHOT).": (
        "Copia personas, lo que hicieron, etapas, negocios y tareas en una carpeta de este equipo (PUENTE_SNAPSHOT)."
    ),
    "The first run reads everybody, later ones who changed. Cut off, it goes on where it was. Nothing is written to "
    "the CRM. Names and e-mail addresses are left out unless a rule of the model looks at them.": (
        "La primera vez lee a todas las personas; después, a quien cambió. Si se interrumpe, sigue donde estaba. No "
        "escribe nada en el CRM. Los nombres y correos se omiten, salvo que una regla del modelo los mire."
    ),
    "Show the decision about one person (ID, or e-mail address) and every point of it. Writes nothing.": (
        "Muestra la decisión sobre una persona (ID, o correo), punto por punto. No escribe nada."
    ),
}

_OPTIONS_ES: Final[Mapping[str, str]] = {
    "Say how many; discard nothing.": "Dice cuántos; no descarta nada.",
    "Do not keep an attribute; may be repeated.": "No guarda un atributo; se puede repetir.",
    "How long it may be read: 90.": "Cuánto tiempo se puede leer: 90.",
    "Ask what fields held when (the default), or save calls.": (
        "Pregunta qué valor tuvo cada campo y cuándo (lo normal), o ahorra llamadas."
    ),
    "Keep salted hashes instead of the CRM's ids.": "Guarda resúmenes con sal en lugar de los ID del CRM.",
    "Read everybody again, not only who changed since the last run.": (
        "Vuelve a leer a todas las personas, no solo a quien cambió desde la última vez."
    ),
    "Remove the copy from this machine.": "Borra la copia de este equipo.",
    "Say whether there is a copy; remove nothing.": "Dice si hay una copia; no borra nada.",
    "Share of the CRM's limits left to other integrations: 25.": (
        "Parte de los límites del CRM que queda para otras integraciones: 25."
    ),
    "Show the version and exit.": "Muestra la versión y termina.",
    "Instead of PUENTE_CRM.": "En lugar de PUENTE_CRM.",
    "Instead of PUENTE_LOCALE.": "En lugar de PUENTE_LOCALE.",
    "Ask nothing: take the options, then the settings there are.": (
        "No pregunta nada: toma las opciones, y después los ajustes que haya."
    ),
    "Overwrite files that exist and differ.": "Sobrescribe los archivos que existen y difieren.",
    "Model file, instead of PUENTE_MODEL.": "Archivo del modelo, en lugar de PUENTE_MODEL.",
    "Mapping file, instead of PUENTE_MAPPING.": "Archivo de mapeo, en lugar de PUENTE_MAPPING.",
    "For machines: JSON on stdout.": "Para máquinas: JSON por la salida estándar.",
    "How many to invent.": "Cuántas inventar.",
    "The same seed invents the same people.": "La misma semilla inventa a las mismas personas.",
    "0 takes a free one.": "0 toma uno libre.",
    "A spreadsheet export to load people from.": "Una hoja de cálculo exportada de la que cargar personas.",
    "The column map of --csv.": "El mapa de columnas de --csv.",
    "A JSON file of fault rules: what shall go wrong.": "Un archivo JSON con reglas: qué debe fallar.",
    "Compare the mapping with the CRM's own schema, too; needs credentials.": (
        "Compara además el mapeo con el esquema del CRM; necesita credenciales."
    ),
    "Golden cases to run against the model.": "Casos que ejecutar con el modelo.",
    "Say what would change; write nothing.": "Dice qué cambiaría; no escribe nada.",
    "Do not ask.": "No pregunta.",
    "Salesforce: how it shall ring. Outbound messages sent by flows, change data capture, or as it is.": (
        "Salesforce: cómo debe avisar. Mensajes salientes enviados por flujos, captura de cambios, o como está."
    ),
    "With --doorbell cdc: the AWS region and account of the Event Relay.": (
        "Con --doorbell cdc: la región y la cuenta de AWS del Event Relay."
    ),
    "HubSpot: write the app's project for `hs project upload`.": (
        "HubSpot: escribe el proyecto de la aplicación para `hs project upload`."
    ),
    "Salesforce: write everything in source format instead.": (
        "Salesforce: lo escribe todo en formato fuente, sin instalar."
    ),
    "With --project or --source: also files somebody edited.": (
        "Con --project o --source: también los archivos que alguien editó."
    ),
    "Say what would go; remove nothing.": "Dice qué se quitaría; no quita nada.",
    "Also delete Puente's tasks that nobody has completed.": "Borra además las tareas de Puente que nadie completó.",
    "Somebody by e-mail address; may be repeated.": "Una persona por su correo; se puede repetir.",
    "The whole base.": "Toda la base.",
    "Who changed since an instant (2026-03-02T10:00:00Z) or a date (UTC).": (
        "Quién cambió desde un instante (2026-03-02T10:00:00Z) o una fecha (UTC)."
    ),
    "Decide and plan; write nothing anywhere.": "Decide y planifica; no escribe nada en ningún sitio.",
    "The address to listen on.": "La dirección en la que escuchar.",
    "Say how many; put nothing back.": "Dice cuántos; no devuelve ninguno.",
    "As of an instant (2026-03-02T10:00:00Z) or a date, past or future.": (
        "En un instante (2026-03-02T10:00:00Z) o una fecha, pasada o futura."
    ),
}

HELP_ES: Final[Mapping[str, str]] = {
    **_COMMANDS_ES, **_TEXTS_ES, **_OPTIONS_ES, **HELP_PLAN_ES, **HELP_LEARN_ES, **HELP_SCORE_ES,
}  # fmt: skip
"""Paragraph of a help text → its Spanish."""
