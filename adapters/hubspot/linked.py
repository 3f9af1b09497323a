"""Read what hangs on contacts by association or by property: engagements, deals, companies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.hubspot.availability import Availability
from adapters.hubspot.deals import DEAL_PROPERTIES, to_deal
from adapters.hubspot.events import from_engagement
from adapters.hubspot.evidence import Evidence
from adapters.hubspot.gateway import Found, Gateway, Links, ReadJob
from adapters.hubspot.needs import COMPANY_ID, ENGAGEMENTS, Needs
from adapters.hubspot.replies import CrmRecord
from connector.errors import CrmError
from connector.ports import Deal

DEALS = "deals"
COMPANIES = "companies"


class LinkedReader:
    """Read linked records for a whole wave: ids first, then each record once, however many people share it."""

    def __init__(self, gateway: Gateway, needs: Needs, availability: Availability) -> None:
        self._gateway = gateway
        self._needs = needs
        self._availability = availability

    def read(self, evidence: Evidence) -> None:
        """Add engagements, deals and companies to the evidence."""
        wanted = [source for source in ENGAGEMENTS if source in self._needs.probed]
        if self._needs.uses_deals:
            wanted.append(DEALS)
        links = self._links([source for source in wanted if not self._availability.refuses(source)], evidence)
        companies = self._company_ids(evidence)
        jobs = {source: self._job(source, linked) for source, linked in links.items()}
        if companies:
            properties = self._needs.company_properties
            jobs[COMPANIES] = ReadJob(COMPANIES, set(companies.values()), properties, COMPANIES)
        bodies = dict(zip(jobs, self._gateway.read(list(jobs.values())), strict=True))
        for source, found in bodies.items():
            if self._is_there(source, found.failed, bool(found.records)):
                self._attach(source, found, links.get(source), companies, evidence)

    def deals_of(self, contact_ids: Sequence[str]) -> tuple[dict[str, list[Deal]], dict[str, CrmError]]:
        """Read the deals of contacts, and say for whom it failed."""
        links = self._gateway.associations([(DEALS, contact_ids)])[DEALS]
        found = self._gateway.read([self._job(DEALS, links)])[0]
        deals: dict[str, list[Deal]] = {}
        failed = dict(links.failed)
        for contact_id, ids in links.to_ids.items():
            records, error = _pick(ids, found)
            deals[contact_id] = [to_deal(record) for record in records]
            if error is not None:
                failed[contact_id] = error
        return deals, failed

    def _links(self, sources: Sequence[str], evidence: Evidence) -> dict[str, Links]:
        read = self._gateway.associations([(source, evidence.sound_ids) for source in sources])
        present = {
            source: links
            for source, links in read.items()
            if self._is_there(source, links.failed, len(links.failed) < len(evidence.contacts))
        }
        for links in present.values():
            for contact_id, error in links.failed.items():
                evidence.fail(contact_id, error)
        return present

    def _is_there(self, source: str, failed: dict[str, CrmError], answered: bool) -> bool:
        if self._availability.accept_refusal(source, failed.values()):
            return False
        if answered:
            self._availability.prove(source)
        return True

    def _job(self, source: str, links: Links) -> ReadJob:
        ids = {linked for contact_ids in links.to_ids.values() for linked in contact_ids}
        if source == DEALS:
            return ReadJob(DEALS, sorted(ids), DEAL_PROPERTIES, DEALS)
        return ReadJob(source, sorted(ids), self._needs.engagement_properties(source), "engagements")

    def _company_ids(self, evidence: Evidence) -> dict[str, str]:
        if not self._needs.uses_company or self._availability.refuses(COMPANIES):
            return {}
        contacts = evidence.contacts.items()
        return {contact_id: company for contact_id, contact in contacts if (company := contact.get(COMPANY_ID).strip())}

    def _attach(
        self, source: str, found: Found, links: Links | None, companies: dict[str, str], evidence: Evidence
    ) -> None:
        """Give every contact its linked records; one that could not be read fails all who share it."""
        linked = links.to_ids if links else {contact_id: [company] for contact_id, company in companies.items()}
        if source == DEALS:
            evidence.deals = {}
        for contact_id, ids in linked.items():
            records, error = _pick(ids, found)
            if error is not None:
                evidence.fail(contact_id, error)
            if source == COMPANIES and records:
                evidence.companies[contact_id] = records[0]
            elif source == DEALS and evidence.deals is not None:
                evidence.deals[contact_id] = [to_deal(record) for record in records]
            elif source in ENGAGEMENTS:
                for record in records:
                    evidence.add(contact_id, source, from_engagement(source, record))


def _pick(ids: Iterable[str], found: Found) -> tuple[list[CrmRecord], CrmError | None]:
    """Return the records of `ids` that were read, and the failure of one that was not; missing ones are deleted."""
    wanted = list(ids)
    error = next((found.failed[linked_id] for linked_id in wanted if linked_id in found.failed), None)
    return [found.records[linked_id] for linked_id in wanted if linked_id in found.records], error
