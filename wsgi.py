"""The WSGI entry: `flask --app wsgi …` and the production server both load `app` from here."""

from app import create_app

app = create_app()
