import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from voc.data.problems import InputError
from voc.run.parameters import check_parameters, read_parameters

CELL = 'name = "sample"  # the report = its params file\nmost = 7\nshare = 0.5\nquiet = False\nteams = ["a"]\nowner = None\nlow = -1\n'


@pytest.fixture
def notebook(tmp_path):
    """Return a function that writes a notebook with these parameters cells."""

    def write(*cells):
        tagged = [new_code_cell(source, metadata={"tags": ["parameters"]}) for source in cells]
        path = tmp_path / "05_drivers.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell("import voc"), *tagged]), path)
        return path

    return write


def told(call, *args) -> str:
    with pytest.raises(InputError) as error:
        call(*args)
    return str(error.value)


def test_defaults_are_read_without_running_anything(notebook):
    assert read_parameters(notebook(CELL)) == {
        "name": "sample", "most": 7, "share": 0.5, "quiet": False, "teams": ["a"], "owner": None, "low": -1,
    }  # fmt: skip


def test_a_line_with_two_equals_signs_is_a_parameter_too(notebook):
    """Papermill's own inspector drops such lines."""
    assert read_parameters(notebook('query = "a = b"  # x = y')) == {"query": "a = b"}


@pytest.mark.parametrize("cells", [(), (CELL, CELL)])
def test_one_cell_exactly(notebook, cells):
    assert f"has {len(cells)} parameters cells" in told(read_parameters, notebook(*cells))


def test_everything_but_literals_is_refused_all_at_once(notebook):
    said = told(
        read_parameters, notebook('import os\nbase = "x"\npath = base + "/y"\na, b = 1, 2\nc = d = 3\nn += 1\n')
    )
    assert "5 problems" in said
    assert "line 3: path is computed, not a literal" in said
    assert "Compute it in the next cell" in said
    for line in (1, 4, 5, 6):
        assert f"line {line}: is no `name = literal`" in said


def test_a_cell_that_is_no_python_is_said(notebook):
    assert "line 2" in told(read_parameters, notebook("a = 1\nb = = 2\n"))


def test_what_fits_is_passed_on(notebook):
    given = {"name": "x", "most": 3, "share": 1, "quiet": True, "teams": [], "owner": "y", "low": -5}
    assert check_parameters(notebook(CELL), given) == given
    assert check_parameters(notebook(CELL), {}) == {}


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("most", "7", "str, not int"), ("most", 7.5, "float, not int"), ("most", True, "bool, not int"),
        ("share", "0.5", "str, not float"), ("share", True, "bool, not float"), ("quiet", 0, "int, not bool"),
        ("quiet", "no", "str, not bool"), ("name", 3, "int, not str"), ("teams", "a", "str, not list"),
    ],
)  # fmt: skip
def test_wrong_types_are_refused(notebook, name, value, wanted):
    assert f"parameter {name!r}: {str(value)!r} is {wanted}" in told(check_parameters, notebook(CELL), {name: value})


def test_unknown_names_are_refused_all_at_once(notebook):
    said = told(check_parameters, notebook(CELL), {"moste": 3, "nam": "x", "quiet": "yes"})
    assert "3 problems" in said
    assert "parameter 'moste': is not one of this notebook. Did you mean most?" in said
    assert "Did you mean name?" in said


def test_a_default_of_none_takes_anything(notebook):
    assert check_parameters(notebook(CELL), {"owner": 3}) == {"owner": 3}
