"""Change the org's schema and permissions as the Metadata API does."""
