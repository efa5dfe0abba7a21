"""What a token may do: each endpoint needs a scope, by its method unless the view says otherwise."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

from apps.accounts.models import ApiToken, Scope


class HasScope(BasePermission):
    """Signed in, and the token (if one was sent) holds the scope.

    Reading needs `read`, everything else `write`; a view with `write_scope = Scope.ADMIN` asks for more.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        needed = needed_scope(request.method or "", view)
        if isinstance(request.auth, ApiToken) and not request.auth.allows(needed):
            self.message = (
                f"This needs a token with the scope {needed}; yours has {', '.join(request.auth.scopes)}."
            )
            return False
        return True


def needed_scope(method: str, view: object) -> str:
    if method in SAFE_METHODS:
        return str(getattr(view, "read_scope", Scope.READ))
    return str(getattr(view, "write_scope", Scope.WRITE))
