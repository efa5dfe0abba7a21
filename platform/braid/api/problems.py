"""Errors of the API as problem documents (RFC 9457): what is wrong, where in the request, and what to do.

{"type": "about:blank", "title": "Not valid", "status": 400, "detail": "Correct the fields named in `errors`.",
 "errors": [{"where": "slug", "what": "..."}]}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.accounts.errors import RefusedError


class Conflict(exceptions.APIException):
    """The request is fine and can't be done as things are."""

    status_code = status.HTTP_409_CONFLICT


MEDIA_TYPE = "application/problem+json"
TITLES = {
    status.HTTP_400_BAD_REQUEST: "Not valid",
    status.HTTP_401_UNAUTHORIZED: "Not signed in",
    status.HTTP_403_FORBIDDEN: "Not allowed",
    status.HTTP_404_NOT_FOUND: "Not found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "Method not allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "Not acceptable",
    status.HTTP_409_CONFLICT: "Not possible now",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "Media type not supported",
    status.HTTP_429_TOO_MANY_REQUESTS: "Too many requests",
}
ADVICE = {
    status.HTTP_401_UNAUTHORIZED: "Send `Authorization: Bearer <token>`; tokens are made under /accounts/tokens/.",
    status.HTTP_404_NOT_FOUND: "There is nothing here, or you are not a member of the team that it belongs to.",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "Send JSON with `Content-Type: application/json`.",
}


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn what a view raised into a problem document; None lets Django answer with a 500."""
    if isinstance(error, PermissionDenied):
        # The framework drops the message, which is the part that says what to do.
        error = exceptions.PermissionDenied(str(error) or None)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, RefusedError):
        error = Conflict(str(error))
    response = exception_handler(error, dict(context))
    if response is None:
        return None
    response.data = document(response.status_code, response.data)
    response.content_type = MEDIA_TYPE
    return response


def document(code: int, data: Any) -> dict[str, Any]:
    problem: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(code, "Error"), "status": code}
    if code == status.HTTP_400_BAD_REQUEST and not _is_detail(data):
        problem["detail"] = "Correct what is named in `errors` and send it again."
        problem["errors"] = list(_located(data))
    else:
        said = str(data.get("detail", "")) if isinstance(data, Mapping) else str(data)
        problem["detail"] = ADVICE.get(code) or said
    return problem


def _is_detail(data: Any) -> bool:
    return isinstance(data, Mapping) and set(data) == {"detail"} and isinstance(data["detail"], str)


def _located(data: Any, where: str = "") -> Iterator[dict[str, str]]:
    """Flatten the framework's nested errors into (where, what) pairs."""
    if isinstance(data, Mapping):
        for name, inner in data.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _located(inner, ".".join(filter(None, (where, here))))
    elif isinstance(data, list):
        for inner in data:
            yield from _located(inner, where)
    else:
        yield {"where": where, "what": str(data)}
