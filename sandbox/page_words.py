"""The words of the sandbox's page in Spanish and English, and the order in which a rep looks at stages."""

from __future__ import annotations

from collections.abc import Mapping

STAGES = (
    "sql", "mql", "lead", "mnql", "opportunity", "customer", "evangelist", "subscriber", "disqualified", "",
)  # fmt: skip
FUNNEL = ("mnql", "lead", "mql", "sql", "opportunity", "customer")

_STAGES: Mapping[str, Mapping[str, str]] = {
    "es": {
        "sql": "SQL", "mql": "MQL", "lead": "Lead", "mnql": "mNQL", "opportunity": "Oportunidad", "customer": "Cliente",
        "evangelist": "Embajador", "subscriber": "Suscriptor", "disqualified": "Descartado", "": "Sin calificar",
    },
    "en": {
        "sql": "SQL", "mql": "MQL", "lead": "Lead", "mnql": "mNQL", "opportunity": "Opportunity",
        "customer": "Customer", "evangelist": "Evangelist", "subscriber": "Subscriber", "disqualified": "Disqualified",
        "": "Not qualified yet",
    },
}  # fmt: skip

_KINDS: Mapping[str, tuple[str, str]] = {
    "page_view": ("Vio una página", "Viewed a page"),
    "return_visit": ("Volvió otro día", "Came back on another day"),
    "content_download": ("Descargó", "Downloaded"),
    "form_submitted": ("Envió un formulario", "Submitted a form"),
    "newsletter_subscribed": ("Se suscribió al boletín", "Subscribed to the newsletter"),
    "newsletter_unsubscribed": ("Se dio de baja", "Unsubscribed"),
    "email_delivered": ("Correo entregado", "E-mail delivered"),
    "email_open": ("Abrió un correo", "Opened an e-mail"),
    "email_click": ("Hizo clic en un correo", "Clicked in an e-mail"),
    "email_reply": ("Respondió a un correo", "Replied to an e-mail"),
    "email_bounce": ("Correo rebotado", "E-mail bounced"),
    "webinar_registered": ("Se inscribió en un webinar", "Registered for a webinar"),
    "webinar_attended": ("Asistió a un webinar", "Attended a webinar"),
    "webinar_question": ("Preguntó en un webinar", "Asked in a webinar"),
    "event_registered": ("Se inscribió en un evento", "Registered for an event"),
    "event_attended": ("Asistió a un evento", "Attended an event"),
    "survey_completed": ("Respondió una encuesta", "Answered a survey"),
    "demo_trial": ("Probó la demo", "Tried the demo"),
    "product_usage": ("Usó el producto", "Used the product"),
    "social_interaction": ("Interactuó en redes", "Interacted on social media"),
    "social_comment": ("Comentó en redes", "Commented on social media"),
    "chat": ("Conversó por chat", "Chatted"),
    "call": ("Llamada", "Call"),
    "meeting": ("Reunión", "Meeting"),
    "note": ("Nota", "Note"),
    "ad_click": ("Hizo clic en un anuncio", "Clicked an ad"),
    "list_joined": ("Entró en una lista", "Joined a list"),
    "campaign_response": ("Respondió a una campaña", "Responded to a campaign"),
    "deal_created": ("Negocio creado", "Deal created"),
    "deal_won": ("Negocio ganado", "Deal won"),
    "deal_lost": ("Negocio perdido", "Deal lost"),
    "stage_changed": ("Cambió de etapa", "Stage changed"),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Personas, etapas y tareas", "People, stages and tasks"),
    "lede": (
        "Lo que un comercial vería en este CRM de pruebas.",
        "What a sales rep would see in this sandbox CRM.",
    ),
    "sandbox": ("CRM de pruebas", "Sandbox CRM"),
    "portal": ("portal", "portal"),
    "zone": ("horas de {zone}", "times in {zone}"),
    "people": ("Personas", "People"),
    "person": ("Persona", "Person"),
    "company": ("Empresa", "Company"),
    "stage": ("Etapa", "Stage"),
    "fit": ("Encaje", "Fit"),
    "engagement": ("Interacción", "Engagement"),
    "grade": ("Nota", "Grade"),
    "owner": ("Responsable", "Owner"),
    "waits": ("Tarea abierta", "Open task"),
    "tasks": ("Tareas", "Tasks"),
    "open_tasks": ("Tareas abiertas", "Open tasks"),
    "no_tasks": ("No hay tareas abiertas.", "There are no open tasks."),
    "funnel": ("Embudo", "Funnel"),
    "all": ("Todas", "All"),
    "search": ("Buscar persona, empresa o responsable", "Search person, company or owner"),
    "filter": ("Filtrar por etapa", "Filter by stage"),
    "nothing": ("Nadie coincide con la búsqueda.", "Nobody matches the search."),
    "nobody": ("Este CRM está vacío.", "This CRM is empty."),
    "unqualified": (
        "Todavía no se ha calificado a nadie. Ejecute «puente qualify --all» y vuelva a cargar la página.",
        "Nobody has been qualified yet. Run “puente qualify --all” and load this page again.",
    ),
    "shown": ("Se muestran {shown} de {total} personas.", "Showing {shown} of {total} people."),
    "reasons": ("Motivos", "Reasons"),
    "missing": ("Qué falta", "What is missing"),
    "nurture": ("Nutrición", "Nurture"),
    "timeline": ("Cronología", "Timeline"),
    "no_events": ("Sin actividad registrada.", "No recorded activity."),
    "older": ("… y {count} más antiguas", "… and {count} older"),
    "older_tasks": ("… y {count} más", "… and {count} more"),
    "machine": ("automático", "automatic"),
    "future": ("futuro", "in the future"),
    "close": ("Cerrar", "Close"),
    "due": ("Vence", "Due"),
    "overdue": ("Vencida", "Overdue"),
    "done": ("Completada", "Completed"),
    "unassigned": ("Sin responsable", "Unassigned"),
    "nameless": ("(sin nombre)", "(no name)"),
    "lifecycle": ("Etapa del CRM", "CRM lifecycle"),
    "high": ("alta", "high"),
    "medium": ("media", "medium"),
    "low": ("baja", "low"),
    "priority": ("prioridad", "priority"),
}
_MONTHS = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


class Words:
    """The page's words in one language; an unknown language is Spanish."""

    def __init__(self, locale: str) -> None:
        self.locale = "en" if locale.lower().startswith("en") else "es"

    def say(self, word: str, **values: object) -> str:
        """Give a label or a sentence."""
        return _WORDS[word][self.locale == "en"].format(**values)

    def stage(self, stage: str) -> str:
        """Name a stage; one of the CRM's own stays as it is."""
        return _STAGES[self.locale].get(stage, stage)

    def kind(self, kind: str) -> str:
        """Say what an event of this kind is."""
        return _KINDS[kind][self.locale == "en"] if kind in _KINDS else kind.replace("_", " ")

    def number(self, number: int) -> str:
        """Write a whole number with its thousands apart."""
        return f"{number:,}" if self.locale == "en" else f"{number:,}".replace(",", ".")

    def month(self, month: int) -> str:
        """Name a month in short."""
        return _MONTHS[self.locale][month - 1]
