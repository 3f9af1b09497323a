"""Hold the packaged model and mapping files as data."""
