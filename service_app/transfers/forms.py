"""Forms of an import: the file; how its columns are to be read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, cast

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import Choice
from wtforms.validators import ValidationError

from service_app.core.text import N_, Text
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import Column, Options, plain_heading
from service_app.transfers.service import Importer
from service_app.web.forms import HouseForm
from service_app.web.reading import reader
from service_app.web.zones import ZoneField

LONGEST_CONSTANT = 200


class KindField(RadioField):  # type: ignore[misc]
    """One of the kinds of lists; the view gives ``kinds``."""

    kinds: Mapping[str, Importer] = {}

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.data not in self.kinds:
            raise ValidationError(reader().say(N_("Choose one of the list.")))


@dataclass(frozen=True)
class KindChoice:
    """A kind of list as a choice among big cards."""

    importer: Importer
    tone: str = "petrol"
    icon: str = ""

    @property
    def value(self) -> str:
        """What the form sends."""
        return self.importer.kind

    @property
    def label(self) -> Text:
        """What a person reads."""
        return self.importer.label


class UploadForm(HouseForm):
    """The kind of list and its file."""

    kind = KindField(cast(str, N_("What is in the file")))
    file = FileField(cast(str, N_("File")), render_kw={"accept": ".csv,.txt,.tsv,.xlsx"})

    def validate_file(self, field: Any) -> None:
        """A file has to be chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(reader().say(N_("Choose a file.")))

    @property
    def file_name(self) -> str:
        """The name as the person's computer has it, without folders and odd signs."""
        name = PurePath((self.file.data.filename or "").replace("\\", "/")).name
        return "".join(c for c in name if c.isprintable())[-120:] or "file"


class SiteZoneField(ZoneField):
    """A zone, or each site's own."""

    def iter_groups(self) -> Any:
        own = reader().say(N_("The clock of each machine's site"))
        yield reader().say(N_("Usual")), [Choice("", own, not self.data, {})]
        yield from super().iter_groups()

    def pre_validate(self, form: Any) -> None:
        if self.data:
            super().pre_validate(form)


@dataclass(frozen=True)
class ColumnChoice:
    """One of our columns: which of the file's fills it, or which text for every row."""

    column: Column
    heading: str = ""
    constant: str = ""


class StartForm(HouseForm):
    """Columns, constants, zone, and what to do with rejected rows."""

    zone = SiteZoneField(
        cast(str, N_("Moments in the file are on")),
        description=cast(str, N_("A moment that names its own offset keeps it.")),
    )
    skip_rejected = BooleanField(
        cast(str, N_("Store the other rows when some are rejected")),
        description=cast(str, N_("Without this it is all rows or none.")),
    )
    dry_run = BooleanField(cast(str, N_("Try only: check everything, store nothing")))

    choices: Sequence[ColumnChoice] = ()
    headings: Sequence[str] = ()

    @classmethod
    def of(cls, run: ImportRun, columns: Iterable[Column], headings: Sequence[str]) -> "StartForm":
        """As the run has it; before its first start, what the headings suggest."""
        form = cls(formdata=None, data=vars_of(run))
        form.headings = [h for h in headings if h]
        guessed = run.mapping or guess(columns, form.headings)
        form.choices = [
            ColumnChoice(c, guessed.get(c.name, ""), run.constants.get(c.name, "")) for c in columns
        ]
        return form

    def read(
        self, columns: Iterable[Column], headings: Sequence[str], sent: Mapping[str, str]
    ) -> None:
        """What was chosen on the page."""
        self.headings = [h for h in headings if h]
        self.choices = [
            ColumnChoice(
                column,
                sent.get(f"from-{column.name}", ""),
                sent.get(f"set-{column.name}", "").strip()[:LONGEST_CONSTANT],
            )
            for column in columns
        ]

    def options(self) -> Options:
        """How the file is to be read; a column without a source is left out."""
        return Options(
            mapping={c.column.name: c.heading for c in self.choices},
            constants={c.column.name: c.constant for c in self.choices if c.constant},
            zone=self.zone.data or None,
            skip_rejected=bool(self.skip_rejected.data),
            dry_run=bool(self.dry_run.data),
        )


def vars_of(run: ImportRun) -> dict[str, Any]:
    """The plain fields of a run."""
    return {"zone": run.zone, "skip_rejected": run.skip_rejected, "dry_run": run.dry_run}


def guess(columns: Iterable[Column], headings: Sequence[str]) -> dict[str, str]:
    """Our column → the heading that says the same, by its name or its label in either language."""
    by_plain = {plain_heading(h): h for h in reversed(headings)}
    found = {}
    for column in columns:
        for name in (column.name, str(column.label), reader().say(column.label)):
            if plain_heading(name) in by_plain:
                found[column.name] = by_plain[plain_heading(name)]
                break
    return found
