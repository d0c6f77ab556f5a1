"""Reading the code as the house tests do: files in the repository, and what a module's names stand for."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the repository's root, with slashes, and its text."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        """The dotted name: `irt/gate/__init__.py` is `irt.gate`."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The package under `irt` that the file belongs to: `gate` for `irt/gate/perform.py`."""
        return self.module.split(".")[1] if "." in self.module else ""

    def imports(self) -> Iterator[tuple[int, str, str]]:
        """Every import as line, the full dotted name it asks for, and the name it has here; relative ones resolved.

        `import a.b` asks for `a.b` and brings the name `a`, written here as "".
        """
        here = self.module.split(".")
        parent = here if self.path.endswith("/__init__.py") else here[:-1]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name, alias.asname or ""
            elif isinstance(node, ast.ImportFrom):
                above = parent[: len(parent) - node.level + 1] if node.level else []
                origin = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    yield node.lineno, f"{origin}.{alias.name}", alias.asname or alias.name

    @cached_property
    def meaning(self) -> dict[str, str]:
        """What each imported name stands for: `{"now_is": "datetime.datetime"}`."""
        return {here: full for _, full, here in self.imports() if here}

    def named(self, node: ast.expr) -> str:
        """The dotted name of an expression with imports resolved, "" where it is no plain name."""
        if isinstance(node, ast.Name):
            return self.meaning.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            left = self.named(node.value)
            return f"{left}.{node.attr}" if left else f"?.{node.attr}"
        return ""


def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def python_sources(folder: str) -> list[Source]:
    """The Python files of a folder that are in the repository."""
    files = [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]
