"""The radar for programs: `/api/v1/measures` and `/api/v1/strategy`."""

from .measures import router as measures_router
from .strategy import router as strategy_router

__all__ = ["measures_router", "strategy_router"]
