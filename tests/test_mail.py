"""Every message that an act may send has its words."""

import ast

from irt.mail import MESSAGES
from tests.house.sources import python_sources


def sent_kinds() -> set[str]:
    """The first argument of every `act.send(...)` in the service."""
    return {
        str(node.args[0].value)
        for source in python_sources("irt")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "send"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "act"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_message_has_its_words() -> None:
    assert sent_kinds() == set(MESSAGES)
