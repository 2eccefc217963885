"""What uvicorn starts: `uvicorn --factory api.main:app`."""

from api.app import Tillstream, create_app
from infrastructure.bootstrap.api import api_services
from infrastructure.settings import load


def app() -> Tillstream:
    """The API over the real services, as the settings say."""
    settings = load().settings
    return create_app(settings=settings, services=api_services(settings))
