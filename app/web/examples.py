"""What would be right in a field of a request, by the JSON Schema that describes the request."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import ConfigDict, create_model
from pydantic.fields import FieldInfo

Schema = Mapping[str, Any]

_WORDS = "some text"
_FORMATS = {"uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "date-time": "2026-01-31T12:00:00Z"}
_NUMBERS = ("integer", "number")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


class Examples:
    """Finds its way by the place of an error: `("body", "sellers", 0, "name")`."""

    def __init__(self, schema: Schema | None = None) -> None:
        self._schema = schema or {}
        self._definitions: Schema = self._schema.get("$defs", {})

    def of(self, loc: Sequence[int | str]) -> Any:
        """A value that the field takes; None where none is known. The field's own example comes
        first, then that of what it is in, then its default and what its limits allow."""
        node, example = self._schema, None
        for step in loc:
            below = self._below(node, step)
            if below is None:
                return None
            if below is not node:
                node, example = below, _first(self._own(below), _inside(example, step))
        return _first(example, self._made(node))

    def names(self, loc: Sequence[int | str]) -> list[str]:
        """The fields that the object there has."""
        return [name for kind in self._kinds(self._at(loc)) for name in kind.get("properties", {})]

    def limits(self, loc: Sequence[int | str]) -> tuple[float | None, float | None]:
        """The least and the most that a number there may be."""
        for kind in self._kinds(self._at(loc)):
            if kind.get("type") in _NUMBERS:
                return kind.get("minimum"), kind.get("maximum")
        return None, None

    def _at(self, loc: Sequence[int | str]) -> Schema:
        node = self._schema
        for step in loc:
            node = self._below(node, step) or {}
        return node

    def _below(self, node: Schema, step: int | str) -> Schema | None:
        """The node itself for the name of one of its kinds, which is no step of the caller's."""
        kinds = list(self._kinds(node))
        for kind in kinds:
            if isinstance(step, int):
                found = kind.get("items")
            else:
                found = kind.get("properties", {}).get(step, kind.get("additionalProperties"))
            if isinstance(found, Mapping):
                return found
        return node if len(kinds) > 1 else None

    def _plain(self, node: Schema) -> Schema:
        """Without the reference; what stands beside it is kept."""
        if "$ref" not in node:
            return node
        target: Schema = self._definitions[node["$ref"].rpartition("/")[2]]
        return {**target, **{key: value for key, value in node.items() if key != "$ref"}}

    def _kinds(self, node: Schema) -> Iterator[Schema]:
        """What a value may be, one by one."""
        plain = self._plain(node)
        choices = plain.get("anyOf") or plain.get("oneOf")
        if choices is None:
            yield plain
            return
        for choice in choices:
            yield from self._kinds(choice)

    def _own(self, node: Schema) -> Any:
        return next(iter(self._plain(node).get("examples", ())), None)

    def _made(self, node: Schema) -> Any:
        default = self._plain(node).get("default")
        if default not in _EMPTY:
            return default
        return _first(*(_first(self._own(k), self._of_kind(k)) for k in self._kinds(node)))

    def _of_kind(self, kind: Schema) -> Any:
        """None for a text with a pattern: such a field needs an example of its own."""
        if "const" in kind or "enum" in kind:
            return kind.get("const") or kind["enum"][0]
        makers: dict[str, Callable[[Schema], Any]] = {
            "boolean": lambda _: True,
            "integer": _number,
            "number": _number,
            "string": _text,
            "array": self._list,
            "object": self._object,
        }
        make = makers.get(kind.get("type", ""))
        return None if make is None else make(kind)

    def _list(self, kind: Schema) -> list[Any]:
        return [self._part(kind.get("items", {}))] * max(1, kind.get("minItems", 1))

    def _object(self, kind: Schema) -> dict[str, Any]:
        """What it needs; where it needs nothing, its first field."""
        fields = kind.get("properties", {})
        needed = kind.get("required") or list(fields)[:1]
        return {name: self._part(fields[name]) for name in needed}

    def _part(self, node: Schema) -> Any:
        return _first(self._own(node), self._made(node))


def examples_of(route: APIRoute) -> Examples:
    """Of all that the route takes."""
    sources: dict[str, dict[str, FieldInfo]] = {}
    for field in get_flat_params(route.dependant):
        info: Any = field.field_info
        sources.setdefault(info.in_.value, {})[field.validation_alias or field.alias] = info
    places: dict[str, Any] = {name: _model(fields) for name, fields in sources.items()}
    if route.body_field is not None:
        places["body"] = (route.body_field.field_info.annotation, ...)
    return Examples(create_model("Request", **places).model_json_schema())


def _model(fields: Mapping[str, FieldInfo]) -> Any:
    """Under names of no meaning, since a parameter's may be one that every model has."""
    aliases = {f"f{number}": alias for number, alias in enumerate(fields)}
    typed: dict[str, Any] = {
        name: (fields[alias].annotation, fields[alias]) for name, alias in aliases.items()
    }
    config = ConfigDict(alias_generator=aliases.__getitem__)
    return create_model("Fields", __config__=config, **typed), ...


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _inside(example: Any, step: int | str) -> Any:
    if isinstance(example, Mapping):
        return example.get(str(step))
    return example[0] if isinstance(example, list) and example else None


def _number(kind: Schema) -> float:
    least: float = kind.get("minimum", kind.get("exclusiveMinimum", 0) + 1)
    most: float = kind.get("maximum", max(1, least))
    return min(max(1, least), most)


def _text(kind: Schema) -> str | None:
    if "format" in kind or "pattern" in kind:
        return _FORMATS.get(kind.get("format", ""))
    most = kind.get("maxLength", len(_WORDS))
    return _WORDS[:most].ljust(kind.get("minLength", 0), "x")
