"""What breaks, why, and what is done about it, by model. Words are ``Russian|English``."""

from dataclasses import dataclass
from decimal import Decimal

from assets.faults.rules import Severity
from workorders.orders.rules import LineKind

RATE = Decimal("2622.95")
"""Net price of an hour of work: 3,200 with VAT of 22 %."""


@dataclass(frozen=True)
class Item:
    """A line: what, how much of it, at which net price."""

    kind: LineKind
    words: str
    unit: str
    quantity: Decimal
    price: Decimal
    article: str = ""


@dataclass(frozen=True)
class Story:
    """A fault from its symptom to its remedy; ``work_minutes`` is the labour it takes."""

    severity: Severity
    symptom: str
    cause: str
    remedy: str
    items: tuple[Item, ...]
    picture: str = ""

    @property
    def work_minutes(self) -> int:
        """Minutes of work by the lines."""
        hours = sum(i.quantity for i in self.items if i.kind is LineKind.WORK)
        return int(hours * 60)


def said(words: str, language: str) -> str:
    """The half of ``Russian|English`` for a language."""
    russian, _, english = words.partition("|")
    return english if language == "en" and english else russian


def work(words: str, hours: str) -> Item:
    """Work by the hour."""
    return Item(LineKind.WORK, words, "н·ч|h", Decimal(hours), RATE)


def part(
    words: str, price: int | str, article: str = "", n: str = "1", unit: str = "шт.|pc"
) -> Item:
    """Parts and materials."""
    return Item(LineKind.PART, words, unit, Decimal(n), Decimal(price), article)


TRAVEL = Item(
    LineKind.TRAVEL,
    "Выезд на площадку|Trip to the site",
    "выезд|trip",
    Decimal(1),
    Decimal("3688.52"),
)

_S, _D, _M = Severity.STOPPED, Severity.DEGRADED, Severity.MINOR
BOOM = Story(
    _S, "Стрела сама опускается, течёт левый гидроцилиндр|Boom drops by itself, left boom cylinder"
    " leaking",
    "Износ уплотнений гидроцилиндра стрелы|Worn seals of the boom cylinder",
    "Гидроцилиндр стрелы снят, уплотнения заменены, давление в контуре 340 бар|Boom cylinder"
    " removed, seals replaced, circuit pressure 340 bar",
    (
        work("Снять и поставить гидроцилиндр стрелы|Remove and fit the boom cylinder", "6.5"),
        part("Ремкомплект уплотнений|Seal kit", "15737.70", "PT-2217", "2", "компл.|kit"),
        part("Масло гидравлическое|Hydraulic oil", "450.82", "HVLP-46", "38", "л|l"),
    ), "cylinder",
)  # fmt: skip

STORIES: dict[str, tuple[Story, ...]] = {
    "EG": (
        BOOM,
        Story(
            _D, "Течь масла из редуктора поворота|Oil leak at the swing gearbox",
            "Манжета входного вала потеряла упругость|The input shaft seal has hardened",
            "Манжета заменена, уровень масла восстановлен|Seal replaced, oil topped up",
            (
                work("Замена манжеты редуктора поворота|Replace the swing gearbox seal", "4"),
                part("Манжета 95×120×12|Shaft seal 95×120×12", 2_860, "SG-0912"),
                part("Масло трансмиссионное|Gear oil", 640, "80W-90", "6", "л|l"),
            ), "hose",
        ),
        Story(
            _S, "Не заводится, щёлкает стартер|Does not start, the starter clicks",
            "Подгорели контакты втягивающего реле|Burnt contacts of the starter solenoid",
            "Втягивающее реле заменено, клеммы зачищены|Solenoid replaced, terminals cleaned",
            (
                work("Диагностика цепи пуска|Trace the starting circuit", "1"),
                work("Замена втягивающего реле|Replace the solenoid", "1.5"),
                part("Реле втягивающее 24 В|Solenoid 24 V", 8_940, "ST-2406"),
            ),
        ),
        Story(
            _D, "Греется гидравлика после двух часов работы|Hydraulics overheat after two hours",
            "Забит радиатор маслоохладителя|Clogged oil cooler",
            "Радиатор промыт, термостат проверен|Cooler flushed, thermostat checked",
            (
                work("Промывка маслоохладителя|Flush the oil cooler", "3"),
                part("Очиститель радиаторов|Cooler cleaner", 1_180, "", "2", "л|l"),
            ), "gauge",
        ),
        Story(
            _D, "Протёрт шланг ковша, подтекает|Bucket hose chafed, weeping",
            "Шланг касался кромки рукояти|The hose rubbed on the edge of the stick",
            "Шланг заменён, поставлена защита|Hose replaced, guard fitted",
            (
                work("Замена рукава высокого давления|Replace the high-pressure hose", "1.5"),
                part("Рукав РВД 20×1500|Hose 20×1500", 5_260, "HP-2015"),
            ), "hose",
        ),
        Story(
            _M, "Не горит левая фара рабочего света|Left work light is out",
            "Обрыв провода у кронштейна|Wire broken at the bracket",
            "Провод восстановлен, лампа заменена|Wire mended, lamp replaced",
            (
                work("Ремонт проводки фары|Mend the light's wiring", "1"),
                part("Лампа H3 24 В|Lamp H3 24 V", 420, "H3-24"),
            ),
        ),
    ),
    "DG": (
        Story(
            _D, "Не держит частоту под нагрузкой|Frequency sags under load",
            "Обрыв датчика частоты вращения от вибрации|Speed sensor broken by vibration",
            "Датчик частоты вращения заменён, регулятор настроен|Speed sensor replaced, governor"
            " tuned",
            (
                work("Диагностика системы регулирования|Trace the governing system", "2"),
                work("Замена датчика частоты вращения|Replace the speed sensor", "1"),
                part("Датчик частоты вращения DS-12|Speed sensor DS-12", 5_041, "DS-12"),
            ), "gauge",
        ),
        Story(
            _S, "Глохнет через минуту после пуска|Dies a minute after the start",
            "Подсос воздуха в топливной магистрали|Air drawn into the fuel line",
            "Заменён топливный фильтр и уплотнения, система прокачана|Fuel filter and seals"
            " replaced, system bled",
            (
                work("Поиск подсоса, прокачка топливной системы|Find the air leak, bleed", "2.5"),
                part("Фильтр топливный|Fuel filter", 2_310, "FF-5488", "2"),
            ),
        ),
        Story(
            _S, "Срабатывает защита по давлению масла|Oil pressure protection trips",
            "Износ вкладышей масляного насоса|Worn oil pump",
            "Масляный насос заменён, давление 4,2 бар|Oil pump replaced, pressure 4.2 bar",
            (
                work("Замена масляного насоса|Replace the oil pump", "5"),
                part("Насос масляный|Oil pump", 31_650, "OP-320"),
                part("Масло моторное|Engine oil", 510, "15W-40", "28", "л|l"),
            ), "gauge",
        ),
        Story(
            _D, "Плавает напряжение, мигает свет|Voltage wanders, lights flicker",
            "Отказ регулятора напряжения|Failed voltage regulator",
            "Регулятор напряжения заменён и настроен|Voltage regulator replaced and tuned",
            (
                work("Замена и настройка регулятора|Replace and tune the regulator", "2.5"),
                part("Регулятор напряжения AVR-440|Voltage regulator AVR-440", 43_246, "AVR-440"),
            ), "meter",
        ),
        Story(
            _M, "Подтекает антифриз у насоса|Coolant weeps at the pump",
            "Ослаб хомут патрубка|Loose hose clamp",
            "Хомуты заменены, антифриз долит|Clamps replaced, coolant topped up",
            (
                work("Устранение течи охлаждающей жидкости|Stop the coolant leak", "1.5"),
                part("Антифриз|Coolant", 320, "G12", "5", "л|l"),
            ), "hose",
        ),
    ),
    "VK": (
        Story(
            _S, "Перегрев масла, отключается через 10 минут|Oil overheats, stops after 10 minutes",
            "Термостатический клапан заклинил|The thermostatic valve has seized",
            "Клапан заменён, радиатор продут|Valve replaced, cooler blown out",
            (
                work("Замена термостатического клапана|Replace the thermostatic valve", "2"),
                part("Клапан термостатический|Thermostatic valve", 14_320, "TV-71"),
            ), "gauge",
        ),
        Story(
            _M, "Шумит подшипник вентилятора|Fan bearing is noisy",
            "Износ подшипника|Worn bearing",
            "Подшипники вентилятора заменены|Fan bearings replaced",
            (
                work("Замена подшипников вентилятора|Replace the fan bearings", "2.5"),
                part("Подшипник 6308|Bearing 6308", 1_940, "6308-2RS", "2"),
            ),
        ),
        Story(
            _D, "Не набирает давление выше 6 бар|Does not get above 6 bar",
            "Пропускает впускной клапан|The inlet valve leaks",
            "Впускной клапан перебран, ремкомплект заменён|Inlet valve overhauled with a new kit",
            (
                work("Переборка впускного клапана|Overhaul the inlet valve", "3"),
                part("Ремкомплект впускного клапана|Inlet valve kit", 9_870, "IV-55", "1",
                     "компл.|kit"),
            ), "gauge",
        ),
        Story(
            _D, "Масло в сжатом воздухе|Oil in the compressed air",
            "Сепаратор выработал ресурс|The separator is used up",
            "Сепаратор и фильтры заменены|Separator and filters replaced",
            (
                work("Замена сепаратора и фильтров|Replace separator and filters", "2"),
                part("Сепаратор|Separator", 18_460, "SP-55"),
                part("Фильтр масляный|Oil filter", 2_140, "OF-55"),
            ), "seal",
        ),
        Story(
            _S, "Не запускается, ошибка частотника E07|Does not start, drive error E07",
            "Пробой модуля торможения преобразователя|Failed brake module of the drive",
            "Модуль заменён, параметры восстановлены|Module replaced, parameters restored",
            (
                work("Диагностика и ремонт преобразователя|Trace and repair the drive", "4"),
                part("Модуль тормозной|Brake module", 26_900, "BM-37"),
            ),
        ),
    ),
    "KZ": (
        Story(
            _D, "Не включается выгрузной шнек|Unloading auger does not engage",
            "Обрыв тросика включения|Broken engaging cable",
            "Трос заменён и отрегулирован|Cable replaced and adjusted",
            (
                work("Замена троса включения шнека|Replace the auger cable", "2"),
                part("Трос включения|Engaging cable", 3_260, "TR-740"),
            ),
        ),
        Story(
            _S, "Стоит: порван ремень привода молотилки|Stopped: threshing drive belt torn",
            "Износ ремня и натяжителя|Worn belt and tensioner",
            "Ремень и натяжитель заменены|Belt and tensioner replaced",
            (
                work("Замена ремня привода молотилки|Replace the threshing drive belt", "3"),
                part("Ремень привода|Drive belt", 21_400, "HC-5630"),
                part("Ролик натяжной|Tensioner roller", 6_150, "TN-12"),
            ),
        ),
        Story(
            _D, "Жатка опускается рывками|The header comes down in jerks",
            "Воздух и грязь в гидроблоке|Air and dirt in the valve block",
            "Гидроблок промыт, фильтр заменён|Valve block flushed, filter replaced",
            (
                work("Промывка гидроблока жатки|Flush the header's valve block", "3.5"),
                part("Фильтр гидравлический|Hydraulic filter", 4_480, "HF-74"),
            ), "hose",
        ),
        Story(
            _M, "Не работает кондиционер кабины|Cab air conditioning does not work",
            "Утечка хладагента через уплотнение|Refrigerant lost through a seal",
            "Уплотнения заменены, система заправлена|Seals replaced, system charged",
            (
                work("Ремонт и заправка кондиционера|Mend and charge the air conditioning", "2.5"),
                part("Хладагент R134a|Refrigerant R134a", 2_200, "R134A", "1.2", "кг|kg"),
            ),
        ),
    ),
    "PL": (
        Story(
            _M, "Полосит голубой, чистка не помогает|Cyan streaks, cleaning does not help",
            "Износ ракеля блока проявки|Worn blade of the developing unit",
            "Блок проявки заменён, цвет откалиброван|Developing unit replaced, colour calibrated",
            (
                work("Замена блока проявки|Replace the developing unit", "1.5"),
                part("Блок проявки, голубой|Developing unit, cyan", 24_600, "DV-850C"),
            ), "meter",
        ),
        Story(
            _D, "Замятие на выводе раз в смену|Jams at the output once a shift",
            "Стёрты ролики вывода|Worn output rollers",
            "Ролики вывода заменены|Output rollers replaced",
            (
                work("Замена роликов вывода|Replace the output rollers", "1.5"),
                part("Комплект роликов|Roller set", 7_300, "RL-850", "1", "компл.|kit"),
            ),
        ),
        Story(
            _S, "Ошибка узла закрепления, печать стоит|Fuser error, printing has stopped",
            "Сгорел термодатчик узла закрепления|Burnt thermistor of the fuser",
            "Узел закрепления заменён|Fuser replaced",
            (
                work("Замена узла закрепления|Replace the fuser", "2"),
                part("Узел закрепления|Fuser unit", 58_200, "FU-850"),
            ), "meter",
        ),
        Story(
            _D, "Двоит изображение на плотной бумаге|Double image on heavy paper",
            "Загрязнён датчик совмещения|Dirty registration sensor",
            "Датчик очищен, совмещение настроено|Sensor cleaned, registration tuned",
            (work("Настройка совмещения|Tune the registration", "2"),),
        ),
    ),
}  # fmt: skip

SERVICE = {
    "EG": "ТО-500 экскаватора|500 h service of the excavator",
    "DG": "ТО-500 генератора|500 h service of the generator",
    "VK": "ТО-2000 компрессора|2000 h service of the compressor",
    "KZ": "ТО-2 комбайна перед сезоном|Pre-season service of the combine",
    "PL": "Профилактика принтера|Preventive service of the printer",
}
SERVICE_DONE = "Регламент выполнен, фильтры и масло заменены|Service done, filters and oil changed"
SERVICE_ITEMS = (
    work("Работы по регламенту|Work of the service plan", "3.5"),
    part("Комплект фильтров|Filter kit", 9_400, "KIT-500", "1", "компл.|kit"),
    TRAVEL,
)

DEMONSTRATIONS = (
    "Показана в работе 20 минут, замечаний нет|Shown at work for 20 minutes, no remarks",
    "Проверена под нагрузкой при заказчике|Tested under load with the customer",
    "Пять рабочих циклов без отклонений|Five working cycles without deviations",
)
YES_WORDS = (
    "Согласны, начинайте|Yes, go ahead",
    "Да, машина нужна до конца недели|Yes, we need it by the end of the week",
    "Согласовано|Agreed",
)
REMARKS = "Просим в следующий раз предупреждать за день|Tell us a day ahead next time"
