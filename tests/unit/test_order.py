"""In which order notebooks that may run side by side are begun."""

from voc.run.plan import Step
from voc.run.runner import _State


def steps(folder, **sizes: int) -> list[Step]:
    made = []
    for name, size in sizes.items():
        path = folder / f"{name}.ipynb"
        path.write_text("x" * size, encoding="utf-8")
        made.append(Step(name, path, 1, {}))
    return made


def test_what_took_longest_is_begun_first_also_by_the_next_run(tmp_path):
    kept = tmp_path / "work" / "state.json"
    state, some = _State(kept), steps(tmp_path, card=300, load=200, topics=100)
    for name, seconds in {"card": 9.0, "load": 7.0, "topics": 40.0}.items():
        state.put(name, f"key of {name}", seconds)
    again = _State(kept)
    assert [step.name for step in sorted(some, key=again.longest_first)] == ["topics", "card", "load"]
    assert {step.name: again.get(step.name) for step in some} == {name: f"key of {name}" for name in again.seconds}


def test_what_never_ran_comes_first_the_largest_before_the_others(tmp_path):
    state, some = _State(tmp_path / "state.json"), steps(tmp_path, card=200, load=100, topics=300)
    state.put("card", "key", 500.0)
    assert [step.name for step in sorted(some, key=state.longest_first)] == ["topics", "load", "card"]


def test_how_long_a_notebook_took_is_known_where_it_failed_since(tmp_path):
    state, some = _State(tmp_path / "state.json"), steps(tmp_path, card=100, load=100)
    state.put("load", "key", 7.0)
    state.put("card", "key", 9.0)
    state.forget("card")
    assert state.get("card") is None
    assert [step.name for step in sorted(some, key=state.longest_first)] == ["card", "load"]


def test_a_state_of_an_older_form_asks_for_everything_again(tmp_path):
    (tmp_path / "state.json").write_text('{"card": "key"}', encoding="utf-8")
    assert _State(tmp_path / "state.json").get("card") is None
