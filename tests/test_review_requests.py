"""The review page's server: it serves this machine alone, and does nothing that its own page did not ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from test_eval_queue import proposal

from eval.drafting.queue import Queue
from eval.review.app import MAX_FORM, Review, build

HERE = "http://127.0.0.1:7861"


@pytest.fixture
def review(tmp_path: Path) -> Review:
    queue = Queue(tmp_path / "q.sqlite")
    queue.add([proposal()])
    return Review(queue, tmp_path / "gold.jsonl", None, None)


@pytest.fixture
def client(review: Review) -> TestClient:
    return TestClient(build(review, ["127.0.0.1:7861"]), base_url=HERE, follow_redirects=False)


def state(review: Review) -> str:
    (entry,) = review.entries()
    return entry.state


def test_another_host_is_refused_and_told_why(client: TestClient) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert (answer.status_code, "只能从本机打开" in answer.text, "还不能收下" in answer.text) == (400, True, False)


@pytest.mark.parametrize(
    ("token", "origin", "status"),
    [("", HERE, 403), ("wrong", HERE, 403), (None, "http://evil.example", 403), (None, HERE, 303)],
)
def test_only_its_own_page_may_judge(
    review: Review, client: TestClient, token: str | None, origin: str, status: int
) -> None:
    form = {"id": proposal().id, "action": "drop", "token": review.token if token is None else token}
    assert client.post("/judge", data=form, headers={"origin": origin}).status_code == status
    assert state(review) == ("dropped" if status == 303 else "waiting")


def test_a_form_that_is_too_big_is_not_read(review: Review, client: TestClient) -> None:
    form = {"id": proposal().id, "action": "drop", "token": review.token, "answer": "x" * MAX_FORM}
    assert client.post("/judge", data=form).status_code == 413
    assert state(review) == "waiting"


@pytest.mark.parametrize("path", ["/app.py", "/../app.py", "/%2e%2e/app.py", "/review.css/../app.py"])
def test_no_other_file_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
