"""Formats of participation (methods) and good combinations of them, curated by staff through drafts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from . import words
from .catalogue import LISTS, TRANSLATED, CombinationData, ExperienceData, Material, MethodData

METHOD, COMBINATION, KNOWLEDGE, SUGGESTION = "method", "combination", "knowledge", "method-suggestion"


def _lines(label: Any, help_text: Any = "") -> models.JSONField[list[str], list[str]]:
    return models.JSONField(label, default=list, blank=True, help_text=help_text)


_SAME_LINES = _("So viele Zeilen wie auf Deutsch.")


class _Entry(DraftStateMixin, RevisionMixin, PreviewableMixin, models.Model):
    """What both kinds of entry share: the permanent short name, the subject, drafts."""

    KIND = ""

    slug = models.SlugField(
        _("Kürzel"), max_length=60, unique=True, help_text=_("Bleibt für immer: Es steht in der Adresse.")
    )
    name = models.CharField(_("Name"), max_length=120)
    phases = models.JSONField(_("Phasen"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A full save carries title and publication to the subject; Wagtail's own partial saves leave it alone."""
        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        from . import telling

        with transaction.atomic():
            if self.subject_id is None:
                self.subject = subjects.create(self.KIND, self.name, self.get_absolute_url())
            super().save(*args, **kwargs)
            subjects.mirror(self.subject, title=self.name, published=self.live, path=self.get_absolute_url())
            telling.index(self)
            if self.live:
                self.arrived()

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def arrived(self) -> None:
        """It was saved and is public. Inside the transaction that saves it."""

    def in_english(self) -> dict[str, Any]:
        """`<name>_en` of each text that has an English one, and which of them are outdated, as the catalogue has it."""
        names = [*(f"{name}_en" for name in TRANSLATED[self.KIND]), "outdated_en"]
        values = ((name, getattr(self, name)) for name in names)
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values}

    def take_english(self, data: MethodData | CombinationData) -> None:
        for name in (*(f"{name}_en" for name in TRANSLATED[self.KIND]), "outdated_en"):
            value = getattr(data, name)
            setattr(self, name, list(value) if isinstance(value, tuple) else value)

    def search_text(self) -> str:
        raise NotImplementedError


class Method(_Entry):
    """A format of participation (Beteiligungsformat). Sizes are persons, preparation weeks."""

    KIND = METHOD

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="method", editable=False
    )
    name_en = models.CharField(_("Name auf Englisch"), max_length=120, blank=True)
    kind = models.CharField(_("Art"), max_length=10, choices=list(words.KINDS.items()))
    levels = models.JSONField(_("Stufen der Beteiligung (IAP2)"), default=list)
    group_min = models.PositiveIntegerField(_("Personen, mindestens"), default=1)
    group_max = models.PositiveIntegerField(_("Personen, höchstens"), validators=[MinValueValidator(1)])
    duration = models.CharField(_("Dauer"), max_length=120)
    duration_en = models.CharField(_("Dauer auf Englisch"), max_length=120, blank=True)
    time = models.CharField(_("Zeitraum"), max_length=10, choices=list(words.TIMES.items()), blank=True)
    prep_min = models.PositiveSmallIntegerField(_("Vorbereitung in Wochen, mindestens"))
    prep_max = models.PositiveSmallIntegerField(_("Vorbereitung in Wochen, höchstens"))
    effort = models.CharField(_("Aufwand"), max_length=10, choices=list(words.EFFORTS.items()))
    cost_class = models.CharField(_("Kosten"), max_length=4, choices=list(words.COSTS.items()))
    figures = models.CharField(
        _("Woher die Zahlen sind"), max_length=10, choices=list(words.FIGURES.items()), default="typical"
    )
    description = models.TextField(_("Worum geht es?"))
    description_en = models.TextField(_("Worum geht es? Auf Englisch"), blank=True)
    staffing = models.TextField(_("Wer gebraucht wird"), blank=True)
    staffing_en = models.TextField(_("Wer gebraucht wird, auf Englisch"), blank=True)
    reach = models.TextField(_("Wen es erreicht"), blank=True)
    reach_en = models.TextField(_("Wen es erreicht, auf Englisch"), blank=True)
    barriers = models.TextField(_("Was Menschen fernhält"), blank=True)
    barriers_en = models.TextField(_("Was Menschen fernhält, auf Englisch"), blank=True)
    groups = models.JSONField(_("Wen es besonders gut erreicht"), default=list, blank=True)
    needs = models.JSONField(_("Was es von Menschen verlangt"), default=list, blank=True)
    risks = models.TextField(_("Was schiefgehen kann"), blank=True)
    risks_en = models.TextField(_("Was schiefgehen kann, auf Englisch"), blank=True)
    steps = _lines(_("Ablauf"), _("Ein Schritt je Zeile."))
    steps_en = _lines(_("Ablauf auf Englisch"), _SAME_LINES)
    checklist = _lines(_("Checkliste"), _("Ein Punkt je Zeile."))
    checklist_en = _lines(_("Checkliste auf Englisch"), _SAME_LINES)
    access = _lines(_("Barrierefrei machen"), _("Ein Hinweis je Zeile."))
    access_en = _lines(_("Barrierefrei machen, auf Englisch"), _SAME_LINES)
    partners = _lines(_("Gute Partner"), _("Einer je Zeile."))
    partners_en = _lines(_("Gute Partner auf Englisch"), _SAME_LINES)
    outdated_en = _lines(_("Englisch, das zu einer älteren deutschen Fassung gehört"))
    materials = models.JSONField(
        _("Material zum Drucken"),
        default=list,
        blank=True,
        help_text=_("Je Zeile: Titel | Adresse | Quelle | Titel auf Englisch"),
    )
    combine_with = _lines(_("Passt gut zu"), _("Kürzel anderer Formate, eines je Zeile."))
    sources = _lines(_("Quellen"), _("Eine je Zeile."))
    module = models.CharField(
        _("Online-Baustein"),
        max_length=40,
        blank=True,
        help_text=_("Das Format der Plattform, das es online ausführt."),
    )

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(group_min__lte=F("group_max")), name="toolkit_group_min_max"),
            models.CheckConstraint(condition=Q(prep_min__lte=F("prep_max")), name="toolkit_prep_min_max"),
        ]
        verbose_name = _("Beteiligungsformat")
        verbose_name_plural = _("Beteiligungsformate")

    def get_absolute_url(self) -> str:
        return f"/methoden/{self.slug}/"

    def arrived(self) -> None:
        from . import telling

        telling.arrived(self)

    def search_text(self) -> str:
        texts = [
            self.name_en, self.description, self.description_en, self.reach, self.reach_en, self.staffing,
            self.staffing_en,
        ]  # fmt: skip
        lines = [*self.steps, *self.steps_en, *self.partners, *self.partners_en]
        return "\n".join(filter(None, [*texts, *lines]))

    def as_data(self) -> MethodData:
        return MethodData(
            slug=self.slug,
            name_de=self.name,
            kind=self.kind,
            iap2=tuple(self.levels),
            phases=tuple(self.phases),
            group_min=self.group_min,
            group_max=self.group_max,
            duration=self.duration,
            prep_min=self.prep_min,
            prep_max=self.prep_max,
            effort=self.effort,
            cost_class=self.cost_class,
            description=self.description,
            staffing=self.staffing,
            reach=self.reach,
            barriers=self.barriers,
            risks=self.risks,
            combine_with=tuple(self.combine_with),
            sources=tuple(self.sources),
            figures=self.figures,
            module=self.module,
            steps=tuple(self.steps),
            checklist=tuple(self.checklist),
            access=tuple(self.access),
            partners=tuple(self.partners),
            materials=tuple(
                Material(m["title"], m.get("url", ""), m.get("source", ""), m.get("title_en", ""))
                for m in self.materials
            ),
            time=self.time,
            groups=tuple(self.groups),
            needs=tuple(self.needs),
            **self.in_english(),
        )

    def take(self, data: MethodData) -> None:
        """Carry `data` over, without saving."""
        self.slug, self.name = data.slug, data.name_de
        self.take_english(data)
        self.levels, self.phases = list(data.iap2), list(data.phases)
        for name in (
            "kind", "group_min", "group_max", "duration", "prep_min", "prep_max", "effort", "cost_class", "figures",
            "description", "staffing", "reach", "barriers", "risks", "module", "time",
        ):  # fmt: skip
            setattr(self, name, getattr(data, name))
        for name in (*LISTS, "combine_with", "sources", "groups", "needs"):
            setattr(self, name, list(getattr(data, name)))
        self.materials = [
            {"title": m.title, "url": m.url, "source": m.source, **({"title_en": m.title_en} if m.title_en else {})}
            for m in data.materials
        ]

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The draft as its public page would look."""
        from .views.catalogue import preview

        return preview(request, self)


class Combination(_Entry):
    """Methods that go well together over the phases of a process (`steps`: slugs of methods, in their order)."""

    KIND = COMBINATION

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="combination", editable=False
    )
    name_en = models.CharField(_("Name auf Englisch"), max_length=120, blank=True)
    goal = models.TextField(_("Wozu"))
    goal_en = models.TextField(_("Wozu, auf Englisch"), blank=True)
    why = models.TextField(_("Warum diese Reihenfolge"), blank=True)
    why_en = models.TextField(_("Warum diese Reihenfolge, auf Englisch"), blank=True)
    outdated_en = _lines(_("Englisch, das zu einer älteren deutschen Fassung gehört"))
    steps = _lines(_("Formate"), _("Kürzel der Formate in ihrer Reihenfolge, eines je Zeile."))
    weeks_min = models.PositiveSmallIntegerField(_("Dauer in Wochen, mindestens"))
    weeks_max = models.PositiveSmallIntegerField(_("Dauer in Wochen, höchstens"))

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(weeks_min__lte=F("weeks_max")), name="toolkit_weeks_min_max"),
        ]
        verbose_name = _("Kombination")
        verbose_name_plural = _("Kombinationen")

    def get_absolute_url(self) -> str:
        return f"/methoden/kombinationen/{self.slug}/"

    def search_text(self) -> str:
        return "\n".join(filter(None, [self.goal, self.why, self.name_en, self.goal_en, self.why_en]))

    def as_data(self) -> CombinationData:
        return CombinationData(
            slug=self.slug,
            name_de=self.name,
            goal=self.goal,
            why=self.why,
            phases=tuple(self.phases),
            steps=tuple(self.steps),
            weeks_min=self.weeks_min,
            weeks_max=self.weeks_max,
            **self.in_english(),
        )

    def take(self, data: CombinationData) -> None:
        """Carry `data` over, without saving."""
        self.slug, self.name, self.goal, self.why = data.slug, data.name_de, data.goal, data.why
        self.phases, self.steps = list(data.phases), list(data.steps)
        self.weeks_min, self.weeks_max = data.weeks_min, data.weeks_max
        self.take_english(data)

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The draft as its public page would look."""
        from .views.catalogue import preview_combination

        return preview_combination(request, self)


class Knowledge(_Entry):
    """What a city shares about taking part: standing offers, cases, learning paths, articles, and the place to ask.

    `facts` are pairs (label, value), `steps` texts with an optional address behind ``|``, `methods` short names.
    """

    KIND = KNOWLEDGE

    class Type(models.TextChoices):
        OFFER = "offer", _("Ständiges Angebot")
        CASE = "case", _("Beispiel aus der Praxis")
        PATH = "path", _("Lernweg")
        ARTICLE = "article", _("Artikel oder Vorlage")
        TRAINING = "training", _("Schulung")
        TALK = "talk", _("Fragen und Vorschläge")

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="knowledge", editable=False
    )
    type = models.CharField(_("Art"), max_length=10, choices=Type.choices)
    language = models.CharField(_("Sprache des Textes"), max_length=8, choices=settings.LANGUAGES, default="de")
    lead = models.TextField(_("Kurz gesagt"))
    text = models.TextField(_("Text"), blank=True)
    facts = models.JSONField(_("Angaben"), default=list, blank=True, help_text=_("Je Zeile: Angabe | Wert"))
    steps = _lines(_("Schritte"), _("Je Zeile ein Schritt, wenn nötig mit Adresse: Text | Adresse"))
    methods = _lines(_("Formate"), _("Kürzel der Formate, eines je Zeile."))
    url = models.CharField(_("Adresse"), max_length=500, blank=True)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    day = models.DateField(_("Datum"), null=True, blank=True, help_text=_("Bei Schulungen: wann sie stattfindet."))

    class Meta:
        ordering = ["type", "order", "name"]
        verbose_name = _("Wissen")
        verbose_name_plural = _("Wissen")

    def get_absolute_url(self) -> str:
        return f"/methoden/wissen/{self.slug}/"

    def search_text(self) -> str:
        return "\n".join(filter(None, [self.lead, self.text, *self.steps, *(str(v) for _k, v in self.facts)]))

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The draft as its public page would look."""
        from .views.knowledge import show

        return show(request, self)


class RuleVersion(models.Model):
    """Rules or calendar of the adviser as text; the newest of its kind is in force, all stay readable."""

    class Kind(models.TextChoices):
        RULES = "rules", _("Regeln")
        CALENDAR = "calendar", _("Fristen und Ferien")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=160, blank=True, help_text="Function and department")
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("Fassung der Regeln")
        verbose_name_plural = _("Fassungen der Regeln")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Start(models.Model):
    """From which advice a process was begun: the chosen entry and the answers as they stood in the address."""

    process = models.OneToOneField(
        "participation.Process", models.CASCADE, primary_key=True, related_name="toolkit_start"
    )
    entry = models.SlugField(max_length=60)
    answers = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Beginn aus dem Berater")
        verbose_name_plural = _("Beginne aus dem Berater")

    def __str__(self) -> str:
        return self.entry


class Use(models.Model):
    """A format as used in a process, and what was learned: whom it reached, what it cost, what to do differently.

    `persons`, `euro` and `days` are what really was; the texts and numbers are public from `released_at` on.
    """

    process = models.ForeignKey("participation.Process", models.CASCADE, related_name="method_uses")
    method = models.ForeignKey(Method, models.PROTECT, related_name="uses")
    order = models.PositiveSmallIntegerField(default=0)
    persons = models.PositiveIntegerField(_("Wie viele Menschen dabei waren"), null=True, blank=True)
    euro = models.PositiveIntegerField(_("Was es gekostet hat, in Euro"), null=True, blank=True)
    days = models.PositiveIntegerField(_("Arbeitstage der Verwaltung"), null=True, blank=True)
    reached = models.TextField(_("Wen wir erreicht haben, wen nicht"), blank=True)
    learned = models.TextField(_("Was wir nächstes Mal anders machen"), blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["process", "method"], name="toolkit_use_once")]
        verbose_name = _("Einsatz eines Formats")
        verbose_name_plural = _("Einsätze von Formaten")

    def __str__(self) -> str:
        return f"{self.method_id} {self.process_id}"


class Elsewhere(models.Model):
    """What another city learned with a format, taken over from its file. `year` is when; the rest as in `Use`."""

    method = models.ForeignKey(Method, models.CASCADE, related_name="elsewhere")
    city = models.CharField(max_length=80)
    process = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=500, blank=True)
    persons = models.PositiveIntegerField(null=True, blank=True)
    euro = models.PositiveIntegerField(null=True, blank=True)
    days = models.PositiveIntegerField(null=True, blank=True)
    reached = models.TextField(blank=True)
    learned = models.TextField(blank=True)
    is_example = models.BooleanField(default=False)
    taken_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-year", "city", "process"]
        constraints = [
            models.UniqueConstraint(fields=["method", "city", "process"], name="toolkit_experience_once"),
        ]
        verbose_name = _("Erfahrung einer anderen Stadt")
        verbose_name_plural = _("Erfahrungen anderer Städte")

    def __str__(self) -> str:
        return f"{self.city}: {self.process}"

    def as_data(self, method: str) -> ExperienceData:
        """`method` is the short name of the format."""
        return ExperienceData(
            method, self.city, self.process, self.year, self.url, self.persons, self.euro, self.days, self.reached,
            self.learned, self.is_example,
        )  # fmt: skip


class Task(models.Model):
    """Something to do for a part of a process that happens on site. `due` is a day."""

    process = models.ForeignKey("participation.Process", models.CASCADE, related_name="tasks")
    method = models.ForeignKey(Method, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=300)
    due = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=160, blank=True, help_text="Function and department")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = [F("due").asc(nulls_last=True), "pk"]
        verbose_name = _("Aufgabe")
        verbose_name_plural = _("Aufgaben")

    def __str__(self) -> str:
        return self.text


class Experienced(models.Model):
    """An association or provider whose people know how taking part works: they may accept answers."""

    organisation = models.OneToOneField(
        "organisations.Organisation", models.CASCADE, primary_key=True, related_name="experienced"
    )
    reason = models.CharField(_("Warum"), max_length=200)
    since = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Erfahrene Organisation")
        verbose_name_plural = _("Erfahrene Organisationen")

    def __str__(self) -> str:
        return self.reason


class Accepted(models.Model):
    """An answer that holds: staff or an experienced organisation says so. One for each question.

    `label` is function and department or the organisation, never a person.
    """

    comment = models.OneToOneField("comments.Comment", models.CASCADE, primary_key=True, related_name="accepted")
    question = models.OneToOneField("comments.Comment", models.CASCADE, related_name="accepted_answer")
    label = models.CharField(max_length=300)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(comment=F("question")), name="toolkit_accepted_is_an_answer")
        ]
        verbose_name = _("Angenommene Antwort")
        verbose_name_plural = _("Angenommene Antworten")

    def __str__(self) -> str:
        return self.label


class Suggestion(models.Model):
    """A format that somebody misses in the catalogue. Public once moderation has read it; staff make a draft of it.

    `author_label` is the name as it appears.
    """

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="method_suggestion", editable=False
    )
    name = models.CharField(_("Wie das Format heißt"), max_length=120)
    text = models.TextField(_("Wie es geht und wann es passt"))
    source = models.CharField(_("Woher Sie es kennen"), max_length=300, blank=True)
    language = models.CharField(max_length=8, default="de", help_text="Of the page on which it was written")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="+")
    author_label = models.CharField(max_length=160, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="Sent once with each form")
    made_into = models.ForeignKey(Method, models.SET_NULL, null=True, blank=True, related_name="suggested_as")
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=True) | Q(guest__isnull=True), name="toolkit_one_author")
        ]
        verbose_name = _("Vorschlag für ein Format")
        verbose_name_plural = _("Vorschläge für Formate")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/methoden/vorschlaege/{self.subject.public_id}/"
