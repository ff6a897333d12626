"""The page that comes from the registry and the profiles.

python -m tests.docs.generated    writes it, and the tables of the guides; `make docs` does the same
"""

from collections.abc import Iterable, Iterator

from app.llm import (
    PROVIDERS,
    SHIPPED,
    STRATEGIES,
    TASK_PROFILES,
    Capability,
    Order,
    Profile,
    ProviderRow,
)
from tests.docs import settings_tables
from tests.docs.pages import DOCS

PAGE = DOCS / "reference" / "models-and-profiles.md"

_HEAD = (
    "# Models and profiles\n\n"
    "Written by `make docs` from the registry of providers and from the shipped profiles. How a "
    "call finds its model is told in [Routing](../explain/routing.md).\n"
)

_NAMES = {
    "`provider:model`": "that model at that provider, known to the catalogue or not; a server of "
    "your own is `acme:model` or `custom_acme:model`",
    "`amazon/nova-2-lite-v1:free`": "the model of that id in the catalogue, at every configured "
    "provider that offers it. Ids may hold colons: one whose first part is no provider is an id as "
    "a whole",
    "`profile:coding_agent`": "the models of that profile; not within a profile",
    "`auto`": "the profile of the call's task; not within a profile",
    "`offline`": "the built-in model, `offline:assistant`",
}
_FIELDS = {
    "`description`": "for people",
    "`primary`": "the model that is tried first",
    "`fallbacks`": "the models tried after it, 20 at most",
    "`complex`": "the model that goes first where the work is hard",
    "`required`": f"what a model must be able to do: {', '.join(f'`{c}`' for c in Capability)}",
    "`free_only`": "only models that cost nothing for certain",
    "`order`": f"one of {', '.join(f'`{order}`' for order in Order)}",
    "`weights`": "in the order `balanced`, the shares of providers; 1 where not named",
    "`cache`": "whether answers are cached where the caller doesn't say",
    "`compress`": "how prompts are made shorter where the caller doesn't say: "
    + ", ".join(f"`{strategy}`" for strategy in STRATEGIES),
}


def page() -> str:
    parts = _HEAD, _providers(), _names(), _profiles(), _tasks(), _fields()
    return "\n".join(parts)


def _names() -> str:
    where = (
        "Wherever a model is named in a request under `/v1`, in `models` of such a request, or in "
        "a profile:"
    )
    table = _table(("Name", "Stands for"), _NAMES.items())
    return f"## Names of models\n\n{where}\n\n{table}"


def _fields() -> str:
    how = (
        "A profile is changed by `PUT /api/v1/profiles/{name}` with these fields, for the tenant, "
        "or with `?scope=everyone` for all; `DELETE` brings the shipped one back. What is left out "
        "is as in a profile that says nothing. A change counts for the next call, in every process."
    )
    return f"## Fields of a profile\n\n{_table(('Field', 'Meaning'), _FIELDS.items())}\n{how}\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _providers() -> str:
    rows = (_provider(row) for row in PROVIDERS.values())
    head = ("Provider", "Name", "Usual address", "Set", "Wire", "Vectors")
    note = "In the order in which a default is looked for."
    return f"## Providers\n\n{note}\n\n{_table(head, rows)}"


def _provider(row: ProviderRow) -> tuple[str, ...]:
    needed = row.key_variable if row.needs_key else row.url_variable
    return (
        f"`{row.name}`",
        row.title,
        f"`{row.base_url}`",
        f"`{needed}`" + ("" if row.needs_key else ", unless it answers there"),
        row.wire,
        "yes" if row.embeds else "no",
    )


def _profiles() -> str:
    return "## Shipped profiles\n\n" + "\n".join(map(_profile, SHIPPED.values()))


def _profile(profile: Profile) -> str:
    told = "".join(f"- {line}\n" for line in _lines(profile))
    return f"### {profile.name}\n\n{profile.description}\n\n{told}"


def _lines(profile: Profile) -> Iterator[str]:
    if not profile.models:
        yield "Models: none of its own; those of `LLM_CHAIN`, then the default provider's"
    if profile.primary:
        yield f"Primary: `{profile.primary}`"
    if profile.fallbacks:
        yield f"Fallbacks: {', '.join(f'`{name}`' for name in profile.fallbacks)}"
    if profile.complex:
        yield f"For hard work: `{profile.complex}`"
    if profile.required:
        yield f"Required: {', '.join(f'`{each}`' for each in sorted(profile.required))}"
    if profile.free_only:
        yield "Only models that are free"


def _tasks() -> str:
    rows = ((f"`{task}`", f"`{name}`") for task, name in TASK_PROFILES.items())
    note = "Which profile a call takes that names neither a model nor a profile."
    return f"## Tasks\n\n{note}\n\n{_table(('Task', 'Profile'), rows)}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    settings_tables.write()
