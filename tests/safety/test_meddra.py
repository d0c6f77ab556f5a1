"""Reading a dictionary's files: whole, or every mistake by file and line."""

from hypothesis import given
from hypothesis import strategies as some

from irt.safety.meddra import FILES, Term, read_terms
from tests.safety.dictionary import LLT, MDHIER, PT, chinese, files


def mistakes(**other: str) -> list[str]:
    terms, found = read_terms(files(**other), "utf-8")
    assert terms == []
    return [str(one) for one in found]


def test_terms_stand_under_their_primary_class() -> None:
    terms, found = read_terms(files(), "utf-8")
    assert found == []
    assert [(one.llt_code, one.current, one.pt_name, one.soc_code) for one in terms] == [
        ("99000001", True, "Invented malaise", "99400001"), ("99000002", True, "Invented malaise", "99400001"),
        ("99000003", False, "Invented malaise", "99400001"), ("99000004", True, "Invented itch", "99400002"),
    ]  # fmt: skip


# The columns of the Distribution File Format Document, in their order.
COLUMNS = {
    "llt": "llt_code llt_name pt_code llt_whoart_code llt_harts_code llt_costart_sym llt_icd9_code llt_icd9cm_code "
    "llt_icd10_code llt_currency llt_jart_code",
    "pt": "pt_code pt_name null_field pt_soc_code pt_whoart_code pt_harts_code pt_costart_sym pt_icd9_code "
    "pt_icd9cm_code pt_icd10_code pt_jart_code",
    "mdhier": "pt_code hlt_code hlgt_code soc_code pt_name hlt_name hlgt_name soc_name soc_abbrev null_field "
    "pt_soc_code primary_soc_fg",
}


def line(file: str, **values: str) -> str:
    """One line with every column filled in: those that are not given with their own names."""
    return "".join(f"{values.get(name, name)}$" for name in COLUMNS[file].split()) + "\n"


def test_every_field_is_read_from_its_column() -> None:
    codes = {"pt_code": "99100001", "soc_code": "99400001", "pt_soc_code": "99400001"}
    given = files(
        llt=line("llt", llt_code="99000001", pt_code="99100001", llt_currency="N"),
        pt=line("pt", **codes),
        mdhier=line("mdhier", **codes, primary_soc_fg="Y"),
    )
    assert read_terms(given, "utf-8") == (
        [Term("99000001", "llt_name", False, "99100001", "pt_name", "99400001", "soc_name")], [],
    )  # fmt: skip


def test_the_chinese_layout_is_the_same_in_either_encoding() -> None:
    terms, found = read_terms(chinese(), "utf-8")
    assert (terms[0].llt_name, found) == ("虚构的不适", [])
    other = {name: content.decode().encode("gb18030") for name, content in chinese().items()}
    assert read_terms(other, "gb18030") == (terms, [])
    assert "llt.asc line 1: is not utf-8; name its encoding with --encoding" in str(read_terms(other, "utf-8")[1][-1])


def test_line_ends_and_a_byte_order_mark_are_no_mistakes() -> None:
    windows = {name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") for name, content in files().items()}
    assert read_terms(windows, "utf-8") == read_terms(files(), "utf-8")


def test_every_mistake_names_file_line_value_and_remedy() -> None:
    assert mistakes(llt=LLT.replace("99000002", "9900002")) == [
        "llt.asc line 2: field 1 is '9900002', no code of eight digits; take the file as the MSSO sent it"
    ]
    assert mistakes(llt=LLT.replace("99000002", "99000001")) == [
        "llt.asc line 2: 99000001 stands there twice; take the file as the MSSO sent it"
    ]
    assert mistakes(llt=LLT.replace("99100002", "99100009")) == [
        "llt.asc line 4: 99100009 stands not in pt.asc; take all files of one release"
    ]
    assert mistakes(pt=PT.replace("$$99400002$", "$$99400001$")) == [
        "pt.asc line 2: 99100002 has the class 99400001 here and 99400002 in mdhier.asc; take all files of one release"
    ]
    assert mistakes(mdhier=MDHIER.replace("$N$", "$Y$")) == [
        "mdhier.asc line 2: 99100001 has a second primary class; take the file as the MSSO sent it",
        "pt.asc line 1: 99100001 has the class 99400001 here and 99400002 in mdhier.asc; take all files of one release",
    ]
    assert mistakes(pt="", mdhier=MDHIER)[0] == "pt.asc: is empty; take the file as the MSSO sent it"
    assert mistakes(llt="99000001,Felt invented\n") == [
        "llt.asc line 1: has 1 fields, not 10 or more; take the file as the MSSO sent it"
    ]
    assert mistakes(llt=LLT.replace("Felt invented", " ")) == [
        "llt.asc line 1: 99000001 has no name; take the file as the MSSO sent it"
    ]


def test_a_flag_that_is_neither_is_named() -> None:
    assert mistakes(llt=LLT.replace("$N$", "$X$")) == [
        "llt.asc line 3: field 10 is 'X', not Y or N; take the file as the MSSO sent it"
    ]
    assert mistakes(mdhier=MDHIER.replace("$N$", "$?$")) == [
        "mdhier.asc line 2: field 12 is '?', not Y or N; take the file as the MSSO sent it"
    ]


@given(some.dictionaries(some.sampled_from(FILES), some.binary(max_size=200)))
def test_whatever_the_files_hold_there_is_an_answer(given_files: dict[str, bytes]) -> None:
    terms, found = read_terms(given_files, "utf-8")
    assert bool(found) != bool(terms)
