"""Imitate the HubSpot CRM API, as strict as the original."""
