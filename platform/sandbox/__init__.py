"""Throw-away Postgres servers in which a team's SQL runs.

SQL from a repository is hostile until shown otherwise: docs/sandbox.md says what
each measure here answers. Knows neither Django nor Celery.
"""
