"""A clinic's own sign-on, over OpenID Connect: the code flow with PKCE, state and nonce.

It stores nothing and knows no people: it makes the address to go to, and says of a code that came
back whose it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from mindspa.domain.errors import SignOnFailed

TIMEOUT_S = 10.0
LEEWAY_S = 60  # that the provider's clock may differ
# Signed with the provider's private key, never with a secret that is shared.
ALGORITHMS = ("RS256", "PS256", "ES256")

OUT_OF_REACH = "The clinic's sign-on does not answer. Try again, or sign in with your password."
NOT_TRUSTED = (
    "What the clinic's sign-on answered cannot be trusted. Tell whoever runs this server, and sign "
    "in with your password."
)


@dataclass(frozen=True, slots=True)
class Provider:
    """`issuer`: its address, exactly as it names itself. `back`: where on this server it sends
    people to. `plain`: it may be spoken to without TLS, as one on this machine is in tests."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    back: str
    plain: bool = False

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign on."""
        url, _ = self._session().create_authorization_url(
            self._endpoint(self._metadata(), "authorization_endpoint"),
            state=state,
            nonce=nonce,
            code_verifier=verifier,
        )
        return str(url)

    def subject(self, code: str, *, nonce: str, verifier: str, now: datetime) -> str:
        """Whose code it is: the provider's name for them, which it never gives to anybody else."""
        metadata = self._metadata()
        keys = self._keys(self._endpoint(metadata, "jwks_uri"))
        try:
            token = self._session().fetch_token(
                self._endpoint(metadata, "token_endpoint"),
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=self.back,
                allow_redirects=False,
            )
        except RequestException:
            raise SignOnFailed(OUT_OF_REACH) from None
        except (OAuthError, AttributeError, TypeError, ValueError):
            raise SignOnFailed(NOT_TRUSTED) from None
        try:
            decoded = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": self.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
            subject = claims["sub"]
        except (JoseError, KeyError, TypeError, ValueError):
            raise SignOnFailed(NOT_TRUSTED) from None
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise SignOnFailed(NOT_TRUSTED)
        return subject

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope="openid",
            redirect_uri=self.back,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )

    def _metadata(self) -> Mapping[str, Any]:
        found = self._json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise SignOnFailed(NOT_TRUSTED)
        return found

    def _keys(self, address: str) -> KeySet:
        try:
            return KeySet.import_key_set(self._json(address))  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError):
            raise SignOnFailed(NOT_TRUSTED) from None

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        address = metadata.get(name)
        schemes = ("https", "http") if self.plain else ("https",)
        if not isinstance(address, str) or urlsplit(address).scheme not in schemes:
            raise SignOnFailed(NOT_TRUSTED)
        return address

    def _json(self, address: str) -> Mapping[str, Any]:
        """Read anew at each sign-on: they are few, and keys change."""
        try:
            answer = self._session().get(address, withhold_token=True, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (RequestException, ValueError):
            raise SignOnFailed(OUT_OF_REACH) from None
        if not isinstance(found, dict):
            raise SignOnFailed(NOT_TRUSTED)
        return found
