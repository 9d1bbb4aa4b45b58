"""Discussion pages."""

from flask import Blueprint, Flask

blueprint = Blueprint("discussions", __name__)


@blueprint.get("/")
def home() -> str:
    return "home"


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
