"""A city's live installation, behind a proxy that speaks TLS."""

import os

from .base import *

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("MITSTADT_PROXIES", "1"))
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

# SMTP: without a host in the environment the checks warn, mails wait in the queue
EMAIL_HOST = os.environ.get("MITSTADT_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("MITSTADT_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("MITSTADT_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MITSTADT_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("MITSTADT_SMTP_TLS", "") == "1"
EMAIL_TIMEOUT = 20

CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
