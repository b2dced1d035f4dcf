"""Settings of the connector that cannot work keep the platform from starting."""

import pytest

from app.config_connector import connector_settings


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"JCM_CONNECTOR_URL": "https://city.example"}, "JCM_CONNECTOR_SYSTEM"),
        ({"JCM_CONNECTOR_URL": "ftp://x", "JCM_CONNECTOR_SYSTEM": "x"}, "https://"),
        ({"JCM_CONNECTOR_URL": "http://city.example", "JCM_CONNECTOR_SYSTEM": "x"}, "outside this machine"),
        ({"JCM_CONNECTOR_URL": "https://city.example", "JCM_CONNECTOR_SYSTEM": "x"}, "JCM_CONNECTOR_TOKEN"),
    ],
)
def test_settings_that_cannot_work_do_not_start(env: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        connector_settings(env, "production")
