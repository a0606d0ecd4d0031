"""Public account: which questions the city answered, which it owes, what changed because of a contribution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mitstadt.kit import clock, past
from mitstadt.kit.city import current
from mitstadt.kit.components import Option
from mitstadt.kit.languages import path_in
from mitstadt.notify.rules import xml_text
from mitstadt.organisations.models import Organisation
from mitstadt.subjects.models import Link

from . import conf, then
from .models import Question, State
from .rules import excerpt
from .words import Words, at_department

PER_PAGE = 20
SHOWN = ("beantwortet", "ueberfaellig", "offen", "bewirkt")


@dataclass(frozen=True, slots=True)
class Figures:
    """`median_days` is None without any answer; `answered` is its base."""

    asked: int
    answered: int
    overdue: int
    median_days: float | None


def public_questions() -> QuerySet[Question]:
    """Questions that anybody may see and that were not withdrawn before an answer."""
    found = Question.objects.filter(
        comment__held="",
        comment__subject__published=True,
        comment__subject__restricted=False,
        comment__about__published=True,
        comment__about__restricted=False,
    ).exclude(state=State.WITHDRAWN)
    return then.questions_by_then(found)


def figures(questions: QuerySet[Question]) -> Figures:
    """Counts and the median of working days, in two queries whatever their number."""
    today = clock.today()
    counted = questions.aggregate(
        asked=Count("pk"),
        answered=Count("pk", filter=then.answered()),
        overdue=Count("pk", filter=then.waiting() & Q(due_on__lt=today)),
    )
    rows = questions.filter(then.answered()).values("working_days").annotate(n=Count("pk")).order_by("working_days")
    spread = [(row["working_days"] or 0, row["n"]) for row in rows]
    return Figures(counted["asked"], counted["answered"], counted["overdue"], median_of_counts(spread))


def median_of_counts(pairs: list[tuple[int, int]]) -> float | None:
    """The median of values given as (value, how often), ordered by value."""
    total = sum(n for _value, n in pairs)
    if not total:
        return None

    def at(place: int) -> int:
        seen = 0
        for value, n in pairs:
            seen += n
            if place < seen:
                return value
        raise AssertionError("unreachable: place is below the total")

    return (at((total - 1) // 2) + at(total // 2)) / 2


_ROW = (
    "pk",
    "answer_id",
    "state",
    "asked_on",
    "due_on",
    "since",
    "answered_on",
    "working_days",
    "department__name",
    "answer__label",
    "answer__text",
    "answer__answered_at",
    "answer__corrected_at",
    "answer__is_example",
    "is_example",
    "comment__text",
    "comment__subject__path",
    "comment__subject__public_id",
    "comment__removed_at",
    "comment__about__title",
    "comment__about__path",
)


def latest_answers(limit: int = 3, questions: QuerySet[Question] | None = None, start: int = 0) -> list[dict[str, Any]]:
    """Rows of the newest answers, for the front page too. One query."""
    rows = public_questions() if questions is None else questions
    answered = rows.filter(then.answered()).order_by("-answered_on", "-answer_id", "-pk")
    return then.as_it_was(list(answered.values(*_ROW)[start : start + limit]), "")


def waiting(
    questions: QuerySet[Question], *, overdue: bool, limit: int = PER_PAGE, start: int = 0
) -> list[dict[str, Any]]:
    """Rows that wait for an answer, the longest wait first."""
    rows = questions.filter(then.waiting())
    rows = rows.filter(due_on__lt=clock.today()) if overdue else rows.filter(due_on__gte=clock.today())
    return then.as_it_was(list(rows.order_by("due_on", "pk").values(*_ROW)[start : start + limit]), "")


def caused_changes(limit: int = PER_PAGE, start: int = 0) -> list[dict[str, Any]]:
    """What changed because somebody wrote. One query."""
    links = Link.objects.filter(
        kind=Link.Kind.CAUSED,
        source__kind="comment",
        source__published=True,
        source__restricted=False,
        source__comment__removed_at__isnull=True,
        target__published=True,
        target__restricted=False,
    )
    if past.day() is not None:
        links = links.filter(created_at__lte=past.moment())
    fields = (
        "note",
        "created_at",
        "source__path",
        "source__title",
        "source__is_example",
        "target__title",
        "target__path",
    )
    return list(links.order_by("-created_at", "-pk").values(*fields)[start : start + limit])


@past.shown
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """``/was-daraus-wurde/?zeigen=ueberfaellig&referat=rit&seite=2``"""
    shown = str(request.GET.get("zeigen", ""))
    shown = shown if shown in SHOWN else ""
    slug = str(request.GET.get("referat", ""))
    number = str(request.GET.get("seite", "1"))
    at = max(int(number), 1) if number.isdecimal() and len(number) < 6 else 1
    department = Organisation.objects.filter(slug=slug).first() if slug else None
    questions = public_questions()
    if department is not None:
        questions = then.lying_with(questions, department)
    found = figures(questions)
    size, start = (PER_PAGE, (at - 1) * PER_PAGE) if shown else (10, 0)
    view = _View()
    context: dict[str, Any] = {
        "figures": found,
        "shown": shown,
        "department": department,
        "departments": _departments(slug, shown),
        "options": _options(shown, slug, found),
        "page": at,
        "days": conf.answer_days(),
        "feed": reverse("comments:outcomes_feed"),
    }
    if shown in ("", "ueberfaellig"):
        context["overdue"] = [view.row(r) for r in waiting(questions, overdue=True, limit=size + 1, start=start)]
    if shown in ("", "beantwortet"):
        context["answers"] = [view.row(r) for r in latest_answers(size + 1, questions, start)]
    if shown == "offen":
        context["open"] = [view.row(r) for r in waiting(questions, overdue=False, limit=size + 1, start=start)]
    if (shown == "" and department is None) or shown == "bewirkt":
        context["changes"] = [view.change(r) for r in caused_changes(size + 1, start)]
    for name in ("overdue", "answers", "open", "changes"):
        rows = context.get(name)
        if rows is not None and len(rows) > size:
            del rows[size:]
            context[f"more_{name}"] = True
    if "answers" in context:
        context["answers"] = together(context["answers"])
    return render(request, "comments/outcomes.html", context)


def together(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Questions that one answer bundles stand before it once: the later ones hang in `also` of the first."""
    shown: list[dict[str, Any]] = []
    for row in rows:
        row["also"] = []
        if shown and row["answer_id"] is not None and shown[-1]["answer_id"] == row["answer_id"]:
            shown[-1]["also"].append(row)
        else:
            shown.append(row)
    return shown


class _View:
    """Rows as the template reads them: words instead of keys."""

    def __init__(self) -> None:
        self.words = Words(clock.today())
        self.language = get_language() or ""

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        words = self.words
        asked = row["comment__text"] if row["comment__removed_at"] is None else _("Die Frage wurde zurückgezogen.")
        shown = {
            "question": excerpt(asked, 220),
            "path": path_in(row["comment__subject__path"], self.language),
            "about": row["comment__about__title"],
            "about_path": path_in(row["comment__about__path"], self.language),
            "is_example": row["is_example"],
            "answer_id": row["answer_id"],
            "asked": words.day(row["asked_on"]),
            "due": words.day(row["due_on"]),
            "at": at_department(row["department__name"] or ""),
        }
        if row["state"] == State.ANSWERED:
            shown["answer"] = excerpt(row["answer__text"], 320)
            shown["label"] = row["answer__label"]
            shown["answered_on"] = row["answered_on"]
            shown["days"] = row["working_days"] or 0
            shown["answer_is_example"] = row["answer__is_example"]
        elif row["due_on"] < words.today:
            shown["late"] = words.overdue_days(row["due_on"])
        else:
            shown["left"] = words.left(row["due_on"])
        if row["since"] != row["asked_on"]:
            shown["since"] = words.day(row["since"])
        return shown

    def change(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "note": row["note"],
            "day": self.words.day(row["created_at"]),
            "because": row["source__title"],
            "because_path": path_in(row["source__path"], self.language),
            "target": row["target__title"],
            "target_path": path_in(row["target__path"], self.language),
            "is_example": row["source__is_example"],
        }


def _departments(chosen: str, shown: str) -> list[Option]:
    """Filters by department: only those that owe or owed an answer."""
    rows = Organisation.objects.filter(questions__isnull=False).distinct().values_list("slug", "name").order_by("name")
    base = reverse("comments:outcomes")
    view = f"zeigen={shown}" if shown else ""
    options = []
    for slug, name in rows:
        # choosing the chosen one again takes the filter away
        query = "&".join(part for part in (view, "" if slug == chosen else f"referat={slug}") if part)
        options.append(Option(name, f"{base}?{query}" if query else base, slug == chosen))
    return options if len(options) > 1 or chosen else []


def _options(shown: str, slug: str, found: Figures) -> list[Option]:
    base = reverse("comments:outcomes")
    tail = f"referat={slug}" if slug else ""
    names = {
        "": (_("Übersicht"), None),
        "ueberfaellig": (_("Überfällig"), found.overdue),
        "offen": (_("Offen"), found.asked - found.answered - found.overdue),
        "beantwortet": (_("Beantwortet"), found.answered),
        "bewirkt": (_("Hat etwas bewirkt"), None),
    }
    options = []
    for key, (label, count) in names.items():
        query = "&".join(part for part in (f"zeigen={key}" if key else "", tail) if part)
        options.append(Option(label, f"{base}?{query}" if query else base, key == shown, count))
    return options


@past.shown
@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """The newest answers as Atom."""
    language = get_language() or "de"
    rows = latest_answers(30)
    atom = Atom1Feed(
        title=_("Was daraus wurde – %(city)s") % {"city": current().short_name},
        link=request.build_absolute_uri(reverse("comments:outcomes")),
        feed_url=request.build_absolute_uri(),
        description=_("Antworten der Stadt"),
        language=language,
    )
    for row in rows:
        address = request.build_absolute_uri(path_in(row["comment__subject__path"], language))
        updated: datetime = row["answer__corrected_at"] or row["answer__answered_at"]
        title = _("Antwort zu: %(title)s") % {"title": row["comment__about__title"]}
        if row["answer__is_example"]:
            title += f" ({_('Beispiel')})"
        atom.add_item(
            title=xml_text(title),
            link=address,
            unique_id=request.build_absolute_uri(f"/kommentar/{row['comment__subject__public_id']}/"),
            description=xml_text(row["answer__text"]),
            author_name=xml_text(row["answer__label"]),
            pubdate=row["answer__answered_at"],
            updateddate=updated,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
