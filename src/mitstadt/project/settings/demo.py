"""`make run`: the demo city on this machine. Never for production: the start there refuses these values."""

from .base import *
from .base import INSTALLED_APPS, MITSTADT_BASE_URL

MITSTADT_DEMO = True
DEBUG = False
SECRET_KEY = "demo-only-and-refused-in-production"  # a demo's sessions protect nothing
MITSTADT_HASH_KEY = "demo-only-and-refused-in-production"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost
MITSTADT_BASE_URL = MITSTADT_BASE_URL
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = [*INSTALLED_APPS]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR / "mail")
MITSTADT_SMS_MAIL = "{number}@sms.example"
