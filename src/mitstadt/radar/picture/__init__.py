"""Pictures of the radar as SVG, built as strings: the large one, the small circle, the list of bands, files."""

from .bands import bands_html
from .circle import circle_svg, locator_svg
from .files import png, standalone
from .horizon import horizon_svg
from .marks import sprite

__all__ = ["bands_html", "circle_svg", "horizon_svg", "locator_svg", "png", "sprite", "standalone"]
