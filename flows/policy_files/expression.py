"""The language of an analyst's rules: comparisons of what is known at a decision, compiled to numpy.

    purchases_30d > 0 and not clicks_search_7d and eligible("video")
    segment == "regulars" or -10 * log(purchase_recency) > 7
    feature("shown_paid social_7d") / max(visits_30d, 1) >= 0.5
    device in ("mobile", "tablet")

Names are the features of the transition table, in its units. A name that is no word stands in
`feature("...")`. A choice of several values, kept as features `segment=x`, is compared with its values.
Text is parsed by Python and then compiled node by node: nothing is known but what stands here, no attribute,
no index, no assignment, no call of anything else. A comparison with an unknown value does not hold.
"""
# ruff: noqa: ARG005 (all parts share one signature; few need all of it)

import ast
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.study_errors import show, suggest
from models.mdp import Feature
from models.policies import Bools, Condition, Features
from sql.errors import StudyError
from sql.hints import listing

LONGEST = 2000
DEEPEST = 50
Number = Callable[[Features, Bools], NDArray[np.float32]]
ARITHMETIC: dict[type[ast.operator], Callable] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
COMPARISONS: dict[type[ast.cmpop], Callable] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: lambda left, right: (left < right) | (left > right),  # unknown values are not unequal
}
FUNCTIONS: dict[str, tuple[Callable, int]] = {
    "abs": (np.abs, 1),
    "exp": (np.exp, 1),
    "log": (np.log, 1),
    "sqrt": (np.sqrt, 1),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
}
"""Name -> (function, number of arguments)."""


def compile_condition(
    text: str, where: str, features: tuple[Feature, ...], actions: tuple[str, ...]
) -> Condition:
    """The condition that `text` says. where: begins every sentence of complaint, as `rules.toml, rule 2`.

    Raises StudyError for anything that is not part of the language, with the nearest known name.
    """
    held = _Compiler(where, features, actions).truth(parse_condition(text, where))

    def condition(x: Features, eligible: Bools) -> Bools:
        with np.errstate(all="ignore"):
            return np.broadcast_to(held(x, eligible), (len(x),)).astype(bool)

    return condition


def parse_condition(text: str, where: str) -> ast.expr:
    """As far as it can be read before any name is known. Raises StudyError where it is no expression."""
    if len(text) > LONGEST:
        raise StudyError(f"{where}: `when` has {len(text)} characters; at most {LONGEST} are read.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise StudyError(f"{where}: `when` is no expression{_place(text.strip(), error)}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise StudyError(f"{where}: `when` cannot be read: {show(text)}.") from None
    _refuse_deep(tree, where)  # first of all: even to name a deep node in a sentence would go down in it
    return tree


def _place(text: str, error: SyntaxError) -> str:
    """Where it stops being one: ` at its character 13: "> 0" of "visits_7d > > 0"`."""
    before = text.splitlines()[: (error.lineno or 1) - 1]
    at = sum(len(line) + 1 for line in before) + max((error.offset or 1) - 1, 0)
    if not text[at:].strip() or not error.offset:  # at the very end there is no sign to point at
        return f": {show(text)} ends too early" if text else ": it is empty"
    return f" at its character {at + 1}: {show(text[at:])}" + (f" of {show(text)}" if at else "")


@dataclass(frozen=True)
class _Compiler:
    """Node by node; `truth` gives yes or no per row, `number` a number per row."""

    where: str
    features: tuple[Feature, ...]
    actions: tuple[str, ...]

    def truth(self, node: ast.expr) -> Condition:
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(value) for value in node.values]
            together = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return lambda x, eligible: together.reduce(
                np.broadcast_arrays(*(part(x, eligible) for part in parts))
            )
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand)
            return lambda x, eligible: np.logical_not(inner(x, eligible))
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            always = np.array(node.value)
            return lambda x, eligible: always
        if _called(node) == "eligible":
            action = self._action(node)
            return lambda x, eligible: eligible[:, action]
        if self._is_flag(node):
            value = self.number(node)
            return lambda x, eligible: value(x, eligible) > 0.5
        self.number(node)  # an unknown name is the better complaint
        raise self._wrong(f"{_shown(node)} is a number; compare it, for example {_shown(node)} > 0.")

    def number(self, node: ast.expr) -> Number:
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name) or _called(node) == "feature":
            column = self._column(self._name(node))
            return lambda x, eligible: x[:, column]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self.number(node.operand)
            sign = np.float32(-1 if isinstance(node.op, ast.USub) else 1)
            return lambda x, eligible: sign * inner(x, eligible)
        if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            both = ARITHMETIC[type(node.op)]
            left, right = self.number(node.left), self.number(node.right)
            return lambda x, eligible: both(left(x, eligible), right(x, eligible))
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self._wrong(f"{_shown(node)} is no number; use features, numbers, + - * / and {_functions()}.")

    def _compare(self, node: ast.Compare) -> Condition:
        sides = [node.left, *node.comparators]
        pairs = list(zip(sides, node.ops, sides[1:], strict=False))
        parts = [self._comparison(left, op, right) for left, op, right in pairs]
        return lambda x, eligible: np.logical_and.reduce(
            np.broadcast_arrays(*(part(x, eligible) for part in parts))
        )

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List) or not all(map(_is_text, right.elts)):
                raise self._wrong(f'{_shown(right)} is no list of texts; write for example ("a", "b").')
            return self._choice(left, right.elts, isinstance(op, ast.NotIn))
        if _is_text(left) and not _is_text(right):
            left, right = right, left
        if _is_text(right) and isinstance(op, ast.Eq | ast.NotEq):
            return self._choice(left, [right], isinstance(op, ast.NotEq))
        if type(op) not in COMPARISONS:
            raise self._wrong("compare with <, <=, ==, !=, >=, > or in.")
        compare = COMPARISONS[type(op)]
        a, b = self.number(left), self.number(right)
        return lambda x, eligible: compare(a(x, eligible), b(x, eligible))

    def _choice(self, node: ast.expr, values: list[ast.expr], inverted: bool) -> Condition:
        """`segment == "x"`: the feature `segment=x`."""
        if not (isinstance(node, ast.Name) or _called(node) == "feature"):
            raise self._wrong(f"{_shown(node)} is compared with a text; only a feature can be.")
        name = self._name(node)
        known = {f.name.split("=", 1)[1] for f in self.features if f.name.startswith(f"{name}=")}
        if not known:
            self._column(name)  # complains about an unknown name
            raise self._wrong(f"{show(name)} holds numbers; compare it with one.")
        columns = []
        for value in values:
            text = str(value.value) if isinstance(value, ast.Constant) else ""
            if text not in known:
                others = f"; it has {', '.join(map(show, sorted(known)))}"
                raise self._wrong(f"{show(name)} has no value {show(text)}{suggest(text, known, others)}")
            columns.append(self._column(f"{name}={text}"))
        return lambda x, eligible: (x[:, columns] > 0.5).any(axis=1) != inverted

    def _call(self, node: ast.Call) -> Number:
        name = _called(node)
        if name == "eligible":
            raise self._wrong(f"{_shown(node)} is yes or no, not a number.")
        if name not in FUNCTIONS:
            end = suggest(name, FUNCTIONS, f"; there are {_functions()}")
            raise self._wrong(f"there is no function {show(name or _shown(node.func))}{end}")
        function, count = FUNCTIONS[name]
        if len(node.args) != count or node.keywords:
            raise self._wrong(f"{name} takes {count} number{'s' if count > 1 else ''}, not {_shown(node)}.")
        inner = [self.number(argument) for argument in node.args]
        return lambda x, eligible: function(*(part(x, eligible) for part in inner))

    def _constant(self, node: ast.Constant) -> Number:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self._wrong(f"{_shown(node)} stands where a number belongs.")
        try:
            with np.errstate(over="ignore"):
                value = np.float32(float(node.value))
        except OverflowError:
            value = np.float32(np.inf)
        if not np.isfinite(value):
            raise self._wrong("a number is too large.")
        return lambda x, eligible: np.asarray(value)

    def _name(self, node: ast.expr) -> str:
        return node.id if isinstance(node, ast.Name) else self._argument(node)

    def _argument(self, node: ast.expr) -> str:
        """The text in `feature("...")` or `eligible("...")`."""
        if (
            isinstance(node, ast.Call)
            and len(node.args) == 1
            and not node.keywords
            and _is_text(node.args[0])
        ):
            return str(ast.literal_eval(node.args[0]))
        raise self._wrong(f'{_called(node)} takes one name in quotes, like {_called(node)}("search").')

    def _action(self, node: ast.expr) -> int:
        name = self._argument(node)
        if name not in self.actions:
            others = f"; the actions are {', '.join(map(show, self.actions))}"
            raise self._wrong(f"the logs have no action {show(name)}{suggest(name, self.actions, others)}")
        return self.actions.index(name)

    def _column(self, name: str) -> int:
        names = [feature.name for feature in self.features]
        if name in names:
            return names.index(name)
        values = sorted(other for other in names if other.startswith(f"{name}="))
        if values:
            value = values[0].split("=", 1)[1]
            raise self._wrong(f"{show(name)} is a choice; compare it, like {name} == {show(value)}.")
        known = {*names, *(other.split("=", 1)[0] for other in names)}
        others = f"; the features are {listing(sorted(known), 60)}"
        raise self._wrong(f"there is no feature {show(name)}{suggest(name, known, others)}")

    def _is_flag(self, node: ast.expr) -> bool:
        if not (isinstance(node, ast.Name) or _called(node) == "feature"):
            return False
        feature = self.features[self._column(self._name(node))]
        return feature.unit == "yes/no" or "=" in feature.name

    def _wrong(self, sentence: str) -> StudyError:
        return StudyError(f"{self.where}: `when`: {sentence}")


def _refuse_deep(tree: ast.expr, where: str) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise StudyError(
            f"{where}: `when`: it nests deeper than {DEEPEST} levels; split it into several rules."
        )


def _called(node: ast.expr) -> str:
    """The name of the function a node calls; empty where it calls none by name."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _functions() -> str:
    return ", ".join((*FUNCTIONS, "feature", "eligible"))


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 40 else f"{text[:37]}..."
