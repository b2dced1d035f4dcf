"""The WSGI entry: `flask --app wsgi …` and the production server both load `app` from here."""

import os

from app import create_app
from app.config import ConfigError
from app.operating.checks import require_schema
from app.operating.metrics import FOLDER

try:
    app = create_app()
    if FOLDER in os.environ and "jcm" in app.extensions:  # as a web server that `serve` began
        require_schema(app.extensions["jcm"])
except ConfigError as error:  # one line that says which variable is wrong, instead of a trace
    raise SystemExit(f"{error} (python -m app.cli.doctor says more.)") from None
