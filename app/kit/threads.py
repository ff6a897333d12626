"""Threads beside the event loop: SDKs that block, and work of more than a few milliseconds."""

import sys

_SECONDS = 0.0001


def give_way_quickly() -> None:
    """To be called once, by whoever starts a process. A thread that computes holds up the event
    loop for so long each time the loop wants to go on; by itself Python lets it have fifty times as
    much, which whoever listens to an answer sees."""
    sys.setswitchinterval(_SECONDS)
