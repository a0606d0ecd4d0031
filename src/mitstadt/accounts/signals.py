"""What the house does when allauth reports a login, a logout, a confirmed address, a new password."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.socialaccount import signals as social_signals
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from mitstadt.audit import actions as audit
from mitstadt.kit import clock

from . import actions, devices
from .models import Proof, SignIn, Trust, User


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    if request is None or not request.session.session_key:
        return
    _note_session(request, user)
    audit.record("accounts.session.start", actor=user.public_id, obj=user.public_id)


def _note_session(request: HttpRequest, user: User) -> None:
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "device": devices.describe(request.headers.get("User-Agent", "")),
            "at": clock.now(),
        },
    )


@receiver(user_logged_out)
def note_sign_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if request is not None and request.session.session_key:
        SignIn.objects.filter(session_key=request.session.session_key).delete()


@receiver(account_signals.email_confirmed)
def trust_email(sender: Any, email_address: Any, **kwargs: Any) -> None:
    actions.add_proof(email_address.user_id, Proof.Way.EMAIL, Trust.EMAIL)


@receiver(account_signals.password_changed)
@receiver(account_signals.password_reset)
@receiver(account_signals.password_set)
def end_other_sessions(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Their proof died with the old password; here the rows go too."""
    others = SignIn.objects.filter(user=user).exclude(session_key=request.session.session_key or "")
    with transaction.atomic():
        Session.objects.filter(session_key__in=list(others.values_list("session_key", flat=True))).delete()
        others.delete()
        if request.user.is_authenticated:  # not after a reset by mail; the key of this session is new as well
            _note_session(request, user)
        audit.record("accounts.password.change", actor=user.public_id, obj=user.public_id)


@receiver(account_signals.user_logged_in)
def apply_online_id_at_login(sender: Any, user: User, sociallogin: Any = None, **kwargs: Any) -> None:
    if sociallogin is not None:
        apply_online_id(user, sociallogin)


@receiver(social_signals.social_account_added)
@receiver(social_signals.social_account_updated)
def apply_online_id_when_connected(sender: Any, sociallogin: Any, **kwargs: Any) -> None:
    if sociallogin.user.pk:
        apply_online_id(sociallogin.user, sociallogin)


@receiver(social_signals.social_account_removed)
def forget_online_id(sender: Any, socialaccount: Any, **kwargs: Any) -> None:
    user_id = socialaccount.user_id
    Proof.objects.filter(user_id=user_id, way=Proof.Way.ONLINE_ID).delete()
    actions.store_facts(user_id, {}, Proof.Way.ONLINE_ID)
    actions.recompute_trust(user_id)


def apply_online_id(user: User, sociallogin: Any) -> None:
    """Level and facts that the callback judged; the claims themselves are gone by now."""
    identity = sociallogin.state.get("identity")
    if not identity:
        return
    ends = clock.now() + actions.ONLINE_ID_HOLDS
    with transaction.atomic():
        if identity["trust"] > Trust.NONE:
            actions.add_proof(user.pk, Proof.Way.ONLINE_ID, identity["trust"], expires_at=ends)
        actions.store_facts(user.pk, identity["facts"], Proof.Way.ONLINE_ID, expires_at=ends)
        audit.record(
            "accounts.trust.online_id",
            actor=user.public_id,
            obj=user.public_id,
            payload={"trust": identity["trust"], "rules": sorted(identity["facts"])},
        )


@receiver(mfa_signals.authenticator_added)
@receiver(mfa_signals.authenticator_removed)
@receiver(mfa_signals.authenticator_reset)
def note_factor(sender: Any, user: User, authenticator: Any, signal: Any, **kwargs: Any) -> None:
    verbs = {
        mfa_signals.authenticator_added: "add",
        mfa_signals.authenticator_removed: "remove",
        mfa_signals.authenticator_reset: "reset",
    }
    audit.record(
        f"accounts.second_factor.{verbs[signal]}",
        actor=user.public_id,
        obj=user.public_id,
        payload={"type": authenticator.type},
    )
