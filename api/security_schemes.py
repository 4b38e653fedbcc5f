"""How /openapi.json says who may ask: the schemes that the settings accept, at the addresses that ask for a caller."""

from collections.abc import Iterator
from typing import Any

from fastapi.openapi.models import HTTPBase
from fastapi.security.base import SecurityBase

from api.settings import TENANT, ApiSettings

_MARK = "Caller"


class NeedsCaller(SecurityBase):
    """A dependency that does nothing but mark an operation for `describe`."""

    model = HTTPBase(scheme="bearer")
    scheme_name = _MARK

    async def __call__(self) -> None:
        """Nothing: api/access.py looks at the token."""


NEEDS_CALLER = NeedsCaller()


def describe(schema: dict[str, Any], settings: ApiSettings) -> None:
    """Puts the schemes in the place of the marks. Without authentication there are none."""
    schemes = dict(_schemes(settings)) if settings.authentication else {}
    schema["components"].pop("securitySchemes", None)
    if schemes:
        schema["components"]["securitySchemes"] = schemes
    for operation in (each for path in schema["paths"].values() for each in path.values()):
        if operation.pop("security", None) and schemes:
            is_public = settings.public_reading and "corpus" in operation.get("tags", ())
            operation["security"] = [*([{}] if is_public else []), *({name: []} for name in schemes)]


def _schemes(settings: ApiSettings) -> Iterator[tuple[str, dict[str, Any]]]:
    words = "Made with `python -m api keys create`."
    yield "ApiKey", {"type": "http", "scheme": "bearer", "bearerFormat": "pga_ID_SECRET", "description": words}
    if settings.oidc_issuer:
        address = settings.oidc_issuer.replace(TENANT, "organizations").rstrip("/")
        words = "An access token for the audience of this service."
        url = f"{address}/.well-known/openid-configuration"
        yield "OpenIdConnect", {"type": "openIdConnect", "openIdConnectUrl": url, "description": words}
    if settings.widget_sessions:
        words = "From POST /v1/widget/sessions."
        yield "WidgetSession", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": words}
