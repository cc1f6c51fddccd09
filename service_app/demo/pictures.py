"""Photos and signatures as drawings, so that nothing real is shown."""

import io
import math
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from service_app.files.intake import PreparedFile, from_bytes

SIZE = (1280, 960)
_DARK, _STEEL, _PALE, _OIL, _YELLOW = "#2b3238", "#8b98a3", "#d9dfe3", "#3a2c14", "#e0a526"
_PETROL = "#0A5A6E"
SIGNATURE = (600, 200)


@lru_cache(maxsize=32)
def photo(kind: str, figure: str = "") -> PreparedFile:
    """A drawing of ``gauge``, ``hose``, ``meter``, ``cylinder`` or ``seal``, showing ``figure``."""
    picture = Image.new("RGB", SIZE, _PALE)
    draw = ImageDraw.Draw(picture)
    _background(draw)
    _DRAWN[kind](draw, figure)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return from_bytes(out.getvalue(), f"{kind}.jpg")


@lru_cache(maxsize=32)
def signature(name: str) -> PreparedFile:
    """Strokes somebody of this name might have drawn; the same name gives the same strokes."""
    chance = random.Random(name)
    picture = Image.new("RGBA", SIGNATURE, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    left, phase = 60.0, chance.uniform(0, 6)
    points = []
    for step in range(160):
        fade = 1 - step / 220
        x = left + step * 2.8 + 22 * math.sin(step / 7 + phase)
        y = 105 + fade * 55 * math.sin(step / 4.5 + phase) + 14 * math.sin(step / 2.1)
        points.append((x, y))
    draw.line(points, fill=(22, 40, 90, 255), width=5, joint="curve")
    draw.line([(90, 160), (480, 140 + chance.uniform(-8, 8))], fill=(22, 40, 90, 255), width=3)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return PreparedFile("signature.png", "image/png", ".png", out.getvalue(), *SIGNATURE)


def _background(draw: ImageDraw.ImageDraw) -> None:
    for y in range(0, SIZE[1], 8):
        shade = 196 + y * 34 // SIZE[1]
        draw.rectangle((0, y, SIZE[0], y + 8), fill=(shade - 10, shade - 4, shade))
    draw.rectangle((0, 780, SIZE[0], SIZE[1]), fill="#6f6a60")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _gauge(draw: ImageDraw.ImageDraw, figure: str) -> None:
    x, y, r = 640, 450, 330
    draw.ellipse((x - r - 30, y - r - 30, x + r + 30, y + r + 30), fill=_STEEL)
    draw.ellipse((x - r, y - r, x + r, y + r), fill="#fbfbf8")
    for mark in range(41):
        angle = math.radians(225 - mark * 6.75)
        inner = r - (60 if mark % 10 == 0 else 34)
        ends = [(x + d * math.cos(angle), y - d * math.sin(angle)) for d in (inner, r - 12)]
        draw.line(ends, fill=_DARK, width=8 if mark % 10 == 0 else 3)
        if mark % 10 == 0:
            at = (x + (r - 105) * math.cos(angle), y - (r - 105) * math.sin(angle))
            draw.text(at, str(mark * 10), fill=_DARK, font=_font(44), anchor="mm")
    share = float(figure or 312) / 400
    angle = math.radians(225 - share * 270)
    tip = (x + (r - 50) * math.cos(angle), y - (r - 50) * math.sin(angle))
    draw.line([(x, y), tip], fill="#b3261e", width=14)
    draw.ellipse((x - 26, y - 26, x + 26, y + 26), fill=_DARK)
    draw.text((x, y + 150), "bar", fill=_DARK, font=_font(54), anchor="mm")


def _meter(draw: ImageDraw.ImageDraw, figure: str) -> None:
    draw.rounded_rectangle((200, 240, 1080, 680), 40, fill=_DARK)
    draw.rounded_rectangle((270, 330, 1010, 520), 18, fill="#c9d3b4")
    draw.text((985, 425), figure or "6481.3", fill="#1c2416", font=_font(150), anchor="rm")
    draw.text((640, 600), "HOURS  1/10", fill=_PALE, font=_font(54), anchor="mm")


def _cylinder(draw: ImageDraw.ImageDraw, _figure: str) -> None:
    draw.polygon([(80, 620), (760, 300), (830, 430), (150, 760)], fill=_YELLOW)
    draw.polygon([(760, 330), (1240, 110), (1260, 160), (800, 400)], fill="#cfd6db")
    draw.line([(790, 400), (1150, 235)], fill="#ffffff", width=8)
    draw.polygon([(740, 320), (790, 296), (846, 410), (800, 440)], fill=_DARK)
    for n, (x, y) in enumerate(((800, 430), (828, 500), (776, 560), (812, 640), (790, 740))):
        draw.ellipse((x - 16 - n * 6, y - 24, x + 16 + n * 6, y + 50), fill=_OIL)
    draw.ellipse((600, 800, 1010, 900), fill=_OIL)


def _hose(draw: ImageDraw.ImageDraw, _figure: str) -> None:
    curve = [(60 + t * 12, 480 + 190 * math.sin(t / 16)) for t in range(100)]
    draw.line(curve, fill="#15181b", width=120, joint="curve")
    draw.line([(x, y - 26) for x, y in curve], fill="#39424a", width=14, joint="curve")
    x, y = curve[52]
    for n in range(26):
        dx = n * 9 - 117
        draw.line([(x + dx, y - 62), (x + dx + 34, y + 40)], fill="#a5712f", width=5)
    draw.ellipse((x - 60, y + 60, x + 80, y + 170), fill=_OIL)


def _seal(draw: ImageDraw.ImageDraw, _figure: str) -> None:
    for n, (x, y) in enumerate(((330, 420), (690, 380), (980, 560))):
        r = 170 - n * 22
        draw.ellipse((x - r, y - r, x + r, y + r), outline="#23282c", width=46)
        draw.arc((x - r, y - r, x + r, y + r), 20 + n * 70, 64 + n * 70, fill="#96856a", width=46)


_DRAWN = {
    "gauge": _gauge,
    "meter": _meter,
    "cylinder": _cylinder,
    "hose": _hose,
    "seal": _seal,
}


@lru_cache(maxsize=1)
def mark() -> PreparedFile:
    """The company's mark: a gear on a square, large enough for a letterhead."""
    side, middle = 960, 480.0
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), radius=200, fill=_PETROL)
    teeth = []
    for step in range(32):
        far = 300 if step % 4 in (0, 1) else 236
        angle = math.tau * (step - 0.5) / 32
        teeth.append((middle + far * math.cos(angle), middle + far * math.sin(angle)))
    draw.polygon(teeth, fill="white")
    draw.circle((middle, middle), 192, fill=_PETROL)
    draw.circle((middle, middle), 120, fill="white")
    draw.circle((middle, middle), 68, fill=_PETROL)
    out = io.BytesIO()
    picture.resize((320, 320), Image.Resampling.LANCZOS).save(out, "PNG")
    return from_bytes(out.getvalue(), "mark.png")
