"""Roles as groups of the back office. Rooms say what a role may do there; memberships carry people in and out.

    groups.permit(EDITOR, "radar.add_statusupdate", "radar.change_measure")      # in AppConfig.ready

Whether somebody may change *this* measure is decided by the room itself (its department), never by the group alone.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from mitstadt.accounts.actor import ADMINISTRATOR, COORDINATOR, EDITOR, MODERATOR

NAMES = {
    EDITOR: "Redaktion",
    COORDINATOR: "Koordination",
    MODERATOR: "Moderation",
    ADMINISTRATOR: "Administration",
}

_ACCESS = {"wagtailadmin.access_admin"}
_CHOOSE = {
    "wagtailimages.add_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.choose_document",
}
_MANAGE = _CHOOSE | {
    "wagtailimages.change_image",
    "wagtailimages.delete_image",
    "wagtaildocs.change_document",
    "wagtaildocs.delete_document",
}
_permissions: dict[str, set[str]] = {
    EDITOR: _ACCESS | _CHOOSE,
    COORDINATOR: _ACCESS | _MANAGE,
    MODERATOR: _ACCESS,
    ADMINISTRATOR: _ACCESS | _MANAGE,
}
# What a role may do to editorial pages, from the root down: editors write, coordinators publish.
_PAGES: dict[str, tuple[str, ...]] = {
    EDITOR: ("add_page", "change_page"),
    COORDINATOR: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
    MODERATOR: (),
    ADMINISTRATOR: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"),
}


def permit(role: str, *permissions: str) -> None:
    """Let `role` do more in the back office (``app_label.codename``); administrators get it too."""
    _permissions[role] |= set(permissions)
    _permissions[ADMINISTRATOR] |= set(permissions)


def ensure_groups(**kwargs: Any) -> dict[str, Group]:
    """The four groups with their permissions, made or brought up to date. Runs after `migrate`."""
    found = {group.name: group for group in Group.objects.filter(name__in=NAMES.values())}
    missing = [Group(name=name) for name in NAMES.values() if name not in found]
    if missing:
        Group.objects.bulk_create(missing, ignore_conflicts=True)
        found = {group.name: group for group in Group.objects.filter(name__in=NAMES.values())}
        refresh(found)
    return {role: found[name] for role, name in NAMES.items()}


def after_migrate(**kwargs: Any) -> None:
    """Groups and their permissions, once all permissions exist."""
    ensure_groups()
    refresh({group.name: group for group in Group.objects.filter(name__in=NAMES.values())})


def refresh(groups: dict[str, Group]) -> None:
    """Give each group exactly what its role may do."""
    wanted = set().union(*_permissions.values())
    condition = Q(pk__in=[])
    for label in wanted:
        app, codename = label.split(".")
        condition |= Q(content_type__app_label=app, codename=codename)
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in _all(condition)}
    for role, name in NAMES.items():
        groups[name].permissions.set([known[label] for label in _permissions[role] if label in known])
        _set_pages(groups[name], _PAGES[role])
        _set_collections(groups[name], _permissions[role])


def _all(condition: Q) -> Any:
    return Permission.objects.filter(condition).select_related("content_type")


def _set_pages(group: Group, codenames: tuple[str, ...]) -> None:
    from wagtail.models import GroupPagePermission, Page

    root = Page.objects.filter(depth=1).first()
    if root is None:
        return
    permissions = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames)
    rows = GroupPagePermission.objects.filter(group=group, page=root)
    rows.exclude(permission__in=permissions).delete()
    have = set(rows.values_list("permission_id", flat=True))
    GroupPagePermission.objects.bulk_create(
        [GroupPagePermission(group=group, page=root, permission=p) for p in permissions if p.pk not in have]
    )


def _set_collections(group: Group, labels: set[str]) -> None:
    from wagtail.models import Collection, GroupCollectionPermission

    root = Collection.objects.filter(depth=1).first()
    if root is None:
        return
    codenames = [label.split(".")[1] for label in labels if label.startswith(("wagtailimages.", "wagtaildocs."))]
    permissions = Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=codenames
    )
    rows = GroupCollectionPermission.objects.filter(group=group, collection=root)
    have = set(rows.values_list("permission_id", flat=True))
    GroupCollectionPermission.objects.bulk_create(
        [GroupCollectionPermission(group=group, collection=root, permission=p) for p in permissions if p.pk not in have]
    )


def sync_user(user_id: int) -> None:
    """Put a person into the groups of their roles, and out of the others."""
    from .models import Membership

    by_role = ensure_groups()
    roles = set(Membership.objects.filter(user_id=user_id).values_list("role", flat=True))
    through = Group.user_set.through
    wanted = {by_role[role].pk for role in roles if role in by_role}
    rows = through.objects.filter(user_id=user_id, group__name__in=NAMES.values())
    rows.exclude(group_id__in=wanted).delete()
    have = set(rows.values_list("group_id", flat=True))
    through.objects.bulk_create([through(user_id=user_id, group_id=pk) for pk in wanted - have], ignore_conflicts=True)
