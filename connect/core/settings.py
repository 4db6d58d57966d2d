"""The one place for settings.

Every setting is a field of `Settings`, read from the environment variable `CONNECT_<NAME>`. Each carries a line that says
what it means; `docs/operator/settings.md` is made from those lines. Policy floors (P7) hold in every mode: a value below
its floor is refused at start, it is never silently raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from environs import Env, EnvError

PREFIX = "CONNECT_"
DEVELOPMENT_MASTER_KEY = "development-only-master-key-do-not-use-in-production"
_NOT_BUILT = "removal is not built yet, so all of them stay"


class SettingsError(Exception):
    """A setting is missing, malformed or unsafe for the mode; the message names the variable and the fix."""


def setting(default: Any, doc: str, *, unit: str = "", floor: Any = None, secret: bool = False) -> Any:
    """Declare a setting: its default, its meaning, the unit, the least value policy allows."""
    return field(default=default, metadata={"doc": doc, "unit": unit, "floor": floor, "secret": secret})


def seconds(amount: float) -> timedelta:
    return timedelta(seconds=amount)


def days(amount: float) -> timedelta:
    return timedelta(days=amount)


@dataclass(frozen=True)
class Settings:
    """All settings of a process. Durations are read in seconds and kept as `timedelta`."""

    # Where and how the platform runs
    mode: str = setting("development", "`development` or `production`; production refuses default secrets and http")
    base_url: str = setting(
        "http://127.0.0.1:8000", "Public address of the platform; it is the OAuth issuer and decides cookies and Host"
    )
    listen_address: str = setting("127.0.0.1", "Address the server listens on")
    database_url: str = setting("sqlite:///var/connect.db", "SQLAlchemy URL; `postgresql://…` for production")
    data_dir: Path = setting(Path("var"), "Folder for media, published checkpoints and development mail")
    master_key: str = setting(
        DEVELOPMENT_MASTER_KEY, "Secret from which every key is derived; at least 32 characters", secret=True
    )
    trusted_proxies: int = setting(0, "How many proxies in front set X-Forwarded-For and -Proto; 0 trusts none")
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    clock_offset: timedelta = setting(
        seconds(0), "Development only: moves the clock, so that an expiry can be watched", unit="s"
    )
    web_threads: int = setting(8, "Threads of a web worker")
    web_workers: int = setting(2, "Web worker processes on PostgreSQL; SQLite always has one")
    database_pool: int = setting(16, "Connections kept by one process")
    database_timeout: timedelta = setting(seconds(5), "How long a statement waits for a lock before it fails", unit="s")

    # People and sessions
    session_idle: timedelta = setting(days(7), "A signed-in session unused for this long ends", unit="s")
    session_absolute: timedelta = setting(days(30), "A signed-in session ends after this long in any case", unit="s")
    fresh_sign_in: timedelta = setting(
        seconds(600), "How old a sign-in may be for an act that asks for a fresh one", unit="s"
    )
    one_time_link: timedelta = setting(days(2), "Life of a link to set a password", unit="s")
    sign_in_rate: str = setting("10/minute", "Sign-in attempts per address and per e-mail")
    password_min_length: int = setting(12, "Least length of a password, in characters", floor=8)

    # OAuth
    auth_request_ttl: timedelta = setting(seconds(1800), "Life of an authorization request", unit="s")
    pushed_request_ttl: timedelta = setting(
        seconds(90), "Time in which the browser must bring the reference of a pushed authorization request", unit="s"
    )
    code_ttl: timedelta = setting(seconds(60), "Life of an authorization code", unit="s")
    code_keep: timedelta = setting(days(1), "How long a used code is remembered, to see its reuse", unit="s")
    code_race_window: timedelta = setting(
        seconds(2), "A second exchange this soon after the first is a race, not a theft", unit="s"
    )
    device_code_ttl: timedelta = setting(
        seconds(600), "Time in which a person must type and answer the code that their device shows", unit="s"
    )
    device_poll_interval: timedelta = setting(
        seconds(5), "Least time between two questions of a device whether it was answered", unit="s"
    )
    user_code_rate: str = setting("10/minute", "Wrong codes of devices typed, per address and per person")
    access_token_ttl: timedelta = setting(seconds(900), "Life of an access token", unit="s")
    sensitive_token_ttl: timedelta = setting(
        seconds(300), "Life of an access token with a recording or transcript scope", unit="s"
    )
    refresh_idle: timedelta = setting(days(30), "A refresh chain unused for this long ends", unit="s")
    refresh_absolute: timedelta = setting(days(365), "A refresh chain ends after this long in any case", unit="s")
    refresh_replay_window: timedelta = setting(
        seconds(10), "How long the same answer may be asked again after a refresh", unit="s"
    )
    token_rate: str = setting("600/minute", "Token requests per client and address")
    token_failure_rate: str = setting(
        "30/minute", "Wrong secrets, codes and tokens per address, and per client that proved who it is"
    )
    token_keep: timedelta = setting(
        days(7), "How long an ended token is remembered, so that the app can be told why it ended", unit="s"
    )
    oauth_body_limit: int = setting(65_536, "Largest body at an OAuth endpoint", unit="bytes")
    dpop_nonce: str = setting(
        "never",
        "Whose DPoP proofs must have a nonce of the platform's: `never`, `fapi` (apps of that profile), `always`",
    )
    dpop_nonce_life: timedelta = setting(seconds(300), "How long such a nonce may be used", unit="s")
    dpop_proof_life: timedelta = setting(seconds(60), "A DPoP proof older than this is refused", unit="s")
    proof_leeway: timedelta = setting(
        seconds(15), "How far the clock of an app may be ahead in what it signs; FAPI 2.0 wants 10 to 60", unit="s"
    )
    registration: bool = setting(True, "Whether an app may register itself (RFC 7591)")
    registration_rate: str = setting("20/hour", "Such registrations per address")
    registration_unused: timedelta = setting(
        days(30),
        "An app that registered itself is removed when nobody connected it and it sent nobody here for this long",
        unit="s",
        floor=days(1),
    )
    client_documents: bool = setting(
        True, "Whether a client id may be the https address of a document that describes the app (CIMD)"
    )
    client_document_limit: int = setting(5_120, "Largest such document", unit="bytes")
    client_document_least: timedelta = setting(
        seconds(300), "Such a document is taken for true for at least this long, whatever its Cache-Control", unit="s"
    )
    client_document_most: timedelta = setting(
        days(1), "Such a document is fetched anew after this long in any case", unit="s"
    )
    client_document_rate: str = setting("30/minute", "Fetches of such documents per address, and per host")
    assertion_life: timedelta = setting(
        seconds(300), "How far ahead the `exp` of a client assertion (private_key_jwt) may be", unit="s"
    )
    published_keys_life: timedelta = setting(
        seconds(300),
        "How long the keys read at an app's `jwks_uri` are kept; a key removed there works as long",
        unit="s",
    )
    published_keys_pause: timedelta = setting(
        seconds(10), "Least time between two readings of one `jwks_uri` by one process", unit="s"
    )
    secret_overlap: timedelta = setting(days(1), "How long the old client secret lives after a rotation", unit="s")

    # Grants
    grant_default_life: timedelta = setting(days(90), "Expiry offered first on the consent page", unit="s")
    grant_longest_life: timedelta = setting(days(730), "Longest expiry a customer may choose", unit="s")
    grant_confirmation_time: timedelta = setting(
        days(14), "How long a grant goes on unconfirmed once who stands behind it may not give it any more", unit="s"
    )
    history_default: timedelta = setting(days(90), "How far back a grant reaches by default", unit="s")

    # API
    api_rate: str = setting("600/minute", "API requests per app and account")
    address_rate: str = setting("6000/minute", "API requests per address, before authentication")
    body_limit: int = setting(1_000_000, "Largest request body", unit="bytes")

    # Calls
    import_batch: int = setting(
        100,
        "Calls an import stores in one transaction; few, so that a server on the same SQLite file gets its turns",
        floor=1,
    )

    # Mail
    mail_from: str = setting("VoiceTree Connect <no-reply@connect.invalid>", "Sender of mail")
    smtp_url: str = setting(
        "", "`smtp://user:password@host:port`; empty keeps mail in the outbox and a file", secret=True
    )

    # Outgoing requests
    egress_loopback: bool = setting(
        False, "Development only: outgoing requests may reach 127.0.0.1, and nothing else that is private"
    )
    egress_ports: str = setting("443,8443", "Ports an outgoing request may use")
    egress_refused: str = setting(
        "",
        "Further networks an outgoing request may not reach, such as the platform's own: `198.18.7.0/24, 2001:db8::/32`",
    )
    egress_dns: timedelta = setting(seconds(3), "Longest wait for a name server", unit="s")
    egress_connect: timedelta = setting(seconds(5), "Longest wait for a connection", unit="s")
    egress_total: timedelta = setting(seconds(15), "Longest outgoing request, head and body together", unit="s")
    egress_body_limit: int = setting(65_536, "Most bytes read of an answer", unit="bytes")
    egress_document: timedelta = setting(
        seconds(5), "Longest wait for a document that an app publishes: its metadata, its keys", unit="s"
    )

    # Webhooks
    webhook_retries: str = setting(
        "5,300,1800,7200,18000,36000,50400,72000,86400",
        "Waits before the second, third … attempt of a delivery, in seconds; after the last it has failed",
    )
    webhook_jitter: int = setting(
        20, "How far each wait may deviate, so that retries do not come in waves", unit="percent"
    )
    webhook_lease: timedelta = setting(
        seconds(60), "How long a worker holds a delivery; longer than an outgoing request may take", unit="s"
    )
    webhook_poll: timedelta = setting(
        seconds(0.25), "How often a worker with nothing to do looks for deliveries", unit="s"
    )
    webhook_in_flight: int = setting(100, "Deliveries a worker has on their way at once")
    webhook_endpoint_in_flight: int = setting(5, "Deliveries on their way to one endpoint at once")
    webhook_longest_pause: timedelta = setting(
        days(1), "Longest pause that an endpoint's Retry-After can ask for", unit="s"
    )
    webhook_disable_after: timedelta = setting(
        days(5), "An endpoint to which nothing got through for this long is turned off", unit="s"
    )
    webhook_secret_overlap: timedelta = setting(
        days(1), "How long the old signing secret signs beside the new one after a rotation", unit="s"
    )
    webhook_endpoints_per_app: int = setting(5, "Endpoints an app may have")

    # Ledger
    node: str = setting("", "Name of this machine in ledger entries; empty takes its host name")
    ledger_origin: str = setting(
        "", "Name of the log, for ever the one of its first start; empty takes `<host>/ledger/1`"
    )
    seal_interval: timedelta = setting(seconds(0.5), "How often the sealer gives new entries their leaves", unit="s")
    seal_batch: int = setting(4096, "Most entries sealed in one transaction")
    checkpoint_interval: timedelta = setting(
        seconds(10), "How often a checkpoint of a growing log is published", unit="s"
    )
    checkpoint_idle: timedelta = setting(
        seconds(600), "How often the checkpoint of a log at rest is published anew", unit="s"
    )
    index_batch: int = setting(50, "Most entries that the sealer enters in the subject index each time round")
    bundle_entries: int = setting(
        20_000, "Most entries of an evidence bundle made by the console; the command has no bound"
    )
    console_check_leaves: int = setting(1_000_000, "Most leaves the console checks on demand; the command has no bound")
    ledger_retention: timedelta = setting(
        days(7 * 365), f"No body of a ledger entry is removed before this age; {_NOT_BUILT}", unit="s", floor=days(183)
    )
    call_retention: timedelta = setting(
        days(100 * 365), f"No call is removed before this age; {_NOT_BUILT}", unit="s", floor=days(183)
    )
    exchange_retention: timedelta = setting(
        days(365), "How long metadata of deliveries is kept; a job removes what is older", unit="s", floor=days(183)
    )

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    def __repr__(self) -> str:
        return f"Settings(mode={self.mode!r}, base_url={self.base_url!r})"


SETTINGS: tuple[Field[Any], ...] = fields(Settings)
_LONGEST = {
    "code_ttl": seconds(60),
    "pushed_request_ttl": seconds(599),
}  # a promise to apps of the fapi tier, kept for all
_LISTS: dict[str, Callable[[str], object]] = {
    "egress_ports": int,
    "egress_refused": ip_network,
    "webhook_retries": float,
}


def load(**overrides: Any) -> Settings:
    """Settings of the process's environment; `overrides` win. Raises SettingsError."""
    env = Env(prefix=PREFIX)
    values = {item.name: overrides[item.name] if item.name in overrides else _read(env, item) for item in SETTINGS}
    settings = Settings(**values)
    _check(settings)
    return settings


def _read(env: Env, item: Field[Any]) -> Any:
    name, default = item.name.upper(), cast(Any, item.default)
    try:
        match default:
            case bool():
                return env.bool(name, default)
            case int():
                return env.int(name, default)
            case timedelta():
                return env.timedelta(name, default)
            case Path():
                return env.path(name, default)
            case _:
                return env.str(name, default)
    except (EnvError, ValueError) as error:
        raise SettingsError(f"{PREFIX}{name}: {error}") from error


def _check(settings: Settings) -> None:
    if settings.mode not in {"development", "production"}:
        raise SettingsError(f"{PREFIX}MODE must be development or production")
    if urlsplit(settings.base_url).scheme not in {"http", "https"} or settings.base_url.endswith("/"):
        raise SettingsError(f"{PREFIX}BASE_URL must be an http(s) address without a slash at its end")
    if settings.dpop_nonce not in {"never", "fapi", "always"}:
        raise SettingsError(f"{PREFIX}DPOP_NONCE must be never, fapi or always")
    for name, most in _LONGEST.items():
        if getattr(settings, name) > most:
            raise SettingsError(f"{PREFIX}{name.upper()} may not be over {_plain(most)} s (FAPI 2.0 5.3.2)")
    if settings.webhook_lease <= settings.egress_total:
        raise SettingsError(f"{PREFIX}WEBHOOK_LEASE must be longer than {PREFIX}EGRESS_TOTAL")
    for name, kind in _LISTS.items():
        _check_list(name, getattr(settings, name), kind)
    for item in SETTINGS:
        floor = item.metadata["floor"]
        if floor is not None and getattr(settings, item.name) < floor:
            raise SettingsError(
                f"{PREFIX}{item.name.upper()} may not be under {_plain(floor)} {item.metadata['unit']}".rstrip()
            )
    if settings.production:
        _check_production(settings)


def _check_list(name: str, text: str, kind: Callable[[str], object]) -> None:
    try:
        for part in filter(None, map(str.strip, text.split(","))):
            kind(part)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}{name.upper()}: {error}") from error


def _check_production(settings: Settings) -> None:
    if settings.master_key == DEVELOPMENT_MASTER_KEY or len(settings.master_key) < 32:
        raise SettingsError(f"{PREFIX}MASTER_KEY must be set to a secret of 32 characters or more in production")
    if not settings.https:
        raise SettingsError(f"{PREFIX}BASE_URL must start with https:// in production")
    if settings.clock_offset:
        raise SettingsError(f"{PREFIX}CLOCK_OFFSET is for development only")
    if settings.egress_loopback:
        raise SettingsError(f"{PREFIX}EGRESS_LOOPBACK is for development only")


def _plain(value: Any) -> Any:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


_active: Settings | None = None


def activate(settings: Settings) -> None:
    """Make `settings` those of this process; create_app and the command line call it once."""
    global _active  # noqa: PLW0603 - one process has one set of settings
    _active = settings


def current() -> Settings:
    """The active settings. Raises SettingsError when none were activated."""
    if _active is None:
        raise SettingsError("settings were not activated; create_app or the command line does it")
    return _active
