"""Layouts as data: what is asked, what counts as missing, how answers become words and boxes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import forms, vietnamese
from bot.domain.errors import Unclear
from bot.domain.forms import REVIEW
from bot.domain.papers import Chosen, Hour, PaperError, Sheet, Stationery, read_layout, ticked
from bot.domain.questions import Known, Pressed, Said
from bot.domain.replies import Act

KNOWN = Known(datetime(2026, 11, 22, 1, 30, tzinfo=UTC))
LAYOUT = """
name = "Mẫu thử"
from = 2026-01-01
until = 2027-01-01

[[variant]]
key = "dau"
button = "Ban đầu"
title = "BÁO CÁO"

[[variant]]
key = "cuoi"
button = "Kết thúc"
title = "BÁO CÁO SỐ {n}"

[[field]]
id = "ten"
label = "Họ và tên: (*)"
required = true

[[field]]
id = "ket_qua"
label = "Kết quả"
variants = ["cuoi"]
required = ["cuoi"]
shortest = 5

[[field]]
id = "hien_trang"
label = "HIỆN TRẠNG (*)"
kind = "choice"
required = true
option = [
    { value = "roi", label = "Đã xử lý", of = ["handled"] },
    { value = "chua", label = "Chưa xử lý", of = ["open", "handling"] },
]

[[field]]
id = "ghi_chu"
label = "Ghi chú"
"""


def sheets(text: str = LAYOUT) -> dict[str, Sheet]:
    layout = read_layout(text)
    return {one.key: Sheet("thu", layout, one, b"") for one in layout.variants}


def test_only_required_fields_without_an_answer_are_asked_one_by_one() -> None:
    sheet = sheets()["cuoi"]
    step = forms.begin(sheet.form, KNOWN, {"ten": "An", "ghi_chu": None})
    assert step.draft.at == "ket_qua"
    assert forms.advance(sheet.form, step.draft, Said("ít"), KNOWN).unclear == "unclear.too_short"
    step = forms.advance(sheet.form, step.draft, Said("Đã khôi phục"), KNOWN)
    assert step.draft.at == "hien_trang"
    step = forms.advance(sheet.form, step.draft, Pressed("hien_trang", Act.ANSWER, "roi"), KNOWN)
    assert (step.draft.at, sheet.missing(step.draft.answers)) == (REVIEW, [])


def test_a_variant_asks_what_stands_in_it_and_nothing_else() -> None:
    assert [one.id for one in sheets()["dau"].fields] == ["ten", "hien_trang", "ghi_chu"]
    assert [one.id for one in sheets()["dau"].missing({})] == ["ten", "hien_trang"]
    assert [one.id for one in sheets()["cuoi"].missing({"ten": "An", "hien_trang": "roi"})] == ["ket_qua"]


def test_a_blank_optional_field_can_be_filled_from_the_review() -> None:
    form = sheets()["dau"].form
    draft = forms.Draft(form.name, REVIEW, {"ten": "An", "hien_trang": "roi", "ghi_chu": None})
    step = forms.advance(form, draft, Pressed(REVIEW, Act.EDIT, "ghi_chu"), KNOWN)
    step = forms.advance(form, step.draft, Said("Một ghi chú"), KNOWN)
    assert (step.draft.at, step.draft.answers["ghi_chu"]) == (REVIEW, "Một ghi chú")


def test_stationery_offers_what_is_in_effect_and_knows_a_form_by_its_fields() -> None:
    kept = Stationery(sheets().values())
    assert len(kept.on(date(2026, 12, 31))) == 2
    assert kept.on(date(2027, 1, 1)) == []
    sheet = sheets()["dau"]
    assert kept.of_form(sheet.form.name) == sheet
    changed = sheets(LAYOUT.replace('id = "ghi_chu"', 'id = "ghi_chu_2"'))["dau"]
    assert kept.of_form(changed.form.name) is None
    assert kept.find("thu/dau") == sheet


BROKEN = {
    "toml": ("name =", "name"),
    "a box of a text": ('label = "Ghi chú"', 'label = "Ghi chú"\noption = [{ value = "a", label = "b" }]'),
    "a choice without boxes": ('label = "Ghi chú"', 'label = "Ghi chú"\nkind = "choice"'),
    "an unknown variant": ('["cuoi"]', '["giua"]'),
    "a field twice": ('id = "ghi_chu"', 'id = "ten"'),
    "a name that no template can use": ('id = "ghi_chu"', 'id = "Ghi chú"'),
    "a key that nobody knows": ('label = "Ghi chú"', 'label = "Ghi chú"\nmust = true'),
    "an end before its beginning": ("until = 2027-01-01", "until = 2025-01-01"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_layout_that_contradicts_itself_is_refused_with_a_word_why(what: str) -> None:
    with pytest.raises(PaperError) as refused:
        read_layout(LAYOUT.replace(*BROKEN[what]))
    assert str(refused.value)


@pytest.mark.parametrize(
    ("said", "read"),
    [("8h30", "08:30"), ("08:30", "08:30"), ("20 giờ 15", "20:15"), ("14h", "14:00"), ("0 giờ 5 phút", "00:05")],
)
def test_an_hour_is_read_as_people_write_it(said: str, read: str) -> None:
    assert Hour(name="gio").read(Said(said), KNOWN) == read


@pytest.mark.parametrize("said", ["", "sáng nay", "25h", "8h75", "22/11/2026", "8 30 45", "8h30 " + "a" * 40])
def test_what_is_no_hour_is_asked_again(said: str) -> None:
    with pytest.raises(Unclear):
        Hour(name="gio").read(Said(said), KNOWN)


@given(st.sampled_from(["handled", "open", "handling", "roi", "else", ""]))
def test_a_box_is_ticked_by_its_own_name_or_by_what_the_report_said(value: str) -> None:
    one = sheets()["dau"].fields[1]
    due: dict[str, Any] = {"handled": "roi", "roi": "roi", "open": "chua", "handling": "chua"}
    answer = ticked(one, [value])
    assert answer == due.get(value)
    shown = Chosen(one, answer)
    assert [shown.roi, shown.chua].count("☒") == (answer is not None)
    assert str(shown) == {"roi": "Đã xử lý", "chua": "Chưa xử lý", None: ""}[answer]
    with pytest.raises(AttributeError):
        _ = shown.none_of_ours


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("Luật An ninh mạng", "Luật An ninh mạng số 1/X"),
        ("Nghị định về bảo vệ an ninh mạng", "Nghị định số 1/X về bảo vệ an ninh mạng"),
        ("Nghị định quy định chi tiết Luật An ninh mạng", "Nghị định số 1/X quy định chi tiết Luật An ninh mạng"),
    ],
)
def test_a_law_is_cited_in_the_order_in_which_officials_write(name: str, cited: str) -> None:
    assert vietnamese.cited(name, "1/X") == cited
