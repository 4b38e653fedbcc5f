"""Access tokens of an OpenID Connect issuer, such as Microsoft Entra ID: checked with the keys that it publishes."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import anyio
import httpx2
import jwt
from pydantic import BaseModel, ConfigDict, ValidationError

from api.bearer import AbilityError, IssuerError, TokenError
from api.settings import TENANT, is_https_or_loopback

logger = logging.getLogger(__name__)

# Signatures that only the issuer can make. Nothing symmetric: its public key would be the secret (RFC 8725, 3.1).
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS = 60
# Issuers publish a key at least a day before they sign with it, and Entra rotates without notice: an hour is seldom too old.
FRESH_SECONDS = 3600.0
# How long keys go on working while the issuer is down. A key that it withdrew meanwhile works as long.
STALE_SECONDS = 24 * 3600.0
# Anybody can name an unknown key in a token: the issuer must not be asked for each.
PAUSE_SECONDS = 30.0
FETCH_SECONDS = 5.0
_LARGEST_DOCUMENT = 1_000_000
# Entra's keys are the same for every tenant of organisations.
_ANY_TENANT = "organizations"
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "The token has expired. Get a new one."),
    (jwt.ImmatureSignatureError, "The token is not valid yet. Check the clock of the machine that asks."),
    (jwt.InvalidIssuerError, "The token is of another issuer."),
    (jwt.InvalidAudienceError, "The token is for another audience."),
    (jwt.MissingRequiredClaimError, "The token lacks a claim that is needed: exp, iss, aud or sub."),
    (jwt.InvalidAlgorithmError, "The token is signed with an algorithm that is not accepted."),
    (jwt.InvalidSignatureError, "The token's signature is wrong."),
)
_UNREADABLE = "The token can't be read."
_UNKNOWN_KEY = "The token is signed with a key that its issuer does not publish."


class _Discovery(BaseModel):
    """The part of the issuer's own document that is needed (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    jwks_uri: str


class _Key(BaseModel):
    """A public key (RFC 7517). Kept whole; the library that reads it takes for granted that these are text."""

    model_config = ConfigDict(extra="allow")

    kty: str
    kid: str | None = None
    use: str | None = None
    alg: str | None = None
    crv: str | None = None


class _KeySet(BaseModel):
    """What the issuer publishes. What is no key is left out; the others can still be used."""

    keys: list[Any]

    def valid(self) -> list[dict[str, Any]]:
        """The keys as the library takes them."""
        found = []
        for each in self.keys:
            with suppress(ValidationError):
                found.append(_Key.model_validate(each).model_dump(exclude_none=True))
        return found


class IssuerKeys:
    """The issuer's signing keys by id: kept, renewed each hour and when a token names one that is not among them.

    Fetched by the event loop without blocking it, and by one request at a time. PyJWKClient is not used, because it
    blocks, holds all callers up while it fetches, and forgets its keys when they are old and the issuer is down.
    """

    def __init__(self, issuer: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched = self._tried = float("-inf")
        self._fetching = anyio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK:
        """The key with this id.

        Raises:
            TokenError: the issuer publishes none such.
            IssuerError: the issuer can't be asked, and its keys are not at hand or are too old.
        """
        if self._is_wanted(key_id):
            # A known key does not wait for whoever is renewing the keys.
            if self._fetching.locked() and self._is_usable(key_id):
                return self._keys[key_id]
            async with self._fetching:
                if self._is_wanted(key_id):
                    await self._fetch()
        if self._is_usable(key_id):
            return self._keys[key_id]
        if self._tried > self._fetched:
            raise IssuerError("the issuer's keys can't be fetched")
        raise TokenError(_UNKNOWN_KEY)

    def _is_wanted(self, key_id: str) -> bool:
        now = self._clock()
        is_needed = key_id not in self._keys or now - self._fetched > FRESH_SECONDS
        return is_needed and now - self._tried >= PAUSE_SECONDS

    def _is_usable(self, key_id: str) -> bool:
        return key_id in self._keys and self._clock() - self._fetched <= STALE_SECONDS

    async def _fetch(self) -> None:
        began = self._clock()
        try:
            with anyio.fail_after(FETCH_SECONDS):
                self._keys = await fetch_keys(self._issuer)
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, jwt.PyJWTError, ValueError) as error:
            self._tried = self._clock()
            # Its text may repeat what the issuer sent.
            logger.warning("the keys of %s can't be fetched: %s", self._issuer, type(error).__name__)
        else:
            self._fetched = self._tried = began


async def fetch_keys(issuer: str) -> dict[str, jwt.PyJWK]:
    """The keys that an issuer signs with, by their ids.

    Raises:
        httpx2.HTTPError, jwt.PyJWTError, ValueError: they can't be fetched, or are not what the standards say.
    """
    async with httpx2.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=False) as client:
        address = issuer.replace(TENANT, _ANY_TENANT).rstrip("/") + "/.well-known/openid-configuration"
        found = _Discovery.model_validate_json(await _get(client, address))
        if found.issuer != issuer or not is_https_or_loopback(found.jwks_uri):
            raise ValueError("the issuer's document names another issuer, or an address that is not safe")
        published = _KeySet.model_validate_json(await _get(client, found.jwks_uri))
    usable = jwt.PyJWKSet(published.valid())
    return {
        key.key_id: key
        for key in usable.keys
        if key.key_id and key.public_key_use in {"sig", None} and key.algorithm_name in ALGORITHMS
    }


async def _get(client: httpx2.AsyncClient, address: str) -> bytes:
    async with client.stream("GET", address) as response:
        if response.status_code != httpx2.codes.OK:
            raise ValueError("the answer is not 200")
        content = bytearray()
        async for part in response.aiter_bytes():
            content += part
            if len(content) > _LARGEST_DOCUMENT:
                raise ValueError("the document is too large")
    return bytes(content)


class OidcTokens:
    """Says whom an access token stands for."""

    def __init__(
        self, keys: IssuerKeys, *, issuer: str, audience: str, scope: str | None, tenants: frozenset[str]
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._scope = scope
        self._tenants = tenants

    async def owner(self, token: str) -> str:
        """`oidc:` and a hash of issuer and subject: the same for each token of one person or program, telling nothing.

        Raises:
            TokenError: the token is not genuine, or not for this service.
            AbilityError: it is genuine, but of another tenant, or without the scope.
            IssuerError: the issuer can't be asked.
        """
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
        except jwt.PyJWTError:
            raise TokenError(_UNREADABLE) from None
        if not isinstance(key_id, str):
            raise TokenError(_UNKNOWN_KEY)
        claims = self._verified(token, await self._keys.find(key_id))
        self._require_ability(claims)
        return "oidc:" + _digest(f"{claims['iss']}#{claims['sub']}")

    def _verified(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._audience,
                issuer=self._issuers(),
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"], "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise TokenError(
                next((words for kind, words in _REASONS if isinstance(error, kind)), _UNREADABLE)
            ) from None
        if TENANT in self._issuer and claims["iss"] != self._issuer.replace(TENANT, str(claims.get("tid"))):
            raise TokenError("The token's tenant is not the one of its issuer.")
        return claims

    def _issuers(self) -> frozenset[str]:
        return frozenset(self._issuer.replace(TENANT, tenant) for tenant in self._tenants or {""})

    def _require_ability(self, claims: Mapping[str, Any]) -> None:
        if self._tenants and str(claims.get("tid")) not in self._tenants:
            raise AbilityError("Tokens of your organisation are not accepted here (setting GUIDANCE_API_OIDC_TENANTS).")
        if self._scope is not None and self._scope not in _abilities(claims):
            raise AbilityError(
                "The token lacks the scope or role that this service asks for (setting GUIDANCE_API_OIDC_SCOPE)."
            )


def _digest(text: str) -> str:
    # JSON can spell half of a surrogate pair.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _abilities(claims: Mapping[str, Any]) -> set[str]:
    """Scopes (`scope` of RFC 9068, `scp` of Entra: words in one text, or a list) and `roles`."""
    found: set[str] = set()
    for name in ("scope", "scp", "roles"):
        value = claims.get(name)
        if isinstance(value, str):
            found.update(value.split())
        elif isinstance(value, list):
            found.update(each for each in value if isinstance(each, str))
    return found
