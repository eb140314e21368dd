"""The default labels' tints stay apart for eyes that lack a kind of cone (matrices of Machado, Oliveira, Fernandes)."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import classifier.view

CSS = (Path(classifier.view.__file__).parent / "assets" / "page.css").read_text("utf-8")
EYES = {
    "common": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
Floats = NDArray[np.float64]


def shares(code: str) -> Floats:
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def linear(share: Floats) -> Floats:
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(light: Floats) -> Floats:
    x, y, z = np.cbrt(XYZ @ np.clip(light, 0.0005, 1) / np.array([0.9505, 1, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: Floats, other: Floats) -> float:
    darker, lighter = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_on_every_tint(dark: bool) -> None:
    paper, ink = (
        shares(re.findall(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", CSS)[0][dark])
        for name in ("paper", "ink")
    )
    colours = [shares(pair[dark]) for pair in re.findall(r"--c: light-dark\((#\w{6}), (#\w{6})\)", CSS)]
    assert len(colours) == 8
    assert min(contrast(ink, 0.4 * colour + 0.6 * paper) for colour in colours) >= 4.5


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("dark", [False, True])
def test_tints_of_the_default_labels_differ_for_every_eye(eye: str, dark: bool) -> None:
    pairs = re.findall(r"--(?:paper|c): light-dark\((#\w{6}), (#\w{6})\)", CSS)
    paper, *colours = (shares(pair[dark]) for pair in pairs[:5])
    seen = [lab(np.array(EYES[eye]) @ linear(0.4 * colour + 0.6 * paper)) for colour in colours]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 11
