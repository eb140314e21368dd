from __future__ import annotations

from dataclasses import replace

import pytest
from invented import page

from classifier.errors import InputError
from training.corpus import LabelledDocument
from training.groups import groups_of


def pages(count: int, sites: int) -> list[LabelledDocument]:
    made = [page(i, (f"In town number {i} the council counted {i * 7} boats.", "reporting")) for i in range(count)]
    return [replace(d, site=f"site{i % sites}", meta={"desk": i % 3}) for i, d in enumerate(made)]


def test_many_sites_are_groups_and_few_are_not() -> None:
    many = groups_of(pages(40, 20))
    assert len(set(many)) == 20 and many[0] == many[20]
    assert len(set(groups_of(pages(40, 2)))) == 40
    assert len(set(groups_of(pages(40, 20), "document"))) == 40


def test_any_field_makes_groups_and_what_lacks_it_stands_alone() -> None:
    some = pages(12, 4)
    some[0] = replace(some[0], meta={})
    names = groups_of(some, "desk")
    assert len(set(names)) == 4 and names[1] == names[4] and names[0] not in names[1:]
    assert len(set(groups_of(some, "source"))) == 1
    with pytest.raises(InputError, match="field 'author'"):
        groups_of(some, "author")


def test_twins_share_a_group_whatever_it_goes_by() -> None:
    long = "The harbour master said on Friday that all four cranes would stand idle until the storm had passed the bay."
    one, other = page("a", (f"{long} Ships wait outside the port.", "reporting")), page("b", (long, "reporting"))
    third = page("c", ("Something else entirely happened in the hills above the town last night.", "reporting"))
    names = groups_of([one, other, third], "document")
    assert names[0] == names[1] != names[2]
