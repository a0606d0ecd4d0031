"""However a membership came or went, the groups of the back office follow."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from mitstadt.accounts.models import User

from .groups import sync_user
from .models import Membership


@receiver(post_save, sender=Membership)
@receiver(post_delete, sender=Membership)
def follow(sender: Any, instance: Membership, **kwargs: Any) -> None:
    if User.objects.filter(pk=instance.user_id).exists():  # not while the account itself is being deleted
        sync_user(instance.user_id)
