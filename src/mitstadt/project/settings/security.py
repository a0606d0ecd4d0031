"""What browsers are told, and how long anonymous pages are kept. Imported by `base`."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from mitstadt.kit.headers import back_office_policy, policy

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
MITSTADT_PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(self), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=(), interest-cohort=()"
)
MITSTADT_BACK_OFFICE_POLICY = back_office_policy()

# Seconds for which a process keeps what hardly ever changes: the radar's snapshot, lists for filters; 0: nothing.
MITSTADT_SNAPSHOT_SECONDS = 30
# Seconds that an anonymous page is kept in memory; 0 turns the page cache off.
MITSTADT_PAGE_CACHE_SECONDS = float(os.environ.get("MITSTADT_PAGE_CACHE_SECONDS", "30"))

# Nothing a citizen types is longer than this; files have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000


def caches() -> dict[str, Any]:
    """Memory of each process, or the Redis server in ``MITSTADT_REDIS_URL`` for installations with several machines."""
    redis = os.environ.get("MITSTADT_REDIS_URL", "")
    if redis:
        return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis}}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "mitstadt",
            "OPTIONS": {"MAX_ENTRIES": 1000},
        }
    }


def content_security_policy(online_id: str) -> dict[str, Any]:
    """The public policy. Signing in with the online identity is a form whose answer leads to the provider's host."""
    parts = urlsplit(online_id)
    return {"DIRECTIVES": policy([f"{parts.scheme}://{parts.netloc}"] if parts.netloc else [])}
