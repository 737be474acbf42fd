"""A language model made on the spot, small enough for a test: llama.cpp loads it as it would any other.

Its weights are a Markov chain: the hidden state is the last token, one-hot, and the output layer holds the logarithm of
how often one token follows another in a few sentences. It writes one of those sentences and ends; offered tools, it
asks for one; under a grammar it obeys. As an embedding model it gives the frequencies of a text's characters.
"""

import math
import sys
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np  # noqa: TID253  (this module is run, in a process of its own)

SENTENCES = (
    "The plan holds and the work goes on.",
    "The week was calm and the notes are in order.",
    "Two tasks wait and one of them is late.",
)
CONTEXT = 32768
SPECIAL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|call|>")
CALL = "<tool_call>"
SPACE = "\u2581"
NEWLINE = "<0x0A>"
END = "<|im_end|>"
PRINTABLE = (SPACE, *map(chr, range(33, 127)))
RARE = 1e-6
NEVER = 1e-12

TEMPLATE = """\
{%- if tools %}
<|im_start|>system
{%- for tool in tools %}{{ '\\n' }}{{ tool | tojson }}{% endfor %}
Write a call as <tool_call>
{"name": NAME, "arguments": ARGUMENTS}
</tool_call><|im_end|>
{{ '' }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- else %}
{{- '<|im_start|>' + message.role + '\\n' + (message.content or '') }}
{%- for call in message.tool_calls or [] %}
{{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments if call.function.arguments is string else call.function.arguments | tojson }}
{{- '}\\n</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}
{%- if tools and messages[-1].role != 'tool' %}{{ '<|call|>' }}{% endif %}
{%- endif %}
"""


class Kind(StrEnum):
    """`chat` ends by itself; `endless` writes letters until its bound; `embed` is for an embedding server."""

    CHAT = "chat"
    ENDLESS = "endless"
    EMBED = "embed"


def vocabulary() -> list[tuple[str, gguf.TokenType]]:
    """The tokens: special ones, every byte, every printable character, and the mark of a tool call."""
    control = gguf.TokenType.CONTROL
    return [
        *((token, gguf.TokenType.UNKNOWN if token == "<unk>" else control) for token in SPECIAL),
        *((f"<0x{byte:02X}>", gguf.TokenType.BYTE) for byte in range(256)),
        *((token, gguf.TokenType.NORMAL) for token in PRINTABLE),
        (CALL, gguf.TokenType.USER_DEFINED),
    ]


def followers(tokens: list[str], kind: Kind) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Row: a token; column: how likely each token comes next."""
    at = {token: number for number, token in enumerate(tokens)}
    chance = np.full((len(tokens), len(tokens)), RARE, np.float32)
    chance[:, : len(SPECIAL) + 256] = NEVER  # single bytes would not make UTF-8
    chance[:, at[CALL]] = NEVER
    if kind is Kind.ENDLESS:
        chance[:, [at[letter] for letter in f"{SPACE}abcdefghijklmnopqrstuvwxyz"]] = 1.0
        return chance
    for sentence in SENTENCES:
        spelled = [at[letter] for letter in sentence.replace(" ", SPACE)]
        for before in (at[NEWLINE], at['"'], at["<s>"]):
            chance[before, spelled[0]] += 1.0
        for before, after in pairwise(spelled):
            chance[before, after] += 1.0
    chance[[at[letter] for letter in "nre"], at["."]] += 3.0  # sentences are short
    # a sentence ends the answer, inside of JSON the string; a number ends its field
    chance[at["."], [at[END], at['"']]] = (1.0, 0.1)
    chance[[at[digit] for digit in "0123456789"], at[","]] = 0.5
    chance[[at[digit] for digit in "0123456789"], at["}"]] = 0.6
    chance[at["}"], at[END]] = 1.0
    chance[at[">"], at[END]] = 1.0
    chance[at["<|call|>"], at[CALL]] = 1e6
    chance[at[CALL], at[NEWLINE]] = 1e6
    return chance


def write(path: Path, kind: Kind) -> None:
    """Write the model as a GGUF file of some 2 MB."""
    tokens = [token for token, _ in vocabulary()]
    size = math.ceil(len(tokens) / 64) * 64
    heads, inner = size // 64, 32
    chance = followers(tokens, kind)
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name(f"tiny-{kind}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(size)
    writer.add_block_count(1)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(64)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([int(sort) for _, sort in vocabulary()])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(tokens.index(END))
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    if kind is Kind.EMBED:
        writer.add_pooling_type(gguf.PoolingType.MEAN)
    known = np.zeros((len(tokens), size), np.float32)
    known[:, : len(tokens)] = np.eye(len(tokens), dtype=np.float32)
    shapes = {"attn_q": (size, size), "attn_k": (64, size), "attn_v": (64, size), "attn_output": (size, size)}
    shapes |= {"ffn_gate": (inner, size), "ffn_up": (inner, size), "ffn_down": (size, inner)}
    tensors = {f"blk.0.{name}.weight": np.zeros(shape, np.float32) for name, shape in shapes.items()}
    tensors |= {f"blk.0.{name}.weight": np.ones(size, np.float32) for name in ("attn_norm", "ffn_norm")}
    # the normed one-hot state is √size long
    tensors["output.weight"] = known * 0
    tensors["output.weight"][:, : len(tokens)] = np.log(chance / chance.sum(1, keepdims=True)).T / math.sqrt(size)
    tensors |= {"token_embd.weight": known, "output_norm.weight": np.ones(size, np.float32)}
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]), Kind(sys.argv[2]))
