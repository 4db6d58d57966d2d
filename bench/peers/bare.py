"""An authorization server of Authlib, Flask and SQLAlchemy, wired as Authlib's documentation shows: what ours is built on, and no more.

`python -m bench.peers.bare COUNT` makes its database and prints COUNT codes.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.sqla_oauth2 import (
    OAuth2AuthorizationCodeMixin,
    OAuth2ClientMixin,
    OAuth2TokenMixin,
)
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Flask, Response
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

from bench.peers.client import CHALLENGE, REDIRECT_URI, SCOPE, Client

_METHODS = ["client_secret_basic"]


class Base(DeclarativeBase):
    pass


class OAuthClient(Base, OAuth2ClientMixin):
    __tablename__ = "client"
    id: Mapped[int] = mapped_column(primary_key=True)


class Code(Base, OAuth2AuthorizationCodeMixin):
    __tablename__ = "code"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]


class Token(Base, OAuth2TokenMixin):
    __tablename__ = "token"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]


class User:
    def __init__(self, number: int) -> None:
        self.number = number

    def get_user_id(self) -> int:
        return self.number


engine = create_engine(os.environ["BENCH_URL"].replace("postgresql://", "postgresql+psycopg://"))
session = scoped_session(sessionmaker(engine))


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS

    def query_authorization_code(self, code: str, client: OAuthClient) -> Code | None:
        found = session.query(Code).filter_by(code=code, client_id=client.client_id).first()
        return found if found and not found.is_expired() else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        session.delete(authorization_code)
        session.commit()

    def authenticate_user(self, authorization_code: Code) -> User:
        return User(authorization_code.user_id)


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        found = session.query(Token).filter_by(refresh_token=refresh_token).first()
        return found if found and not found.is_revoked() else None

    def authenticate_user(self, refresh_token: Token) -> User:
        return User(refresh_token.user_id or 0)

    def revoke_old_credential(self, refresh_token: Token) -> None:
        refresh_token.refresh_token_revoked_at = refresh_token.access_token_revoked_at = int(time.time())
        session.commit()


class Introspection(IntrospectionEndpoint):
    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
        found: Token | None = session.query(Token).filter_by(access_token=token_string).first()
        return found

    def check_permission(self, token: Token, client: OAuthClient, request: Any) -> bool:
        return token.client_id == client.client_id

    def introspect_token(self, token: Token) -> dict[str, Any]:
        return {
            "active": True,
            "client_id": token.client_id,
            "scope": token.scope,
            "exp": token.issued_at + token.expires_in,
        }


def app() -> Flask:
    """The server; its database must be there."""
    made = Flask("bare-authlib")
    made.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    made.teardown_appcontext(lambda _error: session.remove())
    server = AuthorizationServer(made, query_client=_client, save_token=_save)
    server.register_grant(CodeGrant, [CodeChallenge(required=True)])
    server.register_grant(RefreshGrant)
    server.register_grant(grants.ClientCredentialsGrant)
    server.register_endpoint(Introspection)

    @made.get("/")
    def ready() -> str:
        return "ready"

    @made.post("/token")
    def token() -> Response:
        return server.create_token_response()  # type: ignore[no-any-return]

    @made.post("/introspect")
    def introspect() -> Response:
        return server.create_endpoint_response(Introspection.ENDPOINT_NAME)  # type: ignore[no-any-return]

    return made


def _client(client_id: str) -> OAuthClient | None:
    return session.query(OAuthClient).filter_by(client_id=client_id).first()


def _save(token: dict[str, Any], request: Any) -> None:
    user_id = request.user.get_user_id() if request.user else None
    session.add(Token(client_id=request.client.client_id, user_id=user_id, **token))
    session.commit()


def main() -> None:
    Base.metadata.create_all(engine)
    known, codes = Client(), [secrets.token_urlsafe(36) for _ in range(int(sys.argv[1]))]
    client = OAuthClient(client_id=known.id, client_secret=known.secret)
    client.set_client_metadata(
        {
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": SCOPE,
        }
    )
    session.add(client)
    shared = {"client_id": known.id, "redirect_uri": REDIRECT_URI, "scope": SCOPE, "user_id": 1}
    day = int(time.time()) + 86_400  # the mixin lets a code live 300 seconds after this
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "auth_time": day}
    session.add_all(Code(code=code, **shared, **challenge) for code in codes)
    session.commit()
    print(*codes, sep="\n")


if __name__ == "__main__":
    main()
