"""The master keys: a file of named keys, mode 0600, under which the data keys of recordings are wrapped (AES-256-GCM).

A new key is made with `add` and is current from then on. Turning over re-wraps data keys; no audio is touched. Keys
that are lost cannot be made again, nor can what was sealed under them be opened.
"""

import json
import os
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording.keeping.sealing import KEY
from recording.keeping.wrapped import Wrapped

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_NONCE = 12


class KeysError(Exception):
    """The file of keys cannot be used."""

    id = "recording-keys-unusable"


class KeyMissing(KeysError):
    """A recording is sealed under a key that the file does not have."""

    id = "recording-key-missing"


class KeyWrong(KeysError):
    """A key of the right name does not open what was sealed under that name."""

    id = "recording-key-wrong"


class KeyNameTaken(KeysError):
    """There is a key of that name, or its name does not fit."""

    id = "recording-key-name"


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The keys by name, and the current one's name, empty where there is none."""

    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    current: str = ""

    def new(self, file: str) -> tuple[bytes, Wrapped]:
        """A new data key for this file, open and wrapped. Raises KeyMissing where there is no key at all."""
        data_key = secrets.token_bytes(KEY)
        return data_key, self._wrap(data_key, file)

    def unwrap(self, wrapped: Wrapped, file: str) -> bytes:
        """The data key of this file. Raises KeyMissing, KeyWrong."""
        master = self._master(wrapped.key)
        try:
            sealed = b64decode(wrapped.text, validate=True)
            return AESGCM(master).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(wrapped.key, file))
        except (InvalidTag, Error, ValueError):
            raise KeyWrong(
                f"key {wrapped.key} does not open {file}: another key of that name, or the entry was changed"
            ) from None

    def turn_over(self, wrapped: Wrapped, file: str) -> Wrapped:
        """The same data key under the current master key."""
        return self._wrap(self.unwrap(wrapped, file), file)

    def _wrap(self, data_key: bytes, file: str) -> Wrapped:
        if not self.current:
            raise KeyMissing("there is no key to seal recordings under; `callcenter recordings keys add` makes one")
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._master(self.current)).encrypt(nonce, data_key, _bound(self.current, file))
        return Wrapped(self.current, b64encode(nonce + sealed).decode())

    def _master(self, name: str) -> bytes:
        if name not in self.keys:
            raise KeyMissing(f"the file of keys has no key {name}; expected it, recordings are sealed under it")
        return self.keys[name]


def read_keys(file: Path) -> MasterKeys:
    """The keys in this file; none where there is no file. Raises KeysError, never with anything of a key in it."""
    try:
        if file.stat().st_mode & 0o077:
            raise KeysError(f"{file} can be read by others: expected a file of mode 0600")
        said = json.loads(file.read_text("utf-8"))
        keys = {name: b64decode(text, validate=True) for name, text in said["keys"].items()}
        current = said["current"]
    except FileNotFoundError:
        return MasterKeys()
    except OSError as error:
        raise KeysError(f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysError(f"{file} is no file of keys: expected what `callcenter recordings keys add` writes") from None
    if current not in keys or any(len(key) != KEY for key in keys.values()):
        raise KeysError(f"{file}: expected keys of {KEY} bytes, and the current one among them")
    return MasterKeys(keys, current)


def add_key(file: Path, name: str) -> MasterKeys:
    """Make a key of this name, current from now on. Raises KeysError, KeyNameTaken, OSError."""
    known = read_keys(file)
    if not NAME.fullmatch(name) or name in known.keys:
        raise KeyNameTaken(f"key {name!r}: expected a new name of small letters, figures and dashes")
    return _write(file, MasterKeys({**known.keys, name: secrets.token_bytes(KEY)}, name))


def remove_key(file: Path, name: str) -> MasterKeys:
    """Forget the key of this name; whoever calls has seen to it that nothing is sealed under it. Raises KeysError,
    OSError."""
    known = read_keys(file)
    if name not in known.keys or name == known.current:
        raise KeyMissing(f"key {name!r}: expected one of the file that is not the current one")
    return _write(file, MasterKeys({one: key for one, key in known.keys.items() if one != name}, known.current))


def _write(file: Path, keys: MasterKeys) -> MasterKeys:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(
        {"current": keys.current, "keys": {name: b64encode(key).decode() for name, key in keys.keys.items()}}, indent=1
    )
    unfinished = file.with_name(file.name + ".part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as sink:
        sink.write(text + "\n")
        sink.flush()
        os.fsync(sink.fileno())
    unfinished.replace(file)
    return keys


def _bound(key: str, file: str) -> bytes:
    return f"{key}\n{file}".encode()
