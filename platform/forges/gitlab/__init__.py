"""GitLab, by version 4 of its REST API, with an access token of the project, its group or a person.

Needs the scopes `api` and `write_repository` and the role Developer.
"""

from forges.gitlab.client import GitLab

__all__ = ["GitLab"]
