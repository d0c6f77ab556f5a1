"""How long the disk takes to make a small write safe: what every commit waits for."""

import os
import time
from pathlib import Path

WRITES, BYTES = 500, 8192


def fsync_times(folder: Path) -> list[float]:
    """Seconds of each of WRITES appends of BYTES bytes, from the write to the end of fdatasync, in `folder`."""
    path, block, times = folder / "fsync", bytes(BYTES), []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        for _ in range(WRITES):
            before = time.monotonic()
            os.write(file, block)
            os.fdatasync(file)
            times.append(time.monotonic() - before)
    finally:
        os.close(file)
        path.unlink()
    return times
