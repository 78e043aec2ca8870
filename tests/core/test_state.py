"""What a case is at a moment."""

import pickle

import attrs
import pytest

from freezecase.core import events as e
from freezecase.core.draft import Draft
from freezecase.core.evolve import evolve, unopened
from freezecase.core.state import SHOWABLE, CaseState, CheckStage, OpenCheck
from freezecase.core.status import Status
from freezecase.core.values import Channel, Scope, Verification
from tests.core.samples import CASE, EVENTS, WIDE


def test_a_draft_has_the_fields_of_a_state_and_no_others() -> None:
    """What a fold writes on is a state, writable: same fields, same order, all annotated."""
    fields = [field.name for field in attrs.fields(CaseState)]
    assert fields == list(Draft.__annotations__)


def test_a_draft_that_nobody_wrote_on_is_the_state_it_came_from() -> None:
    """Thawing and freezing change nothing."""
    state = attrs.evolve(
        unopened(CASE), scope=WIDE, sent=frozenset({("freeze-imposed", Channel.EMAIL)})
    )
    assert state == Draft(state).frozen()


def test_writing_on_a_draft_after_it_was_frozen_does_not_reach_the_state() -> None:
    """A state handed out stays as it is, though the fold goes on."""
    device, identity = (OpenCheck(Verification(kind=kind)) for kind in ("device", "identity"))
    draft = Draft(attrs.evolve(unopened(CASE), checks={"device": device}))
    state = draft.frozen()
    draft.checks["identity"] = identity
    assert state.checks == {"device": device}


def test_a_draft_does_not_write_on_what_the_state_was_made_of() -> None:
    """A state made by hand may hold a plain mapping; the fold writes on its own copy."""
    checks = {"device": OpenCheck(Verification(kind="device"))}
    draft = Draft(attrs.evolve(unopened(CASE), checks=checks))
    draft.checks.clear()
    assert list(checks) == ["device"]


def test_a_case_that_nothing_happened_to_restricts_nobody() -> None:
    """It has an id and no more."""
    state = unopened(CASE)
    assert (state.id, state.version, state.status) == (CASE, 0, Status.UNOPENED)
    assert not state.frozen


def test_a_case_is_frozen_while_a_scope_is_in_force() -> None:
    """Whatever its status."""
    assert attrs.evolve(unopened(CASE), scope=Scope.everything()).frozen


def test_only_passed_and_waived_checks_are_settled() -> None:
    """Everything else still stands in the way, a final failure too."""
    device = Verification(kind="device")
    settled = {stage for stage in CheckStage if OpenCheck(device, stage).settled}
    assert settled == {CheckStage.PASSED, CheckStage.WAIVED}


def test_what_can_be_shown_is_neither_settled_nor_looked_at() -> None:
    """Nor refused for good: the way is then an appeal."""
    rest = {CheckStage.SUBMITTED, CheckStage.REFUSED, CheckStage.PASSED, CheckStage.WAIVED}
    assert set(CheckStage) - rest == SHOWABLE


def test_unsettled_names_the_checks_that_stand_in_the_way() -> None:
    """In the order in which they were first asked for."""
    checks = {
        stage.value: OpenCheck(Verification(kind=stage.value), stage)
        for stage in (CheckStage.REQUESTED, CheckStage.PASSED, CheckStage.FAILED)
    }
    assert attrs.evolve(unopened(CASE), checks=checks).unsettled == ("requested", "failed")


def test_a_state_travels_to_another_process_as_unwritable_as_before() -> None:
    """It is pickled whole, its mappings included."""
    state = evolve(unopened(CASE), EVENTS[e.FreezeImposed])
    there: CaseState = pickle.loads(pickle.dumps(state))
    assert state == there
    with pytest.raises(TypeError):
        there.deciders[1] = "staff:mallory"  # type: ignore[index]


@pytest.mark.parametrize("values", [(), tuple(range(99))], ids=["fewer", "more"])
def test_a_state_of_other_fields_does_not_arrive(values: tuple[object, ...]) -> None:
    """It comes from another version of us: fold its history again."""
    with pytest.raises(ValueError, match="argument"):
        unopened(CASE).__setstate__(values)
