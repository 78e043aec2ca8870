"""The example backend over HTTP: the whole story, retries, refusals, and callers at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from examples.fastapi_backend.answers import CODES
from examples.fastapi_backend.app import create_app
from examples.fastapi_backend.main import PEOPLE, main
from freezecase import Casebook, FreezeCaseError, errors
from tests.app.books import CONSEQUENCES

FREEZE = {
    "account": "acct-4711",
    "ground": "account-takeover",
    "capabilities": ["withdraw-crypto", "withdraw-fiat"],
    "reason": "log-in from a new country",
}
SELFIE = {
    "reference": "doc-1",
    "digest": "sha256:" + "ab" * 32,
    "size": 48_213,
    "media_type": "image/jpeg",
}
NOBODY = UUID(int=404)


class Host:
    """The backend as its callers see it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def post(
        self, path: str, by: str, body: dict[str, Any] | None = None, key: UUID | None = None
    ) -> tuple[int, Any]:
        """Ask for something; the code and the body of the answer."""
        headers = {"Authorization": f"Bearer token-of-{by}", "Idempotency-Key": str(key or uuid4())}
        reply = self.client.post(path, json=body, headers=headers)
        return reply.status_code, reply.json()

    def get(self, path: str, by: str) -> tuple[int, Any]:
        """Read something; the code and the body of the answer."""
        reply = self.client.get(path, headers={"Authorization": f"Bearer token-of-{by}"})
        return reply.status_code, reply.json()

    def frozen(self) -> str:
        """The path of a fresh case."""
        return f"/cases/{self.post('/cases', 'risk-engine', FREEZE)[1]['case']}"

    def kinds(self, case: str) -> list[str]:
        """What happened to a case, without what somebody owes in consequence."""
        told = [record["what"] for record in self.get(f"{case}/history", "ana")[1]]
        return [kind for kind in told if kind not in CONSEQUENCES]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Casebook.open(f"sqlite:///{tmp_path}/cases.db") as book:
        yield Host(TestClient(create_app(book, PEOPLE)))


def test_an_account_is_frozen_verified_appealed_and_released(host: Host) -> None:
    case = host.frozen()
    asked = [
        host.post(f"{case}/checks", "ana", {"checks": ["liveness"]}),
        host.post(f"{case}/checks/liveness/evidence", "owner", SELFIE),
        host.post(f"{case}/checks/liveness/pass", "ana"),
        host.post(f"{case}/appeals", "owner", {"statement": "it was me"}),
        host.post(f"{case}/release", "ana", {"reason": "owner verified"}),
        host.post(f"{case}/release/approval", "rob"),
        host.post(f"{case}/release/confirmation", "risk-engine"),
    ]

    assert [code for code, _ in asked] == [200] * 7
    assert asked[-1][1]["status"] == "released"
    assert host.kinds(case) == [
        "freeze-imposed",
        "checks-requested",
        "evidence-submitted",
        "check-passed",
        "appeal-filed",
        "release-proposed",
        "release-approved",
        "release-ordered",
        "release-enforced",
    ]


def test_the_owner_sees_what_is_needed_and_how_to_appeal(host: Host) -> None:
    case = host.frozen()
    host.post(f"{case}/checks", "ana", {"checks": ["liveness"]})

    code, view = host.get(f"{case}/customer-view", "owner")

    assert code == 200
    assert [one["check"] for one in view["we_need"]] == ["liveness"]
    assert view["can_appeal"]
    assert "country" not in str(view)


def test_a_customer_is_told_no_version_whatever_they_ask_for(host: Host) -> None:
    case = host.frozen()
    host.post(f"{case}/checks", "ana", {"checks": ["liveness"]})

    shown = host.post(f"{case}/checks/liveness/evidence", "owner", SELFIE)
    appealed = host.post(f"{case}/appeals", "owner", {"statement": "it was me"})
    seen = host.get(f"{case}/customer-view", "owner")

    assert [code for code, _ in (shown, appealed, seen)] == [200] * 3
    assert [sorted(said) for _, said in (shown, appealed)] == [["case", "repeated", "status"]] * 2
    assert {"version", "contests", "decision", "index", "revision"}.isdisjoint(seen[1])


def test_a_retry_gets_the_first_answer_and_nothing_happens_twice(host: Host) -> None:
    case, key = host.frozen(), uuid4()
    proposal = {"reason": "owner verified"}

    first = host.post(f"{case}/release", "ana", proposal, key)
    again = host.post(f"{case}/release", "ana", proposal, key)

    assert (first[0], again[0]) == (200, 200)
    assert again[1] == {**first[1], "repeated": True}
    assert host.kinds(case) == ["freeze-imposed", "release-proposed"]


def test_a_retried_freeze_opens_no_second_case(host: Host) -> None:
    key = uuid4()

    first = host.post("/cases", "risk-engine", FREEZE, key)
    again = host.post("/cases", "risk-engine", FREEZE, key)

    assert (first[0], first[1]["case"], again[1]["repeated"]) == (201, str(key), True)
    assert first[1]["case"] == again[1]["case"]


def test_a_key_stands_for_one_command_of_a_case(host: Host) -> None:
    case, key = host.frozen(), uuid4()
    host.post(f"{case}/release", "ana", {"reason": "owner verified"}, key)

    code, said = host.post(f"{case}/checks", "ana", {"checks": ["device"]}, key)

    assert (code, said["error"]) == (409, "CommandReused")


def test_who_proposed_may_not_approve_and_the_rule_is_named(host: Host) -> None:
    case = host.frozen()
    host.post(f"{case}/release", "ana", {"reason": "owner verified"})

    code, said = host.post(f"{case}/release/approval", "ana")

    assert (code, said["error"], said["rules"]) == (403, "PolicyForbids", ["four-eyes"])
    assert host.kinds(case)[-1] == "attempt-refused"


def test_what_does_not_fit_says_what_would(host: Host) -> None:
    case = host.frozen()

    code, said = host.post(f"{case}/release/confirmation", "risk-engine")

    assert (code, said["error"]) == (409, "NotAllowedNow")
    assert "propose-release" in said["allowed"]


def test_a_customer_is_not_told_why_something_was_refused(host: Host) -> None:
    case = host.frozen()

    assert host.post(f"{case}/release", "owner", {"reason": "please"}) == (
        403,
        {"error": "PolicyForbids"},
    )
    assert host.post(f"{case}/release/approval", "owner") == (409, {"error": "NotAllowedNow"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**FREEZE, "account": "ana@example.org"}, "ImposeFreeze.account"),
        ({**FREEZE, "capabilities": []}, "Scope.capabilities"),
        ({**FREEZE, "reason": " "}, "ImposeFreeze.reason"),
    ],
)
def test_a_value_that_cannot_be_is_named(host: Host, body: dict[str, Any], field: str) -> None:
    code, said = host.post("/cases", "risk-engine", body)

    assert (code, said["error"], said["field"]) == (422, "InvalidValue", field)


def test_a_case_of_somebody_else_is_no_case(host: Host) -> None:
    other = host.post("/cases", "risk-engine", {**FREEZE, "account": "acct-2"})[1]["case"]

    theirs = host.get(f"/cases/{other}/customer-view", "owner")
    nobodys = host.get(f"/cases/{NOBODY}/customer-view", "owner")

    assert theirs == nobodys == (404, {"error": "NoSuchCase"})


def test_only_staff_read_the_history(host: Host) -> None:
    assert host.get(f"{host.frozen()}/history", "owner")[0] == 403


def test_whoever_says_nothing_of_themselves_is_nobody(host: Host) -> None:
    assert host.client.get(f"/cases/{NOBODY}/history").status_code == 401
    assert host.post(f"{host.frozen()}/release/approval", "stranger")[0] == 401


def test_a_store_that_cannot_answer_is_unavailable(host: Host, tmp_path: Path) -> None:
    case = host.frozen()
    with Casebook.open(f"sqlite:///{tmp_path}/other.db") as book:
        closed = Host(TestClient(create_app(book, PEOPLE)))

    code, said = closed.post(f"{case}/release/approval", "rob")

    assert (code, said["error"]) == (503, "StoreError")


def test_of_many_who_approve_at_once_one_does_it(host: Host) -> None:
    case = host.frozen()
    host.post(f"{case}/release", "ana", {"reason": "owner verified"})

    with ThreadPoolExecutor(8) as many:
        replies = list(many.map(lambda _: host.post(f"{case}/release/approval", "rob"), range(8)))

    assert sorted(code for code, _ in replies) == [200] + [409] * 7
    assert host.kinds(case).count("release-ordered") == 1


def test_of_many_retries_at_once_all_get_one_answer(host: Host) -> None:
    case, key = host.frozen(), uuid4()
    proposal = {"reason": "owner verified"}

    with ThreadPoolExecutor(8) as many:
        replies = list(
            many.map(lambda _: host.post(f"{case}/release", "ana", proposal, key), range(8))
        )

    assert [code for code, _ in replies] == [200] * 8
    assert len({said["version"] for _, said in replies}) == 1
    assert [said["repeated"] for _, said in replies].count(False) == 1
    assert host.kinds(case) == ["freeze-imposed", "release-proposed"]


def test_many_accounts_are_frozen_at_once(host: Host) -> None:
    def freeze(n: int) -> tuple[int, Any]:
        return host.post("/cases", "risk-engine", {**FREEZE, "account": f"acct-{n}"})

    with ThreadPoolExecutor(8) as many:
        replies = list(many.map(freeze, range(40)))

    assert [code for code, _ in replies] == [201] * 40
    assert len({said["case"] for _, said in replies}) == 40


def test_every_error_of_the_library_has_a_code() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]

    assert all(any(one in CODES for one in kind.__mro__) for kind in kinds)
    assert CODES[FreezeCaseError] == 500


def test_the_running_program_closes_its_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASES", f"sqlite:///{tmp_path}/cases.db")
    app = main()

    with TestClient(app) as client:
        assert Host(client).frozen()

    with pytest.raises(errors.StoreError, match="closed"):
        app.state.book.case(NOBODY)
