from collections.abc import Iterable

from app.errors import FieldIssue, InvalidInput


class UnknownTemplate(InvalidInput):
    """There is no template of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        issue = f"{name[:50]!a} is none of {', '.join(known)}, as in casual"
        super().__init__(f"template: {issue}", details=(FieldIssue("template", issue),))
