"""The layouts of official papers: labels to the letter, every field in print, and what LibreOffice makes of them."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from bot import office, stationery
from bot.demo import example_policy
from bot.doctor.papers import times_is_whole
from bot.domain.incidents import Source, Status
from bot.domain.papers import Kind, PaperField, Sheet
from bot.domain.policy import Policy
from bot.services.desk import Desk, House
from bot.services.paper import docx, papers
from locales import Texts
from storage.incidents import Incident
from storage.papers import Paper
from storage.store import Transaction

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
HEAD = "3f" * 32
SHEETS = {sheet.name: sheet for sheet in stationery.load().sheets}
INCIDENT = Incident(
    id="x",
    code="SC-2026-000123",
    form="agency_report_1",
    source=Source.AGENCY,
    kind="ransomware",
    status=Status.CLAIMED,
    reporter=None,
    anonymous=False,
    incomplete=False,
    facts={},
    summary="",
    owner=None,
    filed_at=NOW,
    claimed_at=None,
)
# The fields of forms 03 and 04 of circular 20/2017/TT-BTTTT, as they are printed there.
LABELS_03 = """
Tên tổ chức/cá nhân báo cáo sự cố (*)|Địa chỉ: (*)|Điện thoại (*)|Email (*)|NGƯỜI LIÊN HỆ|Họ và tên (*)|Chức vụ:
Tên đơn vị vận hành hệ thống thông tin (*):|Cơ quan chủ quản:|Tên hệ thống bị sự cố
Phân loại cấp độ của hệ thống thông tin (nếu có)|Tổ chức cung cấp dịch vụ an toàn thông tin (nếu có):
Tên nhà cung cấp dịch vụ kết nối bên ngoài (nếu có)|Mô tả sơ bộ về sự cố (*)|Ngày phát hiện sự cố (*) (dd/mm/yy)
Thời gian phát hiện (*):|HIỆN TRẠNG SỰ CỐ (*)|CÁCH THỨC PHÁT HIỆN *|ĐÃ GỬI THÔNG BÁO SỰ CỐ CHO *|Hệ điều hành|Version
(Đánh dấu những cách thức được sử dụng để phát hiện sự cố)|THÔNG TIN BỔ SUNG VỀ HỆ THỐNG XẢY RA SỰ CỐ
Các dịch vụ có trên hệ thống|(Đánh dấu những dịch vụ được sử dụng trên hệ thống)
(Đánh dấu những biện pháp đã triển khai)
Các biện pháp an toàn thông tin đã triển khai|Các địa chỉ IP của hệ thống|Các tên miền của hệ thống
(Liệt kê địa chỉ IP sử dụng trên Internet, không liệt kê địa chỉ IP nội bộ)|Mục đích chính sử dụng hệ thống
Thông tin gửi kèm|Các thông tin cung cấp trong thông báo sự cố này đều phải được giữ bí mật
KIẾN NGHỊ, ĐỀ XUẤT HỖ TRỢ|Mô tả về đề xuất, kiến nghị|THỜI GIAN THỰC HIỆN BÁO CÁO SỰ CỐ *:
THÔNG TIN VỀ TỔ CHỨC/CÁ NHÂN BÁO CÁO SỰ CỐ|THÔNG TIN CHI TIẾT VỀ HỆ THỐNG BỊ SỰ CỐ
CÁ NHÂN/NGƯỜI ĐẠI DIỆN THEO PHÁP LUẬT|(Ký tên, đóng dấu)|BÁO CÁO BAN ĐẦU SỰ CỐ MẠNG
"""
LABELS_04 = """
THÔNG TIN VỀ TỔ CHỨC/CÁ NHÂN BÁO CÁO SỰ CỐ|Tên tổ chức/cá nhân báo cáo sự cố (*)|Địa chỉ: (*)|Điện thoại (*)|Email (*)
KÝ HIỆU BÁO CÁO BAN ĐẦU SỰ CỐ|Số ký hiệu|Ngày báo cáo:|Tên đơn vị vận hành hệ thống thông tin (*):|Cơ quan chủ quản:
Tên hệ thống bị sự cố|Phân loại cấp độ của hệ thống thông tin (nếu có)|Tên/Mô tả về sự cố
Ngày phát hiện sự cố (*) (dd/mm/yy)|Thời gian phát hiện (*):|Kết quả xử lý sự cố|Các tài liệu đính kèm
CÁ NHÂN/NGƯỜI ĐẠI DIỆN THEO PHÁP LUẬT|(Ký tên, đóng dấu)|BÁO CÁO KẾT THÚC ỨNG PHÓ SỰ CỐ
"""
HEADING = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập - Tự do - Hạnh phúc|Số:|DỰ THẢO|Kính gửi:|Nơi nhận:|- Lưu: VT."


class Nowhere:
    """No database: filling a paper needs none."""


def desk(policy: Policy | None = None) -> Desk:
    tx: Transaction = Nowhere()  # type: ignore[assignment]
    return Desk(tx, NOW, House(policy or example_policy(), Texts.load()))


PLAIN: dict[Kind, str] = {
    Kind.PHONE: "0912345678",
    Kind.EMAIL: "van.phong@example.gov.vn",
    Kind.DATE: "2026-11-21",
    Kind.TIME: "08:05",
}


def answer(one: PaperField) -> Any:
    """Something for a field that is found again in print."""
    if one.options:
        values = [box.value for box in one.options]
        return values[0] if one.kind is Kind.CHOICE else values[::2]
    return PLAIN.get(one.kind, f"Lời đáp <{one.id}> & “trích”\nDòng hai của {one.id}")


@cache
def full(name: str) -> bytes:
    """A paper with an answer in every field."""
    return filled(SHEETS[name])


def filled(sheet: Sheet, policy: Policy | None = None, **answers: Any) -> bytes:
    said = answers or {one.id: answer(one) for one in sheet.fields}
    paper = Paper("p", "x", sheet.name, 2, said, HEAD, "m", NOW)
    return docx.fill(sheet.template, papers.printed(desk(policy), INCIDENT, sheet, paper))


def lines(content: bytes) -> list[str]:
    """What stands on the paper, in order: where it stands in its line, whether it is bold, and the words."""
    document = Document(io.BytesIO(content))
    foot = document.sections[0].first_page_footer
    return [line for one in _walked([*document.iter_inner_content(), *foot.paragraphs]) if (line := _line(one))]


def _walked(content: Any) -> Iterator[Paragraph]:
    for one in content:
        if isinstance(one, Table):
            for cell in one.rows[0].cells:
                yield from _walked(cell.iter_inner_content())
        else:
            yield one


def _line(one: Paragraph) -> str:
    words = re.sub(r"\s+", " ", one.text).strip()
    bold = "b" if all(run.bold for run in one.runs if run.text.strip()) else "."
    return f"{str(one.alignment or 'LEFT').partition(' ')[0][:1]}{bold} {words}" if words else ""


def text(content: bytes) -> str:
    return "\n".join(line[3:] for line in lines(content))


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_filled_paper_is_what_it_was(name: str) -> None:
    """Where a layout is changed on purpose: write what is shown here into the golden file, after looking at it."""
    golden = HERE / "papers" / f"{name.replace('/', '-')}.txt"
    assert lines(full(name)) == golden.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_every_filled_field_is_in_print_and_blanks_stay_blank(name: str) -> None:
    sheet = SHEETS[name]
    shown = text(full(name))
    values = papers.printed(
        desk(), INCIDENT, sheet, Paper("p", "x", name, 2, {one.id: answer(one) for one in sheet.fields}, HEAD, "m", NOW)
    )
    for one in sheet.fields:
        for words in _in_print(one, str(values[one.id])):
            assert words in shown, one.id
    empty = text(filled(sheet, none=None))
    assert "None" not in empty
    assert "Lời đáp" not in empty


def _in_print(one: PaperField, value: str) -> list[str]:
    if not one.options:
        return [part.replace("\u00a0", " ") for part in value.split(docx.PARAGRAPH)]
    return value.split("; ")


@pytest.mark.parametrize(("name", "labels"), [("mau_03/ban_dau", LABELS_03), ("mau_04/ket_thuc", LABELS_04)])
def test_the_labels_of_the_circular_are_printed_to_the_letter(name: str, labels: str) -> None:
    shown = text(full(name))
    assert [label for label in labels.strip().replace("\n", "|").split("|") if label not in shown] == []
    for one in SHEETS[name].fields:
        starred = one.label.endswith(("*", "(*)", "(*):")) or "(*)" in one.label
        assert one.is_required(SHEETS[name].variant.key) == (starred or one.id == "ket_qua"), one.id


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_every_paper_is_laid_out_as_an_office_writes_and_owns_to_be_a_draft(name: str) -> None:
    shown = text(full(name))
    assert [words for words in HEADING.split("|") if words not in shown] == []
    assert "Ninh Bình, ngày 22 tháng 11 năm 2026" in shown
    assert f"Đầu chuỗi băm của nhật ký sự cố: {HEAD}" in shown
    assert "Dự thảo lập từ hồ sơ SC-2026-000123" in shown
    assert "thay cho báo cáo" not in shown
    document = Document(io.BytesIO(SHEETS[name].template))
    (section,) = document.sections
    sizes = (section.page_width, section.page_height, section.left_margin)
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 30]
    fonts = {run.font.name for one in _walked(document.iter_inner_content()) for run in one.runs}
    assert fonts == {"Times New Roman"}


def test_a_policy_that_names_nobody_leaves_the_place_for_a_pen() -> None:
    shown = text(filled(SHEETS["nd_331/bao_cao_72"], Policy.neutral()))
    assert "Kính gửi: …" in shown
    assert "…, ngày 22" in shown
    assert "Căn cứ" not in shown
    cited = text(full("nd_331/bao_cao_72"))
    assert "Căn cứ Nghị định số 331/2026/NĐ-CP về bảo vệ an ninh mạng" in cited
    assert "Căn cứ Luật An ninh mạng số 116/2025/QH15;" in cited


# A form of tomorrow -----------------------------------------------------------------------------------------------


def new_form(folder: Path, name: str = "mau_moi") -> Path:
    """A form that a ministry might publish: our form 04 under another name, from a day on."""
    ours, made = HERE.parents[1] / "bot" / "papers" / "mau_04", folder / name
    shutil.copytree(ours, made)
    words = (made / "form.toml").read_text("utf-8")
    words = words.replace("Mẫu 04 – Báo cáo kết thúc", "Mẫu mới").replace("from = 2017-11-01", "from = 2027-01-01")
    (made / "form.toml").write_text(words, "utf-8")
    return made


@pytest.mark.parametrize("folder", list(stationery.folders(stationery.OURS)), ids=lambda folder: folder.name)
def test_every_field_of_our_own_layouts_has_its_place(folder: Traversable) -> None:
    """No start reads their templates, so this does."""
    assert {sheet.name for sheet in stationery.read(folder)} <= set(SHEETS)


def test_a_new_form_is_a_new_folder_and_no_code(tmp_path: Path) -> None:
    new_form(tmp_path)
    found = stationery.load(tmp_path)
    assert [sheet.variant.button for sheet in found.on(date(2027, 1, 1)) if sheet.key == "mau_moi"] == ["Mẫu mới"]
    assert not [sheet for sheet in found.on(date(2026, 12, 31)) if sheet.key == "mau_moi"]
    sheet = found.find("mau_moi/ket_thuc")
    assert sheet is not None
    assert "Lời đáp <ket_qua> & “trích”" in text(filled(sheet))


def test_a_folder_of_the_same_name_takes_the_place_of_ours(tmp_path: Path) -> None:
    new_form(tmp_path, "mau_04")
    named = [sheet.variant.button for sheet in stationery.load(tmp_path).sheets if sheet.key == "mau_04"]
    assert named == ["Mẫu mới"]


BROKEN = {
    "no toml": ("form.toml", "x ="),
    "a box without a field": ("form.toml", 'name = "x"\n[[variant]]\nkey = "a"\nbutton = "b"\ntitle = "c"\n'),
    "another template": ("form.toml", None),
    "no Word": ("template.docx", "x"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_form_that_cannot_be_used_is_left_out_and_the_others_stay(what: str, tmp_path: Path) -> None:
    made = new_form(tmp_path)
    file, content = BROKEN[what]
    words = (made / "form.toml").read_text("utf-8").replace('id = "tai_lieu"', 'id = "tai_lieu_khac"')
    (made / file).write_text(words if content is None else content, "utf-8")
    assert {sheet.name for sheet in stationery.load(tmp_path).sheets} == set(SHEETS)


# LibreOffice --------------------------------------------------------------------------------------------------------

needs_office = pytest.mark.skipif(office.find() is None, reason="LibreOffice is not installed on this machine")


@needs_office
async def test_libreoffice_shows_a_filled_paper_on_two_pages_with_every_word(tmp_path: Path) -> None:
    if not await times_is_whole():
        pytest.skip("no font as wide as Times New Roman has all Vietnamese letters here, so lines break elsewhere")
    program = office.find()
    assert program is not None
    made = tmp_path / "paper.pdf"
    made.write_bytes(await office.convert_with(program, filled(SHEETS["mau_03/ban_dau"], **ORDINARY)))
    with closing(pypdfium2.PdfDocument(made)) as pdf:
        read = [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in pdf]
        sheets = [page.render(scale=0.5).to_pil().convert("L") for page in pdf]
    assert len(read) == 2
    assert [said for said in ORDINARY.values() if isinstance(said, str) and " " in said and said not in read[0]] == []
    assert "☒ Chưa được xử lý" in read[0].replace("\u00a0", " ")
    assert "(Ký tên, đóng dấu)" in read[1]
    assert HEAD in read[1]
    for sheet in sheets:  # it is written upon from top to bottom, and nothing has run over the edge
        dark = sheet.point(lambda shade: 255 if shade < 160 else 0)
        left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
        assert (left > 30, right < sheet.width - 10, bottom - top > sheet.height // 2) == (True, True, True)


# What an office might really say.
ORDINARY: dict[str, Any] = {
    "to_chuc_ten": "Sở Nông nghiệp và Môi trường",
    "to_chuc_dia_chi": "Số 12 đường Lê Hồng Phong, phường Hoa Lư",
    "to_chuc_dien_thoai": "02293871234",
    "to_chuc_email": "vanphong@example.gov.vn",
    "nguoi_lien_he_ten": "Nguyễn Thị Hằng",
    "don_vi_van_hanh": "Trung tâm Công nghệ thông tin",
    "mo_ta_so_bo": "Máy chủ tệp bị mã hóa, màn hình có thông báo đòi tiền chuộc, ữ ỡ ặ ỷ ẵ đủ dấu.",
    "ngay_phat_hien": "2026-11-22",
    "gio_phat_hien": "08:30",
    "hien_trang": "chua_xu_ly",
    "cach_thuc_phat_hien": ["log"],
}


@needs_office
async def test_a_conversion_that_takes_too_long_is_ended() -> None:
    program = office.find()
    assert program is not None
    with pytest.raises(office.NotConverted):
        await office.convert_with(program, b"", longest=0.05)
