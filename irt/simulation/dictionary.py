"""An invented dictionary of the study's own terms, in the layout of MedDRA's files: the real one is licensed."""

from collections.abc import Mapping

from irt.study import Study

VERSION = "example"
OTHER = "Other"
ORGANS: Mapping[str, tuple[str, ...]] = {
    "Skin and subcutaneous tissue disorders": ("rash", "urticaria"),
    "Investigations": (
        "alt_increased", "ast_increased", "bilirubin_increased", "ggt_increased", "alp_increased",
        "creatinine_increased", "platelets_decreased",
    ),
    "Infections and infestations": ("upper_respiratory_infection", "lung_infection", "other_infection"),
    "Blood and lymphatic system disorders": ("eosinophilia",),
    "Musculoskeletal and connective tissue disorders": ("myalgia",),
    "Immune system disorders": ("allergic_reaction", "anaphylaxis"),
}  # fmt: skip
GENERAL = "General disorders and administration site conditions"


def files_of_terms(study: Study) -> dict[str, bytes]:
    """The three files: one term of the lowest level, one preferred term and one class for each term of the study."""
    classes = {term: organ for organ, terms in ORGANS.items() for term in terms}
    numbers = {organ: 90_000_000 + place for place, organ in enumerate([GENERAL, *ORGANS])}
    lowest, preferred, above = [], [], []
    for place, (term, name) in enumerate(named(study).items(), 1):
        organ = classes.get(term, GENERAL)
        low, high = 10_000_000 + place, 20_000_000 + place
        lowest.append(f"{low}${name}${high}$$$$$$$Y$$")
        preferred.append(f"{high}${name}$${numbers[organ]}$$$$$$$$")
        above.append(f"{high}$$${numbers[organ]}${name}$$${organ}$$$$Y$")
    return {
        name: ("\n".join(lines) + "\n").encode()
        for name, lines in (("llt.asc", lowest), ("pt.asc", preferred), ("mdhier.asc", above))
    }


def named(study: Study) -> dict[str, str]:
    """Term of the study → its name, and one for everything else."""
    return {term.id: term.term.en for term in study.adverse_event_terms} | {"": OTHER}


def code_of(study: Study, term: str | None) -> str:
    """The code of the lowest level for a term of the study; None: for everything else."""
    return str(10_000_000 + 1 + list(named(study)).index(term or ""))
