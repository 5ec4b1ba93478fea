"""Names of collections: what people write is what is kept, but for the one without a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import JudianError
from index.naming import DEFAULT, chosen_collections, kept_collection, shown_collection


@given(st.text(min_size=1).map(str.strip).filter(lambda name: name != DEFAULT))
def test_a_name_is_kept_as_it_is_shown(name: str) -> None:
    assert kept_collection(shown_collection(name)) == name


def test_the_collection_without_a_name_has_one_for_people() -> None:
    assert shown_collection("") == "默认"
    assert kept_collection(" 默认 ") == ""


def test_each_chosen_collection_counts_once_in_order() -> None:
    assert chosen_collections(["合同", "默认", "合同"], ["", "合同", "政策"]) == ["合同", ""]


def test_nothing_chosen_means_all() -> None:
    assert chosen_collections([], ["", "合同"]) == []


def test_an_unknown_collection_is_told_with_those_that_exist() -> None:
    with pytest.raises(JudianError, match=r"没有叫 档案 的文档集。现有：默认、合同"):
        chosen_collections(["合同", "档案"], ["", "合同"])
