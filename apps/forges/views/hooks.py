"""The address that a forge delivers to: one for each connection or App, `/hooks/<forge>/<key>/`."""

import logging
import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.accounts.sealing import SealBroken
from apps.forges.inbox import MAX_BODY, BadSignature, NotAddressed, receive
from forges import Kind
from forges.hints import Unreadable

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def deliver(request: HttpRequest, kind: str, key: uuid.UUID) -> HttpResponse:
    """202 for a delivery that is kept, 200 for one that had come before; else why it is not."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        return _too_long()
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return _too_long()
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        receipt = receive(Kind(kind), key, headers, body)
    except NotAddressed:
        return _answer(404, "There is no such webhook.")
    except BadSignature:
        return _answer(401, "The signature is missing or wrong; compare the webhook's secret with Braid's.")
    except Unreadable as error:
        return _answer(400, str(error))
    except SealBroken as error:
        logger.error("webhook %s: %s", key, error)
        return _answer(503, "This installation can't read the webhook's secret now.")
    if receipt.is_repeat:
        return _answer(200, "This delivery came before.")
    return _answer(202, "Received.")


def _too_long() -> HttpResponse:
    return _answer(413, f"A delivery may have {MAX_BODY // 2**20} MB.")


def _answer(status: int, text: str) -> HttpResponse:
    return JsonResponse({"detail": text}, status=status)
