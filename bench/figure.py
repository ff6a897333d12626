"""One row of a table: what was measured, how much it is, and whether that is enough."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    value: str
    target: str = ""
    met: bool | None = None


def below(what: str, value: float, most: float, *, unit: str = "", digits: int = 2) -> Figure:
    """A figure that should be `most` or less."""
    shown = f"{value:.{digits}f}{unit}"
    return Figure(what, shown, f"≤ {most:g}{unit}", value <= most)
