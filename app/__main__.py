"""`python -m app`: starts a command."""

import signal
import sys
from contextlib import suppress

from app.commands import read_command_line, serve, worker
from app.kit.last_resort import end_soon

_LASTING = {"serve": serve, "worker": worker}


def main() -> None:
    """A command that lasts is started without the parser of command lines where there is nothing to
    be parsed: it would stay for as long, and takes more than 1 MB."""
    match sys.argv[1:]:
        case [name] if name in _LASTING:
            _LASTING[name]()
        case _:
            read_command_line()


def _terminate(*_: object) -> None:
    end_soon()
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    # One way to be stopped: what ends in order on Ctrl-C does so on SIGTERM.
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # as a shell's background work inherits it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)
    with suppress(KeyboardInterrupt):
        main()
