"""The commands: `flask --app wsgi …`. Each calls the same services as the pages and the API."""

from flask import Flask

from app.cli.demo import demo_group
from app.cli.serve import serve
from app.cli.worker import worker


def register_cli(app: Flask) -> None:
    for command in (serve, worker, demo_group):
        app.cli.add_command(command)
