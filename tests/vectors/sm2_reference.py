"""SM2 with SM3 written out from GB/T 32918.2-2016, for test vectors only.

Slow, not constant in time, and its nonces are derived from key and message so that the vectors come out the same each
time. Never sign anything real with it.
"""

import hashlib

from cryptography.hazmat.primitives import hashes

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Point = tuple[int, int] | None


def sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def _add(p: Point, q: Point) -> Point:
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def multiply(k: int, point: Point = G) -> Point:
    result: Point = None
    while k:
        if k & 1:
            result = _add(result, point)
        point, k = _add(point, point), k >> 1
    return result


def sign(scalar: bytes, message: bytes, signer_id: bytes = b"1234567812345678", nonce: int | None = None) -> bytes:
    """r ‖ s. `nonce` is given only by the national example."""
    d = int.from_bytes(scalar, "big")
    x, y = multiply(d)
    parts = (A, B, *G, x, y)
    z = sm3((8 * len(signer_id)).to_bytes(2, "big") + signer_id + b"".join(n.to_bytes(32, "big") for n in parts))
    e = int.from_bytes(sm3(z + message), "big")
    k = nonce or int.from_bytes(hashlib.sha512(b"TEST ONLY nonce" + scalar + message).digest(), "big") % (N - 1) + 1
    r = (e + multiply(k)[0]) % N
    s = pow(1 + d, -1, N) * (k - r * d) % N
    assert r and s and r + k != N
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
