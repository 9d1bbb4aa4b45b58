"""Which of the provider's tokens to believe: signature, issuer, audience, times, and that they are meant for this very act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry, Token

from forum.accounts.oidc.errors import Refused
from forum.accounts.oidc.provider import Provider, Tokens
from forum.core import clock
from forum.core.i18n import lazy

# Never "none", and never a symmetric one: then the client secret, or a public key, would sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
SKEW = 60
MAX_NAME = 255
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# How long ago somebody may have signed in who was asked to do it again.
AGAIN = timedelta(minutes=5)
# A logout token is sent at once; an older one is refused. Its number is remembered until then, both clocks' errors included.
LOGOUT_AGE = timedelta(minutes=10)
LOGOUT_MEMORY = LOGOUT_AGE + timedelta(seconds=3 * SKEW)


def id_token(provider: Provider, tokens: Tokens, nonce: str) -> dict[str, Any]:
    """The claims of an ID token for the sign-in with this nonce. Raises Refused, with the claim that is wrong."""
    token = _signed(provider, tokens.id_token, "id_token_signing_alg_values_supported")
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    asked = {"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.access_token}
    checked = CodeIDToken(token.claims, token.header, options, asked)
    try:
        checked.validate(now=_now(), leeway=SKEW)
    except JoseError as error:
        raise Refused(f"id_token_{_of(error)}") from None
    except (TypeError, ValueError, KeyError):
        raise Refused("id_token_malformed") from None
    if provider.acr_values and token.claims.get("acr") not in provider.acr_values:
        raise Refused(
            "id_token_acr",
            lazy("Cara Anda masuk di SSO belum cukup kuat untuk Rembuk: masuklah dengan langkah kedua (kode OTP)."),
        )
    return _named(token.claims)


def require_again(claims: dict[str, Any]) -> None:
    """Raises Refused unless the person signed in at the provider just now, whether it was told to ask or not."""
    at = claims.get("auth_time")
    if not isinstance(at, int) or isinstance(at, bool) or not -SKEW <= _now() - at <= AGAIN.total_seconds() + SKEW:
        raise Refused("id_token_auth_time")


def logout_token(provider: Provider, text: str) -> dict[str, Any]:
    """The claims of a back-channel logout token (OpenID Connect Back-Channel Logout 1.0, 2.6). Raises Refused.

    Whether it was used before is not looked at here.
    """
    token = _signed(provider, text, "id_token_signing_alg_values_supported")
    rules = JWTClaimsRegistry(
        now=_now(),
        leeway=SKEW,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        iat={"essential": True},
        jti={"essential": True},
        events={"essential": True},
    )
    try:
        rules.validate(token.claims)
    except JoseError as error:
        raise Refused(f"logout_token_{_of(error)}") from None
    claims = token.claims
    if str(token.header.get("typ", "JWT")).lower() not in ("jwt", "logout+jwt"):
        raise Refused("logout_token_typ")
    if claims["iat"] < _now() - LOGOUT_AGE.total_seconds() - SKEW:
        raise Refused("logout_token_old")
    if not isinstance(claims["events"], dict) or not isinstance(claims["events"].get(LOGOUT_EVENT), dict):
        raise Refused("logout_token_events")
    if "nonce" in claims:  # then it is an ID token
        raise Refused("logout_token_nonce")
    if claims.get("sub") is None and claims.get("sid") is None:
        raise Refused("logout_token_nobody")
    return _named(claims)


def _now() -> int:
    return int(clock.now().timestamp())


def _of(error: JoseError) -> str:
    """What was wrong, as a word for the log: a claim's name, or the kind of error. Never a value."""
    claim = getattr(error, "claim", None)
    return str(claim)[:40] if claim else str(getattr(error, "error", "") or "invalid")


def _signed(provider: Provider, text: str, announced: str) -> Token:
    """The token, if it carries a signature of the provider. A key that is not known yet is asked for once."""
    offered = provider.metadata().get(announced)
    allowed = [name for name in ALGORITHMS if not isinstance(offered, list) or name in offered]
    if not allowed:
        raise Refused("no_common_algorithm")
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    try:
        try:
            return jwt.decode(text, _key_set(provider.keys()), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(text, _key_set(provider.keys(renewed=True)), registry=registry)
    except JoseError as error:
        raise Refused(f"signature_{error.error or 'bad'}") from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused("signature_malformed") from None


def _key_set(keys: list[dict[str, Any]]) -> KeySet:
    if not keys:
        raise Refused("no_keys")
    return KeySet.import_key_set({"keys": keys})


def _named(claims: dict[str, Any]) -> dict[str, Any]:
    """Names that we keep must be texts of a bounded length."""
    for name in ("sub", "sid", "jti"):
        value = claims.get(name)
        if value is not None and not (isinstance(value, str) and 0 < len(value) <= MAX_NAME):
            raise Refused(f"bad_{name}")
    return claims
