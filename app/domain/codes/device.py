"""Keys that a device holds: a signature server (签名验签服务器, GM/T 0029) or a cryptographic card (密码卡, GM/T 0018).

This is the place where one is attached. The program knows a key's name in the device and its public half; it asks for
signatures and never has the private key. `app/store/signature_device.py` speaks to one.
"""

from dataclasses import dataclass
from typing import Protocol

from app.domain.errors import Refused

MAGIC = b"JCM-DEVICE-1\0"  # what is stored in the place of a private key
_POINT = 64


class DeviceError(Exception):
    """The device does not answer or refuses."""


class Device(Protocol):
    """What is asked of a device. All raise DeviceError."""

    def status(self) -> str:
        """What the device calls itself; for `doctor`."""
        ...

    def generate(self, purpose: str) -> tuple[str, bytes]:
        """A new SM2 key in the device: its name there and its public half, x ‖ y. `purpose` is a hint for people."""
        ...

    def sign(self, name: str, message: bytes) -> bytes:
        """r ‖ s of SM2 over SM3(Z ‖ message), with the usual signer id."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class HeldKey:
    """An SM2 key in a device. `point` is its public half, x ‖ y."""

    name: str
    point: bytes
    device: Device

    @classmethod
    def generate(cls, device: Device, purpose: str) -> "HeldKey":
        """Raises Refused("signature_device_failed")."""
        try:
            name, point = device.generate(purpose)
        except DeviceError as error:
            raise failed(error) from error
        return cls(name, point, device)

    def sign(self, message: bytes) -> bytes:
        """Raises Refused("signature_device_failed")."""
        try:
            return self.device.sign(self.name, message)
        except DeviceError as error:
            raise failed(error) from error

    def stored(self) -> bytes:
        """What is kept here: which key of the device it is; no secret."""
        return MAGIC + self.point + self.name.encode()


def held_key(stored: bytes, device: Device | None) -> HeldKey | None:
    """The key that `stored` names; None where it is a private key itself. Raises Refused where no device is attached."""
    if not stored.startswith(MAGIC):
        return None
    if device is None:
        raise failed("none is attached (JCM_SIGNATURE_DEVICE)")
    rest = stored[len(MAGIC) :]
    return HeldKey(rest[_POINT:].decode(), rest[:_POINT], device)


def failed(problem: object) -> Refused:
    """Nothing was signed and nothing stored: what a person is told, with the reason for operators."""
    return Refused("signature_device_failed", problem=str(problem))
