from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classifier import artifact
from classifier.classify import Classifier
from classifier.errors import InputError, ModelError
from training.saving import check_room, save


def test_numbers_that_are_not_finite_are_never_written(tiny_folder: Path, tmp_path: Path) -> None:
    manifest, arrays = artifact.load(tiny_folder)
    bias = arrays["second.output_bias"].copy()
    bias[0] = np.nan
    with pytest.raises(ModelError, match=r"second\.output_bias holds numbers that are not finite"):
        save(tmp_path / "m", manifest, {**arrays, "second.output_bias": bias})
    assert not (tmp_path / "m").exists()


FULL = """
import resource, signal, sys
from pathlib import Path
from classifier import artifact
from classifier.errors import InputError
from training.saving import save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
found = artifact.load(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    save(Path(sys.argv[2]), *found)
except InputError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit on the size of files here")
def test_a_disk_that_fills_leaves_the_old_model_whole(tiny_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "m"
    artifact.save(output, *artifact.load(tiny_folder))
    command = [sys.executable, "-c", FULL, str(tiny_folder), str(output)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    assert "the model cannot be written (File too large)" in ran.stdout
    assert sorted(file.name for file in output.iterdir()) == [artifact.MANIFEST, artifact.WEIGHTS]
    assert len(Classifier.load(output).classify("It rained. It snowed."))


def test_where_nothing_can_be_written_is_known_before(tmp_path: Path) -> None:
    check_room(tmp_path / "deep" / "below" / "model")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check_room(tmp_path / "file" / "model")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if not os.access(closed, os.W_OK):  # root may write anywhere
        with pytest.raises(InputError, match="may not be written to"):
            check_room(closed / "model")
