"""The draft of a strategy's revision as a text, measure by measure, and what people said of it back at the revision.

The radar keeps a revision as a checked import until it is published. Here it becomes a draft version like any other;
the import's page in the back office lists what came of it through `radar.registry`.
"""

from __future__ import annotations

from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.accounts.actor import Actor
from mitstadt.comments.rules import excerpt
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import components as participation
from mitstadt.participation.models import Module
from mitstadt.radar import access as radar
from mitstadt.radar.models import StagedImport, StagedRow
from mitstadt.radar.queries.words import fact_names
from mitstadt.subjects.models import Subject

from . import actions, queries, reading
from .models import Version
from .rules import OUTDATED

TEXTS = ("summary", "reason", "audience")
FACTS = ("title", "kind", "field", "department", "contact", "start", "end", "status", "district")
_ORDER = (StagedRow.Verdict.NEW, StagedRow.Verdict.CHANGED, StagedRow.Verdict.RETIRED)


def drafts(actor: Actor) -> list[StagedImport]:
    """Revisions that are checked and not yet published, the newest first; none for people who may not publish them."""
    if not radar.may_publish(actor):
        return []
    ready = StagedImport.objects.filter(state=StagedImport.State.READY)
    return [staged for staged in ready.order_by("-staged_at")[:30] if staged.target]


def prepare(actor: Actor, module: Module, public_id: str) -> Version:
    """A draft version of `module` with one section for each measure of a revision. Raises Refused or DomainError."""
    require(radar.may_publish(actor))
    staged = StagedImport.objects.filter(public_id=public_id, state=StagedImport.State.READY).first()
    if staged is None:
        raise DomainError(_("Diesen Entwurf gibt es nicht mehr. Vielleicht ist er schon veröffentlicht."))
    blocks, about = text_of(staged)
    if len(blocks) < 2:
        raise DomainError(_("Dieser Entwurf ändert nichts, worüber man sprechen könnte."))
    version = actions.prepare(
        actor,
        module,
        reading.checked(reading.Understood(blocks)),
        title=_title(staged),
        source=Version.Source.REVISION,
        file_name=staged.file_name,
        about=about,
    )
    Version.objects.filter(pk=version.pk).update(staged=staged)
    return version


def _title(staged: StagedImport) -> str:
    return str(staged.target.get("name") or staged.file_name)[:200]


def text_of(staged: StagedImport) -> tuple[list[reading.Block], list[Subject | None]]:
    """The paragraphs of a revision, and for each the measure it is about (None for headings of chapters)."""
    blocks: list[reading.Block] = [_block("h2", _title(staged))]
    about: list[Subject | None] = [None]
    chapters = {
        StagedRow.Verdict.NEW: _("Neue Maßnahmen"),
        StagedRow.Verdict.CHANGED: _("Was sich ändern soll"),
        StagedRow.Verdict.RETIRED: _("Was entfallen soll"),
    }
    names = fact_names()
    rows = list(staged.rows.select_related("measure__subject").order_by("position"))
    for verdict in _ORDER:
        chosen = [row for row in rows if row.verdict == verdict]
        if not chosen:
            continue
        blocks.append(_block("h3", chapters[verdict]))
        about.append(None)
        for row in chosen:
            subject = row.measure.subject if row.measure is not None else None
            made = _measure(row, names)
            blocks += made
            about += [subject] * len(made)
    return blocks, about


def _measure(row: StagedRow, names: dict[str, str]) -> list[reading.Block]:
    title = f"M-{row.measure.number:03}: {row.title}" if row.measure is not None else row.title
    made = [_block("h4", title)]
    payload: dict[str, Any] = row.payload or {}
    if row.verdict == StagedRow.Verdict.NEW:
        made += [_labelled(names[name], payload[name]) for name in TEXTS if payload.get(name)]
        facts = [f"{names[name]}: {payload[name]}" for name in ("department", "start", "end") if payload.get(name)]
        made += [_block("p", " · ".join(facts))] if facts else []
    elif row.verdict == StagedRow.Verdict.CHANGED:
        for difference in row.differences:
            name = difference["field"]
            if name in TEXTS:
                made.append(_labelled(names[name], difference["after"] or _("entfällt")))
            elif name in FACTS:
                sides = {side: _said(difference[side]) for side in ("before", "after")}
                made.append(_labelled(names[name], _("bisher %(before)s, künftig %(after)s") % sides))
    else:
        summary = row.measure.summary if row.measure is not None else ""
        made.append(_block("p", _("Diese Maßnahme soll nicht mehr Teil der Strategie sein.")))
        made += [_labelled(_("Bisher"), summary)] if summary else []
    if reason := payload.get("change_reason"):
        made.append(_labelled(_("Grund"), reason))
    return made


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return f"„{value}“" if value not in (None, "") else _("ohne Angabe")


def _block(kind: str, text: str) -> reading.Block:
    text = " ".join(reading.tidy(str(text)).split())
    return reading.Block(kind, escape(text, quote=False), text)


def _labelled(label: str, text: Any) -> reading.Block:
    plain = _block("p", f"{label.rstrip('?:')}: {text}")
    head = escape(f"{label.rstrip('?:')}:", quote=False)
    return reading.Block("p", f"<strong>{head}</strong>{plain.html[len(head) :]}", plain.text)


# -- back at the revision ------------------------------------------------------------------------------------------
def panel(staged: StagedImport) -> SafeString:
    """For the radar's page of an import: where it can be read and what people said, measure by measure."""
    found = (
        Version.objects.filter(staged=staged, number__isnull=False)
        .select_related("module__subject", "module__process")
        .order_by("-number")
        .first()
    )
    if found is None:
        return SafeString("")
    version = queries.current(found.module) or found
    version.module = found.module
    rows = queries.rows(version)
    context = {
        "version": version,
        "module": found.module,
        "sections": sections(version, rows),
        "gone": [_remark(row, found.module) for row in rows if row["how"] == OUTDATED],
        "said": ngettext("%(n)s Anmerkung", "%(n)s Anmerkungen", len(rows)) % {"n": len(rows)},
        "taken": sum(1 for row in rows if row["decision"] in ("taken_up", "partly")),
        "open": sum(1 for row in rows if not row["decision"]),
    }
    return SafeString(render_to_string("annotation/staff/revision.html", context))


def sections(version: Version, rows: list[queries.Row]) -> list[dict[str, Any]]:
    """What was said under each heading, in the order of the text: {title, path, remarks}; only where there is any."""
    by_paragraph: dict[int, list[queries.Row]] = {}
    for row in rows:
        if row["how"] != OUTDATED:
            by_paragraph.setdefault(row["paragraph_id"], []).append(row)
    found: list[dict[str, Any]] = []
    for paragraph in version.paragraphs.select_related("about"):
        if paragraph.kind in reading.HEADINGS or not found:
            path = paragraph.about.path if paragraph.about is not None else ""
            found.append({"title": paragraph.text, "path": path, "remarks": []})
        found[-1]["remarks"] += [_remark(row, version.module) for row in by_paragraph.get(paragraph.pk, ())]
    return [section for section in found if section["remarks"]]


def _remark(row: queries.Row, module: Module) -> dict[str, Any]:
    return {
        "quote": excerpt(row["exact"], 120),
        "text": row["text"],
        "who": row["author_label"],
        "tag": participation.decision_tag(row["decision"]),
        "reason": row["reason"],
        "decide": reverse("participation_staff:contribution", args=[module.process.number, row["public_id"]]),
    }
