"""What a search asks of an offer, copied to its rows of the list, so that it reads one narrow index."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery

from .models import Service, ServiceAt

LISTED = Q(state=Service.State.PUBLIC, status__in=("active", "temporarily closed"))
FIELDS = ("free", "walk_in", "languages", "confirmed_on")


def write(services: QuerySet[Service] | None = None) -> None:
    """Bring the rows of these offers (default: all) up to date; whoever writes one of the fields calls it at once."""
    chosen = Service.objects.all() if services is None else services
    rows = ServiceAt.objects.filter(service__in=chosen.order_by().values("pk"))
    of = Service.objects.filter(pk=OuterRef("service_id"))
    rows.update(listed=False, **{field: Subquery(of.values(field)[:1]) for field in FIELDS})
    rows.filter(service__in=Service.objects.filter(LISTED).values("pk")).update(listed=True)


def write_one(pk: int) -> None:
    write(Service.objects.filter(pk=pk))
