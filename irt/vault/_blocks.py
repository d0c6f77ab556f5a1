"""Permuted blocks of random sizes from one secret seed: algorithm "irt-blocks-1" (pure NumPy).

Per stratum: key = HKDF-SHA256(seed, info = "irt-blocks-1|" + stratum); ChaCha20 (RFC 8439) gives two streams of
little-endian 64-bit words, nonce 1 for block sizes and nonce 2 for the order within blocks. A word picks a size by
rejection, without modulo bias; the arms of a block are laid out in order and sorted by the words of their places.
A tie between two 64-bit words, which a stable sort would settle by arm, has probability under 1e-15 per block.
The last block is cut at the number of slots. The list depends on nothing else, on any machine.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from irt.vault._design import ALGORITHM, Design, check_design
from irt.vault._key import derive_from

__all__ = ["SEED_BYTES", "Design", "StratumList", "check_design", "generate"]

SEED_BYTES = 32
_SIZE_STREAM = 1
_ORDER_STREAM = 2


@dataclass(frozen=True, repr=False, eq=False)
class StratumList:
    """One stratum's list: the arm index (int8) and the block number from 0 (int32) of each slot, in order."""

    arms: npt.NDArray[np.int8]
    blocks: npt.NDArray[np.int32]

    def __repr__(self) -> str:
        return f"<sealed list of {len(self.arms)} slots>"


def generate(design: Design, seed: bytes) -> dict[str, StratumList]:
    """Return each stratum's list; the same design and 32-byte seed give the same lists on every machine.

    Raises ValueError when the design has mistakes (listed by `check_design`) or the seed has another length.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed is exactly {SEED_BYTES} bytes")
    if mistakes := check_design(design):
        raise ValueError("design: " + "; ".join(f"{key}: {problem}; {remedy}" for key, problem, remedy in mistakes))
    return {stratum: _one_stratum(design, seed, stratum) for stratum in design.strata}


def _one_stratum(design: Design, seed: bytes, stratum: str) -> StratumList:
    key = derive_from(seed, f"{ALGORITHM}|{stratum}")
    sizes = _draw_sizes(design, key)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    words = _words(key, _ORDER_STREAM, 0, int(ends[-1]))
    arms = np.empty(int(ends[-1]), dtype=np.int8)
    share = sum(design.ratio)
    for size in set(design.block_sizes):
        places = starts[sizes == size][:, None] + np.arange(size)
        laid_out = np.repeat(np.arange(len(design.ratio), dtype=np.int8), [r * (size // share) for r in design.ratio])
        arms[places] = laid_out[np.argsort(words[places], axis=1, kind="stable")]
    blocks = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return StratumList(arms[: design.slots].copy(), blocks[: design.slots].copy())


def _draw_sizes(design: Design, key: bytes) -> npt.NDArray[np.int64]:
    weights = np.array(design.weights or (1,) * len(design.block_sizes), dtype=np.int64)
    bounds, total = np.cumsum(weights), int(weights.sum())
    below = (2**64 // total) * total  # words at or above it would favour the first sizes
    enough = -(-design.slots // min(design.block_sizes)) + 8
    sizes = np.empty(0, dtype=np.int64)
    read = 0
    while int(sizes.sum()) < design.slots:
        words = _words(key, _SIZE_STREAM, read, enough)
        read += enough
        if below < 2**64:
            words = words[words < np.uint64(below)]
        drawn = np.searchsorted(bounds, (words % np.uint64(total)).astype(np.int64), side="right")
        sizes = np.concatenate([sizes, np.array(design.block_sizes, dtype=np.int64)[drawn]])
    return sizes[: int(np.searchsorted(np.cumsum(sizes), design.slots, side="left")) + 1]


def _words(key: bytes, stream: int, skip: int, count: int) -> npt.NDArray[np.uint64]:
    """Return `count` 64-bit words of one ChaCha20 stream, from word `skip` on (a key stream block holds 8 words)."""
    block, within = divmod(skip, 8)
    nonce = block.to_bytes(4, "little") + stream.to_bytes(12, "little")
    encryptor = Cipher(ChaCha20(key, nonce), mode=None).encryptor()
    stream_bytes = encryptor.update(bytes(8 * (within + count)))
    return np.frombuffer(stream_bytes, dtype="<u8")[within:].astype(np.uint64, copy=False)
