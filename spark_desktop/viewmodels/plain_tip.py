"""Tooltips of words that are not ours: names of files, folders and threads, what a model said."""


def plain_tip(text: str) -> str:
    """Return the text as a tooltip that shows it letter by letter.

    Qt takes what looks like HTML for HTML: a folder named ``<b>x`` would be shown in bold, without
    its sign, and an image that is named would be loaded.
    """
    if "<" not in text:
        return text
    # Here, since most starts show no such name.
    import html

    return f"<qt>{html.escape(text, quote=False)}</qt>".replace("\n", "<br>")
