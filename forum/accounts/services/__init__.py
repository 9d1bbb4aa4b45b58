"""What can be done with accounts, one group of verbs a file."""

from forum.accounts.services.editing import Entry, end_sessions_of, update_user
from forum.accounts.services.importing import (
    MAX_BYTES,
    Imported,
    Plan,
    Problem,
    import_people,
    plan_import,
    result_file,
)
from forum.accounts.services.links import LIFETIME, issue_link, make_link, use_link
from forum.accounts.services.own import THEMES, change_appearance, change_password, end_other_sessions, require_known
from forum.accounts.services.people import create_user
from forum.accounts.services.restraining import acknowledge
from forum.accounts.services.sessions import end_session, end_sessions, start_session, touch_session
from forum.accounts.services.signing_in import Account, authenticate, find_account, fold_identifier, renew_hash
from forum.accounts.services.units import create_unit, update_unit
from forum.accounts.services.welcome import Newcomer, Place, newcomer, welcome_mail

__all__ = [
    "LIFETIME",
    "MAX_BYTES",
    "THEMES",
    "Account",
    "Entry",
    "Imported",
    "Newcomer",
    "Place",
    "Plan",
    "Problem",
    "acknowledge",
    "authenticate",
    "change_appearance",
    "change_password",
    "create_unit",
    "create_user",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "end_sessions_of",
    "find_account",
    "fold_identifier",
    "import_people",
    "issue_link",
    "make_link",
    "newcomer",
    "plan_import",
    "renew_hash",
    "require_known",
    "result_file",
    "start_session",
    "touch_session",
    "update_unit",
    "update_user",
    "use_link",
    "welcome_mail",
]
