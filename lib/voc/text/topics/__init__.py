"""Topics that are discovered: what customers speak of without anybody having named it."""

from .model import NONE, Topics
from .rules import TopicRules

__all__ = ["NONE", "TopicRules", "Topics"]
