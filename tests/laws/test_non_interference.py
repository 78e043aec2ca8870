"""
Nothing that a customer may not know shows in what they see, or in when they see it.

Two histories that differ in secrets alone are the same to their customers, to the byte: the view,
the timeline, every notice in every language, the webhooks with their signatures, what the account
cannot do, what comes of what is asked, and the minutes at which any of it changes. (Regulation (EU)
2024/1624 Art. 73(1); 31 U.S.C. 5318(g)(2); a text that differs tells as well as one that speaks.)

A law like this is easily kept by looking nowhere. So leaks are put in by hand, one after the other,
and each has to be caught.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from freezecase import Capability, Ground, Scope, Status, Telling, disclosure, standard
from freezecase import casebook as door
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.clock import instant_of
from freezecase.app.custody.suspicion_log import raised
from freezecase.app.reading import Reader
from freezecase.app.stores.store import Store
from freezecase.deliver import relay as relaying
from freezecase.errors import BadNotice
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.present import notices
from freezecase.present.notices import available
from freezecase.views import customer as viewing
from freezecase.views import timeline as telling
from freezecase.views.accounts import Restriction
from tests.app.custody.erasures import key_store
from tests.laws.settings import BRIEF
from tests.laws.two_histories import (
    CASE,
    PUBLIC,
    SECRETS,
    History,
    Public,
    Secretly,
    World,
    differences,
    tell,
)

# --- the law -------------------------------------------------------------------------------------

SCENES: Final = (
    *(("tell",), ("bind",), ("update",), ("uphold",), ("promise",), ("plan", "show")),
    *(("check", "show", "pass"), ("check", "show", "fail", "show"), ("write", "reply")),
    *(("ask-human", "join"), ("appeal", "acknowledge", "reject"), ("appeal", "appeal")),
    *(("propose", "approve", "free"), ("propose", "refuse"), ("write", "write")),
)
"""What goes together; some of it is refused where it comes too early, and that is compared too."""
PAUSES: Final = (1, 30, 240, 1_440, 3 * 1_440)
"""Minutes, up to three days: long enough that what is owed is missed, and climbs."""


@some.composite
def stories(draw: some.DrawFn) -> tuple[Public, ...]:
    """What both customers live through; what is not enforced at once would be missed for ever."""
    scenes = draw(some.lists(some.sampled_from(SCENES), min_size=1, max_size=3))
    names = [name for scene in scenes for name in scene]
    rest = (Public(name, draw(some.sampled_from(PAUSES))) for name in names)
    return (Public("bind", 1), *rest)


def secrets(steps: int) -> some.SearchStrategy[tuple[Secretly, ...]]:
    """What one of them may not know of: nothing at all, or up to six things, mostly suspicions."""
    one = some.builds(
        Secretly,
        name=some.sampled_from(sorted(SECRETS)),
        step=some.integers(0, steps - 1),
        part=some.sampled_from((0.0, 0.1, 0.5, 0.99)),
        ahead=some.integers(0, 4),
    )
    suspected = some.lists(one, max_size=5).map(lambda rest: [Secretly("suspect", 0, 0.0), *rest])
    several = some.just(list[Secretly]()) | some.lists(one, max_size=6) | suspected
    return several.map(lambda all_of_it: tuple(sorted(all_of_it, key=lambda s: (s.step, s.part))))


SAME: Final = (Ground.AML_ALERT, Ground.PAYMENT_DISPUTE)
"""The grounds of which the design promises that nobody can tell them apart."""
GROUNDS: Final = some.tuples(some.sampled_from(SAME), some.sampled_from(SAME)) | some.sampled_from(
    Ground
).map(lambda ground: (ground, ground))
WORDS: Final = some.sampled_from(
    ("seen it", "deposits below the line; a SAR was filed", "\N{ZERO WIDTH SPACE}x", "ж" * 200)
)


@some.composite
def pairs(draw: some.DrawFn) -> tuple[tuple[Public, ...], History, History]:
    """One story, and two histories of it that differ in secrets alone."""
    story = draw(stories())
    mine, theirs = draw(GROUNDS)
    one, other = (
        History(ground, draw(WORDS), draw(secrets(len(story)))) for ground in (mine, theirs)
    )
    return story, one, other


@given(pairs())
@settings(BRIEF, max_examples=BRIEF.max_examples * 2)
def test_what_a_customer_may_not_know_shows_in_nothing_that_they_see(
    pair: tuple[tuple[Public, ...], History, History],
) -> None:
    """Whether they are suspected, of what, since when, who looks, who tried what, and why."""
    story, one, other = pair
    assert differences(tell(one, story, available()), tell(other, story, available())) == set()


# --- what is compared ----------------------------------------------------------------------------

STORY: Final = tuple(
    Public(*step)
    for step in (
        *(("tell", 5), ("bind", 1), ("check", 60), ("show", 1_000), ("fail", 30), ("write", 30)),
        *(("uphold", 10), ("show", 60), ("ask-human", 10), ("join", 1), ("appeal", 4_320)),
        *(("acknowledge", 100), ("reject", 1_440), ("update", 12_960), ("pass", 60)),
        *(("propose", 60), ("approve", 60), ("free", 30)),
    )
)
"""A freeze from its beginning to its end, with everything in between."""
ALL: Final = tuple(
    Secretly(name, step, part, ahead)
    for name, step, part, ahead in (
        *(("suspect", 1, 0.5, 2), ("assess", 2, 0.0, 0), ("report", 3, 0.1, 0)),
        *(("restrict", 3, 0.2, 3), ("answer", 4, 0.5, 1), ("attempt", 5, 0.2, 0)),
        *(("note", 6, 0.2, 0), ("open", 8, 0.5, 4), ("withhold", 10, 0.6, 0)),
        *(("disclose", 10, 0.7, 0), ("harm", 12, 0.3, 0), ("assign", 13, 0.1, 0)),
        ("open", 17, 0.999, 4),  # two seconds before a public step, by a clock that is ahead
    )
)
"""Every secret there is, somewhere on the way."""
INNOCENT: Final = History(Ground.PAYMENT_DISPUTE, "charged back")
SUSPECT: Final = History(Ground.AML_ALERT, "deposits below the line; a SAR was filed", ALL)


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    """The two histories, each told once."""
    return tell(INNOCENT, STORY, available()), tell(SUSPECT, STORY, available())


def test_somebody_who_is_suspected_of_everything_sees_what_anybody_sees(
    worlds: tuple[World, World],
) -> None:
    """From the freeze to the release, in five languages."""
    assert differences(*worlds) == set()


BESIDE: Final = tuple(
    one for one in ALL if one.name in {"suspect", "assess", "report", "answer", "restrict", "open"}
)
"""The secrets that are no events of the case."""


def test_a_suspicion_leaves_no_mark_on_the_case_for_whoever_reads_it() -> None:
    """Not for staff either: the same versions, entries, state, obligations, and alarm."""
    without, beside = list[Any](), list[Any]()
    for found, secret in ((without, ()), (beside, BESIDE)):
        history = attrs.evolve(INNOCENT, secrets=secret)
        tell(history, STORY, keep=partial(_add_case, found))
    assert without == beside
    assert len(without) > len(STORY)


def _add_case(found: list[Any], store: Store) -> None:
    """Add all that is stored of the case, but for its place among other records and their time."""
    reader = Reader(store)
    found += [(one.version, one.name, one.entry) for one in reader.history(CASE)]
    found += [reader.case(CASE), *store.ringing(2**62), *store.cases_of("acct-4711")]


def test_nor_does_it_show_where_texts_are_sealed() -> None:
    """Whose key store has keys for somebody who is suspected is nothing that a customer sees."""
    with key_store() as mine, key_store() as theirs:
        one, other = tell(INNOCENT, STORY, keys=mine), tell(SUSPECT, STORY, keys=theirs)
        subjects = [{key.subject for key in keys.every()} for keys in (mine, theirs)]
    assert differences(one, other) == set()
    assert subjects == [{"acct-4711"}, {"acct-4711", *map(str, other.suspicions)}]


def test_all_that_is_compared_is_there(worlds: tuple[World, World]) -> None:
    """The law is not kept by looking nowhere: all was done, much was seen, in every language."""
    seen, _ = worlds
    assert [one.partition(": ")[2] for one in seen.outcomes] == ["done"] * len(STORY)
    assert len(seen.moments) > len(STORY)
    assert len({at for at, _ in seen.moments}) > len(STORY) // 2
    assert {*seen.moments[0][1]} == {"view", "timeline", "restriction", "webhooks", "outcomes"}
    assert len(seen.posted) > len(STORY)
    written = {name for name, text in seen.letters[-2].items() if "must not be sent" not in text}
    assert {name.partition(" ")[0] for name in written} == {*available()}
    assert len(written) >= 7 * len(available())


def test_every_secret_is_on_record_and_only_in_one_of_them() -> None:
    """They happened: a secret that is refused would be kept for nothing."""
    innocent, suspect = set[str](), set[str]()
    for history, names in ((INNOCENT, innocent), (SUSPECT, suspect)):
        tell(history, STORY, keep=partial(_add_names, names))
    assert innocent < suspect
    assert suspect - innocent == {
        *("suspicion-raised.v1", "suspicion-assessed.v1", "report-filed.v1"),
        *("authority-answered.v1", "disclosure-restricted.v1", "sections-opened.v1"),
        *("attempt-refused.v1", "escalated.v1", "harm-recorded.v1", "notice-withheld.v1"),
        *("disclosure-upgraded.v1", "case-assigned.v1"),
    }


def _add_names(names: set[str], store: Store) -> None:
    names.update(name for *_, name, _state in store.scan())


def test_every_public_step_is_part_of_some_scene() -> None:
    """And every secret can turn up."""
    assert {name for scene in SCENES for name in scene} == {*PUBLIC}
    assert {secret.name for secret in ALL} == {*SECRETS}


# --- leaks, put in by hand -----------------------------------------------------------------------


def _suspected(store: Store) -> bool:
    return any(True for _ in raised(store))


def _wrapped(patch: pytest.MonkeyPatch, where: Any, name: str, change: Callable[..., Any]) -> None:
    """Put *change* around a function: it is given what that returns, and what it was given."""
    real = getattr(where, name)

    def leaking(*args: Any, **named: Any) -> Any:
        return change(real(*args, **named), *args)

    patch.setattr(where, name, leaking)


def a_version_in_the_view(patch: pytest.MonkeyPatch) -> None:
    """The number of the newest record, where the id of the case should be."""

    def change(view: Any, book: Any, case: UUID) -> Any:
        return attrs.evolve(view, case=UUID(int=book.store.versions([case])[case]))

    _wrapped(patch, door, "read_customer_view", change)


def a_status_by_ground(patch: pytest.MonkeyPatch) -> None:
    """A status of its own for one ground."""

    def change(view: Any, case: Any, _history: Any) -> Any:
        suspected = case.ground is Ground.AML_ALERT
        return attrs.evolve(view, status=Status.UPHELD) if suspected else view

    _wrapped(patch, viewing, "customer_view", change)


def a_webhook_with_an_index(patch: pytest.MonkeyPatch) -> None:
    """The place in the ledger, which rises with every record of anything."""

    def change(told: Any, _case: UUID, rows: Sequence[Any], _audience: Any) -> Any:
        return attrs.evolve(told, version=rows[-1][0], index=rows[-1][3])

    _wrapped(patch, relaying, "announcement", change)


def a_webhook_with_the_time_of_recording(patch: pytest.MonkeyPatch) -> None:
    """A record waits for what was written before it by somebody whose clock is ahead."""

    def change(told: Any, _case: UUID, rows: Sequence[Any], _audience: Any) -> Any:
        return attrs.evolve(told, at=instant_of(rows[-1][4]))

    _wrapped(patch, relaying, "announcement", change)


def a_line_with_the_time_of_recording(patch: pytest.MonkeyPatch) -> None:
    """The same in the timeline."""

    def change(line: Any, told: Any, _after: Any) -> Any:
        return attrs.evolve(line, recorded_at=told.record.recorded_at)

    _wrapped(patch, telling, "_line", change)


def a_notice_withheld(patch: pytest.MonkeyPatch) -> None:
    """No text at all for who is suspected, out of caution."""

    def change(letter: Any, _name: str, case: Any, *_: Any) -> Any:
        if case.ground is Ground.AML_ALERT:
            raise BadNotice("not to be sent", findings=())
        return letter

    _wrapped(patch, notices, "render", change)


def a_full_stop_in_one_language(patch: pytest.MonkeyPatch) -> None:
    """A text that was corrected for one ground, in Welsh."""

    def change(letter: Any, _name: str, case: Any, *_: Any) -> Any:
        if letter.language == "cy" and case.ground is Ground.AML_ALERT:
            return attrs.evolve(letter, subject=f"{letter.subject}.")
        return letter

    _wrapped(patch, notices, "render", change)


def a_day_sooner(patch: pytest.MonkeyPatch) -> None:
    """Whoever is suspected is seen to a day sooner."""

    def change(view: Any, book: Any, _case: UUID) -> Any:
        days = timedelta(days=_suspected(book.store))
        owed = tuple(attrs.evolve(one, due=one.due - days) for one in view.we_owe)
        return attrs.evolve(view, we_owe=owed)

    _wrapped(patch, door, "read_customer_view", change)


def a_restriction_for_the_suspicion(patch: pytest.MonkeyPatch) -> None:
    """More is stopped, because somebody is suspected."""

    def change(account: Any, store: Store, _account: str) -> Any:
        if not _suspected(store):
            return account
        wider = (*account.restriction.scopes, Scope.of(Capability.CARD))
        return attrs.evolve(account, restriction=Restriction(wider))

    _wrapped(patch, door, "read_account", change)


def a_line_for_whoever_tried(patch: pytest.MonkeyPatch) -> None:
    """That staff tried something is a line of the customer's timeline."""
    patch.setattr(telling, "TOLD_TO_CUSTOMERS", telling.TOLD_TO_CUSTOMERS | {e.AttemptRefused})


def a_call_that_comes_later(patch: pytest.MonkeyPatch) -> None:
    """Of whoever is suspected, nothing is announced at once: somebody looks at it first."""
    step, looked = relaying.Relay.step, set[int]()

    def late(self: Any, now: Any, **more: Any) -> Any:
        size = self.book.store.size()
        held = _suspected(self.book.store) and size not in looked
        looked.add(size)
        return None if held else step(self, now, **more)

    patch.setattr(relaying.Relay, "step", late)


def words_of_staff(patch: pytest.MonkeyPatch) -> None:
    """What staff wrote for staff is shown as what to do differently."""

    def change(view: Any, _case: Any, history: Sequence[Any]) -> Any:
        written = [r.event.reason for r in history if isinstance(r.event, e.CheckFailed)]
        said = written[-1] if written else None
        needs = tuple(attrs.evolve(one, remedy=said) for one in view.we_need)
        return attrs.evolve(view, we_need=needs)

    _wrapped(patch, viewing, "customer_view", change)


def nothing(_patch: pytest.MonkeyPatch) -> None:
    """Leave everything as it is."""


@disclosure("no-tipping-off", on=[do.ImposeFreeze])
def only_suspicions(question: Question) -> Telling:
    """Only a suspicion is told neutrally; so whoever is told neutrally is suspected."""
    command: Any = question.command
    return Telling.NEUTRAL if command.ground is Ground.AML_ALERT else Telling.FACTS


LEAKS: Final[tuple[tuple[Callable[[pytest.MonkeyPatch], None], Policy | None, set[str]], ...]] = (
    (a_version_in_the_view, None, {"view"}),
    (a_status_by_ground, None, {"view"}),
    (a_webhook_with_an_index, None, {"webhooks"}),
    (a_webhook_with_the_time_of_recording, None, {"webhooks"}),
    (a_line_with_the_time_of_recording, None, {"timeline"}),
    (a_notice_withheld, None, {"letter en freeze-imposed"}),
    (a_full_stop_in_one_language, None, {"letter cy freeze-imposed", "letter cy update"}),
    (a_day_sooner, None, {"view"}),
    (a_restriction_for_the_suspicion, None, {"restriction"}),
    (a_line_for_whoever_tried, None, {"timeline"}),
    (a_call_that_comes_later, None, {"webhooks"}),
    (words_of_staff, None, {"view"}),
    (nothing, standard().replacing(only_suspicions), {"view", "letter en freeze-imposed"}),
)
"""A leak, under which policy, and at least where it has to be seen."""


@pytest.mark.parametrize(
    ("leak", "policy", "where"),
    LEAKS,
    ids=[
        *(
            "version",
            "status",
            "index",
            "recorded",
            "written",
            "withheld",
            "one language",
            "sooner",
        ),
        *("restriction", "a line", "later", "words", "only suspicions are told neutrally"),
    ],
)
def test_a_leak_is_caught(
    leak: Callable[[pytest.MonkeyPatch], None],
    policy: Policy | None,
    where: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of them would tell somebody off, and each is seen where it is."""
    leak(monkeypatch)
    found = differences(*(tell(one, STORY, ("cy", "en"), policy) for one in (INNOCENT, SUSPECT)))
    assert where <= found
