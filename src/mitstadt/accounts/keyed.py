"""Keyed hashes: what must be recognised again but never read back (e-mail of a guest, key of an eID, a letter code)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 (64 hex digits) of `value`, separated by `purpose` so that two tables cannot be joined.

    The key is MITSTADT_HASH_KEY, not SECRET_KEY: sessions may be renewed at any time, people's identities may not.
    """
    key = hashlib.sha256(f"mitstadt.{purpose}\0{settings.MITSTADT_HASH_KEY}".encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def normal_email(email: str) -> str:
    """The form under which an address is recognised: trimmed and lower case."""
    return email.strip().lower()


def email_hash(email: str) -> str:
    """The key under which a guest is recognised."""
    return keyed_hash("guest-email", normal_email(email))


def seal(purpose: str, text: str) -> str:
    """`text` encrypted (Fernet), readable only with the installation's key and the same `purpose`."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """Back again; "" for nothing, and for what another key or purpose has sealed."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def _fernet(purpose: str) -> Fernet:
    key = hashlib.sha256(keyed_hash("seal", purpose).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
