"""The door through which every word leaves: escaping, optional lines, values inside values, moments, languages."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import At, Lines, Listed, Texts, Value, Word

FORMATS = {"format.date": "dd/MM/y", "format.time": "HH:mm", "format.moment": "HH:mm 'ngày' dd/MM/y"}
MORNING = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


def show(template: str, language: str = "vi", more: dict[str, str] | None = None, **values: Value) -> str:
    return Texts({"vi": FORMATS | {"it": template} | (more or {})}).render(language, "it", values)


def show_plain(template: str, **values: Value) -> str:
    return Texts({"vi": FORMATS | {"it": template}}).plain("vi", "it", values)


def test_a_value_cannot_bring_markup() -> None:
    assert show("<b>{x}</b>", x="<i>&\"'") == "<b>&lt;i&gt;&amp;&quot;&#x27;</b>"


@given(st.text())
def test_whatever_a_person_writes_comes_out_as_it_was_written(text: str) -> None:
    said = show("<b>{x}</b>", x=text)[len("<b>") : -len("</b>")]
    assert "<" not in said
    assert html.unescape(said) == text


@given(st.text())
def test_plain_text_keeps_a_value_as_it_is(text: str) -> None:
    assert show_plain("[{x}]", x=text) == f"[{text}]"


def test_plain_text_has_neither_tags_nor_escapes_of_its_own() -> None:
    assert show_plain('<b>A &amp; B</b> <a href="{u}">đây</a>: {x}', u="https://a", x="<c>") == "A & B đây: <c>"


def test_doubled_braces_are_braces() -> None:
    assert show("{{{x}}}", x=1) == "{1}"


@pytest.mark.parametrize("empty", [None, "", Listed([]), Lines([None, ""])])
def test_an_optional_line_falls_away_when_its_value_is_empty(empty: Value) -> None:
    assert show("đầu\n?Đơn vị: {x}\ncuối", x=empty) == "đầu\ncuối"


def test_an_optional_line_shows_without_its_mark() -> None:
    assert show("?Đơn vị: {x}", x="Sở A") == "Đơn vị: Sở A"


def test_an_ordinary_line_stays_when_its_value_is_empty() -> None:
    assert show("Đơn vị: {x}.", x=None) == "Đơn vị: ."


def test_an_optional_paragraph_takes_its_blank_line_along() -> None:
    assert show("đầu\n\n?{x}\n\ncuối\n\n?{x}", x=None) == "đầu\n\ncuối"


def test_blank_lines_of_a_person_are_kept() -> None:
    assert show("kể:\n{x}", x="a\n\n\nb") == "kể:\na\n\n\nb"


def test_moments_are_shown_on_the_clock_of_hanoi() -> None:
    assert show("{x}", x=At(MORNING)) == "08:30 ngày 22/11/2026"


def test_a_day_ends_at_midnight_in_hanoi() -> None:
    assert show("{x}", x=At(datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "date")) == "01/01/2027"


@pytest.mark.parametrize(
    ("style", "shown"), [("date", "22/11/2026"), ("time", "08:30"), ("moment", "08:30 ngày 22/11/2026")]
)
def test_a_placeholder_may_say_how_a_moment_is_shown(style: str, shown: str) -> None:
    assert show(f"{{x:{style}}}", x=At(MORNING, "date")) == shown


def test_english_writes_moments_and_numbers_in_its_own_way() -> None:
    texts = Texts.load()
    ours = {language: texts.source(language, "format.moment") for language in texts.languages}
    texts = Texts({language: {"format.moment": ours[language], "it": "{x} {n:number}"} for language in ours})
    values: dict[str, Value] = {"x": At(MORNING), "n": 1234567}
    assert texts.render("en", "it", values) == "08:30, 22 Nov 2026 1,234,567"
    assert texts.render("vi", "it", values) == "08:30 ngày 22/11/2026 1.234.567"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        At(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is refused


def test_numbers_are_bare_unless_asked() -> None:
    assert show("{x} {x:number}", x=2026) == "2026 2.026"


def test_a_value_may_be_another_text_with_values_of_its_own() -> None:
    more = {"kind.a": "<i>loại</i> {n}"}
    assert show("{x}", more=more, x=Word("kind.a", n="<1>")) == "<i>loại</i> &lt;1&gt;"


def test_lists_join_with_commas_and_lines_with_bullets() -> None:
    more = {"w": "từ"}
    assert show("{x}", more=more, x=Listed(["a", None, Word("w"), 3])) == "a, từ, 3"
    assert show("{x}", more=more, x=Lines(["a", Listed(["b", "<"]), ""])) == "• a\n• b, &lt;"


@pytest.mark.parametrize("value", [Word("kind.a", n=1), At(MORNING, "time"), Listed(["a", None]), Lines([Word("b")])])
def test_values_survive_the_outbox(value: dict[str, Any]) -> None:
    assert json.loads(json.dumps(value)) == value


def test_a_language_falls_back_to_vietnamese_whole() -> None:
    texts = Texts(
        {
            "vi": FORMATS | {"it": "Lúc {x}: {w}", "w": "có"},
            "en": {"format.moment": "HH:mm, d MMM y", "w": "yes"},
        }
    )
    values: dict[str, Value] = {"x": At(MORNING), "w": Word("w")}
    assert texts.render("en", "it", values) == "Lúc 08:30 ngày 22/11/2026: có"
    assert texts.render("en", "w") == "yes"
    assert texts.render("km", "w") == "có"


def test_values_that_no_placeholder_wants_are_ignored() -> None:
    assert show("a", x="b") == "a"


def test_a_missing_text_is_named() -> None:
    with pytest.raises(KeyError, match=r"kind\.none"):
        Texts({"vi": {}}).render("vi", "kind.none", {"x": "chuyện riêng"})


def test_a_missing_value_is_named_even_on_an_optional_line() -> None:
    with pytest.raises(KeyError, match="agency"):
        show("?{agency} {secret}", secret="chuyện riêng")


@pytest.mark.parametrize(
    "wrong", [True, 1.5, {"html": "<b>chuyện riêng</b>"}, {"at": "chuyện riêng"}, ["chuyện riêng"]]
)
def test_a_value_of_no_known_kind_is_named_but_never_quoted(wrong: Any) -> None:
    with pytest.raises(TypeError, match="named x") as caught:
        show("{x}", x=wrong)
    assert "riêng" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_moment_style_wants_a_moment() -> None:
    with pytest.raises(TypeError, match="named x"):
        show("{x:date}", x="22/11/2026")


@pytest.mark.parametrize("broken", ["{", "}", "{x", "{X}", "{x:loud}", "{}", "?không có gì để chờ"])
def test_a_template_that_does_not_parse_stops_the_start(broken: str) -> None:
    with pytest.raises(ValueError, match="it has"):
        Texts({"vi": {"it": broken}})


def test_files_of_a_language_become_one_catalogue_of_dotted_keys(tmp_path: Path) -> None:
    (tmp_path / "vi").mkdir()
    (tmp_path / "vi" / "a.toml").write_text('[kind.scam_loss]\nlabel = "Lừa"\n', encoding="utf-8")
    (tmp_path / "vi" / "b.toml").write_text('hello = """\nXin\nchào\n"""\n', encoding="utf-8")
    (tmp_path / "__pycache__").mkdir()
    texts = Texts.load(tmp_path)
    assert texts.languages == ("vi",)
    assert texts.keys("vi") == {"kind.scam_loss.label", "hello"}
    assert texts.render("vi", "hello") == "Xin\nchào"


def test_a_key_in_two_files_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "vi").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "vi" / name).write_text('[menu]\ntitle = "x"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.toml: menu\.title is given twice"):
        Texts.load(tmp_path)


def test_an_entry_that_is_no_text_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "vi").mkdir()
    (tmp_path / "vi" / "a.toml").write_text("[menu]\nlimit = 3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"menu\.limit is not a text"):
        Texts.load(tmp_path)


def test_placeholders_are_told_by_name() -> None:
    texts = Texts({"vi": {"it": '<a href="{url}">{name}</a>\n?{at:date} {{x}}'}})
    assert texts.placeholders("en", "it") == {"url", "name", "at"}
