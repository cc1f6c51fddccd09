"""What an upload really is, found by its content and made safe before the database is touched."""

import base64
import binascii
import hashlib
import io
import struct
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from service_app.core.errors import Invalid
from service_app.core.text import N_, Text
from service_app.files.video import VIDEO_BRANDS, without_place

LARGEST_MB = 20
LARGEST = LARGEST_MB * 1024 * 1024
MOST_PIXELS = 120_000_000
"""Of a JPEG, which is decoded small; other photos are decoded whole."""
MOST_PIXELS_WHOLE = 30_000_000
LONGEST_SIDE = 2048
THUMBNAIL = 480
MOST_AT_ONCE = 12
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_TOO_LARGE_PHOTO = N_(
    "The photo is %(size)s MB, the limit is %(limit)s MB. Take it at a lower quality."
)
_TOO_LARGE_FILE = N_("The file is %(size)s MB, the limit is %(limit)s MB. Make it smaller.")
_HEIC = N_("HEIC photos cannot be shown everywhere. Set the camera to JPEG, or send a copy.")
_UNKNOWN = N_("%(name)s is not a photo, a PDF or a short video. Send JPEG, PNG, WebP, PDF or MP4.")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True)
class PreparedFile:
    """Bytes that may be kept: photos turned upright, scaled, without where they were taken."""

    name: str
    media_type: str
    suffix: str
    content: bytes
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None

    @property
    def sha256(self) -> str:
        """The hex digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


def prepare(upload: FileStorage) -> PreparedFile:
    """One upload, checked and made safe. Raises Invalid with a sentence."""
    name = _clean_name(upload.filename or "")
    content = upload.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        upload.stream.seek(0, io.SEEK_END)
        sentence = _TOO_LARGE_PHOTO if _is_photo(content[:16]) else _TOO_LARGE_FILE
        size = -(-upload.stream.tell() // (1024 * 1024))
        raise Invalid(sentence.with_values(size=size, limit=LARGEST_MB), "photos")
    return from_bytes(content, name)


def prepare_all(uploads: Iterable[FileStorage]) -> list[PreparedFile]:
    """Every upload that was really chosen, at most twelve at once."""
    chosen = [u for u in uploads if u and u.filename]
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid(Text("Send at most %(n)s files at once.", n=MOST_AT_ONCE), "photos")
    return [prepare(u) for u in chosen]


def from_bytes(content: bytes, name: str) -> PreparedFile:
    """The same for bytes already in hand (imports, the demo company)."""
    if not content:
        raise Invalid(Text("%(name)s is empty.", name=name), "photos")
    head = content[:16]
    if _is_photo(head):
        return _photo(content, name)
    if head[:5] == b"%PDF-":
        return PreparedFile(_named(name, ".pdf"), "application/pdf", ".pdf", content)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        raise Invalid(_HEIC, "photos")
    if head[4:8] == b"ftyp" and head[8:12] in VIDEO_BRANDS:
        return PreparedFile(_named(name, ".mp4"), "video/mp4", ".mp4", without_place(content))
    raise Invalid(_UNKNOWN.with_values(name=name), "photos")


def _is_photo(head: bytes) -> bool:
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return is_webp or head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n"


def prepare_drawing(data_url: str) -> PreparedFile | None:
    """A signature drawn on the screen (``data:image/png;base64,…``), its pixels kept exactly.

    None when nothing was drawn. Raises Invalid for anything that is no PNG.
    """
    head, _, body = data_url.partition(",")
    if not body:
        return None
    wrong = N_("The signature did not arrive whole. Sign again.")
    if head != "data:image/png;base64" or len(body) > 2_000_000:
        raise Invalid(wrong)
    try:
        content = base64.b64decode(body, validate=True)
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            picture.load()
            is_blank = picture.convert("RGBA").getchannel("A").getextrema() == (0, 0)
            size = picture.size
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Invalid(wrong) from error
    if is_blank:
        return None
    return PreparedFile("signature.png", "image/png", ".png", content, *size)


def _photo(content: bytes, name: str) -> PreparedFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture, has_alpha = _upright(content, name)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(_too_many_pixels(name), "photos") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        broken = N_("%(name)s cannot be read as a photo. Take it again.").with_values(name=name)
        raise Invalid(broken, "photos") from error
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    kept, media_type, suffix = _encode(picture, has_alpha=has_alpha, quality=85)
    preview, _, _ = _encode(small, has_alpha=has_alpha, quality=78)
    size = picture.size
    return PreparedFile(_named(name, suffix), media_type, suffix, kept, *size, thumbnail=preview)


def _upright(content: bytes, name: str) -> tuple[Image.Image, bool]:
    """The picture at its largest kept size, standing as it was taken; whether it has holes.

    Its pixels alone go on: where and with what it was taken stays behind.
    """
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as opened:
        most = MOST_PIXELS if opened.format == "JPEG" else MOST_PIXELS_WHOLE
        if opened.width * opened.height > most:
            raise Invalid(_too_many_pixels(name), "photos")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        turned = ImageOps.exif_transpose(opened)
        has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        plain = turned.convert("RGBA" if has_alpha else "RGB")
    return Image.frombytes(plain.mode, plain.size, plain.tobytes()), has_alpha


def _too_many_pixels(name: str) -> Text:
    return Text("%(name)s has too many pixels to be a photo.", name=name)


def _encode(picture: Image.Image, *, has_alpha: bool, quality: int) -> tuple[bytes, str, str]:
    out = io.BytesIO()
    if has_alpha:
        picture.save(out, "PNG", optimize=False)
        return out.getvalue(), "image/png", ".png"
    picture.save(out, "JPEG", quality=quality, progressive=True)
    return out.getvalue(), "image/jpeg", ".jpg"


def _clean_name(name: str) -> str:
    plain = PurePath(name.replace("\\", "/")).name
    kept = "".join(c for c in plain if c.isprintable() and c not in '"<>|:*?')
    return kept[-120:].lstrip(". ") or "file"


def _named(name: str, suffix: str) -> str:
    """The name with the suffix of what the file really is."""
    stem = PurePath(name).stem or "file"
    own = PurePath(name).suffix.lower()
    return name if own == suffix or (own, suffix) == (".jpeg", ".jpg") else f"{stem}{suffix}"
