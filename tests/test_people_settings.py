"""What every installation's settings promise about passwords."""

from __future__ import annotations

from mitstadt.project.settings import people


def test_passwords_are_hashed_with_argon2_only():
    assert people.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_mail_scanners_confirm_no_address():
    assert people.ACCOUNT_CONFIRM_EMAIL_ON_GET is False
