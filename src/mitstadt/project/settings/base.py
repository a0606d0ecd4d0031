"""What every installation shares. Values come from environment variables that start with ``MITSTADT_``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from mitstadt.kit.city import load_city
from mitstadt.kit.database import from_url

from . import people, security
from .people import *
from .security import *

ROOT = Path(os.environ.get("MITSTADT_ROOT", Path(__file__).resolve().parents[4]))
# -- the city ------------------------------------------------------------------------------------
MITSTADT_CITY_FOLDER = Path(os.environ.get("MITSTADT_CITY_FOLDER", ROOT / "demo" / os.environ.get("CITY", "munich")))
MITSTADT_CITY = load_city(MITSTADT_CITY_FOLDER)
# database file, uploads, mail of the demo: one folder per city
VAR = Path(os.environ.get("MITSTADT_VAR", ROOT / "var" / MITSTADT_CITY_FOLDER.name))
MITSTADT_DEMO = False
MITSTADT_BASE_URL = os.environ.get("MITSTADT_BASE_URL", "http://127.0.0.1:8000")
MITSTADT_SOURCE_URL = os.environ.get("MITSTADT_SOURCE_URL", "")  # where this installation's source code lies

# -- Django --------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = os.environ.get("MITSTADT_SECRET_KEY", "")
ALLOWED_HOSTS = [h for h in os.environ.get("MITSTADT_HOSTS", "127.0.0.1,localhost").split(",") if h]
ROOT_URLCONF = "mitstadt.project.urls"
WSGI_APPLICATION = "mitstadt.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
SITE_ID = 1
TEST_RUNNER = "django.test.runner.DiscoverRunner"

INSTALLED_APPS = [
    # ours, upper floors first so that their templates win
    "mitstadt.project",
    "mitstadt.pages",
    "mitstadt.toolkit",
    "mitstadt.capacity",
    "mitstadt.formats.annotation",
    "mitstadt.formats.debate",
    "mitstadt.formats.ideas",
    "mitstadt.formats.meeting",
    "mitstadt.formats.survey",
    "mitstadt.participation",
    "mitstadt.radar",
    "mitstadt.directory",
    "mitstadt.comments",
    "mitstadt.ratings",
    "mitstadt.booking",
    "mitstadt.opendata",
    "mitstadt.moderation",
    "mitstadt.notify",
    "mitstadt.search",
    "mitstadt.subjects",
    "mitstadt.organisations",
    "mitstadt.accounts",
    "mitstadt.geo",
    "mitstadt.audit",
    "mitstadt.kit",
    "mitstadt.kit.jobs",
    # the staff's back office
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "modelsearch",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    # accounts
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "mitstadt.kit.cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "mitstadt.kit.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mitstadt.accounts.middleware.ActorMiddleware",
    "mitstadt.accounts.middleware.StaffDoorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mitstadt.kit.past.PastMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",  # addresses that pages had before they were renamed
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [MITSTADT_CITY_FOLDER / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["mitstadt.kit.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mitstadt.kit.context.city",
            ],
        },
    }
]

CACHES = security.caches()
# SQLite leaves covering indexes out: it finds rows by their key as quickly.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DATABASES = {"default": from_url(os.environ.get("DATABASE_URL", ""), VAR)}

# -- language and time ---------------------------------------------------------------------------
# German is the language of the source texts; every other language is a catalogue in a room's locale/.
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# -- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STATICFILES_DIRS = [d for d in [MITSTADT_CITY_FOLDER / "static"] if d.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mitstadt.project.storage.StaticStorage"},
}

# -- people --------------------------------------------------------------------------------------
_people = people.for_city(MITSTADT_CITY)
ACCOUNT_EMAIL_SUBJECT_PREFIX: str = _people["ACCOUNT_EMAIL_SUBJECT_PREFIX"]
MFA_TOTP_ISSUER: str = _people["MFA_TOTP_ISSUER"]
MITSTADT_ONLINE_ID: dict[str, Any] = _people["MITSTADT_ONLINE_ID"]
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = _people["SOCIALACCOUNT_PROVIDERS"]
CONTENT_SECURITY_POLICY = security.content_security_policy(
    os.environ.get("MITSTADT_OIDC_SERVER", MITSTADT_CITY.online_id.get("server", ""))
)
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# A gateway that turns a mail into a short message: "{number}@sms.example"; empty where the city has none.
MITSTADT_SMS_MAIL = os.environ.get("MITSTADT_SMS_MAIL", "")
DEFAULT_FROM_EMAIL = os.environ.get("MITSTADT_FROM_EMAIL", "mitstadt@localhost")

# -- back office ---------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = f"Mitstadt {MITSTADT_CITY.short_name}"
WAGTAILADMIN_BASE_URL = MITSTADT_BASE_URL
WAGTAIL_I18N_ENABLED = True
# Approval publishes, although nobody may publish a measure alone.
WAGTAIL_FINISH_WORKFLOW_ACTION = "mitstadt.radar.staff.approval.publish"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # a city has one; nobody is asked
WAGTAILDOCS_SERVE_METHOD = "serve_view"
TAGGIT_CASE_INSENSITIVE = True

# -- rules of the city that its council may set ---------------------------------------------------
MITSTADT_ANSWER_WORKING_DAYS = MITSTADT_CITY.rules.get("answer_working_days", 20)
MITSTADT_RATING_MINIMUM = MITSTADT_CITY.rules.get("rating_minimum", 10)
MITSTADT_STALE_AFTER_DAYS = MITSTADT_CITY.rules.get("stale_after_days", 365)
MITSTADT_COMMENT_EDIT_MINUTES = MITSTADT_CITY.rules.get("comment_edit_minutes", 30)
