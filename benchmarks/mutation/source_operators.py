"""Operators on a provider's source: the classical ones of mutation testing, at every node where they fit.

Names, docstrings, annotations, ``__all__`` and protocols stay as they are, since nobody runs them, and so do the data
that a service starts with.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType
from typing import Any

from benchmarks.mutation.mutant import Mutant
from benchmarks.servers import ROOT

__all__ = ["source_mutants"]

_MODULES = {
    "world": (
        "providers.world.app",
        "providers.world.worlds",
        "demonstration.validated",
        "providers.world.people_client",
    ),
    "people": ("providers.people.app", "demonstration.validated"),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}

_DATA = "_FIRST"
"""What a demonstration's service holds when it starts: data, of which no contract says anything."""

Made = tuple[str, ast.AST]
_Way = tuple[tuple[str, int | None], ...]


def source_mutants(provider: str) -> Iterator[Mutant]:
    """All of them, at every site where they fit."""
    for module in _MODULES[provider]:
        file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
        text = file.read_text("utf-8")
        tree = ast.parse(text)
        for path, node in _sites(tree):
            for operator, made in _made(node):
                before = " ".join(ast.unparse(node).split())
                after = " ".join(_text(made).split())
                if before == after:
                    continue
                site = f"{module}:{getattr(node, 'lineno', 0)} {_cut(before)} -> {_cut(after)}"
                code = partial(_compiled, tree, path, made, str(file))
                yield Mutant(provider, "source", operator, site, module=module, code=code)


def _sites(tree: ast.Module) -> Iterator[tuple[_Way, ast.AST]]:
    """Every node that runs, with the way to it: names of fields and indices."""
    stack: list[tuple[_Way, ast.AST]] = [((), tree)]
    while stack:
        path, node = stack.pop(0)
        if path:
            yield path, node
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "bases", "ctx", "op", "ops"}:
                continue
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.AST) and not _is_still(child):
                    stack.append(((*path, (name, index if isinstance(value, list) else None)), child))


def _is_still(node: ast.AST) -> bool:
    """Whether nothing of it runs in a way that anybody could see."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.ClassDef) and any(isinstance(one, ast.Name) and one.id == "Protocol" for one in node.bases):
        return True
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in {"__all__", _DATA}
    ):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "warning":
        return True
    return isinstance(node, ast.Import | ast.ImportFrom | ast.arg)


def _made(node: ast.AST) -> Iterator[Made]:
    for type_, operator in _OPERATORS:
        if isinstance(node, type_):
            yield from operator(node)


def _comparison(node: ast.Compare) -> Iterator[Made]:
    for index, one in enumerate(node.ops):
        for other in _COMPARISONS[type(one)]:
            changed = copy.deepcopy(node)
            changed.ops[index] = other()
            yield "comparison changed", changed


def _constant(node: ast.Constant) -> Iterator[Made]:
    value = node.value
    if isinstance(value, bool):
        yield "constant turned", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant one more", ast.Constant(value + 1)
        yield "constant one less", ast.Constant(value - 1)
    elif isinstance(value, str) and value:
        yield "text changed", ast.Constant(f"{value}x")
        yield "text emptied", ast.Constant("")


def _condition(node: ast.If | ast.IfExp) -> Iterator[Made]:
    changed = copy.deepcopy(node)
    if isinstance(changed.test, ast.NamedExpr):
        return  # what follows needs the value
    changed.test = ast.UnaryOp(ast.Not(), changed.test)
    yield "condition negated", changed


def _boolean(node: ast.BoolOp) -> Iterator[Made]:
    changed = copy.deepcopy(node)
    changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and for or", changed
    for index in range(len(node.values)):
        rest = [one for place, one in enumerate(node.values) if place != index]
        yield "operand dropped", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _negation(node: ast.UnaryOp) -> Iterator[Made]:
    if isinstance(node.op, ast.Not):
        yield "negation dropped", node.operand


def _arithmetic(node: ast.BinOp) -> Iterator[Made]:
    other = {ast.Add: ast.Sub(), ast.Sub: ast.Add(), ast.Mult: ast.Add()}.get(type(node.op))
    if other is not None and not any(isinstance(one, ast.Constant) and isinstance(one.value, str)
                                     for one in (node.left, node.right)):  # fmt: skip
        yield "arithmetic changed", ast.BinOp(node.left, other, node.right)


def _function(node: ast.FunctionDef) -> Iterator[Made]:
    for index, one in enumerate(node.decorator_list):
        if isinstance(one, ast.Name) and one.id in {"classmethod", "staticmethod", "property", "contextmanager"}:
            continue
        changed = copy.deepcopy(node)
        del changed.decorator_list[index]
        yield "decorator dropped", changed


def _return(node: ast.Return) -> Iterator[Made]:
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return
    yield "None returned", ast.Return(ast.Constant(None))
    if isinstance(node.value, ast.Tuple):
        for index in range(1, len(node.value.elts)):
            rest = [one for place, one in enumerate(node.value.elts) if place != index]
            yield "part of a return dropped", ast.Return(rest[0] if len(rest) == 1 else ast.Tuple(rest, ast.Load()))
        if len(node.value.elts) == 2:
            yield "return values swapped", ast.Return(ast.Tuple(node.value.elts[::-1], ast.Load()))


def _statement(_: ast.stmt) -> Iterator[Made]:
    yield "statement dropped", ast.Pass()


def _slice(node: ast.Subscript) -> Iterator[Made]:
    if isinstance(node.slice, ast.Slice):
        yield "slice dropped", node.value


def _dictionary(node: ast.Dict) -> Iterator[Made]:
    for index in range(len(node.keys)):
        changed = copy.deepcopy(node)
        del changed.keys[index], changed.values[index]
        yield "entry dropped", changed


def _call(node: ast.Call) -> Iterator[Made]:
    for index in range(len(node.keywords)):
        changed = copy.deepcopy(node)
        del changed.keywords[index]
        yield "argument dropped", changed
    for index in range(len(node.args) - 1):
        changed = copy.deepcopy(node)
        changed.args[index], changed.args[index + 1] = changed.args[index + 1], changed.args[index]
        yield "arguments swapped", changed
    if isinstance(node.func, ast.Name) and node.func.id in {"sorted", "max", "int", "frozenset"} and node.args:
        yield "call dropped", node.args[0]


def _comprehension(node: ast.ListComp) -> Iterator[Made]:
    for index, one in enumerate(node.generators):
        for place in range(len(one.ifs)):
            changed = copy.deepcopy(node)
            del changed.generators[index].ifs[place]
            yield "filter dropped", changed


def _arms(node: ast.IfExp) -> Iterator[Made]:
    yield "only the first arm", node.body
    yield "only the second arm", node.orelse


_OPERATORS: tuple[tuple[Any, Callable[[Any], Iterator[Made]]], ...] = (
    (ast.Compare, _comparison),
    (ast.Constant, _constant),
    (ast.If | ast.IfExp, _condition),
    (ast.BoolOp, _boolean),
    (ast.UnaryOp, _negation),
    (ast.BinOp, _arithmetic),
    (ast.FunctionDef, _function),
    (ast.Return, _return),
    (ast.Expr | ast.If | ast.AugAssign | ast.Delete | ast.Raise, _statement),
    (ast.Subscript, _slice),
    (ast.Dict, _dictionary),
    (ast.Call, _call),
    (ast.ListComp, _comprehension),
    (ast.IfExp, _arms),
)


def _replaced(tree: ast.Module, path: _Way, made: Any) -> ast.Module:
    changed = copy.deepcopy(tree)
    parent: Any = changed
    for name, index in path[:-1]:
        parent = getattr(parent, name) if index is None else getattr(parent, name)[index]
    name, index = path[-1]
    if index is None:
        setattr(parent, name, copy.deepcopy(made))
    else:
        getattr(parent, name)[index] = copy.deepcopy(made)
    return ast.fix_missing_locations(changed)


def _compiled(tree: ast.Module, path: _Way, made: ast.AST, file: str) -> CodeType:
    """
    :raises SyntaxError: an operator has made what is no Python; such a mutant does not start.
    """
    return compile(_replaced(tree, path, made), file, "exec")


def _text(made: Any) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(made)))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
