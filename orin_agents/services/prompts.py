"""What models were told, kept with the run and without secrets."""

from dataclasses import dataclass, replace

from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.secrets import Secrets
from orin_agents.services.store import Store


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompt service."""

    store: Store
    secrets: Secrets

    def keep(self, prompt: Prompt) -> None:
        """Keep the prompt behind those of its step, with the name of every secret in its place."""
        redacted = self.secrets.redacted
        kept = replace(
            prompt,
            messages=tuple(replace(message, text=redacted(message.text)) for message in prompt.messages),
            answer=redacted(prompt.answer),
            note=redacted(prompt.note),
        )
        with self.store.transaction():
            self.store.prompts.add(kept)
