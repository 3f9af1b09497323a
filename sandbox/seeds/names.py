"""First names and surnames by country, and the mailbox that follows from them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sandbox.seeds.dice import Dice


@dataclass(frozen=True, slots=True)
class Culture:
    """How people of a country are called; `surnames` is how many of them a full name may carry."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    family: tuple[str, ...]
    surnames: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody's name, and whether their job titles are feminine in Spanish."""

    first: str
    last: str
    feminine: bool


def _words(*lines: str) -> tuple[str, ...]:
    """Split lists of names; an underscore stands for the blank inside a name."""
    return tuple(word.replace("_", " ") for line in lines for word in line.split())


_SPAIN = Culture(
    women=_words(
        "Lucía Inés Begoña Ainhoa Nerea Montserrat Núria Rocío Candela Leonor Carlota Aitana Noelia Olaya Sonsoles",
        "Mª_Carmen Ana_Belén Estíbaliz Uxía Marina Eulàlia Ángela Itziar Paloma",
    ),
    men=_words(
        "Martín Álvaro Íñigo Iker Xavier Jordi Gonzalo Mateo Hugo Rubén Pelayo Andrés José_Luis Óscar Adrián Brais",
        "Víctor Guillem Ramón Sebastián Jesús",
    ),
    family=_words(
        "García Núñez Muñoz Ibáñez Etxeberria Goñi Peña Castaño Güell Puig Ferrer Vázquez Otero Castiñeira Llorente",
        "Zubiría Iturbe Sáez Calderón Rebollo Montané Ordóñez Villalobos de_la_Fuente del_Río Bermúdez Lozano",
        "Aragonés Quiñones Salinas Arévalo Fernández López Martínez Sánchez Gómez Jiménez",
    ),
    surnames=2,
)
_MEXICO = Culture(
    women=_words(
        "Ximena Valeria Guadalupe Itzel Citlali Renata Regina Alejandra Yolotzin Fernanda Abril Jimena Araceli",
        "Rosario María_José Dulce Mónica Nayeli",
    ),
    men=_words(
        "Emiliano Santiago Iván Héctor Rodrigo Leonardo Ulises Cuauhtémoc Luis_Ángel Joaquín Ernesto Tadeo Raúl",
    ),
    family=_words(
        "Hernández Ramírez Cárdenas Zúñiga Villaseñor Treviño Garza Ocampo Xicoténcatl Rentería Domínguez Ávila",
        "Montaño Barragán Covarrubias Olvera Escamilla Nájera Bañuelos Quintanilla Peralta Murguía Solís Arriaga",
        "Cortés Tlatoa de_León Rojas Valadez Mondragón",
    ),
    surnames=2,
)
_PLATE = Culture(
    women=_words(
        "Agustina Milagros Sol Malena Camila Delfina Julieta Candelaria Pilar Florencia Guadalupe Zoe Micaela",
    ),
    men=_words(
        "Facundo Lautaro Joaquín Thiago Nahuel Gastón Ezequiel Bautista Ramiro Luciano Matías Tomás Emanuel",
    ),
    family=_words(
        "Quiroga Bianchi Rossi Ferreyra Peralta Giménez Sosa Echeverría Moretti Colombo Acuña Benítez Ledesma Ríos",
        "Vignolo Páez Schneider Kowalczyk Iturralde Maldonado Rivadavia Ojeda Fontana Lugones Oyarzábal Gorostiaga",
    ),
)
_ANDES = Culture(
    women=_words(
        "Daniela Catalina Manuela Mariana Isabella Constanza Antonia Francisca Javiera Milagros Fiorella Ximena Killa",
        "Luz_Marina Yesenia Paloma Matilde",
    ),
    men=_words(
        "Andrés Juan_Pablo Sebastián Felipe Nicolás Benjamín Vicente Cristóbal Renzo Álvaro Gonzalo Rodrigo Amaru",
        "Édgar Jhon_Jairo",
    ),
    family=_words(
        "Montoya Restrepo Ospina Londoño Jaramillo Valderrama Cárdenas Ñustes Ceballos Arango Sepúlveda Contreras",
        "Fuentealba Ñancupil Huenchumilla Undurraga Errázuriz Larraín Quispe Mamani Huamán Chávez Ñahui Salazar",
        "Paredes Tello Villanueva Benavides Camacho Gutiérrez Rojas Núñez",
    ),
    surnames=2,
)
_ENGLISH = Culture(
    women=_words("Claire Harriet Niamh Priya Abigail Siobhán Heather Zoë"),
    men=_words("Owen Desmond Callum Marcus Trevor Kwame Aaron Wendell"),
    family=_words(
        "Whitfield O'Connor MacAllister Okafor Pemberton Hargreaves D'Souza Fairbanks Ainsworth O'Neill Kowalski Birch",
    ),
)
_CONTINENT = Culture(
    women=_words("Maëlle Chloé Giulia Zofia Anaïs Renée Åsa Élodie Inês"),
    men=_words("Jürgen Søren Björn Łukasz Matteo Günther João Luís"),
    family=_words(
        "Lefèvre Müller Sørensen Wójcik Dupré Bianchi Größe Lindström Conceição Gonçalves D'Angelo Bélanger van_Dijk",
    ),
)
_WORLD = Culture(
    women=_words("Yuki Amina Fatima Şebnem Anjali Leilani Mei Hoài Ayşe"),
    men=_words("Nguyễn Wei Kofi Tariq Dmitri Haruto"),
    family=_words("Tanaka El_Idrissi Trần Yılmaz Chaudhry Mensah Kealoha Haddad Zhang Petrov Đặng Sato"),
)

CULTURES = {
    "ES": _SPAIN, "MX": _MEXICO, "AR": _PLATE, "CO": _ANDES, "CL": _ANDES, "PE": _ANDES, "UY": _PLATE,
    "EC": _ANDES, "US": _ENGLISH, "GB": _ENGLISH, "IE": _ENGLISH, "DE": _CONTINENT, "FR": _CONTINENT, "IT": _CONTINENT,
    "PT": _CONTINENT, "PL": _CONTINENT, "BR": _CONTINENT, "JP": _WORLD, "MA": _WORLD, "VN": _WORLD, "TR": _WORLD,
}  # fmt: skip

# Letters that do not fall apart into a base letter and an accent.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

_PARTICLES = frozenset({"de", "del", "la", "el", "van"})


def draw_name(dice: Dice, country: str) -> Name:
    """Draw a name as people of the country carry them."""
    culture = CULTURES.get(country, _WORLD)
    feminine = dice.chance(0.5)
    last, second = dice.pick(culture.family), dice.pick(culture.family)
    if culture.surnames == 2 and second != last and dice.chance(0.55):
        last = f"{last} {second}"
    return Name(dice.pick(culture.women if feminine else culture.men), last, feminine)


def to_ascii(text: str) -> str:
    """Write a name with plain lower-case letters, digits and dots only, as mailboxes and domains do."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    letters = (letter for letter in folded if not unicodedata.combining(letter))
    return ".".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in letters).split())


def draw_mailbox(dice: Dice, name: Name) -> str:
    """Draw the part of the address before the @ in one of the usual styles."""
    given = to_ascii(name.first) or "x"
    family = [word for word in to_ascii(name.last).split(".") if word not in _PARTICLES] or ["x"]
    style = dice.weighted((("short", 5), ("initial", 3), ("full", 2), ("given", 1)))
    if style == "initial":
        return given[0] + family[0]
    if style == "full":
        return ".".join((given, *family))
    return given.replace(".", "") if style == "given" else f"{given.split('.')[0]}.{family[0]}"
