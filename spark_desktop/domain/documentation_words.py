"""Words that a request may be made of that asks for documentation alone. Pure."""

import re

from spark_desktop.domain.regex import regex


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that is a list of them."""
    return frozenset(text.split())


# With the slips that people make in it.
_DOCSTRING = r"(?:do(?:c|sc|cs)[\s-]?s?tri?n?gs?|doc[\s-]?st(?:r?ing|irng)s?)"
_TOOLS = r"(?:jsdoc|tsdoc|rustdoc|godoc|doxygen|javadoc)"
# What is documentation whatever stands around it.
SURE_NOUN = (
    rf"(?:{_DOCSTRING}|doc[\s-]?comments?|docs?|documentation"
    rf"|{_TOOLS}(?:[\s-](?:comments?|docs?|documentation|annotations?|blocks?|types))?"
    r"|type[\s-]?hints?|type\s+annotations?|types)"
)
# What may be data of the program as well.
LOOSE_NOUN = r"(?:(?:code\s+)?comments?|annotations?)"

_STYLE = (
    "short brief concise detailed proper good nice better missing useful helpful complete full "
    "thorough simple small clear precise explanatory meaningful comprehensive appropriate correct "
    "modern pythonic inline block leading public one-line single-line multi-line multiline "
    "english german russian french spanish google numpy sphinx epytext rest restructuredtext "
    "markdown javadoc imperative little quick decent usual corresponding necessary following same "
    "style idiomatic google's python typescript go rust summary explicit"
)
ARTICLES = "a an the this that these those its their it some all both each every any more no one"
# What stands between a verb and what is to be written.
GAP = frozenset(f"{ARTICLES} {_STYLE} two three".split())

# Where code is, which is what gets documentation.
_PLACES = (
    "function functions method methods class classes module code helper helpers constructor struct "
    "structs interface interfaces package loop branch body signature signatures top block "
    "constant constants parameter parameters param params argument arguments arg args "
    "variable variables property properties member members"
)
# What a documentation tells, and what a program handles.
_DATA = (
    "result results value values error errors exception exceptions example examples field fields "
    "attribute attributes section sections header name names line lines"
)
_TEXT = (
    "docstring docstrings doc docs documentation comment comments jsdoc tsdoc rustdoc godoc "
    "doxygen annotation annotations type types hint hints typing typehints returns raises raised "
    "throws thrown panics yields doctest doctests usage heading tag tags sentence sentences "
    "summary description descriptions purpose behaviour behavior unit units edge case cases "
    "text note notes input inputs output outputs side effects invariants limits word words"
)
_BETWEEN = (
    "of for in on to with without as at above below inside into from about per by via using or "
    "if is are not they them he she there here already too also well only just briefly at most "
    "anything possible needed necessary applicable present including include includes nothing "
    "else everywhere api go goes belong belongs eg ie etc none list lists give gives "
    "declare declares annotate annotates annotated typed documented document comment"
)
# All of a clause that adds no other wish to one for documentation.
ABOUT_TEXT = frozenset(
    " ".join((ARTICLES, _STYLE, _PLACES, _DATA, _TEXT, _BETWEEN, "two three")).split()
)
# Comments and annotations of these are data.
DATA = frozenset(_DATA.split()) - {"line", "lines"}
# New ones of these are code: "and a parameter", "and typed errors".
NEW_CODE = regex(
    rf"\b(?:an?|another)\s+(?:\S+\s+)?(?:{'|'.join((*_PLACES.split(), *_DATA.split()))})\b"
    r"(?<!\bline)(?<!\bexample)(?<!\bsection)(?<!\bheader)"
    r"(?!\s+(?:lines?|sections?|headings?|tags?|examples?|types?|names?|comments?|docstrings?)\b)"
    # Types of these are new ones, where those of parameters are annotations.
    r"|\btyped\s+(?:errors?|exceptions?|class(?:es)?|structs?|interfaces?|constants?|helpers?)\b",
    re.IGNORECASE,
)
# What may follow a documentation that is asked for.
FOLLOWS = words_of(
    "to for above over before on in inside at of with without including using as via about per "
    "here too also please only inline explaining that which from"
)
# What a documentation does, in front of what it tells.
SAYS = (
    r"(?:says?|saying|nam(?:es?|ing)|explain(?:s|ing)?|describ(?:es?|ing)|mention(?:s|ing)?"
    r"|tell(?:s|ing)?|stat(?:es?|ing)|document(?:s|ing)?|specif(?:y|ies|ying)|clarif(?:y|ies|ying)"
    r"|list(?:s|ing)|cover(?:s|ing)|not(?:es|ing)|summari[sz](?:es?|ing)|gives|giving|warns|warning"
    r"|contains|includes|shows|covers|points?\s+out)"
)
# Words that ask for other code wherever they stand.
CODE_VERBS = words_of(
    "add change fix make handle rename remove refactor simplify move replace delete drop return "
    "raise throw parse read load save sort filter convert cache log retry validate check support "
    "use implement call skip ignore default set get let put print send show store split merge "
    "speed optimize optimise test tests allow accept reject round limit cut start stop open close "
    "update insert create generate build count sum find search emit wrap extract inline turn "
    "switch bump sanitize escape rewrite reuse guard ensure enforce clamp reset format memoize "
    "memoise vectorize vectorise inherit subclass benchmark profile"
)
