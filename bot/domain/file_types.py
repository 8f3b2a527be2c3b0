"""What files give away of themselves: by the ending of their name, their declared type and their bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why a piece is not kept, or not yet."""

    PROGRAM = "program"
    ARCHIVE = "archive"
    LOG = "log"
    MACROS = "macros"
    DISGUISED = "disguised"  # its name hides what it is
    TOO_BIG = "too_big"
    EMPTY = "empty"
    WRONG_TYPE = "wrong_type"  # it says to be a picture and is none
    GONE = "gone"  # Telegram has it no more
    WRONG_ADDRESS = "wrong_address"  # the server named a place that is none of Telegram's files
    WRONG_LENGTH = "wrong_length"  # more or fewer bytes than were told
    UNREACHABLE = "unreachable"
    DISK = "disk"  # no room with us


def _table(rows: Mapping[Reason, str]) -> dict[str, Reason]:
    return {word: reason for reason, words in rows.items() for word in words.split()}


# Extensions, in lower case. Pages and drawings that can carry scripts count as programs.
EXTENSIONS: Final = _table(
    {
        Reason.PROGRAM: (
            "exe com scr pif msi msp mst msix msixbundle appx appxbundle dll sys drv ocx cpl bat cmd ps1 psm1 psd1"
            " vbs vbe vb js jse mjs ws wsf wsh wsc hta jar jnlp apk apks apkm xapk aab ipa dex so elf run sh bash zsh"
            " ps1xml csh ksh py pyc pyw pyz rb pl php phtml lua tcl command workflow app dmg pkg mpkg deb rpm snap"
            " flatpak appimage reg inf lnk url webloc scf msc gadget application chm hlp desktop html htm xhtml shtml"
            " mht mhtml svg svgz swf class wasm library-ms settingcontent-ms search-ms appref-ms diagcab mobileconfig"
        ),
        Reason.ARCHIVE: (
            "zip zipx rar 7z gz tgz bz2 tbz tbz2 xz txz lz lzma lzh lha arj ace cab tar taz z zst tzst br iso img vhd"
            " vhdx vmdk wim cpio uue"
        ),
        Reason.LOG: "log evtx evt etl pcap pcapng cap dmp mdmp hdmp core har saz vmem mem raw nessus",
        Reason.MACROS: (
            "docm dotm xlsm xltm xlam xlsb xll pptm potm ppam ppsm sldm doc dot wbk xls xlt xla xlm xlw ppt pot pps"
            " ppa accdb accde accdr mdb mde adp ade one onepkg pub slk iqy odb"
        ),
    }
)
# Middle parts that no honest name has. Not `com` and `app`: screenshots are named after web addresses.
HIDDEN: Final = frozenset(
    {"exe", "scr", "pif", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "jse"}
    | {"wsf", "jar", "apk", "hta", "lnk", "dll", "docm", "xlsm", "pptm"}
)

# Pictures and films by their names: not every phone says their type.
SIGHTS: Final = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "hif", "avif", "bmp", "tif", "tiff", "dng"}
    | {"mp4", "m4v", "mov", "avi", "mkv", "webm", "3gp", "3g2", "wmv"}
)

MIMES: Final = _table(
    {
        Reason.PROGRAM: (
            "application/x-msdownload application/x-dosexec application/vnd.microsoft.portable-executable"
            " application/x-ms-dos-executable application/x-executable application/x-elf application/x-sharedlib"
            " application/x-mach-binary application/x-msi application/x-ms-installer application/x-ms-shortcut"
            " application/vnd.android.package-archive application/java-archive application/x-java-archive"
            " application/java-vm application/x-sh application/x-shellscript text/x-shellscript text/x-sh"
            " application/javascript text/javascript application/x-javascript application/x-python text/x-python"
            " text/x-python-script application/x-bat application/x-msdos-program application/hta text/html"
            " application/xhtml+xml image/svg+xml application/x-php text/x-php application/wasm"
            " application/x-shockwave-flash application/vnd.debian.binary-package application/x-rpm"
            " application/x-apple-diskimage text/vbscript application/x-powershell text/x-powershell"
        ),
        Reason.ARCHIVE: (
            "application/zip application/x-zip application/x-zip-compressed application/x-rar"
            " application/x-rar-compressed application/vnd.rar application/x-7z-compressed application/gzip"
            " application/x-gzip application/x-tar application/x-gtar application/x-bzip application/x-bzip2"
            " application/x-xz application/zstd application/x-lzma application/x-iso9660-image"
            " application/vnd.ms-cab-compressed application/x-compressed application/x-compress"
        ),
        Reason.LOG: "text/x-log application/vnd.tcpdump.pcap application/x-pcapng application/x-ms-evtx",
        Reason.MACROS: (
            "application/msword application/vnd.ms-excel application/vnd.ms-powerpoint application/x-ole-storage"
            " application/vnd.ms-access application/x-msaccess application/onenote application/msonenote"
            " application/vnd.ms-word.document.macroenabled.12 application/vnd.ms-word.template.macroenabled.12"
            " application/vnd.ms-excel.sheet.macroenabled.12 application/vnd.ms-excel.template.macroenabled.12"
            " application/vnd.ms-excel.addin.macroenabled.12 application/vnd.ms-excel.sheet.binary.macroenabled.12"
            " application/vnd.ms-powerpoint.presentation.macroenabled.12"
            " application/vnd.ms-powerpoint.slideshow.macroenabled.12"
        ),
    }
)
# Windows declares a plain table of values as an old workbook.
EXCUSED: Final = frozenset({("csv", "application/vnd.ms-excel")})

# Bytes at a place → what they give away; read top down.
MAGIC: Final[tuple[tuple[int, bytes, Reason], ...]] = (
    (0, b"MZ", Reason.PROGRAM),
    (0, b"\x7fELF", Reason.PROGRAM),
    (0, b"\xfe\xed\xfa\xce", Reason.PROGRAM),  # Mach-O, 32 and 64 bits, both byte orders, and for several machines
    (0, b"\xfe\xed\xfa\xcf", Reason.PROGRAM),
    (0, b"\xce\xfa\xed\xfe", Reason.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", Reason.PROGRAM),
    (0, b"\xca\xfe\xba\xbe", Reason.PROGRAM),  # also a class of Java
    (0, b"dex\n", Reason.PROGRAM),
    (0, b"\x00asm", Reason.PROGRAM),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", Reason.PROGRAM),  # a Windows shortcut
    (0, b"ITSF", Reason.PROGRAM),
    (0, b"!<arch>\n", Reason.PROGRAM),
    (0, b"\xed\xab\xee\xdb", Reason.PROGRAM),
    (0, b"xar!", Reason.PROGRAM),
    (0, b"FWS", Reason.PROGRAM),
    (0, b"CWS", Reason.PROGRAM),
    (0, b"ZWS", Reason.PROGRAM),
    (0, b"Rar!\x1a\x07", Reason.ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", Reason.ARCHIVE),
    (0, b"\x1f\x8b", Reason.ARCHIVE),
    (0, b"\x1f\x9d", Reason.ARCHIVE),
    (0, b"BZh", Reason.ARCHIVE),
    (0, b"\xfd7zXZ\x00", Reason.ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", Reason.ARCHIVE),
    (0, b"MSCF", Reason.ARCHIVE),
    (257, b"ustar", Reason.ARCHIVE),
    (32769, b"CD001", Reason.ARCHIVE),
    # Old doc, xls, ppt and msg: whether macros are inside cannot be told from their first bytes.
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Reason.MACROS),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", Reason.MACROS),  # OneNote
    (4, b"Standard Jet DB", Reason.MACROS),
    (4, b"Standard ACE DB", Reason.MACROS),
    (0, b"ElfFile\x00", Reason.LOG),
    (0, b"\xd4\xc3\xb2\xa1", Reason.LOG),
    (0, b"\xa1\xb2\xc3\xd4", Reason.LOG),
    (0, b"\x4d\x3c\xb2\xa1", Reason.LOG),
    (0, b"\x0a\x0d\x0d\x0a", Reason.LOG),
    (0, b"MDMP", Reason.LOG),
    (0, b"PAGEDU", Reason.LOG),
)
HEAD: Final = 33 * 1024  # bytes: as far as the table above looks

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OFFICE = frozenset(
    {"docx", "dotx", "xlsx", "xltx", "pptx", "potx", "ppsx", "odt", "ott", "ods", "ots", "odp", "otp", "odg"}
)
OFFICE_MIMES = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
# Names in a zip stand in the open: they are found while the bytes pass by, wherever they are.
PAPERS = (b"[content_types].xml", b"mimetypeapplication/vnd.oasis.opendocument.")
MACROS = (b"vbaproject.bin", b"vbadata.xml", b"xl/macrosheets/", b"basic/script-lc.xml")
LONGEST_MARK = max(map(len, (*PAPERS, *MACROS)))

# How pages and drawings begin that a browser would run; the second row has its first tag a little later.
PAGES: Final = (b"#!", b"<?php", b"<!doctype html", b"<!doctype svg", b"<html", b"<script", b"<svg", b"<hta:")
BEFORE_PAGES: Final = (b"<?xml", b"<!--")
SOUND_SCRIPT: Final = b"#!amr"  # a recording, not a script

_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|BM|II\*\x00|MM\x00\*|....ftyp(?:hei|hev|mif1|msf1|avi)",
    re.DOTALL,
)
_FILM = re.compile(
    rb"....(?:ftyp|moov|mdat|wide|free|skip)|\x1aE\xdf\xa3|GIF8[79]a|RIFF....AVI |\x00\x00\x01[\xb3\xba]|OggS",
    re.DOTALL,
)
_SOUND = re.compile(rb"OggS|ID3|\xff[\xe0-\xff]|fLaC|RIFF....WAVE|....ftyp|FORM|#!AMR|\x1aE\xdf\xa3", re.DOTALL)
_PAPER = re.compile(rb".{0,1024}?%PDF-", re.DOTALL)
# Kinds that Telegram itself makes, and types that only one look fits. A document that says to be a film is not judged:
# there are too many kinds of films, and nothing is lost by keeping one that nobody can play.
KINDS = {"photo": _PICTURE, "video": _FILM, "animation": _FILM, "video_note": _FILM, "voice": _SOUND}
TYPES = (("image/", _PICTURE), ("application/pdf", _PAPER))
