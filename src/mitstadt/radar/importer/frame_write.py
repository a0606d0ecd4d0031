"""Writing and reading the frame of a strategy. What is written here comes out of `frame_of` unchanged."""

from __future__ import annotations

from typing import Any

from mitstadt.organisations.actions import ensure_department
from mitstadt.organisations.models import Organisation
from mitstadt.radar import dates
from mitstadt.radar.models import (
    CitizenNeed,
    CoreArea,
    Field,
    ParticipationFigures,
    Principle,
    Report,
    ReportSection,
    ReportTemplate,
    Revision,
    Statement,
    Strategy,
    TimelineEvent,
)

from .frame import PARTICIPATION

META = ("city", "language", "compiled", "name")


def write_frame(strategy: Strategy, frame: dict[str, Any]) -> None:
    """Bring the frame up to date. Keyed things (fields, principles …) are kept when a file no longer names them,
    because history points at them; lists without keys (time line, needs) are replaced."""
    _write_strategy(strategy, frame)
    for item in _list(frame, "referate"):
        ensure_department(item["code"], item["name"], _text(item, "confidence"))
    _write_core_areas(strategy, _list(frame, "kernbereiche"))
    _write_fields(strategy, _list(frame, "handlungsfelder"))
    for order, item in enumerate(_list(frame, "principles"), start=1):
        Principle.objects.update_or_create(
            strategy=strategy,
            slug=item["slug"],
            defaults={
                **_texts(item, "name", "since", "supersedes", "summary", "note", "confidence"),
                "order": order,
            },
        )
    _write_revisions(strategy, _list(frame, "revisions"))
    _write_statements(strategy, frame)
    _write_rest(strategy, frame)


def _write_strategy(strategy: Strategy, frame: dict[str, Any]) -> None:
    if "motto" in frame:
        strategy.motto = _text(frame, "motto")
    meta = frame.get("meta")
    if isinstance(meta, dict):
        strategy.city_name = _text(meta, "city") or strategy.city_name
        strategy.language = _text(meta, "language") or strategy.language
        strategy.compiled = _text(meta, "compiled")
        strategy.name = _text(meta, "name") or strategy.name
        strategy.notes = {key: value for key, value in meta.items() if key not in META}
    strategy.save()


def _write_core_areas(strategy: Strategy, items: list[dict[str, Any]]) -> None:
    for order, item in enumerate(items, start=1):
        CoreArea.objects.update_or_create(
            strategy=strategy,
            slug=item["slug"],
            defaults={
                **_texts(item, "name", "summary", "note", "confidence"),
                "colour_hint": _text(item, "color_hint"),
                "earlier_fields": item.get("handlungsfelder_2019") or [],
                "order": order,
            },
        )


def _write_fields(strategy: Strategy, items: list[dict[str, Any]]) -> None:
    areas = dict(CoreArea.objects.filter(strategy=strategy).values_list("slug", "id"))
    for order, item in enumerate(items, start=1):
        Field.objects.update_or_create(
            strategy=strategy,
            slug=item["slug"],
            defaults={
                **_texts(item, "name", "note", "confidence"),
                "core_area_id": areas.get(item.get("kernbereich") or ""),
                "order": item.get("order") or order,
                "focuses": item.get("schwerpunkte") or [],
                "goals": item.get("goals") or [],
                "links": item.get("links") or [],
                "radar_counts": item.get("radar_counts"),
            },
        )


def _write_revisions(strategy: Strategy, items: list[dict[str, Any]]) -> None:
    for order, item in enumerate(items, start=1):
        decided = _text(item, "decided")
        Revision.objects.update_or_create(
            strategy=strategy,
            code=str(item["id"]),
            defaults={
                **_texts(item, "name", "body", "prepared_by", "note", "confidence"),
                "paper": _text(item, "vorlage"),
                "decided": decided,
                "in_force": dates.last_day(decided) if decided else None,
                "links": item.get("links") or [],
                "changes": item.get("changes") or [],
                "order": order,
            },
        )


def _write_statements(strategy: Strategy, frame: dict[str, Any]) -> None:
    for kind in (Statement.Kind.VISION, Statement.Kind.MISSION):
        if kind.value in frame:
            Statement.objects.filter(strategy=strategy, kind=kind).delete()
            for item in _list(frame, kind.value):
                Statement.objects.create(
                    strategy=strategy,
                    kind=kind,
                    revision_code=str(item["revision"]),
                    points=item.get("points") or [],
                    **_texts(item, "summary", "source", "confidence", "valid_from"),
                )


def _write_rest(strategy: Strategy, frame: dict[str, Any]) -> None:
    if "timeline" in frame:
        strategy.timeline.all().delete()
        TimelineEvent.objects.bulk_create(
            TimelineEvent(strategy=strategy, **_texts(item, "date", "text", "source"))
            for item in _list(frame, "timeline")
        )
    if "citizen_needs" in frame:
        strategy.needs.all().delete()
        CitizenNeed.objects.bulk_create(
            CitizenNeed(strategy=strategy, **_texts(item, "need", "source")) for item in _list(frame, "citizen_needs")
        )
    for item in _list(frame, "reports"):
        Report.objects.update_or_create(
            strategy=strategy,
            number=item["no"],
            defaults={
                **_texts(item, "period", "date", "form", "url", "structure", "note", "confidence"),
                "measures": item.get("measures"),
            },
        )
    for key, value in frame.items():
        if key.startswith(PARTICIPATION) and isinstance(value, dict):
            figures = {name: figure for name, figure in value.items() if name not in ("source", "note")}
            ParticipationFigures.objects.update_or_create(
                strategy=strategy,
                key=key.removeprefix(PARTICIPATION),
                defaults={"figures": figures, **_texts(value, "source", "note")},
            )
    template = frame.get("sachstandsbericht_template")
    if isinstance(template, dict):
        _write_template(strategy, template)


def _write_template(strategy: Strategy, template: dict[str, Any]) -> None:
    strategy.report_templates.exclude(name=template["name"]).delete()
    found, _created = ReportTemplate.objects.update_or_create(
        strategy=strategy, name=template["name"], defaults=_texts(template, "source", "lesson")
    )
    found.sections.all().delete()
    ReportSection.objects.bulk_create(
        ReportSection(
            template=found,
            order=order,
            measure_slugs=item.get("measures") or [],
            **_texts(item, "heading", "refers_to"),
        )
        for order, item in enumerate(template.get("sections") or [], start=1)
    )


def _list(frame: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return frame.get(name) or []


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return "" if value is None else str(value)


def _texts(item: dict[str, Any], *keys: str) -> dict[str, str]:
    return {key: _text(item, key) for key in keys}


def frame_of(strategy: Strategy) -> dict[str, Any]:
    """The frame in the form of a strategy file. About fifteen queries."""
    meta = {
        "city": strategy.city_name,
        "name": strategy.name,
        "language": strategy.language,
        "compiled": strategy.compiled or None,
        **strategy.notes,
    }
    frame: dict[str, Any] = {"meta": meta, "motto": strategy.motto}
    for kind in (Statement.Kind.VISION, Statement.Kind.MISSION):
        frame[kind.value] = [
            _lean(
                {"revision": s.revision_code, "valid_from": s.valid_from or None},
                summary=s.summary,
                points=s.points,
                source=s.source,
                confidence=s.confidence,
            )
            for s in strategy.statements.filter(kind=kind).order_by("id")
        ]
    frame["kernbereiche"] = [
        _lean(
            {"slug": a.slug, "name": a.name, "summary": a.summary, "handlungsfelder_2019": a.earlier_fields},
            color_hint=a.colour_hint,
            note=a.note,
            confidence=a.confidence,
        )
        for a in strategy.core_areas.all()
    ]
    frame["handlungsfelder"] = [
        _lean(
            {
                "slug": f.slug,
                "order": f.order,
                "name": f.name,
                "kernbereich": f.core_area.slug if f.core_area else None,
                "goals": f.goals,
                "links": f.links,
                "radar_counts": f.radar_counts,
            },
            schwerpunkte=f.focuses,
            confidence=f.confidence,
            note=f.note,
        )
        for f in strategy.fields.select_related("core_area")
    ]
    frame["principles"] = [
        _lean(
            {"slug": p.slug, "name": p.name},
            since=p.since,
            supersedes=p.supersedes,
            summary=p.summary,
            confidence=p.confidence,
            note=p.note,
        )
        for p in strategy.principles.all()
    ]
    frame["referate"] = departments_of(strategy)
    frame["revisions"] = [_revision(r) for r in strategy.revisions.filter(state=Revision.State.PUBLISHED)]
    frame["timeline"] = [
        _lean({"date": e.date, "text": e.text}, source=e.source) for e in strategy.timeline.order_by("id")
    ]
    frame["reports"] = [
        _lean(
            {"no": r.number, "period": r.period},
            date=r.date,
            form=r.form,
            url=r.url,
            measures=r.measures,
            structure=r.structure,
            note=r.note,
            confidence=r.confidence,
        )
        for r in strategy.reports.all()
    ]
    for figures in strategy.participations.all():
        frame[PARTICIPATION + figures.key] = _lean(dict(figures.figures), source=figures.source, note=figures.note)
    for template in strategy.report_templates.all()[:1]:
        frame["sachstandsbericht_template"] = {
            "name": template.name,
            "source": template.source,
            "sections": [
                _lean({"heading": s.heading, "measures": s.measure_slugs}, refers_to=s.refers_to)
                for s in template.sections.all()
            ],
            "lesson": template.lesson,
        }
    frame["citizen_needs"] = [{"need": n.need, "source": n.source} for n in strategy.needs.order_by("id")]
    return frame


def departments_of(strategy: Strategy) -> list[dict[str, Any]]:
    """The city's departments and companies, in the order in which they came."""
    kinds = (Organisation.Kind.DEPARTMENT, Organisation.Kind.COMPANY)
    return [
        _lean({"code": code or slug, "name": name}, confidence=confidence)
        for code, slug, name, confidence in Organisation.objects.filter(kind__in=kinds)
        .order_by("id")
        .values_list("code", "slug", "name", "confidence")
    ]


def _revision(revision: Revision) -> dict[str, Any]:
    return _lean(
        {
            "id": revision.code,
            "name": revision.name,
            "body": revision.body or None,
            "decided": revision.decided or None,
            "vorlage": revision.paper or None,
            "links": revision.links,
            "changes": revision.changes,
        },
        prepared_by=revision.prepared_by,
        note=revision.note,
        confidence=revision.confidence,
    )


def _lean(item: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """`item` and those of the optional keys that have a value."""
    return {**item, **{key: value for key, value in optional.items() if value not in ("", None, [])}}
