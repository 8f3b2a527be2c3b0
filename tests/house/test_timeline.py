"""Every kind of event can be told, whatever it holds: to those who may see numbers of people, and to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from bot.domain.incidents import EventKind
from bot.services.casework import timelines
from bot.services.casework.timelines import DETAILS, Telling
from locales import Texts
from storage.events import Event

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
STORY = "Gọi 0912 345 678, xem https://vidu.example/a"
# What is logged, and what is read of it; other kinds say what they hold as words.
TOLD: Mapping[EventKind, tuple[Mapping[str, Any], str]] = {
    EventKind.FILED: ({"facts": {"story": STORY}}, "gửi tin báo: Gọi 0912 345 678, xem hxxps://vidu[.]example/a"),
    EventKind.SUPPLEMENTED: ({"facts": {"clues": STORY, "no_more": 1}}, ": Gọi 0912 345 678"),
    EventKind.RATED: ({"after": "serious", "reason": "wider"}, "định mức độ: P2 Nghiêm trọng, "),
    EventKind.PROPOSED: ({"severity": "event", "rule": "x"}, "gợi ý mức độ: P4"),
    EventKind.MERGED: ({"main": "x", "into": "SC-2026-000002", "before": "new"}, "ghi là trùng: SC-2026-000002"),
    EventKind.REFERRED: ({"body": "Công an tỉnh", "reason": "x"}, "chuyển cơ quan khác: Công an tỉnh"),
    EventKind.FORWARDED: (
        {"origin": {"type": "user", "name": "Lê A", "date": "2026-11-22T01:00:00+00:00"}},
        "chuyển tiếp tin: ",
    ),
    EventKind.PAUSED: ({"reason": "reporter", "until": "x", "what": "hẹn chiều"}, ": chờ người báo, hẹn chiều"),
    EventKind.WARNED: ({"clock": "answer", "people": ["a"]}, "nhắc thời hạn: Trả lời người báo lần đầu, Đỗ Minh Khôi"),
    EventKind.CLIMBED: ({"clock": "h72", "people": ["a"]}, "báo cấp trên: Báo cáo 72 giờ, Đỗ Minh Khôi"),
    EventKind.DECLARED: ({"clock": "h72"}, "theo quy định: Báo cáo 72 giờ"),
    EventKind.MARKED: ({"before": "AMBER", "after": "RED"}, "đổi nhãn chia sẻ: TLP:RED"),
    EventKind.REQUESTED: (
        {"request": "DP-2026-0001", "agency": "Viễn thông Ví Dụ", "text": "Chặn số 0912 345 678"},
        "đề nghị phối hợp: DP-2026-0001, Viễn thông Ví Dụ, Chặn số ",
    ),
    EventKind.REQUEST_ANSWERED: (
        {"request": "DP-2026-0001", "agency": "Viễn thông Ví Dụ", "what": "done", "text": None},
        "ghi nhận trả lời phối hợp: DP-2026-0001, Viễn thông Ví Dụ, ",
    ),
    EventKind.OFFERED: ({"giver": "b", "to": "a"}, "đề nghị bàn giao: cho Đỗ Minh Khôi"),
    EventKind.HANDED: ({"before": "a", "after": "b"}, "nhận bàn giao: từ Đỗ Minh Khôi"),
    EventKind.DECLINED: ({"giver": "a"}, "không nhận bàn giao: từ Đỗ Minh Khôi"),
}


@cache
def texts() -> Texts:
    return Texts.load()


def told(
    kind: EventKind, payload: Mapping[str, Any] | None, *, personal: bool = True, longest: int | None = 160
) -> str:
    names = {"a": "Đỗ Minh Khôi"}
    telling = Telling("citizen_report_1", personal, longest, duties={"h72": "Báo cáo 72 giờ"}, names=names)
    one = timelines.line(telling, Event(7, kind, NOW, "a", payload))
    return texts().plain("vi", one["text"], one["values"])


def test_every_kind_that_says_something_of_its_own_is_tried_here() -> None:
    assert TOLD.keys() == DETAILS.keys()


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_is_told_with_and_without_what_it_said(kind: EventKind) -> None:
    payload, words = TOLD.get(kind, ({"text": STORY}, ": Gọi 0912 345 678"))
    assert words in told(kind, payload)
    assert told(kind, {}).startswith("7. 08:30 ngày 23/11/2026 · Đỗ Minh Khôi ")
    assert not told(kind, {}).endswith((": ", ":"))
    assert told(kind, None).endswith(": (nội dung đã xóa theo yêu cầu)")
    for masked in (told(kind, payload, personal=False), told(kind, payload, personal=False, longest=None)):
        assert "0912" not in masked
        assert "Lê A" not in masked


def test_long_words_are_cut_in_a_chat_and_whole_in_a_file() -> None:
    payload = {"text": "Một câu rất dài. " * 40}
    assert len(told(EventKind.TOLD, payload)) < 220
    assert told(EventKind.TOLD, payload, longest=None).count("Một câu") == 40
