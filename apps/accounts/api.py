"""The API's endpoints of one's own account."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import actions
from apps.accounts.access import find_token
from apps.accounts.models import ApiToken, Scope, User
from apps.accounts.serializers import TokenSerializer, UserSerializer


class Me(generics.RetrieveAPIView[User]):
    """Who the token or session belongs to."""

    serializer_class = UserSerializer

    def get_object(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


class Tokens(generics.ListAPIView[ApiToken]):
    """Your tokens, newest first, revoked ones included; they are made on the page /accounts/tokens/ alone."""

    serializer_class = TokenSerializer

    def get_queryset(self) -> "QuerySet[ApiToken]":
        return ApiToken.objects.filter(user_id=self.request.user.pk or 0)


class Token(APIView):
    """One of your tokens."""

    write_scope = Scope.ADMIN

    @extend_schema(operation_id="tokens_retrieve", responses=TokenSerializer)
    def get(self, request: Request, token_id: int) -> Response:
        return Response(TokenSerializer(find_token(request.user, token_id)).data)

    @extend_schema(operation_id="tokens_revoke", responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Revoke the token; a second call changes nothing."""
        actions.revoke_token(find_token(request.user, token_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("me/", Me.as_view(), name="api-me"),
    path("tokens/", Tokens.as_view(), name="api-tokens"),
    path("tokens/<int:token_id>/", Token.as_view(), name="api-token"),
]
