"""Settings of the server, read once from the environment. Every one is described in docs/configuration.md."""

import ipaddress
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSettings

from assistant.errors import SettingsError
from assistant.settings import reject_unknown

PREFIX = "GUIDANCE_API_"
# As Microsoft Entra writes the issuer of tokens of any tenant.
TENANT = "{tenantid}"
_SECRET_BYTES = 32


class ApiSettings(BaseSettings):
    """Settings of the HTTP API and the chat page. Prefix `GUIDANCE_API_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on; loopback, unless authentication is on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allowed_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "::1"),
        description="Host names that requests may name, as a JSON list. A proxy's public name goes here.",
    )
    max_body_bytes: int = Field(default=65_536, ge=1024, le=1_048_576, description="Longest request body in bytes.")
    store_url: SecretStr | None = Field(
        default=None, description="Database of conversations and answers; not set: store.sqlite in GUIDANCE_DATA_DIR."
    )
    retention_days: int = Field(
        default=365, ge=0, le=3650, description="How long conversations and answers are kept; 0 keeps nothing."
    )

    authentication: bool = Field(default=False, description="Whether every caller must show a key or a token.")
    public_reading: bool = Field(default=False, description="Whether the guidance may be read without either.")
    oidc_issuer: str | None = Field(
        default=None, description="Issuer whose access tokens are accepted (OpenID Connect)."
    )
    oidc_audience: str | None = Field(default=None, description="The audience that those tokens must be for.")
    oidc_scope: str | None = Field(default=None, description="A scope or role that they must carry.")
    oidc_tenants: tuple[str, ...] = Field(
        default=(), description="Tenants (claim tid) that they may be of; empty: any."
    )
    widget_sessions: bool = Field(default=False, description="Whether browsers may ask without signing in.")
    widget_origins: tuple[str, ...] = Field(
        default=(), description="Web sites that may call this service from browsers."
    )
    widget_secret: SecretStr | None = Field(default=None, description="Signs widget sessions; at least 32 bytes.")
    questions_per_minute: int | None = Field(default=None, ge=1, le=100_000, description="Questions of one caller.")
    reads_per_minute: int | None = Field(default=None, ge=1, le=100_000, description="Other requests of one caller.")
    questions_waiting: int = Field(default=64, ge=1, le=10_000, description="Questions that may wait for their turn.")
    limits_url: SecretStr | None = Field(default=None, description="Redis where several servers count together.")
    trusted_proxies: tuple[str, ...] = Field(default=(), description="Proxies whose X-Forwarded-For is believed.")
    log_format: Literal["text", "json"] = Field(default="text", description="How the log is written.")
    metrics: Literal["off", "loopback", "open"] = Field(default="off", description="Who may read /metrics.")
    telemetry_endpoint: str | None = Field(default=None, description="OpenTelemetry collector (OTLP over HTTP).")

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer_is_safe(cls, issuer: str | None) -> str | None:
        if issuer is not None and not is_https_or_loopback(issuer):
            raise ValueError("it must be an https address, without ? and #, as in the issuer's own documents")
        return issuer

    @field_validator("widget_origins")
    @classmethod
    def _origins_are_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _is_origin(origin):
                raise ValueError(
                    f"“{origin}” is no origin. Write scheme, host and port as browsers do: https://intranet.example.org"
                )
        return origins

    @field_validator("widget_secret")
    @classmethod
    def _secret_is_long(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < _SECRET_BYTES:
            raise ValueError(f"it must have at least {_SECRET_BYTES} bytes, made at random")
        return secret

    @field_validator("limits_url")
    @classmethod
    def _limits_are_in_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and urlsplit(url.get_secret_value()).scheme not in {"redis", "rediss"}:
            raise ValueError("it must begin with redis:// or rediss://")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_addresses(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                raise ValueError(f"“{proxy}” is neither an IP address nor a network such as 10.0.0.0/8") from None
        return proxies

    @field_validator("telemetry_endpoint")
    @classmethod
    def _collector_is_an_address(cls, endpoint: str | None) -> str | None:
        if endpoint is not None and not _is_web_address(endpoint):
            raise ValueError(
                "it must be the collector's address, such as http://127.0.0.1:4318, without user and query"
            )
        return endpoint

    @model_validator(mode="after")
    def _authentication_where_it_is_needed(self) -> Self:
        if not self.authentication and not is_loopback(self.host):
            raise ValueError(
                f"{PREFIX}HOST is not valid: other machines could reach “{self.host}”, and authentication is off. Set "
                f"{PREFIX}AUTHENTICATION=on and make a key with `python -m api keys create`, or set {PREFIX}OIDC_ISSUER "
                f"and {PREFIX}OIDC_AUDIENCE as well; or leave the address at 127.0.0.1"
            )
        if self.oidc_issuer and not self.authentication:
            raise ValueError(f"{PREFIX}OIDC_ISSUER does nothing while authentication is off: {PREFIX}AUTHENTICATION=on")
        return self

    @model_validator(mode="after")
    def _oidc_is_whole(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError(f"{PREFIX}OIDC_ISSUER and {PREFIX}OIDC_AUDIENCE go together: set both, or neither")
        if self.oidc_issuer is None and (self.oidc_scope is not None or self.oidc_tenants):
            raise ValueError(f"{PREFIX}OIDC_SCOPE and {PREFIX}OIDC_TENANTS need {PREFIX}OIDC_ISSUER")
        if TENANT in (self.oidc_issuer or "") and not self.oidc_tenants:
            raise ValueError(f"an issuer with {TENANT} is every tenant's: name yours in {PREFIX}OIDC_TENANTS")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"} and bool(host) and not (parts.query or parts.fragment or "@" in parts.netloc)
    )


def is_https_or_loopback(address: str) -> bool:
    """Whether what is fetched from an address comes from whom it names. On this machine http will do."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    fits = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return fits and bool(host) and not (parts.query or parts.fragment or "@" in parts.netloc)


def _is_origin(origin: str) -> bool:
    # Compared as text with what browsers send, who leave out the port that a scheme has anyway.
    try:
        parts = urlsplit(origin)
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        whole = f"{parts.scheme}://{parts.netloc}"
        return (
            usual is not None
            and bool(parts.hostname)
            and origin == whole == whole.lower()
            and not set("@*") & set(parts.netloc)
            and parts.port != usual
        )
    except ValueError:
        return False


def load_settings() -> ApiSettings:
    """The settings from the environment.

    Raises:
        SettingsError: one is unknown, not valid or unsafe.
    """
    reject_unknown(PREFIX, ApiSettings.model_fields)
    try:
        return ApiSettings()
    except UnreadableSettings as error:
        raise SettingsError(
            f'A setting can\'t be read: {error}. Lists are written in JSON, as in ["a", "b"].'
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        # What concerns several settings names them itself. Never the values: one may be a secret.
        name = f"{PREFIX}{str(first['loc'][0]).upper()} is not valid: " if first["loc"] else ""
        raise SettingsError(f"{name}{reason}.") from None
