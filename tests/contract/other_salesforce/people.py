"""Put people into an organisation: ordinary ones by dice, and the odd ones every old organisation has."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from tests.contract.other_salesforce.life import convert, merge
from tests.contract.other_salesforce.org import Item, Org
from tests.contract.other_salesforce.values import Kept

Kind = Literal["Lead", "Contact"]
DEMO, BOOK, SURVEY, NEWS, JOBS = (
    "Solicitar demo", "Descarga e-book ventas B2B", "Encuesta de madurez", "Newsletter", "Trabaja con nosotros",
)  # fmt: skip
TITLES: Final = ("Directora de Marketing", "Gerente Comercial", "CEO", "Becario", "Analista", "Head of Growth", None)
COUNTRIES: Final = ("ES", "MX", "CO", "AR", "US", "DE", None)
INDUSTRIES: Final = ("Technology", "Retail", "Education", "Energy", None)
CAMPAIGNS: Final = (
    ("Webinar", "Attended"), ("Webinar", "Registered"), ("Event", "Attended"), ("Content", "Downloaded"),
    ("Survey", "Completed"), ("Newsletter", "Subscribed"), ("Other", "Responded"), ("Other", "Sent"),
)  # fmt: skip


@dataclass(frozen=True)
class Base:
    """Name the people that tests look for; `gone` are those nobody may be told about any more."""

    ordinary: tuple[str, ...]
    odd: tuple[str, ...]
    hand_raisers: tuple[str, ...]
    gone: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.ordinary, *self.odd, *self.hand_raisers)


def settle(org: Org, *, ordinary: int = 40, seed: int = 5, odd: bool = True, hand_raisers: int = 6) -> Base:
    """Fill the organisation: leads and contacts in turn, hand-raisers who fit, and the odd ones."""
    dice = random.Random(seed)
    campaigns = [org.add("Campaign", Name=f"Campaña {n}", Type=kind, IsActive=True) for n, (kind, _) in
                 enumerate(CAMPAIGNS)]  # fmt: skip
    plain = tuple(_ordinary(org, dice, campaigns, number) for number in range(ordinary))
    raisers = tuple(hand_raiser(org, number, _kind(number)) for number in range(hand_raisers))
    strange = tuple(_odd(org)) if odd else ()
    gone = tuple(_gone(org)) if odd else ()
    return Base(plain, strange, raisers, gone)


def _kind(number: int) -> Kind:
    return "Contact" if number % 3 == 2 else "Lead"


def ago(org: Org, **delta: float) -> datetime:
    return (org.clock() - timedelta(**delta)).replace(microsecond=0)


def form(org: Org, person: str, subject: str, days: float, /, **more: Kept) -> Item:
    """Log a form as tools do: a closed task of a type of its own."""
    return done(org, person, subject, days, Type="Form Submitted", **more)


def done(org: Org, person: str, subject: str, days: float, /, **more: Kept) -> Item:
    """Log a task that was done so many days ago."""
    at = ago(org, days=days)
    fixed: dict[str, Kept] = {"Status": "Completed", "CompletedDateTime": at, "ActivityDate": at.date()}
    return org.add("Task", at, WhoId=person, Subject=subject, OwnerId=org.reps[0], **(fixed | more))


def join(org: Org, campaign: Item, person: str, status: str, days: float) -> Item:
    """Make somebody a member of a campaign who responded on a day."""
    key = "LeadId" if person.startswith("00Q") else "ContactId"
    at = ago(org, days=days)
    values: dict[str, Kept] = {key: person, "CampaignId": campaign.id, "Status": status,
                               "HasResponded": status not in ("Sent", "Registered"),
                               "FirstRespondedDate": at.date()}  # fmt: skip
    return org.add("CampaignMember", at, **values)


def mail(org: Org, person: str, days: float, *, incoming: bool, subject: str = "Re: propuesta") -> Item:
    """Log one e-mail as Salesforce does: a message, who it concerns, and a task of it."""
    at = ago(org, days=days)
    task = done(org, person, f"Email: {subject}"[:255], days, TaskSubtype="Email")
    message = org.add("EmailMessage", at, ActivityId=task.id, Subject=subject, Incoming=incoming, MessageDate=at,
                      Status="1" if incoming else "3", IsOpened=False, IsBounced=False)  # fmt: skip
    kind = "FromAddress" if incoming else "ToAddress"
    org.add("EmailMessageRelation", at, EmailMessageId=message.id, RelationId=person, RelationType=kind,
            RelationObjectType="Lead" if person.startswith("00Q") else "Contact")  # fmt: skip
    return message


def deal(org: Org, contact: str, stage: str, days: float) -> Item:
    account, closed_at = org.item(contact).values.get("AccountId"), ago(org, days=days)
    made = org.add("Opportunity", ago(org, days=days + 10), Name="Pedido", StageName=stage, Amount=1200.5,
                   CloseDate=closed_at.date(), AccountId=account)  # fmt: skip
    org.add("OpportunityContactRole", OpportunityId=made.id, ContactId=contact, Role="Decision Maker")
    return made


def person(org: Org, kind: Kind, company: dict[str, Kept], /, **values: Kept) -> str:
    """Add a lead with its company in fields of its own, or a contact with an account."""
    country, city = values.pop("Country", None), values.pop("City", None)
    if kind == "Lead":
        own = {"Company": company.get("Name", "[not provided]"), "Industry": company.get("Industry"),
               "NumberOfEmployees": company.get("NumberOfEmployees"), "Country": country, "City": city}  # fmt: skip
        return org.add("Lead", **{"Status": "Open", "IsConverted": False, **own, **values}).id
    account = org.add("Account", **company).id if company else None
    return org.add("Contact", AccountId=account, MailingCountry=country, MailingCity=city, **values).id


def hand_raiser(org: Org, number: int, kind: Kind = "Lead", /, **more: Kept) -> str:
    """Add somebody who fits the packaged model and asked for a demo: an SQL."""
    company: dict[str, Kept] = {"Name": f"Talleres {number}", "Industry": "Retail", "NumberOfEmployees": 120}
    values: dict[str, Kept] = {
        "FirstName": "Lucía", "LastName": f"Pérez {number}", "Email": f"lucia{number}@cliente{number}.example",
        "Title": "Directora de Marketing", "Country": "ES", "OwnerId": org.reps[0],
    }  # fmt: skip
    made = person(org, kind, company, **(values | more))
    form(org, made, DEMO, 0.5)
    form(org, made, BOOK, 3)
    return made


def _ordinary(org: Org, dice: random.Random, campaigns: list[Item], number: int) -> str:
    kind = _kind(number)
    company: dict[str, Kept] = {
        "Name": f"Empresa {dice.randrange(999)} S.L.", "Industry": dice.choice(INDUSTRIES),
        "NumberOfEmployees": dice.choice([5, 40, 250, 9000, None]),
    }  # fmt: skip
    values: dict[str, Kept] = {
        "FirstName": dice.choice(["Ana", "Íñigo", "Chloë", "Zoë", None]), "LastName": f"García {number}",
        "Email": f"p{number}@empresa{number % 9}.example", "Title": dice.choice(TITLES),
        "Country": dice.choice(COUNTRIES), "OwnerId": dice.choice([org.reps[0], org.reps[1], org.queue]),
        "LeadSource": dice.choice(["Web", None]), "HasOptedOutOfEmail": dice.random() < 0.1,
        "Email_Opens__c": float(dice.randrange(12)), "Email_Last_Open__c": ago(org, days=dice.uniform(0, 90)),
        "Email_Clicks__c": float(dice.randrange(6)), "Email_Last_Click__c": ago(org, days=dice.uniform(0, 90)),
    }  # fmt: skip
    made = person(org, kind, company, **values)
    for _ in range(dice.choice([0, 0, 1, 2, 4])):
        form(org, made, dice.choice([DEMO, BOOK, BOOK, SURVEY, NEWS, JOBS]), dice.uniform(0.1, 200))
    for _ in range(dice.choice([0, 0, 1, 3])):
        place = dice.randrange(len(campaigns))
        join(org, campaigns[place], made, CAMPAIGNS[place][1], dice.uniform(1, 120))
    _activities(org, dice, made, kind)
    return made


def _activities(org: Org, dice: random.Random, made: str, kind: Kind) -> None:
    for _ in range(dice.choice([0, 0, 1, 12])):
        done(org, made, "Precios", dice.uniform(0, 60), Type="Page View", Page_URL__c="https://x.example/precios")
    for _ in range(dice.choice([0, 0, 1, 2])):
        mail(org, made, dice.uniform(0, 120), incoming=dice.random() < 0.5)
    for _ in range(dice.choice([0, 0, 1, 2])):
        done(org, made, "Llamada", dice.uniform(0, 500), TaskSubtype="Call", CallType="Outbound")
    if dice.random() < 0.3:
        at = ago(org, days=dice.uniform(0, 600))
        org.add("Event", at, WhoId=made, Subject="Reunión", StartDateTime=at, ActivityDate=at.date(), IsChild=False)
        org.add("Event", at, WhoId=made, Subject="Copia", StartDateTime=at, ActivityDate=at.date(), IsChild=True)
    if kind == "Contact" and dice.random() < 0.3:
        deal(org, made, dice.choice(["Closed Won", "Closed Lost", "Prospecting"]), 90)


HOSTILE: Final[tuple[dict[str, Kept], ...]] = (
    {"FirstName": "O'Brien \\' OR Id != null", "LastName": "'; DELETE \\", "Title": "CEO"},
    {"FirstName": "<script>alert(1)</script>", "LastName": "&amp; <b>x</b> \"y\"", "Title": "Director"},
    {"FirstName": "🦄" * 20, "LastName": "\u202eאבג\u202c ‮مرحبا", "Title": "Director\u2028a"},
    {"FirstName": "x" * 40, "LastName": "y" * 80, "Title": "Gerente " + "z" * 120, "Description": "d" * 32_000},
    {"FirstName": "{name}", "LastName": "%s %d {0} ${HOME} [bold]x[/bold]", "Title": "Head of {nothing}"},
    {"FirstName": "\n\r\t", "LastName": "\u200b", "Email": "no-at-sign"},
    {"FirstName": "\\u0000\\x00", "LastName": "a\tb\x0bc\x7f\x1b[31m", "Email": "UPPER@CASE.EXAMPLE"},
)  # fmt: skip


def _odd(org: Org) -> list[str]:
    """Add the rows no engineer thinks of: next to nothing, 1970, 2099, hostile text, records without dates."""
    found = [person(org, "Lead", {}, LastName="[not provided]"), person(org, "Contact", {}, LastName="-")]
    found.append(org.add("Lead", datetime.fromisoformat("1970-01-01T00:00:00+00:00"), LastName="Época", Company="-").id)
    found += [person(org, _kind(n + 2), {"Name": "O'Brien \\' OR Id != null"}, **values) for n, values in
              enumerate(HOSTILE)]  # fmt: skip
    for number, values in enumerate(HOSTILE):
        shown = {name: value for name, value in values.items() if name in ("FirstName", "LastName")}
        found.append(hand_raiser(org, 900 + number, _kind(number), **shown))
    found.append(hand_raiser(org, 990, OwnerId=org.reps[2]))
    found.append(hand_raiser(org, 991, "Contact", OwnerId=org.queue))
    strange = hand_raiser(org, 992)
    for subject in (HOSTILE[0]["FirstName"], "🦄" * 120, "\u202eאבג", "x" * 255, None):
        done(org, strange, str(subject or ""), 2, Description="d" * 32_000)
    done(org, strange, "Futura", -3, Type="Page View")
    org.add("Task", WhoId=strange, Subject="Sin fecha", Status="Not Started", ActivityDate=None)
    org.add("Task", WhoId=strange, Subject="Borrada", IsDeleted=True, Type="Form Submitted", Status="Completed",
            ActivityDate=ago(org, days=1).date())  # fmt: skip
    org.add("Event", WhoId=strange, Subject="Sin hora", ActivityDate=date(2026, 11, 2), IsChild=False)
    return [*found, strange]


def _gone(org: Org) -> list[str]:
    """Add those who are nobody any more: deleted, merged and converted. Their survivors are ordinary people."""
    deleted = person(org, "Lead", {}, LastName="Borrada")
    org.delete(deleted)
    winner, loser = (person(org, "Lead", {"Name": "Dos"}, LastName=f"Doble {n}", Country="ES") for n in (1, 2))
    form(org, loser, BOOK, 4)
    merge(org, winner, loser)
    converted = hand_raiser(org, 995)
    convert(org, converted)
    return [deleted, loser, converted]
