"""Files and functions stay small enough to read in one go, and public functions say what they promise."""

import ast
from collections.abc import Iterator
from statistics import median

from tests.house.sources import Source, python_sources

MEDIAN_LINES, FILE_LINES, FUNCTION_LINES = 120, 400, 70
# A ratchet: what is larger than allowed, at its present number of lines. Numbers fall and entries go; none is added.
LARGER: dict[str, int] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_large(source: Source) -> Iterator[tuple[str, int]]:
    """The file and each function that is over its limit, as name and number of lines."""
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        yield source.path, lines
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{source.path}:{node.name}", length


def silent_or_untyped(source: Source) -> Iterator[str]:
    """Public functions of a module without a docstring; public functions and methods with a type missing."""
    for owner in [source.tree, *(node for node in source.tree.body if isinstance(node, ast.ClassDef))]:
        if owner is not source.tree and owner.name.startswith("_"):  # type: ignore[union-attr]
            continue
        for node in owner.body:
            if not isinstance(node, Function) or node.name.startswith("_"):
                continue
            if owner is source.tree and not ast.get_docstring(node):
                yield f"{source.path}:{node.lineno} {node.name} has no docstring"
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            untyped = [arg.arg for arg in given if not arg.annotation and arg.arg not in {"self", "cls"}]
            if untyped or node.returns is None:
                yield f"{source.path}:{node.lineno} {node.name} lacks types: {', '.join(untyped) or 'its result'}"


def sources() -> list[Source]:
    return [*python_sources("irt"), *python_sources("tests")]


def test_files_and_functions_are_small() -> None:
    assert dict(found for source in sources() for found in too_large(source)) == LARGER


def test_the_median_file_is_short() -> None:
    lengths = [length for source in python_sources("irt") if (length := len(source.text.splitlines())) > 3]
    assert not lengths or median(lengths) <= MEDIAN_LINES


def test_public_functions_are_typed_and_say_what_they_promise() -> None:
    assert [finding for source in python_sources("irt") for finding in silent_or_untyped(source)] == []


def test_what_is_too_large_is_found() -> None:
    long_function = "def draw():\n" + "    x = 1\n" * 70
    assert dict(too_large(Source("irt/a.py", long_function))) == {"irt/a.py:draw": 71}
    assert dict(too_large(Source("irt/a.py", "x = 1\n" * 401))) == {"irt/a.py": 401}
    assert dict(too_large(Source("irt/a.py", "def draw():\n" + "    x = 1\n" * 69 + "y = 1\n" * 330))) == {}


def test_what_is_silent_or_untyped_is_found() -> None:
    text = 'def a(x) -> None:\n    "Says."\n\n\ndef b() -> int:\n    return 1\n\n\n'
    text += "class C:\n    def d(self, y: int):\n        ...\n"
    assert list(silent_or_untyped(Source("irt/a.py", text))) == [
        "irt/a.py:1 a lacks types: x",
        "irt/a.py:5 b has no docstring",
        "irt/a.py:10 d lacks types: its result",
    ]
    assert list(silent_or_untyped(Source("irt/a.py", "def _own(x):\n    return x\n"))) == []
