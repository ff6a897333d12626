"""Opens and closes what lives as long as the process, in one place, and joins the parts.

The model core knows no database and the slices no settings: what one needs of another is handed
over here.
"""

from app.lifespan.commands import benchmark, discover, migrate, run_worker
from app.lifespan.state import State, lifespan_of

__all__ = ["State", "benchmark", "discover", "lifespan_of", "migrate", "run_worker"]
