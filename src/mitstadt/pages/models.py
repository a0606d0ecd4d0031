"""Editorial pages: the front page, news, legal pages and the accessibility statement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models, transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page

from mitstadt.kit import clock, languages, past
from mitstadt.kit import components as ui
from mitstadt.notify.actions import notify
from mitstadt.notify.sayings import Saying
from mitstadt.radar import snapshot
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from . import front, then
from .blocks import BODY
from .panels import OverduePanel

NEWS_KIND = "news"
FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class HousePage(Page, models.Model):  # type: ignore[django-manager-missing]
    """What every editorial page has: a lead and a body of blocks."""

    lead = models.TextField(_("Einleitung"), blank=True)
    body = StreamField(BODY, verbose_name=_("Inhalt"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        abstract = True

    lasting = False  # the frame around what has its own days, such as a list

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page, on a past day with the words of that day."""
        page = then.as_it_was(self, lasting=self.lasting)
        return super(HousePage, page).serve(request, *args, **kwargs)

    @property
    def is_alias_of_other_language(self) -> bool:
        """True where a page shows the German text because nobody has translated it yet."""
        return self.alias_of_id is not None


class HomePage(HousePage):
    """The front page. Its sections come from the rooms; here stand the words and the two accessible formats."""

    headline = models.CharField(_("Überschrift"), max_length=160, blank=True)
    examples = models.CharField(
        _("Beispiele für die Suche"), max_length=300, blank=True, help_text=_("Durch Komma getrennt, in Alltagsworten.")
    )
    easy_language = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("Seite in Leichter Sprache"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    sign_language = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("Seite in Deutscher Gebärdensprache"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    template = "pages/home.html"
    lasting = True
    max_count_per_parent = 1
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("examples"),
        FieldPanel("easy_language"),
        FieldPanel("sign_language"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("Startseite")

    @property
    def example_list(self) -> list[str]:
        return [e.strip() for e in self.examples.split(",") if e.strip()]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context.update(front.sections())
        return context


class StandardPage(HousePage):
    """Impressum, Datenschutz and anything else that is simply text."""

    template = "pages/standard.html"
    updated_on = models.DateField(_("Stand"), null=True, blank=True)
    content_panels = [*HousePage.content_panels, FieldPanel("updated_on")]

    class Meta:
        verbose_name = _("Textseite")
        verbose_name_plural = _("Textseiten")


class EasyLanguagePage(HousePage):
    """A page in Leichte Sprache: large type, short lines, one sentence per line."""

    template = "pages/easy.html"

    class Meta:
        verbose_name = _("Seite in Leichter Sprache")
        verbose_name_plural = _("Seiten in Leichter Sprache")


class SignLanguagePage(HousePage):
    """A page with a video in Deutsche Gebärdensprache, served by the city itself."""

    template = "pages/sign_language.html"
    video = models.FileField(
        _("Video"),
        upload_to="gebaerdensprache/",
        blank=True,
        validators=[FileExtensionValidator(["mp4", "webm"])],
        help_text=_("MP4 oder WebM. Das Video liegt bei der Stadt, nicht bei einem fremden Dienst."),
    )
    transcript = RichTextField(_("Text des Videos"), features=FEATURES, blank=True)
    content_panels = [*HousePage.content_panels, FieldPanel("video"), FieldPanel("transcript")]

    class Meta:
        verbose_name = _("Seite in Gebärdensprache")
        verbose_name_plural = _("Seiten in Gebärdensprache")


class AccessibilityStatementPage(HousePage):
    """Erklärung zur Barrierefreiheit after the model of Implementing Decision (EU) 2018/1523."""

    REVIEW_AFTER = timedelta(days=365)

    class Conformance(models.TextChoices):
        FULL = "full", _("vollständig vereinbar")
        PARTIAL = "partial", _("teilweise vereinbar")
        NONE = "none", _("nicht vereinbar")

    class Method(models.TextChoices):
        SELF = "self", _("Selbstbewertung")
        EXTERNAL = "external", _("Bewertung durch Dritte")

    template = "pages/accessibility.html"
    conformance = models.CharField(_("Stand der Vereinbarkeit"), max_length=10, choices=Conformance.choices)
    standard = models.CharField(_("Maßstab"), max_length=200, default="EN 301 549 V3.2.1, WCAG 2.2 AA")
    gaps = RichTextField(_("Nicht barrierefreie Inhalte, mit Grund"), features=FEATURES, blank=True)
    method = models.CharField(_("Bewertet durch"), max_length=10, choices=Method.choices)
    created_on = models.DateField(_("Erstellt am"))
    reviewed_on = models.DateField(_("Zuletzt überprüft am"))
    feedback = RichTextField(_("Rückmeldung und Kontakt"), features=FEATURES)
    enforcement = RichTextField(_("Durchsetzungsverfahren"), features=FEATURES)

    content_panels = [
        OverduePanel(),
        *Page.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("conformance"), FieldPanel("standard"), FieldPanel("gaps"), FieldPanel("method")],
            heading=_("Stand"),
        ),
        MultiFieldPanel([FieldPanel("created_on"), FieldPanel("reviewed_on")], heading=_("Daten")),
        FieldPanel("feedback"),
        FieldPanel("enforcement"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("Erklärung zur Barrierefreiheit")
        verbose_name_plural = _("Erklärungen zur Barrierefreiheit")

    def clean(self) -> None:
        """A review to come would keep the statement from ever turning red. Raises ValidationError by field."""
        super().clean()
        wrong = {
            name: _("Der %(day)s liegt in der Zukunft.") % {"day": ui.short_day(day)}
            for name, day in (("created_on", self.created_on), ("reviewed_on", self.reviewed_on))
            if day is not None and day > clock.today()
        }
        if wrong:
            raise ValidationError(wrong)

    def get_admin_display_title(self) -> str:
        """In the back office's lists an overdue statement stands out."""
        title = str(super().get_admin_display_title())
        if not self.is_overdue():
            return title
        return str(_("%(title)s (älter als ein Jahr, bitte überprüfen)") % {"title": title})

    def is_overdue(self, today: date | None = None) -> bool:
        """Older than a year: the page says so in red, to staff and public alike."""
        return self.reviewed_on is not None and (today or clock.today()) - self.reviewed_on > self.REVIEW_AFTER


class NewsIndexPage(HousePage):
    """Aktuelles: the list of articles, newest first."""

    PAGE_SIZE = 12
    lasting = True
    template = "pages/news_index.html"
    subpage_types = ["pages.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Aktuelles")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from django.core.paginator import Paginator

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        from .queries import articles

        readable = articles(self.locale.language_code)
        context["articles"] = Paginator(readable, self.PAGE_SIZE).get_page(request.GET.get("seite"))
        return context


class NewsPage(HousePage):
    """One article. It can be commented, and names the municipal task behind it."""

    template = "pages/news.html"
    parent_page_types = ["pages.NewsIndexPage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["subject"]

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, related_name="news", null=True, blank=True, editable=False
    )
    date = models.DateField(_("Datum"), default=clock.today)
    image = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Bild"),
    )
    image_text = models.CharField(_("Was das Bild zeigt"), max_length=250, blank=True)
    task = models.CharField(
        _("Aufgabe der Stadt dahinter"),
        max_length=250,
        blank=True,
        help_text=_("Zum Beispiel: Auskunft über Fortschritte der Digitalstrategie (Beschluss vom …)."),
    )
    task_url = models.URLField(_("Beleg für die Aufgabe"), blank=True)
    comments_open = models.BooleanField(_("Kommentare erlaubt"), default=True)
    is_example = models.BooleanField(default=False, editable=False)

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_text")], heading=_("Bild")),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("task"), FieldPanel("task_url")], heading=_("Aufgabe der Stadt")),
        InlinePanel("measures", label=_("Maßnahme im Radar"), max_num=10),
        FieldPanel("comments_open"),
    ]

    class Meta:
        verbose_name = _("Artikel")
        verbose_name_plural = _("Artikel")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """A full save carries title, address and publication to the subject; a partial one leaves it alone.

        A translation has no discussion of its own: people meet at the original.
        """
        if not self.is_original:
            self.subject = None  # Wagtail copies it into a translation
        if kwargs.get("update_fields") is not None or not self.is_original:
            return super().save(*args, **kwargs)
        with transaction.atomic():
            if self.subject_id is None:
                self.subject = subjects.create(NEWS_KIND, self.title, "/", is_example=self.is_example)
            result = super().save(*args, **kwargs)
            assert self.subject is not None
            is_public = self.live and not self.get_view_restrictions().exists()
            subjects.mirror(self.subject, title=self.title, published=is_public, path=self.german_path)
            if is_public and not self.is_example:
                self._tell(self.subject)
            return result

    def _tell(self, subject: Subject) -> None:
        """Put the article into feeds and before followers, once, however often it is published again."""
        notify(
            "pages.news.published",
            subject=subject,
            title=Saying(gettext_noop("Artikel: %(title)s"), {"title": self.title}),
            text=self.lead,
            path=subject.path,
            key=f"news:{subject.public_id}",
        )

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What moderation has hidden is not shown under any address."""
        subject = self.discussed_subject
        if subject is not None and subject.restricted:
            raise Http404
        return super().serve(request, *args, **kwargs)

    @property
    def german_path(self) -> str:
        """The address without language prefix: below the front page, the slugs of the tree."""
        below_home = self.url_path.strip("/").split("/")[1:]
        return "/" + "/".join(below_home) + "/"

    @property
    def is_original(self) -> bool:
        """In the city's own language, not a translation."""
        return self.alias_of_id is None and self.locale.language_code == settings.LANGUAGE_CODE

    @property
    def discussed_subject(self) -> Subject | None:
        """Where people discuss this article: its own subject, or that of the original for a translation."""
        if self.is_original:
            return self.subject
        original = (
            NewsPage.objects.select_related("subject")
            .filter(translation_key=self.translation_key, locale__language_code=settings.LANGUAGE_CODE)
            .first()
        )
        return original.subject if original else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["discussed"] = self.discussed_subject
        context["measure_links"] = self._measure_links()
        return context

    def _measure_links(self) -> list[dict[str, Any]]:
        """The measures it is about, with the title and status of the day that is shown."""
        linked = [link.measure for link in self.measures.select_related("measure").all() if link.measure.live]
        then_ = {row.id: row for row in snapshot.current().rows} if linked and past.day() else None
        return [
            {"title": row.title, "status": row.status, "href": languages.local_path(measure.get_absolute_url())}
            for measure in linked
            if (row := measure if then_ is None else then_.get(measure.pk)) is not None
        ]


class NewsMeasure(Orderable, models.Model):
    """A measure of the radar that an article is about."""

    page = ParentalKey(NewsPage, on_delete=models.CASCADE, related_name="measures")
    measure = models.ForeignKey("radar.Measure", on_delete=models.CASCADE, related_name="+", verbose_name=_("Maßnahme"))

    panels = [FieldPanel("measure")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "measure"], name="pages_newsmeasure_once")]
