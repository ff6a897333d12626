"""Whatever is wrong with a field of the API, the example in the error is accepted in its place."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app.routes import ROUTERS
from app.web.examples import Examples, examples_of
from app.web.raw_route import RawRoute
from app.web.validation import field_issues

Loc = tuple[int | str, ...]

WRONG: list[object] = [
    None,
    True,
    7,
    -1,
    10**30,
    1e30,
    1.5,
    "",
    "x y",
    "x" * 300_000,
    [],
    {},
    [[]],
    {"?": 1},
]
WRONG_IN_ADDRESSES = ["", "x y", "?", "-1", "1.5", "9" * 30, "2026-01-01", "x" * 1000]
MARK = "; for example "
TELL_BY_THEMSELVES = {"literal_error", "enum", "value_error", "assertion_error", "contradiction"}


def routes_of(router: Any) -> Iterator[APIRoute]:
    for each in router.routes:
        inner = getattr(each, "original_router", None)
        if isinstance(inner, APIRouter):
            yield from routes_of(inner)
        elif isinstance(each, APIRoute) and not isinstance(each, RawRoute):
            yield each


ROUTES = [route for router in ROUTERS for route in routes_of(router)]
BODIES = [route for route in ROUTES if route.body_field is not None]


def fields_below(examples: Examples, loc: Loc) -> Iterator[Loc]:
    for name in examples.names(loc):
        inside = (*loc, name)
        yield inside
        first = (*inside, 0)
        if examples.names(first):
            inside = first
        yield from fields_below(examples, inside)


def with_value(examples: Examples, loc: Loc, value: object) -> Any:
    """A body that has everything down to `loc`."""
    body = copy.deepcopy(examples.of(("body",)))
    spot, at = body, loc[:1]
    for step in loc[1:-1]:
        at = (*at, step)
        if isinstance(spot, dict) and spot.get(step) is None:
            spot[step] = copy.deepcopy(examples.of(at))
        spot = spot[step]
    spot[loc[-1]] = value
    return body


def faults(field: Any, value: object, loc: Loc) -> list[dict[str, Any]]:
    """What the framework finds wrong, as it hands it over."""
    found: list[dict[str, Any]] = field.validate(
        value, {}, loc=loc[:1] if loc[0] == "body" else loc
    )[1]
    return found


def example_for(fault: dict[str, Any], examples: Examples) -> str | None:
    [issue] = field_issues(RequestValidationError([fault]), examples)
    _, mark, example = issue.issue.partition(MARK)
    return example if mark else None


def names_fields(fault: dict[str, Any], examples: Examples) -> bool:
    [issue] = field_issues(RequestValidationError([fault]), examples)
    return " has the fields " in issue.issue


def test_there_are_bodies_and_parameters() -> None:
    assert len(BODIES) > 10
    assert len(ROUTES) > len(BODIES)


@pytest.mark.parametrize("route", BODIES, ids=lambda route: f"{route.name}")
def test_in_bodies(route: APIRoute) -> None:
    examples = examples_of(route)
    assert not faults(route.body_field, examples.of(("body",)), ("body",))
    for loc in fields_below(examples, ("body",)):
        for wrong in WRONG:
            for fault in faults(route.body_field, with_value(examples, loc, wrong), loc):
                if fault["loc"] != loc or fault["type"] in TELL_BY_THEMSELVES:
                    continue
                told = example_for(fault, examples)
                if told is None and names_fields(fault, examples):
                    continue
                assert told is not None, fault
                mended = with_value(examples, loc, json.loads(told))
                left = faults(route.body_field, mended, loc)
                assert not [each for each in left if each["loc"][: len(loc)] == loc], told


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.name}")
def test_in_addresses_and_headers(route: APIRoute) -> None:
    examples = examples_of(route)
    for field in get_flat_params(route.dependant):
        info: Any = field.field_info
        loc = (info.in_.value, field.alias)
        many = examples.limits(loc) == (None, None) and isinstance(examples.of(loc), list)
        for wrong in WRONG_IN_ADDRESSES:
            for fault in faults(field, [wrong] if many else wrong, loc):
                if fault["type"] not in TELL_BY_THEMSELVES:
                    told = example_for(fault, examples)
                    assert told is not None, fault
                    assert not faults(field, [told] if many else told, loc), told
