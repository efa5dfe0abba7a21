"""Projects as the API shows and takes them."""

from django.conf import settings
from rest_framework import serializers

from apps.accounts.names import check_name
from apps.projects import versions
from apps.projects.models import Project
from apps.projects.names import check_branch, check_root, tidy_root
from apps.teams.slugs import check_project_slug


class ProjectSerializer(serializers.ModelSerializer[Project]):
    team = serializers.CharField(source="team.slug", read_only=True)
    name = serializers.CharField(max_length=120, validators=[check_name])
    slug = serializers.CharField(max_length=64, validators=[check_project_slug])
    default_branch = serializers.CharField(max_length=200, default="main", validators=[check_branch])
    root = serializers.CharField(  # type: ignore[assignment]
        max_length=400, default="", allow_blank=True, validators=[check_root]
    )
    postgres = serializers.IntegerField(default=None, allow_null=True)
    git_url = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            "team",
            "slug",
            "name",
            "default_branch",
            "root",
            "postgres",
            "git_url",
            "url",
            "created_at",
        ]
        read_only_fields = ["created_at"]

    def get_git_url(self, project: Project) -> str:
        return f"{settings.BASE_URL}/{project.team.slug}/{project.slug}.git"

    def get_url(self, project: Project) -> str:
        return settings.BASE_URL + project.get_absolute_url()

    def validate_root(self, value: str) -> str:
        return tidy_root(value)

    def validate_postgres(self, value: int | None) -> int | None:
        """Only what the sandboxes have, or what the project has already."""
        kept = self.instance.postgres if isinstance(self.instance, Project) else None
        if value is not None and value not in {*versions.offered(), kept}:
            there = ", ".join(str(major) for major in versions.offered()) or "none"
            raise serializers.ValidationError(f"Braid has no Postgres {value} here, but {there}.")
        return value
