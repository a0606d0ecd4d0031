"""Versions of a text, their paragraphs, and what people said about which words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.participation.models import Contribution, Module

from . import rules


class Version(models.Model):
    """One version (Fassung) of the text of a module. Without a number it is a draft that only staff see.

    `based_on` is the version that was public when the draft was made: of two drafts on the same one only the first can
    be published, the other has to look again at what would become of the remarks.
    """

    class Source(models.TextChoices):
        HTML = "html", _("eingefügter Text")
        MARKDOWN = "markdown", _("Markdown")
        WORD = "word", _("Word-Datei")
        REVISION = "revision", _("Entwurf einer Fortschreibung")

    module = models.ForeignKey(Module, models.CASCADE, related_name="text_versions")
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    is_current = models.BooleanField(default=False)
    based_on = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="drafts")
    title = models.CharField(_("Titel des Textes"), max_length=200)
    note = models.TextField(_("Was sich geändert hat"), blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.HTML)
    file_name = models.CharField(max_length=200, blank=True)
    staged = models.ForeignKey(
        "radar.StagedImport",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Its revision",
    )
    left_out = models.JSONField(default=dict, blank=True, help_text="What could not be taken over: kind → how many")
    annotation_count = models.PositiveIntegerField(default=0, help_text="Remarks made while this version was public")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=300, blank=True, help_text="Function and department, never a name")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["module", "number"], name="annotation_version_number_once"),
            models.UniqueConstraint(
                fields=["module"], condition=models.Q(is_current=True), name="annotation_one_current_version"
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False) | models.Q(number__isnull=False, published_at__isnull=False),
                name="annotation_current_is_published",
            ),
        ]
        verbose_name = _("Fassung")
        verbose_name_plural = _("Fassungen")

    def __str__(self) -> str:
        return f"{self.title} ({self.number or 'Entwurf'})"


class Paragraph(models.Model):
    """One paragraph of a version. `key` stays the same from version to version while it is the same paragraph.

    `html` was cleaned when it was read; `text` is its plain text, in which places are counted.
    """

    class Kind(models.TextChoices):
        CHAPTER = "h2", _("Überschrift")
        SECTION = "h3", _("Zwischenüberschrift")
        PART = "h4", _("kleine Überschrift")
        TEXT = "p", _("Absatz")
        ITEM = "li", _("Punkt einer Liste")
        QUOTE = "quote", _("Zitat")
        ROW = "row", _("Zeile einer Tabelle")

    version = models.ForeignKey(Version, models.CASCADE, related_name="paragraphs")
    key = models.CharField(max_length=12)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TEXT)
    marker = models.CharField(max_length=8, blank=True)
    html = models.TextField()
    text = models.TextField()
    about = models.ForeignKey(
        "subjects.Subject",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The measure it is about",
    )

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="annotation_paragraph_key_once"),
            models.UniqueConstraint(fields=["version", "position"], name="annotation_paragraph_position_once"),
        ]


class Annotation(models.Model):
    """What a contribution points at, as it was written; never changed. `made_on` is the version that was read."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, primary_key=True, related_name="annotation")
    made_on = models.ForeignKey(Version, models.RESTRICT, related_name="annotations")
    key = models.CharField(max_length=12)
    exact = models.TextField()
    prefix = models.CharField(max_length=rules.CONTEXT, blank=True)
    suffix = models.CharField(max_length=rules.CONTEXT, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    whole = models.BooleanField(default=False, help_text="About the whole paragraph")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="annotation_range_holds_words")
        ]
        verbose_name = _("Anmerkung")
        verbose_name_plural = _("Anmerkungen")

    @property
    def quote(self) -> rules.Quote:
        return rules.Quote(self.exact, self.prefix, self.suffix, self.start, self.end, self.whole)


class Anchor(models.Model):
    """Where a remark stands in one version, or that it is outdated there; a row for each version from `made_on` on."""

    class How(models.TextChoices):
        MADE = rules.MADE, _("hier geschrieben")
        SAME = rules.SAME, _("unverändert übernommen")
        MOVED = rules.MOVED, _("an neuer Stelle")
        CHANGED = rules.CHANGED, _("Wortlaut geändert")
        OUTDATED = rules.OUTDATED, _("überholt")

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="anchors")
    version = models.ForeignKey(Version, models.CASCADE, related_name="anchors")
    paragraph = models.ForeignKey(Paragraph, models.CASCADE, null=True, blank=True, related_name="anchors")
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    how = models.CharField(max_length=8, choices=How.choices)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "version"], name="annotation_anchor_once_per_version"),
            models.CheckConstraint(
                condition=models.Q(how=rules.OUTDATED, paragraph__isnull=True)
                | (~models.Q(how=rules.OUTDATED) & models.Q(paragraph__isnull=False, end__gt=models.F("start"))),
                name="annotation_anchor_stands_or_is_outdated",
            ),
        ]
