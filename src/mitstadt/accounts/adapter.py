"""Where allauth asks the house: who may sign up, how secrets are kept, where people go next."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

from . import limits, mail
from .keyed import keyed_hash, normal_email


class AccountAdapter(DefaultAccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth counts in this process's cache; this counts for all processes together, known address or not."""
        address = normal_email(str(credentials.get("email", "")))
        if not limits.hit("login", address, times=20, seconds=3600):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the worker, so that an answer takes equally long whether or not a mail follows."""
        site = {"name": settings.WAGTAIL_SITE_NAME, "domain": self.request.get_host()}
        message = self.render_mail(
            template_prefix, email, {"request": self.request, "email": email, "current_site": site, **context}
        )
        mail.post(email, message.subject, str(message.body).strip() + "\n")

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """As allauth, without the network address and browser: a mail is no place for them."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "ip": "", "user_agent": ""}, email)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps lie encrypted in the database."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.MFA_TOTP_ISSUER}


class OnlineIdAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        """No redirects: the city named one host, and only that one is asked."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        return session


def _fernet() -> Fernet:
    secret = keyed_hash("second-factor", "fernet")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))
