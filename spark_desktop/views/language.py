"""The language of the window: Qt's translators and the way numbers and dates are written."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import spark_resources
from spark_desktop.domain.settings import Language

Load = Callable[[str], list[QTranslator]]


def load(code: str) -> list[QTranslator]:
    """Return the translators of a language by its code: ours, and Qt's for its own dialogs.

    What is missing stays in English, which has forms of numbers of its own.
    """
    found = []
    for path in (
        _place(f"spark_{code}.qm", "translations") or _place("spark_en.qm", "translations"),
        _place(f"qtbase_{code}.qm", ""),
    ):
        translator = QTranslator()
        if path and translator.load(path):
            found.append(translator)
    return found


def _place(name: str, folder: str) -> str:
    if not folder:
        return f"{QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)}/{name}"
    try:
        return str(spark_resources.resource(folder, name))
    except FileNotFoundError:
        return ""


class LanguageSwitch:
    """Installs one language at a time in the program."""

    def __init__(self, load: Load = load) -> None:
        self._load = load
        self._installed: list[QTranslator] = []
        self._code = ""

    def use(self, language: Language) -> bool:
        """Speak a language from now on; return whether it is another than before.

        What is on the screen must be made anew then.
        """
        locale = _locale(language)
        QLocale.setDefault(locale)
        code = QLocale.languageToCode(locale.language())
        if code == self._code:
            return False
        is_first, self._code = not self._code, code
        had = bool(self._installed)
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        # English has the forms of numbers only; the other texts are written in it.
        self._installed = self._load(code)
        for translator in self._installed:
            QCoreApplication.installTranslator(translator)
        return not is_first or had or bool(self._installed)


def _locale(language: Language) -> QLocale:
    if language is Language.SYSTEM:
        return QLocale.system()
    return QLocale(language.value)
