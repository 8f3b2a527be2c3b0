"""Words as they are searched: marks, case, gaps in numbers and defanged links make no difference."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.searching import MOST_TERMS, document, query


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5 (said, tokenize = 'unicode61 remove_diacritics 0')")
        yield connection


def finds(index: sqlite3.Connection, said: str, asked: str) -> bool:
    expression = query(asked)
    assert expression is not None
    index.execute("DELETE FROM words")
    index.execute("INSERT INTO words VALUES (?)", (document([said]),))
    return bool(index.execute("SELECT count(*) FROM words WHERE words MATCH ?", (expression,)).fetchone()[0])


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Tôi bị LỪA ĐẢO qua mạng", "lua dao"),
        ("Tôi bị lừa đảo", "Lừa đảo"),
        ("Tôi bị lu\u031b\u0300a đảo", "lừa"),
        ("gọi từ 0912 345 678", "0912345678"),
        ("gọi từ +84 912.345.678", "0912 345 678"),
        ("gọi từ 0912345678", "+84912345678"),
        ("chuyển vào stk 1903 5678 9012", "190356789012"),
        ("chuyển vào stk 190356789012", "1903 5678 9012"),
        ("bấm https://nhan-qua.vidu.example/abc", "nhan-qua.vidu.example"),
        ("bấm https://nhan-qua.vidu.example/abc", "hxxps://nhan-qua[.]vidu[.]example".removeprefix("hxxps://")),
        ("mã SC-2026-000123 cũ", "SC-2026-000123"),
        ("Cổng dịch vụ công của xã", "dich vu xa"),
    ],
)
def test_it_is_found_however_it_is_written(index: sqlite3.Connection, said: str, asked: str) -> None:
    assert finds(index, said, asked)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Tôi bị lừa tiền", "lừa đảo"),
        ("gọi từ 0912 345 679", "0912345678"),
        ("vidu.example", "vidu.example.com"),
        ("dao và lừa", '"lừa dao"'),
    ],
)
def test_it_is_not_found_where_it_was_not_said(index: sqlite3.Connection, said: str, asked: str) -> None:
    assert not finds(index, said, asked)


@pytest.mark.parametrize("nothing", ["", "   ", "…!?", '""', "---", "()*"])
def test_what_holds_no_word_is_no_query(nothing: str) -> None:
    assert query(nothing) is None


@given(st.text(max_size=300))
def test_no_letter_of_a_person_is_an_operator(index: sqlite3.Connection, text: str) -> None:
    expression = query(text)
    if expression is not None:
        index.execute("SELECT count(*) FROM words WHERE words MATCH ?", (f"{{said}} : ({expression})",)).fetchall()
        assert expression.count('"') <= 2 * MOST_TERMS


@given(st.text(max_size=300))
def test_what_was_said_is_found_by_its_own_first_words(index: sqlite3.Connection, text: str) -> None:
    asked = " ".join(text.split()[:2])
    if query(asked) is not None and not any(letter.isdigit() for letter in text):
        assert finds(index, text, asked)
