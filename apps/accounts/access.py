"""Finding what belongs to an account: nobody reaches another person's tokens, whatever id they ask for."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from apps.accounts.models import ApiToken, User


def find_token(user: User | AnonymousUser, token_id: int) -> ApiToken:
    """The user's own token, revoked or not; raises Http404 for anything else."""
    token = ApiToken.objects.filter(pk=token_id, user_id=user.pk).first() if user.is_authenticated else None
    if token is None:
        raise Http404("No such token")
    return token
