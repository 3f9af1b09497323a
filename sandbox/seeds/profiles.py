"""Who somebody is: name, mailbox, job and employer, drawn to fit the target profile or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.seed import SeedCompany
from sandbox.seeds.companies import (
    CITIES,
    COUNTRY_WEIGHTS,
    DECISION_MAKERS,
    LANGUAGES,
    OTHER_COUNTRIES,
    OTHER_INDUSTRIES,
    OTHER_JOBS,
    PHONE_PREFIXES,
    TARGET_INDUSTRIES,
    CompanySize,
    draw_company,
)
from sandbox.seeds.content import SOURCES
from sandbox.seeds.dice import Dice
from sandbox.seeds.names import draw_mailbox, draw_name

Fit = Literal["fit", "unfit", "undetermined"]
Trait = Literal["country", "size", "job", "industry"]
Likeness = Literal["target", "other", "unknown"]
Likenesses = Mapping[Trait, Likeness]

PRIVATE_DOMAIN = "correo.example"

# The traits weigh 20 (country), 25 (size), 30 (job) and 25 (industry) in the packaged model. Each row below keeps its
# verdict also when a model shifts those weights a little.
_FITTING: tuple[tuple[Mapping[Trait, Likeness], float], ...] = (
    ({}, 50),
    ({"country": "other"}, 8),
    ({"size": "other"}, 10),
    ({"industry": "other"}, 10),
    ({"job": "other"}, 6),
    ({"country": "unknown"}, 6),
    ({"size": "unknown"}, 7),
    ({"industry": "unknown"}, 7),
    ({"job": "unknown"}, 6),
)
_UNFITTING: tuple[tuple[Mapping[Trait, Likeness], float], ...] = (
    ({"country": "other", "size": "other", "job": "other", "industry": "other"}, 14),
    ({"size": "other", "job": "other", "industry": "other"}, 44),
    ({"country": "other", "job": "other", "industry": "other"}, 14),
    ({"country": "other", "size": "other", "job": "other"}, 10),
    ({"size": "unknown", "job": "other", "industry": "other"}, 10),
    ({"country": "other", "size": "other", "job": "other", "industry": "unknown"}, 8),
)
_UNDETERMINED: tuple[tuple[Mapping[Trait, Likeness], float], ...] = (
    ({"size": "unknown", "job": "unknown", "industry": "unknown"}, 45),
    ({"size": "unknown", "job": "unknown"}, 25),
    ({"country": "unknown", "size": "unknown", "job": "unknown"}, 15),
    ({"country": "unknown", "size": "unknown", "job": "unknown", "industry": "unknown"}, 15),
)
_ROWS = {"fit": _FITTING, "unfit": _UNFITTING, "undetermined": _UNDETERMINED}


@dataclass(frozen=True, slots=True)
class Profile:
    """A person without a past; `home` is where they live also when the CRM does not know it."""

    attributes: Mapping[str, str]
    company: SeedCompany | None
    home: str


def draw_profile(dice: Dice, seed: int, fit: Fit) -> Profile:
    """Draw somebody whose likeness to the target profile has this verdict."""
    return build_profile(dice, seed, dice.weighted(_ROWS[fit]))


def build_profile(dice: Dice, seed: int, likenesses: Likenesses) -> Profile:
    """Draw somebody with these likenesses; a trait that is not named is like the target."""
    home = dice.pick(OTHER_COUNTRIES) if likenesses.get("country") == "other" else dice.weighted(COUNTRY_WEIGHTS)
    name = draw_name(dice, home)
    company = _draw_employer(dice, seed, home, likenesses)
    domain = company.domain if company else PRIVATE_DOMAIN
    attributes = {
        "first_name": name.first,
        "last_name": name.last,
        "email": f"{draw_mailbox(dice, name)}@{domain}",
        "job_title": _draw_job(dice, likenesses.get("job", "target"), name.feminine),
        "country": "" if likenesses.get("country") == "unknown" else home,
        "city": dice.pick(CITIES[home]) if dice.chance(0.6) else "",
        "phone": _draw_phone(dice, home) if dice.chance(0.5) else "",
        "language": LANGUAGES.get(home, "es"),
        "source": dice.weighted(SOURCES),
    }
    return Profile({name: value for name, value in attributes.items() if value}, company, home)


def _draw_employer(dice: Dice, seed: int, home: str, likenesses: Likenesses) -> SeedCompany | None:
    """Draw the employer; when neither size nor industry is known the CRM knows no employer at all."""
    size_like, industry_like = likenesses.get("size", "target"), likenesses.get("industry", "target")
    if size_like == industry_like == "unknown":
        return None
    sizes: dict[Likeness, tuple[CompanySize, ...]] = {
        "target": ("target",),
        "other": ("tiny", "huge"),
        "unknown": ("unknown",),
    }
    industries = {"target": TARGET_INDUSTRIES, "other": OTHER_INDUSTRIES, "unknown": ("",)}
    return draw_company(dice, seed, home, dice.pick(industries[industry_like]), dice.pick(sizes[size_like]))


def _draw_job(dice: Dice, likeness: Likeness, feminine: bool) -> str:
    """Draw a job title, or none."""
    title = {"target": dice.pick(DECISION_MAKERS), "other": dice.pick(OTHER_JOBS), "unknown": ""}[likeness]
    return title.format(a="a" if feminine else "", o="a" if feminine else "o")


def _draw_phone(dice: Dice, home: str) -> str:
    """Draw a telephone number that looks right and reaches nobody in particular."""
    return f"{PHONE_PREFIXES.get(home, '+1 555')} {dice.whole(100, 999):03d} {dice.whole(100, 999):03d}"
