"""Keeps the garbage collector from walking over all that a process loaded at its start."""

import gc


def hold_off() -> None:
    """To be called before a process loads what it works with: little of that is garbage, and
    looking for it as often as usual takes a tenth of the time."""
    gc.set_threshold(50_000, 4, 1000)


def settle() -> None:
    """To be called once, when a process is ready to work.

    What is there by then stays anyway, and every full collection would look at all of it: some
    hundred thousand objects, which under load costs a twentieth of the time. Young objects are
    looked at less often, too: nearly all go without the collector's help.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
