"""Text from templates: prompts, not pages, so nothing is escaped as HTML."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment


def texts_in(package: str, folder: str) -> dict[str, str]:
    """The texts in a package's folder by their files' names, all at once: nobody who waits for a
    prompt waits for a disk."""
    return {
        file.name: file.read_text("utf-8") for file in files(package).joinpath(folder).iterdir()
    }


class Templates:
    """Jinja templates by their file names, each compiled when it is first filled: an engine that
    nobody asked for yet would take 4 MB.

    A name that a template asks for and isn't given raises `jinja2.UndefinedError`.
    """

    def __init__(
        self, sources: Mapping[str, str], filters: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        self._sources = sources
        self._filters = filters or {}

    def render(self, name: str, **values: object) -> str:
        return self._environment.get_template(name).render(values).strip()

    @cached_property
    def _environment(self) -> "ImmutableSandboxedEnvironment":
        from jinja2 import DictLoader, StrictUndefined  # noqa: PLC0415  # when it is needed
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

        environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(self._sources),
            undefined=StrictUndefined,
            autoescape=False,  # a prompt is no HTML
            auto_reload=False,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= self._filters
        return environment
