"""The words in which memories and a summary stand in the system message."""

from collections.abc import Iterable

from app.chat.context.materials import Fact

_NOTES = "Notes of what this person told earlier:"
_SUMMARY = "Summary of the conversation so far:"


def system_message(system: str, facts: Iterable[Fact], summary: str | None) -> str:
    """One message, since many models take only one, and only as the first. What changes from turn
    to turn stands last: vendors charge less for a beginning that they have seen before."""
    lines = [note(fact) for fact in facts]
    notes = "\n".join([_NOTES, *lines]) if lines else ""
    told = f"{_SUMMARY}\n{summary}" if summary else ""
    return "\n\n".join(part for part in (system, notes, told) if part)


def note(fact: Fact) -> str:
    """One line, whatever the memory holds, so that none can pass for something else."""
    return f"- {fact.told_at:%Y-%m-%d}: {' '.join(fact.text.split())}"
