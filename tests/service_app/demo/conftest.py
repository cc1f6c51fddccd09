"""A look into the loaded demo company."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session


@pytest.fixture
def loaded(demo: Flask) -> Iterator[Session]:
    """A reading session on the demo company."""
    with demo.extensions["database"].read_session() as session:
        yield session
