"""The words for acts and for what a signature under one means."""

from flask_babel import lazy_gettext as _l

ACTS = {
    "participant.screen": _l("Screened"),
    "participant.consent_again": _l("Consent again"),
    "participant.screen_fail": _l("Screen failure"),
    "participant.withdraw": _l("Withdrawal"),
    "participant.randomize": _l("Randomized"),
    "baseline.record": _l("Baseline values recorded"),
    "baseline.correct": _l("Baseline values corrected"),
    "eligibility.confirm": _l("Eligibility confirmed"),
    "stratum.correct": _l("Stratum corrected"),
    "randomization.mark_in_error": _l("Randomized in error"),
    "deviation.report": _l("Deviation reported"),
    "deviation.classify": _l("Deviation classified"),
    "book.sign_off": _l("Lines of the book signed off"),
    "site.record_approval": _l("Approval recorded"),
    "site.sign_delegation": _l("Delegation signed"),
    "site.make_ready": _l("Site made ready"),
    "site.activate": _l("Site activated"),
    "site.close_recruitment": _l("Site closed to recruitment"),
    "site.close": _l("Site closed"),
    "site.pause": _l("Site paused"),
    "site.resume": _l("Site resumed"),
    "study.lay_sites": _l("Sites laid out"),
    "study.open": _l("Study opened"),
    "study.amend": _l("Study file taken in"),
    "study.pause": _l("Study paused"),
    "study.resume": _l("Study resumed"),
    "list.prepare": _l("List prepared"),
    "list.seal_own": _l("List sealed"),
    "vault.lay_proof": _l("Vault laid out"),
    "kits.import": _l("Kit list imported"),
    "shipment.request": _l("Shipment asked for"),
    "shipment.send": _l("Shipment sent"),
    "shipment.receive": _l("Shipment received"),
    "shelf.review": _l("Sites' status set for the day"),
    "visit.record": _l("Visit recorded"),
    "visit.skip": _l("Visit skipped"),
    "visits.sweep": _l("Missed visits noted"),
    "change.request": _l("Change asked for"),
    "change.agree": _l("Change agreed to"),
    "change.decline": _l("Change declined"),
    "kit.assign": _l("Kit set aside"),
    "kit.cancel": _l("Kit not needed now"),
    "kit.put_by": _l("Kit not to be given"),
    "kit.hand_over": _l("Kit handed over"),
    "dose.first": _l("First dose recorded"),
    "diary.record": _l("Diary recorded"),
    "diary.correct": _l("Diary corrected"),
    "treatment.hold": _l("Treatment put on hold"),
    "treatment.resume": _l("Treatment resumed"),
    "treatment.stop": _l("Treatment stopped"),
    "participant.complete": _l("Completed"),
    "kit.return": _l("Kit taken back"),
    "kits.sweep": _l("Kits past their expiry looked for"),
    "discrepancy.resolve": _l("Discrepancy resolved"),
    "disposal.destroy": _l("Kits to be destroyed"),
    "disposal.witness": _l("Destruction witnessed"),
    "disposal.withdraw": _l("Disposal withdrawn"),
    "disposal.send_back": _l("Kits sent back"),
    "kit.damaged_on_shelf": _l("Kit damaged on the shelf"),
    "mishap.wrong_kit": _l("Wrong box reported"),
    "mishap.not_handed_over": _l("Hand-over taken back"),
    "mishap.lost_or_damaged": _l("Lost or damaged box reported"),
    "mishap.recover": _l("Box counted after a mishap"),
    "mishap.elsewhere": _l("Kit set aside for a participant of another site"),
    "mishap.hand_over_elsewhere": _l("Kit handed over to a participant of another site"),
    "mishap.sign_note": _l("Note to file signed"),
    "account.bootstrap": _l("First administrator invited"),
    "account.invite": _l("Person invited"),
    "account.invite_again": _l("New link sent"),
    "account.activate": _l("Account activated"),
    "account.disable": _l("Access ended"),
    "account.enable": _l("Access given back"),
    "password.renew": _l("Password changed"),
    "role.propose": _l("Role proposed"),
    "role.second": _l("Role agreed to"),
    "role.decline": _l("Role declined"),
    "role.end": _l("Role ended"),
    "training.record": _l("Training recorded"),
    "access.review": _l("Access reviewed"),
}
MEANINGS = {  # what is stored → what is shown
    "I request randomization": _l("I request randomization"),
    "I confirm that this participant meets the eligibility criteria": _l(
        "I confirm that this participant meets the eligibility criteria"
    ),
    "I open the study with this study file and this published list": _l(
        "I open the study with this study file and this published list"
    ),
    "I take this changed study file in": _l("I take this changed study file in"),
    "I approve this randomization design and have the list sealed": _l(
        "I approve this randomization design and have the list sealed"
    ),
    "I bring this randomization list, made elsewhere, and have it sealed": _l(
        "I bring this randomization list, made elsewhere, and have it sealed"
    ),
    "I have delegated the tasks of this site to the persons named": _l(
        "I have delegated the tasks of this site to the persons named"
    ),
    "I import this kit list as received from the packager": _l("I import this kit list as received from the packager"),
    "I destroy these kits as stated, before a witness": _l("I destroy these kits as stated, before a witness"),
    "I have seen that these kits were destroyed as stated": _l("I have seen that these kits were destroyed as stated"),
    "I send these kits back to the depot as stated": _l("I send these kits back to the depot as stated"),
    "I propose that this person holds this role": _l("I propose that this person holds this role"),
    "I agree that this person holds this role": _l("I agree that this person holds this role"),
    "I have reviewed who has access to this trial": _l("I have reviewed who has access to this trial"),
    "I have checked these lines against the source documents": _l(
        "I have checked these lines against the source documents"
    ),
    "I have read this note to file and it is true": _l("I have read this note to file and it is true"),
}


def meaning(english: str) -> str:
    """A signature's meaning in the reader's language; what is stored is the English one."""
    return str(MEANINGS.get(english, english))
