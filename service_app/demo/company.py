"""Our side and six customers with their sites and people. Names and requisites are invented."""

from dataclasses import dataclass

from service_app.customers.rules import CompanyFacts, ContactFacts, SiteFacts
from service_app.organisation.rules import BranchFacts, EntityFacts, Requisites

BIK = "044525998"
CORRESPONDENT = "30101810300000000998"
BANK = "ПАО «Пример Банк», Москва"
MOSCOW, SAMARA, URALS = "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg"

RULES = """\
1. Заявка получает номер сразу. По нему заказчик видит, что происходит, и ближайший обещанный срок.
2. Срок и цену называем до начала работ. Без согласия заказчика платные работы не начинаются.
3. Каждое изменение срока, цены и объёма, каждая найденная неисправность согласуются с заказчиком.
4. Заказчик обеспечивает доступ к машине и безопасное место работы. Без доступа срок не идёт.
5. Снятые части возвращаются заказчику, если он не отказался от них.
6. Гарантия на работы 6 месяцев или 500 моточасов, что раньше; на запасные части 12 месяцев.
7. Готовая машина показывается в работе. Замечания вносятся в акт; при отказе пишется причина."""
RULES_IN_ENGLISH = """\
1. A request gets its number at once. It shows what happens and the next promised moment.
2. Term and price are told before the work. Paid work does not begin without the customer's yes.
3. Every change of term, price or scope and every further fault is agreed with the customer.
4. The customer provides access and a safe place. Time without access does not count.
5. Removed parts are returned to the customer unless he does not want them.
6. Work is guaranteed for 6 months or 500 running hours, whichever first; parts for 12 months.
7. The machine is shown at work. Remarks go into the act; a refusal is written with its reason."""

ENTITY = EntityFacts(
    brand="Меридиан-Сервис",
    name="ООО «Меридиан-Сервис»",
    english_name="Meridian Service LLC",
    requisites=Requisites(
        "7714000009", "771401001", "1227700000000", BIK, "40702810000000400000", CORRESPONDENT
    ),
    address="125190, Москва, Ленинградский пр-т, 80",
    english_address="80 Leningradsky prospekt, Moscow 125190",
    bank_name=BANK,
    phone="+7 495 000-41-00",
    email="info@meridian.example",
    service_rules=RULES,
    english_service_rules=RULES_IN_ENGLISH,
    simple_signature_agreement="№ 7 от 12.01.2026",
)
BRANCH = BranchFacts("Москва", city="Москва", zone=MOSCOW, phone="+7 495 000-41-00")
TEAM = "Выездная бригада"


@dataclass(frozen=True)
class Member:
    """A contact; with ``login`` an operator too."""

    facts: ContactFacts
    login: str = ""


@dataclass(frozen=True)
class Customer:
    """A company with its sites and people; ``caller`` is the contact who usually reports."""

    key: str
    facts: CompanyFacts
    sites: tuple[SiteFacts, ...]
    members: tuple[Member, ...]
    caller: int = 0
    taker: int = 0


def _requisites(inn: str, kpp: str, ogrn: str, account: str) -> Requisites:
    return Requisites(inn, kpp, ogrn, BIK, account, CORRESPONDENT)


def _member(
    names: str, position: str, phone: str, ground: str = "", *, decides: bool = False,
    login: str = "",
) -> Member:  # fmt: skip
    family, first, *rest = names.split()
    middle = rest[0] if rest else ""
    facts = ContactFacts(
        family, first, middle, position, phone, signing_ground=ground, decides_on_price=decides
    )
    return Member(facts, login)


QUARRY = Customer(
    "quarry",
    CompanyFacts(
        "АО «Карьер Северный»", "Карьер Северный",
        requisites=_requisites("7816000015", "781601001", "1027800001118", "40702810100000600001"),
        address="192007, Санкт-Петербург, ул. Прилукская, 22", bank_name=BANK,
        phone="+7 812 000-52-10", email="mail@severny.example",
        contract_note="Договор № 118/25 от 20.02.2025",
    ),
    (
        SiteFacts("Участок 2", "Ленинградская обл., Приозерский р-н, карьер Северный", MOSCOW,
                  "Пропуск на проходной № 1, каска и жилет. Въезд с 8:00 до 20:00."),
        SiteFacts("Участок 5", "Ленинградская обл., Выборгский р-н, пос. Каменка", MOSCOW,
                  "Последние 4 км по технологической дороге, связь слабая."),
    ),
    (
        _member("Петров Иван Егорович", "Машинист экскаватора", "+7 912 004-41-17",
                decides=True, login="operator"),
        _member("Громов Алексей Петрович", "Главный механик", "+7 912 004-41-02",
                "Доверенность № 52 от 15.01.2026", decides=True, login="gromov"),
        _member("Сафин Руслан Маратович", "Машинист экскаватора", "+7 912 004-41-19",
                login="safin"),
    ),
    taker=1,
)  # fmt: skip
GLASS = Customer(
    "glass",
    CompanyFacts(
        "АО «Тверьстекло»", "Тверьстекло",
        requisites=_requisites("6950000024", "695001001", "1026900002227", "40702810000000000002"),
        address="170100, Тверь, наб. Степана Разина, 4", bank_name=BANK, phone="+7 4822 00-31-00",
        email="office@glass.example", contract_note="Договор № 114/25 от 03.03.2025",
    ),
    (
        SiteFacts("Цех 3", "170100, Тверь, наб. Степана Разина, 4", MOSCOW,
                  "Пропуск заказывают за день: +7 4822 00-31-05."),
        SiteFacts("Компрессорная", "170100, Тверь, ул. Заводская, 11", MOSCOW),
    ),
    (
        _member("Зимин Олег Викторович", "Инженер-энергетик", "+7 910 000-31-07",
                "Доверенность № 87 от 02.02.2026"),
        _member("Соколова Дарья Ильинична", "Начальник цеха", "+7 910 000-31-02", decides=True,
                login="sokolova"),
    ),
)  # fmt: skip
AGRO = Customer(
    "agro",
    CompanyFacts(
        "ООО «АгроПоле»", "АгроПоле",
        requisites=_requisites("6361000031", "636101001", "1056300003330", "40702810200000100003"),
        address="446430, Самарская обл., г. Кинель, ул. Элеваторная, 8", bank_name=BANK,
        phone="+7 84663 0-12-00", email="pole@agro.example",
    ),
    (
        SiteFacts("Отделение Лужки", "Самарская обл., Кинельский р-н, с. Лужки", SAMARA,
                  "Машины в поле: место уточнить у бригадира."),
        SiteFacts("Мехдвор", "Самарская обл., г. Кинель, ул. Элеваторная, 8", SAMARA),
    ),
    (
        _member("Чернов Николай Фёдорович", "Главный инженер", "+7 927 000-12-04",
                "Доверенность № 9 от 10.03.2026", decides=True),
        _member("Рябов Артём", "Бригадир комбайнёров", "+7 927 000-12-09"),
    ),
    caller=1,
)  # fmt: skip
BUILD = Customer(
    "build",
    CompanyFacts(
        "ООО «Волгастрой»", "Волгастрой",
        requisites=_requisites("6312000046", "631201001", "1046300004442", "40702810400000200004"),
        address="443010, Самара, ул. Фрунзе, 96", bank_name=BANK, phone="+7 846 000-77-00",
        email="snab@volgastroy.example", allows_guest_reports=True,
        contract_note="Договор № 131/25 от 16.06.2025",
    ),
    (
        SiteFacts("Жилой комплекс «Набережный»", "Самара, ул. Лесная, 31", SAMARA,
                  "Въезд со стороны Волжского проспекта, стройка охраняется."),
        SiteFacts("База", "Самара, Заводское шоссе, 15", SAMARA),
    ),
    (
        _member("Ершова Людмила Сергеевна", "Начальник снабжения", "+7 927 000-77-03",
                "Доверенность № 41 от 20.01.2026", decides=True),
        _member("Быков Денис", "Прораб", "+7 927 000-77-08"),
    ),
    caller=1,
)  # fmt: skip
PACK = Customer(
    "pack",
    CompanyFacts(
        "ООО «ЛогоПак»", "ЛогоПак",
        requisites=_requisites("7723000051", "772301001", "1107700005555", "40702810600000300005"),
        address="115432, Москва, ул. Трофимова, 2", bank_name=BANK, phone="+7 495 000-66-00",
        email="zakaz@logopack.example",
    ),
    (SiteFacts("Типография", "115432, Москва, ул. Трофимова, 2", MOSCOW,
               "Второй этаж, грузовой лифт до 18:00."),),
    (
        _member("Лаврова Наталья Ивановна", "Директор производства", "+7 903 000-66-01",
                "Устав", decides=True),
        _member("Мишин Егор", "Печатник", "+7 903 000-66-11"),
    ),
    caller=1,
)  # fmt: skip
STEPPE = Customer(
    "steppe",
    CompanyFacts(
        "ООО «Степь Майнинг»", "Steppe Mining",
        requisites=_requisites("7448000060", "744801001", "1087400006660", "40702810400000800006"),
        address="454080, Chelyabinsk, 12 Truda street", bank_name=BANK, phone="+7 351 000-90-00",
        email="service@steppe.example", language="en",
        contract_note="Contract No 7/26 of 19 January 2026",
    ),
    (SiteFacts("East pit", "Chelyabinsk region, Plast district, East pit", URALS,
               "Safety briefing at the gate, 30 minutes. Blasting on Thursdays 13:00-15:00."),),
    (
        _member("Sabitov Erlan", "Maintenance superintendent", "+7 922 000-90-05",
                "Power of attorney No 4 of 12 January 2026", decides=True, login="sabitov"),
        _member("Wright Daniel", "Shift foreman", "+7 922 000-90-09"),
    ),
    caller=1,
)  # fmt: skip

CUSTOMERS = (QUARRY, GLASS, AGRO, BUILD, PACK, STEPPE)
