"""The application for gunicorn and the flask command."""

import gc
import sys

from service_app.config import ConfigError
from service_app.factory import create_app
from service_app.web.session import database_of

GARBAGE = (20_000, 20, 20)
"""A page makes some ten thousand objects and drops them: looking for circles among them every 700,
as Python does by itself, is a tenth of its time."""

try:
    app = create_app()
except ConfigError as error:
    print(f"Cannot start: {error}", file=sys.stderr)
    sys.exit(3)  # gunicorn then ends; on any other code it would start its workers for ever

database_of(app).engine.dispose()  # gunicorn forks from here: no connection may be shared
gc.collect()
gc.freeze()  # the program itself stays: no collection looks at it, and the forks share its pages
gc.set_threshold(*GARBAGE)
