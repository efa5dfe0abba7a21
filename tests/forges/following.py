"""A project that follows the repository of the tests' own GitHub by an App; Django is set up by now."""

from apps.accounts.models import User
from apps.accounts.sealing import seal
from apps.forges.connecting import connect
from apps.forges.installations import refresh
from apps.forges.models import App, Connection
from apps.projects.models import Project
from forges import Kind
from tests.forges.github_site import APP, INSTALLATION, SECRET, GitHubSite, private_key
from tests.forges.hosting import NAME


def follow_by_app(site: GitHubSite, owner: User, project: Project) -> Connection:
    """Register the App that the site has, find its installation, and connect; as `owner`, on pages."""
    app = App.objects.create(
        team=project.team,
        base_url=site.base_url,
        number=APP,
        slug="braid",
        name="Braid",
        private_key=seal(private_key()),
        secret=seal(SECRET),
    )
    refresh(app)
    installed = app.installations.get(number=INSTALLATION)
    made, _ = connect(owner, project, Kind.GITHUB, site.base_url, NAME, installation=installed)
    return made
