"""Noise that a rerun repeats and that nobody without the key can work out.

Drawn anew on every run, noise would vanish in the mean of a few reruns; drawn from the study's seed, which
stands in the manifest, it could be taken off again. So it follows from the key of the pseudonyms and from all
that it hides: the same night of the same log gives the same noise. Another log, another date and another
scale give noise that has nothing to do with it: two figures that differ by a known multiple of one draw would
give the truth away. HMAC-SHA512, since pseudonyms are HMAC-SHA256 under the same key and are published: no
user id, however chosen, makes one of them a draw.
"""

import hashlib
import hmac
import json
import math
from typing import Any

from scipy.special import ndtri

PURPOSE = b"allot: noise of published aggregates"


class KeyedNoise:
    """Draws for one set of figures; the same name gives the same draw."""

    def __init__(self, key: bytes, hidden: Any) -> None:
        """key: of the pseudonyms. hidden: all that the noise is to depend on, exact figures included, as
        values that JSON knows."""
        text = json.dumps(hidden, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        self._key = hmac.digest(hmac.digest(key, PURPOSE, "sha512"), text.encode(), "sha512")

    @property
    def version(self) -> str:
        """Names the set: another one has other noise. Tells nothing of what is hidden."""
        return hashlib.sha512(self._key).hexdigest()[:16]

    def laplace(self, name: str, scale: float) -> float:
        """Density exp(-|x| / scale) / (2 scale)."""
        share = self._uniform(name) - 0.5
        return -math.copysign(scale * math.log1p(-2 * abs(share)), share)

    def gaussian(self, name: str, scale: float) -> float:
        """Of standard deviation `scale`."""
        return scale * float(ndtri(self._uniform(name)))

    def _uniform(self, name: str) -> float:
        """Above 0 and below 1, in steps of 2^-52."""
        first = hmac.digest(self._key, name.encode(), "sha512")[:8]
        return ((int.from_bytes(first, "big") >> 12) + 0.5) / 2**52
