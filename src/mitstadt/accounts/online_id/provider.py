"""allauth's OpenID Connect provider, made strict: nonce, full verification, no names, nothing raw stored."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mitstadt.accounts.keyed import keyed_hash
from mitstadt.kit import clock

from . import claims as claim_rules
from . import tokens

NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class CityAdapter(OpenIDConnectOAuth2Adapter):
    """Talks to the provider. `state` is what this browser was sent away with, set by the callback view."""

    state: dict[str, Any]

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description; it must call itself what the city calls it (Discovery 1.0, 4.3)."""
        try:
            config = _object(super().openid_config, "description")
        except (AttributeError, TypeError) as error:  # what came was no object
            raise OAuth2Error("description") from error
        needed = (*NEEDED, "userinfo_endpoint") if settings.MITSTADT_ONLINE_ID.get("userinfo") else NEEDED
        if not all(isinstance(config.get(name), str) for name in needed):
            raise OAuth2Error("description")
        server = str(self.get_provider().app.settings["server_url"]).split("/.well-known/")[0]
        if str(config.get("issuer", "")).rstrip("/") != server.rstrip("/"):
            raise OAuth2Error("issuer")
        return config

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return _object(super().get_access_token_data(*args, **kwargs), "token")
        except TypeError as error:  # what came was no object
            raise OAuth2Error("token") from error

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        return SocialToken(token="")  # the access token is not kept, not even in the session

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        response = kwargs["response"]
        id_token = response.get("id_token")
        if not id_token:
            raise OAuth2Error("id_token")
        try:
            claims = tokens.verify(
                id_token,
                self._keys(),
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                nonce=str(self.state.get("nonce", "")),
            )
        except tokens.BadTokenError as error:
            raise OAuth2Error(str(error)) from error
        if settings.MITSTADT_ONLINE_ID.get("userinfo"):
            told = _object(self._fetch_user_info(response["access_token"]), "userinfo")
            if told.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo")
            claims = {**told, **claims}
        identity = claim_rules.read(claims, settings.MITSTADT_ONLINE_ID, clock.today())
        if not identity.subject:
            raise OAuth2Error("subject")
        self.state["identity"] = {"trust": identity.trust, "facts": identity.facts}
        key = keyed_hash("online-id", f"{claims['iss']}\0{identity.subject}")
        return self.get_provider().sociallogin_from_response(request, {"key": key})

    def _keys(self) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            return _object(answer.json(), "keys")


def _object(said: Any, what: str) -> dict[str, Any]:
    """What the provider said, if it is an object."""
    if not isinstance(said, dict):
        raise OAuth2Error(what)
    return said


class CityProvider(OpenIDConnectProvider):
    oauth2_adapter_class = CityAdapter
    pkce_enabled_default = True

    @classmethod
    def get_package(cls) -> str:
        return "mitstadt.accounts.online_id"  # its urls.py

    def get_default_scope(self) -> list[str]:
        return ["openid"]

    # A link must not be able to ask for more than the city configured.
    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        params = dict(kwargs.pop("auth_params", None) or self.get_auth_params())
        params["nonce"] = nonce
        wanted = settings.MITSTADT_ONLINE_ID.get("acr_values")
        if wanted:
            params["acr_values"] = str(wanted)
        answer: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=params, nonce=nonce, **kwargs
        )
        return answer

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["key"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def verify_token(self, request: HttpRequest, token: dict[str, Any]) -> Any:
        raise OAuth2Error("not offered")  # tokens come through the code exchange only
