"""Say what happened, for reasons of rules whose model at hand has no words for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.domain.model import Why

KIND_NAMES: Final[Mapping[str, Why]] = {
    "page_view": Why("Visitó una página", "Viewed a page"),
    "return_visit": Why("Volvió al sitio", "Came back to the site"),
    "content_download": Why("Descargó un contenido", "Downloaded content"),
    "form_submitted": Why("Envió un formulario", "Submitted a form"),
    "newsletter_subscribed": Why("Se suscribió al boletín", "Subscribed to the newsletter"),
    "newsletter_unsubscribed": Why("Se dio de baja del boletín", "Unsubscribed from the newsletter"),
    "email_delivered": Why("Recibió un correo", "Received an e-mail"),
    "email_open": Why("Abrió un correo", "Opened an e-mail"),
    "email_click": Why("Hizo clic en un correo", "Clicked in an e-mail"),
    "email_reply": Why("Respondió a un correo", "Replied to an e-mail"),
    "email_bounce": Why("Un correo fue devuelto", "An e-mail bounced"),
    "webinar_registered": Why("Se inscribió en un webinar", "Registered for a webinar"),
    "webinar_attended": Why("Asistió a un webinar", "Attended a webinar"),
    "webinar_question": Why("Preguntó en un webinar", "Asked a question in a webinar"),
    "event_registered": Why("Se inscribió en un evento", "Registered for an event"),
    "event_attended": Why("Asistió a un evento", "Attended an event"),
    "survey_completed": Why("Respondió una encuesta", "Answered a survey"),
    "demo_trial": Why("Usó la demo", "Used the demo"),
    "product_usage": Why("Usó el producto", "Used the product"),
    "social_interaction": Why("Interactuó en redes sociales", "Interacted on social media"),
    "social_comment": Why("Comentó en redes sociales", "Commented on social media"),
    "chat": Why("Escribió por chat", "Wrote in a chat"),
    "call": Why("Hubo una llamada", "Had a call"),
    "meeting": Why("Hubo una reunión", "Had a meeting"),
    "note": Why("Hay una nota", "Has a note"),
    "ad_click": Why("Hizo clic en un anuncio", "Clicked an advertisement"),
    "list_joined": Why("Entró en una lista", "Joined a list"),
    "campaign_response": Why("Respondió a una campaña", "Responded to a campaign"),
}
