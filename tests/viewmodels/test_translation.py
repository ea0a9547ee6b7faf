import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.translation import in_language, tr


class _Russian(QTranslator):
    texts = {"{path} is gone.": "Файла {path} нет.", "%n line(s)": "строк: %n", "the file": "файл"}

    def translate(self, context, source, disambiguation=None, n=-1):
        return self.texts.get(source, "")

    def isEmpty(self):
        return False


@pytest.fixture
def russian(qapp):
    translator = _Russian()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def test_text_without_a_translation_stays_as_it_is(qapp):
    assert tr("{path} is gone.", path="a.py") == "a.py is gone."


def test_text_is_translated_before_its_values_are_filled_in(russian):
    assert tr("{path} is gone.", path="a.py") == "Файла a.py нет."


def test_a_number_takes_its_form(russian):
    assert tr("%n line(s)", "", 3) == "строк: 3"


def test_what_a_service_says_is_translated_with_its_values(russian):
    assert in_language(say("{path} is gone.", path=say("the file"))) == "Файла файл нет."


def test_plain_text_passes(russian):
    assert in_language("the file") == "the file"
