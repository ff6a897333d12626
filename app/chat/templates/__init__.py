"""The system texts of conversations: files with versions, filled in a sandbox."""

from app.chat.templates.errors import UnknownTemplate
from app.chat.templates.library import DEFAULT, Template, find, names, templates

__all__ = ["DEFAULT", "Template", "UnknownTemplate", "find", "names", "templates"]
