"""With the key file away and the database stopped, half an envelope opens nothing, and both halves open their own."""

from pathlib import Path

import pytest

from tests.databases import DIALECTS
from tests.safety.envelopes_apart import hold, lived


@pytest.mark.long(45)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_neither_half_opens_anything_alone(tmp_path: Path, dialect: str) -> None:
    came = lived(dialect, tmp_path, participants=8, wrong=2, sample=2)
    hold(came, participants=8, wrong=2)
    assert came.line().startswith("envelopes: 8, on-call half alone: 0, code alone: 0, both: 8 of 64 pairs, each")
