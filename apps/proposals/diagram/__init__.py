"""The entity diagram of a change: which tables and keys (`entities`), where each stands (`placing`), SVG (`drawing`).

Values in, text out: no database, no system package, and the same change gives the same bytes.
"""

from apps.proposals.diagram.drawing import Drawing, draw
from apps.proposals.diagram.entities import Diagram, find_entities, needed_for

__all__ = ["Diagram", "Drawing", "draw", "find_entities", "needed_for"]
