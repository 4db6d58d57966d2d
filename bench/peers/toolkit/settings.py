"""Django's settings for the comparison: nothing but what django-oauth-toolkit needs."""

import os
from urllib.parse import urlsplit

from bench.peers.client import SCOPE

_at = urlsplit(os.environ["BENCH_URL"])

SECRET_KEY = "a secret of the comparison"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.peers.toolkit.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _at.path[1:],
        "USER": _at.username,
        "HOST": _at.hostname,
        "PORT": _at.port,
        "CONN_MAX_AGE": None,
    }
}
OAUTH2_PROVIDER = {
    "SCOPES": {SCOPE: "Read", "introspection": "Introspect"},
    "PKCE_REQUIRED": True,
    "ROTATE_REFRESH_TOKEN": True,
}
