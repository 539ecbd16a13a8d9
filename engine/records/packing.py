"""Vectors as the records keep them: little-endian float32."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Bytes of one value.
VALUE_SIZE = 4
_FLOAT32 = "<f4"


def pack(vector: NDArray[np.float32]) -> bytes:
    """A vector as the records keep it."""
    return vector.astype(_FLOAT32).tobytes()


def unpack(vectors: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
    """Kept vectors as float32 [len(vectors), dimension]."""
    joined = np.frombuffer(b"".join(vectors), dtype=_FLOAT32).reshape(len(vectors), dimension)
    return joined.astype(np.float32, copy=False)
