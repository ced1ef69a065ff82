"""Where results lie: any name, any place, one folder for each class."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from sample_class import changed, rows, save

from tools import assignments
from tools.grading import results
from tools.grading.grade import grade_class
from tools.notebooks.files import NotebookError
from utils import data


@pytest.mark.parametrize(
    "name",
    [
        "Course #1",
        "100 %",
        "what?",
        "a'b",
        "[a] {b}",
        "ü ø",
        "x&y=z",
        ";",
        "%2F",
    ],
)
def test_a_class_s_folder_may_have_any_name(
    course, released, tmp_path, grade_once, name
):
    parent = tmp_path / name
    save(parent / name, {"a01_Ann.ipynb": changed()(released)})
    into = grade_class(parent / name, 1, root=course)
    assert into.parent == parent and into.name.endswith("-a01-graded")
    assert rows(into)["Ann"]["total"] == "6"
    assert (into / "gradebook.db").exists()
    assert sorted(p.name for p in parent.iterdir()) == sorted(
        [name, into.name]
    )


def test_each_class_has_results_of_its_own(tmp_path):
    names = ["CS101.A", "CS101.B", "CS101", "CS101.zip", "x#", "x?", "x_"]
    places = {results.place(tmp_path / name, "a01") for name in names}
    assert len(places) == len(names)
    assert results.place(tmp_path / "a01", "a01").name == "a01-a01-graded"


def test_no_result_leaves_the_folder(tmp_path):
    store = results.ResultStore(tmp_path / "results", None, None, "")
    for place in "../x", "/tmp/x", "feedback/../../x":
        with pytest.raises(ValueError, match="not among the results"):
            store.write(place, "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_t_be_written_is_one_line(
    course, released, tmp_path, monkeypatch
):
    save(tmp_path / "sent", {"a01_Ann.ipynb": changed()(released)})

    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(NotebookError, match="can't write the results") as e:
        grade_class(tmp_path / "sent", 1, root=course)
    assert "\n" not in str(e.value)


def test_a_start_that_fails_leaves_nothing(course, released, tmp_path):
    save(tmp_path / "sent", {"a01_Ann.ipynb": changed()(released)})
    with pytest.raises(NotebookError):
        grade_class(tmp_path / "sent", 1, dask="tcp://nowhere", root=course)
    assert [path.name for path in tmp_path.iterdir()] == ["sent"]


def test_a_change_of_the_data_regrades_what_uses_them(course, monkeypatch):
    other = assignments.release("a01", course)
    cells = [*other.graded.cells, new_code_cell("data.tiny_shakespeare()")]
    uses = other._replace(graded=new_notebook(cells=cells))
    monkeypatch.setattr(data, "is_stored", lambda name: True)
    before = [results.fingerprint(one, 60, course) for one in (uses, other)]
    monkeypatch.setattr(data, "is_stored", lambda name: False)
    after = [results.fingerprint(one, 60, course) for one in (uses, other)]
    assert before[0] != after[0] and before[1] == after[1]
