"""The words that announce a password, how far their sentence reaches, and the words that stand around a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.letters import Reading

_WORD = re.compile(
    r"(?<![a-z0-9])(?:[a-z]{2,12}_)?(?:(?P<plain>[a-z]{0,10}(?:password|passwd|pwd)|ma[tck] ?kh?au|m\. ?khau|mkhau"
    r"|pass? ?wor[dk]s?|passw|pass ?code|pw|pass|ma (?:so )?pin|mat ma|ma (?:so )?bi mat|ma (?:so )?mo (?:khoa|may)"
    r"|ma khoa (?:may|man hinh)|khoa man hinh|man hinh khoa)"
    r"|(?P<weak>mk|m\.k|mkh|pin|ps))(?![a-z0-9])"
)
_REACH = 120  # characters after the word that are looked at
_STOP = re.compile(r"[!?;](?=\s|$)|\.(?=\s|$)|\n")
_ONLY_LINK = re.compile(r"\s*(?:[:=>-]|la|is)+\s*")
_BATTERY = re.compile(r"\s*(?:la|:|=)?\s*\d+ ?(?:mah|%|phan tram|gio|h)")


@dataclass(frozen=True)
class Cue:
    """A word that announces a password. `weak` ones ("mk", which is also "mình") want better proof."""

    start: int
    end: int
    weak: bool
    limit: int  # where its sentence ends


def cues(reading: Reading) -> Iterator[Cue]:
    """Find the words, each with the end of its sentence."""
    words = [word for word in _WORD.finditer(reading.folded) if _means_it(reading, word)]
    for number, word in enumerate(words):
        yield Cue(word.start(), word.end(), bool(word["weak"]), _limit(reading.folded, words, number))


def _means_it(reading: Reading, word: re.Match[str]) -> bool:
    """Look at the marks and around: "mất mà", "mặt", the battery of a phone and "?mk=" in an address are none."""
    written = reading.original(*word.span()).lower()
    if reading.folded[max(0, word.start() - 1) : word.start()] in {"?", "&"}:
        return False
    if word[0] == "mat ma":
        return written == "mật mã"
    if word[0].endswith("pin"):
        return not _BATTERY.match(reading.folded, word.end())
    return not written.startswith(("mặt", "mắt"))


def _limit(folded: str, words: list[re.Match[str]], number: int) -> int:
    """Find where the sentence ends; a line break directly after the link does not end it.

    The next such word is a limit too, for it looks after itself; unless it may be the value ("pass: password").
    """
    start = words[number].end()
    limit = min(len(folded), start + _REACH)
    for following in words[number + 1 : number + 3]:
        if not _ONLY_LINK.fullmatch(folded, start, following.start()):
            limit = min(limit, following.start())
            break
    for stop in _STOP.finditer(folded, start, limit):
        if stop[0] != "\n" or folded[start : stop.start()].rstrip()[-1:] not in {":", "=", ""}:
            return stop.start()
    return limit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# May stand between "là" and the value: "mật khẩu là em đặt ngày sinh con 12052010".
FILLERS = _words(
    """em minh toi chau con no hay van dat de dung xai lay cai day nay do ngay thang sinh nam ten so dien thoai sdt cua
    chong vo me bo ba ong chu thuong hoa viet lien cu moi cong voi va gom day tu mac dinh nhu sau the kem chinh dau cuoi
    la tao tui anh chi nha toan moi nguoi mat khau pass mk wifi fb facebook zalo email yeu"""
)
# May stand between the word and a value without any link: "mật khẩu wifi nhà em 12345678".
QUALIFIERS = _words(
    """moi cu wifi wi-fi fb facebook face zalo gmail email mail ngan hang bank cua em minh toi nha con me bo ba ong
    chong vo cau co chu bac anh chi dang nhap may tinh icloud vneid he thong quan tri
    admin root tk tai khoan vao mang la day
    nay ne nhe dien thoai laptop bkav vpn server web website app ung dung the atm nick acc ins tiktok telegram tele chau
    no smartbanking internet banking mo mobile mac dinh lop 2 cap 1 dat tao nhap go thu gom co hien tai yeu manh chung
    rieng don gian chi de doan dung chia se nguoi"""
)
# After a colon they begin a remark, not a value: "mật khẩu: chưa đổi".
REMARKS = _words(
    """khong ko k kh hok hong chua quen co bi da het mat lo doi em toi gi nao roi dung sai cu moi yeu manh day ok none
    null nil yes no trong tu nhu xem lien hoi cung dang thi ma nen phai can hay cho de duoc dc vi neu vay the sao chi
    nhieu it ca van con giong nhau cai nguoi ho minh ai a tuyet vui cam doc gui vao ra len nhap dat ghi an giu rat la
    toan thay bao xin nho truoc sau tai chac khac binh dang ngan dai kho abc xyz hide n/a toi"""
)
