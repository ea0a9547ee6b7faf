"""Between a chat and a prompt: templates, tools, and the parts of an answer."""
