"""The table of servers and features, as the tests of this folder hold it."""

from tests.wires.features import Cell, Feature, Server, absent, described, real, refused

F = Feature
_DAY = "2026-11-28"


def _all_described(**others: Cell) -> dict[Feature, Cell]:
    """Every feature as described, but for those that are named by their values' names."""
    named = {F[name.upper()]: cell for name, cell in others.items()}
    return {feature: named.get(feature, described()) for feature in F}


def _all_real(**others: Cell) -> dict[Feature, Cell]:
    named = {F[name.upper()]: cell for name, cell in others.items()}
    return {feature: named.get(feature, real()) for feature in F}


# Nothing of the kind is in its documents.
NO = absent()

SERVERS = (
    Server(
        "core",
        "Own core",
        "with xllamacpp 2026.10, Qwen2.5-Coder 0.5B",
        _DAY,
        _all_real(
            limits=refused("there is no account; a busy core says 429 and when to come back"),
            reasoning=real("with a scripted answer: the small models do not reason"),
            broken=real("with a scripted answer that breaks off"),
        ),
    ),
    Server(
        "llama-server",
        "llama-server",
        "llama.cpp of xllamacpp 2026.10, Qwen2.5-Coder 0.5B",
        _DAY,
        _all_real(
            reasoning=described(),
            broken=described(),
            tools=described("the 0.5B writes its calls without the tags that are read there"),
            prediction=refused("it takes the field and does nothing with it"),
            limits=refused(),
            socket=refused(),
        ),
    ),
    Server(
        "litellm",
        "LiteLLM proxy",
        "1.108.0 in front of the own core",
        _DAY,
        _all_real(
            reasoning=real("with a scripted answer"),
            broken=real("with a scripted answer that breaks off"),
            tokenize=refused("its own route for it is another one"),
            limits=refused("it has none to tell for the core"),
        ),
    ),
    Server(
        "vllm",
        "vLLM",
        "0.32.0 on a CPU, the same weights as bfloat16",
        _DAY,
        _all_real(
            reasoning=described(),
            broken=described(),
            tools=described("the 0.5B writes its calls without the tags that are read there"),
            prediction=refused("it takes the field and does nothing with it"),
            limits=refused(),
            overflow=real("it counts no further than to one token over the context"),
            socket=refused(),
        ),
    ),
    Server(
        "sglang",
        "SGLang",
        "0.5",
        _DAY,
        _all_described(
            prediction=NO,
            limits=NO,
            responses=absent("there is a route for gpt-oss, whose stream is not described"),
            socket=NO,
        ),
    ),
    Server(
        "ollama",
        "Ollama",
        "0.13, native stream",
        _DAY,
        _all_described(
            cached=NO,
            prediction=NO,
            tokenize=NO,
            limits=NO,
            overflow=absent("it cuts the prompt without a word; the app sees it by the count"),
            responses=absent("only below /v1, as an endpoint of its own"),
            socket=NO,
        ),
    ),
    Server(
        "lm-studio",
        "LM Studio",
        "0.3",
        _DAY,
        _all_described(cached=NO, prediction=NO, tokenize=NO, limits=NO, socket=NO),
    ),
    Server(
        "openai",
        "OpenAI",
        "API v1",
        _DAY,
        _all_described(
            context=absent("known from the preset"),
            fill_in=NO,
            tokenize=NO,
            reasoning=described("summaries, by Responses"),
        ),
    ),
    Server(
        "anthropic",
        "Anthropic",
        "Messages 2023-06-01",
        _DAY,
        _all_described(prediction=NO, fill_in=NO, responses=NO, socket=NO),
    ),
    Server(
        "cerebras",
        "Cerebras",
        "SDK 1.91",
        _DAY,
        _all_described(
            context=absent("known from the preset"),
            fill_in=NO,
            tokenize=NO,
            responses=NO,
            socket=NO,
        ),
    ),
    Server(
        "groq",
        "Groq",
        "API v1",
        _DAY,
        _all_described(
            prediction=NO,
            fill_in=NO,
            tokenize=NO,
            overflow=absent("refused with its words, which have no numbers"),
            socket=NO,
        ),
    ),
    Server(
        "openrouter",
        "OpenRouter",
        "API v1",
        _DAY,
        _all_described(prediction=NO, fill_in=NO, tokenize=NO, limits=NO, socket=NO),
    ),
    Server(
        "mistral",
        "Mistral",
        "API v1",
        _DAY,
        _all_described(
            cached=NO,
            prediction=absent("it takes one, and counts nothing of it"),
            tokenize=NO,
            limits=NO,
            broken=NO,
            responses=NO,
            socket=NO,
        ),
    ),
)


def server(id_: str) -> Server:
    """Return the column of a server."""
    return next(one for one in SERVERS if one.id == id_)
