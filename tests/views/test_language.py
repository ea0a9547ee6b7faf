from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from spark_desktop.domain.settings import Language
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.language import LanguageSwitch, load


class _Texts(QTranslator):
    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return self._word if source == "Settings" else source

    def isEmpty(self) -> bool:
        return False


def test_a_language_replaces_the_one_before(qapp: QCoreApplication) -> None:
    switch = LanguageSwitch(lambda code: [_Texts(f"Settings in {code}")])
    switch.use(Language.RUSSIAN)
    assert tr("Settings") == "Settings in ru"
    assert QLocale().language() == QLocale.Language.Russian
    assert not switch.use(Language.RUSSIAN)
    assert switch.use(Language.ENGLISH)
    assert tr("Settings") == "Settings in en"
    QLocale.setDefault(QLocale.system())


def test_a_language_without_translations_stays_english_with_its_forms_of_numbers(
    qapp: QCoreApplication,
) -> None:
    # "C" is what Qt names the language of a machine where none is set.
    for code in ("xx", "C"):
        (english,) = load(code)
        assert english.translate("spark", "failed %n time(s)", None, 1) == "failed %n time"
        assert not english.translate("spark", "Settings")
