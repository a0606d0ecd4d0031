"""The public programming interface: rooms bring routers, this file mounts them under `/api/v1/`."""

from __future__ import annotations

import mitstadt
from mitstadt.booking.api import router as places_router
from mitstadt.capacity.api import router as capacities_router
from mitstadt.comments.api import router as comments_router
from mitstadt.directory.api import router as offers_router
from mitstadt.formats.debate.api import router as debates_router
from mitstadt.formats.meeting.api import router as meetings_router
from mitstadt.formats.survey.api import router as surveys_router
from mitstadt.geo.api import router as districts_router
from mitstadt.kit.problems import CityAPI
from mitstadt.moderation.api import router as moderation_router
from mitstadt.opendata.api import router as datasets_router
from mitstadt.participation.api import contributions_router, processes_router
from mitstadt.radar.api import measures_router, strategy_router
from mitstadt.ratings.api import router as ratings_router
from mitstadt.search.api import router as search_router
from mitstadt.toolkit.api import combinations_router
from mitstadt.toolkit.api import router as methods_router

api = CityAPI(
    title="Mitstadt",
    version=mitstadt.__version__,
    description="Alles, was die öffentlichen Seiten zeigen, für Programme.",
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="api",
)

api.add_router("/v1/measures", measures_router)
api.add_router("/v1/strategy", strategy_router)
api.add_router("/v1/processes", processes_router)
api.add_router("/v1/contributions", contributions_router)
api.add_router("/v1/meetings", meetings_router)
api.add_router("/v1/debates", debates_router)
api.add_router("/v1/surveys", surveys_router)
api.add_router("/v1/methods", methods_router)
api.add_router("/v1/combinations", combinations_router)
api.add_router("/v1/offers", offers_router)
api.add_router("/v1/datasets", datasets_router)
api.add_router("/v1/comments", comments_router)
api.add_router("/v1/ratings", ratings_router)
api.add_router("/v1/places", places_router)
api.add_router("/v1/capacities", capacities_router)
api.add_router("/v1/moderation", moderation_router)
api.add_router("/v1/search", search_router)
api.add_router("/v1/districts", districts_router)
