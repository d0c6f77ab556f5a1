"""Texts of how the list was made and proved, of masking, and of the appendix."""

TRUST: dict[str, tuple[str, str]] = {}
