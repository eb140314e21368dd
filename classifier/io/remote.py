"""Files elsewhere (``s3://``, ``https://``, ``memory://`` ...), through fsspec. Needs the extra ``remote``.

Which protocols there are, and how one is let in, is fsspec's affair: it wants a package for most of them (s3fs for
``s3://``) and finds credentials where that package looks for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from io import BufferedIOBase
from typing import Any, BinaryIO, cast

from ..errors import InputError

_BLOCK = 1 << 22  # bytes asked for at once


def is_folder(path: str) -> bool:
    """Tell whether an address is a folder; one that ends with a slash is. Raises OSError."""
    system, inner = _system(path)
    return path.endswith("/") or bool(_asked(system.isdir, inner))


def entries(path: str, avoid: Collection[str] = ()) -> Iterator[tuple[str, str, int]]:
    """Yield address, relative path (empty where ``path`` is a file) and size of each file, in order; raises OSError."""
    system, inner = _system(path)
    if not is_folder(path):
        yield path, "", int(_asked(system.info, inner).get("size") or 0)
        return
    root = inner.rstrip("/")
    found = _asked(system.find, root, detail=True)
    for name in sorted(found):
        relative = name[len(root) :].lstrip("/")
        address = f"{path.rstrip('/')}/{relative}"
        if address not in avoid and not any(address.startswith(f"{other.rstrip('/')}/") for other in avoid):
            yield address, relative, int(found[name].get("size") or 0)


def opened(path: str) -> BufferedIOBase:
    """Open a file to read; it can be read in any order where its server lets it. Raises OSError."""
    system, inner = _system(path)
    return _Reading(_asked(system.open, inner, "rb", block_size=_BLOCK))


class _Reading(BufferedIOBase):
    """A file whose errors are OSError, whatever its protocol calls them."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return bytes(_asked(self._file.read, -1 if size is None else size))

    def read1(self, size: int = -1, /) -> bytes:
        return self.read(size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return int(_asked(self._file.seek, offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        self._file.close()
        super().close()


class Writing:
    """A file on its way; under its name it appears, whole, by ``commit``."""

    def __init__(self, path: str) -> None:
        """Raise OSError where it cannot be made."""
        self._system, self._inner = _system(path)
        folder, _, name = self._inner.rpartition("/")
        _asked(self._system.makedirs, folder, exist_ok=True)
        # A store in memory has a file as soon as it is opened; others have it when they are told to.
        self._renamed = f"{folder}/.{name}-{os.urandom(8).hex()}.tmp" if "memory" in self._system.protocol else ""
        self._file = _asked(self._system.open, self._renamed or self._inner, "wb", autocommit=False)

    @property
    def closed(self) -> bool:
        """Whether it can no longer be written to."""
        return bool(self._file.closed)

    def write(self, data: bytes) -> int:
        """Append ``data``; raises OSError."""
        return int(_asked(self._file.write, data) or len(data))

    def tell(self) -> int:
        """Return how many bytes there are."""
        return int(self._file.tell())

    def flush(self) -> None:
        """Do nothing: bytes go when there are enough of them."""

    def close(self) -> None:
        """Send what is left; raises OSError."""
        _asked(self._file.close)

    def commit(self) -> None:
        """Give the file its name; raises OSError."""
        if self._renamed:
            _asked(self._system.mv, self._renamed, self._inner)
        else:
            _asked(self._file.commit)

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            _asked(self._system.rm, self._renamed) if self._renamed else _asked(self._file.discard)


def created(path: str) -> BinaryIO:
    """Return a file to write; raises OSError."""
    return cast(BinaryIO, Writing(path))


def _system(path: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError:
        raise InputError(path, "needs the package fsspec: pip install newswinnow[remote]") from None
    return cast("tuple[Any, str]", _asked(fsspec.core.url_to_fs, path))


def _asked(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call; every protocol has errors of its own, which become OSError."""
    try:
        return call(*args, **options)
    except FileNotFoundError:
        raise OSError("no such file or directory") from None
    except OSError:
        raise
    except ImportError as error:
        raise OSError(str(error).splitlines()[0]) from None
    except Exception as error:
        raise OSError(str(error).splitlines()[0] if str(error) else type(error).__name__) from None
