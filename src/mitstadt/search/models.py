"""One document per subject, and the vocabulary of all documents.

What is public, of which kind and where is the Subject's own knowledge and is asked there at query time; a copy here
could disagree with it. The full-text index itself is not a model: `schema.py` makes it for each database, and triggers
keep it and the pending changes of the vocabulary in step with this table, whoever writes to it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Document(models.Model):
    """`text` is what a snippet is cut from; the `…_terms` are its analysis, separated by blanks.

    `state` is one line under a hit ("In Umsetzung · Bildung"), in German; pieces between the dots are translated
    when shown. `weight` from 0 to 100 lifts a document among equals.
    """

    subject = models.OneToOneField(
        "subjects.Subject", on_delete=models.CASCADE, primary_key=True, related_name="search_document"
    )
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=200, blank=True)
    facets = models.JSONField(default=dict, blank=True)
    weight = models.PositiveSmallIntegerField(default=0)
    title_terms = models.TextField(blank=True)
    text_terms = models.TextField(blank=True)
    part_terms = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__lte=100), name="search_document_weight_to_100")
        ]
        verbose_name = _("Suchdokument")
        verbose_name_plural = _("Suchdokumente")

    def __str__(self) -> str:
        return self.title


class Word(models.Model):
    """A term and in how many documents it stands, as of `version`. Drafts count too, so terms are never shown."""

    term = models.CharField(max_length=80, primary_key=True)
    documents = models.IntegerField(default=0)
    version = models.BigIntegerField(default=0, db_index=True)

    wagtail_reference_index_ignore = True


class WordChange(models.Model):
    """Terms that a document lost and gained; written by a trigger, folded into Word by the worker.

    Nobody updates a shared row while a citizen waits: two people who both write *München* never queue for it.
    """

    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    wagtail_reference_index_ignore = True


class Vocabulary(models.Model):
    """One row: the version that the words stand at. A new `epoch` says: forget everything and load again."""

    version = models.BigIntegerField(default=0)
    epoch = models.CharField(max_length=16, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="search_vocabulary_one_row")]
