"""The guards that verification expects read the same in every process."""

import re
import subprocess
import sys
from pathlib import Path

import irt.tables
from irt.gate import guards

ROOT = Path(__file__).parents[2]
DIGEST = (
    "import irt.tables, hashlib; from irt.gate import guards; x = [object() for _ in range(%d)]; print(hashlib.sha256(\
repr(guards.expected('sqlite')).encode()).hexdigest())"
)


def test_the_keys_of_a_guard_are_in_order_after_the_primary_key() -> None:
    assert "draw" in irt.tables.ALL
    seen = 0
    for guard in guards.expected("sqlite"):
        keys = re.findall(r"EXISTS \(SELECT 1 FROM \w+ WHERE (.*?)\)", guard.statement)[1:]
        assert keys == sorted(keys), guard.name
        seen += len(keys) > 1
    assert seen >= 1


def test_two_processes_expect_the_same_guards() -> None:
    digests = {
        subprocess.run([sys.executable, "-c", DIGEST % size], cwd=ROOT, check=True, capture_output=True).stdout
        for size in (0, 70_000)
    }
    assert len(digests) == 1
