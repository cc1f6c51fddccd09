"""Five models and forty machines. Rates are in meter units a day of the calendar."""

from dataclasses import dataclass
from decimal import Decimal

from assets.machines.catalogue import ModelFacts
from assets.machines.rules import Criticality, MeterUnit, ModelKind

MODELS = {
    "EG": ModelFacts(
        "ЭГ-230", "EG-230", ModelKind.EXCAVATOR, "Уралэкскав", typical_per_day=Decimal("6.5"),
        technical_data=(
            ("Эксплуатационная масса, кг", "23 400"), ("Мощность двигателя, кВт", "122"),
            ("Объём ковша, м³", "1,1"), ("Глубина копания, м", "6,6"),
            ("Давление в контуре стрелы, бар", "330–350"),
        ),
    ),
    "DG": ModelFacts(
        "ДГ-400", "DG-400", ModelKind.GENERATOR, "Волгадизель", typical_per_day=Decimal("9"),
        technical_data=(
            ("Номинальная мощность, кВт", "320"), ("Напряжение, В", "400"),
            ("Частота, Гц", "50 ± 0,5"), ("Ёмкость бака, л", "780"),
        ),
    ),
    "VK": ModelFacts(
        "ВК-55", "VK-55", ModelKind.COMPRESSOR, "Пневмомаш", typical_per_day=Decimal("11"),
        technical_data=(
            ("Производительность, м³/мин", "9,6"), ("Рабочее давление, бар", "7–10"),
            ("Мощность, кВт", "55"), ("Заправка маслом, л", "32"),
        ),
    ),
    "KZ": ModelFacts(
        "КЗ-740", "KZ-740", ModelKind.COMBINE, "Ростагромаш", typical_per_day=Decimal("4"),
        technical_data=(
            ("Ширина жатки, м", "9,2"), ("Объём бункера, м³", "10,5"),
            ("Мощность двигателя, кВт", "294"),
        ),
    ),
    "PL": ModelFacts(
        "ПЛ-850", "PL-850", ModelKind.PRINTER, "Полиграфтех", MeterUnit.PAGES,
        max_per_day=Decimal(24_000), typical_per_day=Decimal(4_200),
        technical_data=(
            ("Скорость, отпечатков в минуту", "85"), ("Формат", "SRA3"), ("Красок", "4"),
        ),
    ),
}  # fmt: skip
"""Serial numbers begin with the key, so a machine finds its model by them."""


@dataclass(frozen=True)
class Unit:
    """One machine: whose, where (index of the site), how old and how busy.

    ``years`` since commissioning, ``hours`` counted a year ago, ``rate`` a day; ``warranty`` is
    months and running hours.
    """

    serial: str
    inventory: str
    customer: str
    site: int
    years: float
    hours: int
    rate: float
    criticality: Criticality = Criticality.NORMAL
    warranty: tuple[int | None, int | None] = (24, 4000)

    @property
    def model(self) -> str:
        """The key of its model."""
        return self.serial[:2]


_H, _L = Criticality.HIGH, Criticality.LOW
FLEET = (
    Unit("EG230-00417", "12", "quarry", 0, 2.9, 3848, 6.6, warranty=(24, 6000)),
    Unit("EG230-00421", "14", "quarry", 0, 2.7, 5990, 6.1),
    Unit("EG230-00433", "16", "quarry", 1, 1.2, 410, 7.2, _H),
    Unit("DG400-0077", "31", "quarry", 0, 3.4, 8120, 8.4),
    Unit("DG400-0104", "32", "quarry", 1, 1.6, 1890, 9.6),
    Unit("VK55-1160", "40", "quarry", 0, 2.2, 5240, 10.8, _L),
    Unit("VK55-1171", "41", "quarry", 1, 0.9, 0, 9.9),
    Unit("DG400-0088", "ОС-04417", "glass", 0, 3.1, 8900, 8.2, _H),
    Unit("DG400-0093", "ОС-04418", "glass", 0, 2.6, 6410, 8.8, _H),
    Unit("DG400-0096", "ОС-04502", "glass", 0, 1.4, 1260, 7.1),
    Unit("VK55-1140", "ОС-03901", "glass", 1, 3.6, 11_870, 12.4),
    Unit("VK55-1145", "ОС-03902", "glass", 1, 3.6, 12_240, 12.9),
    Unit("VK55-1150", "ОС-03977", "glass", 1, 1.1, 240, 11.6, _L),
    Unit("PL850-3290", "ОС-05110", "glass", 0, 2.0, 1_420_300, 1600.0, _L, (12, None)),
    Unit("KZ740-2047", "К-1", "agro", 0, 4.2, 1610, 4.1),
    Unit("KZ740-2048", "К-2", "agro", 0, 4.2, 1570, 4.0),
    Unit("KZ740-2049", "К-3", "agro", 0, 3.2, 1180, 4.4, _H),
    Unit("KZ740-2051", "К-4", "agro", 0, 2.2, 720, 4.6, _H),
    Unit("KZ740-2055", "К-5", "agro", 0, 1.3, 60, 4.8),
    Unit("KZ740-2056", "К-6", "agro", 0, 1.3, 55, 4.7),
    Unit("VK55-1182", "К-21", "agro", 1, 1.8, 1980, 7.2, _H),
    Unit("VK55-1185", "К-22", "agro", 1, 1.5, 1410, 6.4),
    Unit("EG230-00388", "Э-07", "build", 0, 3.8, 7150, 7.4, _H, (24, 6000)),
    Unit("EG230-00391", "Э-08", "build", 0, 3.6, 6720, 6.9),
    Unit("EG230-00396", "Э-09", "build", 1, 3.3, 5890, 5.2, _L),
    Unit("DG400-0081", "Д-02", "build", 0, 3.3, 7020, 7.7),
    Unit("DG400-0101", "Д-03", "build", 0, 1.7, 2280, 8.9),
    Unit("VK55-1190", "П-01", "build", 0, 1.0, 0, 8.1),
    Unit("PL850-3302", "П-1", "pack", 0, 2.8, 4_980_400, 6200.0, _H, (12, None)),
    Unit("PL850-3306", "П-2", "pack", 0, 2.6, 4_410_800, 5600.0),
    Unit("PL850-3310", "П-3", "pack", 0, 2.1, 3_120_000, 5100.0),
    Unit("PL850-3314", "П-4", "pack", 0, 1.5, 1_006_200, 4700.0),
    Unit("PL850-3321", "П-5", "pack", 0, 0.8, 0, 4900.0, _H, (12, None)),
    Unit("PL850-3322", "П-6", "pack", 0, 0.8, 0, 3100.0, _L, (12, None)),
    Unit("PL850-3305", "П-7", "pack", 0, 2.7, 3_870_100, 2900.0, _L, (12, None)),
    Unit("EG230-00402", "XE-1", "steppe", 0, 3.0, 6480, 9.4, _H, (24, 6000)),
    Unit("EG230-00405", "XE-2", "steppe", 0, 3.0, 6310, 9.1, warranty=(24, 6000)),
    Unit("EG230-00409", "XE-3", "steppe", 0, 2.8, 5720, 8.2),
    Unit("DG400-0110", "XG-1", "steppe", 0, 1.2, 690, 10.2, _H),
    Unit("VK55-1195", "XC-1", "steppe", 0, 1.0, 0, 9.0),
)
REPLACED_METER = "EG230-00417"
SILENT = "VK55-1160"
"""Nobody has sent a reading of this one for over a month."""
MISREAD = "DG400-0077"
"""Somebody typed a wrong reading of this one, and it was voided."""
