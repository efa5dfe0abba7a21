"""The answer under /api/ to an address that is no endpoint: a problem document, not a page."""

from typing import NoReturn

from django.http import Http404
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


@extend_schema(exclude=True)
class MissingView(APIView):
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: object, **kwargs: object) -> NoReturn:
        """Every method ends here, before it is looked up."""
        raise Http404


missing = csrf_exempt(MissingView.as_view())
