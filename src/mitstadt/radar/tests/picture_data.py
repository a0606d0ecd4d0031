"""Rows for the picture's tests: Munich's own 87 measures as the file names them, repeated or cut to any number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from mitstadt.radar.arrange import Frame
from mitstadt.radar.rows import Flag, MeasureRow, Named

DAY = date(2026, 11, 22)
MUNICH = Path(__file__).resolve().parents[4] / "demo" / "munich"
LATE = Flag("late", "verzögert", "Das geplante Ende ist vorbei.")


@lru_cache(maxsize=1)
def munich() -> tuple[tuple[MeasureRow, ...], Frame]:
    data = yaml.safe_load((MUNICH / "strategy.yaml").read_text(encoding="utf-8"))
    short = yaml.safe_load((MUNICH / "short_names.yaml").read_text(encoding="utf-8"))
    areas = {a["slug"]: Named(a["slug"], a["name"], i) for i, a in enumerate(data["kernbereiche"], 1)}
    fields = {f["slug"]: Named(f["slug"], f["name"], f["order"]) for f in data["handlungsfelder"]}
    principles = {p["slug"]: Named(p["slug"], p["name"], i) for i, p in enumerate(data["principles"], 1)}
    rows = []
    for number, m in enumerate(data["measures"], 1):
        end = str(m.get("end_year") or "")
        over = end and int(end) < DAY.year and m["status"] not in ("abgeschlossen", "eingestellt")
        rows.append(
            MeasureRow(
                id=number,
                public_id=f"p{number}",
                number=number,
                slug=m["slug"],
                path=f"/radar/m-{number:03d}-{m['slug']}/",
                title=m["title"],
                short_name=short.get(m["slug"], ""),
                summary=m.get("summary") or "",
                kind=m.get("kind") or "massnahme",
                status=m["status"],
                status_as_of=m.get("status_as_of") or "",
                start=str(m.get("start_year") or ""),
                end=end,
                field=fields[m["handlungsfeld"]],
                core_area=areas.get(m.get("kernbereich") or ""),
                department=Named(m["referat"], m["referat"]) if m.get("referat") else None,
                principles=tuple(principles[p] for p in m.get("principles") or ()),
                flags=(LATE,) if over else (),
                earlier_status="geplant" if number % 29 == 1 and m["status"] != "geplant" else "",
                earlier_end=str(int(end) - 1 - number % 3) if end and number % 7 == 2 else "",
            )
        )
    tints = {f["slug"]: list(areas).index(f["kernbereich"]) + 1 for f in data["handlungsfelder"]}
    departments = {r.department.slug: r.department for r in rows if r.department}
    frame = Frame(
        tuple(fields.values()),
        tuple(areas.values()),
        tuple(sorted(departments.values(), key=lambda d: d.name)),
        tuple(principles.values()),
        tints,
    )
    return tuple(rows), frame


def rows_of(count: int) -> list[MeasureRow]:
    """The first `count` of Munich's measures, starting again under new numbers where there are more."""
    base, _frame = munich()
    return [replace(base[i % len(base)], id=i + 1, number=i + 1, path=f"/radar/m-{i + 1:03d}-x/") for i in range(count)]
