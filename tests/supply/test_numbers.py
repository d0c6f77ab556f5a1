import numpy as np
import pytest

from irt.supply.numbers import check_digit, make_kit_numbers, scramble_types, valid_kit_number


def entropy(seed):
    return np.random.default_rng(seed).bytes


def test_no_number_is_made_that_is_known():
    known = make_kit_numbers(40_000, entropy(1))
    assert not set(known) & set(make_kit_numbers(40_000, entropy(2), known=known))
    with pytest.raises(ValueError, match="count: 60000 is not from 0 to 50000 with 6 digits"):
        make_kit_numbers(60_000, entropy(2), known=known)


def test_numbers_are_different_valid_of_one_length_and_in_no_order():
    numbers = make_kit_numbers(5000, entropy(1))
    assert len(set(numbers)) == 5000
    assert {len(number) for number in numbers} == {7}
    assert all(map(valid_kit_number, numbers))
    values = np.array(numbers, dtype=float)
    assert abs(np.corrcoef(values, np.arange(5000))[0, 1]) < 4 / 5000**0.5
    assert abs(values.mean() / 10 - 550_000) < 4 * 900_000 / 12**0.5 / 5000**0.5
    assert numbers != make_kit_numbers(5000, entropy(2))
    assert numbers == make_kit_numbers(5000, entropy(1))


def test_published_check_characters():
    # ISO/IEC 7064's own example, and an ISNI and an ORCID, which use MOD 11-2.
    assert check_digit("0794") == "0"
    assert check_digit("000000012146438") == "X"
    assert check_digit("000000021825009") == "7"


def test_every_wrong_digit_and_every_exchange_of_neighbours_is_found():
    tried = 0
    for number in make_kit_numbers(500, entropy(3)):
        for place in range(len(number)):
            for digit in "0123456789X":
                if digit != number[place]:
                    assert not valid_kit_number(number[:place] + digit + number[place + 1 :])
                    tried += 1
        for place in range(len(number) - 1):
            exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            if exchanged != number:
                assert not valid_kit_number(exchanged)
                tried += 1
    assert tried > 35_000


@pytest.mark.parametrize(
    "text", ["", "123", "１２３４５６７", "1" * 11, "0123456", " 1234567", "1234567\n", "١٢٣٤٥٦٧", "12E4567"]
)
def test_other_texts_are_no_kit_numbers(text):
    assert not valid_kit_number(text)


def test_sparse_range_is_kept():
    with pytest.raises(ValueError, match=r"count: 90001 .* use more digits"):
        make_kit_numbers(90_001, entropy(1))
    with pytest.raises(ValueError, match="digits: 5 is not from 6 to 9"):
        make_kit_numbers(1, entropy(1), digits=5)
    assert all(len(number) == 10 for number in make_kit_numbers(10, entropy(1), digits=9))
    assert make_kit_numbers(0, entropy(1)) == []


def test_types_are_scrambled_uniformly():
    orders = [tuple(scramble_types({"A": 2, "B": 2}, entropy(seed))) for seed in range(3000)]
    seen = [orders.count(order) for order in set(orders)]
    assert len(seen) == 6
    assert sum((count - 500) ** 2 / 500 for count in seen) < 5 + 4 * 10**0.5
