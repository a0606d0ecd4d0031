"""An anonymous page from the cache, through the whole WSGI application: full, and as a 304."""

from __future__ import annotations

import io
import sys
from typing import Any

from ._tools import cpu_ms

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes


def run() -> dict[str, Any]:
    from django.core.wsgi import get_wsgi_application
    from django.test import override_settings

    from mitstadt.radar.synthetic import make_city

    application = get_wsgi_application()
    make_city(measures=87, years=2)
    seen: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        seen["status"], seen["headers"] = status, dict(headers)

    def ask(**more: str) -> int:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/radar/",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_ACCEPT_ENCODING": "gzip, br",
            "HTTP_ACCEPT_LANGUAGE": "de",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            **more,
        }
        answer = application(environ, start)
        size = sum(len(part) for part in answer)
        answer.close()
        return size

    with override_settings(MITSTADT_PAGE_CACHE_SECONDS=600):
        size = ask()
        assert "Age" in seen["headers"], seen
        full = cpu_ms(ask, rounds=400, warm=20)
        etag = seen["headers"]["ETag"]
        known = cpu_ms(lambda: ask(HTTP_IF_NONE_MATCH=etag), rounds=400, warm=20)
        assert seen["status"].startswith("304"), seen
    return {
        "full_cpu_ms": full,
        "not_modified_cpu_ms": known,
        "bytes": size,
        "goal_cpu_ms": 1,
        "met": full["median"] <= 1,
    }
