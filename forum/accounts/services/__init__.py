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
from forum.accounts.services.links import EMERGENCY, LIFETIME, issue_link, make_link, use_link
from forum.accounts.services.notices import Told, account_mail, told
from forum.accounts.services.own import THEMES, change_appearance, change_password, end_other_sessions, require_known
from forum.accounts.services.people import create_user
from forum.accounts.services.second_factor import (
    Proof,
    RecoveryHashes,
    begin_setup,
    confirm_setup,
    examine_code,
    make_recovery_codes,
    new_recovery_codes,
    note_guessing,
    pending_secret,
    remove_second_factor,
    switch_off,
    use_code,
)
from forum.accounts.services.sessions import (
    confirm_session,
    end_own_session,
    end_session,
    end_sessions,
    start_session,
    touch_session,
)
from forum.accounts.services.signing_in import Account, authenticate, find_account, fold_identifier, renew_hash
from forum.accounts.services.units import create_unit, update_unit
from forum.accounts.services.welcome import Newcomer, Place, newcomer, welcome_mail

__all__ = [
    "EMERGENCY",
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
    "Proof",
    "RecoveryHashes",
    "Told",
    "account_mail",
    "authenticate",
    "begin_setup",
    "change_appearance",
    "change_password",
    "confirm_session",
    "confirm_setup",
    "create_unit",
    "create_user",
    "end_other_sessions",
    "end_own_session",
    "end_session",
    "end_sessions",
    "end_sessions_of",
    "examine_code",
    "find_account",
    "fold_identifier",
    "import_people",
    "issue_link",
    "make_link",
    "make_recovery_codes",
    "new_recovery_codes",
    "newcomer",
    "note_guessing",
    "pending_secret",
    "plan_import",
    "remove_second_factor",
    "renew_hash",
    "require_known",
    "result_file",
    "start_session",
    "switch_off",
    "told",
    "touch_session",
    "update_unit",
    "update_user",
    "use_code",
    "use_link",
    "welcome_mail",
]
