"""What the making of topics may be told in params."""

from __future__ import annotations

from pydantic import Field

from ...data.sources import Strict


class TopicRules(Strict):
    """Choices behind topics; docs/decisions.md gives the figures for the defaults."""

    landmarks: int = Field(default=20_000, ge=200, description="most distinct sentences that the graph is made of")
    neighbours: int = Field(default=15, ge=3, le=100, description="nearest sentences each sentence is tied to")
    squeezed: int = Field(default=128, ge=8, description="numbers a sentence keeps while neighbours are searched")
    resolutions: list[float] = Field(
        default=[0.5, 1.0, 2.0, 4.0, 8.0], min_length=1, description="Louvain's resolution: what is tried"
    )
    refits: int = Field(default=20, ge=2, multiple_of=2, description="refits on halves that the topics are made of")
    found_again: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="how much of a topic (Jaccard, mean) refits on halves must find again for a resolution to be stable",
    )
    greyed: float = Field(default=0.5, ge=0, le=1, description="stability below which a topic is shown in grey")
    least_size: int = Field(default=25, ge=2, description="fewest distinct sentences of a topic")
    outliers: float = Field(default=0.05, ge=0, lt=0.5, description="share of a topic's own sentences below its floor")
    take_languages_out: bool = Field(default=True, description="take the directions away in which languages differ")
    most_words: int = Field(default=8, ge=3, le=30, description="words kept per topic and language")
    most_examples: int = Field(default=5, ge=1, le=30, description="typical sentences kept per topic and language")
    labels: dict[str, str] = Field(
        default_factory=dict, description="names the analyst gave: label made of words → name that replaces it"
    )
