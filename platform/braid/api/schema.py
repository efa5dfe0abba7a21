"""How the API's document sorts its endpoints: by what they are about, not all under `teams`."""

from drf_spectacular.openapi import AutoSchema

NESTED = ("teams", "projects")


class Described(AutoSchema):
    def get_tags(self) -> list[str]:
        """The thing nearest to the project or team: `teams/{t}/projects/{p}/verdicts/{v}/changes/` is of verdicts."""
        words = [word for word in self.path.removeprefix("/api/v1/").split("/") if word and "{" not in word]
        for depth, outer in enumerate(NESTED):
            if words[depth : depth + 1] != [outer] or len(words) == depth + 1:
                return [words[min(depth, len(words) - 1)]]
        return [words[len(NESTED)]]
