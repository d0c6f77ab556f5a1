"""The operator's folder, as for the command line's own tests."""

from tests.cli.conftest import office

__all__ = ["office"]
