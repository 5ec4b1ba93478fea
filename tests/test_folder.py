"""The comparison of folder and store, against a store that is a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from index.intake.folder import Comparison, Found, Step, compare


@dataclass(frozen=True, slots=True)
class Doc:
    name: str
    path: str
    sha256: str
    collection: str = ""


def found(name: str, sha256: str, folder: str = "/件") -> Found:
    return Found(name, f"{folder}/{name}", sha256)


def doc(name: str, sha256: str, folder: str = "/件", collection: str = "") -> Doc:
    return Doc(name, f"{folder}/{name}", sha256, collection)


def test_new_changed_and_same_files_are_told_apart() -> None:
    files = [found("新.txt", "1"), found("变.txt", "2"), found("同.txt", "3")]
    assert compare(files, [doc("变.txt", "0"), doc("同.txt", "3")]).steps == (
        Step(files[0], "added", "新.txt", encode=True),
        Step(files[1], "replaced", "变.txt", encode=True),
        Step(files[2], "unchanged", "同.txt"),
    )


def test_a_file_that_moved_keeps_its_vectors_and_one_of_another_stem_does_not() -> None:
    kept = [doc("子/稿.txt", "1"), doc("旧.txt", "2")]
    files = [found("稿.txt", "1"), found("新.txt", "2")]
    assert compare(files, kept, gone={d.path for d in kept}) == Comparison(
        (
            Step(files[0], "renamed", "稿.txt", "子/稿.txt"),
            Step(files[1], "renamed", "新.txt", "旧.txt", encode=True),
        ),
        (),
    )


def test_a_copy_is_new_while_the_original_is_there() -> None:
    files = [found("抄.txt", "1")]
    assert compare(files, [doc("稿.txt", "1")], roots=["/件"]).steps == (
        Step(files[0], "added", "抄.txt", encode=True),
    )


def test_of_several_of_one_content_the_one_of_the_same_name_moved() -> None:
    kept = [doc("甲/一.txt", "1"), doc("甲/二.txt", "1")]
    files = [found("乙/二.txt", "1"), found("乙/三.txt", "1")]
    steps = compare(files, kept, gone={d.path for d in kept}).steps
    assert [(s.name, s.before, s.encode) for s in steps] == [
        ("乙/二.txt", "甲/二.txt", False),
        ("乙/三.txt", "甲/一.txt", True),
    ]


def test_what_is_gone_from_the_folders_vanished_and_nothing_else() -> None:
    kept = [
        doc("没了.txt", "1"),
        doc("别处.txt", "2", "/他"),
        doc("件外.txt", "3", "/件外"),
        doc("集.txt", "4", collection="集"),
    ]
    gone = {d.path for d in kept}
    assert compare([], kept, gone=gone, roots=["/件"]).vanished == ("没了.txt",)
    assert compare([], kept, gone=gone, roots=["/件/没了.txt"]).vanished == ("没了.txt",)
    assert compare([], kept, gone=gone, roots=["/"]).vanished == ("件外.txt", "别处.txt", "没了.txt")
    assert compare([], kept, gone=gone).vanished == ()
    assert compare([], kept, roots=["/件"]).vanished == ()


def test_nothing_is_said_of_what_lies_in_a_folder_or_archive_that_cannot_be_read() -> None:
    kept = [doc("锁/甲.txt", "1"), doc("包.zip/乙.txt", "2"), doc("包.zip", "9")]
    files = [Found("锁", "/件/锁", "", "打不开"), Found("包.zip", "/件/包.zip", "", "坏了")]
    comparison = compare(files, kept, gone={"/件/锁/甲.txt", "/件/包.zip/乙.txt"}, roots=["/件"], prune=True)
    assert comparison == Comparison((Step(files[0], "failed", "锁"), Step(files[1], "failed", "包.zip")), ())


def test_names_grow_folders_until_they_are_free_and_numbers_after_that() -> None:
    kept = [doc("稿.txt", "1", "/甲"), doc("乙/稿.txt", "2", "/别处")]
    files = [found("稿.txt", "3", "/丙/乙"), Found("稿.txt", "/稿.txt", "4"), Found("稿.txt", "/x.txt/稿.txt", "5")]
    names = [s.name for s in compare(files, kept).steps]
    assert names == ["丙/乙/稿.txt", "稿（2）.txt", "x.txt/稿.txt"]


def test_in_a_second_collection_a_file_stands_under_the_name_of_the_collection() -> None:
    files = [found("稿.txt", "1")]
    assert compare(files, [doc("稿.txt", "1")], "政策").steps == (Step(files[0], "added", "政策/稿.txt", encode=True),)
    assert compare(files, [doc("稿.txt", "1", collection="政策")]).steps[0].name == "默认/稿.txt"
    both = [doc("稿.txt", "1"), replace(doc("稿.txt", "1", collection="政策"), name="政策/稿.txt")]
    assert compare(files, both, "政策").steps == (Step(files[0], "unchanged", "政策/稿.txt"),)
    assert compare(files, both).steps == (Step(files[0], "unchanged", "稿.txt"),)


def test_the_name_of_what_vanished_is_free_only_when_it_is_taken_out() -> None:
    kept = [doc("稿.txt", "1", "/件/旧")]
    files = [found("稿.txt", "2", "/件/新")]
    gone = {kept[0].path}
    assert compare(files, kept, gone=gone, roots=["/件"]).steps[0].name == "新/稿.txt"
    assert compare(files, kept, gone=gone, roots=["/件"], prune=True).steps[0].name == "稿.txt"


NAMES = st.sampled_from(["甲.txt", "乙.txt", "子/甲.txt", "子/丙.md", "丁.md", "子/孙/甲.txt"])
FOLDERS = st.dictionaries(NAMES, st.sampled_from("0123"), max_size=6)


def after(kept: dict[str, Doc], comparison: Comparison, collection: str, *, prune: bool) -> dict[str, Doc]:
    """What the store holds when the steps are taken in the order that Comparison asks for; a name is never taken twice."""
    now = dict(kept)
    for step in comparison.steps:
        if step.outcome == "renamed" and not step.encode:
            old = now.pop(step.before)
            assert step.name not in now
            assert old.sha256 == step.found.sha256
            now[step.name] = replace(old, name=step.name, path=step.found.path)
    for name in comparison.vanished if prune else ():
        del now[name]
    for step in comparison.steps:
        if step.encode:
            was = now.pop(step.name, None)
            assert was is None or (step.outcome == "replaced" and was.path == step.found.path)
            if step.before:
                assert now.pop(step.before).sha256 == step.found.sha256
            now[step.name] = Doc(step.name, step.found.path, step.found.sha256, collection)
        elif step.outcome == "unchanged":
            assert (now[step.name].path, now[step.name].sha256) == (step.found.path, step.found.sha256)
    return now


@given(
    st.lists(
        st.tuples(FOLDERS, st.sampled_from(["", "集"]), st.booleans(), st.sampled_from(["/件", "/件/子"])), max_size=5
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_happens_to_a_folder_the_store_holds_it_as_it_is(
    history: list[tuple[dict[str, str], str, bool, str]],
) -> None:
    store: dict[str, Doc] = {}
    for folder, collection, prune, root in history:
        files = [
            Found(str(PurePosixPath("/件", name).relative_to(root)), f"/件/{name}", sha256)
            for name, sha256 in sorted(folder.items())
            if PurePosixPath("/件", name).is_relative_to(root)
        ]
        there = {f"/件/{name}" for name in folder}
        kept = list(store.values())
        gone = {d.path for d in kept if d.path not in there}
        comparison = compare(files, kept, collection, gone, [root], prune)
        others = {n: d for n, d in store.items() if d.collection != collection}
        store = after(store, comparison, collection, prune=prune)
        assert {n: d for n, d in store.items() if d.collection != collection} == others
        held = {d.path: d.sha256 for d in store.values() if d.collection == collection}
        assert {f.path: held.get(f.path) for f in files} == {f.path: f.sha256 for f in files}
        if prune:
            assert {p for p in held if p.startswith(f"{root}/")} == {f.path for f in files}
        again = compare(files, list(store.values()), collection, gone, [root], prune)
        assert {s.outcome for s in again.steps} <= {"unchanged"}
