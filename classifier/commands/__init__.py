"""The commands of ``winnow``, one a file; they translate between options and the library, nothing more."""

from __future__ import annotations

import os

from ..workers import ONE_THREAD

# --jobs N means N cores. NumPy reads this when it is loaded, which is after this and before any judging.
for _name, _threads in ONE_THREAD.items():
    os.environ.setdefault(_name, _threads)
