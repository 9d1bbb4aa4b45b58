"""Sign-in and account pages."""

from flask import Blueprint, Flask

from forum.core.web import public

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/masuk", methods=["GET", "POST"])
@public
def sign_in() -> str:
    return "masuk"


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
