"""Verifying an ID token. allauth skips the signature after a code exchange and knows no nonce; here nothing is skipped.

OpenID Connect Core 1.0, 3.1.3.7; OWASP ASVS 5.0 requirements 9.2.1, 10.5.1, 10.5.4.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

# Asymmetric only: with HS256 the client secret, or even the public key, could sign; "none" signs nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 30  # seconds by which the provider's clock may differ


class BadTokenError(Exception):
    """The token proves nothing. The text is for the log, never for the person, and holds no claim."""


def verify(
    token: str, keys: Mapping[str, Any], *, issuer: str, audience: str, nonce: str, leeway: int = LEEWAY
) -> dict[str, Any]:
    """The claims of a token that was signed by one of `keys` (a JWK set) for us, for this login, and is still valid.

    Raises BadTokenError for anything else.
    """
    key = _key_for(token, keys)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=list(ALGORITHMS),
            audience=audience,
            issuer=issuer,
            leeway=leeway,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_signature": True},
        )
    except jwt.PyJWTError as error:
        raise BadTokenError(type(error).__name__) from error
    if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise BadTokenError("nonce")
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != audience:
        raise BadTokenError("azp")
    return claims


def _key_for(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise BadTokenError("header") from error
    if header.get("alg") not in ALGORITHMS:
        raise BadTokenError("alg")
    entries = keys.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        if (
            not isinstance(entry, dict)
            or entry.get("use", "sig") != "sig"
            or ("kid" in header and entry.get("kid") != header["kid"])
        ):
            continue
        try:
            return jwt.PyJWK(entry, algorithm=header["alg"])
        except (jwt.PyJWTError, ValueError) as error:
            raise BadTokenError("key") from error
    raise BadTokenError("kid")
