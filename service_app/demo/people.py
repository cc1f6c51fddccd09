"""Who works in the demo company. Everybody is invented."""

from dataclasses import dataclass

from service_app.accounts.people import Particulars
from service_app.accounts.permissions import Role

PASSWORD = "demo"  # noqa: S105 - the demo's log-ins are shown to everybody


@dataclass(frozen=True)
class Person:
    """Somebody of ours, as ``accounts.people`` takes them."""

    role: Role
    particulars: Particulars


def _person(
    role: Role, login: str, names: str, position: str, phone: str, ground: str = ""
) -> Person:
    family, first, middle = names.split()
    return Person(
        role,
        Particulars(
            login, family, first, middle, position=position, signing_ground=ground, phone=phone
        ),
    )


_E = Role.ENGINEER
STAFF = (
    _person(
        Role.ADMINISTRATOR, "administrator", "Белова Нина Андреевна", "Администратор системы",
        "+7 495 000-41-01",
    ),
    _person(
        Role.MANAGER, "manager", "Дроздова Марина Львовна", "Руководитель сервиса",
        "+7 495 000-41-02", "Доверенность № 3 от 12.01.2026",
    ),
    _person(
        Role.DISPATCHER, "dispatcher", "Смирнова Ольга Игоревна", "Диспетчер", "+7 495 000-41-03",
    ),
    _person(
        Role.STOREKEEPER, "storekeeper", "Зайцев Виктор Павлович", "Кладовщик", "+7 495 000-41-04",
    ),
    _person(
        _E, "engineer", "Ковалёв Андрей Сергеевич", "Инженер", "+7 916 000-41-11",
        "Доверенность № 14 от 12.01.2026",
    ),
    _person(
        _E, "galiev", "Галиев Тимур Ринатович", "Инженер", "+7 916 000-41-12",
        "Доверенность № 15 от 12.01.2026",
    ),
    _person(
        _E, "lapin", "Лапин Сергей Николаевич", "Инженер", "+7 916 000-41-13",
        "Доверенность № 16 от 12.01.2026",
    ),
    _person(
        _E, "yudin", "Юдин Павел Олегович", "Ведущий инженер", "+7 916 000-41-14",
        "Доверенность № 17 от 12.01.2026",
    ),
    _person(
        _E, "orlov", "Орлов Дмитрий Алексеевич", "Инженер", "+7 916 000-41-15",
        "Доверенность № 18 от 12.01.2026",
    ),
)  # fmt: skip
"""One person of each role, and five engineers; ``engineer`` is the one the sign-in page offers."""

ENGINEERS = tuple(p.particulars.login for p in STAFF if p.role is Role.ENGINEER)

EMAILS = {
    "dispatcher": "smirnova@meridian.example",
    "manager": "drozdova@meridian.example",
    "engineer": "kovalev@meridian.example",
    "operator": "petrov@severny.example",
    "gromov": "gromov@severny.example",
}
"""Addresses come with the last days, so that a year of old letters is not delivered at once."""
