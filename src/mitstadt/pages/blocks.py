"""The blocks that editors compose a page from. Few, so that every page looks like the house."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

RICH = ["bold", "italic", "ol", "ul", "link", "document-link"]


class FigureBlock(blocks.StructBlock):
    """A picture with the words that replace it for those who do not see it, and its source."""

    image = ImageBlock(label=_("Bild"))
    source = blocks.CharBlock(label=_("Quelle"), required=False)

    class Meta:
        icon = "image"
        label = _("Bild")
        template = "pages/blocks/figure.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Zitat"))
    by = blocks.CharBlock(label=_("Von wem"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Zitat")
        template = "pages/blocks/quote.html"


class NoteBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Überschrift"))
    text = blocks.RichTextBlock(label=_("Text"), features=RICH)

    class Meta:
        icon = "info-circle"
        label = _("Hinweis")
        template = "pages/blocks/note.html"


BODY = [
    ("heading", blocks.CharBlock(label=_("Zwischenüberschrift"), icon="title", template="pages/blocks/heading.html")),
    ("text", blocks.RichTextBlock(label=_("Text"), features=RICH, template="pages/blocks/text.html")),
    ("figure", FigureBlock()),
    ("quote", QuoteBlock()),
    ("note", NoteBlock()),
    ("document", DocumentChooserBlock(label=_("Dokument"), template="pages/blocks/document.html")),
]
