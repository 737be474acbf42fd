"""The phrases that sentences are made of by rule: for each set its own, so that none is scored by what another taught.

A phrase is the ids of facts it fits (a pattern), the kind of error that can be planted, and the sentence: `{label}` and
`{when}` are filled in as they are, `{figure}`, `{count}`, `{day}`, `{clock}`, `{name}` and `{quote}` can be planted.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Which facts it fits, what can be planted, and the sentence."""

    facts: str
    kind: str
    text: str


FACTS = {
    "development": (
        Phrase(r"block\.\d+", "date", "The slot for “{label}” begins at {clock}."),
        Phrase(r"block\.\d+", "number", "“{label}” is given {minutes} minutes in the plan."),
        Phrase(r"risk\.\d+", "number", "Among the risks, “{label}” has a score of {count}."),
        Phrase(r"share\.\d+", "number", "{percent} of the week went into “{label}”."),
        Phrase(r"share\.\d+\.weight", "number", "“{label}” carries a weight of {percent}."),
        Phrase(r"initiative\.\d+\.(urgency|value|size)", "number", "The {part} of “{label}” is put at {count}."),
        Phrase(r"objective\.\d+\.confidence", "number", "Confidence in “{label}” stands at {percent}."),
        Phrase(r"day\.\d+", "date", "{day} is counted with {figure} free."),
        Phrase(r"day\.\d+", "number", "For {when} you have {hours} hours free."),
        Phrase(
            r"(summary|premises|zettel|progress|timeblocks|codemap|tags|alignment|checklist)\.[a-z_]+",
            "number",
            "{label}: {counted}.",
        ),
        Phrase(r"(summary|zettel|timeblocks|codemap|catalogue)\.[a-z_]+", "unit", "{label}: {united}."),
        Phrase(r"forgotten\.\d+", "number", "Nobody has touched “{label}” for {count} days."),
        Phrase(r"function\.\d+", "number", "The function `{label}` is {count} lines long."),
        Phrase(r"module\.\d+\.lines", "name", "There are {count_} lines in {name}."),
        Phrase(r"artifact\.\d+", "name", "The case file holds {name}."),
        Phrase(r"tag\.\d+", "name", "The notes use the tag #{name}."),
        Phrase(r"(sentence|premise|question)\.\d+", "quote", "One note says: “{quote}”"),
        Phrase(r"(overdue|review_due)\.\d+", "date", "“{label}” should have been looked at by {day}."),
        Phrase(r"critical\.\d+", "number", "On the critical path, “{label}” takes {count} minutes."),
    ),
    "held-out": (
        Phrase(r"block\.\d+", "date", "At {clock} you turn to “{label}”."),
        Phrase(r"block\.\d+", "date", "“{label}” is done by {until}, if all goes well."),
        Phrase(r"day\.\d+", "date", "There are {figure} of free time on {day}."),
        Phrase(r"day\.\d+", "number", "You can count on {hours} h on {when}."),
        Phrase(
            r"(summary|premises|zettel|progress|timeblocks|tags|catalogue|feasibility)\.[a-z_]+",
            "number",
            "According to the figures, “{label}” is {counted}.",
        ),
        Phrase(
            r"(summary|zettel|timeblocks|premises|progress|tags|catalogue)\.[a-z_]+",
            "unit",
            "The line “{label}” shows {united}.",
        ),
        Phrase(r"artifact\.\d+", "name", "You will find more of it in {name}."),
        Phrase(r"(sentence|premise|question)\.\d+", "quote", 'It is put this way: "{quote}"'),
        Phrase(r"overdue\.\d+", "date", "The due date of “{label}” was {day}."),
        Phrase(r"tag\.\d+", "name", "Look for #{name} in the notes."),
        Phrase(r"tag\.\d+", "number", "#{label} is on {count} notes."),
        Phrase(r"untagged\.\d+", "name", "“{label}” could bear tags such as {first}."),
    ),
    "third": (
        Phrase(r"block\.\d+", "date", "Your calendar has “{label}” from {clock} on."),
        Phrase(r"block\.\d+", "number", "Give “{label}” {minutes} min."),
        Phrase(r"risk\.\d+", "number", "With {count} points, “{label}” is on the list of risks."),
        Phrase(r"share\.\d+", "number", "Of all logged time, “{label}” makes up {percent}."),
        Phrase(r"objective\.\d+", "number", "“{label}” is at {percent} of its score."),
        Phrase(r"initiative\.\d+\.(urgency|value|size)", "number", "“{label}” is rated {count} for {part}."),
        Phrase(r"day\.\d+", "date", "Expect {figure} without appointments on {day}."),
        Phrase(r"day\.\d+\.planned", "number", "The work due on {when} comes to {hours} h."),
        Phrase(
            r"(summary|premises|zettel|progress|timeblocks|codemap|tags|alignment|checklist|feasibility)\.[a-z_]+",
            "number",
            "Today's count for “{label}” reads {counted}.",
        ),
        Phrase(
            r"(summary|zettel|timeblocks|codemap|catalogue|progress)\.[a-z_]+",
            "unit",
            "In short, “{label}” means {united}.",
        ),
        Phrase(r"forgotten\.\d+", "unit", "It is {count_} {days} since anybody looked at “{label}”."),
        Phrase(r"artifact\.\d+", "name", "Have a look at {name} before you go on."),
        Phrase(r"(sentence|premise|question)\.\d+", "quote", "I would quote “{quote}” here."),
        Phrase(r"overdue\.\d+", "date", "“{label}” has waited since {day}."),
        Phrase(r"function\.\d+", "name", "In the code, {name} has {count_} lines."),
    ),
    "fourth": (
        Phrase(r"block\.\d+", "date", "Keep {clock} for “{label}”."),
        Phrase(r"block\.\d+", "date", "“{label}” ends at {until} today."),
        Phrase(r"risk\.\d+", "number", "“{label}” got {count} in the matrix of risks."),
        Phrase(r"share\.\d+\.weight", "number", "By its weight, “{label}” deserves {percent} of the time."),
        Phrase(r"objective\.\d+\.confidence", "number", "You trust “{label}” with a confidence of {percent}."),
        Phrase(r"initiative\.\d+\.(urgency|value|size)", "number", "For “{label}” the {part} comes to {count}."),
        Phrase(r"day\.\d+", "date", "You could use the {figure} that are free on {day}."),
        Phrase(r"day\.\d+", "number", "On {when}, {hours} hours stay free."),
        Phrase(
            r"(summary|premises|zettel|progress|timeblocks|codemap|tags|alignment|checklist|feasibility)\.[a-z_]+",
            "number",
            "As to “{label}”, the figure is {counted}.",
        ),
        Phrase(
            r"(summary|zettel|timeblocks|codemap|catalogue|progress|tags)\.[a-z_]+",
            "unit",
            "“{label}” comes to {united}.",
        ),
        Phrase(r"forgotten\.\d+", "number", "For {count} days nothing has happened with “{label}”."),
        Phrase(r"artifact\.\d+", "name", "This was taken from {name}."),
        Phrase(r"tag\.\d+", "name", "Filter by #{name} to see them."),
        Phrase(r"(sentence|premise|question)\.\d+", "quote", "Its own words are: «{quote}»."),
        Phrase(r"(overdue|review_due)\.\d+", "date", "Since {day}, “{label}” is late."),
        Phrase(r"function\.\d+", "number", "With {count} lines, `{label}` is short."),
    ),
}
PASSAGES = {
    "development": {
        "link": ("There is more on this at {0}.", "The notes point to {0} for details."),
        "quote": ("To quote the notes: “{0}”", 'The text has it that "{0}".'),
        "handle": ("{0} is named in the notes.", "Ask {0} about it."),
        "code": ("The notes mention `{0}`.", "This concerns `{0}` above all."),
        "number": ("{0}",),
        "wiki": ("Follow the link to [[{0}]].",),
    },
    "held-out": {
        "link": ("Start with {0}, then come back.", "See also <{0}>."),
        "quote": ("In the words of the note, «{0}».", "The page says “{0}”, which matters here."),
        "handle": ("The table gives {0} as a contact.", "You could write to {0} first."),
        "code": ("Without `{0}` this makes little sense.", "Look up `{0}` before the meeting."),
        "number": ("- {0}",),
        "wiki": ("The list leads to [[{0}]] as well.",),
    },
    "third": {
        "link": ("Before you decide, open {0}.", "Source: {0}"),
        "quote": ("Keep in mind that “{0}”.", "One line reads „{0}“ there."),
        "handle": ("{0} may know more.", "This is on the desk of {0}."),
        "code": ("What stands out is `{0}`.", "Mind `{0}` in the next step."),
        "number": ("> {0}",),
        "wiki": ("Beside it lies [[{0}]].",),
    },
    "fourth": {
        "link": ("Have {0} at hand.", "Details: {0}."),
        "quote": ("We read: “{0}”.", 'Somebody wrote "{0}" there.'),
        "handle": ("Thanks to {0} for this.", "Wait for {0} to answer."),
        "code": ("You will meet `{0}` again.", "So far `{0}` is all there is."),
        "number": ("{0}",),
        "wiki": ("One click leads to [[{0}]].",),
    },
}
"""Sentences around a piece of a passage, which can be planted."""
