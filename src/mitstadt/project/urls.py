"""Every address of the house. German has no prefix; other languages live under theirs (`/en/radar/`)."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from mitstadt.directory.hsds.api import api as hsds
from mitstadt.kit.problems import no_such_address
from mitstadt.participation.urls import of_formats

from .api import api
from .health import favicon, health

urlpatterns = [
    # Wagtail's own sign-in for protected pages knows neither our rate limits nor our second factor.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("favicon.ico", favicon),
    path("api/hsds/", hsds.urls),
    path("api/", api.urls),
    path("api/<path:rest>", no_such_address),
    path("gesundheit/", health, name="health"),
    path("verwaltung/", include(wagtailadmin_urls)),
    path("dokumente/", include(wagtaildocs_urls)),
]

urlpatterns += i18n_patterns(
    path("konto/", include("mitstadt.accounts.urls")),
    path("suche/", include("mitstadt.search.urls")),
    path("radar/", include("mitstadt.radar.urls")),
    path("beteiligung/", include("mitstadt.participation.urls")),
    path("beteiligung/", include(of_formats())),
    path("methoden/", include("mitstadt.toolkit.urls")),
    path("angebote/", include("mitstadt.directory.urls")),
    path("plaetze/runden/", include("mitstadt.capacity.rounds.urls")),
    path("plaetze/", include("mitstadt.capacity.urls")),
    path("daten/", include("mitstadt.opendata.urls")),
    path("", include("mitstadt.comments.urls")),
    path("", include("mitstadt.ratings.urls")),
    path("", include("mitstadt.booking.urls")),
    path("", include("mitstadt.kit.urls")),
    path("", include("mitstadt.notify.urls")),
    path("", include("mitstadt.moderation.urls")),
    path("", include("mitstadt.pages.urls")),
    # Wagtail serves every remaining address: keep this line last.
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = "mitstadt.kit.views.bad_request"
handler403 = "mitstadt.kit.views.forbidden"
handler404 = "mitstadt.kit.views.not_found"
handler500 = "mitstadt.kit.views.server_error"
