from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "mitstadt.pages"
    label = "pages"

    def ready(self) -> None:
        from wagtail.signals import page_slug_changed, post_page_move
        from wagtail.views import serve

        from mitstadt.kit import demo, nav, past
        from mitstadt.subjects import kinds

        from . import rules, then
        from .demo import load
        from .models import NEWS_KIND
        from .moving import moved

        kinds.register(
            kinds.Kind(
                slug=NEWS_KIND,
                then=then.subjects,
                label=_("Artikel"),
                plural=_("Artikel"),
                can=rules.can,
                can_many=rules.can_many,
                verbs=rules.VERBS,
            )
        )
        past.shown(serve)  # each page of ours looks up its own words of the day
        page_slug_changed.connect(moved)
        post_page_move.connect(moved)
        nav.register(nav.NavItem("news", _("Aktuelles"), "/aktuelles/", order=40))
        nav.register_footer(nav.NavItem("imprint", _("Impressum"), "/impressum/", order=10))
        nav.register_footer(nav.NavItem("privacy", _("Datenschutz"), "/datenschutz/", order=20))
        nav.register_footer(nav.NavItem("accessibility", _("Barrierefreiheit"), "/barrierefreiheit/", order=30))
        nav.register_footer(nav.NavItem("easy", _("Leichte Sprache"), "/leichte-sprache/", order=40))
        nav.register_footer(nav.NavItem("sign", _("Gebärdensprache"), "/gebaerdensprache/", order=50))
        demo.register(650, "Redaktionelle Seiten", load)
