"""Head, header, footer and messages: what surrounds every page. Nothing here touches the session of an anonymous
reader, so that the page can come from a cache."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.kit import languages, nav, themes
from mitstadt.kit.city import current

from .basic import alert, icon
from .html import EMPTY, esc, href, join, safe

STYLES = ("kit/vendor/kern/kern.css", "kit/mitstadt.css")
SCRIPTS = ("kit/vendor/htmx/htmx.min.js", "kit/mitstadt.js")


def head(theme: str = "") -> SafeString:
    """Style sheets, theme, preloaded fonts, icon and scripts."""
    return _head(theme or current().theme, settings.STORAGES["staticfiles"]["BACKEND"])


@lru_cache(maxsize=16)
def _head(theme: str, _storage: str) -> SafeString:
    """The same for every page of a process; `_storage` is only part of the key, for tests that change it."""
    chosen = themes.find(theme)
    parts: list[SafeString] = [
        format_html('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', static(font))
        for font in chosen.preload
    ]
    parts += [format_html('<link rel="stylesheet" href="{}">', static(css)) for css in (*STYLES, chosen.css)]
    parts.append(safe('<meta name="color-scheme" content="light dark">'))
    for color, scheme in zip(chosen.colors, ("light", "dark"), strict=True):
        parts.append(
            format_html('<meta name="theme-color" content="{}" media="(prefers-color-scheme: {})">', color, scheme)
        )
    parts.append(format_html('<link rel="icon" href="{}" type="image/svg+xml">', static("kit/icon.svg")))
    parts.append(
        safe(
            '<meta name="htmx-config" content=\'{"includeIndicatorStyles":false,"allowEval":false,'
            '"selfRequestsOnly":true,"historyCacheSize":0}\'>'
        )
    )
    parts += [format_html('<script src="{}" defer></script>', static(js)) for js in SCRIPTS]
    return join(parts, "\n")


def brand() -> SafeString:
    """The city's mark and word mark, linking home."""
    logo = themes.logo()
    picture = (
        format_html('<img class="ms-brand__logo" src="{}" alt="" height="32">', static(logo))
        if logo
        else safe('<span class="ms-brand__disc" aria-hidden="true"></span>')
    )
    return format_html(
        '<a class="ms-brand" href="{}">{}<span><strong>Mitstadt</strong> {}</span></a>',
        languages.path_in("/", get_language() or ""),
        picture,
        current().short_name,
    )


def header(request: HttpRequest | None) -> SafeString:
    """Brand, main navigation, languages, account, search; on narrow screens a menu made of details/summary."""
    path = request.path if request else ""
    entries = join(nav_link(entry) for entry in nav.main(path))
    tools = join([easy_link(), language_links(request), account_link(request)])
    search = format_html(
        '<a class="ms-header__search" href="{}">{}</a>',
        languages.path_in("/suche/", get_language() or ""),
        icon("search", _("Suche")),
    )
    return format_html(
        '<header class="ms-header"><div class="ms-header__in">{brand}'
        '<nav class="ms-nav" aria-label="{main}"><ul class="ms-nav__list">{entries}</ul></nav>'
        '<ul class="ms-tools">{tools}</ul>{search}'
        '<details class="ms-menu"><summary>{menu}</summary>'
        '<nav class="ms-menu__panel" aria-label="{menu}"><ul class="ms-menu__list">{entries}</ul>'
        '<ul class="ms-menu__list ms-menu__list--tools">{tools}</ul></nav></details>'
        "</div></header>",
        brand=brand(),
        main=_("Hauptnavigation"),
        entries=entries,
        tools=tools,
        search=search,
        menu=_("Menü"),
    )


def nav_link(entry: nav.Entry) -> SafeString:
    """One entry of a navigation, marked when it is the current one."""
    current_mark = format_html(' aria-current="{}"', entry.current) if entry.current else EMPTY
    return format_html('<li><a href="{}"{}>{}</a></li>', href(entry.href), current_mark, entry.label)


def easy_link() -> SafeString:
    """The link to the texts in easy language, where a room has them (footer entry "easy")."""
    entry = nav.easy()
    return format_html('<li><a href="{}">{}</a></li>', href(entry.href), entry.label) if entry else EMPTY


def language_links(request: HttpRequest | None) -> SafeString:
    """The same page in the other languages, by address alone."""
    path = request.get_full_path() if request else "/"
    return join(
        format_html('<li><a href="{}" lang="{}" hreflang="{}">{}</a></li>', link.href, link.code, link.code, link.name)
        for link in languages.others(path, get_language() or settings.LANGUAGE_CODE)
    )


def account_link(request: HttpRequest | None) -> SafeString:
    """ "Anmelden", or "Mein Konto" for somebody signed in. Without a session cookie the session is not asked."""
    language = get_language() or ""
    signed_in = (
        request is not None
        and settings.SESSION_COOKIE_NAME in request.COOKIES
        and getattr(request, "user", None) is not None
        and request.user.is_authenticated
    )
    if signed_in:
        own = format_html('<li><a href="{}">{}</a></li>', languages.path_in("/konto/", language), _("Mein Konto"))
        key = request.user.pk if request else None
        return join([own, unread_link(key)]) if key is not None else own
    return format_html('<li><a href="{}">{}</a></li>', languages.path_in("/konto/login/", language), _("Anmelden"))


def unread_link(user_id: int) -> SafeString:
    """How many messages wait, leading to them; nothing when none does."""
    count = nav.unread(user_id)
    address = nav.href_of("notify:inbox", get_language() or "") if count else None
    if address is None:
        return EMPTY
    number = {"n": "99+" if count > 99 else count}
    words = ngettext("%(n)s neue Nachricht", "%(n)s neue Nachrichten", count) % number
    return format_html(
        '<li><a class="ms-unread" href="{}" aria-label="{}">{}</a></li>', address, words, _("%(n)s neu") % number
    )


def footer(request: HttpRequest | None) -> SafeString:
    """The footer's entries as the rooms registered them."""
    entries = join(nav_link(entry) for entry in nav.footer(request.path if request else ""))
    return format_html(
        '<footer class="ms-footer"><nav class="ms-footer__in" aria-label="{}"><ul>{}</ul></nav></footer>',
        _("Über dieses Angebot"),
        entries,
    )


def flash(request: HttpRequest | None) -> SafeString:
    """What the last action said. Only asked where a cookie says that there may be something."""
    storage = getattr(request, "_messages", None)
    if request is None or storage is None:
        return EMPTY
    if not {settings.SESSION_COOKIE_NAME, "messages"} & set(request.COOKIES) and not storage._queued_messages:
        return EMPTY
    kinds = {messages.ERROR: "danger", messages.WARNING: "warning", messages.SUCCESS: "success"}
    items = join(
        alert(esc(m.message), kind=kinds.get(m.level, "info"), live=True) for m in messages.get_messages(request)
    )
    return format_html('<div class="ms-messages">{}</div>', items) if items else EMPTY
