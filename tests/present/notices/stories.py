"""A story for every notice, played in a book until the notice is due; and the words it takes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase import Actor, AppealLevel, Capability, Casebook, CaseState, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.app.record import Record
from freezecase.core.checked import replace
from freezecase.core.values import Amount, Stated, Verification
from freezecase.present.notices import Letterhead, Notice, render
from freezecase.testing.contracts import StoryClock

ENGINE, ANA, ROB = Actor.system("risk-engine"), Actor.staff("ana"), Actor.staff("rob", "reviewer")
EVE = Actor.staff("eve", "reviewer", "lead", "approver")
OWNER = Actor.customer("acct-4711")
LETTERHEAD = Letterhead(
    exchange="Coinhaven",
    appeal_at="https://coinhaven.example/appeal",
    human_at="+44 20 7946 0000",
    outside="Financial Ombudsman Service, https://ombudsman.example",
    terms="7.2 (b)",
    zone="Europe/London",
)
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "facts": "On 3 November somebody signed in from a device that we had not seen before.",
        "reason": "The document comes from another country, and we have it translated.",
        "remedy": "Hold the camera still and look straight into it.",
    },
    "cy": {
        "facts": "Ar 3 Tachwedd mewngofnododd rhywun o ddyfais nad oeddem wedi'i gweld o'r blaen.",
        "reason": "Daw'r ddogfen o wlad arall, ac rydym yn cael ei chyfieithu.",
        "remedy": "Daliwch y camera'n llonydd ac edrychwch yn syth i mewn iddo.",
    },
    "ar": {
        "facts": "في 3 نوفمبر سجّل شخص الدخول من جهاز لم نره من قبل (iPhone 15).",
        "reason": "الوثيقة صادرة من بلد آخر، ونحن بصدد ترجمتها.",
        "remedy": "ثبّت الكاميرا وانظر إليها مباشرة.",
    },
    "vi": {
        "facts": "Ngày 3 tháng 11 có người đăng nhập từ một thiết bị mà chúng tôi chưa từng thấy.",
        "reason": "Giấy tờ đến từ một nước khác và chúng tôi đang nhờ dịch.",
        "remedy": "Giữ yên máy ảnh và nhìn thẳng vào đó.",
    },
    "nl": {
        "facts": "Op 3 november logde iemand in met een apparaat dat wij nog niet kenden.",
        "reason": "Het document komt uit een ander land en wij laten het vertalen.",
        "remedy": "Houd de camera stil en kijk er recht in.",
    },
}
"""Somebody's own words, by language: facts, a reason for delay, and what to do differently."""


OPEN: Final[list[Casebook]] = []
"""What `conftest` closes after each test."""


@attrs.define
class Story:
    """A case in a book of its own, and what happens to it."""

    book: Casebook
    clock: StoryClock
    case: Any = None

    def then(self, command: Any, by: Actor = ANA, **later: float) -> "Story":
        """Let some time pass, and then somebody ask for something."""
        self.book.run_due(self.clock.later(**(later or {"minutes": 7})))
        self.book.execute(replace(command, case=self.case), by=by)
        return self

    @property
    def state(self) -> CaseState:
        """The case as it is."""
        return self.book.case(self.case)

    @property
    def history(self) -> Sequence[Record]:
        """All its records."""
        return self.book.history(self.case)

    def in_hours(self, hours: float) -> Any:
        """So many hours from now."""
        return self.clock.now() + timedelta(hours=hours)

    def render(self, notice: str, language: str = "en", **more: Any) -> Notice:
        """Write a notice about it, now."""
        at = more.pop("at", self.clock.now())
        letterhead = more.pop("letterhead", LETTERHEAD)
        return render(
            notice, self.state, self.history, letterhead, at=at, language=language, **more
        )

    def send(self, notice: Notice, by: Actor = ENGINE) -> "Story":
        """Send a notice with all that it returns."""
        told = do.SendNotice(
            self.case,
            notice=notice.notice,
            channel=Channel.EMAIL,
            language=notice.language,
            text=notice.text,
            promises=notice.promises,
        )
        return self.then(told, by=by, seconds=1)


def begin(
    ground: Ground = Ground.ACCOUNT_TAKEOVER,
    scope: Scope | None = None,
    by: Actor = ENGINE,
    **more: Any,
) -> Story:
    """A fresh case; its book lives in memory."""
    clock = StoryClock()
    story = Story(Casebook.open("memory:", clock=clock), clock)
    OPEN.append(story.book)
    freeze = do.ImposeFreeze(
        account=OWNER.id, ground=ground, scope=scope or Scope.withdrawals(), **more
    )
    story.case = story.book.execute(freeze, by=by).case.id
    return story


ANY = UUID(int=0)
CHECKS = (
    Verification(kind="liveness", instead=("video-call",)),
    Verification(kind="proof-of-play"),
)


def checking() -> Story:
    """Two checks are asked for."""
    return begin().then(do.RequestChecks(ANY, checks=CHECKS))


def failing(**how: Any) -> Story:
    """One of two checks failed."""
    story = checking().then(do.SubmitEvidence(ANY, check="liveness"), by=OWNER)
    return story.then(do.FailCheck(ANY, check="liveness", reason="too dark", **how))


def appealing() -> Story:
    """The customer appeals against the freeze."""
    story = begin()
    statement = "That was my new phone."
    return story.then(do.FileAppeal(ANY, contests=1, statement=statement), by=OWNER)


def rejecting() -> Story:
    """The appeal is rejected by somebody who did not decide before."""
    story = appealing().then(do.AssignAppeal(ANY, reviewer=EVE.person), by=EVE)
    reason = "Your own phone was in use elsewhere at the same time."
    return story.then(
        do.RejectAppeal(ANY, reason=reason, next_level=AppealLevel.EXTERNAL_BODY), by=EVE
    )


def releasing(leaving: Scope | None = None) -> Story:
    """The release is ordered."""
    story = begin().then(do.ProposeRelease(ANY, reason="verified", leaving=leaving))
    return story.then(do.ApproveRelease(ANY), by=EVE)


def released(leaving: Scope | None = None) -> Story:
    """The release is enforced."""
    return releasing(leaving).then(do.ConfirmRelease(ANY), by=ENGINE)


def superseding() -> Story:
    """A promise is replaced by another."""
    story = begin()
    story.then(do.MakePromise(ANY, promise="call-back", due=story.in_hours(2)))
    return story.then(
        do.SupersedePromise(
            ANY,
            promise="call-back",
            by_promise="call-back-2",
            due=story.in_hours(5),
            reason="the line is down",
        )
    )


STORIES: Final[Mapping[str, Callable[[], Story]]] = {
    "freeze-imposed": begin,
    "incident": lambda: begin(Ground.INCIDENT, Scope.everything(), incident="leak-1"),
    "check-requested": checking,
    "check-failed": lambda: failing(remedy="Hold the camera still."),
    "extension": appealing,
    "update": checking,
    "appeal-received": appealing,
    "appeal-rejected": rejecting,
    "release-ordered": releasing,
    "released": lambda: released(
        Scope.of(Capability.WITHDRAW_CRYPTO, assets=["BTC"], amount=Amount.of("1.50", "BTC"))
    ),
    "promise-superseded": superseding,
}
"""How it comes to each notice."""
TAKES: Final = {
    "freeze-imposed": "facts",
    "incident": "facts",
    "check-failed": "remedy",
    "extension": "reason",
    "appeal-rejected": "reason",
    "promise-superseded": "reason",
}
"""Which words go into which notice."""


def told(notice: str, language: str = "en") -> tuple[Story, Notice]:
    """A notice in a language, at the end of its story."""
    story = STORIES[notice]()
    words = WORDS[language][TAKES[notice]] if notice in TAKES else None
    anew = [Stated(promise="update", due=story.in_hours(48))]
    if notice == "extension":
        anew = [Stated(promise="appeal-decision", due=story.in_hours(24 * 30))]
    return story, story.render(notice, language, words=words, promises=anew)
