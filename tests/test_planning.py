"""From targets to cases."""

import pytest

from gradaudit.configuration import Settings, load
from gradaudit.errors import UsageError
from gradaudit.planning import plan
from gradaudit.records.case import Options, Target

PLAIN = Target("a.py", 1, 1, 2, "affine", name="wide")
VARYING = Target("a.py", 5, 5, 6, "conv", repeats=True, names_vary=True)


def test_there_is_one_case_a_target_in_their_order():
    assert [case.target for case in plan([VARYING, PLAIN], Settings())] == [VARYING, PLAIN]


def test_a_keyword_leaves_out_what_it_does_not_match():
    assert plan([PLAIN], Settings(keyword="narrow")) == ()
    assert [case.target for case in plan([PLAIN], Settings(keyword="wide"))] == [PLAIN]


def test_a_target_whose_names_vary_stays_and_carries_the_keyword():
    (case,) = plan([PLAIN, VARYING], Settings(keyword="narrow"))
    assert case.target == VARYING
    assert case.keyword == "narrow"


def test_the_keyword_of_a_name_that_is_known_is_settled():
    (case,) = plan([PLAIN], Settings(keyword="wide"))
    assert not case.keyword


def test_labels_go_to_their_target_alone():
    plain, varying = plan([PLAIN, VARYING], Settings(), {VARYING: ("wide", "#2")})
    assert plain.labels == ()
    assert varying.labels == ("wide", "#2")


def test_a_broken_keyword_is_an_error_even_without_targets():
    with pytest.raises(UsageError, match="expected"):
        plan([], Settings(keyword="affine and"))


def test_every_option_of_a_check_is_a_setting():
    assert {*Options._fields} <= {*Settings._fields}


def test_the_command_line_is_forced_and_the_file_and_the_defaults_are_not(tmp_path):
    (tmp_path / "gradaudit.toml").write_text("trials = 7\nseed = 5\n")
    (case,) = plan([PLAIN], load(str(tmp_path), None, {"seed": 9, "upcast": False}))
    assert case.forced == Options(seed=9, upcast=False)
    assert case.defaults.trials == 7
    assert case.defaults.threshold == 1e-5


def test_an_option_given_at_its_default_is_forced_too(tmp_path):
    (case,) = plan([PLAIN], load(str(tmp_path), None, {"seed": 0}))
    assert case.forced == Options(seed=0)
