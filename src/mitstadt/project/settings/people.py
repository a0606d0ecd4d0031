"""How people sign in: allauth, second factors, the city's online identity. Imported by `base`."""

from __future__ import annotations

import os
from typing import Any

from django.utils.translation import gettext_lazy as _

from mitstadt.kit.city import City

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "mitstadt.accounts.drafts.csrf_failure"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# How many proxies of the city stand before this application: their word about the caller's address is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("MITSTADT_PROXIES", "0"))
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600

# The key of every keyed hash (guests, online identities, letter codes). It must never change; SECRET_KEY may.
MITSTADT_HASH_KEY = os.environ.get("MITSTADT_HASH_KEY", "")

ACCOUNT_ADAPTER = "mitstadt.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str  # the pseudonym
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "mitstadt.accounts.forms.PseudonymSignup"
ACCOUNT_FORMS = {"login": "mitstadt.accounts.forms.LoginForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # mail scanners follow links
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays, all others end with the old password
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key", "signup": "20/m/ip", "reset_password": "20/m/ip,5/m/key"}
ACCOUNT_SESSION_REMEMBER = None  # the person is asked

MFA_ADAPTER = "mitstadt.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1

SOCIALACCOUNT_ADAPTER = "mitstadt.accounts.adapter.OnlineIdAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = False  # a pseudonym is chosen first
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "optional"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_QUERY_EMAIL = False


def for_city(city: City) -> dict[str, Any]:
    """Settings that depend on the city: names in mails, and the online identity of `city.yaml` or the environment.

    ``MITSTADT_OIDC_SERVER``, ``MITSTADT_OIDC_CLIENT`` and ``MITSTADT_OIDC_SECRET`` win over ``online_id:`` in the file,
    which never holds the secret. Without a server there is no such login.
    """
    told: dict[str, Any] = {**city.online_id}
    server = os.environ.get("MITSTADT_OIDC_SERVER", told.get("server", ""))
    apps = []
    if server:
        apps.append(
            {
                "provider_id": "stadt",
                "name": told.get("name") or _("Online-Ausweis"),
                "client_id": os.environ.get("MITSTADT_OIDC_CLIENT", told.get("client", "mitstadt")),
                "secret": os.environ.get("MITSTADT_OIDC_SECRET", ""),
                "settings": {"server_url": server, "oauth_pkce_enabled": True, "scope": told.get("scope", ["openid"])},
            }
        )
    return {
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": f"{city.short_name}: ",
        "MFA_TOTP_ISSUER": f"Mitstadt {city.short_name}",
        "MITSTADT_ONLINE_ID": told,
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {"provider_class": "mitstadt.accounts.online_id.provider.CityProvider", "APPS": apps}
        },
    }
