"""The forms of evidence: which answers they take, which files never go along, and what is never asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.domain import forms
from bot.domain.attaching import FILE, Unfit, unfit
from bot.domain.errors import Unclear
from bot.domain.evidence import Piece
from bot.domain.forms import REVIEW
from bot.domain.obligations import SELF_EVIDENT, Evidence
from bot.domain.questions import Act, Known, Pressed, Said
from bot.domain.reports import FORMS as ALL
from bot.domain.submissions import FORM_OF, SHOWN, SYSTEMS, Count, DoneOn, Subjects, holed, in_order, kind_named

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
ROWS = [[f"id{n}", f"Hệ thống {n}", f"HT-{n:03d}"] for n in range(60)]
KNOWN = Known(NOW, lists={SYSTEMS: ROWS})
COUNT, DAY, WHICH = Count(name="serious"), DoneOn(name="done_on"), Subjects()


def document(name: str | None, kind: str = "document") -> Piece:
    return Piece(kind, "file", 1, name)


def test_every_kind_that_somebody_judges_has_a_form_that_the_bot_knows() -> None:
    assert set(FORM_OF) == set(Evidence) - SELF_EVIDENT
    assert all(ALL[form.name] is form for form in FORM_OF.values())
    assert kind_named("scan") is Evidence.SCAN
    assert kind_named("contacts") is None


def test_no_form_asks_for_the_details_of_a_hole() -> None:
    """Numbers, names, days and choices; the longest words have room for a name and none for a list."""
    for form in FORM_OF.values():
        assert all(getattr(question, "longest", 0) <= 200 for question in form.questions), form.name
        assert form.story is None


@pytest.mark.parametrize(
    ("typed", "count"),
    [("0", 0), ("12", 12), (" 3 ", 3), ("không có", 0), ("Khong", 0), ("1.200", 1200), ("99999", 99999)],
)
def test_a_count_is_read_as_people_write_it(typed: str, count: int) -> None:
    assert COUNT.read(Said(typed), KNOWN) == count
    assert COUNT.read_press("0", KNOWN) == 0


@pytest.mark.parametrize("typed", ["", "vài", "-1", "3 cái", "CVE-2026-1234", "100000", "9" * 400, "1,5"])
def test_what_is_no_count_is_told_so(typed: str) -> None:
    with pytest.raises(Unclear, match=r"unclear\.count"):
        COUNT.read(Said(typed), KNOWN)


def test_a_day_is_neither_in_the_future_nor_before_the_year_2000() -> None:
    assert DAY.read(Said("1/1/2000"), KNOWN) == "2000-01-01"
    assert DAY.read(Said("22/11/2026"), KNOWN) == "2026-11-22"
    for typed, reason in (("31/12/1999", "too_old"), ("23/11/2026", "future"), ("99/99/2020", "moment")):
        with pytest.raises(Unclear, match=rf"unclear\.{reason}"):
            DAY.read(Said(typed), KNOWN)


def test_systems_are_chosen_by_keys_up_to_forty_and_by_codes_beyond() -> None:
    assert len(WHICH.options(KNOWN)) == SHOWN
    assert WHICH.toggled(["id50"], "id3", KNOWN) == ["id3", "id50"]
    assert WHICH.read(Said("ht-055, HT-001;HT-055"), KNOWN) == ["id1", "id55"]
    for typed in ("HT-999", "", "HT-001, cổng"):
        with pytest.raises(Unclear, match=r"unclear\.system_codes"):
            WHICH.read(Said(typed), KNOWN)
    with pytest.raises(Unclear):
        WHICH.toggled([], "id999", KNOWN)


def test_where_the_hole_is_is_asked_only_among_what_was_scanned() -> None:
    form = FORM_OF[Evidence.SCAN]
    question = form.question("holed")
    given = {SYSTEMS: ["id1", "id2"], "hole": "yes"}
    known = Known(NOW, lists={SYSTEMS: ROWS}, given=given)
    assert question.asked(given, known)
    assert [option.value for option in question.options(known)] == ["id1", "id2"]
    assert not question.asked({SYSTEMS: ["id1"], "hole": "yes"}, known)
    assert not question.asked({**given, "hole": "no"}, known)


@pytest.mark.parametrize(
    ("facts", "systems"),
    [
        ({SYSTEMS: ["a", "b"], "hole": "no", "holed": ["a"]}, []),
        ({SYSTEMS: ["a", "b"], "hole": "yes", "holed": ["a"]}, ["a"]),
        ({SYSTEMS: ["a"], "hole": "yes"}, ["a"]),
        ({SYSTEMS: ["a", "b"], "hole": "yes", "holed": ["gone"]}, ["a", "b"]),  # chosen, and then not scanned after all
    ],
)
def test_a_hole_is_in_the_systems_that_were_named(facts: dict[str, object], systems: list[str]) -> None:
    assert list(holed(facts)) == systems


def test_the_most_urgent_comes_first_and_what_is_never_due_last() -> None:
    rows = [(None, ["c", "C"]), (date(2026, 12, 1), ["b", "B"]), (date(2026, 1, 1), ["a", "A"])]
    assert [row[0] for row in in_order(rows)] == ["a", "b", "c"]


# Files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "CV 123-UBND bao cao ket qua ra quet lo hong.pdf",
        "Báo cáo kết quả rà quét 6 tháng đầu năm.docx",
        "scan0001.pdf",  # how the office's machine names a letter
        "Scan_20261120.PDF",
        "Quyết định phê duyệt phương án.pdf",
        "34-QD-VP.pdf",
        "Phương án ứng cứu sự cố.docx",
        "IMG_2026.jpg",
        "z5012345678.jpeg",
    ],
)
def test_an_official_letter_is_taken(name: str) -> None:
    assert unfit(document(name)) is None


def test_a_photo_without_a_name_is_taken_and_a_film_is_not() -> None:
    assert unfit(document(None, "photo")) is None
    assert unfit(document(None, "video")) is Unfit.KIND
    assert unfit(document(None)) is Unfit.KIND


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Kết quả rà quét.pdf", Unfit.SCAN),
        ("nessus_report.pdf", Unfit.SCAN),
        ("Acunetix-export.pdf", Unfit.SCAN),
        ("vulnerabilities.pdf", Unfit.SCAN),
        ("Báo cáo chi tiết kết quả rà quét.pdf", Unfit.SCAN),
        ("BC danh sách lỗ hổng.docx", Unfit.SCAN),
        ("CV 12 phụ lục lỗ hổng.pdf", Unfit.SCAN),
        ("Bao cao ra quet lo hong chi tiet.pdf", Unfit.SCAN),
        ("scan-results.pdf", Unfit.SCAN),
        ("ketqua.nessus", Unfit.SCAN),
        ("export.csv", Unfit.SCAN),
        ("Sơ đồ mạng LAN.pdf", Unfit.NETWORK),
        ("SoDoMang.png", Unfit.NETWORK),  # a name without spaces is split where its capitals are
        ("network-diagram.png", Unfit.NETWORK),
        ("topology.vsdx", Unfit.NETWORK),
        ("Quy hoạch IP.pdf", Unfit.NETWORK),
        ("Danh sách địa chỉ IP.docx", Unfit.NETWORK),
        ("capture.pcap", Unfit.NETWORK),
        ("running-config.txt", Unfit.CONFIG),
        ("Cấu hình firewall.pdf", Unfit.CONFIG),
        ("sw01.cfg", Unfit.CONFIG),
        ("danh-sach-may.xlsx", Unfit.KIND),
        ("tai lieu.zip", Unfit.KIND),
        ("ghi am.ogg", Unfit.KIND),
    ],
)
def test_what_only_experts_may_see_is_refused_by_its_name_and_type(name: str, why: Unfit) -> None:
    assert unfit(document(name)) is why


# Walking a form -----------------------------------------------------------------------------------------------------


def test_a_scan_is_written_down_from_its_systems_to_the_review() -> None:
    form, known = FORM_OF[Evidence.SCAN], KNOWN
    step = forms.begin(form, known, {SYSTEMS: ["id1"]})
    for said in ("20/11/2026", "Trung tâm A", "12/BC-VP", "0", "2", "1"):
        step = forms.advance(form, step.draft, Said(said), known)
        assert step.unclear is None, said
    step = forms.advance(form, step.draft, Pressed("hole", Act.ANSWER, "no"), known)
    assert step.draft.at == FILE
    refused = forms.advance(form, step.draft, Said("đây là tệp", media=1), known)
    assert refused.unclear == "unclear.file"
    kept = {"id": "e1", "kind": "document", "name": "a.pdf"}
    step = forms.advance(form, step.draft, Said(media=1, kept=kept), known)
    assert step.draft.at == REVIEW
    assert form.facts(step.draft.answers, known) == {
        SYSTEMS: ["id1"],
        "done_on": "2026-11-20",
        "by": "Trung tâm A",
        "number": "12/BC-VP",
        "serious": 0,
        "high": 2,
        "left": 1,
        "hole": "no",
        FILE: kept,
    }
