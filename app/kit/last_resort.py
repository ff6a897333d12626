"""The end of a process that was told to stop and doesn't get there.

Each part of a stop has a limit of its own, but they add up: a driver alone waits ten seconds for a
database that took a query and never answers. What is given up here is what `kill -9` would lose,
which is nothing that anybody was told.
"""

import os
import sys
import threading

STOP_SECONDS = 8.5
"""What has not ended by then is ended; with a second and a half in hand on a busy machine."""


def end_soon() -> None:
    """Ends the process after `STOP_SECONDS`, unless it has ended by itself. By a thread, since the
    event loop may be what hangs; one that keeps nothing alive."""
    timer = threading.Timer(STOP_SECONDS, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    import structlog  # noqa: PLC0415  # loaded only after `load_less`

    structlog.get_logger().warning("stop.cut_short", seconds=STOP_SECONDS)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
