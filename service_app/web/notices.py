"""What a person is told after a move: a sentence that outlives the redirect."""

from flask import flash

from service_app.core.text import Text
from service_app.web.reading import reader


def tell(text: Text, category: str = "success") -> None:
    """Show the sentence on the next page; categories: success, warning, danger."""
    flash(reader().say(text), category)
