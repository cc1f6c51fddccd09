"""The application for gunicorn and the flask command."""

import sys

from service_app.config import ConfigError
from service_app.factory import create_app

try:
    app = create_app()
except ConfigError as error:
    print(f"Cannot start: {error}", file=sys.stderr)
    sys.exit(3)  # gunicorn then ends; on any other code it would start its workers for ever
