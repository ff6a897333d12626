"""Evaluates small Python expressions on their syntax tree: whole numbers, arithmetic, comparisons,
`and`, `or`, `not`, and `if … else`. There are no names but those given, and no calls."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

_LONGEST = 300
_LARGEST = 1_000_000

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Unusable(Exception):
    """It isn't such an expression, or has no value."""


def evaluate(text: str, given: Mapping[str, int]) -> int | bool:
    """The value of `text` where the names are those `given`. Raises `Unusable`."""
    if len(text) > _LONGEST:
        raise Unusable
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return _value(tree.body, given)
    except (SyntaxError, ValueError, KeyError, ZeroDivisionError, RecursionError, MemoryError):
        raise Unusable from None


def _value(node: ast.expr, given: Mapping[str, int]) -> int | bool:
    def value(inner: ast.expr) -> int | bool:
        return _value(inner, given)

    match node:
        case ast.Constant(value=int(constant)) if constant <= _LARGEST:
            found: int | bool = constant
        case ast.Name(id=name):
            found = given[name]
        case ast.BinOp(left=left, op=op, right=right):
            found = _BINARY[type(op)](value(left), value(right))
        case ast.UnaryOp(op=sign, operand=operand):
            found = _UNARY[type(sign)](value(operand))
        case ast.BoolOp(op=ast.And(), values=parts):
            found = all(value(part) for part in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            found = any(value(part) for part in parts)
        case ast.IfExp(test=test, body=body, orelse=other):
            found = value(body) if value(test) else value(other)
        case ast.Compare(left=first, ops=ops, comparators=rest):
            terms = [value(each) for each in (first, *rest)]
            pairs = zip(ops, terms, terms[1:], strict=False)
            found = all(_COMPARED[type(sign)](a, b) for sign, a, b in pairs)
        case _:
            raise Unusable
    return found
