"""Settings of the server, read once from the environment. Every one is described in docs/configuration.md."""

import ipaddress

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError
from assistant.settings import reject_unknown

PREFIX = "GUIDANCE_API_"


class ApiSettings(BaseSettings):
    """Settings of the HTTP API and the chat page. Prefix `GUIDANCE_API_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Loopback address to listen on.")
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

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("authentication is not available yet, so the server only binds to loopback")
        return host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
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
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{PREFIX}{str(first['loc'][0]).upper()} is not valid: {reason}.") from error
