"""What a message may be: the kinds that carry a file, and an example of everything else the Bot API 10.0 knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.playground.files import File
from bot.playground.pictures import measured

Json = dict[str, Any]
_FILM_HEAD = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
_PICTURE_HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_FILM: Json = {"duration": 3, "width": 640, "height": 360}


@dataclass(frozen=True)
class Medium:
    """One kind of message with a file: where the file lies, what it is by default, and what else is said of it."""

    folder: str
    type: str  # what Telegram calls such a file when it refuses to send it as something else
    name: str
    mime: str
    head: bytes = b""
    looks: Json = field(default_factory=dict)
    named: bool = True  # its name and type are told
    captioned: bool = True


MEDIA: dict[str, Medium] = {
    "photo": Medium("photos", "Photo", "photo.jpg", "image/jpeg", _PICTURE_HEAD, named=False),
    "video": Medium("videos", "Video", "video.mp4", "video/mp4", _FILM_HEAD, _FILM),
    "animation": Medium("animations", "Animation", "animation.mp4", "video/mp4", _FILM_HEAD, _FILM),
    "audio": Medium("music", "Audio", "audio.mp3", "audio/mpeg", b"ID3\x04\x00\x00", {"duration": 3}),
    "document": Medium("documents", "Document", "file.bin", "application/octet-stream"),
    "voice": Medium("voice", "VoiceNote", "voice.ogg", "audio/ogg", b"OggS\x00\x02", {"duration": 3}, named=False),
    "video_note": Medium(
        "video_notes",
        "VideoNote",
        "round.mp4",
        "video/mp4",
        _FILM_HEAD,
        {"duration": 3, "length": 240},
        named=False,
        captioned=False,
    ),
    "sticker": Medium(
        "stickers",
        "Sticker",
        "sticker.webp",
        "image/webp",
        b"RIFF\x00\x10\x00\x00WEBPVP8 ",
        {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
        named=False,
        captioned=False,
    ),
}
CAPTIONED = frozenset({kind for kind, medium in MEDIA.items() if medium.captioned} | {"paid_media", "live_photo"})


def written(kind: str, file: File, **facts: Any) -> Json:
    """The fields of a message that carries this file; `facts` are said besides (duration, emoji …)."""
    medium = MEDIA[kind]
    if kind == "photo":
        return {"photo": photo_sizes(file)}
    body = {**file.wire(), **medium.looks, **facts}
    if medium.named:
        body |= {"file_name": file.name, "mime_type": file.mime}
    elif kind == "voice":
        body["mime_type"] = file.mime
    if kind == "animation":
        # The API repeats an animation as a document, for bots of old.
        return {kind: body, "document": {**file.wire(), "file_name": file.name, "mime_type": file.mime}}
    return {kind: body}


def photo_sizes(file: File) -> list[Json]:
    """Telegram keeps a picture in several sizes, the greatest last; here they share one content."""
    width, height = measured(file.head)
    small = {"file_id": file.id, "file_unique_id": f"{file.unique}s", "file_size": min(file.size, 1500)}
    return [
        {**small, "width": min(width, 90), "height": min(height, 90)},
        {**file.wire(), "width": width, "height": height},
    ]
