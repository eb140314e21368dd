from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from invented import page

from classifier.errors import InputError
from training.checkpoints import Checkpoints
from training.config import TrainingConfig
from training.gather import Material
from training.search import FROM_BASE, FROM_NOTHING, candidates, check_how, cross_validate

QUICK = TrainingConfig(hidden=4, epochs=3, folds=2, first_iterations=5, crops=0.0)


def material(count: int = 8) -> Material:
    towns = ("Orrin", "Belesh", "Korva", "Tarn", "Dolna", "Lesk", "Varda", "Milen")
    rows = [
        page(
            i,
            (f"The council of {towns[i]} met on Monday and counted {i} boats.", "reporting"),
            (f"What a shame for {towns[i]}, I hate it!", "opinion"),
            site=f"s{i // 2}",
        )
        for i in range(count)
    ]
    return Material(rows)


def test_every_document_is_judged_once_by_a_model_that_did_not_see_its_group() -> None:
    (found,) = cross_validate(material(), [replace(QUICK, groups="site")], 4)
    assert found.folds == 4 and sorted(d.id for d in found.verdicts.documents) == list(range(8))
    assert found.verdicts.tables.sum() == sum(len(d.text.split()) for d in material().documents)
    record = found.to_record()
    assert 0 < record["macro_f1"] <= 1 and record["groups"] == "site" and set(record["f1"]) == {"opinion", "reporting"}
    assert cross_validate(material(), [replace(QUICK, groups="site")], 9)[0].folds == 4


def test_jobs_change_nothing_and_what_was_kept_is_not_done_again(tmp_path: Path) -> None:
    said: list[str] = []
    kept = Checkpoints(tmp_path)
    configs = [QUICK, replace(QUICK, alpha=0.1)]
    one = cross_validate(material(), configs, 2, say=lambda line, done: said.append(line), kept=kept)
    assert said[-1] == "cross-validation: 4 of 4 models"
    said.clear()
    again = cross_validate(material(), configs, 2, say=lambda line, done: said.append(line), kept=kept)
    apart = cross_validate(material(), configs, 2, n_jobs=2)
    assert not said
    for a, b, c in zip(one, again, apart, strict=True):
        assert (a.verdicts.calls.proba == b.verdicts.calls.proba).all() and a.macro_f1 == b.macro_f1
        assert (a.verdicts.calls.proba == c.verdicts.calls.proba).all()


def test_a_label_that_one_fold_alone_bears_is_judged_as_well() -> None:
    some = material()
    rare = page(99, ("A shame for all the boats of the bay!", "opinion"), ("lol no way", "comment"))
    (found,) = cross_validate(replace(some, documents=[*some.documents, rare]), [QUICK], 3)
    assert found.verdicts.labels == ("comment", "opinion", "reporting") and found.to_record()["f1"]["comment"] == 0


def test_candidates_hold_what_was_given_first_and_each_once() -> None:
    quick, many, full = (candidates(how, QUICK, from_base=False) for how in ("quick", "3", "full"))
    assert quick[0] == many[0] == full[0] == QUICK and len(quick) == 7 and len(many) == 4
    size = 1
    for values in FROM_NOTHING.values():
        size *= len(values)
    assert len(full) == size + 1 and len({str(config) for config in full}) == len(full)
    assert candidates("quick", QUICK, from_base=False) == quick
    based = candidates("full", QUICK, from_base=True)
    assert {config.epochs for config in based} == {QUICK.epochs} and len({c.crops for c in based}) == len(
        FROM_BASE["crops"]
    )


@pytest.mark.parametrize("how", ["some", "0", "-1", ""])
def test_a_search_that_makes_no_sense_is_said(how: str) -> None:
    with pytest.raises(InputError, match="quick, full or a number"):
        check_how(how)
