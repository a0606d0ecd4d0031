"""Texts in the back office: versions and drafts of a module, handing in a new one, looking ahead."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts.actor import Actor
from mitstadt.comments.rules import excerpt
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation.models import Module
from mitstadt.participation.staff.doors import opens_module

from . import actions, queries, reading, revision, rules, word
from . import compare as comparing
from .models import Version
from .reading import Understood

SHOWN = 300  # paragraphs of a draft that are shown whole


class NewVersionForm(forms.Form):
    """A file, or pasted text."""

    file = forms.FileField(
        label=gettext_lazy("Datei"),
        required=False,
        help_text=gettext_lazy("Word (.docx), Markdown (.md), HTML oder reiner Text, höchstens 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.md,.markdown,.txt,.html,.htm"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Oder Text einfügen"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "data-paste-html": ""}),
        help_text=gettext_lazy(
            "Aus Word, von einer Internetseite oder als Markdown. Überschriften und Listen bleiben."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Titel des Textes"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leer: die erste Überschrift."),
    )
    note = forms.CharField(
        label=gettext_lazy("Was sich geändert hat"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Ein Satz. Steht öffentlich bei der Fassung und in der Nachricht an alle, die folgen."),
    )


of_module = opens_module("annotation")


def _draft(module: Module, pk: int) -> Version:
    found = queries.drafts(module).select_related("based_on").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.module = module
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@of_module
def versions(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """``/verwaltung/beteiligung/text/<id>/``: what is public, what is prepared, and the form for a new version."""
    form = NewVersionForm(request.POST, request.FILES) if request.method == "POST" else NewVersionForm()
    if form.is_bound and form.is_valid():
        try:
            understood, source, name = understand(form.cleaned_data)
            made = actions.prepare(
                actor,
                module,
                understood,
                title=form.cleaned_data["title"],
                note=form.cleaned_data["note"],
                source=source,
                file_name=name,
            )
        except DomainError as error:
            show(form, error)
        else:
            return redirect("annotation_staff:draft", module.subject.public_id, made.pk)
    context = {
        "module": module,
        "process": module.process,
        "form": form,
        "versions": queries.versions(module),
        "drafts": queries.drafts(module),
        "revisions": revision.drafts(actor),
    }
    return render(request, "annotation/staff/versions.html", context, status=422 if form.errors else 200)


@require_POST
@of_module
def open_revision(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """Make a draft of the text from the draft of a strategy's revision."""
    try:
        made = revision.prepare(actor, module, request.POST.get("revision", ""))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("annotation_staff:versions", module.subject.public_id)
    return redirect("annotation_staff:draft", module.subject.public_id, made.pk)


def understand(data: dict[str, Any]) -> tuple[Understood, str, str]:
    """(what was read, its source, name of the file). Raises DomainError (field ``file`` or ``text``)."""
    file = data["file"]
    if file is None:
        text = data["text"]
        if re.search(r"<(p|h[1-6]|div|ul|ol|li|table|br|span|body)\b", text, re.I):
            return reading.from_html(text), Version.Source.HTML, ""
        return reading.from_markdown(text), Version.Source.MARKDOWN, ""
    name = str(file.name)
    if file.size > word.MOST_BYTES:
        raise DomainError(_("Die Datei ist zu groß: höchstens %(n)s MB.") % {"n": 20}, field="file")
    content = file.read()
    ending = name.rpartition(".")[2].lower()
    if ending == "docx" or content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return word.from_word(content), Version.Source.WORD, name
    text = _decoded(content)
    try:
        if ending in ("html", "htm"):
            return reading.from_html(text), Version.Source.HTML, name
        if ending in ("md", "markdown", "txt"):
            return reading.from_markdown(text), Version.Source.MARKDOWN, name
    except DomainError as error:
        raise DomainError(error.message, field="file", code=error.code) from error
    raise DomainError(_("Das ist keine Datei, die hier gelesen wird. Möglich sind .docx, .md, .txt, .html."), "file")


def _decoded(content: bytes) -> str:
    if b"\0" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise DomainError(_("Das ist keine Textdatei."), field="file")
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError(_("Die Datei ist nicht in UTF-8 gespeichert."), field="file")


@require_safe
@of_module
def draft(request: HttpRequest, actor: Actor, module: Module, pk: int) -> HttpResponse:
    """What was understood, what changes, and what would become of each remark. Nothing is public yet."""
    version = _draft(module, pk)
    found = queries.paragraphs(version)
    base = version.based_on
    old = queries.paragraphs(base) if base is not None else []
    rows = comparing.rows(old, found)
    texts = {paragraph.key: paragraph.text for paragraph in found}
    carried = actions.carry(version)
    groups: dict[str, list[dict[str, str]]] = {}
    for entry in carried:
        place = entry.place
        how = place.how if place is not None else rules.OUTDATED
        groups.setdefault(how, []).append(
            {
                "quote": excerpt(entry.annotation.exact, 160),
                "now": excerpt(texts[place.key][place.start : place.end], 160) if place is not None else "",
            }
        )
    context = {
        "module": module,
        "process": module.process,
        "version": version,
        "count": len(found),
        "headings": sum(1 for paragraph in found if paragraph.kind in reading.HEADINGS),
        "left_out": left_out(version),
        "stale": base is not None and not base.is_current,
        "remarks": len(carried),
        "groups": [
            (words, len(groups[how]), groups[how] if how != rules.SAME else [])
            for how, words in (
                (rules.SAME, _("bleiben, wo sie sind")),
                (rules.MOVED, _("stehen künftig an anderer Stelle")),
                (rules.CHANGED, _("deren Wörter sich ändern")),
                (rules.OUTDATED, _("sind danach überholt")),
            )
            if how in groups
        ],
        "summary": comparing.summary(rows) if base is not None else "",
        "table": comparing.table(rows, _("jetzt"), _("künftig")) if base is not None else "",
        "paragraphs": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
    }
    return render(request, "annotation/staff/draft.html", context)


def left_out(version: Version) -> list[str]:
    """What could not be taken over, as sentences."""
    known = version.left_out
    said = []
    if n := known.get("images"):
        said.append(ngettext("Ein Bild ist weggelassen.", "%(n)s Bilder sind weggelassen.", n) % {"n": n})
    if n := known.get("changes"):
        said.append(
            ngettext(
                "Eine Stelle, die im Änderungsmodus gelöscht war, ist weggelassen.",
                "%(n)s Stellen, die im Änderungsmodus gelöscht waren, sind weggelassen.",
                n,
            )
            % {"n": n}
        )
    if n := known.get("comments"):
        said.append(
            ngettext("Ein Kommentar am Rand ist weggelassen.", "%(n)s Kommentare am Rand sind weggelassen.", n)
            % {"n": n}
        )
    if known.get("hidden"):
        said.append(_("Verborgener Text ist weggelassen."))
    if known.get("tables"):
        said.append(_("Tabellen stehen Zeile für Zeile da."))
    return said


@require_POST
@of_module
def publish(request: HttpRequest, actor: Actor, module: Module, pk: int) -> HttpResponse:
    """Let a draft become the public version."""
    version = _draft(module, pk)
    try:
        actions.publish(actor, version)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("annotation_staff:draft", module.subject.public_id, pk)
    messages.success(
        request,
        _("Fassung %(n)s ist öffentlich. Wer etwas angemerkt hat, erfährt, was daraus wurde.") % {"n": version.number},
    )
    return redirect("annotation_staff:versions", module.subject.public_id)


@require_POST
@of_module
def discard(request: HttpRequest, actor: Actor, module: Module, pk: int) -> HttpResponse:
    """Throw a draft away."""
    try:
        actions.discard(actor, _draft(module, pk))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("annotation_staff:versions", module.subject.public_id)
    messages.success(request, _("Der Entwurf ist verworfen. Öffentlich hat sich nichts geändert."))
    return redirect("annotation_staff:versions", module.subject.public_id)
