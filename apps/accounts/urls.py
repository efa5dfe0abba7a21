"""Pages under /accounts/, before allauth's own."""

from django.urls import path

from apps.accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="token-revoke"),
]
