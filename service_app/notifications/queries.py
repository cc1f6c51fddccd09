"""Who is told, and a person's own inbox."""

from collections.abc import Collection, Sequence

from sqlalchemy import BindParameter, Integer, ScalarSelect, cast, exists, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page
from service_app.notifications.models import LetterPreference, Notification


def staff_with_role(session: Session, *roles: Role) -> list[int]:
    """Ids of active people who hold one of the roles."""
    return list(
        session.scalars(
            select(UserRole.user_id)
            .join(User, User.id == UserRole.user_id)
            .where(UserRole.role.in_([r.value for r in roles]), User.is_active.is_(True))
            .distinct()
        )
    )


def people(session: Session, user_ids: Collection[int]) -> Sequence[User]:
    """Active people of these ids."""
    return (
        session.scalars(select(User).where(User.id.in_(user_ids), User.is_active.is_(True)))
        .unique()
        .all()
    )


def list_own(session: Session, user_id: int, *, key: str | None) -> Page[Notification]:
    """A person's notices, newest first."""
    return fetch_page(
        session,
        select(Notification).where(Notification.user_id == user_id),
        order=[Order(Notification.id, is_descending=True)],
        key=key,
    )


def unread_of(user_id: BindParameter[int]) -> ScalarSelect[int]:
    """1 when the person has unread notices, to be asked with the menu's other figures."""
    own = exists().where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return select(cast(own, Integer)).scalar_subquery()


def get_own(session: Session, user_id: int, notification_id: int) -> Notification:
    """One of a person's own notices; anybody else's is not found."""
    found = session.get(Notification, notification_id)
    if found is None or found.user_id != user_id:
        raise NotFound
    return found


def without_letters(session: Session, user_ids: Collection[int]) -> set[int]:
    """Those of these people who do not want letters."""
    return set(
        session.scalars(
            select(LetterPreference.user_id).where(
                LetterPreference.user_id.in_(user_ids), LetterPreference.wants_letters.is_(False)
            )
        )
    )


def wants_letters(session: Session, user_id: int) -> bool:
    """Whether a person's notices also come as letters."""
    return not without_letters(session, [user_id])
