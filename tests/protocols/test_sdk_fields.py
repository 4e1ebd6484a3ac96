"""The comparison of an SDK's types with ours tells what is missing and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Required, TypedDict

import pytest
from protocols.sdk_fields import unknown_fields
from pydantic import BaseModel, ConfigDict, Field, RootModel


class Leaf(TypedDict, total=False):
    text: Required[str]
    colour: str | None


class Tree(TypedDict, total=False):
    leaves: Required[Iterable[Leaf]]
    labels: Mapping[str, Leaf]
    root: Tree
    kind: Literal["oak"]


class OurLeaf(BaseModel):
    text: str


class OurTree(BaseModel):
    leaves_: Annotated[list[OurLeaf], Field(alias="leaves")]
    labels: dict[str, OurLeaf] | None = None
    kind: str | None = None


class Open(BaseModel):
    __module__ = "mockserver.somewhere"
    model_config = ConfigDict(extra="allow")


class Trees(RootModel[list[OurTree]]):
    pass


def test_what_the_sdk_has_and_we_have_not_is_told_by_its_place() -> None:
    assert unknown_fields(Tree, OurTree) == {"leaves[].colour", "labels{}.colour", "root"}


@pytest.mark.parametrize("ours", [Open, dict[str, Any], Any])
def test_an_open_contract_knows_everything(ours: Any) -> None:
    assert unknown_fields(Tree, ours) == set()


def test_the_variants_of_a_union_are_taken_together() -> None:
    assert unknown_fields(Leaf | Tree, OurLeaf | OurTree) == {
        "colour",
        "leaves[].colour",
        "labels{}.colour",
        "root",
    }


def test_the_values_of_an_open_mapping_are_known() -> None:
    class Free(OurTree):
        leaves_: Any = Field(alias="leaves")
        labels: dict[str, Any] | None = None
        root: Open

    assert unknown_fields(Tree, Free) == set()


def test_a_root_model_is_what_it_holds() -> None:
    assert unknown_fields(list[Tree], Trees) == {"[].leaves[].colour", "[].labels{}.colour", "[].root"}


def test_an_exception_is_not_told_but_one_that_is_none_is() -> None:
    listed = ("leaves[].colour", "labels{}.colour", "root", "kind")

    assert unknown_fields(Tree, OurTree, listed=listed) == {"-kind"}
