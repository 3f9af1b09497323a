"""Read the data sets: what was known when the lead came in, whether it was won, and their order in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.study.snapshot_schema import ATTRIBUTE_DTYPES, attribute_column
from connector.study.vector_truth import Flags

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Source:
    """Say how a file is read. `numbers` and `texts` name columns by attribute; whatever is not named is left out:
    it was written by sales, or after the fact. `order` is the column that tells time; None where there is no clock;
    "" where the rows are in its order."""

    name: str
    file: str
    hand: str
    numbers: Mapping[str, str]
    texts: Mapping[str, str]
    outcome: tuple[str, str]
    order: str | None = None
    blanks: Sequence[str] = ("", "Select")


@dataclass(frozen=True)
class Table:
    """Hold one data set, oldest first. `hand_text` is the file of the hand-set model."""

    name: str
    people: pl.DataFrame
    won: Flags
    types: Mapping[str, ValueType]
    hand_text: str
    has_clock: bool
    newest_from: int | None = None
    """The first row that is only measured on; None: whoever compares splits."""

    @property
    def model(self) -> Model:
        return parse_model(self.hand_text, file=self.name, types=self.types)


def read_table(source: Source, folder: Path) -> Table | None:
    """Read a data set; None where its file is not there."""
    path = folder / source.file
    if not path.is_file():
        return None
    raw = pl.read_csv(path, infer_schema=False, null_values=list(source.blanks))
    if source.order:
        raw = raw.sort(pl.col(source.order).cast(pl.Int64), maintain_order=True)
    columns = {attribute_column(name): raw[column].cast(pl.Float64) for name, column in source.numbers.items()}
    columns |= {attribute_column(name): raw[column].str.strip_chars() for name, column in source.texts.items()}
    column, value = source.outcome
    types: dict[str, ValueType] = {**dict.fromkeys(source.numbers, "number"), **dict.fromkeys(source.texts, "text")}
    schema = {attribute_column(name): ATTRIBUTE_DTYPES[kind] for name, kind in types.items()}
    won = np.array([cell == value for cell in raw[column]], dtype=np.bool_)
    people = pl.DataFrame(columns, schema_overrides=schema)
    return Table(source.name, people, won, types, (HERE / source.hand).read_text("utf-8"), source.order is not None)


def join_newest(older: Table, newer: Table | None) -> Table:
    """Return a table with newer rows after the older ones."""
    if newer is None:
        return older
    people = pl.concat([older.people, newer.people])
    return replace(older, people=people, won=np.concatenate([older.won, newer.won]), newest_from=len(older.won))


X_EDUCATION: Final = Source(
    name="X Education, known at capture",
    file="xeducation_leads_first80.csv",
    hand="hand_xeducation.yaml",
    numbers={
        "total_visits": "TotalVisits",
        "seconds_on_site": "Total Time Spent on Website",
        "pages_per_visit": "Page Views Per Visit",
    },
    texts={
        "lead_origin": "Lead Origin",
        "lead_source": "Lead Source",
        "do_not_email": "Do Not Email",
        "do_not_call": "Do Not Call",
        "country": "Country",
        "city": "City",
        "specialization": "Specialization",
        "heard_how": "How did you hear about X Education",
        "saw_search_ad": "Search",
        "saw_digital_ad": "Digital Advertisement",
        "recommended": "Through Recommendations",
        "free_copy": "A free copy of Mastering The Interview",
    },
    outcome=("Converted", "1"),
    order="Lead Number",
)
BANK: Final = Source(
    name="Bank marketing",
    file="bank_first80.csv",
    hand="hand_bank.yaml",
    numbers={
        "age": "age",
        "balance": "balance",
        "day": "day",
        "calls_this_campaign": "campaign",
        "days_since_last_call": "pdays",
        "calls_before": "previous",
    },
    texts={
        "job": "job",
        "marital": "marital",
        "education": "education",
        "in_default": "default",
        "housing": "housing",
        "loan": "loan",
        "contact": "contact",
        "month": "month",
        "previous_outcome": "poutcome",
    },
    outcome=("y", "yes"),
    order="",
)
SHOPPERS: Final = Source(
    name="Online shoppers",
    file="online_shoppers_intention.csv",
    hand="hand_shoppers.yaml",
    numbers={
        "account_pages": "Administrative",
        "account_seconds": "Administrative_Duration",
        "information_pages": "Informational",
        "information_seconds": "Informational_Duration",
        "product_pages": "ProductRelated",
        "product_seconds": "ProductRelated_Duration",
        "bounce_rate": "BounceRates",
        "exit_rate": "ExitRates",
        "page_value": "PageValues",
        "special_day": "SpecialDay",
    },
    texts={
        "month": "Month",
        "system": "OperatingSystems",
        "browser": "Browser",
        "region": "Region",
        "traffic": "TrafficType",
        "visitor": "VisitorType",
        "weekend": "Weekend",
    },
    outcome=("Revenue", "TRUE"),
)
SOURCES: Final = (X_EDUCATION, BANK, SHOPPERS)
