"""A paper like the design's act, with files of its own in the store."""

import io
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.money import VatRate
from service_app.core.text import Text
from service_app.documents import service, snapshots
from service_app.documents.models import IssuedDocument
from service_app.files import intake
from service_app.files import service as files

NOW = datetime(2026, 11, 24, 13, 48, tzinfo=UTC)


def drawing(colour: str = "#1B3A8A") -> bytes:
    picture = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    points = [(40, 180), (120, 40), (180, 200), (260, 60), (330, 190), (420, 80), (560, 120)]
    draw.line(points, fill=colour, width=8, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def snapshot(session: Session, **changes: Any) -> dict[str, Any]:
    ink = files.store(session, intake.from_bytes(drawing(), "ink.png"), by=SYSTEM, at=NOW)
    vat = VatRate.STANDARD_22
    rows = [
        ("Диагностика системы регулирования", "н·ч", "2.0", "3200.00", "7808.00"),
        ("Замена и настройка регулятора напряжения", "н·ч", "2.5", "3200.00", "9760.00"),
        ("Регулятор напряжения AVR-440, зав. № A44-20917", "шт.", "1", "52760.00", "64367.20"),
    ]
    found: dict[str, Any] = {
        "issuer": snapshots.issuer(session, "ru"),
        "customer": {"name": "АО «Тверьстекло»", "inn": "6950000000"},
        "our_person": {
            "name": "Ковалёва Андрея Сергеевича",
            "position": "инженера",
            "ground": "доверенность № 14 от 12.01.2026",
        },
        "their_person": {"name": "Зимина Олега Викторовича", "position": "", "ground": ""},
        "on": date(2026, 11, 24),
        "city": "г. Тверь",
        "order": "26-0402",
        "order_on": date(2026, 11, 16),
        "copy": "Экземпляр заказчика",
        "signed_at": NOW,
        "received_at": datetime(2026, 11, 16, 7, 5, tzinfo=UTC),
        "due_at": datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
        "machine": "Электростанция дизельная ДГ-400",
        "hours_in": 11884,
        "hours_out": Decimal("11906"),
        "story": "Плавает частота, под нагрузкой просадка. ☑ Устранено.",
        "lines": [
            {
                "name": name,
                "note": "",
                "unit": unit,
                "quantity": Decimal(quantity),
                "net_price": Decimal(price),
                "discount_percent": Decimal(0),
                "vat": vat.short,
                "gross": Decimal(gross),
            }
            for name, unit, quantity, price, gross in rows
        ],
        "totals": {
            "gross": Decimal("81935.20"),
            "vat": [[Text("including %(rate)s", rate=vat.label), Decimal("14775.20")]],
        },
        "checks": [["Частота под нагрузкой", "49,5–50,5 Гц", "50,0"]],
        "warranty": "6 мес. или 500 м·ч, что раньше",
        "statement": "Работы выполнены полностью и в срок.",
        "remarks": "нет.",
        "photos": [],
        "signers": [
            snapshots.signer(
                heading=Text("Сдал, исполнитель"),
                name="Ковалёв А. С.",
                position="инженер",
                signature=ink.key,
            ),
            snapshots.signer(heading=Text("Принял, заказчик"), name="Зимин О. В."),
        ],
    }
    return found | changes


def issue(session: Session, **changes: Any) -> IssuedDocument:
    """Inside a transaction: issue the act; ``changes`` go to ``service.issue``."""
    ground = changes.pop("ground", ("order", "26-0402"))
    values: dict[str, Any] = {
        "kind": "act",
        "number": service.next_number(session, ground),
        "company_id": None,
        "ground": ground,
        "language": "ru",
        "zone": "Europe/Moscow",
        "template": "act.html",
        "uid": uuid.uuid4(),
        "by": SYSTEM,
        "at": NOW,
    }
    if "snapshot" not in changes:
        values["snapshot"] = snapshot(session)
    return service.issue(session, **(values | changes))
