"""The tags of a set of documents, and tags that would suit those that bear none."""

import re
from collections import Counter

from orin_agents.domain.facts import Fact, Finding, Remark, merged
from orin_agents.domain.snapshot import Document
from orin_agents.skills import likeness, prose, terms
from orin_agents.skills.pages import own_words

SUGGESTED = 3
LEAST = 0.1
"""The least likeness of a document to those that bear a tag, for the tag to be suggested."""
NAMED = 0.5
"""What it adds when the document itself speaks of the tag."""
FEWEST_WORDS = 8
"""Of shorter documents nothing is suggested."""
MOST_SOURCES = 12


def map_tags(documents: tuple[Document, ...]) -> Finding:
    """`tag.N`: each tag with the number of documents that bear it, the most used first; case makes no difference.

    `untagged.N`: each document without a tag, with up to three for it: tags in use by documents like it or that it
    speaks of, or, where no tag is in use, its own strongest words. `tags.total` counts distinct tags.
    """
    documents = tuple(prose.ordered(documents))
    bearers: dict[str, list[Document]] = {}
    spellings: dict[str, Counter[str]] = {}
    for document in documents:
        written = {tag.lstrip("#").strip("/ ") for tag in document.tags}
        for tag in sorted(written - {""}):
            spellings.setdefault(tag.lower(), Counter())[tag] += 1
            if document not in bearers.setdefault(tag.lower(), [])[-1:]:
                bearers[tag.lower()].append(document)
    facts = [
        Fact(
            id=f"tag.{number}",
            label=min(spellings[tag], key=lambda text: (-spellings[tag][text], text)),
            value=len(bearers[tag]),
            unit="notes",
            sources=merged(map(prose.whole, bearers[tag]))[:MOST_SOURCES],
        )
        for number, tag in enumerate(sorted(bearers, key=lambda tag: (-len(bearers[tag]), tag)), start=1)
    ]
    untagged = _untagged(documents, bearers, spellings)
    facts += untagged
    facts.append(Fact(id="tags.total", label="Tags in use", value=len(bearers), unit="tags"))
    facts.append(Fact(id="tags.notes", label="Notes looked at", value=len(documents), unit="notes"))
    where = merged(source for fact in untagged for source in fact.sources)[:MOST_SOURCES]
    facts.append(
        Fact(id="tags.untagged", label="Notes without a tag", value=len(untagged), unit="notes", sources=where)
    )
    remarks = []
    if untagged and bearers:
        text = f"{len(untagged)} of {len(documents)} notes bear no tag."
        remarks.append(Remark(text=text, facts=("tags.untagged", "tags.notes")))
    return Finding(skill="tags", facts=tuple(facts), remarks=tuple(remarks))


def _untagged(
    documents: tuple[Document, ...], bearers: dict[str, list[Document]], spellings: dict[str, Counter[str]]
) -> list[Fact]:
    bare = [index for index, document in enumerate(documents) if not any(tag.strip("#/ ") for tag in document.tags)]
    if not bare:
        return []
    bags = [_bag(document) for document in documents]
    found = likeness.vectors(bags)
    numbers = {document.path: index for index, document in enumerate(documents)}
    centres = {
        tag: _centre([found[numbers[document.path]] for document in bearing]) for tag, bearing in bearers.items()
    }
    names = {tag: tuple(map(terms.singular, re.split(r"[\W_]+", tag.strip("/")))) for tag in bearers}
    facts = []
    for number, index in enumerate(bare, start=1):
        document, bag = documents[index], bags[index]
        scores = {
            tag: likeness.cosine(found[index], centre) + (NAMED if all(word in bag for word in names[tag]) else 0)
            for tag, centre in centres.items()
        }
        suiting = sorted((tag for tag in scores if scores[tag] >= LEAST), key=lambda tag: (-scores[tag], tag))
        suggested = [max(spellings[tag], key=lambda text: (spellings[tag][text], text)) for tag in suiting[:SUGGESTED]]
        if not suggested and not bearers and bag.total() >= FEWEST_WORDS:
            often = sorted(bag, key=lambda word: (-bag[word], word))
            suggested = list(dict.fromkeys([*found[index], *often]))[:SUGGESTED]
        facts.append(
            Fact(
                id=f"untagged.{number}",
                label=document.title,
                value=", ".join(suggested) if bag.total() >= FEWEST_WORDS else "",
                sources=(prose.whole(document),),
            )
        )
    return facts


def _bag(document: Document) -> Counter[str]:
    bag = Counter(terms.content(document.title))
    for piece in prose.pieces(own_words(document)):
        bag.update(terms.content(prose.plain(piece.text)))
    return bag


def _centre(vectors: list[likeness.Vector]) -> likeness.Vector:
    total: likeness.Vector = {}
    for vector in vectors:
        for word, weight in vector.items():
            total[word] = total.get(word, 0.0) + weight
    return likeness.unit(total)
