"""Words as they are found: folded alike in products and questions, bounded, and never a syntax of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.search_terms import LONGEST_WORD, MOST_ASKED, asked, fold, stem, terms, words
from tests.support.events import texts


def said(text: str) -> str:
    return terms(name=text, sku=None, attributes={}, description="")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE"),
        ("Straße", "strasse"), ("Łódź", "lodz"), ("ﬁne", "fine"), ("\uff21\uff11", "a1"), ("Ærø", "aero"),
        ("İzmir", "izmir"), ("e\u0301te\u0301", "ete"), ("ΣΊΣΥΦΟΣ", "σισυφος"), ("\u0131", "i"),
    ],
)  # fmt: skip
def test_what_readers_take_for_the_same_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_words_are_parted_as_their_scripts_part_them() -> None:
    assert words("Brass-kettle, 1.5l (new!)") == ["brass", "kettle", "1", "5l", "new"]
    assert words("पीतल की केतली") == ["पीतल", "की", "केतली"]
    assert words("銅のケトル") == list("銅のケトル")
    assert words("--- !?") == []


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("kettles", "kettle"), ("boxes", "box"), ("berries", "berry"), ("glass", "glass"), ("bus", "bus"), ("gas", "gas")],
)
def test_plurals_are_found_by_their_singular(plural: str, singular: str) -> None:
    assert stem(plural) == singular


def test_names_weigh_more_than_descriptions() -> None:
    found = terms(name="Kettle", sku="K-1", attributes={"metal": "brass"}, description="Boils")
    assert "'kettle':1A" in found
    assert "'metal':4C" in found
    lexemes = found.split()
    assert {"'boils'", "'boil'", "'=kettle'", "'^k'", "'^ke'", "'^ket'"} <= {*lexemes}
    assert not {"'^bo'", "'=boils'", "'^kett'"} & {*lexemes}


def test_the_last_word_may_go_on() -> None:
    question = asked("Brass kett")
    assert question is not None
    assert question.anywhere == "'brass' & 'kett':*"
    assert question.in_name == "'=brass' & '=kett':*"


def test_of_few_letters_only_beginnings_of_names_are_found() -> None:
    question = asked("ke")
    assert question is not None
    assert question == ("('ke' | '^ke')", "'^ke'")


def test_without_words_there_is_no_question() -> None:
    assert asked("!?&|:*()") is None


def test_a_question_has_no_end_of_words_but_a_bound() -> None:
    question = asked(" ".join(f"w{n}" for n in range(1_000)))
    assert question is not None
    assert question.anywhere.count("&") == MOST_ASKED - 1


@given(texts(20_000))
def test_whatever_is_said_stays_within_bounds(text: str) -> None:
    assert all(len(word) <= LONGEST_WORD for word in words(text))
    assert len(said(text).encode()) < 1_000_000


@given(st.text(max_size=200))
def test_no_word_has_a_sign_that_a_query_would_read(text: str) -> None:
    assert not set("'\\ \x00&|!:*()<>^=") & set("".join(words(text)))
