"""The table of mutations keeps up with the program, its tests and the manual."""

import ast
from collections import Counter

import pytest

from mindspa.settings import PROJECT_ROOT
from tests.mutations.table import DOCUMENT, Mutation, document, functions, read

MUTATIONS = read()


def named(mutation: Mutation) -> str:
    return mutation.name


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_what_is_taken_out_is_there_once_and_leaves_a_program(mutation: Mutation) -> None:
    text = (PROJECT_ROOT / mutation.file).read_text("utf-8")
    mutated = mutation.applied(text)
    assert mutated != text
    if mutation.file.endswith(".py"):
        ast.parse(mutated)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_its_tests_exist(mutation: Mutation) -> None:
    assert mutation.red
    for test in mutation.red:
        file, _, function = test.partition("::")
        assert function in functions(PROJECT_ROOT / file), test


def test_a_name_is_given_once() -> None:
    counted = Counter(mutation.name for mutation in MUTATIONS)
    assert [name for name, times in counted.items() if times > 1] == []


def test_the_manual_lists_them() -> None:
    """`python -m tests.mutations --document` writes it."""
    assert DOCUMENT.read_text("utf-8") == document(MUTATIONS)
