"""A token issuer on loopback: publishes keys over real HTTP, and signs what it is told to, honest or not."""

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from playing_server import Server, answer

AUDIENCE = "api://procurement-guidance"
DISCOVERY, KEYS = "/t/v2.0/.well-known/openid-configuration", "/t/keys"
PRIVATE = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "weak": rsa.generate_private_key(65537, 1024),  # noqa: S505
}


def public_pem(name: str) -> bytes:
    key = PRIVATE[name].public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_jwk(name: str, key_id: str, **changes: Any) -> dict[str, Any]:
    algorithm = jwt.get_algorithm_by_name("RS256" if name == "weak" else name)
    return algorithm.to_jwk(PRIVATE[name].public_key(), as_dict=True) | {"kid": key_id, "use": "sig"} | changes


class Issuer:
    """The issuer. `address` is its name; `server.requests` shows what it was asked."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.origin = f"http://127.0.0.1:{server.server_address[1]}"
        self.address = f"{self.origin}/t/v2.0"
        self.publish(public_jwk("RS256", "one"))

    def publish(self, *keys: dict[str, Any], issuer: str | None = None, keys_address: str | None = None) -> None:
        """What it publishes from now on."""
        found = {"issuer": issuer or self.address, "jwks_uri": keys_address or f"{self.origin}{KEYS}"}
        self.server.pages[DISCOVERY] = answer(200, json.dumps(found).encode(), Content_Type="application/json")
        self.server.pages[KEYS] = answer(200, json.dumps({"keys": keys}).encode(), Content_Type="application/json")

    def break_down(self) -> None:
        """Answers 500 from now on."""
        self.server.pages[DISCOVERY] = self.server.pages[KEYS] = answer(500)

    def fetches(self) -> int:
        """How often its keys were asked for."""
        return len(self.server.requests[DISCOVERY])

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims that are accepted, with changes; None leaves one out."""
        now = int(time.time())
        usual = {"iss": self.address, "aud": AUDIENCE, "sub": "officer", "iat": now, "nbf": now, "exp": now + 600}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def token(self, *, signed_with: str = "RS256", key_id: str | None = "one", **changes: Any) -> str:
        """A token signed by the key of that name."""
        algorithm = "RS256" if signed_with == "weak" else signed_with
        headers = {"kid": key_id} if key_id is not None else {}
        # As bytes, for the library signs no claims that it would refuse.
        return jwt.PyJWS().encode(json.dumps(self.claims(**changes)).encode(), PRIVATE[signed_with], algorithm, headers)


def pieces(*parts: dict[str, Any] | bytes) -> str:
    """A token of any parts."""
    raw = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in parts]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in raw)
