"""Name the channels of HubSpot's `hs_analytics_source` and Salesforce's `LeadSource`; any other is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.domain.model import Locale

CHANNEL_NAMES: Final[Mapping[Locale, Mapping[str, str]]] = {
    "es": {
        "ORGANIC_SEARCH": "búsqueda orgánica", "PAID_SEARCH": "búsqueda de pago", "EMAIL_MARKETING": "email marketing",
        "SOCIAL_MEDIA": "redes sociales", "PAID_SOCIAL": "redes sociales de pago",
        "REFERRALS": "referencias", "OTHER_CAMPAIGNS": "otras campañas",
        "DIRECT_TRAFFIC": "tráfico directo", "OFFLINE": "fuentes offline", "AI_REFERRALS": "asistentes de IA",
        "Web": "web", "Phone Inquiry": "llamada entrante", "Partner Referral": "recomendación de socios",
        "Purchased List": "lista comprada", "Other": "otro",
    },
    "en": {
        "ORGANIC_SEARCH": "organic search", "PAID_SEARCH": "paid search", "EMAIL_MARKETING": "email marketing",
        "SOCIAL_MEDIA": "social media", "PAID_SOCIAL": "paid social media", "REFERRALS": "referrals",
        "OTHER_CAMPAIGNS": "other campaigns", "DIRECT_TRAFFIC": "direct traffic", "OFFLINE": "offline sources",
        "AI_REFERRALS": "AI assistants",
    },
}  # fmt: skip
