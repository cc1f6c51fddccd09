"""How people are named in lists and on papers. Pure."""


def short_name(family: str, *given: str | None) -> str:
    """``Ковалёв А. С.``: the family name and the first letters of the others."""
    initials = [f"{name[0]}." for name in given if name]
    return "\u00a0".join([family, *initials])
