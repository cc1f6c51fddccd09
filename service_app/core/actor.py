"""Who acts: a plain value given to every service."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person (or the program itself) on whose behalf something is done.

    ``may`` holds permission values. ``company_ids`` is None for staff, who see every company;
    for a customer's person it names the companies whose records are open to them.
    """

    user_id: int | None
    name: str
    may: frozenset[str] = frozenset()
    company_ids: frozenset[int] | None = frozenset()

    def can(self, permission: str) -> bool:
        """Whether this person holds the permission."""
        return permission in self.may

    @property
    def is_staff(self) -> bool:
        """Staff see every company; a customer's person sees their own."""
        return self.company_ids is None


SYSTEM = Actor(user_id=None, name="system", company_ids=None)
"""The program itself: jobs, migrations, the demo company."""

GUEST = Actor(user_id=None, name="guest")
"""Nobody signed in."""
