# ruff: noqa: RUF001 (letters of Russian look like others)
"""Requests for documentation in Russian, German, and the shortest French and Spanish ones. Pure.

All their words must be known: what is left over could ask for other code.
"""

import re

from spark_desktop.domain.documentation_words import words_of
from spark_desktop.domain.regex import regex

_ADDS = words_of(
    "добавь добавьте добавить добавим напиши напишите написать сделай сделайте создай создайте "
    "вставь пропиши укажи нужен нужна нужны нужно дай "
    "füge fuege ergänze ergaenze schreib schreibe erstelle gib mach hinzufügen hinzufuegen hinzu "
    "ergänzen schreiben erstellen ajoute ajouter ajoutez écris añade agrega escribe"
)
_DOCUMENTS = words_of(
    "документируй документируйте задокументируй задокументируйте задокументировать документировать "
    "прокомментируй прокомментируйте прокомментировать комментируй аннотируй проаннотируй "
    "аннотировать dokumentiere dokumentieren kommentiere kommentieren annotiere annotieren "
    "documente documenter documentez commente commentez documenta documentar comenta"
)
_TEXTS = words_of(
    "докстринг докстринга докстринги докстрингом докстрингов докстроку докстроки документацию "
    "документация документации комментарий комментарии комментария комментариев аннотации "
    "аннотацию аннотаций типы типов типизацию "
    "docstring docstrings jsdoc tsdoc rustdoc godoc doxygen docs doc type-hints "
    "doku dokumentation kommentar kommentare doxygen-kommentar jsdoc-kommentar doc-kommentar "
    "dokumentationskommentar dokumentationskommentare doc-kommentare typen typhinweise "
    "typannotationen commentaire commentaires comentario comentarios documentación"
)
# New ones of these are code, unless a preposition stands in front.
_CODE = words_of(
    "функцию функция функции функций функциям метод метода методу методы методов методам класс "
    "класса классу классы классов классам модуль модуля модулю код кода коду параметр аргумент "
    "funktion funktionen methode methoden klasse klassen modul code "
    "fonction méthode classe función método clase"
)
_TOLD = words_of(
    "параметры параметров параметрам параметрами аргументы аргументов аргументам результат "
    "результата возвращаемое возвращаемого значение значения исключения исключений ошибки ошибок "
    "примеры пример примером примерами описание описанием parameter parametern argumente "
    "rückgabewert rückgabewerte rückgabe ergebnis ausnahmen fehler beispiel beispiele beispielen "
    "paramètres parámetros"
)
_BEFORE = words_of(
    "к ко для с со в во на у по над о об про für fuer zu zur zum mit in im auf über ohne an bei "
    "von à pour de sur para"
)
_SMALL = words_of(
    "и или а что как когда почему если она он оно они делает возвращает принимает бросает "
    "выбрасывает описывает описывающий описывающую который которая этой эту этого этот это эта "
    "этому этим эти этих ней неё нее нему него ней всем всех все каждой каждому каждого его её ее "
    "их краткий короткий подробный хороший понятный русском английском немецком языке стиле "
    "пожалуйста плиз можешь можно мне ли тут здесь сюда google numpy "
    "und oder der die das den dem des ein eine einen einem einer diese dieser dieses diesen "
    "diesem alle allen jede jeden jeder ihre seine kurz kurzen kurze kurzer kurzes knappen knappe "
    "ausführlichen ausführliche guten gute deutsch deutschen deutscher englisch englischen "
    "beschreibt erklärt nennt sagt was wie wann warum wenn sie er es macht tut zurückgibt wirft "
    "liefert wird werden bitte mal doch kannst du könntest können hier "
    "une un des cette ce la le les esta este una el las los et y s'il plaît por favor"
)
_NEW = words_of("ein eine einen neue neuen новый новую новое ещё еще")
_KNOWN = _ADDS | _DOCUMENTS | _TEXTS | _CODE | _TOLD | _BEFORE | _SMALL
# These are words of English as well, which is read elsewhere.
_ENGLISH = words_of(
    "docstring docstrings jsdoc tsdoc rustdoc godoc doxygen docs doc type-hints code in an die was "
    "des a sur s on er parameter parameters"
)
_TYPE_HINTS = regex(r"\btype\s+hints\b", re.IGNORECASE)
_WORD = regex(r"[^\s,.;:!?()\"«»„“]+")
_IS_NAME = regex(r"\w*[a-z]\w*(?:_\w+|[A-Z]\w*)|[A-Za-z]+_\w+|`.+`|@\w+|\w+\(\)")
_PLAIN_NAME = regex(r"[A-Za-z_]\w*")


def asks_abroad(text: str) -> bool:
    """Return whether a request in another language than English is one for documentation alone."""
    given = _WORD.findall(_TYPE_HINTS.sub("type-hints", text))
    words = [word.lower() for word in given]
    if not (_KNOWN - _ENGLISH) & set(words):
        return False
    if not (_DOCUMENTS & set(words) or (_TEXTS & set(words) and _adds(words))):
        return False
    return all(_fits(given, words, place) for place in range(len(words)))


def _adds(words: list[str]) -> bool:
    """Return whether something is to be added, or stands there as a wish of its own."""
    return bool(_ADDS & set(words)) or words[0] in _TEXTS


def _fits(given: list[str], words: list[str], place: int) -> bool:
    word = words[place]
    front = place - 1
    while front >= 0 and words[front] in _SMALL - _NEW - {"und", "и", "et", "y"}:
        front -= 1
    led = front >= 0 and words[front] in _BEFORE
    if word in _CODE | _TOLD and front >= 0 and words[front] in _NEW:
        return False
    if word in _CODE and not led and not _DOCUMENTS & set(words):
        # "Комментарий функции" needs no preposition; a verb in front makes it new.
        return front >= 0 and words[front] in _TEXTS
    if word in _KNOWN or word in _NEW or _IS_NAME.fullmatch(given[place]):
        return True
    # A name that could be any word.
    return _PLAIN_NAME.fullmatch(word) is not None and (
        led or (front >= 0 and words[front] in _CODE | _DOCUMENTS)
    )
