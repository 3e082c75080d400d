"""Facts about an entity as people read them; contracts of saved policies keep the texts they have."""

from models.mdp.state import history_features


def test_no_reader_meets_a_formula_or_1_days() -> None:
    features = {f.name: f for f in history_features(("none", "search"), (1, 7), 1)}
    said = {name: f.plain or f.text for name, f in features.items()}
    assert said["shown_search_1d"] == "times search was shown in the last day"
    assert said["visits_1d"] == "visits in the last day"
    assert said["visits_7d"] == "visits in the last 7 days"
    assert not any("exp(" in text or " 1 days" in text for text in said.values())
    assert features["visits_1d"].text == "visits in the last 1 days"
