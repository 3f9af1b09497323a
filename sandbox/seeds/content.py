"""What the invented house publishes and sends: pages, downloads, webinars, campaigns, forms, and small talk."""

from __future__ import annotations

from dataclasses import dataclass

SITE = "https://www.example.com"

TOPICS = ("automation", "analytics", "integrations", "lead-management", "security", "pricing")

BLOG_PAGES = (
    ("/blog/que-es-un-mql", "lead-management"),
    ("/blog/calificar-leads-sin-hojas-de-calculo", "lead-management"),
    ("/blog/rueda-de-la-venta", "lead-management"),
    ("/blog/10-flujos-de-nutricion", "automation"),
    ("/blog/automatizar-la-bienvenida", "automation"),
    ("/blog/informes-que-ventas-lee", "analytics"),
    ("/blog/medir-la-conversion-por-canal", "analytics"),
    ("/blog/conectar-la-tienda-con-el-crm", "integrations"),
    ("/blog/data-protection-checklist", "security"),
    ("/blog/lead-scoring-explained?utm_source=newsletter&utm_medium=email", "lead-management"),
)
PRODUCT_PAGES = (
    ("/", None),
    ("/producto/automatizacion", "automation"),
    ("/producto/analitica", "analytics"),
    ("/integraciones", "integrations"),
    ("/seguridad", "security"),
    ("/casos/cadena-de-tiendas", "analytics"),
    ("/casos/escuela-de-negocios", "lead-management"),
    ("/nosotros", None),
)
PRICING_PAGES = ("/precios", "/precios?plan=equipo", "/precios/empresas", "/pricing", "/pricing?currency=usd")
CAREER_PAGES = ("/careers", "/careers/backend-engineer", "/careers/customer-success-madrid")


@dataclass(frozen=True, slots=True)
class Asset:
    """Something to download."""

    name: str
    topic: str


ASSETS = (
    Asset("E-book: Del lead al cliente en doce semanas", "lead-management"),
    Asset("Whitepaper: Calificar con datos propios", "lead-management"),
    Asset("Guía: Automatización para equipos pequeños", "automation"),
    Asset("E-book: 25 flujos de nutrición", "automation"),
    Asset("Whitepaper: Connecting shop, campus and CRM", "integrations"),
    Asset("Infografía: El embudo en una página", "analytics"),
    Asset("Guía: Cuadro de mando para marketing y ventas", "analytics"),
    Asset("Whitepaper: Privacidad y consentimiento", "security"),
    Asset("Whitepaper: Coste total y retorno", "pricing"),
)
WEBINARS = (
    ("Webinar: Marketing y ventas, un solo embudo", "lead-management"),
    ("Webinar: Automatizar sin perder el trato personal", "automation"),
    ("Webinar: Analítica para decidir mejor", "analytics"),
    ("Webinar: Integrations deep dive", "integrations"),
)
FAIRS = ("Feria virtual Comercio Conectado", "Jornada EdTech Iberoamérica", "Encuentro SaaS del Sur")
NURTURE_MAILS = (
    ("Nutrición: Primeros pasos", "automation"),
    ("Nutrición: Tres casos de tu sector", "lead-management"),
    ("Nutrición: Informe de tendencias", "analytics"),
    ("Invitación: Webinar del mes", "lead-management"),
    ("Invitación: Comparador de planes", "pricing"),
)
SURVEYS = ("Encuesta: Madurez digital", "Encuesta: Satisfacción con el webinar", "Encuesta: Prioridades del año")
HAND_RAISE_FORMS = (
    "Solicitar demo", "Solicitar una consultoría", "Pedir presupuesto", "Contactar con ventas", "Request a demo",
    "Request a quote", "Contact sales",
)  # fmt: skip
NEWSLETTER_FORM = "Suscripción al boletín"

QUESTIONS = (
    "¿Se puede importar el histórico de oportunidades?",
    "¿Cuánto se tarda en integrar la tienda?",
    "How do you handle consent across countries?",
    "¿Hay plan para instituciones educativas?",
    "¿El informe semanal se puede enviar a dirección?",
)
SOCIAL_COMMENTS = (
    "Muy útil la comparación de embudos, ¿habrá segunda parte?",
    "We moved from spreadsheets last year, never looking back.",
    "¿Tienen ejemplos para comercio minorista?",
)
CALL_NOTES = {
    "connected": (
        "Comparan dos proveedores; deciden antes de fin de trimestre. Piden referencias del sector.",
        "Interesada en el plan de empresas, falta el visto bueno de TI. Volver a llamar el jueves.",
        "Talked through the migration; wants numbers for 40 seats.",
    ),
    "no_answer": ("No contesta.", "Sin respuesta, segundo intento."),
    "voicemail": ("Mensaje en el buzón.",),
}
MEETING_TITLES = ("Primera reunión", "Repaso de necesidades", "Product walkthrough", "Revisión de propuesta")
NOTES = (
    "Conocida en la feria; pidió material sobre integraciones.",
    "Su equipo son 12 personas en tres países.",
    "Presupuesto previsto para el primer semestre.",
    "Prefers e-mail over phone.",
)
REPLIES = (
    "Gracias por el material. ¿Podríamos hablar la semana próxima?",
    "Interesante, lo comento con mi equipo y les digo.",
    "Thanks, this is what we were looking for. Who should I talk to about seats?",
)
CHATS = ("¿El precio es por usuario o por empresa?", "¿Tienen API?", "Do you offer onboarding in Spanish?")
SOURCES = (
    ("organic_search", 28), ("direct_traffic", 18), ("paid_search", 14), ("email_marketing", 10), ("referrals", 9),
    ("social_media", 9), ("paid_social", 6), ("offline", 4), ("other_campaigns", 2),
)  # fmt: skip
