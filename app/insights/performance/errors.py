from app.errors import FieldIssue, InvalidInput, Unavailable


class WindowInvalid(InvalidInput):
    """`from`, `to` or `step` is no time, or together they are too much."""

    def __init__(self, field: str, issue: str) -> None:
        super().__init__(f"{field} {issue}", details=(FieldIssue(field, issue),))


class FiguresTooSlow(Unavailable):
    """The figures of the window take too long to add up: ask for a shorter one."""

    code = "METRICS_TOO_SLOW"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the figures of this window take more than {seconds:g} s to add up: ask for less time "
            "between from and to"
        )
