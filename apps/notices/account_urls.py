"""One's own choice of mail, under /accounts/."""

from django.urls import path

from apps.notices import views

urlpatterns = [path("notices/", views.preferences, name="notices")]
