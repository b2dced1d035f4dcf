"""The source that an installation's settings name."""

from app.config_connector import ConnectorSettings
from app.services.connector.sources import FolderSource, HttpSource, Source


def source_of(settings: ConnectorSettings) -> Source | None:
    """Where the other system is, or None where none is set."""
    if not settings.is_set:
        return None
    if settings.folder is not None:
        return FolderSource(settings.folder)
    return HttpSource(settings.url, settings.token, settings.unit_tokens)
