"""What becomes of our core's errors when a proxy tells them in its own words."""

from spark_desktop.adapters.context_sizes import context_sizes

# As LiteLLM's proxy 1.108.0 was seen to tell it; it keeps neither the code nor the type.
TOLD = (
    "litellm.BadRequestError: OpenAIException - The prompt has 18030 tokens, but the context holds "
    "4096.\n\nLiteLLM: model group 'spark' failed with no fallbacks configured."
)


def test_too_long_a_prompt_for_the_core_is_recognised_behind_a_proxy() -> None:
    assert context_sizes({"code": "400", "type": None}, TOLD) == (18030, 4096)
