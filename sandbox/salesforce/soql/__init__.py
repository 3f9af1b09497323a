"""Read SOQL, check it against the org's objects and fields, and answer it from the database."""
