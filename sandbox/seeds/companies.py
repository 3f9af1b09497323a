"""Invented employers and the jobs people hold there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sandbox.seed import SeedCompany
from sandbox.seeds.dice import Dice
from sandbox.seeds.names import to_ascii

TARGET_COUNTRIES = ("ES", "MX", "CO", "AR", "CL", "PE")
OTHER_COUNTRIES = ("US", "GB", "DE", "FR", "IT", "PT", "BR", "UY", "EC", "IE", "PL", "JP", "MA", "VN", "TR")
TARGET_INDUSTRIES = ("software", "retail", "education")
OTHER_INDUSTRIES = (
    "manufacturing", "healthcare", "finance", "hospitality", "logistics", "construction", "media", "government",
    "agriculture", "nonprofit", "energy",
)  # fmt: skip

# Shares of the countries the house sells to.
COUNTRY_WEIGHTS = (("ES", 40), ("MX", 22), ("CO", 12), ("AR", 12), ("CL", 8), ("PE", 6))

_STEMS = (
    "Lumina", "Nébula", "Alborada", "Cumbre", "Marea", "Tierra Roja", "Quántica", "Cóndor", "Ámbar", "Faro", "Raíces",
    "Horizonte", "Obsidiana", "Almena", "Brújula", "Cantera", "Duna", "Estela", "Fragua", "Garúa", "Hilandera",
    "Itzamná", "Jacaranda", "Kalpa", "Litoral", "Mirador", "Ñandú", "Olivar", "Puerta Norte", "Quetzal", "Ribera",
    "Solsticio", "Tinta China", "Umbral", "Vereda", "Wayra", "Yunque", "Zafiro", "Colibrí", "Sextante",
)  # fmt: skip
_PATTERNS = {
    "software": ("{} Software", "{} Tech", "{} Labs", "{} Digital", "Sistemas {}"),
    "retail": ("{} Moda", "Mercado {}", "{} Hogar", "Tiendas {}", "{} Deportes"),
    "education": ("Academia {}", "Escuela {}", "{} Formación", "Campus {}", "Universidad {}"),
    "manufacturing": ("{} Industrial", "Metalúrgica {}", "Plásticos {}"),
    "healthcare": ("{} Salud", "Clínicas {}", "{} Farma"),
    "finance": ("{} Capital", "Seguros {}", "{} Crédito"),
    "hospitality": ("Hoteles {}", "{} Viajes", "{} Gastronomía"),
    "logistics": ("{} Logística", "Transportes {}", "{} Courier"),
    "construction": ("Construcciones {}", "{} Ingeniería", "Obras {}"),
    "media": ("{} Medios", "Editorial {}", "{} Producciones"),
    "government": ("Instituto Municipal {}", "Agencia Regional {}"),
    "agriculture": ("{} Agro", "Viñedos {}", "Cosechas {}"),
    "nonprofit": ("Fundación {}", "Asociación {}"),
    "energy": ("{} Energía", "{} Solar", "Renovables {}"),
    "": ("Grupo {}", "{} y Asociados", "{} & Cía"),  # nobody has filled in the sector
}
_LEGAL_FORMS = {"ES": ("S.L.", "S.A."), "MX": ("S.A. de C.V.",), "CO": ("S.A.S.",), "AR": ("S.R.L.", "S.A.")}

# {a} and {o} are the endings that agree with the person in Spanish.
DECISION_MAKERS = (
    "Director{a} de Marketing", "Director{a} Comercial", "Director{a} General", "Director{a} de Operaciones",
    "Gerente Comercial", "Gerente de Marketing", "Gerente General", "Head of Growth", "Head of Marketing", "CEO", "CMO",
    "Director{a} de TI", "Director{a} de Ventas para Latinoamérica", "Marketing Director",
    "Director{a} de Experiencia de Cliente", "Subdirector{a} de Admisiones", "Gerente de Comercio Electrónico",
    "Head of Revenue Operations",
)  # fmt: skip
OTHER_JOBS = (
    "Analista de datos", "Community manager", "Desarrollador{a} front-end", "Asistente administrativ{o}",
    "Diseñador{a} gráfic{o}", "Especialista en SEO", "Técnic{o} de soporte", "Ejecutiv{o} de cuentas",
    "Marketing Specialist", "Becari{o} de marketing", "Consultor{a} independiente", "Content writer",
    "Coordinador{a} de eventos", "Profesor{a}", "Product designer", "Administrativ{o} de compras",
    "Sales development representative", "Redactor{a}", "QA engineer", "Recepcionista",
)  # fmt: skip
STUDENT_JOBS = ("Estudiante de ADE", "Estudiante de Marketing Digital", "Student", "Estudiante de Ingeniería")

CITIES = {
    "ES": ("Madrid", "Barcelona", "València", "Málaga", "A Coruña", "Donostia", "Logroño", "Cádiz"),
    "MX": ("Ciudad de México", "Monterrey", "Mérida", "Querétaro", "León", "San Luis Potosí"),
    "CO": ("Bogotá", "Medellín", "Cali", "Cúcuta", "Ibagué"),
    "AR": ("Buenos Aires", "Córdoba", "Rosario", "San Miguel de Tucumán", "Neuquén"),
    "CL": ("Santiago", "Valparaíso", "Concepción", "Viña del Mar", "Ñuñoa"),
    "PE": ("Lima", "Arequipa", "Cusco", "Trujillo"),
    "US": ("Austin", "Miami"), "GB": ("Leeds", "Bristol"), "DE": ("Köln", "Würzburg"), "FR": ("Nîmes", "Besançon"),
    "IT": ("Forlì", "Torino"), "PT": ("Évora", "Porto"), "BR": ("São Paulo", "Florianópolis"), "UY": ("Montevideo",),
    "EC": ("Quito", "Guayaquil"), "IE": ("Cork",), "PL": ("Łódź", "Kraków"), "JP": ("Osaka",), "MA": ("Tétouan",),
    "VN": ("Đà Nẵng",), "TR": ("İzmir",),
}  # fmt: skip
PHONE_PREFIXES = {"ES": "+34 600", "MX": "+52 55", "CO": "+57 300", "AR": "+54 9 11", "CL": "+56 9", "PE": "+51 900"}
LANGUAGES = {"US": "en", "GB": "en", "IE": "en", "DE": "de", "FR": "fr", "IT": "it", "PT": "pt", "BR": "pt"}
# Hours to add to UTC. Good enough to keep invented people from working at night; no claim on clock changes.
UTC_OFFSETS = {
    "ES": 1, "MX": -6, "CO": -5, "AR": -3, "CL": -4, "PE": -5, "US": -6, "GB": 0, "DE": 1, "FR": 1, "IT": 1, "PT": 0,
    "BR": -3, "UY": -3, "EC": -5, "IE": 0, "PL": 1, "JP": 9, "MA": 1, "VN": 7, "TR": 3,
}  # fmt: skip


CompanySize = Literal["target", "tiny", "huge", "unknown"]
_HEAD_COUNTS: Mapping[CompanySize, tuple[int, int] | None] = {
    "target": (22, 950),
    "tiny": (1, 15),
    "huge": (1200, 42000),
    "unknown": None,
}
_VARIANTS = 3


def draw_company(dice: Dice, seed: int, country: str, industry: str, size: CompanySize) -> SeedCompany:
    """Draw one of the few employers of this country, industry and size, so that people come to share them."""
    return build_company(seed, country, industry, size, dice.whole(1, _VARIANTS))


def build_company(seed: int, country: str, industry: str, size: CompanySize, variant: int) -> SeedCompany:
    """Build one company; the same arguments always give the same one.

    An empty industry and the size `unknown` make companies of which nobody knows that.
    """
    # One shuffle per country and industry deals every variant another stem: names and domains never collide.
    stems = Dice(seed, "stems", country, industry).shuffled(_STEMS)
    stem = stems[list(_HEAD_COUNTS).index(size) * _VARIANTS + variant - 1]
    key = f"c-{country}-{industry or 'unlisted'}-{size}-{variant}".lower()
    dice = Dice(seed, key)
    name = dice.pick(_PATTERNS[industry]).format(stem)
    legal_form = f", {dice.pick(_LEGAL_FORMS.get(country, ('Ltd.',)))}" if dice.chance(0.4) else ""
    return SeedCompany(
        key=key,
        name=name + legal_form,
        domain=f"{to_ascii(name).replace('.', '-')}.{country.lower()}.example",  # RFC 2606 reserves .example
        industry=industry,
        employees=_draw_head_count(dice, size),
        country=country,
    )


def _draw_head_count(dice: Dice, size: CompanySize) -> int | None:
    """Draw a head count: many small and few large ones inside each band."""
    band = _HEAD_COUNTS[size]
    if band is None:
        return None
    low, high = band
    return int(low * (high / low) ** dice.share())
