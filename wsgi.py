"""The WSGI entry: `flask --app wsgi …` and the production server both load `app` from here."""

from app import create_app
from app.config import ConfigError

try:
    app = create_app()
except ConfigError as error:  # one line that says which variable is wrong, instead of a trace
    raise SystemExit(f"{error} (python -m app.cli.doctor says more.)") from None
