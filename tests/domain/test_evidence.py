"""What is kept of what people send, told by name, declared type and bytes: a table of everything that comes."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import evidence
from bot.domain.evidence import LARGEST, Look, Piece, may_send_programs, shown_name, unwelcome
from bot.domain.file_types import EXTENSIONS, HEAD, MAGIC, MIMES, Reason
from bot.domain.people import Person, Role
from bot.domain.policy import Intake, Policy


def piece(name: str | None = None, mime: str | None = None, kind: str = "document", size: int | None = 1000) -> Piece:
    return Piece(kind, "F", size=size, name=name, mime=mime)


BY_NAME = {
    "hoadon.apk": Reason.PROGRAM,
    "VNeID.APK": Reason.PROGRAM,
    "setup.exe": Reason.PROGRAM,
    "setup.exe.": Reason.PROGRAM,  # Windows drops dots and spaces at the end
    "setup.exe  ": Reason.PROGRAM,
    "setup.exe::$DATA": Reason.PROGRAM,
    "setup.ｅｘｅ": Reason.PROGRAM,  # wide letters read the same
    "công văn.pdf.exe": Reason.PROGRAM,
    "ảnh.scr": Reason.PROGRAM,
    "mở ra xem.lnk": Reason.PROGRAM,
    "dang-nhap.html": Reason.PROGRAM,
    "so-do.svg": Reason.PROGRAM,
    "chay.sh": Reason.PROGRAM,
    "anh.zip": Reason.ARCHIVE,
    "sao-luu.tar.gz": Reason.ARCHIVE,
    "dia.iso": Reason.ARCHIVE,
    "access.log": Reason.LOG,
    "Security.evtx": Reason.LOG,
    "chup.pcap": Reason.LOG,
    "bao-cao.docm": Reason.MACROS,
    "luong.xlsm": Reason.MACROS,
    "CV 3446.doc": Reason.MACROS,
    "ds.xls": Reason.MACROS,
    "anh.exe.jpg": Reason.DISGUISED,
    "anh.apk .png": Reason.DISGUISED,
    "anh\u202egpj.exe": Reason.DISGUISED,
    "anh\u2066.jpg": Reason.DISGUISED,
    "../../etc/cron.d/x.txt": Reason.DISGUISED,
    "..\\x.txt": Reason.DISGUISED,
    "anh\n.jpg": Reason.DISGUISED,
    "bien-lai.pdf": None,
    "ảnh chụp.PNG": None,
    "CV 3446.doc.pdf": None,  # the name of what it was made from
    "vietcombank.com.png": None,  # a picture named after an address
    "bang.csv": None,
    "thu.eml": None,
    "ke.docx": None,
    "khong-duoi": None,
    "...": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize(("name", "reason"), BY_NAME.items())
def test_a_name_tells_what_is_not_fetched(name: str | None, reason: Reason | None) -> None:
    assert unwelcome(piece(name), programs=False) is reason


BY_MIME = {
    "application/vnd.android.package-archive": Reason.PROGRAM,
    "Application/X-MSDownload": Reason.PROGRAM,
    "text/html; charset=utf-8": Reason.PROGRAM,
    "application/zip": Reason.ARCHIVE,
    "text/x-log": Reason.LOG,
    "application/msword": Reason.MACROS,
    "application/vnd.ms-excel.sheet.macroEnabled.12": Reason.MACROS,
    "image/jpeg": None,
    "application/octet-stream": None,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": None,
}


@pytest.mark.parametrize(("mime", "reason"), BY_MIME.items())
def test_a_declared_type_tells_what_is_not_fetched(mime: str, reason: Reason | None) -> None:
    assert unwelcome(piece("tep", mime), programs=False) is reason


def test_a_table_of_values_that_windows_declares_as_a_workbook_is_fetched() -> None:
    assert unwelcome(piece("ds.csv", "application/vnd.ms-excel"), programs=False) is None
    assert unwelcome(piece("ds.xls", "application/vnd.ms-excel"), programs=False) is Reason.MACROS


@pytest.mark.parametrize(
    ("size", "reason"),
    [(LARGEST, None), (LARGEST + 1, Reason.TOO_BIG), (0, Reason.EMPTY), (1, None), (None, None)],
)
def test_twenty_megabytes_are_the_most_and_nothing_is_too_little(size: int | None, reason: Reason | None) -> None:
    assert unwelcome(piece("a.pdf", size=size), programs=False) is reason


def test_size_comes_before_kind_for_there_is_another_way_to_be_told() -> None:
    assert unwelcome(piece("a.exe", size=LARGEST + 1), programs=True) is Reason.TOO_BIG


@pytest.mark.parametrize(("name", "reason"), [row for row in BY_NAME.items() if row[1] is not None])
def test_a_policy_lets_officers_send_programs_but_nothing_in_disguise(name: str, reason: Reason) -> None:
    allowed = unwelcome(piece(name), programs=True)
    assert allowed is (None if reason in evidence.DANGEROUS else reason)


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.CITIZEN, False), (Role.AGENCY_CONTACT, True), (Role.RESPONDER, True), (Role.EXPERT, False)],
)
def test_only_confirmed_officers_and_the_team_are_let_and_only_by_the_policy(role: Role, may: bool) -> None:
    person = Person("p", 1, "vi", roles=frozenset({role}))
    assert may_send_programs(person, Policy(intake=Intake(officers_send_programs=True))) is may
    assert not may_send_programs(person, Policy())


# Bytes ----------------------------------------------------------------------------------------------------------------


def zipped(*names: str, content: bytes = b"x" * 50) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def opened(*names: str) -> bytes:
    """An OpenDocument file: its first part says what it is, uncompressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    return file.getvalue()


PART = "[Content_Types].xml"
JPEG, PNG, PDF = b"\xff\xd8\xff\xe0" + b"x" * 99, b"\x89PNG\r\n\x1a\n" + b"x" * 99, b"%PDF-1.7\n" + b"x" * 99
FILM, VOICE = b"\x00\x00\x00\x18ftypmp42" + b"x" * 99, b"OggS\x00\x02" + b"x" * 99
BY_BYTES = {
    "a picture": (piece("a.jpg", "image/jpeg"), JPEG, None),
    "a photo": (piece(kind="photo"), JPEG, None),
    "a photo from an iPhone": (piece("a.heic", "image/heic"), b"\x00\x00\x00\x24ftypheic" + b"x" * 99, None),
    "a film": (piece(kind="video", mime="video/mp4"), FILM, None),
    "a voice": (piece(kind="voice", mime="audio/ogg"), VOICE, None),
    "a recording of an old phone": (piece("a.amr", "audio/amr"), b"#!AMR\n" + b"x" * 99, None),
    "a paper": (piece("a.pdf", "application/pdf"), PDF, None),
    "words": (piece("a.txt", "text/plain"), "Kể lại".encode(), None),
    "a document": (piece("a.docx"), zipped(PART, "word/document.xml"), None),
    "a document known by its type": (piece("a", "application/vnd.oasis.opendocument.text"), opened(), None),
    "a program": (piece("a.bin"), b"MZ\x90" + b"x" * 99, Reason.PROGRAM),
    "a program that says to be a photo": (piece(kind="photo"), b"MZ\x90" + b"x" * 99, Reason.PROGRAM),
    "a program that says to be words": (piece("a.txt", "text/plain"), b"\x7fELF" + b"x" * 99, Reason.PROGRAM),
    "a script": (piece("a.txt"), b"#!/bin/sh\nrm -rf /\n", Reason.PROGRAM),
    "a page": (piece("a.txt"), b"\xef\xbb\xbf\n <!DOCTYPE HTML>...", Reason.PROGRAM),
    "a drawing with scripts": (piece("a.png", "image/png"), b"<?xml version='1.0'?><!-- --><svg>", Reason.PROGRAM),
    "a list that is no page": (piece("a.xml"), b"<?xml version='1.0'?><data/>", None),
    "an archive": (piece("a.bin"), b"Rar!\x1a\x07\x01\x00", Reason.ARCHIVE),
    "a tape": (piece("a.bin"), tarred(), Reason.ARCHIVE),
    "a disk": (piece("a.bin"), bytes(32769) + b"CD001", Reason.ARCHIVE),
    "a zip without a name": (piece("a.bin"), zipped("x"), Reason.ARCHIVE),
    "a zip that says to be a document": (piece("a.docx"), zipped("x.exe"), Reason.ARCHIVE),
    "an app that says to be a document": (piece("a.xlsx"), zipped("AndroidManifest.xml"), Reason.ARCHIVE),
    "a document with macros": (piece("a.docx"), zipped(PART, "word/vbaProject.bin"), Reason.MACROS),
    "a table with old macros": (piece("a.xlsx"), zipped(PART, "xl/macrosheets/sheet1.xml"), Reason.MACROS),
    "an open document with macros": (piece("a.odt"), opened("Basic/script-lc.xml"), Reason.MACROS),
    "an old document": (piece("a.docx"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, Reason.MACROS),
    "a log of Windows": (piece("a.dat"), b"ElfFile\x00" + b"x" * 99, Reason.LOG),
    "words that say to be a photo": (piece(kind="photo"), b"no picture", Reason.WRONG_TYPE),
    "a paper that says to be a picture": (piece("a.png", "image/png"), PDF, Reason.WRONG_TYPE),
    "a picture that says to be a paper": (piece("a.pdf", "application/pdf"), PNG, Reason.WRONG_TYPE),
    "words that say to be a voice": (piece(kind="voice"), b"no voice", Reason.WRONG_TYPE),
    "nothing at all": (piece("a.pdf"), b"", Reason.EMPTY),
}


def fed(look: Look, content: bytes, step: int) -> Reason | None:
    """As a download feeds it: it ends with the first objection."""
    for start in range(0, len(content), step):
        if (found := look.feed(content[start : start + step])) is not None:
            return found
    return look.end()


@pytest.mark.parametrize("what", BY_BYTES)
@pytest.mark.parametrize("step", [7, 1024, 10**6])
def test_bytes_tell_what_is_not_kept_however_they_are_cut(what: str, step: int) -> None:
    sent, content, reason = BY_BYTES[what]
    assert fed(Look(sent, programs=False), content, step) is reason


@pytest.mark.parametrize("what", BY_BYTES)
def test_bytes_of_programs_pass_where_the_policy_lets_them_unless_they_say_to_be_pictures(what: str) -> None:
    sent, content, reason = BY_BYTES[what]
    as_a_picture = sent.kind == "photo" or (sent.mime or "").startswith("image/")
    allowed = (Reason.WRONG_TYPE if as_a_picture else None) if reason in evidence.DANGEROUS else reason
    assert fed(Look(sent, programs=True), content, 1024) is allowed


def test_a_program_is_noticed_before_the_rest_of_it_has_come() -> None:
    look = Look(piece("a.bin"), programs=False)
    assert look.feed(b"MZ") is None
    assert look.feed(bytes(HEAD)) is Reason.PROGRAM


def test_macros_are_found_at_the_end_of_a_long_document() -> None:
    content = zipped(PART) + bytes(3 * HEAD) + b"word/vbaProject.bin" + bytes(HEAD)
    assert fed(Look(piece("a.docx"), programs=False), content, 4096) is Reason.MACROS


HEADS = [(bytes(place) + magic, reason) for place, magic, reason in MAGIC]


@pytest.mark.parametrize(("head", "reason"), HEADS)
def test_every_row_of_the_table_of_first_bytes_is_heard(head: bytes, reason: Reason) -> None:
    assert fed(Look(piece("a.bin"), programs=False), head + b"x" * 600, 5000) is reason


def test_every_row_of_the_tables_of_names_and_types_is_heard() -> None:
    assert {word: unwelcome(piece(f"a.{word}"), programs=False) for word in EXTENSIONS} == EXTENSIONS
    assert {word: unwelcome(piece("a", word), programs=False) for word in MIMES} == MIMES


@given(st.binary(max_size=600), st.text(max_size=40), st.sampled_from(["photo", "document", "voice"]))
def test_no_bytes_and_no_name_bring_it_down(content: bytes, name: str, kind: str) -> None:
    sent = piece(name, "image/png", kind)
    unwelcome(sent, programs=False)
    fed(Look(sent, programs=False), content, 100)


@given(st.text(max_size=300))
def test_a_name_that_is_shown_is_one_short_line_that_reads_as_it_stands(name: str) -> None:
    shown = shown_name(name)
    assert shown is None or 0 < len(shown) <= 120
    assert not {"/", "\\", "\n", "\u202e", "\u2066"} & set(shown or "")


def test_a_path_in_a_name_is_not_shown() -> None:
    assert shown_name("../../etc/passwd") == "passwd"
    assert shown_name("anh\u202egpj.exe") == "anhgpj.exe"
    assert shown_name("/") is None
