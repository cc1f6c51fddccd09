"""What an upload really is, and what is left out of it."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from service_app.core.errors import Invalid
from service_app.files import intake
from service_app.files.video import without_place

PLACE = b"+55.7558+037.6173+144.000/"


def picture(size=(60, 40), kind="JPEG", mode="RGB", **more) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind, **more)
    return out.getvalue()


def with_exif() -> bytes:
    """Half red, half blue, lying on its side, with the place it was taken at."""
    image = Image.new("RGB", (80, 40), "red")
    image.paste("blue", (40, 0, 80, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 21.0), 3: "E", 4: (37.0, 37.0, 2.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"at home", quality=95)
    return out.getvalue()


def upload(content: bytes, name="photo.jpg") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def refusal(content: bytes, name="photo.jpg") -> str:
    with pytest.raises(Invalid) as caught:
        intake.prepare(upload(content, name))
    assert caught.value.field == "photos"
    return str(caught.value.text)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def video(place: bytes = PLACE) -> bytes:
    about = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7) + place))
    return box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", about) + box(b"mdat", b"frames" + PLACE)


@pytest.mark.parametrize(
    ("content", "name", "media_type", "named"),
    [
        (picture(), "a.png", "image/jpeg", "a.jpg"),
        (picture(), "A.JPEG", "image/jpeg", "A.JPEG"),
        (picture(kind="PNG"), "a.PNG", "image/jpeg", "a.jpg"),
        (picture(kind="PNG", mode="RGBA"), "a", "image/png", "a.png"),
        (picture(kind="WEBP"), "a.webp", "image/jpeg", "a.jpg"),
        (b"%PDF-1.7 x", "scan.exe", "application/pdf", "scan.pdf"),
        (video(), "v.mov", "video/mp4", "v.mp4"),
    ],
)
def test_the_kind_is_found_by_content(content, name, media_type, named) -> None:
    found = intake.prepare(upload(content, name))
    assert (found.media_type, found.name) == (media_type, named)
    assert found.name.lower().endswith((found.suffix, ".jpeg"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "photo.jpg is empty."),
        (b"<html><script>alert(1)</script>", "is not a photo, a PDF or a short video"),
        (b"PK\3\4 an archive", "is not a photo"),
        (b"RIFF\0\0\0\0WAVE sound", "is not a photo"),
        (b"\0\0\0\x18ftypavif____", "is not a photo"),
        (b"\0\0\0\x18ftypheic____", "HEIC photos cannot be shown everywhere"),
        (b"\0\0\0\x18ftypmif1____", "HEIC photos cannot be shown everywhere"),
        (b"\xff\xd8\xff but no photo", "photo.jpg cannot be read as a photo"),
        (picture()[:200], "cannot be read as a photo"),
        (picture(kind="PNG")[:40], "cannot be read as a photo"),
    ],
)
def test_what_is_not_one_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_too_large_says_how_large(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(picture() + b"\0" * (31 * 1024 * 1024 - 900))
    assert words == "The photo is 31 MB, the limit is 20 MB. Take it at a lower quality."
    words = refusal(b"%PDF-1.7" + b"\0" * (20 * 1024 * 1024), "scan.pdf")
    assert words == "The file is 21 MB, the limit is 20 MB. Make it smaller."


def bomb(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [6_000, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_goes_off(side: int) -> None:
    assert "has too many pixels" in refusal(bomb(side), "bomb.png")


def test_a_photo_is_scaled_and_gets_a_small_one() -> None:
    found = intake.prepare(upload(picture((4000, 3000))))
    assert (found.width, found.height) == (2048, 1536)
    with Image.open(io.BytesIO(found.content)) as kept:
        assert kept.size == (2048, 1536)
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert small.size == (480, 360)


def test_a_small_photo_is_not_blown_up() -> None:
    found = intake.prepare(upload(picture((60, 40))))
    assert (found.width, found.height) == (60, 40)


def test_a_photo_stands_upright_and_forgets_where_it_was_taken() -> None:
    found = intake.prepare(upload(with_exif()))
    with Image.open(io.BytesIO(found.content)) as kept:
        assert kept.size == (40, 80)
        top, bottom = kept.getpixel((20, 10)), kept.getpixel((20, 70))
        assert top[0] > 200 > 60 > top[2]
        assert bottom[2] > 200 > 60 > bottom[0]
        assert not kept.getexif()
        assert "comment" not in kept.info
    for content in (found.content, found.thumbnail):
        assert b"Exif" not in content
        assert b"Secret phone" not in content
        assert b"at home" not in content


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_photos_forget_it_too(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret phone"
    for mode in ("RGB", "RGBA"):
        content = picture(kind=kind, mode=mode, exif=exif)
        assert b"Secret phone" in content
        assert b"Secret phone" not in intake.prepare(upload(content)).content


def test_a_video_forgets_the_place_and_keeps_its_pictures() -> None:
    content = video()
    kept = without_place(content)
    assert len(kept) == len(content)
    assert kept.count(PLACE) == 1  # the pictures' own bytes are never touched
    assert kept.endswith(b"frames" + PLACE)
    assert b"\xa9xyz" not in kept
    assert intake.prepare(upload(content, "v.mp4")).content == kept


@pytest.mark.parametrize("content", [b"", b"\0\0\0\1ftyp", b"\0\0\0\0moov", b"\xff" * 40])
def test_a_broken_video_is_left_as_it_is(content: bytes) -> None:
    assert without_place(content) == content


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\скан 1.pdf", "скан 1.pdf"),
        ('a"b<c>\n.pdf', "abc.pdf"),
        ("...hidden.pdf", "hidden.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert intake.prepare(upload(b"%PDF-1.7", given)).name == kept


def test_at_most_twelve_and_empty_choices_do_not_count() -> None:
    assert intake.prepare_all([upload(b"", "")]) == []
    assert len(intake.prepare_all([upload(picture()) for _ in range(12)])) == 12
    with pytest.raises(Invalid, match="at most 12"):
        intake.prepare_all([upload(picture()) for _ in range(13)])


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA", "I;16"])
def test_every_kind_of_colour_is_taken(mode: str, tmp_path: Path) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, kind)
    assert intake.prepare(upload(out.getvalue())).width == 30
