"""Imitate Salesforce: REST, SOQL, composite, Bulk 2.0 and metadata over HTTP, with the org's state in SQLite."""
