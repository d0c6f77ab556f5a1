"""The words for acts and for what a signature under one means."""

from flask_babel import lazy_gettext as _l

from irt.web import intercurrent_words, lab_words, lock_words, outcome_words, query_words, result_words

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
    "code_break.open": _l("Emergency code break"),
    "desk.open": _l("Case opened at the safety desk"),
    "desk.close": _l("Case closed at the safety desk"),
    "code_break.agree": _l("Second person agreed to code breaks"),
    "code_break.practise": _l("Practice code broken"),
    "envelopes.issue": _l("Emergency envelopes issued"),
    "envelopes.written": _l("Both halves of the envelopes written"),
    "envelopes.remind": _l("Looked whether emergency envelopes are due"),
    "envelope.opened": _l("Emergency envelope opened"),
    "envelope.returned": _l("Emergency envelope accounted for"),
    "kits.import": _l("Kit list imported"),
    "lot.release": _l("Lot released"),
    "lot.hold": _l("Lot put on hold"),
    "lot.resume": _l("Hold of a lot ended"),
    "lot.reject": _l("Lot rejected"),
    "lot.extend": _l("Expiry of a lot extended"),
    "lot.shorten": _l("Expiry of a lot shortened"),
    "lot.relabel": _l("Kits relabelled"),
    "shipment.pack": _l("Shipment packed"),
    "shipment.cancel": _l("Shipment cancelled"),
    "kit.report_at_depot": _l("Kit reported at the depot"),
    "shipment.correct": _l("Receipt of a kit corrected"),
    "excursion.report": _l("Excursion of a refrigerator reported"),
    "quarantine.release": _l("Quarantined kits released"),
    "quarantine.reject": _l("Quarantined kits rejected"),
    "shipment.request": _l("Shipment asked for"),
    "shipment.send": _l("Shipment sent"),
    "shipment.receive": _l("Shipment received"),
    "supply.order": _l("Boxes ordered for the sites"),
    "forecast.keep": _l("Supply forecast kept"),
    "shelf.review": _l("Sites' status set for the day"),
    "visit.record": _l("Visit recorded"),
    "visit.skip": _l("Visit skipped"),
    "visits.sweep": _l("Missed visits noted"),
    "change.request": _l("Change asked for"),
    "change.agree": _l("Change agreed to"),
    "change.decline": _l("Change declined"),
    "kit.assign": _l("Kit set aside"),
    "kit.allow": _l("Further kit allowed"),
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
    "findings.report": _l("Findings told to quality"),
    "kits.sweep": _l("Kits past their expiry looked for"),
    "discrepancy.resolve": _l("Discrepancy resolved"),
    "disposal.destroy": _l("Kits to be destroyed"),
    "disposal.witness": _l("Destruction witnessed"),
    "disposal.withdraw": _l("Disposal withdrawn"),
    "disposal.send_back": _l("Kits sent back"),
    "disposal.receive_back": _l("Returned kits received by the depot"),
    "manifest.dispose": _l("File of a kit list put away"),
    "recall.drill": _l("Recall rehearsed"),
    "destruction.propose": _l("Kits destroyed by the depot"),
    "destruction.sign": _l("Certificate of destruction checked"),
    "destruction.withdraw": _l("Destruction withdrawn"),
    "mishap.wrong_kit": _l("Wrong box reported"),
    "mishap.not_handed_over": _l("Hand-over taken back"),
    "mishap.lost_or_damaged": _l("Lost or damaged box reported"),
    "mishap.recover": _l("Box counted after a mishap"),
    "mishap.found": _l("Lost box found again"),
    "mishap.elsewhere": _l("Kit set aside for a participant of another site"),
    "mishap.hand_over_elsewhere": _l("Kit handed over to a participant of another site"),
    "mishap.not_collected": _l("Kit not collected by a participant of another site"),
    "mishap.sign_note": _l("Note to file signed"),
    "event.tell": _l("What was heard noted"),
    "event.none": _l("Found to be no adverse event"),
    "event.report": _l("Adverse event reported"),
    "event.follow_up": _l("Adverse event followed up"),
    "event.void": _l("Adverse event taken back"),
    "event.judge": _l("Sponsor's opinion given"),
    "clocks.remind": _l("Reminded of safety clocks"),
    "account.bootstrap": _l("First administrator invited"),
    "account.invite": _l("Person invited"),
    "account.invite_again": _l("New link sent"),
    "account.activate": _l("Account activated"),
    "account.disable": _l("Access ended"),
    "account.enable": _l("Access given back"),
    "password.renew": _l("Password changed"),
    "unblinding.report": _l("Accidental unblinding reported"),
    "unblinding.assess": _l("Accidental unblinding assessed"),
    "paper_codes.issue": _l("Paper codes taken"),
    "paper_codes.enter": _l("Signed in by a paper code"),
    "role.propose": _l("Role proposed"),
    "role.second": _l("Role agreed to"),
    "role.decline": _l("Role declined"),
    "role.end": _l("Role ended"),
    "training.record": _l("Training recorded"),
    "access.review": _l("Access reviewed"),
    "notice.acknowledge": _l("Notice acknowledged"),
    "notice.choose_mail": _l("Notices by mail chosen"),
    "pregnancy.report": _l("Pregnancy reported"),
    "pregnancy.follow_up": _l("Pregnancy followed up"),
    "misuse.report": _l("Medication error, overdose or misuse reported"),
    "misuse.follow_up": _l("Medication error, overdose or misuse followed up"),
    **lab_words.ACTS,
    **lock_words.ACTS,
    **outcome_words.ACTS,
    **query_words.ACTS,
    **result_words.ACTS,
    **intercurrent_words.ACTS,
}
MEANINGS = {  # what is stored → what is shown
    "I judged this without knowing the treatment": _l("I judged this without knowing the treatment"),
    "I release this lot for shipping": _l("I release this lot for shipping"),
    "I extend the expiry of this lot": _l("I extend the expiry of this lot"),
    "I shorten the expiry of this lot": _l("I shorten the expiry of this lot"),
    "I put this lot on hold": _l("I put this lot on hold"),
    "I end the hold of this lot": _l("I end the hold of this lot"),
    "I reject this lot": _l("I reject this lot"),
    "I release the kits of this quarantine, all of them": _l("I release the kits of this quarantine, all of them"),
    "I reject the kits of this quarantine, all of them": _l("I reject the kits of this quarantine, all of them"),
    "I have destroyed these kits as stated in the certificate": _l(
        "I have destroyed these kits as stated in the certificate"
    ),
    "I have checked the certificate against these kits": _l("I have checked the certificate against these kits"),
    "The file of this kit list was put away as stated, and no copy is left": _l(
        "The file of this kit list was put away as stated, and no copy is left"
    ),
    "I need to know this participant's treatment now, in an emergency": _l(
        "I need to know this participant's treatment now, in an emergency"
    ),
    "I agree that further codes are broken at this site now": _l(
        "I agree that further codes are broken at this site now"
    ),
    "I issue these emergency envelopes, and bring their two halves to two places": _l(
        "I issue these emergency envelopes, and bring their two halves to two places"
    ),
    "This envelope was opened in an emergency as stated": _l("This envelope was opened in an emergency as stated"),
    "I have seen this envelope, and account for it as stated": _l(
        "I have seen this envelope, and account for it as stated"
    ),
    "I have broken the practice code, and know how to break a participant's": _l(
        "I have broken the practice code, and know how to break a participant's"
    ),
    "I need to know this participant's treatment for an expedited report": _l(
        "I need to know this participant's treatment for an expedited report"
    ),
    "This case was handled as the regulations ask": _l("This case was handled as the regulations ask"),
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
    "I know what became of the kits of this visit, and allow another": _l(
        "I know what became of the kits of this visit, and allow another"
    ),
    "I have judged this adverse event": _l("I have judged this adverse event"),
    "I have judged this adverse event anew": _l("I have judged this adverse event anew"),
    "This adverse event was told by mistake": _l("This adverse event was told by mistake"),
    "I have judged that this is no adverse event": _l("I have judged that this is no adverse event"),
    "I have judged this adverse event for the sponsor": _l("I have judged this adverse event for the sponsor"),
    "I report this to the sponsor as I know it": _l("I report this to the sponsor as I know it"),
    "I report to the sponsor what I know by now": _l("I report to the sponsor what I know by now"),
    "I keep these paper codes to myself: what is done with one is signed with my name": _l(
        "I keep these paper codes to myself: what is done with one is signed with my name"
    ),
    "I report that a treatment may have become known, and have not written which": _l(
        "I report that a treatment may have become known, and have not written which"
    ),
    "I have assessed what this unblinding means for the trial": _l(
        "I have assessed what this unblinding means for the trial"
    ),
    "I sign in by a paper code, in an emergency": _l("I sign in by a paper code, in an emergency"),
    "I have read this note to file and it is true": _l("I have read this note to file and it is true"),
    **outcome_words.MEANINGS,
    **lock_words.MEANINGS,
}
