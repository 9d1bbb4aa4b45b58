"""The WSGI entrance: `flask --app wsgi` and gunicorn find `app` here."""

import sys

from forum.app import create_app
from forum.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
