"""The public programming interface: rooms bring routers, this file mounts them under `/api/v1/`."""

from __future__ import annotations

from ninja import NinjaAPI

import mitstadt
from mitstadt.opendata.api import router as datasets_router

api = NinjaAPI(
    title="Mitstadt",
    version=mitstadt.__version__,
    description="Alles, was die öffentlichen Seiten zeigen, für Programme.",
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="api",
)

api.add_router("/v1/datasets", datasets_router)
