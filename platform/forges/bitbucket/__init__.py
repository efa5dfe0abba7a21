"""Bitbucket Cloud, by version 2.0 of its API.

Manual: developer.atlassian.com/cloud/bitbucket/rest, groups repositories, pullrequests,
commit statuses and reports. The secret is an access token of the repository, project or
workspace, or `name:secret` with a person's API token (the name is an e-mail address) or
app password.
"""

from forges.bitbucket.client import Bitbucket

__all__ = ["Bitbucket"]
