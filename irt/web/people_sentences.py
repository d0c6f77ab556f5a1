"""The sentences of refusals about accounts, roles, passwords and signing in."""

from typing import Any

from flask_babel import lazy_gettext as _l

PEOPLE: dict[str, Any] = {
    "sign_in_wrong": _l("Login and password do not fit together. Check both and try again."),
    "sign_in_slowed": _l("There were failed attempts before. Wait %(seconds)s seconds, then try again."),
    "signature_password_wrong": _l("Password: it is not yours. Type it again."),
    "signature_slowed": _l("Password: it was wrong before. Wait %(seconds)s seconds, then type it again."),
    "password_wrong": _l("Present password: it is not yours. Type it again."),
    "password_short": _l("New password: it is too short. Use at least %(shortest)s characters, such as several words."),
    "password_long": _l("New password: it is too long. Use at most %(longest)s characters."),
    "password_common": _l("New password: it is among those that are guessed first. Choose several words of your own."),
    "password_is_login": _l("New password: it holds your login. Choose another."),
    "password_same": _l("New password: it is the old one. Choose another."),
    "invitation_unusable": _l("The link was used, is too old or was replaced. Ask the administrator for a new one."),
    "administrator_exists": _l("There is an administrator already. Ask them for an invitation."),
    "account_state": _l("The account %(login)s is “%(state)s”, which does not allow this. Look at the account first."),
    "own_account": _l("%(login)s is your own account. Ask another administrator."),
    "own_grant": _l("Nobody grants a role to themselves. Ask another administrator."),
    "own_training": _l("Nobody records their own training. Ask the trial manager or an administrator."),
    "last_administrator": _l("This is the last administrator. Grant the role to another person first."),
    "login_taken": _l("Login: %(login)s belongs to somebody else, for good. Choose another."),
    "training_recorded": _l(
        "The training of %(login)s in version %(version)s is recorded already. Nothing is to be done."
    ),
    "grant_exists": _l("%(login)s has the role “%(role)s” there already: %(state)s. Choose another role or site."),
    "grant_state": _l("The role is “%(state)s” by now, which does not allow this. Look at the person's page."),
    "same_person": _l("The second signature is another person's than the proposal's. Ask a colleague."),
    "masked_and_unmasked": _l(
        "Role: “%(role)s” cannot be held by somebody who holds or held “%(other)s”: nobody is ever masked and unmasked."
        " Choose another person."
    ),
    "laboratory_alone": _l(
        "Role: “%(role)s” and “%(other)s” do not go together: the laboratory's results can unmask. "
        "Choose another person."
    ),
    "rater_alone": _l(
        "Role: “%(role)s” and “%(other)s” do not go together: who rates outcomes learns nothing of adverse events, "
        "doses or kits. Choose another person."
    ),
    "administrator_alone": _l("Role: “%(role)s” and “%(other)s” do not go together. End the other role first."),
    "role_not_grantable": _l("Role: “%(role)s” is not granted here. Choose another."),
    "site_needed": _l("Site: “%(role)s” is a role at a site. Choose the site."),
    "site_not_for_role": _l("Site: “%(role)s” is a role for all sites. Leave the site empty (found: %(site)s)."),
    "site_unknown": _l("Site: %(site)s is not in the study file. Choose one of the list."),
    "access_changed": _l("Access was changed after this list was shown. Look the new list over, then sign."),
}
