"""A city with any number of measures in the database, written in bulk: Munich's own 87, repeated."""

from __future__ import annotations

from mitstadt.kit import clock
from mitstadt.organisations.models import Organisation
from mitstadt.radar import snapshot
from mitstadt.radar.models import CoreArea, Field, Measure, MeasurePrinciple, Principle, Revision, Strategy
from mitstadt.subjects.models import Subject

from .picture_data import munich, rows_of


def make_city(count: int, **changes: dict) -> Strategy:
    """`changes` by number as ``m5={"title": "…"}`` override a measure's columns."""
    base, frame = munich()
    now = clock.now()
    strategy = Strategy.objects.create(slug="strategie", name="Digitalstrategie")
    areas = {
        a.slug: CoreArea.objects.create(strategy=strategy, slug=a.slug, name=a.name, order=a.order)
        for a in frame.core_areas
    }
    by_field = {row.field.slug: row.core_area for row in base}
    fields = {
        f.slug: Field.objects.create(
            strategy=strategy, slug=f.slug, name=f.name, order=f.order,
            core_area=areas[by_field[f.slug].slug] if by_field.get(f.slug) else None,
        )
        for f in frame.fields
    }  # fmt: skip
    principles = {
        p.slug: Principle.objects.create(strategy=strategy, slug=p.slug, name=p.name, order=p.order)
        for p in frame.principles
    }
    departments = {
        d.slug: Organisation.objects.create(slug=d.slug.lower(), code=d.slug, name=f"Referat {d.name}")
        for d in frame.departments
    }
    rows = rows_of(count)
    subjects = Subject.objects.bulk_create(
        [
            Subject(kind="measure", title=r.title, path=r.path, published=True, created_at=now, changed_at=now)
            for r in rows
        ]
    )
    measures = []
    for row, subject in zip(rows, subjects, strict=True):
        values = {
            "title": row.title,
            "short_name": row.short_name,
            "slug": f"{row.slug}-{row.number}",
            "summary": row.summary,
            "status": row.status,
            "status_as_of": row.status_as_of,
            "start": row.start,
            "end": row.end,
            "field": fields[row.field.slug],
            "core_area": areas[row.core_area.slug] if row.core_area else None,
            "department": departments[row.department.slug] if row.department else None,
        } | changes.get(f"m{row.number}", {})
        measures.append(Measure(subject=subject, strategy=strategy, number=row.number, live=True, **values))
    Measure.objects.bulk_create(measures)
    MeasurePrinciple.objects.bulk_create(
        [
            MeasurePrinciple(measure=m, principle=principles[p.slug])
            for m, row in zip(measures, rows, strict=True)
            for p in row.principles
        ]
    )
    revision = Revision.objects.create(strategy=strategy, code="2021", name="Fortschreibung 2021", decided="2022-01-19")
    snapshot.freeze(revision)
    snapshot.forget()
    return strategy
