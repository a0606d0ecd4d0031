"""How an installation gets its first administrator: `grant_role ada@example.org administrator RIT "Betrieb"`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mitstadt.accounts.actor import ROLES
from mitstadt.accounts.models import User
from mitstadt.organisations import actions
from mitstadt.organisations.models import Organisation


class Command(BaseCommand):
    help = "Give a role to an account that exists and has a confirmed e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=ROLES)
        parser.add_argument("organisation", help="short code of the department")
        parser.add_argument("function", help="what the public reads instead of a name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(emailaddress__email__iexact=options["email"], emailaddress__verified=True).first()
        if user is None:
            raise CommandError(f"No account with the confirmed address {options['email']}: sign up first.")
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            codes = ", ".join(str(c) for c in Organisation.objects.values_list("code", flat=True))
            raise CommandError(f"No organisation {options['organisation']!r}. There are: {codes or 'none yet'}")
        actions.grant_by_system(user, organisation, options["role"], options["function"])
        self.stdout.write(f"{options['email']} is now {options['role']} of {organisation.name}.")
