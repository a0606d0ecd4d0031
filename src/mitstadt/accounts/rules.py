"""What trust a person needs, and what leads there. No database."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mitstadt.kit.decision import YES, Decision, no

from .actor import Actor

EMAIL, RESIDENT, EID = 1, 2, 3
LIVES_HERE = "resident"  # the fact that a letter, the counter or the online identity proves


def need(actor: Actor, trust: int) -> Decision:
    """Does `actor` reach the trust level `trust` (0 to 3)? The reason says what to do; `step_up` is
    ``login``, ``email``, ``resident`` or ``eid``, and `/konto/nachweis/` explains each way."""
    if trust == RESIDENT and actor.trust == EID and LIVES_HERE not in actor.facts:
        # the online identity says who somebody is, not that they live in this city
        return no(
            _("Ihr Online-Ausweis nennt keinen Wohnsitz hier. Sie können ihn mit einem Brief bestätigen."), "resident"
        )
    if actor.trust >= trust:
        return YES
    if not actor.is_known and trust > EMAIL:
        return no(_("Dafür melden Sie sich bitte an."), "login")
    if trust == EMAIL:
        if not actor.is_known:
            return no(_("Dafür bestätigen Sie bitte Ihre E-Mail-Adresse oder melden sich an."), "login")
        return no(_("Dafür bestätigen Sie bitte Ihre E-Mail-Adresse."), "email")
    if trust == RESIDENT:
        return no(_("Das ist für Menschen gedacht, die hier wohnen. Ihren Wohnsitz bestätigen Sie einmal."), "resident")
    return no(_("Dafür brauchen Sie die Anmeldung mit dem Online-Ausweis."), "eid")


def known(actor: Actor) -> Decision:
    """Signed in with an account?"""
    return YES if actor.is_known else no(_("Dafür melden Sie sich bitte an."), "login")


def staff(actor: Actor) -> Decision:
    """May this person do staff work now: a role, and a second factor in this session?"""
    if not actor.is_known:
        return no(_("Bitte melden Sie sich an."), "login")
    if not actor.is_staff:
        return no(_("Das dürfen nur Mitarbeitende der Stadt."))
    if not actor.second_factor:
        return no(_("Für die Arbeit in der Verwaltung brauchen Sie einen zweiten Faktor."), "second_factor")
    return YES


def staff_role(actor: Actor, role: str, organisation_id: int | None = None) -> Decision:
    """`staff`, and holding `role` (in that organisation if one is named)."""
    decision = staff(actor)
    if decision and not actor.has(role, organisation_id):
        return no(_("Dafür fehlt Ihnen die Rolle."))
    return decision


def fact(actor: Actor, rule: str) -> Decision:
    """Does the yes-or-no fact `rule` hold for this person (``resident``, ``age_16`` …)?"""
    if rule in actor.facts:
        return YES
    if not actor.is_known:
        return no(_("Dafür melden Sie sich bitte an."), "login")
    return no(_("Dafür fehlt ein Nachweis, den der Online-Ausweis bringt."), "eid")
