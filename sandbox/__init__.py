"""Imitate CRMs over HTTP, strictly: a witness for the connector, sharing no code with it."""
