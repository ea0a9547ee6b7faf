import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from spark_desktop.domain.words import joined, say
from spark_desktop.viewmodels.translation import in_language, number_text, tr


class _Russian(QTranslator):
    texts = {"{path} is gone.": "Файла {path} нет.", "%n line(s)": "строк: %n", "the file": "файл"}

    def translate(self, context, source, disambiguation=None, n=-1):
        return self.texts.get(source, source)

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


@pytest.fixture
def russian_numbers():
    QLocale.setDefault(QLocale("ru"))
    yield
    QLocale.setDefault(QLocale.system())


def test_numbers_are_written_as_the_language_does(russian_numbers):
    assert number_text(1234567.25, ",.1f") == "1\u00a0234\u00a0567,2"
    assert tr("{size:,.1f} of {total}", size=1234.5, total=8080) == "1\u00a0234,5 of 8080"
    assert in_language(say("{rate:.2f} s", rate=0.25)) == "0,25 s"


def test_numbers_are_pythons_own_in_english(qapp):
    QLocale.setDefault(QLocale("en"))
    assert number_text(1234567.25, ",.1f") == format(1234567.25, ",.1f")
    QLocale.setDefault(QLocale.system())


def test_what_a_service_says_is_translated_inside_of_a_text_of_the_window(russian):
    assert tr("Withheld: {reason}", reason=say("{path} is gone.", path="a.py")) == (
        "Withheld: Файла a.py нет."
    )


def test_a_sentence_with_a_number_takes_its_form(russian):
    assert in_language(say("%n line(s)", "", 3)) == "строк: 3"


def test_a_sentence_whose_forms_nobody_has_stays_english(qapp):
    assert in_language(say("%n piece(s) of {path}", "", 1, path="a.py")) == "1 piece of a.py"


def test_joined_sentences_are_translated_one_by_one(russian):
    both = joined((say("{path} is gone.", path="a.py"), say("the file")), "; ")
    assert in_language(both) == "Файла a.py нет.; файл"
