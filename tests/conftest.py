"""Fixtures for every test; Postgres itself comes from the plugin `tests.postgres`."""
