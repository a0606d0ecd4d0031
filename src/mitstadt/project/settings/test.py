"""The test suite, on SQLite (a file, not memory) and on PostgreSQL."""

from .base import *
from .base import DATABASES

MITSTADT_DEMO = False
SECRET_KEY = "test-only-and-long-enough-for-every-signature"
MITSTADT_HASH_KEY = "test-only"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MITSTADT_SEARCH_AGE = 0  # every test has its own vocabulary

# Tests see what they have just written; the tests of the cache turn it on.
MITSTADT_PAGE_CACHE_SECONDS = 0
MITSTADT_SNAPSHOT_SECONDS = 0  # tests stop the clock and roll back: nothing kept may outlive a test

# A test database on a server need not outlive a power cut: nobody waits for the disk.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
