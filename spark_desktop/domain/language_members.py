"""Members that the usual types of the languages have: by name alone they are no project's own."""

_TYPES = """
str bytes int float bool list dict set tuple frozenset Path string number boolean Array Map Set
Promise Date RegExp error String Vec HashMap HashSet Option Result Box vector map
"""
# Of JavaScript, Go, Rust, C++ and of what programs use most: collections, texts, files, locks.
_MEMBERS = """
at concat entries every fill filter find findIndex flat flatMap forEach from includes
indexOf join keys lastIndexOf length map push reduce reverse shift slice some sort splice
unshift values has get set add delete clear size then catch finally toString valueOf match
replace search split trim test exec apply bind call log on off once emit send end write
read open close flush next done Error String Read Write Close Len Less Swap Lock Unlock
Add Done Wait Scan Next Err Value Set Get Do Run Print Printf Println Errorf Fatal Parse
Format new len iter into_iter iter_mut unwrap expect clone insert remove contains
contains_key collect fold chars lines as_str to_string into fmt eq cmp hash default drop
deref index is_empty begin empty front back push_back pop_back erase emplace emplace_back
count c_str str substr append data reset release load store wait lock unlock start stop
run name path exists mkdir touch unlink rename stat read_text write_text resolve result
cancel submit put acquire group groups span execute fetchone fetchall commit rollback
cursor save
"""
# Fields that a browser's elements, events and answers have, and those of Rust's library.
_FIELDS = {
    "script": """
    id value type title href src alt width height top left right bottom x y z target key code style
    label text html children parent parentElement className classList dataset checked disabled
    selected hidden files file size status statusText ok body headers method mode url data error
    message cause stack query params host hostname port protocol hash pathname search origin state
    history location document window navigator current props ref index input prototype constructor
    description content options items duration currentTime color font opacity display position
    padding margin border background transform root node signal timeout version env argv default
    result response request onClick onChange onInput onSubmit onClose onOpen onSelect onFocus onBlur
    onKeyDown onKeyUp onLoad onError onScroll
    """,
    "rust": "start end status stdout stderr stdin",
}
_SCRIPT, _RUST = (frozenset(words.split()) for words in _FIELDS.values())
_LANGUAGE_TYPES = frozenset(_TYPES.split())
_PYTHON = frozenset().union(
    *(dir(type_) for type_ in (str, bytes, int, float, list, dict, set, frozenset, Exception))
)
_OTHERS = frozenset(_MEMBERS.split())


def is_language_type(name: str) -> bool:
    """Return whether a type is one of a language itself, which has no members of the project."""
    return name in _LANGUAGE_TYPES


def is_language_member(name: str, language: str) -> bool:
    """Return whether the usual types of the language, or of its libraries, have such a member."""
    return name in _OTHERS or (language == "python" and name in _PYTHON)


def is_language_field(name: str, language: str) -> bool:
    """Return whether the usual types of the language, or of its libraries, have such a field."""
    fields = {"rust": _RUST, "javascript": _SCRIPT, "typescript": _SCRIPT, "tsx": _SCRIPT}
    return name in fields.get(language, ()) or is_language_member(name, language)
