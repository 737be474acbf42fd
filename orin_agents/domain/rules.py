"""rule_checklist.yaml: rules that artifacts keep, each checked by code."""

import re
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from orin_agents.domain.documents import NOWHERE, Written, misplaced, refuse_repeats
from orin_agents.domain.facts import Severity, Source

PATH = "rule_checklist.yaml"


class Check(StrEnum):
    """How a rule is checked; `value` is the text, pattern, heading or number it takes."""

    CONTAINS = "contains"
    LACKS = "lacks"
    MATCHES = "matches"
    HEADING = "heading"
    MOST_WORDS = "most_words"
    LEAST_WORDS = "least_words"
    CHANGED_WITHIN_DAYS = "changed_within_days"
    EXISTS = "exists"


class Rule(Written):
    """A rule on every artifact that the glob `applies_to` names."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    applies_to: str = Field(min_length=1)
    check: Check
    value: str | int = ""
    severity: Severity = Severity.WARNING
    source: Source = Field(default=NOWHERE, exclude=True)

    @model_validator(mode="after")
    def _value_fits(self) -> Self:
        if self.check in (Check.MOST_WORDS, Check.LEAST_WORDS, Check.CHANGED_WITHIN_DAYS) and not isinstance(
            self.value, int
        ):
            raise misplaced(self.source, f"rule {self.id}: {self.check} takes a whole number as value")
        if self.check is Check.MATCHES:
            try:
                re.compile(str(self.value))
            except re.error as error:
                raise misplaced(self.source, f"rule {self.id}: the pattern does not compile: {error}") from error
        if self.check is not Check.EXISTS and self.value == "":
            raise misplaced(self.source, f"rule {self.id}: {self.check} needs a value")
        return self


class RuleChecklist(Written):
    """The file: its rules, each with an id of its own."""

    rules: list[Rule] = Field(default_factory=list)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        refuse_repeats((rule.id, rule.source) for rule in self.rules)
        return self
