"""django-oauth-toolkit's own routes, and one that says the server is there."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def ready(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready")


urlpatterns = [path("", ready), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
