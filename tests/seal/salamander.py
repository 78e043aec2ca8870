"""
A ciphertext of AES-GCM that opens without an error under two keys: an invisible salamander.

GCM encrypts by adding a key stream, and authenticates with GHASH, a polynomial over GF(2^128) in a
value that follows from the key (NIST SP 800-38D). Where both are known, as they are to whoever made
the keys, one block of the ciphertext can be chosen so that the tag is right under both: the
condition is linear in it. Dodis, Grubbs, Ristenpart and Woodage, "Fast Message Franking: From
Invisible Salamanders to Encryptment", CRYPTO 2018, section 3.
"""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK = 16
_POLYNOMIAL = 0xE1 << 120  # x^128 + x^7 + x^2 + x + 1, its bits in GCM's order (SP 800-38D, 6.3)


def times(one: int, other: int) -> int:
    """The product in GF(2^128), by the shifts of SP 800-38D, algorithm 1."""
    product = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            product ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product


def power(base: int, exponent: int) -> int:
    """A power in GF(2^128)."""
    found = 1 << 127  # the one of the field
    while exponent:
        if exponent & 1:
            found = times(found, base)
        base, exponent = times(base, base), exponent >> 1
    return found


def inverse(one: int) -> int:
    """What gives one when multiplied: by Fermat, the power 2^128 - 2."""
    return power(one, 2**128 - 2)


class Half:
    """What GCM makes of one key and one nonce."""

    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._encrypt = Cipher(AES(key), ECB()).encryptor().update
        self.point = int.from_bytes(self._encrypt(bytes(BLOCK)))
        self._nonce = nonce
        self.mask = int.from_bytes(self._stream(1))

    def _stream(self, counter: int) -> bytes:
        return self._encrypt(self._nonce + counter.to_bytes(4))

    def stream(self, place: int) -> bytes:
        """The key stream of the block at this place, from 0."""
        return self._stream(place + 2)

    def tag(self, bound: bytes, blocks: list[bytes]) -> int:
        """The tag of these blocks of ciphertext."""
        found = 0
        for block in hashed(bound, blocks):
            found = times(found ^ int.from_bytes(block), self.point)
        return found ^ self.mask


def hashed(bound: bytes, blocks: list[bytes]) -> list[bytes]:
    """The blocks that GHASH is over: what is bound, the ciphertext, and both lengths in bits."""
    padded = bound + bytes(-len(bound) % BLOCK)
    first = [padded[start : start + BLOCK] for start in range(0, len(padded), BLOCK)]
    sizes = (8 * len(bound)).to_bytes(8) + (8 * BLOCK * len(blocks)).to_bytes(8)
    return [*first, *blocks, sizes]


def salamander(
    keys: tuple[bytes, bytes], nonce: bytes, bound: bytes, texts: tuple[bytes, bytes]
) -> bytes:
    """
    A ciphertext, with its tag, that opens under each key.

    Under the first key it begins with the first text; under the second one the second text follows
    in the place after it. Both are whole blocks. The rest of each is noise, and one block in the
    end is spent on the tag.
    """
    one, other = (Half(key, nonce) for key in keys)
    first, second = (
        [text[start : start + BLOCK] for start in range(0, len(text), BLOCK)] for text in texts
    )
    meant = [*((one, part) for part in first), *((other, part) for part in second)]
    blocks = [
        bytes(a ^ b for a, b in zip(part, half.stream(place), strict=True))
        for place, (half, part) in enumerate(meant)
    ]
    blocks.append(bytes(BLOCK))
    # In each tag the last block is multiplied by the square of the point: once for itself, and once
    # for the lengths behind it. Both tags are equal where difference = block * sum of the squares.
    difference = one.tag(bound, blocks) ^ other.tag(bound, blocks)
    squares = power(one.point, 2) ^ power(other.point, 2)
    blocks[-1] = times(difference, inverse(squares)).to_bytes(BLOCK)
    return b"".join(blocks) + one.tag(bound, blocks).to_bytes(BLOCK)
