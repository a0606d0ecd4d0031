"""The public programming interface: rooms bring routers, this file mounts them under `/api/v1/`."""

from __future__ import annotations

from ninja import NinjaAPI

import mitstadt

api = NinjaAPI(
    title="Mitstadt",
    version=mitstadt.__version__,
    description="Alles, was die öffentlichen Seiten zeigen, für Programme.",
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="api",
)
