"""The answer under /api/ to an address that is no endpoint: a problem document, not a page."""

from typing import NoReturn

from django.http import Http404
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView


@extend_schema(exclude=True)
class MissingView(APIView):
    def initial(self, request: Request, *args: object, **kwargs: object) -> NoReturn:
        """Every method ends here, before it is looked up; who is not signed in learns nothing."""
        super().initial(request, *args, **kwargs)
        raise Http404


missing = csrf_exempt(MissingView.as_view())
