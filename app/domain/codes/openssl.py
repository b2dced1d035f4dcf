"""SM2 signatures of the system's OpenSSL 3 through its EVP interface (man 7 EVP_PKEY-SM2, EVP_SIGNATURE-SM2).

`cryptography` has SM3 but no SM2, and its own OpenSSL cannot be reached. Debian's Python itself needs libcrypto, so it
is there wherever this platform runs, on every processor. The nonce comes from OpenSSL's generator. Why not a package:
docs/decisions/.
"""

import ctypes
import ctypes.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from app.domain.codes.suite import KeyFormatError

_OPENSSL_3 = 0x30000000
_Pointer = ctypes.c_void_p
_Bytes = ctypes.c_char_p
_Size = ctypes.c_size_t
_NO_ENGINE = None
# name: (result, arguments); what is used and no more.
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "d2i_AutoPrivateKey": (_Pointer, [_Pointer, ctypes.POINTER(_Bytes), ctypes.c_long]),
    "d2i_PUBKEY": (_Pointer, [_Pointer, ctypes.POINTER(_Bytes), ctypes.c_long]),
    "i2d_PUBKEY": (ctypes.c_int, [_Pointer, _Pointer]),
    "EVP_PKEY_free": (None, [_Pointer]),
    "EVP_PKEY_CTX_new": (_Pointer, [_Pointer, _Pointer]),
    "EVP_PKEY_CTX_free": (None, [_Pointer]),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, [_Pointer, _Bytes, _Size]),
    "EVP_MD_CTX_new": (_Pointer, []),
    "EVP_MD_CTX_free": (None, [_Pointer]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [_Pointer, _Pointer]),
    "EVP_sm3": (_Pointer, []),
    "EVP_DigestSignInit": (ctypes.c_int, [_Pointer, _Pointer, _Pointer, _Pointer, _Pointer]),
    "EVP_DigestVerifyInit": (ctypes.c_int, [_Pointer, _Pointer, _Pointer, _Pointer, _Pointer]),
    "EVP_DigestSign": (ctypes.c_int, [_Pointer, _Bytes, ctypes.POINTER(_Size), _Bytes, _Size]),
    "EVP_DigestVerify": (ctypes.c_int, [_Pointer, _Bytes, _Size, _Bytes, _Size]),
    "EVP_PKEY_encrypt_init": (ctypes.c_int, [_Pointer]),
    "EVP_PKEY_encrypt": (ctypes.c_int, [_Pointer, _Bytes, ctypes.POINTER(_Size), _Bytes, _Size]),
    "EVP_PKEY_decrypt_init": (ctypes.c_int, [_Pointer]),
    "EVP_PKEY_decrypt": (ctypes.c_int, [_Pointer, _Bytes, ctypes.POINTER(_Size), _Bytes, _Size]),
    "ERR_clear_error": (None, []),
}


class SuiteUnavailable(KeyFormatError):
    """This machine has no OpenSSL 3 with SM2; keys of the suite are as good as unknown here."""


def sign(private_der: bytes, signer_id: bytes, message: bytes) -> bytes:
    """The DER signature of `message`. Raises SuiteUnavailable, KeyFormatError."""
    lib = _library()
    with _key(lib.d2i_AutoPrivateKey, private_der) as key, _context(key, signer_id, lib.EVP_DigestSignInit) as context:
        size = _Size(80)  # a DER signature of two 32-byte numbers has at most 72
        signature = ctypes.create_string_buffer(size.value)
        if lib.EVP_DigestSign(context, signature, ctypes.byref(size), message, len(message)) != 1:
            raise KeyFormatError("this key does not sign")
        return signature.raw[: size.value]


def verify(public_der: bytes, signer_id: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the DER signature holds. Raises SuiteUnavailable, KeyFormatError."""
    lib = _library()
    with _key(lib.d2i_PUBKEY, public_der) as key, _context(key, signer_id, lib.EVP_DigestVerifyInit) as context:
        return bool(lib.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1)


def public_der(private_der: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a PKCS #8 or SEC 1 private key. Raises SuiteUnavailable, KeyFormatError."""
    lib = _library()
    with _key(lib.d2i_AutoPrivateKey, private_der) as key:
        return _spki(lib, key)


def checked_public_der(der: bytes) -> bytes:
    """`der` again, if it is a key whose point lies on its curve. Raises SuiteUnavailable, KeyFormatError."""
    lib = _library()
    with _key(lib.d2i_PUBKEY, der) as key:
        return _spki(lib, key)


def encrypt(public_der: bytes, plain: bytes) -> bytes:
    """SM2 encryption with SM3. Raises SuiteUnavailable, KeyFormatError."""
    lib = _library()
    with _key(lib.d2i_PUBKEY, public_der) as key:
        return _crypted(key, lib.EVP_PKEY_encrypt_init, lib.EVP_PKEY_encrypt, plain)


def decrypt(private_der: bytes, sealed: bytes) -> bytes:
    """The plain bytes. Raises SuiteUnavailable, KeyFormatError."""
    lib = _library()
    with _key(lib.d2i_AutoPrivateKey, private_der) as key:
        return _crypted(key, lib.EVP_PKEY_decrypt_init, lib.EVP_PKEY_decrypt, sealed)


def _crypted(key: int, initialise: Callable[..., int], crypt: Callable[..., int], data: bytes) -> bytes:
    lib = _library()
    context = lib.EVP_PKEY_CTX_new(key, _NO_ENGINE)
    try:
        size = _Size(0)
        if initialise(context) != 1 or crypt(context, None, ctypes.byref(size), data, len(data)) != 1:
            raise KeyFormatError("not an SM2 key, or not sealed for one")
        out = ctypes.create_string_buffer(size.value)
        if crypt(context, out, ctypes.byref(size), data, len(data)) != 1:
            raise KeyFormatError("not sealed for this key, or changed")
        return out.raw[: size.value]
    finally:
        lib.EVP_PKEY_CTX_free(context)


@cache
def _library() -> ctypes.CDLL:
    for name in ("libcrypto.so.3", ctypes.util.find_library("crypto")):
        try:
            lib = ctypes.CDLL(name) if name else None
            if lib and lib.OpenSSL_version_num() >= _OPENSSL_3:
                return _declared(lib)
        except (OSError, AttributeError):
            continue
    raise SuiteUnavailable("no OpenSSL 3 with SM2 on this machine")


def _declared(lib: ctypes.CDLL) -> ctypes.CDLL:
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


def _spki(lib: ctypes.CDLL, key: int) -> bytes:
    size = lib.i2d_PUBKEY(key, None)
    buffer = ctypes.create_string_buffer(max(size, 0))
    if size <= 0 or lib.i2d_PUBKEY(key, ctypes.byref(_Pointer(ctypes.addressof(buffer)))) != size:
        raise KeyFormatError("this key has no public half")
    return buffer.raw


@contextmanager
def _key(decode: Callable[..., int | None], der: bytes) -> Iterator[int]:
    lib = _library()
    key = decode(None, ctypes.byref(_Bytes(der)), len(der))
    try:
        if not key:
            raise KeyFormatError("not a key")
        yield key
    finally:
        lib.EVP_PKEY_free(key)
        lib.ERR_clear_error()  # the queue is the thread's: Python's ssl would find our errors in it


@contextmanager
def _context(key: int, signer_id: bytes, initialise: Callable[..., int]) -> Iterator[int]:
    """A digest context over SM3 for a key, with the signer id set explicitly: OpenSSL's default is an empty one."""
    lib = _library()
    key_context, context = lib.EVP_PKEY_CTX_new(key, _NO_ENGINE), lib.EVP_MD_CTX_new()
    try:
        if lib.EVP_PKEY_CTX_set1_id(key_context, signer_id, len(signer_id)) != 1:
            raise KeyFormatError("not an SM2 key")
        lib.EVP_MD_CTX_set_pkey_ctx(context, key_context)
        if initialise(context, None, lib.EVP_sm3(), None, key) != 1:
            raise KeyFormatError("not an SM2 key")
        yield context
    finally:
        lib.EVP_MD_CTX_free(context)
        lib.EVP_PKEY_CTX_free(key_context)
