"""`python -m bench.peers.toolkit.seed COUNT` makes the database and prints COUNT codes."""

import secrets
import sys
from datetime import timedelta

import django
from django.core.management import call_command
from django.utils import timezone

from bench.peers.client import CHALLENGE, REDIRECT_URI, SCOPE, SERVICE, Client


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application, Grant

    known, codes = Client(), [secrets.token_urlsafe(36) for _ in range(int(sys.argv[1]))]
    user = User.objects.create(username="customer")
    both = {"client_secret": known.secret, "hash_client_secret": False, "client_type": "confidential", "user": user}
    application = Application.objects.create(
        client_id=known.id, authorization_grant_type="authorization-code", redirect_uris=REDIRECT_URI, **both
    )
    Application.objects.create(client_id=SERVICE, authorization_grant_type="client-credentials", **both)
    shared = {"user": user, "application": application, "redirect_uri": REDIRECT_URI, "scope": SCOPE}
    shared |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    shared |= {"expires": timezone.now() + timedelta(days=1)}
    Grant.objects.bulk_create([Grant(code=code, **shared) for code in codes], batch_size=1000)
    print(*codes, sep="\n")


if __name__ == "__main__":
    main()
