"""`python -m tests.masking`: the canary run on both databases, its figures printed; exit status 1 if anything leaks."""

import sys
import tempfile
from pathlib import Path

from tests.masking.canary import run
from tests.postgres import PostgresServer


def main() -> int:
    """Run and print."""
    leaks = 0
    for server in (None, PostgresServer()):
        with tempfile.TemporaryDirectory(prefix="irt-canary-") as folder:
            try:
                found = run(Path(folder), server)
            finally:
                if server:
                    server.remove()
        print(found)
        for line in [
            *found.found,
            *found.crawled.failed,
            *found.said_wrongly,
            *found.once.kept,
            *found.passed_over,
            *map(str, found.missed.items() if any(found.missed.values()) else ()),
        ]:
            print(f"  LEAK, FAULT OR MISS: {line}")
            leaks += 1
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
