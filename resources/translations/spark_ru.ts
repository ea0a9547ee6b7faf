<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru">
 <context>
  <name>spark</name>
  <message>
   <source> %</source>
   <translation> %</translation>
  </message>
  <message>
   <source> MB</source>
   <translation> МБ</translation>
  </message>
  <message>
   <source> px</source>
   <translation> px</translation>
  </message>
  <message>
   <source> s</source>
   <translation> с</translation>
  </message>
  <message>
   <source>"{old}" of {name} is "{new}" now</source>
   <translation>«{old}» в {name} теперь «{new}»</translation>
  </message>
  <message>
   <source>"{piece}" in the link is no percent-encoded character.</source>
   <translation>«{piece}» в ссылке — не знак в процентной записи.</translation>
  </message>
  <message>
   <source>$0.00</source>
   <translation>$0,00</translation>
  </message>
  <message>
   <source>${dollars:,.2f}</source>
   <translation>${dollars:,.2f}</translation>
  </message>
  <message>
   <source>${dollars:,.4f}</source>
   <translation>${dollars:,.4f}</translation>
  </message>
  <message>
   <source>${dollars:.2f}</source>
   <translation>${dollars:.2f}</translation>
  </message>
  <message>
   <source>${dollars:.4f}</source>
   <translation>${dollars:.4f}</translation>
  </message>
  <message>
   <source>${inwards} / ${outwards}</source>
   <translation>${inwards} / ${outwards}</translation>
  </message>
  <message>
   <source>${price:,.2f}</source>
   <translation>${price:,.2f}</translation>
  </message>
  <message>
   <source>${price:.4f}</source>
   <translation>${price:.4f}</translation>
  </message>
  <message>
   <source>${spent:.2f} of this month's budget of ${budget:.2f} are spent.</source>
   <translation>Из бюджета на этот месяц (${budget:.2f}) потрачено ${spent:.2f}.</translation>
  </message>
  <message numerus="yes">
   <source>%n answer(s)</source>
   <translation>
    <numerusform>%n ответ</numerusform>
    <numerusform>%n ответа</numerusform>
    <numerusform>%n ответов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n answer(s) of this month have no known price.</source>
   <translation>
    <numerusform>У %n ответа этого месяца цена неизвестна.</numerusform>
    <numerusform>У %n ответов этого месяца цена неизвестна.</numerusform>
    <numerusform>У %n ответов этого месяца цена неизвестна.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n as before</source>
   <translation>
    <numerusform>%n, как и раньше</numerusform>
    <numerusform>%n, как и раньше</numerusform>
    <numerusform>%n, как и раньше</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n check(s) failed.</source>
   <translation>
    <numerusform>Не прошла %n проверка.</numerusform>
    <numerusform>Не прошли %n проверки.</numerusform>
    <numerusform>Не прошли %n проверок.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n comment(s) for Spark can be started.</source>
   <translation>
    <numerusform>Можно запустить %n комментарий для Spark.</numerusform>
    <numerusform>Можно запустить %n комментария для Spark.</numerusform>
    <numerusform>Можно запустить %n комментариев для Spark.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n comment(s) for the model</source>
   <translation>
    <numerusform>%n замечание для модели</numerusform>
    <numerusform>%n замечания для модели</numerusform>
    <numerusform>%n замечаний для модели</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n conflict(s)</source>
   <translation>
    <numerusform>%n конфликт</numerusform>
    <numerusform>%n конфликта</numerusform>
    <numerusform>%n конфликтов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n earlier turn(s)</source>
   <translation>
    <numerusform>%n прежний ход</numerusform>
    <numerusform>%n прежних хода</numerusform>
    <numerusform>%n прежних ходов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n earlier turn(s) summed up · {before} → {after} tokens</source>
   <translation>
    <numerusform>Сжат %n прежний ход · токенов: {before} → {after}</numerusform>
    <numerusform>Сжато %n прежних хода · токенов: {before} → {after}</numerusform>
    <numerusform>Сжато %n прежних ходов · токенов: {before} → {after}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s)</source>
   <translation>
    <numerusform>%n файл</numerusform>
    <numerusform>%n файла</numerusform>
    <numerusform>%n файлов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s) changed at once; nothing proposed.</source>
   <translation>
    <numerusform>Разом изменился %n файл; ничего не предложено.</numerusform>
    <numerusform>Разом изменились %n файла; ничего не предложено.</numerusform>
    <numerusform>Разом изменились %n файлов; ничего не предложено.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s) in {folders} folders read, {size:.1f} MB</source>
   <translation>
    <numerusform>прочитан %n файл, папок: {folders}, {size:.1f} МБ</numerusform>
    <numerusform>прочитано %n файла, папок: {folders}, {size:.1f} МБ</numerusform>
    <numerusform>прочитано %n файлов, папок: {folders}, {size:.1f} МБ</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s) withheld</source>
   <translation>
    <numerusform>%n файл не показан</numerusform>
    <numerusform>%n файла не показаны</numerusform>
    <numerusform>%n файлов не показаны</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n font(s); {names}: letters are drawn</source>
   <translation>
    <numerusform>%n шрифт; {names}: буквы рисуются</numerusform>
    <numerusform>%n шрифта; {names}: буквы рисуются</numerusform>
    <numerusform>%n шрифтов; {names}: буквы рисуются</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n grammar(s) loaded, a sample parsed by each</source>
   <translation>
    <numerusform>загружена %n грамматика, образец разобран каждой</numerusform>
    <numerusform>загружено %n грамматики, образец разобран каждой</numerusform>
    <numerusform>загружено %n грамматик, образец разобран каждой</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s)</source>
   <translation>
    <numerusform>%n фрагмент</numerusform>
    <numerusform>%n фрагмента</numerusform>
    <numerusform>%n фрагментов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) accepted.</source>
   <translation>
    <numerusform>Принят %n фрагмент.</numerusform>
    <numerusform>Принято %n фрагмента.</numerusform>
    <numerusform>Принято %n фрагментов.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) by likeness, at least {score} %</source>
   <translation>
    <numerusform>%n фрагмент по сходству, не менее {score} %</numerusform>
    <numerusform>%n фрагмента по сходству, не менее {score} %</numerusform>
    <numerusform>%n фрагментов по сходству, не менее {score} %</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) conflict with the file.</source>
   <translation>
    <numerusform>%n фрагмент противоречит файлу.</numerusform>
    <numerusform>%n фрагмента противоречат файлу.</numerusform>
    <numerusform>%n фрагментов противоречат файлу.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) rejected.</source>
   <translation>
    <numerusform>Отклонён %n фрагмент.</numerusform>
    <numerusform>Отклонено %n фрагмента.</numerusform>
    <numerusform>Отклонено %n фрагментов.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) wait again.</source>
   <translation>
    <numerusform>%n фрагмент снова ждёт решения.</numerusform>
    <numerusform>%n фрагмента снова ждут решения.</numerusform>
    <numerusform>%n фрагментов снова ждут решения.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n icon(s) drawn; formats: {formats}</source>
   <translation>
    <numerusform>нарисован %n значок; форматы: {formats}</numerusform>
    <numerusform>нарисовано %n значка; форматы: {formats}</numerusform>
    <numerusform>нарисовано %n значков; форматы: {formats}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n image(s)</source>
   <translation>
    <numerusform>%n картинка</numerusform>
    <numerusform>%n картинки</numerusform>
    <numerusform>%n картинок</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n language(s), {parts} coloured parts</source>
   <translation>
    <numerusform>%n язык, окрашенных частей: {parts}</numerusform>
    <numerusform>%n языка, окрашенных частей: {parts}</numerusform>
    <numerusform>%n языков, окрашенных частей: {parts}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n left out</source>
   <translation>
    <numerusform>%n пропущена</numerusform>
    <numerusform>%n пропущены</numerusform>
    <numerusform>%n пропущено</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n line(s)</source>
   <translation>
    <numerusform>%n строка</numerusform>
    <numerusform>%n строки</numerusform>
    <numerusform>%n строк</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n match(es)</source>
   <translation>
    <numerusform>%n совпадение</numerusform>
    <numerusform>%n совпадения</numerusform>
    <numerusform>%n совпадений</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n mention(s) untouched</source>
   <translation>
    <numerusform>%n упоминание не тронуто</numerusform>
    <numerusform>%n упоминания не тронуты</numerusform>
    <numerusform>%n упоминаний не тронуто</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n model(s), {model} not among them: {names}</source>
   <translation>
    <numerusform>%n модель, {model} среди них нет: {names}</numerusform>
    <numerusform>%n модели, {model} среди них нет: {names}</numerusform>
    <numerusform>%n моделей, {model} среди них нет: {names}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n model(s): {names}</source>
   <translation>
    <numerusform>%n модель: {names}</numerusform>
    <numerusform>%n модели: {names}</numerusform>
    <numerusform>%n моделей: {names}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n more</source>
   <translation>
    <numerusform>ещё %n</numerusform>
    <numerusform>ещё %n</numerusform>
    <numerusform>ещё %n</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n more file(s) may hold comments for Spark.</source>
   <translation>
    <numerusform>Ещё %n файл может содержать комментарии для Spark.</numerusform>
    <numerusform>Ещё %n файла могут содержать комментарии для Spark.</numerusform>
    <numerusform>Ещё %n файлов могут содержать комментарии для Spark.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n more name(s) do not exist.</source>
   <translation>
    <numerusform>Ещё %n имя не существует.</numerusform>
    <numerusform>Ещё %n имени не существуют.</numerusform>
    <numerusform>Ещё %n имён не существуют.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n new: {first}</source>
   <translation>
    <numerusform>%n новое: {first}</numerusform>
    <numerusform>%n новых: {first}</numerusform>
    <numerusform>%n новых: {first}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n other machine(s) were asked.</source>
   <translation>
    <numerusform>Запросы шли к %n другому компьютеру.</numerusform>
    <numerusform>Запросы шли к %n другим компьютерам.</numerusform>
    <numerusform>Запросы шли к %n другим компьютерам.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s)</source>
   <translation>
    <numerusform>%n часть</numerusform>
    <numerusform>%n части</numerusform>
    <numerusform>%n частей</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) of the answer found no place</source>
   <translation>
    <numerusform>Для %n части ответа нет места</numerusform>
    <numerusform>Для %n частей ответа нет места</numerusform>
    <numerusform>Для %n частей ответа нет места</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) of the answer found no place.</source>
   <translation>
    <numerusform>%n часть ответа не нашла места.</numerusform>
    <numerusform>%n части ответа не нашли места.</numerusform>
    <numerusform>%n частей ответа не нашли места.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) of the answer found no place: what SEARCH holds must stand in the file word for word.</source>
   <translation>
    <numerusform>%n часть ответа не нашла места: текст в SEARCH должен дословно стоять в файле.</numerusform>
    <numerusform>%n части ответа не нашли места: текст в SEARCH должен дословно стоять в файле.</numerusform>
    <numerusform>%n частей ответа не нашли места: текст в SEARCH должен дословно стоять в файле.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) without a place</source>
   <translation>
    <numerusform>%n часть без места</numerusform>
    <numerusform>%n части без места</numerusform>
    <numerusform>%n частей без места</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n passed</source>
   <translation>
    <numerusform>пройден %n</numerusform>
    <numerusform>пройдено %n</numerusform>
    <numerusform>пройдено %n</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n problem(s) found.</source>
   <translation>
    <numerusform>Найдена %n проблема.</numerusform>
    <numerusform>Найдено %n проблемы.</numerusform>
    <numerusform>Найдено %n проблем.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n process(es) ended, {size:.1f} MB removed</source>
   <translation>
    <numerusform>завершён %n процесс, удалено {size:.1f} МБ</numerusform>
    <numerusform>завершено %n процесса, удалено {size:.1f} МБ</numerusform>
    <numerusform>завершено %n процессов, удалено {size:.1f} МБ</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n proposal(s) held back meanwhile</source>
   <translation>
    <numerusform>За это время отложено %n предложение</numerusform>
    <numerusform>За это время отложено %n предложения</numerusform>
    <numerusform>За это время отложено %n предложений</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n question(s) waiting</source>
   <translation>
    <numerusform>%n вопрос ждёт</numerusform>
    <numerusform>%n вопроса ждут</numerusform>
    <numerusform>%n вопросов ждут</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n step(s)</source>
   <translation>
    <numerusform>%n шаг</numerusform>
    <numerusform>%n шага</numerusform>
    <numerusform>%n шагов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n syntax error(s), {before} before</source>
   <translation>
    <numerusform>%n синтаксическая ошибка, раньше {before}</numerusform>
    <numerusform>%n синтаксические ошибки, раньше {before}</numerusform>
    <numerusform>%n синтаксических ошибок, раньше {before}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n text(s) changed as well</source>
   <translation>
    <numerusform>изменена и %n строка</numerusform>
    <numerusform>изменены и %n строки</numerusform>
    <numerusform>изменены и %n строк</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n that failed before pass now</source>
   <translation>
    <numerusform>%n падал раньше и теперь проходит</numerusform>
    <numerusform>%n падали раньше и теперь проходят</numerusform>
    <numerusform>%n падали раньше и теперь проходят</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n thread(s) deleted.</source>
   <translation>
    <numerusform>Удалена %n беседа.</numerusform>
    <numerusform>Удалено %n беседы.</numerusform>
    <numerusform>Удалено %n бесед.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n token(s)</source>
   <translation>
    <numerusform>%n токен</numerusform>
    <numerusform>%n токена</numerusform>
    <numerusform>%n токенов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n token(s) came, pieces: {pieces}</source>
   <translation>
    <numerusform>пришёл %n токен, кусков: {pieces}</numerusform>
    <numerusform>пришло %n токена, кусков: {pieces}</numerusform>
    <numerusform>пришло %n токенов, кусков: {pieces}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n turn(s)</source>
   <translation>
    <numerusform>%n ход</numerusform>
    <numerusform>%n хода</numerusform>
    <numerusform>%n ходов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n unsent question(s)</source>
   <translation>
    <numerusform>%n неотправленный вопрос</numerusform>
    <numerusform>%n неотправленных вопроса</numerusform>
    <numerusform>%n неотправленных вопросов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n use(s) left to you</source>
   <translation>
    <numerusform>%n место остаётся вам</numerusform>
    <numerusform>%n места остаются вам</numerusform>
    <numerusform>%n мест остаётся вам</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n use(s), each resolved</source>
   <translation>
    <numerusform>%n место, однозначное</numerusform>
    <numerusform>%n места, все однозначные</numerusform>
    <numerusform>%n мест, все однозначные</numerusform>
   </translation>
  </message>
  <message>
   <source>&amp;Address</source>
   <translation>&amp;Адрес</translation>
  </message>
  <message>
   <source>&amp;Add…</source>
   <translation>&amp;Добавить…</translation>
  </message>
  <message>
   <source>&amp;Agree and check</source>
   <translation>&amp;Согласиться и проверить</translation>
  </message>
  <message>
   <source>&amp;Budget for a month</source>
   <translation>&amp;Бюджет на месяц</translation>
  </message>
  <message>
   <source>&amp;CA file</source>
   <translation>Файл &amp;CA</translation>
  </message>
  <message>
   <source>&amp;Cancel the download</source>
   <translation>&amp;Отменить загрузку</translation>
  </message>
  <message>
   <source>&amp;Copy</source>
   <translation>&amp;Копировать</translation>
  </message>
  <message>
   <source>&amp;Copy as Markdown</source>
   <translation>&amp;Копировать как Markdown</translation>
  </message>
  <message>
   <source>&amp;Copy report</source>
   <translation>&amp;Копировать отчёт</translation>
  </message>
  <message>
   <source>&amp;Copy these facts</source>
   <translation>&amp;Копировать сведения</translation>
  </message>
  <message>
   <source>&amp;Discard</source>
   <translation>&amp;Отбросить</translation>
  </message>
  <message>
   <source>&amp;Download</source>
   <translation>&amp;Загрузить</translation>
  </message>
  <message>
   <source>&amp;Download {size} from {host}</source>
   <translation>&amp;Загрузить {size} с {host}</translation>
  </message>
  <message>
   <source>&amp;Edit…</source>
   <translation>&amp;Изменить…</translation>
  </message>
  <message>
   <source>&amp;Enter the key…</source>
   <translation>&amp;Ввести ключ…</translation>
  </message>
  <message>
   <source>&amp;Export CSV…</source>
   <translation>&amp;Сохранить CSV…</translation>
  </message>
  <message>
   <source>&amp;Folder of the licences</source>
   <translation>&amp;Папка с лицензиями</translation>
  </message>
  <message>
   <source>&amp;Forget the key</source>
   <translation>&amp;Забыть ключ</translation>
  </message>
  <message>
   <source>&amp;Header of the key</source>
   <translation>&amp;Заголовок ключа</translation>
  </message>
  <message>
   <source>&amp;Hide this machine</source>
   <translation>&amp;Скрыть этот компьютер</translation>
  </message>
  <message>
   <source>&amp;Import a GGUF file…</source>
   <translation>&amp;Импортировать файл GGUF…</translation>
  </message>
  <message>
   <source>&amp;Keep</source>
   <translation>Оста&amp;вить</translation>
  </message>
  <message>
   <source>&amp;Key</source>
   <translation>&amp;Ключ</translation>
  </message>
  <message>
   <source>&amp;Measure</source>
   <translation>Из&amp;мерить</translation>
  </message>
  <message>
   <source>&amp;Model</source>
   <translation>&amp;Модель</translation>
  </message>
  <message>
   <source>&amp;Name</source>
   <translation>&amp;Название</translation>
  </message>
  <message>
   <source>&amp;Not now</source>
   <translation>&amp;Не сейчас</translation>
  </message>
  <message>
   <source>&amp;Pause</source>
   <translation>&amp;Пауза</translation>
  </message>
  <message>
   <source>&amp;Period</source>
   <translation>&amp;Период</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>В&amp;ыйти</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>&amp;Вернуть</translation>
  </message>
  <message>
   <source>&amp;Remove</source>
   <translation>&amp;Удалить</translation>
  </message>
  <message>
   <source>&amp;Resume</source>
   <translation>П&amp;родолжить</translation>
  </message>
  <message>
   <source>&amp;Save</source>
   <translation>&amp;Сохранить</translation>
  </message>
  <message>
   <source>&amp;Show in folder</source>
   <translation>&amp;Показать в папке</translation>
  </message>
  <message>
   <source>&amp;Sort by</source>
   <translation>&amp;Сортировать по</translation>
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation>&amp;Стоп</translation>
  </message>
  <message>
   <source>&amp;Stop asking for money then</source>
   <translation>&amp;Тогда больше не спрашивать за деньги</translation>
  </message>
  <message>
   <source>&amp;Test connection</source>
   <translation>&amp;Проверить соединение</translation>
  </message>
  <message>
   <source>&amp;Try again now</source>
   <translation>&amp;Попробовать сейчас</translation>
  </message>
  <message>
   <source>&amp;Try it on a sample</source>
   <translation>&amp;Попробовать на примере</translation>
  </message>
  <message>
   <source>&amp;Turn round</source>
   <translation>&amp;Обратный порядок</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>&amp;Отменить</translation>
  </message>
  <message>
   <source>&amp;Use this model</source>
   <translation>Использовать &amp;эту модель</translation>
  </message>
  <message>
   <source>&amp;Vendor or server</source>
   <translation>&amp;Поставщик или сервер</translation>
  </message>
  <message>
   <source>&amp;Warn at</source>
   <translation>&amp;Предупредить при</translation>
  </message>
  <message>
   <source>&amp;Work</source>
   <translation>&amp;Работа</translation>
  </message>
  <message>
   <source>'spark ask hello' shows what the model says.</source>
   <translation>Что говорит модель, показывает «spark ask hello».</translation>
  </message>
  <message>
   <source>'spark-core models list' shows what there is.</source>
   <translation>Что есть, показывает «spark-core models list».</translation>
  </message>
  <message>
   <source>, {rate:,.0f} tokens/s</source>
   <translation>, {rate:,.0f} токенов/с</translation>
  </message>
  <message>
   <source>&lt;${price:.4f}</source>
   <translation>&lt;${price:.4f}</translation>
  </message>
  <message>
   <source>A PEM file, besides the authorities that this system trusts</source>
   <translation>Файл PEM, в дополнение к центрам, которым доверяет система</translation>
  </message>
  <message>
   <source>A block that stands twice in the answer is used once.</source>
   <translation>Блок, который стоит в ответе дважды, применён один раз.</translation>
  </message>
  <message>
   <source>A check asks {host} for two small files, the list of releases and its signature, and sends nothing but that request: no identifier, no version, nothing of you or your projects. Spark never installs anything by itself.</source>
   <translation>Проверка запрашивает у {host} два небольших файла — список выпусков и его подпись — и не передаёт ничего, кроме самого запроса: ни идентификатора, ни версии, ничего о вас и ваших проектах. Сам Spark ничего не устанавливает.</translation>
  </message>
  <message>
   <source>A command is empty.</source>
   <translation>Команда пуста.</translation>
  </message>
  <message>
   <source>A comment that ends so, saved in any editor: do it here.</source>
   <translation>Комментарий с таким концом, сохранённый в любом редакторе: сделать это здесь.</translation>
  </message>
  <message>
   <source>A comment that ends so: answer in the chat.</source>
   <translation>Комментарий с таким концом: ответить в чате.</translation>
  </message>
  <message>
   <source>A few seconds.</source>
   <translation>Несколько секунд.</translation>
  </message>
  <message>
   <source>A file cannot be both kept and deleted.</source>
   <translation>Файл нельзя и оставить, и удалить.</translation>
  </message>
  <message>
   <source>A file is created or deleted as a whole.</source>
   <translation>Файл создаётся или удаляется целиком.</translation>
  </message>
  <message>
   <source>A file of almost the same name is there, which some systems take for it.</source>
   <translation>Есть файл с почти таким же именем: некоторые системы не различают их.</translation>
  </message>
  <message>
   <source>A file of that name is there already.</source>
   <translation>Файл с таким именем уже есть.</translation>
  </message>
  <message>
   <source>A file that is deleted has no text.</source>
   <translation>У удаляемого файла нет текста.</translation>
  </message>
  <message>
   <source>A gateway got no answer from the model's server: {message}</source>
   <translation>Шлюз не получил ответа от сервера модели: {message}</translation>
  </message>
  <message>
   <source>A key is held for this session. Leave this empty to keep it.</source>
   <translation>Ключ хранится до конца сеанса. Оставьте поле пустым, чтобы не менять его.</translation>
  </message>
  <message>
   <source>A key is in the keyring. Leave this empty to keep it.</source>
   <translation>Ключ хранится в связке ключей. Оставьте поле пустым, чтобы не менять его.</translation>
  </message>
  <message>
   <source>A later block holds the whole file: it takes the place of those before it.</source>
   <translation>Более поздний блок содержит весь файл: он заменяет предыдущие.</translation>
  </message>
  <message>
   <source>A link asks Spark to open {folder}.</source>
   <translation>Ссылка просит Spark открыть {folder}.</translation>
  </message>
  <message>
   <source>A link on the way leads out of it.</source>
   <translation>Ссылка на этом пути ведёт за её пределы.</translation>
  </message>
  <message>
   <source>A link wrote this question.</source>
   <translation>Этот вопрос пришёл по ссылке.</translation>
  </message>
  <message>
   <source>A model may not fit: free some space.</source>
   <translation>Модель может не поместиться: освободите место.</translation>
  </message>
  <message>
   <source>A model of the catalogue, a GGUF file, or emulated:PROFILE for its answers at a profile's pace. Empty: the one that suits this machine.</source>
   <translation>Модель из каталога, файл GGUF или emulated:PROFILE, чтобы её ответы шли в темпе профиля. Пусто: та, что подходит этому компьютеру.</translation>
  </message>
  <message numerus="yes">
   <source>A model of this size does not follow a change through %n line(s).</source>
   <translation>
    <numerusform>Модель такого размера не проведёт изменение через %n строку.</numerusform>
    <numerusform>Модель такого размера не проведёт изменение через %n строки.</numerusform>
    <numerusform>Модель такого размера не проведёт изменение через %n строк.</numerusform>
   </translation>
  </message>
  <message>
   <source>A newer one may be held back on the way. Look at this machine's clock; check again from another network.</source>
   <translation>Возможно, более новый задерживают по пути. Сверьте часы этого компьютера; проверьте ещё раз из другой сети.</translation>
  </message>
  <message>
   <source>A part of the answer is no complete block.</source>
   <translation>Часть ответа — неполный блок.</translation>
  </message>
  <message>
   <source>A proposal failed</source>
   <translation>Сбой предложения</translation>
  </message>
  <message>
   <source>A proposal in which your commands find something new is not shown as a change.</source>
   <translation>Предложение, в котором ваши команды нашли что-то новое, не показывается как изменение.</translation>
  </message>
  <message>
   <source>A proposal waits</source>
   <translation>Предложение ждёт</translation>
  </message>
  <message>
   <source>A proposal waits: {title}, {detail}</source>
   <translation>Предложение ждёт решения: {title}, {detail}</translation>
  </message>
  <message>
   <source>A proposal was withheld</source>
   <translation>Предложение не показано</translation>
  </message>
  <message>
   <source>A question takes at most {count} items.</source>
   <translation>К вопросу можно приложить не больше {count} элементов.</translation>
  </message>
  <message>
   <source>A quote is not closed in {command}.</source>
   <translation>Кавычка не закрыта: {command}.</translation>
  </message>
  <message>
   <source>A restore is undone as a whole.</source>
   <translation>Восстановление отменяется целиком.</translation>
  </message>
  <message>
   <source>A save can start a proposal. Off: only what you type does.</source>
   <translation>Сохранение файла может запустить предложение. Выключено: только то, что вы вводите.</translation>
  </message>
  <message>
   <source>A save that breaks the syntax is offered a repair.</source>
   <translation>Если сохранение ломает синтаксис, предлагается исправление.</translation>
  </message>
  <message>
   <source>A saved comment that ends in AI! or AI? is done or answered.</source>
   <translation>Сохранённый комментарий, который кончается на AI! или AI?, выполняется или получает ответ.</translation>
  </message>
  <message>
   <source>A saved function with an empty body is offered one.</source>
   <translation>Сохранённой функции с пустым телом предлагается тело.</translation>
  </message>
  <message>
   <source>A saved function without a body is offered one.</source>
   <translation>Сохранённой функции без тела предлагается тело.</translation>
  </message>
  <message>
   <source>A search/replace block begins in the middle of other code.</source>
   <translation>Блок «найти и заменить» начинается посреди другого кода.</translation>
  </message>
  <message>
   <source>A server of my own</source>
   <translation>Собственный сервер</translation>
  </message>
  <message>
   <source>A snooze of {minutes} minutes is not possible.</source>
   <translation>Перерыв на {minutes} мин невозможен.</translation>
  </message>
  <message>
   <source>A source of the model was passed over. {skipped}</source>
   <translation>Один из источников модели пропущен. {skipped}</translation>
  </message>
  <message>
   <source>A source was passed over. {reason}</source>
   <translation>Источник пропущен. {reason}</translation>
  </message>
  <message>
   <source>A step that was undone before a newer one is redone from the list of steps.</source>
   <translation>Шаг, отменённый до более нового, возвращают из списка шагов.</translation>
  </message>
  <message>
   <source>A test that fails now, and passed before, is offered a fix.</source>
   <translation>Для теста, который раньше проходил, а теперь падает, предлагается исправление.</translation>
  </message>
  <message>
   <source>About Spark</source>
   <translation>О программе Spark</translation>
  </message>
  <message>
   <source>About {file}</source>
   <translation>О файле {file}</translation>
  </message>
  <message>
   <source>Accept</source>
   <translation>Принять</translation>
  </message>
  <message>
   <source>Accept all</source>
   <translation>Принять все</translation>
  </message>
  <message>
   <source>Accept all hunks</source>
   <translation>Принять все фрагменты</translation>
  </message>
  <message>
   <source>Accept file</source>
   <translation>Принять файл</translation>
  </message>
  <message>
   <source>Accept hunk</source>
   <translation>Принять фрагмент</translation>
  </message>
  <message>
   <source>Accept it, reject it, or edit its text.</source>
   <translation>Примите его, отклоните или измените текст.</translation>
  </message>
  <message>
   <source>Accept its removal, or reject it.</source>
   <translation>Примите удаление или отклоните его.</translation>
  </message>
  <message>
   <source>Accept the file</source>
   <translation>Принять файл</translation>
  </message>
  <message>
   <source>Accept the hunk</source>
   <translation>Принять фрагмент</translation>
  </message>
  <message>
   <source>Accept this hunk</source>
   <translation>Принять этот фрагмент</translation>
  </message>
  <message>
   <source>Accepted all but {names}.</source>
   <translation>Принято всё, кроме: {names}.</translation>
  </message>
  <message>
   <source>Accepted.</source>
   <translation>Принято.</translation>
  </message>
  <message>
   <source>Achieved {rate:,.0f} tokens/s</source>
   <translation>Достигнуто {rate:,.0f} токенов/с</translation>
  </message>
  <message>
   <source>Add a file, folder, symbol, the diff or the clipboard</source>
   <translation>Добавить файл, папку, символ, различия или буфер обмена</translation>
  </message>
  <message>
   <source>Add a file, folder, symbol, the diff or the clipboard (@)</source>
   <translation>Добавить файл, папку, символ, различия или буфер обмена (@)</translation>
  </message>
  <message>
   <source>Add a key</source>
   <translation>Добавить клавишу</translation>
  </message>
  <message>
   <source>Add a key for: {title}</source>
   <translation>Добавить клавишу для действия: {title}</translation>
  </message>
  <message>
   <source>Add a lane</source>
   <translation>Добавить дорожку</translation>
  </message>
  <message>
   <source>Add an endpoint</source>
   <translation>Добавить сервер</translation>
  </message>
  <message>
   <source>Add it with @ in the window and allow it there, if it is to be sent.</source>
   <translation>Добавьте его через @ в окне и разрешите там, если его нужно отправить.</translation>
  </message>
  <message>
   <source>Add one below.</source>
   <translation>Добавьте дорожку ниже.</translation>
  </message>
  <message>
   <source>Add up one thread, or all</source>
   <translation>Сложить одну беседу или все</translation>
  </message>
  <message>
   <source>Adds:
{lines}</source>
   <translation>Добавляет:
{lines}</translation>
  </message>
  <message>
   <source>Agree, and it asks whenever you press Check now; the daily check stays as it is.</source>
   <translation>Если согласиться, он будет спрашивать при каждом нажатии «Проверить сейчас»; ежедневная проверка остаётся как есть.</translation>
  </message>
  <message>
   <source>All names of {module} are imported: import by name those that are used.</source>
   <translation>Из {module} импортируются все имена: импортируйте по имени те, что нужны.</translation>
  </message>
  <message>
   <source>All quick actions are switched off.</source>
   <translation>Все быстрые действия выключены.</translation>
  </message>
  <message>
   <source>All the time</source>
   <translation>Всё время</translation>
  </message>
  <message>
   <source>All threads and proposals of this project</source>
   <translation>Все беседы и предложения проекта</translation>
  </message>
  <message>
   <source>All threads of this project</source>
   <translation>Все беседы проекта</translation>
  </message>
  <message>
   <source>All work</source>
   <translation>Вся работа</translation>
  </message>
  <message>
   <source>Allow</source>
   <translation>Разрешить</translation>
  </message>
  <message>
   <source>Allow it to be sent, or remove it.</source>
   <translation>Разрешите отправить это или уберите.</translation>
  </message>
  <message>
   <source>Allow writing to it and to its folder, then accept again.</source>
   <translation>Разрешите запись в файл и в его папку и примите ещё раз.</translation>
  </message>
  <message>
   <source>Allow writing to it, then accept again.</source>
   <translation>Разрешите запись в файл и примите ещё раз.</translation>
  </message>
  <message>
   <source>Allow writing to that folder, or choose another data folder.</source>
   <translation>Разрешите запись в эту папку или выберите другую папку данных.</translation>
  </message>
  <message>
   <source>Allow writing to that folder, then download it again.</source>
   <translation>Разрешите запись в эту папку и загрузите снова.</translation>
  </message>
  <message>
   <source>Allow writing to the folder, then accept again.</source>
   <translation>Разрешите запись в папку и примите ещё раз.</translation>
  </message>
  <message>
   <source>Allow {name}, which may hold secrets, to be sent</source>
   <translation>Разрешить отправку {name}: там могут быть секреты</translation>
  </message>
  <message>
   <source>Allow…</source>
   <translation>Разрешить…</translation>
  </message>
  <message>
   <source>Also without a sandbox</source>
   <translation>И без песочницы</translation>
  </message>
  <message>
   <source>Alt+Up and Alt+Down go from turn to turn and read it.</source>
   <translation>Alt+Up и Alt+Down переходят от хода к ходу и читают его.</translation>
  </message>
  <message>
   <source>Alt+Up and Alt+Down move the chosen one, Space turns it off</source>
   <translation>Alt+Up и Alt+Down переставляют выбранный, пробел выключает его</translation>
  </message>
  <message>
   <source>An answer failed</source>
   <translation>Сбой ответа</translation>
  </message>
  <message>
   <source>An answer is complete</source>
   <translation>Ответ готов</translation>
  </message>
  <message>
   <source>An environment variable</source>
   <translation>Переменная окружения</translation>
  </message>
  <message>
   <source>Another block of the answer changes the same lines.</source>
   <translation>Другой блок ответа меняет те же строки.</translation>
  </message>
  <message>
   <source>Another change stands at line {start}.</source>
   <translation>В строке {start} стоит другое изменение.</translation>
  </message>
  <message>
   <source>Another core is being started: ask again then.</source>
   <translation>Запускается другое ядро: спросите, когда оно будет готово.</translation>
  </message>
  <message>
   <source>Another endpoint is called {title}. Choose another name.</source>
   <translation>Другой сервер уже называется {title}. Выберите другое название.</translation>
  </message>
  <message>
   <source>Another part of Spark fetches it: {done} of {total}.</source>
   <translation>Загружает другая часть Spark: {done} из {total}.</translation>
  </message>
  <message>
   <source>Another program fetches it: {share}</source>
   <translation>Загружает другая программа: {share}</translation>
  </message>
  <message>
   <source>Another window may have dropped it; look at the list of changes again.</source>
   <translation>Возможно, его убрало другое окно; посмотрите список изменений ещё раз.</translation>
  </message>
  <message>
   <source>Answer</source>
   <translation>Ответ</translation>
  </message>
  <message>
   <source>Answer: {title}</source>
   <translation>Ответ: {title}</translation>
  </message>
  <message>
   <source>Answered: it waits for the other places of this change.</source>
   <translation>Ответ есть: он ждёт остальные места этого изменения.</translation>
  </message>
  <message>
   <source>Answers</source>
   <translation>Ответы</translation>
  </message>
  <message>
   <source>Anthropic: messages</source>
   <translation>Anthropic: сообщения</translation>
  </message>
  <message numerus="yes">
   <source>Applied %n hunk(s).</source>
   <translation>
    <numerusform>Применён %n фрагмент.</numerusform>
    <numerusform>Применено %n фрагмента.</numerusform>
    <numerusform>Применено %n фрагментов.</numerusform>
   </translation>
  </message>
  <message>
   <source>Apply to file</source>
   <translation>Применить к файлу</translation>
  </message>
  <message>
   <source>As emulated</source>
   <translation>Как в эмуляции</translation>
  </message>
  <message>
   <source>As everywhere</source>
   <translation>Как везде</translation>
  </message>
  <message>
   <source>As it came</source>
   <translation>Как пришло</translation>
  </message>
  <message>
   <source>As it came, emulated</source>
   <translation>Как пришло, с эмуляцией</translation>
  </message>
  <message>
   <source>As measured</source>
   <translation>Как измерено</translation>
  </message>
  <message>
   <source>As proposed</source>
   <translation>Как предложено</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>Как в системе</translation>
  </message>
  <message>
   <source>As&amp;k the next one, too, after</source>
   <translation>Спросить &amp;и следующий через</translation>
  </message>
  <message>
   <source>Ask</source>
   <translation>Спросить</translation>
  </message>
  <message>
   <source>Ask a question</source>
   <translation>Задать вопрос</translation>
  </message>
  <message>
   <source>Ask a question; its answer can be watched here at the pace of other hardware.</source>
   <translation>Задайте вопрос; ответ можно посмотреть здесь в темпе другого оборудования.</translation>
  </message>
  <message>
   <source>Ask a question; its tokens and its time are recorded.</source>
   <translation>Задайте вопрос; его токены и время записываются.</translation>
  </message>
  <message>
   <source>Ask about the code</source>
   <translation>Спросить о коде</translation>
  </message>
  <message>
   <source>Ask about the code.
The open file goes with the question.</source>
   <translation>Спросите о коде.
Открытый файл идёт вместе с вопросом.</translation>
  </message>
  <message>
   <source>Ask about the code…</source>
   <translation>Спросите о коде…</translation>
  </message>
  <message>
   <source>Ask again</source>
   <translation>Спросить ещё раз</translation>
  </message>
  <message>
   <source>Ask again in a moment.</source>
   <translation>Спросите ещё раз чуть позже.</translation>
  </message>
  <message>
   <source>Ask again in {seconds:g} s.</source>
   <translation>Спросите ещё раз через {seconds:g} с.</translation>
  </message>
  <message>
   <source>Ask again.</source>
   <translation>Спросите ещё раз.</translation>
  </message>
  <message>
   <source>Ask anything…</source>
   <translation>Спросите о чём угодно…</translation>
  </message>
  <message>
   <source>Ask for a new proposal.</source>
   <translation>Запросите новое предложение.</translation>
  </message>
  <message>
   <source>Ask for a proposal that heeds these comments</source>
   <translation>Запросить предложение с учётом этих замечаний</translation>
  </message>
  <message>
   <source>Ask for it again.</source>
   <translation>Запросите его ещё раз.</translation>
  </message>
  <message>
   <source>Ask for its checks</source>
   <translation>Спрашивать о его проверках</translation>
  </message>
  <message>
   <source>Ask for one first.</source>
   <translation>Сначала запросите его.</translation>
  </message>
  <message>
   <source>Ask for one in the chat, and name the file.</source>
   <translation>Попросите о нём в чате и назовите файл.</translation>
  </message>
  <message>
   <source>Ask for the proposal again.</source>
   <translation>Запросите предложение ещё раз.</translation>
  </message>
  <message>
   <source>Ask for this as a change of {name}, which you review</source>
   <translation>Запросить это как изменение файла {name}, которое вы просмотрите</translation>
  </message>
  <message>
   <source>Ask it first for</source>
   <translation>Спрашивать его первым для</translation>
  </message>
  <message>
   <source>Ask it in a chat; if it stays so, choose another model.</source>
   <translation>Спросите её в чате; если так и останется, выберите другую модель.</translation>
  </message>
  <message>
   <source>Ask it something, or measure it. Emulated answers never count.</source>
   <translation>Спросите её о чём-нибудь или измерьте. Эмулированные ответы не в счёт.</translation>
  </message>
  <message>
   <source>Ask it something: its answers are measured.</source>
   <translation>Спросите его о чём-нибудь: его ответы измеряются.</translation>
  </message>
  <message>
   <source>Ask its operator; do not use it until then.</source>
   <translation>Спросите того, кто его держит; до тех пор им не пользуйтесь.</translation>
  </message>
  <message>
   <source>Ask one first.</source>
   <translation>Сначала задайте вопрос.</translation>
  </message>
  <message>
   <source>Ask one: spark quick "…"</source>
   <translation>Задайте его: spark quick "…"</translation>
  </message>
  <message>
   <source>Ask something first.</source>
   <translation>Сначала спросите что-нибудь.</translation>
  </message>
  <message>
   <source>Ask the question again.</source>
   <translation>Задайте вопрос ещё раз.</translation>
  </message>
  <message>
   <source>Ask them now, one after the other</source>
   <translation>Задать их сейчас, один за другим</translation>
  </message>
  <message>
   <source>Ask there again.</source>
   <translation>Спросите там ещё раз.</translation>
  </message>
  <message>
   <source>Ask when the answer is finished (Enter)</source>
   <translation>Спросить, когда ответ закончится (Enter)</translation>
  </message>
  <message>
   <source>Ask who runs it, or leave this host out in NO_PROXY.</source>
   <translation>Спросите того, кто его держит, или исключите этот узел в NO_PROXY.</translation>
  </message>
  <message>
   <source>Ask who runs it; Spark reads gzip, deflate and what is not packed.</source>
   <translation>Спросите того, кто его держит; Spark читает gzip, deflate и несжатое.</translation>
  </message>
  <message>
   <source>Ask without summing up; the oldest turns may be left out</source>
   <translation>Спросить без сжатия; самые старые ходы могут не войти</translation>
  </message>
  <message>
   <source>Asked again, the model answered something else each time: do not rely on it.</source>
   <translation>На повторный вопрос модель каждый раз отвечала иначе: не полагайтесь на этот ответ.</translation>
  </message>
  <message>
   <source>Asking the core's program for its profiles.</source>
   <translation>Запрашиваем профили у программы ядра.</translation>
  </message>
  <message>
   <source>Asking {host}…</source>
   <translation>Запрос к {host}…</translation>
  </message>
  <message>
   <source>Asks in the chat what selected lines do.</source>
   <translation>Спрашивает в чате, что делают выделенные строки.</translation>
  </message>
  <message>
   <source>Back to the project</source>
   <translation>Назад к проекту</translation>
  </message>
  <message>
   <source>Bar chart of waiting time and price; the table has its numbers</source>
   <translation>Столбчатая диаграмма времени ожидания и цены; числа — в таблице</translation>
  </message>
  <message>
   <source>Begin a new thread.</source>
   <translation>Начните новую беседу.</translation>
  </message>
  <message>
   <source>Begin again at the end of the slowest lane</source>
   <translation>Начинать сначала, когда кончится самая медленная дорожка</translation>
  </message>
  <message>
   <source>Begun {when}</source>
   <translation>Начата {when}</translation>
  </message>
  <message>
   <source>Behind the target {behind} of the time</source>
   <translation>Отставание от цели {behind} времени</translation>
  </message>
  <message>
   <source>Bigger type (zoom in)</source>
   <translation>Крупнее шрифт (увеличить)</translation>
  </message>
  <message>
   <source>Bind the command “{command}” to a key in the keyboard settings of your desktop.</source>
   <translation>Назначьте команде «{command}» клавишу в настройках клавиатуры рабочего стола.</translation>
  </message>
  <message>
   <source>Both</source>
   <translation>Обе</translation>
  </message>
  <message numerus="yes">
   <source>Branch switched: %n file(s) changed; nothing proposed.</source>
   <translation>
    <numerusform>Сменилась ветка: изменился %n файл; ничего не предложено.</numerusform>
    <numerusform>Сменилась ветка: изменились %n файла; ничего не предложено.</numerusform>
    <numerusform>Сменилась ветка: изменились %n файлов; ничего не предложено.</numerusform>
   </translation>
  </message>
  <message>
   <source>Bring the file back, then try again. Nothing was written.</source>
   <translation>Верните файл и попробуйте снова. Ничего не записано.</translation>
  </message>
  <message>
   <source>Brings the step back; what came later is kept.</source>
   <translation>Возвращает шаг; всё, что было позже, сохраняется.</translation>
  </message>
  <message>
   <source>Broken syntax</source>
   <translation>Сломанный синтаксис</translation>
  </message>
  <message>
   <source>By this app's clock: from sending the request to the first piece, and the tokens after the first divided by the time since it. Measured answers only; emulated ones are dashed, in a series of their own.</source>
   <translation>По часам программы: от отправки запроса до первого фрагмента, и токены после первого, делённые на время с него. Только измеренные ответы; эмулированные — пунктиром, отдельным рядом.</translation>
  </message>
  <message>
   <source>By this machine's clock</source>
   <translation>По часам этого компьютера</translation>
  </message>
  <message numerus="yes">
   <source>By this machine's clock, from asking to the first token; half of %n answer(s) were sooner than the median, 95 % sooner than p95.</source>
   <translation>
    <numerusform>По часам этого компьютера, от вопроса до первого токена; %n ответ: половина раньше медианы, 95 % раньше p95.</numerusform>
    <numerusform>По часам этого компьютера, от вопроса до первого токена; %n ответа: половина раньше медианы, 95 % раньше p95.</numerusform>
    <numerusform>По часам этого компьютера, от вопроса до первого токена; %n ответов: половина раньше медианы, 95 % раньше p95.</numerusform>
   </translation>
  </message>
  <message>
   <source>C&amp;lear</source>
   <translation>О&amp;чистить</translation>
  </message>
  <message>
   <source>CHANGES</source>
   <translation>ИЗМЕНЕНИЯ</translation>
  </message>
  <message>
   <source>CSV file</source>
   <translation>Файл CSV</translation>
  </message>
  <message>
   <source>Cached</source>
   <translation>Из кэша</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Отмена</translation>
  </message>
  <message>
   <source>Cancel: {title}</source>
   <translation>Отменить: {title}</translation>
  </message>
  <message>
   <source>Categories</source>
   <translation>Разделы</translation>
  </message>
  <message>
   <source>Certificate</source>
   <translation>Сертификат</translation>
  </message>
  <message>
   <source>Certificates (*.pem *.crt *.cer *.key);;All files (*)</source>
   <translation>Сертификаты (*.pem *.crt *.cer *.key);;Все файлы (*)</translation>
  </message>
  <message>
   <source>Change</source>
   <translation>Изменение</translation>
  </message>
  <message>
   <source>Change it by one of its names only.</source>
   <translation>Измените его только под одним из имён.</translation>
  </message>
  <message>
   <source>Change keys</source>
   <translation>Изменить клавиши</translation>
  </message>
  <message>
   <source>Change them back in your editor, then try again. Nothing was written.</source>
   <translation>Верните их в редакторе и попробуйте снова. Ничего не записано.</translation>
  </message>
  <message>
   <source>Changed files</source>
   <translation>Изменённые файлы</translation>
  </message>
  <message>
   <source>Changed files of this answer</source>
   <translation>Файлы, изменённые этим ответом</translation>
  </message>
  <message>
   <source>Changed on disk as well.</source>
   <translation>На диске тоже изменено.</translation>
  </message>
  <message>
   <source>Changed since, so left alone: {files}.</source>
   <translation>Изменены с тех пор и потому не тронуты: {files}.</translation>
  </message>
  <message>
   <source>Changing to {model}; the earlier model goes on until then.</source>
   <translation>Переход на модель {model}; до тех пор работает прежняя.</translation>
  </message>
  <message>
   <source>Chat</source>
   <translation>Чат</translation>
  </message>
  <message>
   <source>Check &amp;now</source>
   <translation>Проверить &amp;сейчас</translation>
  </message>
  <message>
   <source>Check again later; if it stays so, ask whoever publishes the releases.</source>
   <translation>Проверьте позже; если не изменится, спросите того, кто публикует выпуски.</translation>
  </message>
  <message>
   <source>Check its name. Pipes and variables need a shell: spark run sh -c '…'</source>
   <translation>Проверьте название. Для конвейеров и переменных нужна оболочка: spark run sh -c '…'</translation>
  </message>
  <message>
   <source>Check its name; it may have been moved.</source>
   <translation>Проверьте имя: возможно, файл перемещён.</translation>
  </message>
  <message>
   <source>Check its permissions, or open another folder.</source>
   <translation>Проверьте права доступа или откройте другую папку.</translation>
  </message>
  <message>
   <source>Check its permissions, then try again.</source>
   <translation>Проверьте права доступа и попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Check now, read the release notes, download</source>
   <translation>Проверить сейчас, прочитать о выпуске, загрузить</translation>
  </message>
  <message>
   <source>Check that it is a program and may be executed.</source>
   <translation>Проверьте, что это программа и что её можно запускать.</translation>
  </message>
  <message>
   <source>Check that the key is whole, of this vendor, and not expired.</source>
   <translation>Проверьте, что ключ целый, от этого поставщика и не истёк.</translation>
  </message>
  <message>
   <source>Check the address of the endpoint; use the name that the certificate is for.</source>
   <translation>Проверьте адрес сервера; нужно имя, на которое выдан сертификат.</translation>
  </message>
  <message>
   <source>Check the address, and whether a firewall is in between.</source>
   <translation>Проверьте адрес и нет ли на пути межсетевого экрана.</translation>
  </message>
  <message>
   <source>Check the address, and whether this machine is online.</source>
   <translation>Проверьте адрес и есть ли у этого компьютера сеть.</translation>
  </message>
  <message>
   <source>Check the address; if it is right, ask its operator.</source>
   <translation>Проверьте адрес; если он верен, спросите того, кто держит сервер.</translation>
  </message>
  <message>
   <source>Check the disk and its permissions.</source>
   <translation>Проверьте диск и права доступа.</translation>
  </message>
  <message>
   <source>Check the endpoint's address, and ask who runs the server.</source>
   <translation>Проверьте адрес и спросите того, кто держит сервер.</translation>
  </message>
  <message>
   <source>Check the endpoint's address, and the account that the key belongs to.</source>
   <translation>Проверьте адрес сервера и учётную запись, которой принадлежит ключ.</translation>
  </message>
  <message>
   <source>Check the endpoint's address.</source>
   <translation>Проверьте адрес сервера.</translation>
  </message>
  <message>
   <source>Check the endpoint's address; for many servers it ends in /v1.</source>
   <translation>Проверьте адрес сервера; у многих он заканчивается на /v1.</translation>
  </message>
  <message>
   <source>Check the port of the endpoint; another program may listen there.</source>
   <translation>Проверьте порт: возможно, там отвечает другая программа.</translation>
  </message>
  <message>
   <source>Check the port, and whether the server runs.</source>
   <translation>Проверьте порт и запущен ли сервер.</translation>
  </message>
  <message>
   <source>Check the port; if it speaks plain HTTP, write http:// in the address.</source>
   <translation>Проверьте порт; если там простой HTTP, пишите в адресе http://.</translation>
  </message>
  <message>
   <source>Check the proxy in the settings and in HTTPS_PROXY, or switch it off.</source>
   <translation>Проверьте прокси в настройках и в HTTPS_PROXY или отключите его.</translation>
  </message>
  <message>
   <source>Check the token or the key of this endpoint.</source>
   <translation>Проверьте токен или ключ этого сервера.</translation>
  </message>
  <message>
   <source>Checks</source>
   <translation>Проверки</translation>
  </message>
  <message>
   <source>Checks of proposals</source>
   <translation>Проверки предложений</translation>
  </message>
  <message>
   <source>Checks of the project</source>
   <translation>Проверки проекта</translation>
  </message>
  <message>
   <source>Choose 1 to {most} minutes, or pause watching.</source>
   <translation>Выберите от 1 до {most} минут или приостановите наблюдение.</translation>
  </message>
  <message>
   <source>Choose Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, Codestral, CodeGemma or CodeLlama for suggestions, or another way to fill in.</source>
   <translation>Выберите для подсказок Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, Codestral, CodeGemma или CodeLlama либо другой способ вставки.</translation>
  </message>
  <message>
   <source>Choose a file that Spark exported as JSON.</source>
   <translation>Выберите файл, который Spark сохранил как JSON.</translation>
  </message>
  <message>
   <source>Choose a folder in it, or single files.</source>
   <translation>Выберите папку внутри неё или отдельные файлы.</translation>
  </message>
  <message>
   <source>Choose a line inside of it.</source>
   <translation>Выберите строку внутри него.</translation>
  </message>
  <message>
   <source>Choose a model file</source>
   <translation>Выберите файл модели</translation>
  </message>
  <message>
   <source>Choose a model. Test the connection to see which ones there are.</source>
   <translation>Выберите модель. Проверьте соединение, чтобы увидеть, какие есть.</translation>
  </message>
  <message>
   <source>Choose a side: what is on disk, the proposal, or both.</source>
   <translation>Выберите: то, что на диске, предложение или оба.</translation>
  </message>
  <message>
   <source>Choose a text file.</source>
   <translation>Выберите текстовый файл.</translation>
  </message>
  <message>
   <source>Choose another endpoint for suggestions, in the settings, under Endpoints.</source>
   <translation>Выберите для подсказок другой сервер в настройках, в разделе «Серверы моделей».</translation>
  </message>
  <message>
   <source>Choose another folder for it.</source>
   <translation>Выберите для него другую папку.</translation>
  </message>
  <message>
   <source>Choose another folder.</source>
   <translation>Выберите другую папку.</translation>
  </message>
  <message>
   <source>Choose another hunk.</source>
   <translation>Выберите другой фрагмент.</translation>
  </message>
  <message>
   <source>Choose another model for suggestions.</source>
   <translation>Выберите для предложений другую модель.</translation>
  </message>
  <message>
   <source>Choose another model in the window of the models.</source>
   <translation>Выберите другую модель в окне моделей.</translation>
  </message>
  <message>
   <source>Choose another model of it in the settings, under Endpoints.</source>
   <translation>Выберите другую его модель в настройках, в разделе «Серверы моделей».</translation>
  </message>
  <message>
   <source>Choose another model.</source>
   <translation>Выберите другую модель.</translation>
  </message>
  <message>
   <source>Choose another name.</source>
   <translation>Выберите другое имя.</translation>
  </message>
  <message>
   <source>Choose another one.</source>
   <translation>Выберите другую.</translation>
  </message>
  <message>
   <source>Choose another one; ignored and secret files are left out.</source>
   <translation>Выберите другую; пропущенные и секретные файлы не входят.</translation>
  </message>
  <message>
   <source>Choose another place.</source>
   <translation>Выберите другое место.</translation>
  </message>
  <message>
   <source>Choose another under Settings, like Ctrl+Alt+Space.</source>
   <translation>Выберите другую в настройках, например Ctrl+Alt+Space.</translation>
  </message>
  <message>
   <source>Choose another under Settings.</source>
   <translation>Выберите другую в настройках.</translation>
  </message>
  <message>
   <source>Choose at least one change.</source>
   <translation>Выберите хотя бы одно изменение.</translation>
  </message>
  <message>
   <source>Choose it again under Settings, or bind the command “{command}” to a key.</source>
   <translation>Выберите её ещё раз в настройках или назначьте клавишу команде «{command}».</translation>
  </message>
  <message>
   <source>Choose it again where it is now.</source>
   <translation>Выберите его ещё раз там, где он теперь.</translation>
  </message>
  <message>
   <source>Choose lines that it has.</source>
   <translation>Выберите строки, которые в нём есть.</translation>
  </message>
  <message>
   <source>Choose one in the settings, or allow the local core.</source>
   <translation>Выберите его в настройках или разрешите локальное ядро.</translation>
  </message>
  <message>
   <source>Choose one in the window of Spark.</source>
   <translation>Выберите файл в окне Spark.</translation>
  </message>
  <message>
   <source>Choose one of the two.</source>
   <translation>Выберите одно из двух.</translation>
  </message>
  <message>
   <source>Choose one of those that are shown.</source>
   <translation>Выберите один из показанных.</translation>
  </message>
  <message>
   <source>Choose one that was decided.</source>
   <translation>Выберите то, о котором решение принято.</translation>
  </message>
  <message>
   <source>Choose one under Changes, and select lines in it to replace them.</source>
   <translation>Выберите файл в разделе «Изменения» и выделите в нём строки, чтобы заменить их.</translation>
  </message>
  <message>
   <source>Choose one under Changes.</source>
   <translation>Выберите его в разделе «Изменения».</translation>
  </message>
  <message>
   <source>Choose one under Settings.</source>
   <translation>Выберите её в настройках.</translation>
  </message>
  <message>
   <source>Choose other keys in the settings, or bind 'spark quick' in your desktop.</source>
   <translation>Выберите другие клавиши в настройках или назначьте клавишу команде «spark quick» на рабочем столе.</translation>
  </message>
  <message>
   <source>Choose other lines, or decide about that one first.</source>
   <translation>Выберите другие строки или сначала решите о том изменении.</translation>
  </message>
  <message>
   <source>Choose other lines, or drop this part.</source>
   <translation>Выберите другие строки или откажитесь от этой части.</translation>
  </message>
  <message>
   <source>Choose the files instead.</source>
   <translation>Выберите вместо этого файлы.</translation>
  </message>
  <message>
   <source>Choose the files that matter instead.</source>
   <translation>Выберите вместо этого нужные файлы.</translation>
  </message>
  <message>
   <source>Choose the protocol without a WebSocket in the endpoint's settings.</source>
   <translation>Выберите в настройках сервера протокол без WebSocket.</translation>
  </message>
  <message>
   <source>Choose them one by one, and confirm each.</source>
   <translation>Выберите их по одному и подтвердите каждый.</translation>
  </message>
  <message>
   <source>Choose which version shall stand, then accept it.</source>
   <translation>Выберите, какой вариант оставить, затем примите изменение.</translation>
  </message>
  <message>
   <source>Choose which version shall stand, then split it.</source>
   <translation>Выберите, какой вариант оставить, затем разделите изменение.</translation>
  </message>
  <message>
   <source>Choose: {name}</source>
   <translation>Выбрать: {name}</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>Выбрать…</translation>
  </message>
  <message>
   <source>Client ce&amp;rtificate</source>
   <translation>К&amp;лиентский сертификат</translation>
  </message>
  <message>
   <source>Close (Esc)</source>
   <translation>Закрыть (Esc)</translation>
  </message>
  <message>
   <source>Close it again to hide it. {key} quits.</source>
   <translation>Закройте его ещё раз, чтобы скрыть. Выход: {key}.</translation>
  </message>
  <message>
   <source>Close other programs first.</source>
   <translation>Сначала закройте другие программы.</translation>
  </message>
  <message>
   <source>Close other windows of Spark, or try again.</source>
   <translation>Закройте другие окна Spark или попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Closed, the window stays in the tray, and Spark goes on watching.</source>
   <translation>После закрытия окно остаётся в трее, а Spark продолжает следить.</translation>
  </message>
  <message>
   <source>Closing the window keeps Spark running in the tray.</source>
   <translation>При закрытии окна Spark продолжает работать в трее.</translation>
  </message>
  <message>
   <source>Comes inside of {package}</source>
   <translation>Входит в состав {package}</translation>
  </message>
  <message>
   <source>Command of its tests</source>
   <translation>Команда его тестов</translation>
  </message>
  <message>
   <source>Commands of the project</source>
   <translation>Команды проекта</translation>
  </message>
  <message>
   <source>Comment</source>
   <translation>Замечание</translation>
  </message>
  <message>
   <source>Comment on a line</source>
   <translation>Замечание к строке</translation>
  </message>
  <message>
   <source>Comment on the line</source>
   <translation>Замечание к строке</translation>
  </message>
  <message>
   <source>Comment on this line</source>
   <translation>Комментарий к этой строке</translation>
  </message>
  <message>
   <source>Comment on this line; the model gets it with your next instruction</source>
   <translation>Комментарий к этой строке; модель получит его со следующим указанием</translation>
  </message>
  <message>
   <source>Comment on {place}: {quoted}</source>
   <translation>Замечание, {place}: {quoted}</translation>
  </message>
  <message>
   <source>Comments for the AI</source>
   <translation>Комментарии для ИИ</translation>
  </message>
  <message>
   <source>Comparing it with its SHA-256: {share}</source>
   <translation>Сверка с SHA-256: {share}</translation>
  </message>
  <message>
   <source>Completions</source>
   <translation>Подсказки</translation>
  </message>
  <message>
   <source>Components</source>
   <translation>Компоненты</translation>
  </message>
  <message>
   <source>Composer</source>
   <translation>Поле ввода</translation>
  </message>
  <message>
   <source>Conflict: keep what is on disk</source>
   <translation>Конфликт: оставить то, что на диске</translation>
  </message>
  <message>
   <source>Conflict: take the proposal</source>
   <translation>Конфликт: взять предложение</translation>
  </message>
  <message>
   <source>Conflict: what is on disk, then the proposal</source>
   <translation>Конфликт: то, что на диске, затем предложение</translation>
  </message>
  <message>
   <source>Conflict: {reason}</source>
   <translation>Конфликт: {reason}</translation>
  </message>
  <message>
   <source>Connect {seconds}.</source>
   <translation>Соединение: {seconds}.</translation>
  </message>
  <message>
   <source>Connected in {took:.1f} ms.</source>
   <translation>Соединение установлено за {took:.1f} мс.</translation>
  </message>
  <message>
   <source>Connected to the proxy {proxy} in {took:.1f} ms.</source>
   <translation>Соединение с прокси {proxy} установлено за {took:.1f} мс.</translation>
  </message>
  <message>
   <source>Connection</source>
   <translation>Соединение</translation>
  </message>
  <message>
   <source>Connections</source>
   <translation>Соединения</translation>
  </message>
  <message>
   <source>Context</source>
   <translation>Контекст</translation>
  </message>
  <message>
   <source>Context of the proposal</source>
   <translation>Контекст предложения</translation>
  </message>
  <message>
   <source>Context: {parts}</source>
   <translation>Контекст: {parts}</translation>
  </message>
  <message>
   <source>Context: {parts}; {without}</source>
   <translation>Контекст: {parts}; {without}</translation>
  </message>
  <message>
   <source>Continue</source>
   <translation>Продолжить</translation>
  </message>
  <message>
   <source>Continue the answer</source>
   <translation>Продолжить ответ</translation>
  </message>
  <message>
   <source>Conversation</source>
   <translation>Беседа</translation>
  </message>
  <message>
   <source>Convert the file to UTF-8 in your editor, then try again.</source>
   <translation>Преобразуйте файл в UTF-8 в редакторе и попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Copied</source>
   <translation>Скопировано</translation>
  </message>
  <message>
   <source>Copied.</source>
   <translation>Скопировано.</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>Копировать</translation>
  </message>
  <message>
   <source>Copy as Markdown</source>
   <translation>Копировать как Markdown</translation>
  </message>
  <message>
   <source>Copy as a patch</source>
   <translation>Копировать как патч</translation>
  </message>
  <message>
   <source>Copy everything as text</source>
   <translation>Скопировать всё как текст</translation>
  </message>
  <message>
   <source>Copy it again, and enter it in the settings, under Endpoints.</source>
   <translation>Скопируйте его ещё раз и введите в настройках серверов.</translation>
  </message>
  <message>
   <source>Copy some text, then choose it again.</source>
   <translation>Скопируйте текст и выберите его ещё раз.</translation>
  </message>
  <message>
   <source>Copy the &amp;licence</source>
   <translation>Копировать &amp;лицензию</translation>
  </message>
  <message>
   <source>Copy the answer</source>
   <translation>Копировать ответ</translation>
  </message>
  <message>
   <source>Copy the answer as Markdown</source>
   <translation>Копировать ответ как Markdown</translation>
  </message>
  <message>
   <source>Copy the code (Enter)</source>
   <translation>Копировать код (Enter)</translation>
  </message>
  <message>
   <source>Copy the key alone.</source>
   <translation>Скопируйте только ключ.</translation>
  </message>
  <message>
   <source>Copy the last answer</source>
   <translation>Копировать последний ответ</translation>
  </message>
  <message>
   <source>Copy the part that matters.</source>
   <translation>Скопируйте нужную часть.</translation>
  </message>
  <message>
   <source>Correct the test command in the settings.</source>
   <translation>Исправьте команду тестов в настройках.</translation>
  </message>
  <message>
   <source>Correct the variable, or take it away.</source>
   <translation>Исправьте переменную или уберите её.</translation>
  </message>
  <message>
   <source>Cost</source>
   <translation>Цена</translation>
  </message>
  <message>
   <source>Costs</source>
   <translation>Расходы</translation>
  </message>
  <message>
   <source>Costs of this month</source>
   <translation>Расходы этого месяца</translation>
  </message>
  <message>
   <source>Ctrl+Enter keeps, Esc leaves</source>
   <translation>Ctrl+Enter сохраняет, Esc выходит</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>Тёмная</translation>
  </message>
  <message>
   <source>Dark or light theme</source>
   <translation>Тёмная или светлая тема</translation>
  </message>
  <message>
   <source>Decide once it is done; you can read on meanwhile.</source>
   <translation>Решите, когда она закончит; читать можно уже сейчас.</translation>
  </message>
  <message>
   <source>Defined in {path}</source>
   <translation>Определено в {path}</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>Удалить</translation>
  </message>
  <message>
   <source>Delete it yourself if it is not wanted. Nothing was written.</source>
   <translation>Удалите его сами, если он не нужен. Ничего не записано.</translation>
  </message>
  <message>
   <source>Deleted: {title}</source>
   <translation>Удалено: {title}</translation>
  </message>
  <message>
   <source>Desktop and quick prompt</source>
   <translation>Рабочий стол и быстрый вопрос</translation>
  </message>
  <message>
   <source>Diff</source>
   <translation>Различия</translation>
  </message>
  <message numerus="yes">
   <source>Diff of {path}, %n hunk(s)</source>
   <translation>
    <numerusform>Различия: {path}, %n фрагмент</numerusform>
    <numerusform>Различия: {path}, %n фрагмента</numerusform>
    <numerusform>Различия: {path}, %n фрагментов</numerusform>
   </translation>
  </message>
  <message>
   <source>Discard</source>
   <translation>Отбросить</translation>
  </message>
  <message>
   <source>Dismiss</source>
   <translation>Скрыть</translation>
  </message>
  <message>
   <source>Do not open</source>
   <translation>Не открывать</translation>
  </message>
  <message>
   <source>Do without a key</source>
   <translation>Обойтись без клавиши</translation>
  </message>
  <message>
   <source>Doctor</source>
   <translation>Диагностика</translation>
  </message>
  <message>
   <source>Document</source>
   <translation>Документировать</translation>
  </message>
  <message>
   <source>Document the selected lines</source>
   <translation>Документировать выделенные строки</translation>
  </message>
  <message>
   <source>Download</source>
   <translation>Загрузка</translation>
  </message>
  <message>
   <source>Download it again: it goes on from there.</source>
   <translation>Загрузите снова: загрузка продолжится с этого места.</translation>
  </message>
  <message>
   <source>Download it again; if it stays so, report it, and install nothing.</source>
   <translation>Загрузите снова; если не изменится, сообщите об этом и ничего не устанавливайте.</translation>
  </message>
  <message>
   <source>Downloading the model, once.</source>
   <translation>Модель загружается, один раз.</translation>
  </message>
  <message>
   <source>Downloading: {done} of {total}</source>
   <translation>Загрузка: {done} из {total}</translation>
  </message>
  <message>
   <source>Drop</source>
   <translation>Отбросить</translation>
  </message>
  <message>
   <source>Drop the folder that holds them, or the few that matter.</source>
   <translation>Перетащите папку, в которой они лежат, или несколько самых важных.</translation>
  </message>
  <message>
   <source>Earlier</source>
   <translation>Раньше</translation>
  </message>
  <message>
   <source>Edit</source>
   <translation>Изменить</translation>
  </message>
  <message>
   <source>Edit an endpoint</source>
   <translation>Изменить сервер</translation>
  </message>
  <message>
   <source>Edit the last question</source>
   <translation>Изменить последний вопрос</translation>
  </message>
  <message>
   <source>Edit the proposed lines</source>
   <translation>Изменить предложенные строки</translation>
  </message>
  <message>
   <source>Edit the proposed lines before accepting them</source>
   <translation>Изменить предложенные строки, прежде чем принять</translation>
  </message>
  <message>
   <source>Edit the question and send it again</source>
   <translation>Изменить вопрос и отправить ещё раз</translation>
  </message>
  <message>
   <source>Edit {file}; saving it takes effect</source>
   <translation>Изменить {file}; действует сразу после сохранения</translation>
  </message>
  <message>
   <source>Edit: take it back into the composer</source>
   <translation>Изменить: вернуть в поле ввода</translation>
  </message>
  <message>
   <source>Edit: {question}</source>
   <translation>Изменить: {question}</translation>
  </message>
  <message>
   <source>Edits</source>
   <translation>Правки</translation>
  </message>
  <message>
   <source>Else you are only told. What costs nothing is asked in any case.</source>
   <translation>Иначе вас только предупредят. То, что ничего не стоит, спрашивается в любом случае.</translation>
  </message>
  <message>
   <source>Empty for the general one, none for no proxy</source>
   <translation>Пусто — общий, none — без прокси</translation>
  </message>
  <message>
   <source>Empty functions</source>
   <translation>Пустые функции</translation>
  </message>
  <message>
   <source>Emulated, not measured: paced as {named}.</source>
   <translation>Эмуляция, не измерение: в темпе {named}.</translation>
  </message>
  <message>
   <source>Emulated, not measured: the same text at the pace that was published.</source>
   <translation>Эмуляция, не измерение: тот же текст в опубликованном темпе.</translation>
  </message>
  <message>
   <source>En&amp;vironment variable</source>
   <translation>&amp;Переменная окружения</translation>
  </message>
  <message>
   <source>End that program, then start Spark again.</source>
   <translation>Завершите ту программу и запустите Spark ещё раз.</translation>
  </message>
  <message>
   <source>End the snooze</source>
   <translation>Закончить перерыв</translation>
  </message>
  <message>
   <source>End the snooze now</source>
   <translation>Закончить перерыв сейчас</translation>
  </message>
  <message>
   <source>Endpoint</source>
   <translation>Сервер</translation>
  </message>
  <message>
   <source>Endpoints</source>
   <translation>Серверы</translation>
  </message>
  <message>
   <source>Endpoints…</source>
   <translation>Серверы…</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>Движок</translation>
  </message>
  <message>
   <source>Enter it again in the settings, under Endpoints.</source>
   <translation>Введите его заново в настройках серверов.</translation>
  </message>
  <message>
   <source>Enter it in the settings, under Endpoints.</source>
   <translation>Введите его в настройках, в разделе «Серверы моделей».</translation>
  </message>
  <message>
   <source>Enter the key</source>
   <translation>Ввести ключ</translation>
  </message>
  <message>
   <source>Enter the key of this endpoint, and say how it is told.</source>
   <translation>Введите ключ этого сервера и укажите, как он передаётся.</translation>
  </message>
  <message>
   <source>Errors</source>
   <translation>Ошибки</translation>
  </message>
  <message>
   <source>Every answer that you ask for adds to this table.</source>
   <translation>Каждый полученный ответ дополняет эту таблицу.</translation>
  </message>
  <message>
   <source>Everybody may see the models: the first answer tells whether the key is right.</source>
   <translation>Модели видны всем: верен ли ключ, покажет первый ответ.</translation>
  </message>
  <message>
   <source>Everything is as it should be.</source>
   <translation>Всё в порядке.</translation>
  </message>
  <message numerus="yes">
   <source>Everything needed is here; %n warning(s).</source>
   <translation>
    <numerusform>Всё необходимое на месте; %n предупреждение.</numerusform>
    <numerusform>Всё необходимое на месте; %n предупреждения.</numerusform>
    <numerusform>Всё необходимое на месте; %n предупреждений.</numerusform>
   </translation>
  </message>
  <message>
   <source>Everything works.</source>
   <translation>Всё работает.</translation>
  </message>
  <message numerus="yes">
   <source>Everything works; %n note(s).</source>
   <translation>
    <numerusform>Всё работает; %n замечание.</numerusform>
    <numerusform>Всё работает; %n замечания.</numerusform>
    <numerusform>Всё работает; %n замечаний.</numerusform>
   </translation>
  </message>
  <message>
   <source>Explain</source>
   <translation>Объяснить</translation>
  </message>
  <message>
   <source>Explain `{name}` ({lines}): what does it do, and why?</source>
   <translation>Объясни `{name}` ({lines}): что он делает и зачем?</translation>
  </message>
  <message>
   <source>Explain the selected lines</source>
   <translation>Объяснить выделенные строки</translation>
  </message>
  <message>
   <source>Explain {lines}: what does this code do, and why?</source>
   <translation>Объясни {lines}: что делает этот код и зачем?</translation>
  </message>
  <message>
   <source>Export CSV…</source>
   <translation>Сохранить CSV…</translation>
  </message>
  <message>
   <source>Export PNG…</source>
   <translation>Сохранить PNG…</translation>
  </message>
  <message>
   <source>Export as JSON…</source>
   <translation>Сохранить как JSON…</translation>
  </message>
  <message>
   <source>Export as Markdown…</source>
   <translation>Сохранить как Markdown…</translation>
  </message>
  <message>
   <source>FAILED</source>
   <translation>СБОЙ</translation>
  </message>
  <message>
   <source>Failed its checks before your edit: {reason}</source>
   <translation>Не прошло проверки до вашей правки: {reason}</translation>
  </message>
  <message>
   <source>Failed its checks: {reason}</source>
   <translation>Не прошло проверки: {reason}</translation>
  </message>
  <message>
   <source>Failing tests</source>
   <translation>Падающие тесты</translation>
  </message>
  <message>
   <source>Fetch it in the window's Models, or with: spark-core models pull {name}</source>
   <translation>Загрузите её в окне «Модели» или так: spark-core models pull {name}</translation>
  </message>
  <message>
   <source>Fetch it in the window's Models, then try again.</source>
   <translation>Загрузите её в окне «Модели», затем попробуйте снова.</translation>
  </message>
  <message>
   <source>File {path}</source>
   <translation>Файл {path}</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Файлы</translation>
  </message>
  <message>
   <source>Files saved while Spark was snoozed: {count}</source>
   <translation>Файлы, сохранённые во время перерыва: {count}</translation>
  </message>
  <message>
   <source>Files saved while watching was paused: {count}</source>
   <translation>Файлов сохранено, пока слежение было на паузе: {count}</translation>
  </message>
  <message>
   <source>Fill it in as for example {examples}.</source>
   <translation>Заполните, например так: {examples}.</translation>
  </message>
  <message>
   <source>Fill-in</source>
   <translation>Заполнение</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>Фильтр</translation>
  </message>
  <message>
   <source>Find a component or a licence</source>
   <translation>Найти компонент или лицензию</translation>
  </message>
  <message>
   <source>Find an action, a file or a thread</source>
   <translation>Найти действие, файл или беседу</translation>
  </message>
  <message>
   <source>Find an action, a file, a thread or a folder</source>
   <translation>Найти действие, файл, беседу или папку</translation>
  </message>
  <message>
   <source>Find in the diff</source>
   <translation>Найти в различиях</translation>
  </message>
  <message>
   <source>Find in the thread</source>
   <translation>Найти в беседе</translation>
  </message>
  <message>
   <source>Find in the thread, or the diff</source>
   <translation>Найти в беседе или в различиях</translation>
  </message>
  <message>
   <source>Finding out what is spoken there…</source>
   <translation>Выясняется, какой там протокол…</translation>
  </message>
  <message>
   <source>Findings</source>
   <translation>Результаты</translation>
  </message>
  <message>
   <source>First</source>
   <translation>Впервые</translation>
  </message>
  <message>
   <source>First and last token as this app measured them; those between are spread evenly.</source>
   <translation>Первый и последний токен — как измерила программа; остальные распределены равномерно.</translation>
  </message>
  <message>
   <source>First token</source>
   <translation>Первый токен</translation>
  </message>
  <message>
   <source>Fix</source>
   <translation>Исправить</translation>
  </message>
  <message>
   <source>Fix the selected lines</source>
   <translation>Исправить выделенные строки</translation>
  </message>
  <message>
   <source>Fold unchanged lines again</source>
   <translation>Снова свернуть неизменённые строки</translation>
  </message>
  <message>
   <source>Folder for the sample</source>
   <translation>Папка для примера</translation>
  </message>
  <message>
   <source>Font of code</source>
   <translation>Шрифт кода</translation>
  </message>
  <message>
   <source>For another file others of the project's tools may run. You can take this back in the settings, under This project.</source>
   <translation>Для другого файла могут запускаться другие инструменты проекта. Разрешение можно отозвать в настройках, в разделе «Этот проект».</translation>
  </message>
  <message>
   <source>For the file that was just changed these would run:</source>
   <translation>Для файла, который только что изменён, запускались бы:</translation>
  </message>
  <message>
   <source>Forget them</source>
   <translation>Забыть их</translation>
  </message>
  <message>
   <source>Forget what was noted until now</source>
   <translation>Забыть всё, что записано до сих пор</translation>
  </message>
  <message>
   <source>Fork from the last answer</source>
   <translation>Ответвить от последнего ответа</translation>
  </message>
  <message>
   <source>Fork the thread here</source>
   <translation>Ответвить беседу здесь</translation>
  </message>
  <message>
   <source>Found</source>
   <translation>Найдено</translation>
  </message>
  <message>
   <source>Free some space or make the folder writable, then check again.</source>
   <translation>Освободите место или разрешите запись в папку, затем проверьте ещё раз.</translation>
  </message>
  <message>
   <source>Free some space or make the folder writable.</source>
   <translation>Освободите место или сделайте папку доступной для записи.</translation>
  </message>
  <message>
   <source>Free some space, then accept again.</source>
   <translation>Освободите место и примите ещё раз.</translation>
  </message>
  <message>
   <source>Free some space, then download it again.</source>
   <translation>Освободите место и загрузите снова.</translation>
  </message>
  <message>
   <source>Free some space, then try again.</source>
   <translation>Освободите место и попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Free some space: nothing can be kept.</source>
   <translation>Освободите место: ничего нельзя сохранить.</translation>
  </message>
  <message>
   <source>From</source>
   <translation>Откуда</translation>
  </message>
  <message>
   <source>From sending the request to the first piece of the answer, by this app's clock.</source>
   <translation>От отправки запроса до первого фрагмента ответа, по часам программы.</translation>
  </message>
  <message>
   <source>From the first piece to the end of the repaint that shows it.</source>
   <translation>От первого фрагмента до конца перерисовки, которая его показывает.</translation>
  </message>
  <message>
   <source>Full</source>
   <translation>Полная</translation>
  </message>
  <message>
   <source>Give it a name.</source>
   <translation>Дайте ему название.</translation>
  </message>
  <message>
   <source>Give it more room in the settings to keep them.</source>
   <translation>Чтобы сохранить их, дайте больше места в настройках.</translation>
  </message>
  <message>
   <source>Give this lane another pace</source>
   <translation>Выбрать для дорожки другой темп</translation>
  </message>
  <message>
   <source>Go on with it in the chat of {name}</source>
   <translation>Продолжить в чате проекта {name}</translation>
  </message>
  <message>
   <source>Go on without this part</source>
   <translation>Продолжить без этой части</translation>
  </message>
  <message>
   <source>Go to a moment; the end is that of the slowest lane</source>
   <translation>Перейти к моменту; конец — у самой медленной дорожки</translation>
  </message>
  <message>
   <source>Go to one that waits for a decision.</source>
   <translation>Перейдите к фрагменту, который ждёт решения.</translation>
  </message>
  <message>
   <source>Go to the change before</source>
   <translation>К предыдущему изменению</translation>
  </message>
  <message>
   <source>Go to the next change</source>
   <translation>К следующему изменению</translation>
  </message>
  <message>
   <source>HTTP status {status}</source>
   <translation>статус HTTP {status}</translation>
  </message>
  <message>
   <source>Hide the summary</source>
   <translation>Скрыть сводку</translation>
  </message>
  <message>
   <source>Hide the window</source>
   <translation>Скрыть окно</translation>
  </message>
  <message>
   <source>Hide this line</source>
   <translation>Скрыть эту строку</translation>
  </message>
  <message>
   <source>History</source>
   <translation>История</translation>
  </message>
  <message>
   <source>History of the quick prompt</source>
   <translation>История быстрых вопросов</translation>
  </message>
  <message>
   <source>History of the steps</source>
   <translation>История шагов</translation>
  </message>
  <message>
   <source>Host</source>
   <translation>Хост</translation>
  </message>
  <message>
   <source>How many answers were added up.</source>
   <translation>Сколько ответов учтено.</translation>
  </message>
  <message>
   <source>How {model} is asked to fill in text is not known: its tokens are those of no family that Spark knows.</source>
   <translation>Неизвестно, как просить {model} вставить текст: её токены не относятся ни к одному семейству, известному Spark.</translation>
  </message>
  <message>
   <source>Hunks of the step</source>
   <translation>Фрагменты шага</translation>
  </message>
  <message>
   <source>IGNORED</source>
   <translation>ПРОПУЩЕННЫЕ</translation>
  </message>
  <message>
   <source>INBOX</source>
   <translation>ВХОДЯЩИЕ</translation>
  </message>
  <message>
   <source>Icon in the tray</source>
   <translation>Значок в трее</translation>
  </message>
  <message>
   <source>If it stays so, end that process; the next command starts another.</source>
   <translation>Если это не пройдёт, завершите этот процесс: следующая команда запустит другой.</translation>
  </message>
  <message>
   <source>If it stays so, report it with this table.</source>
   <translation>Если так и останется, сообщите об этом с этой таблицей.</translation>
  </message>
  <message>
   <source>If that is right, make it the endpoint's address.</source>
   <translation>Если так и надо, укажите этот адрес как адрес сервера.</translation>
  </message>
  <message>
   <source>If you know the server, name its certificate as CA file in the endpoint's settings.</source>
   <translation>Если сервер вам знаком, укажите его сертификат как файл CA в его настройках.</translation>
  </message>
  <message>
   <source>If you know who issued it, name their CA file in the endpoint's settings.</source>
   <translation>Если вы знаете, кто его выдал, укажите файл CA в настройках сервера.</translation>
  </message>
  <message>
   <source>Ignored changes</source>
   <translation>Пропущенные изменения</translation>
  </message>
  <message>
   <source>Import a model</source>
   <translation>Импорт модели</translation>
  </message>
  <message>
   <source>Imports of {path}</source>
   <translation>Импорты {path}</translation>
  </message>
  <message>
   <source>In GNOME an extension for tray icons brings them.</source>
   <translation>В GNOME их показывает расширение для значков в трее.</translation>
  </message>
  <message>
   <source>In the diff and in answers; only fonts of fixed width are listed.</source>
   <translation>В различиях и в ответах; в списке только моноширинные шрифты.</translation>
  </message>
  <message>
   <source>Inbox</source>
   <translation>Входящие</translation>
  </message>
  <message>
   <source>Install Python 3.11 or newer.</source>
   <translation>Установите Python 3.11 или новее.</translation>
  </message>
  <message>
   <source>Install Spark Desktop again, so that both programs are of one version.</source>
   <translation>Установите Spark Desktop заново, чтобы обе программы были одной версии.</translation>
  </message>
  <message>
   <source>Install Spark Desktop again, with its dependencies.</source>
   <translation>Установите Spark Desktop заново, вместе с зависимостями.</translation>
  </message>
  <message>
   <source>Install Spark Desktop again.</source>
   <translation>Установите Spark Desktop заново.</translation>
  </message>
  <message>
   <source>Install Spark Desktop again; if it stays so, report it with this table.</source>
   <translation>Установите Spark Desktop заново; если так и останется, сообщите об этом с этой таблицей.</translation>
  </message>
  <message>
   <source>Install a font, such as the package fonts-dejavu-core.</source>
   <translation>Установите шрифт, например пакет fonts-dejavu-core.</translation>
  </message>
  <message>
   <source>Install it in the same way as this one.</source>
   <translation>Установите его так же, как этот.</translation>
  </message>
  <message>
   <source>Install it, or correct that line; its end may also be that of Windows.</source>
   <translation>Установите её или исправьте эту строку; возможно, у неё конец строки как в Windows.</translation>
  </message>
  <message>
   <source>Install the packages of your system that hold these files.</source>
   <translation>Установите пакеты вашей системы, в которых есть эти файлы.</translation>
  </message>
  <message>
   <source>Install your system's package ca-certificates. The local model needs none.</source>
   <translation>Установите системный пакет ca-certificates. Локальной модели он не нужен.</translation>
  </message>
  <message>
   <source>Install {version} in the same way as this one.</source>
   <translation>Установите {version} так же, как эту версию.</translation>
  </message>
  <message>
   <source>It begins with https://, or with http:// for this machine.</source>
   <translation>Он начинается с https://, а для этого компьютера с http://.</translation>
  </message>
  <message>
   <source>It cannot be beside {other}.</source>
   <translation>Он не может лежать рядом с {other}.</translation>
  </message>
  <message>
   <source>It cannot be brought back; take it from your version control.</source>
   <translation>Вернуть его нельзя; возьмите его из системы контроля версий.</translation>
  </message>
  <message>
   <source>It conflicts with what was saved since: choose a side.</source>
   <translation>Он противоречит тому, что сохранено с тех пор: выберите сторону.</translation>
  </message>
  <message>
   <source>It did not say why.</source>
   <translation>Почему, он не сказал.</translation>
  </message>
  <message>
   <source>It does the same in both cases of: {line}</source>
   <translation>В обоих случаях делается одно и то же: {line}</translation>
  </message>
  <message>
   <source>It goes up with '..'.</source>
   <translation>В нём есть «..».</translation>
  </message>
  <message>
   <source>It has a character that cannot be seen: {code}.</source>
   <translation>В нём есть невидимый символ: {code}.</translation>
  </message>
  <message>
   <source>It has not begun yet.</source>
   <translation>Он ещё не начал отвечать.</translation>
  </message>
  <message>
   <source>It has the line {line!r} instead of the code itself.</source>
   <translation>Вместо самого кода в нём строка {line!r}.</translation>
  </message>
  <message>
   <source>It has {size:,} bytes, the limit is {limit:,}.</source>
   <translation>В нём {size:,} байт, предел — {limit:,}.</translation>
  </message>
  <message>
   <source>It is a folder or a device.</source>
   <translation>Это папка или устройство.</translation>
  </message>
  <message>
   <source>It is a link that leads nowhere.</source>
   <translation>Это ссылка, которая никуда не ведёт.</translation>
  </message>
  <message>
   <source>It is asked again in {seconds:.0f} s.</source>
   <translation>Новый запрос через {seconds:.0f} с.</translation>
  </message>
  <message>
   <source>It is asked again now.</source>
   <translation>Запрос отправляется ещё раз.</translation>
  </message>
  <message>
   <source>It is deleted and renamed.</source>
   <translation>Он и удаляется, и переименовывается.</translation>
  </message>
  <message>
   <source>It is fetched when needed.</source>
   <translation>Она загрузится, когда понадобится.</translation>
  </message>
  <message>
   <source>It is no relative path.</source>
   <translation>Это не относительный путь.</translation>
  </message>
  <message>
   <source>It is not UTF-8.</source>
   <translation>Это не UTF-8.</translation>
  </message>
  <message>
   <source>It is not used.</source>
   <translation>Она не учитывается.</translation>
  </message>
  <message>
   <source>It is on the clipboard: paste it yourself.</source>
   <translation>Текст в буфере обмена: вставьте его сами.</translation>
  </message>
  <message>
   <source>It is sent only when you press Enter.</source>
   <translation>Он будет отправлен, только когда вы нажмёте Enter.</translation>
  </message>
  <message>
   <source>It is too long.</source>
   <translation>Он слишком длинный.</translation>
  </message>
  <message>
   <source>It lies in {folder}.</source>
   <translation>Он лежит в {folder}.</translation>
  </message>
  <message>
   <source>It may have been dropped; look at the list of steps again.</source>
   <translation>Возможно, он удалён; посмотрите список шагов ещё раз.</translation>
  </message>
  <message>
   <source>It may want a client certificate: name one in the endpoint's settings.</source>
   <translation>Возможно, ему нужен сертификат клиента: укажите его в настройках сервера.</translation>
  </message>
  <message>
   <source>It names no file.</source>
   <translation>Он не называет файла.</translation>
  </message>
  <message>
   <source>It names no place in the file.</source>
   <translation>Место в файле не названо.</translation>
  </message>
  <message>
   <source>It reads a short text and writes 64 tokens.</source>
   <translation>Модель читает короткий текст и пишет 64 токена.</translation>
  </message>
  <message>
   <source>It runs after a save, once its checks may run; a test that fails then is offered a fix. Such as: pytest -q. Empty: none.</source>
   <translation>Выполняется после сохранения, если проверки проекта разрешены; для теста, который тогда падает, предлагается исправление. Например: pytest -q. Пусто: никакая.</translation>
  </message>
  <message>
   <source>It runs on this machine.</source>
   <translation>Она работает на этом компьютере.</translation>
  </message>
  <message>
   <source>It should begin with '--- a/FILE'.</source>
   <translation>Он должен начинаться с «--- a/ФАЙЛ».</translation>
  </message>
  <message>
   <source>It stands in several places of the file: in {count}.</source>
   <translation>Это есть в файле в нескольких местах: {count}.</translation>
  </message>
  <message>
   <source>It starts by itself.</source>
   <translation>Запустится само.</translation>
  </message>
  <message>
   <source>It starts when it is asked.</source>
   <translation>Запустится, когда её спросят.</translation>
  </message>
  <message>
   <source>It was renamed twice.</source>
   <translation>Он переименован дважды.</translation>
  </message>
  <message>
   <source>Its address is complete as it is.</source>
   <translation>Его адрес полон и так.</translation>
  </message>
  <message>
   <source>Its key is forgotten.</source>
   <translation>Его ключ забыт.</translation>
  </message>
  <message>
   <source>Its lanes appear here when it is done.</source>
   <translation>Дорожки появятся здесь, когда ответ будет готов.</translation>
  </message>
  <message>
   <source>Its lines are not in the file.</source>
   <translation>Этих строк в файле нет.</translation>
  </message>
  <message>
   <source>Its lines are not in the file; the lines most like them are {percent} % alike.</source>
   <translation>Этих строк в файле нет; самые похожие совпадают на {percent} %.</translation>
  </message>
  <message>
   <source>Its lines were decided on, or changed, before the answer came to them.</source>
   <translation>О его строках уже решили или их изменили, прежде чем ответ дошёл до них.</translation>
  </message>
  <message>
   <source>Its name in the file</source>
   <translation>Имя в файле</translation>
  </message>
  <message>
   <source>Its name in the file, in the table of this project</source>
   <translation>Его имя в файле, в таблице этого проекта</translation>
  </message>
  <message>
   <source>Its name matches {pattern}.</source>
   <translation>Его имя подходит под {pattern}.</translation>
  </message>
  <message>
   <source>Its place is being looked for.</source>
   <translation>Место ещё ищется.</translation>
  </message>
  <message>
   <source>Its signature was verified.</source>
   <translation>Подпись проверена.</translation>
  </message>
  <message>
   <source>Keep</source>
   <translation>Сохранить</translation>
  </message>
  <message>
   <source>Keep (Ctrl+Enter)</source>
   <translation>Сохранить (Ctrl+Enter)</translation>
  </message>
  <message>
   <source>Keep the lines on disk and add the proposed ones below</source>
   <translation>Оставить строки с диска и добавить под ними предложенные</translation>
  </message>
  <message>
   <source>Keep the lines that are on disk</source>
   <translation>Оставить строки, что на диске</translation>
  </message>
  <message>
   <source>Keep what is on disk</source>
   <translation>Оставить то, что на диске</translation>
  </message>
  <message>
   <source>Keep what was asked there, for the arrow keys.</source>
   <translation>Хранить заданные там вопросы, чтобы листать их стрелками.</translation>
  </message>
  <message>
   <source>Keep which hosts were contacted, when and why, across restarts.</source>
   <translation>Хранить и после перезапуска, к каким хостам были обращения, когда и зачем.</translation>
  </message>
  <message>
   <source>Kept &amp;in</source>
   <translation>&amp;Хранить в</translation>
  </message>
  <message>
   <source>Kept for 30 days.</source>
   <translation>Срок хранения — 30 дней.</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>Ключ</translation>
  </message>
  <message>
   <source>Key of the c&amp;lient certificate</source>
   <translation>Ключ к&amp;лиентского сертификата</translation>
  </message>
  <message>
   <source>Key of the quick prompt</source>
   <translation>Клавиша быстрого вопроса</translation>
  </message>
  <message>
   <source>Keyring: {name}</source>
   <translation>Связка ключей: {name}</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>Клавиши</translation>
  </message>
  <message>
   <source>Lane {title}</source>
   <translation>Дорожка {title}</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Язык</translation>
  </message>
  <message>
   <source>Last</source>
   <translation>В последний раз</translation>
  </message>
  <message>
   <source>Leaderboard</source>
   <translation>Сравнение</translation>
  </message>
  <message>
   <source>Leave</source>
   <translation>Выйти</translation>
  </message>
  <message>
   <source>Leave this part of the answer out</source>
   <translation>Не использовать эту часть ответа</translation>
  </message>
  <message>
   <source>Leave; what is written is there when you come back (Esc)</source>
   <translation>Выйти; написанное будет здесь, когда вы вернётесь (Esc)</translation>
  </message>
  <message>
   <source>Ledger of connections</source>
   <translation>Журнал соединений</translation>
  </message>
  <message>
   <source>Left out, may hold secrets: {names}.</source>
   <translation>Не вошли, так как могут содержать секреты: {names}.</translation>
  </message>
  <message>
   <source>Left out: {names}</source>
   <translation>Не вошло: {names}</translation>
  </message>
  <message>
   <source>Let this part replace the lines that are selected in the diff</source>
   <translation>Заменить этой частью строки, выбранные в различиях</translation>
  </message>
  <message>
   <source>Letters act only while you are not typing. In a text field the keys that edit text go before these.</source>
   <translation>Буквенные клавиши действуют, только пока вы не печатаете. В текстовом поле клавиши правки текста важнее этих.</translation>
  </message>
  <message>
   <source>Licence</source>
   <translation>Лицензия</translation>
  </message>
  <message>
   <source>Licence: {licence}</source>
   <translation>Лицензия: {licence}</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>Светлая</translation>
  </message>
  <message>
   <source>Line {index} of the diff begins with {kind!r}.</source>
   <translation>Строка {index} diff начинается с {kind!r}.</translation>
  </message>
  <message>
   <source>Line {number} begins a hunk before any file is named.</source>
   <translation>Строка {number} начинает фрагмент, когда файл ещё не назван.</translation>
  </message>
  <message>
   <source>Line {start} is not what the change was made for.</source>
   <translation>Строка {start} не та, для которой сделано изменение.</translation>
  </message>
  <message>
   <source>Lines</source>
   <translation>Строки</translation>
  </message>
  <message>
   <source>Lines of the hunk</source>
   <translation>Строки фрагмента</translation>
  </message>
  <message>
   <source>Linux: install your system's package bubblewrap. Without a sandbox the checks of a project run only where you allow that, too.</source>
   <translation>Linux: установите пакет bubblewrap вашей системы. Без песочницы проверки проекта выполняются, только если вы разрешите и это.</translation>
  </message>
  <message>
   <source>List of &amp;materials</source>
   <translation>Список &amp;состава</translation>
  </message>
  <message>
   <source>Loading the model into memory.</source>
   <translation>Модель загружается в память.</translation>
  </message>
  <message>
   <source>Local core</source>
   <translation>Локальное ядро</translation>
  </message>
  <message>
   <source>Look &amp;again</source>
   <translation>Проверить &amp;снова</translation>
  </message>
  <message>
   <source>Look at it in the settings of this project.</source>
   <translation>Посмотрите на неё в настройках этого проекта.</translation>
  </message>
  <message>
   <source>Look at it, then accept the file or its hunks by themselves.</source>
   <translation>Посмотрите на него, затем примите файл или его части по отдельности.</translation>
  </message>
  <message>
   <source>Look at its balance and limits with the vendor.</source>
   <translation>Проверьте у поставщика баланс и лимиты.</translation>
  </message>
  <message>
   <source>Look at its output in the terminal.</source>
   <translation>Посмотрите её вывод в терминале.</translation>
  </message>
  <message>
   <source>Look at them now</source>
   <translation>Просмотреть сейчас</translation>
  </message>
  <message>
   <source>Look at these files; every step is in the history (Ctrl+H).</source>
   <translation>Посмотрите на эти файлы; все шаги есть в истории (Ctrl+H).</translation>
  </message>
  <message>
   <source>Look at this machine's clock.</source>
   <translation>Проверьте часы этого компьютера.</translation>
  </message>
  <message>
   <source>Look at this machine's clock; if it is right, its operator must renew it.</source>
   <translation>Проверьте часы этого компьютера; если они верны, сертификат должен обновить тот, кто держит сервер.</translation>
  </message>
  <message>
   <source>Look for a new version on the project's page.</source>
   <translation>Поищите новую версию на странице проекта.</translation>
  </message>
  <message>
   <source>Look for it in what you typed last, and in the files that go with it.</source>
   <translation>Поищите её в том, что набрали последним, и в приложенных файлах.</translation>
  </message>
  <message>
   <source>Look for its window that asks for a password. {instead}</source>
   <translation>Найдите его окно с запросом пароля. {instead}</translation>
  </message>
  <message>
   <source>Look for new versions</source>
   <translation>Искать новые версии</translation>
  </message>
  <message>
   <source>Look for new versions where you got this one.</source>
   <translation>Ищите новые версии там, где взяли эту.</translation>
  </message>
  <message>
   <source>Look there for the reason; undo takes the rest back.</source>
   <translation>Причина указана там; отмена вернёт остальное.</translation>
  </message>
  <message>
   <source>Looked for its key in the keyring and in {variable}.</source>
   <translation>Ключ искали в связке ключей и в {variable}.</translation>
  </message>
  <message>
   <source>Looked for its key in the keyring.</source>
   <translation>Ключ искали в связке ключей.</translation>
  </message>
  <message>
   <source>Looking at what is installed…</source>
   <translation>Просматриваю, что установлено…</translation>
  </message>
  <message>
   <source>Looking for a source…</source>
   <translation>Поиск источника…</translation>
  </message>
  <message>
   <source>Looking for models…</source>
   <translation>Поиск моделей…</translation>
  </message>
  <message>
   <source>Looking…</source>
   <translation>Проверка…</translation>
  </message>
  <message>
   <source>Looks and language</source>
   <translation>Вид и язык</translation>
  </message>
  <message>
   <source>Loop</source>
   <translation>По кругу</translation>
  </message>
  <message>
   <source>Made for a place without lines</source>
   <translation>Предложено для места без строк</translation>
  </message>
  <message>
   <source>Make it readable for you.</source>
   <translation>Сделайте его доступным для чтения.</translation>
  </message>
  <message>
   <source>Make it readable, then check again.</source>
   <translation>Сделайте его доступным для чтения и проверьте ещё раз.</translation>
  </message>
  <message>
   <source>Make it writable for you alone, or name another one.</source>
   <translation>Сделайте её доступной для записи только вам или укажите другую.</translation>
  </message>
  <message>
   <source>Make it writable for you, or name another folder in SPARK_DATA_DIR.</source>
   <translation>Разрешите себе запись в неё или укажите другую папку в SPARK_DATA_DIR.</translation>
  </message>
  <message>
   <source>Make it writable, or change it in the settings of your desktop.</source>
   <translation>Разрешите запись или измените это в настройках рабочего стола.</translation>
  </message>
  <message>
   <source>Make its folder writable for you.</source>
   <translation>Разрешите себе запись в его папку.</translation>
  </message>
  <message>
   <source>Make the folder writable.</source>
   <translation>Разрешите запись в папку.</translation>
  </message>
  <message>
   <source>Makes the files what they were before it, with what you changed since.</source>
   <translation>Делает файлы такими, какими они были до него, вместе с тем, что вы изменили с тех пор.</translation>
  </message>
  <message>
   <source>Making the image of the thread…</source>
   <translation>Создаётся изображение беседы…</translation>
  </message>
  <message>
   <source>Map of the changes</source>
   <translation>Карта изменений</translation>
  </message>
  <message>
   <source>Map of the workspace</source>
   <translation>Карта рабочей папки</translation>
  </message>
  <message>
   <source>Measure a model that answers at its own pace.</source>
   <translation>Измерьте модель, которая отвечает в собственном темпе.</translation>
  </message>
  <message>
   <source>Mend it in endpoints.toml, beside the settings.</source>
   <translation>Исправьте его в endpoints.toml рядом с настройками.</translation>
  </message>
  <message>
   <source>Menu of all actions</source>
   <translation>Меню всех действий</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Модель</translation>
  </message>
  <message>
   <source>Model and endpoint</source>
   <translation>Модель и источник</translation>
  </message>
  <message>
   <source>Model files (*.gguf)</source>
   <translation>Файлы моделей (*.gguf)</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Модели</translation>
  </message>
  <message>
   <source>Models of this size are mostly wrong about facts of code: do not rely on it.</source>
   <translation>Модели такого размера чаще ошибаются в фактах о коде: не полагайтесь на ответ.</translation>
  </message>
  <message>
   <source>More about the hunk</source>
   <translation>Другие действия с фрагментом</translation>
  </message>
  <message>
   <source>More ways to send</source>
   <translation>Другие способы отправки</translation>
  </message>
  <message>
   <source>Most like it: line {line} ({percent} %)</source>
   <translation>Больше всего похожа: строка {line} ({percent} %)</translation>
  </message>
  <message>
   <source>Most like it: lines {lines} ({percent} %)</source>
   <translation>Больше всего похожи: строки {lines} ({percent} %)</translation>
  </message>
  <message>
   <source>Motion</source>
   <translation>Анимация</translation>
  </message>
  <message>
   <source>Move &amp;down</source>
   <translation>В&amp;низ</translation>
  </message>
  <message>
   <source>Move &amp;up</source>
   <translation>Ввер&amp;х</translation>
  </message>
  <message>
   <source>Move it away yourself, then start Spark again.</source>
   <translation>Уберите её сами и запустите Spark ещё раз.</translation>
  </message>
  <message>
   <source>Move or rename it, then try again. Nothing was written.</source>
   <translation>Переместите или переименуйте его и попробуйте снова. Ничего не записано.</translation>
  </message>
  <message>
   <source>Move that file away, or reject the renaming.</source>
   <translation>Уберите тот файл или отклоните переименование.</translation>
  </message>
  <message>
   <source>Move them away, then download again.</source>
   <translation>Уберите их оттуда и загрузите снова.</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Имя</translation>
  </message>
  <message>
   <source>Name a PEM file with the certificate, and its key without a password.</source>
   <translation>Укажите файл PEM с сертификатом и его ключ без пароля.</translation>
  </message>
  <message>
   <source>Name a PEM file, in the endpoint's settings or in the variable that named it.</source>
   <translation>Укажите файл PEM в настройках сервера или в той переменной, где он назван.</translation>
  </message>
  <message>
   <source>Name one in the endpoint's settings.</source>
   <translation>Укажите его в настройках сервера.</translation>
  </message>
  <message>
   <source>Name one that exists.</source>
   <translation>Укажите существующую папку.</translation>
  </message>
  <message>
   <source>Name one that speaks HTTP, or leave this host out in NO_PROXY.</source>
   <translation>Укажите прокси с HTTP или исключите этот узел в NO_PROXY.</translation>
  </message>
  <message>
   <source>Name the environment variable that holds the key.</source>
   <translation>Назовите переменную окружения, в которой лежит ключ.</translation>
  </message>
  <message>
   <source>Name the one that is to be asked.</source>
   <translation>Назовите ту, которую спрашивать.</translation>
  </message>
  <message>
   <source>Never for this project</source>
   <translation>Никогда для этого проекта</translation>
  </message>
  <message>
   <source>New thread</source>
   <translation>Новая беседа</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Дальше</translation>
  </message>
  <message>
   <source>Next file of the answer</source>
   <translation>Следующий файл ответа</translation>
  </message>
  <message>
   <source>Next hunk</source>
   <translation>Следующий фрагмент</translation>
  </message>
  <message>
   <source>Next match (Enter)</source>
   <translation>Следующее совпадение (Enter)</translation>
  </message>
  <message>
   <source>No Spark runs whose quick prompt could be shown.</source>
   <translation>Нет запущенного Spark, чтобы показать быстрый вопрос.</translation>
  </message>
  <message>
   <source>No Spark runs with a folder open in it.</source>
   <translation>Нет запущенного Spark с открытой папкой.</translation>
  </message>
  <message>
   <source>No TLS connection to {host} could be made: {reason}.</source>
   <translation>Соединение TLS с {host} не удалось: {reason}.</translation>
  </message>
  <message>
   <source>No answer</source>
   <translation>Нет ответа</translation>
  </message>
  <message>
   <source>No answer.</source>
   <translation>Ответа нет.</translation>
  </message>
  <message>
   <source>No answers yet.</source>
   <translation>Ответов пока нет.</translation>
  </message>
  <message>
   <source>No code of this folder was found for what failed: {names}.</source>
   <translation>Для этих сбоев не найден код в этой папке: {names}.</translation>
  </message>
  <message>
   <source>No endpoint is chosen for this kind of work.</source>
   <translation>Для такой работы не выбран ни один сервер модели.</translation>
  </message>
  <message>
   <source>No file is open in the review of {name}.</source>
   <translation>В просмотре проекта {name} файл не открыт.</translation>
  </message>
  <message>
   <source>No file is open to insert this into.</source>
   <translation>Нет открытого файла, чтобы вставить это.</translation>
  </message>
  <message>
   <source>No file is open.</source>
   <translation>Файл не открыт.</translation>
  </message>
  <message>
   <source>No hotkey is set.</source>
   <translation>Горячая клавиша не задана.</translation>
  </message>
  <message>
   <source>No hunk is chosen.</source>
   <translation>Фрагмент не выбран.</translation>
  </message>
  <message>
   <source>No key can be taken: {reason}.</source>
   <translation>Клавишу нельзя занять: {reason}.</translation>
  </message>
  <message>
   <source>No keyring can be used. Looked for: {looked}.</source>
   <translation>Ни одна связка ключей не подходит. Проверены: {looked}.</translation>
  </message>
  <message>
   <source>No lanes.</source>
   <translation>Дорожек нет.</translation>
  </message>
  <message>
   <source>No lines are selected.</source>
   <translation>Строки не выбраны.</translation>
  </message>
  <message>
   <source>No model is named.</source>
   <translation>Модель не названа.</translation>
  </message>
  <message>
   <source>No new test names {name}.</source>
   <translation>Ни один новый тест не упоминает {name}.</translation>
  </message>
  <message>
   <source>No other machine was asked anything.</source>
   <translation>К другим компьютерам обращений не было.</translation>
  </message>
  <message>
   <source>No project is open any more.</source>
   <translation>Открытого проекта больше нет.</translation>
  </message>
  <message>
   <source>No project is open that it could change.</source>
   <translation>Нет открытого проекта, который можно изменить.</translation>
  </message>
  <message>
   <source>No project is open: threads belong to one.</source>
   <translation>Нет открытого проекта: беседы относятся к проекту.</translation>
  </message>
  <message>
   <source>No proposal came: {title}, {detail}</source>
   <translation>Предложения нет: {title}, {detail}</translation>
  </message>
  <message>
   <source>No proposal is shown.</source>
   <translation>Предложение не показано.</translation>
  </message>
  <message>
   <source>No proposal waits for a decision.</source>
   <translation>Нет предложений, ждущих решения.</translation>
  </message>
  <message>
   <source>No setting has these words.</source>
   <translation>Настроек с такими словами нет.</translation>
  </message>
  <message>
   <source>No test calls {name} itself.</source>
   <translation>Ни один тест не вызывает {name} напрямую.</translation>
  </message>
  <message>
   <source>No test proves it, and models of this size are mostly wrong without one.</source>
   <translation>Ни один тест этого не подтверждает, а без него модели такого размера чаще ошибаются.</translation>
  </message>
  <message>
   <source>No test runs with the answer, and before there were some.</source>
   <translation>С этим ответом не выполняется ни один тест, а раньше они были.</translation>
  </message>
  <message>
   <source>No threads yet. A question begins one.</source>
   <translation>Бесед пока нет. Начните с вопроса.</translation>
  </message>
  <message>
   <source>No turn ended yet in this session.</source>
   <translation>В этом сеансе ещё не завершён ни один ход.</translation>
  </message>
  <message>
   <source>No window can be reached: {reason}.</source>
   <translation>Окна недоступны: {reason}.</translation>
  </message>
  <message>
   <source>No window had the keyboard before.</source>
   <translation>До этого ни у одного окна не было фокуса ввода.</translation>
  </message>
  <message>
   <source>Nobody agreed yet to ask {host}, so nothing is asked. Switch this off and on to agree.</source>
   <translation>Согласия обращаться к {host} ещё нет, поэтому запросов нет. Выключите и включите, чтобы согласиться.</translation>
  </message>
  <message>
   <source>Nobody has told this model's price. Its answers are not counted as free.</source>
   <translation>Цена этой модели никому не известна. Её ответы не считаются бесплатными.</translation>
  </message>
  <message>
   <source>Nobody is asked for this kind of work.</source>
   <translation>Для такой работы никого не спрашивают.</translation>
  </message>
  <message>
   <source>Nobody whom this machine trusts vouches for the certificate of {host}: {reason}.</source>
   <translation>Никто, кому доверяет этот компьютер, не ручается за сертификат {host}: {reason}.</translation>
  </message>
  <message>
   <source>None</source>
   <translation>Без клавиши</translation>
  </message>
  <message>
   <source>None of the known ways fills in.</source>
   <translation>Ни один из известных способов заполнения не работает.</translation>
  </message>
  <message>
   <source>Not asked for: no test can prove it here, and models of this size are mostly wrong without one.</source>
   <translation>Не запрошено: ни один тест не может это здесь доказать, а без теста модели такого размера чаще всего ошибаются.</translation>
  </message>
  <message>
   <source>Not finished: {reason}</source>
   <translation>Не закончено: {reason}</translation>
  </message>
  <message>
   <source>Not now</source>
   <translation>Не сейчас</translation>
  </message>
  <message>
   <source>Not now: {reason}</source>
   <translation>Не сейчас: {reason}</translation>
  </message>
  <message>
   <source>Not offered for this machine: it {reason}.</source>
   <translation>Для этого компьютера не предлагается: {reason}.</translation>
  </message>
  <message>
   <source>Not summed up, the oldest turns may be left out: {reason}</source>
   <translation>Сводки нет, самые старые ходы могут не войти: {reason}</translation>
  </message>
  <message>
   <source>Not summed up: the oldest turns may be left out.</source>
   <translation>Сводки нет: самые старые ходы могут не войти.</translation>
  </message>
  <message>
   <source>Not tested, as a step before it failed: {step}.</source>
   <translation>Не проверено, так как не удался более ранний шаг: {step}.</translation>
  </message>
  <message>
   <source>Not told: a prompt that is too long may be cut without a word.</source>
   <translation>Не сообщается: слишком длинный запрос может быть молча обрезан.</translation>
  </message>
  <message>
   <source>Nothing</source>
   <translation>Ничего</translation>
  </message>
  <message>
   <source>Nothing asks for a proposal yet.</source>
   <translation>Запросов на предложение пока нет.</translation>
  </message>
  <message>
   <source>Nothing fits the filter.</source>
   <translation>Под фильтр ничего не подходит.</translation>
  </message>
  <message>
   <source>Nothing in the answer asks whether a number is negative.</source>
   <translation>В ответе нигде не проверяется, отрицательно ли число.</translation>
  </message>
  <message>
   <source>Nothing in the answer decides what is to be left out.</source>
   <translation>В ответе ничто не решает, что должно быть пропущено.</translation>
  </message>
  <message>
   <source>Nothing in the file is like it. Select the lines that it shall replace.</source>
   <translation>В файле нет ничего похожего. Выделите строки, которые она заменит.</translation>
  </message>
  <message>
   <source>Nothing in the file is like its lines.</source>
   <translation>В файле нет ничего похожего на эти строки.</translation>
  </message>
  <message>
   <source>Nothing in the project has {words}.</source>
   <translation>Ничто в проекте не имеет {words}.</translation>
  </message>
  <message>
   <source>Nothing in {folder} was changed.</source>
   <translation>В {folder} ничего не изменено.</translation>
  </message>
  <message>
   <source>Nothing is found. Words are found by their beginnings.</source>
   <translation>Ничего не найдено. Слова ищутся по началу.</translation>
  </message>
  <message>
   <source>Nothing listens at the proxy {proxy}.</source>
   <translation>По адресу прокси {proxy} никто не отвечает.</translation>
  </message>
  <message>
   <source>Nothing listens at {host}: the connection was refused.</source>
   <translation>По адресу {host} никто не отвечает: в соединении отказано.</translation>
  </message>
  <message>
   <source>Nothing matches these letters.</source>
   <translation>По этим буквам ничего не найдено.</translation>
  </message>
  <message>
   <source>Nothing measured yet. Each answer of this session becomes a point here: ask a question, or save a comment that ends in AI!</source>
   <translation>Измерений пока нет. Каждый ответ этого сеанса станет здесь точкой: задайте вопрос или сохраните комментарий, который заканчивается на AI!</translation>
  </message>
  <message>
   <source>Nothing of it is used. Check again from another network; if it stays so, report it.</source>
   <translation>Ничего из этого не используется. Проверьте из другой сети; если не изменится, сообщите об этом.</translation>
  </message>
  <message>
   <source>Nothing of it is used. Check again later, or from another network.</source>
   <translation>Ничего из этого не используется. Проверьте позже или из другой сети.</translation>
  </message>
  <message>
   <source>Nothing of it is used. Look at the project's page for what happened.</source>
   <translation>Ничего из этого не используется. Посмотрите на странице проекта, что случилось.</translation>
  </message>
  <message>
   <source>Nothing of it is used. Whoever runs the feed gives each one a number of its own.</source>
   <translation>Ничего из этого не используется. Тот, кто ведёт список, должен дать каждому свой номер.</translation>
  </message>
  <message>
   <source>Nothing to add up yet.</source>
   <translation>Считать пока нечего.</translation>
  </message>
  <message>
   <source>Nothing to review.</source>
   <translation>Просматривать нечего.</translation>
  </message>
  <message>
   <source>Nothing was applied here.</source>
   <translation>Здесь ещё ничего не применялось.</translation>
  </message>
  <message>
   <source>Nothing was decided about this proposal.</source>
   <translation>Об этом предложении ещё ничего не решено.</translation>
  </message>
  <message>
   <source>Nothing was left out.</source>
   <translation>Ничего не пропущено.</translation>
  </message>
  <message>
   <source>Nothing was measured in this time.</source>
   <translation>За это время ничего не измерено.</translation>
  </message>
  <message>
   <source>Nothing was opened or asked.</source>
   <translation>Ничего не открыто и не спрошено.</translation>
  </message>
  <message>
   <source>Nothing was pasted: {reason}</source>
   <translation>Ничего не вставлено: {reason}</translation>
  </message>
  <message>
   <source>Nothing was written yet.</source>
   <translation>Пока ничего не записано.</translation>
  </message>
  <message>
   <source>Nothing was written.</source>
   <translation>Ничего не записано.</translation>
  </message>
  <message>
   <source>Nothing was written. Accept once more when your editor is done.</source>
   <translation>Ничего не записано. Примите ещё раз, когда редактор закончит.</translation>
  </message>
  <message>
   <source>Nothing was written. Choose which version shall stand, or ask for a new proposal.</source>
   <translation>Ничего не записано. Выберите, какой вариант оставить, или запросите новое предложение.</translation>
  </message>
  <message>
   <source>Nothing was written. Fork the thread at a later turn, or copy it as Markdown.</source>
   <translation>Ничего не записано. Ответвите беседу от более позднего хода или скопируйте её как Markdown.</translation>
  </message>
  <message>
   <source>Nothing was written; ask for a new proposal.</source>
   <translation>Ничего не записано; запросите новое предложение.</translation>
  </message>
  <message>
   <source>Notifications</source>
   <translation>Уведомления</translation>
  </message>
  <message>
   <source>Nowhere: this session only</source>
   <translation>Нигде: только на этот сеанс</translation>
  </message>
  <message>
   <source>Of equal ones {name} gives the first one, and the last was asked for.</source>
   <translation>Из равных {name} даёт первый, а просили последний.</translation>
  </message>
  <message>
   <source>Of equal ones {name} gives the last one, and the first was asked for.</source>
   <translation>Из равных {name} даёт последний, а просили первый.</translation>
  </message>
  <message>
   <source>Of {there} lines {left} would be left.</source>
   <translation>Из {there} строк осталось бы {left}.</translation>
  </message>
  <message>
   <source>Off</source>
   <comment>a setting</comment>
   <translation>Выключено</translation>
  </message>
  <message>
   <source>Ollama's own</source>
   <translation>Собственный протокол Ollama</translation>
  </message>
  <message>
   <source>On</source>
   <comment>a setting</comment>
   <translation>Включено</translation>
  </message>
  <message>
   <source>On Debian and Ubuntu: sudo apt install {packages}</source>
   <translation>В Debian и Ubuntu: sudo apt install {packages}</translation>
  </message>
  <message>
   <source>On GNOME, install an extension that shows them (AppIndicator).</source>
   <translation>В GNOME установите расширение, которое их показывает (AppIndicator).</translation>
  </message>
  <message>
   <source>On disk</source>
   <translation>На диске</translation>
  </message>
  <message>
   <source>On disk now</source>
   <translation>Сейчас на диске</translation>
  </message>
  <message>
   <source>On disk now:
{there}
The proposal was made for:
{made_for}</source>
   <translation>Сейчас на диске:
{there}
Предложение сделано для:
{made_for}</translation>
  </message>
  <message>
   <source>Once a day, in a list that is signed. Nothing is ever installed by itself.</source>
   <translation>Раз в день, в подписанном списке. Само ничего не устанавливается.</translation>
  </message>
  <message>
   <source>Once a session, while they are not allowed and checks are found.</source>
   <translation>Раз за сеанс, пока они не разрешены и проверки найдены.</translation>
  </message>
  <message>
   <source>One a line: a pattern of files, a colon, a program. It runs for each proposal, with the proposed text as its input; {file} is a copy of it, {path} the file's name.</source>
   <translation>По одной в строке: шаблон файлов, двоеточие, программа. Она запускается для каждого предложения и получает предложенный текст на вход; {file} — его копия, {path} — имя файла.</translation>
  </message>
  <message>
   <source>One column</source>
   <translation>В один столбец</translation>
  </message>
  <message>
   <source>One column, or side by side</source>
   <translation>В один столбец или рядом</translation>
  </message>
  <message>
   <source>One that takes longer is ended, and shows nothing.</source>
   <translation>Если команда работает дольше, она прерывается и ничего не показывает.</translation>
  </message>
  <message>
   <source>Only comments that end in AI! or AI? start something.</source>
   <translation>Что-то начинают только комментарии, которые кончаются на AI! или AI?.</translation>
  </message>
  <message>
   <source>Only what you accept is written.</source>
   <translation>Записывается только то, что вы примете.</translation>
  </message>
  <message>
   <source>Only {agreeing} of {asked} answers are the same, too few for a model of this size.</source>
   <translation>Только {agreeing} из {asked} ответов совпадают: для модели такого размера этого мало.</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Открыть</translation>
  </message>
  <message>
   <source>Open a folder</source>
   <translation>Открыть папку</translation>
  </message>
  <message>
   <source>Open a folder by its path, or copy it to this machine first.</source>
   <translation>Откройте папку по её пути или сначала скопируйте её на этот компьютер.</translation>
  </message>
  <message>
   <source>Open a folder first.</source>
   <translation>Сначала откройте папку.</translation>
  </message>
  <message>
   <source>Open a folder first: what is chosen here holds for it alone.</source>
   <translation>Сначала откройте папку: выбранное здесь действует только для неё.</translation>
  </message>
  <message>
   <source>Open a folder to begin.</source>
   <translation>Откройте папку, чтобы начать.</translation>
  </message>
  <message>
   <source>Open another folder</source>
   <translation>Открыть другую папку</translation>
  </message>
  <message>
   <source>Open another folder, or this one again.</source>
   <translation>Откройте другую папку или эту ещё раз.</translation>
  </message>
  <message>
   <source>Open as thread</source>
   <translation>Открыть как беседу</translation>
  </message>
  <message>
   <source>Open folder</source>
   <translation>Открыть папку</translation>
  </message>
  <message>
   <source>Open folder…</source>
   <translation>Открыть папку…</translation>
  </message>
  <message>
   <source>Open one in the window of Spark.</source>
   <translation>Откройте проект в окне Spark.</translation>
  </message>
  <message>
   <source>Open one that exists.</source>
   <translation>Откройте существующую.</translation>
  </message>
  <message>
   <source>Open the endpoints</source>
   <translation>Открыть серверы</translation>
  </message>
  <message>
   <source>Open the file</source>
   <translation>Открыть файл</translation>
  </message>
  <message>
   <source>Open the folder</source>
   <translation>Открыть папку</translation>
  </message>
  <message>
   <source>Open the folder again.</source>
   <translation>Откройте папку ещё раз.</translation>
  </message>
  <message>
   <source>Open the folder of your project.</source>
   <translation>Откройте папку вашего проекта.</translation>
  </message>
  <message>
   <source>Open the folder that holds it, or drop its text.</source>
   <translation>Откройте папку, в которой лежит файл, или перетащите его текст.</translation>
  </message>
  <message>
   <source>Open the folder that holds the file.</source>
   <translation>Откройте папку, в которой лежит файл.</translation>
  </message>
  <message>
   <source>Open the quick prompt</source>
   <translation>Открыть быстрый вопрос</translation>
  </message>
  <message>
   <source>Open the speed lab first.</source>
   <translation>Сначала откройте лабораторию скорости.</translation>
  </message>
  <message>
   <source>Open the updates</source>
   <translation>Открыть обновления</translation>
  </message>
  <message>
   <source>Open {folder}</source>
   <translation>Открыть папку {folder}</translation>
  </message>
  <message>
   <source>OpenAI: chat completions</source>
   <translation>OpenAI: чат</translation>
  </message>
  <message>
   <source>OpenAI: responses</source>
   <translation>OpenAI: ответы</translation>
  </message>
  <message>
   <source>OpenAI: responses over a WebSocket</source>
   <translation>OpenAI: ответы через WebSocket</translation>
  </message>
  <message>
   <source>Opening the connection, by this app's clock; 0 where one was open.</source>
   <translation>Открытие соединения, по часам программы; 0, если оно уже было открыто.</translation>
  </message>
  <message>
   <source>Opening {name}…</source>
   <translation>Открывается {name}…</translation>
  </message>
  <message>
   <source>Opens a copy of a small project in a temporary folder, and asks for a change.</source>
   <translation>Открывает копию небольшого проекта во временной папке и запрашивает изменение.</translation>
  </message>
  <message>
   <source>Opens the small prompt from everywhere, where the desktop allows such a key.</source>
   <translation>Открывает быстрый вопрос откуда угодно, если рабочий стол допускает такую клавишу.</translation>
  </message>
  <message>
   <source>Or drop a folder here.</source>
   <translation>Или перетащите папку сюда.</translation>
  </message>
  <message>
   <source>Order</source>
   <translation>Порядок</translation>
  </message>
  <message>
   <source>Order for</source>
   <translation>Порядок для</translation>
  </message>
  <message>
   <source>PNG image</source>
   <translation>Изображение PNG</translation>
  </message>
  <message>
   <source>PNG picture</source>
   <translation>Картинка PNG</translation>
  </message>
  <message>
   <source>PNG pictures cannot be read</source>
   <translation>картинки PNG не читаются</translation>
  </message>
  <message>
   <source>Pace</source>
   <translation>Темп</translation>
  </message>
  <message>
   <source>Pages</source>
   <translation>Страницы</translation>
  </message>
  <message>
   <source>Paste</source>
   <translation>Вставить</translation>
  </message>
  <message>
   <source>Paste code</source>
   <translation>Вставить код</translation>
  </message>
  <message>
   <source>Paste it again.</source>
   <translation>Вставьте его снова.</translation>
  </message>
  <message>
   <source>Paste it as in https://host/v1.</source>
   <translation>Вставьте его в виде https://host/v1.</translation>
  </message>
  <message>
   <source>Paste one like https://host/v1, without a user's name.</source>
   <translation>Вставьте адрес вида https://host/v1, без имени пользователя.</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Пауза</translation>
  </message>
  <message>
   <source>Pause watching</source>
   <translation>Приостановить слежение</translation>
  </message>
  <message>
   <source>Pause watching, or go on</source>
   <translation>Приостановить слежение или продолжить</translation>
  </message>
  <message>
   <source>Pieces received after the first, divided by the time since the first.</source>
   <translation>Фрагменты, полученные после первого, делённые на время с первого.</translation>
  </message>
  <message>
   <source>Pin to the top</source>
   <translation>Закрепить вверху</translation>
  </message>
  <message>
   <source>Pinned</source>
   <translation>Закреплено</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>Поместить</translation>
  </message>
  <message>
   <source>Place at lines {first} to {last}</source>
   <translation>Поместить в строки {first}–{last}</translation>
  </message>
  <message>
   <source>Place at the selection</source>
   <translation>Поместить в выделение</translation>
  </message>
  <message>
   <source>Plain HTTP: nothing is encrypted.</source>
   <translation>Простой HTTP: ничего не шифруется.</translation>
  </message>
  <message>
   <source>Play</source>
   <translation>Пуск</translation>
  </message>
  <message>
   <source>Play or pause</source>
   <translation>Пуск или пауза</translation>
  </message>
  <message>
   <source>Play or pause the lanes</source>
   <translation>Пуск или пауза дорожек</translation>
  </message>
  <message>
   <source>Pr&amp;otocol</source>
   <translation>Пр&amp;отокол</translation>
  </message>
  <message>
   <source>Prefill (reading the prompt) {prefill}, decode (writing the answer) {decode}, as the server measured them.</source>
   <translation>Чтение запроса (prefill) {prefill}, запись ответа (decode) {decode}, по измерению сервера.</translation>
  </message>
  <message>
   <source>Prefill and decode are those of other hardware, imitated.</source>
   <translation>Чтение запроса и запись ответа — как у другого оборудования, имитация.</translation>
  </message>
  <message>
   <source>Press the key for: {title}</source>
   <translation>Нажмите клавишу для действия: {title}</translation>
  </message>
  <message>
   <source>Press the keys together</source>
   <translation>Нажмите клавиши одновременно</translation>
  </message>
  <message>
   <source>Previous</source>
   <translation>Назад</translation>
  </message>
  <message>
   <source>Previous file of the answer</source>
   <translation>Предыдущий файл ответа</translation>
  </message>
  <message>
   <source>Previous hunk</source>
   <translation>Предыдущий фрагмент</translation>
  </message>
  <message>
   <source>Previous match (Shift+Enter)</source>
   <translation>Предыдущее совпадение (Shift+Enter)</translation>
  </message>
  <message>
   <source>Price</source>
   <translation>Тариф</translation>
  </message>
  <message>
   <source>Price = (in - cached) * price in + cached * price of cached tokens + out * price out; without a published price of cached tokens they cost what the others do.</source>
   <translation>Цена = (вход - из кэша) * цена входа + из кэша * цена токенов из кэша + выход * цена выхода; если цена токенов из кэша не опубликована, они стоят как остальные.</translation>
  </message>
  <message>
   <source>Privacy</source>
   <translation>Конфиденциальность</translation>
  </message>
  <message>
   <source>Pro&amp;xy</source>
   <translation>Про&amp;кси</translation>
  </message>
  <message>
   <source>Problems in this code</source>
   <translation>Проблемы в этом коде</translation>
  </message>
  <message>
   <source>Profile {profile}</source>
   <translation>Профиль {profile}</translation>
  </message>
  <message>
   <source>Project</source>
   <translation>Проект</translation>
  </message>
  <message>
   <source>Prompt and answer together: {used} of {total} tokens, counted by the server.</source>
   <translation>Запрос и ответ вместе: {used} из {total} токенов, по счёту сервера.</translation>
  </message>
  <message>
   <source>Prompt and answer together: {used} tokens, counted by the server.</source>
   <translation>Запрос и ответ вместе: токенов {used}, по подсчёту сервера.</translation>
  </message>
  <message>
   <source>Proposals appear here while they are written.</source>
   <translation>Предложения появляются здесь по мере записи.</translation>
  </message>
  <message>
   <source>Proposals go on without it. Open the project again to try once more.</source>
   <translation>Предложения делаются без него. Чтобы попробовать ещё раз, откройте проект снова.</translation>
  </message>
  <message>
   <source>Propose the code for the open file: its selected lines, or else its end (Ctrl+Enter)</source>
   <translation>Предложить код для открытого файла: в выделенные строки, иначе в конец (Ctrl+Enter)</translation>
  </message>
  <message>
   <source>Proposed</source>
   <translation>Предложено</translation>
  </message>
  <message>
   <source>Proposed lines</source>
   <translation>Предложенные строки</translation>
  </message>
  <message>
   <source>Proposed lines of the hunk at line {line}</source>
   <translation>Предложенные строки фрагмента в строке {line}</translation>
  </message>
  <message>
   <source>Proposes a test of what is selected, in the file of its tests.</source>
   <translation>Предлагает тест для выделенного в файле его тестов.</translation>
  </message>
  <message>
   <source>Proposes documentation for selected lines; the code stays.</source>
   <translation>Предлагает документацию к выделенным строкам; код остаётся прежним.</translation>
  </message>
  <message>
   <source>Proposes selected lines without their mistakes.</source>
   <translation>Предлагает выделенные строки без ошибок.</translation>
  </message>
  <message>
   <source>Proposes simpler code that does the same.</source>
   <translation>Предлагает более простой код, который делает то же самое.</translation>
  </message>
  <message>
   <source>Put it on the clipboard and paste it where you were</source>
   <translation>Скопировать в буфер обмена и вставить туда, где вы были</translation>
  </message>
  <message>
   <source>Put the key into its own field.</source>
   <translation>Введите ключ в его собственное поле.</translation>
  </message>
  <message>
   <source>Put the second line of minisign.pub there.</source>
   <translation>Впишите туда вторую строку файла minisign.pub.</translation>
  </message>
  <message>
   <source>Put them into its address: http://name:password@host:port.</source>
   <translation>Впишите их в его адрес: http://имя:пароль@узел:порт.</translation>
  </message>
  <message>
   <source>PySide6 is not installed</source>
   <translation>PySide6 не установлен</translation>
  </message>
  <message>
   <source>Qt brings its own on this system</source>
   <translation>в этой системе Qt приносит свои</translation>
  </message>
  <message>
   <source>Qt libraries</source>
   <translation>библиотеки Qt</translation>
  </message>
  <message>
   <source>Qt {qt}, {found}</source>
   <translation>Qt {qt}, {found}</translation>
  </message>
  <message>
   <source>Queue</source>
   <translation>В очередь</translation>
  </message>
  <message>
   <source>Queue {seconds}.</source>
   <translation>Очередь: {seconds}.</translation>
  </message>
  <message>
   <source>Queued: another turn is running.</source>
   <translation>В очереди: выполняется другой ход.</translation>
  </message>
  <message>
   <source>Quick action: document</source>
   <translation>Быстрое действие: документировать</translation>
  </message>
  <message>
   <source>Quick action: explain</source>
   <translation>Быстрое действие: объяснить</translation>
  </message>
  <message>
   <source>Quick action: fix</source>
   <translation>Быстрое действие: исправить</translation>
  </message>
  <message>
   <source>Quick action: simplify</source>
   <translation>Быстрое действие: упростить</translation>
  </message>
  <message>
   <source>Quick action: write a test</source>
   <translation>Быстрое действие: написать тест</translation>
  </message>
  <message>
   <source>Quick actions</source>
   <translation>Быстрые действия</translation>
  </message>
  <message>
   <source>Quick actions of the selected lines</source>
   <translation>Быстрые действия с выделенными строками</translation>
  </message>
  <message>
   <source>Quick answer</source>
   <translation>Быстрый ответ</translation>
  </message>
  <message>
   <source>Quick prompt</source>
   <translation>Быстрый вопрос</translation>
  </message>
  <message>
   <source>Quick prompt…</source>
   <translation>Быстрый вопрос…</translation>
  </message>
  <message>
   <source>Quick question</source>
   <translation>Быстрый вопрос</translation>
  </message>
  <message>
   <source>Quiet</source>
   <translation>Тихий режим</translation>
  </message>
  <message>
   <source>Quiet and snooze</source>
   <translation>Тихий режим и перерыв</translation>
  </message>
  <message>
   <source>Quiet and snooze: let saves start less, or nothing for a while.</source>
   <translation>Тихий режим и перерыв: сохранения запускают меньше или какое-то время ничего.</translation>
  </message>
  <message>
   <source>Quiet mode, on or off</source>
   <translation>Включить или выключить тихий режим</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Выйти</translation>
  </message>
  <message>
   <source>Quit Spark</source>
   <translation>Выйти из Spark</translation>
  </message>
  <message>
   <source>Quit Spark, and unpack it in the place of the folder that you unpacked.</source>
   <translation>Выйдите из Spark и распакуйте его на место той папки, которую распаковали раньше.</translation>
  </message>
  <message>
   <source>Quit Spark, open it, and drag Spark into Applications.</source>
   <translation>Выйдите из Spark, откройте его и перетащите Spark в «Программы».</translation>
  </message>
  <message>
   <source>Quit Spark, then open it. Your settings and threads stay.</source>
   <translation>Выйдите из Spark, затем откройте его. Настройки и беседы останутся.</translation>
  </message>
  <message>
   <source>Raise it in the settings, or use an endpoint that costs nothing.</source>
   <translation>Увеличьте его в настройках или используйте бесплатный сервер.</translation>
  </message>
  <message>
   <source>Raise it, for example with: sudo sysctl fs.inotify.{name}={number}; or open a smaller folder.</source>
   <translation>Увеличьте его, например: sudo sysctl fs.inotify.{name}={number}; или откройте папку поменьше.</translation>
  </message>
  <message>
   <source>Raise it, or wait for the next month.</source>
   <translation>Увеличьте его или дождитесь следующего месяца.</translation>
  </message>
  <message>
   <source>Raise it: {command}</source>
   <translation>Увеличьте предел: {command}</translation>
  </message>
  <message>
   <source>Re&amp;move…</source>
   <translation>Уд&amp;алить…</translation>
  </message>
  <message>
   <source>Read</source>
   <translation>Прочитано</translation>
  </message>
  <message>
   <source>Reading the prompt, as the server measured it.</source>
   <translation>Чтение запроса, по измерению сервера.</translation>
  </message>
  <message>
   <source>Reading what was measured…</source>
   <translation>Читаются измерения…</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>Причина</translation>
  </message>
  <message>
   <source>Recent projects</source>
   <translation>Недавние проекты</translation>
  </message>
  <message>
   <source>Redo brings it back.</source>
   <translation>Повтор вернёт его.</translation>
  </message>
  <message>
   <source>Redo it</source>
   <translation>Повторить отменённое</translation>
  </message>
  <message>
   <source>Redo that step first. Nothing was written.</source>
   <translation>Сначала верните тот шаг. Ничего не записано.</translation>
  </message>
  <message>
   <source>Redo this &amp;hunk</source>
   <translation>Вернуть этот &amp;фрагмент</translation>
  </message>
  <message>
   <source>Reduced</source>
   <translation>Уменьшенная</translation>
  </message>
  <message>
   <source>Reduced: nothing slides or fades, and the speed lab moves in steps.</source>
   <translation>Уменьшенная: ничего не скользит и не тает, а лаборатория скорости движется шагами.</translation>
  </message>
  <message>
   <source>Region</source>
   <translation>Регион</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Отклонить</translation>
  </message>
  <message>
   <source>Reject all</source>
   <translation>Отклонить все</translation>
  </message>
  <message>
   <source>Reject all hunks</source>
   <translation>Отклонить все фрагменты</translation>
  </message>
  <message>
   <source>Reject file</source>
   <translation>Отклонить файл</translation>
  </message>
  <message>
   <source>Reject hunk</source>
   <translation>Отклонить фрагмент</translation>
  </message>
  <message>
   <source>Reject the change instead.</source>
   <translation>Лучше отклоните изменение.</translation>
  </message>
  <message>
   <source>Reject the file</source>
   <translation>Отклонить файл</translation>
  </message>
  <message>
   <source>Reject the hunk</source>
   <translation>Отклонить фрагмент</translation>
  </message>
  <message>
   <source>Reject this hunk</source>
   <translation>Отклонить этот фрагмент</translation>
  </message>
  <message>
   <source>Rejected.</source>
   <translation>Отклонено.</translation>
  </message>
  <message>
   <source>Release notes</source>
   <translation>О выпуске</translation>
  </message>
  <message>
   <source>Release notes and download</source>
   <translation>О выпуске и загрузка</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Убрать</translation>
  </message>
  <message>
   <source>Remove it by hand.</source>
   <translation>Удалите её вручную.</translation>
  </message>
  <message>
   <source>Remove it to begin anew, then check again.</source>
   <translation>Удалите его, чтобы начать заново, и проверьте ещё раз.</translation>
  </message>
  <message>
   <source>Remove it? It can be downloaded again.</source>
   <translation>Удалить модель? Её можно загрузить снова.</translation>
  </message>
  <message>
   <source>Remove some, or choose their folder.</source>
   <translation>Уберите некоторые или выберите их папку.</translation>
  </message>
  <message>
   <source>Remove the entry '{service}' by hand.</source>
   <translation>Удалите запись «{service}» вручную.</translation>
  </message>
  <message>
   <source>Remove the link yourself, or name the file that it leads to.</source>
   <translation>Удалите ссылку сами или назовите файл, на который она ведёт.</translation>
  </message>
  <message>
   <source>Remove the store's copy? It cannot be downloaded again.</source>
   <translation>Удалить копию из хранилища? Загрузить её снова нельзя.</translation>
  </message>
  <message>
   <source>Remove this lane</source>
   <translation>Убрать дорожку</translation>
  </message>
  <message>
   <source>Remove {name}</source>
   <translation>Убрать: {name}</translation>
  </message>
  <message>
   <source>Remove: {question}</source>
   <translation>Убрать: {question}</translation>
  </message>
  <message>
   <source>Removes:
{lines}</source>
   <translation>Удаляет:
{lines}</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>Переименовать</translation>
  </message>
  <message>
   <source>Rename it if it holds none.</source>
   <translation>Переименуйте его, если секретов в нём нет.</translation>
  </message>
  <message>
   <source>Rename the folder in it that has the question mark.</source>
   <translation>Переименуйте в нём папку, в имени которой стоит вопросительный знак.</translation>
  </message>
  <message>
   <source>Replace the selected lines, or the most similar ones, by it</source>
   <translation>Заменить ею выделенные строки или самые похожие</translation>
  </message>
  <message>
   <source>Report this with the text that the button copies.</source>
   <translation>Сообщите об этом, приложив текст, который копирует кнопка.</translation>
  </message>
  <message>
   <source>Requests</source>
   <translation>Запросы</translation>
  </message>
  <message>
   <source>Reset</source>
   <translation>Сбросить</translation>
  </message>
  <message>
   <source>Reset all keys</source>
   <translation>Сбросить все клавиши</translation>
  </message>
  <message>
   <source>Reset {title}</source>
   <translation>Сбросить: {title}</translation>
  </message>
  <message>
   <source>Resource</source>
   <translation>Ресурс</translation>
  </message>
  <message>
   <source>Restore to &amp;before this</source>
   <translation>Восстановить &amp;до этого шага</translation>
  </message>
  <message>
   <source>Restored to before “{title}”</source>
   <translation>Восстановлено до «{title}»</translation>
  </message>
  <message>
   <source>Resume</source>
   <translation>Возобновить</translation>
  </message>
  <message>
   <source>Resume now</source>
   <translation>Продолжить сейчас</translation>
  </message>
  <message>
   <source>Resume now ({state})</source>
   <translation>Продолжить сейчас ({state})</translation>
  </message>
  <message>
   <source>Resume watching</source>
   <translation>Возобновить слежение</translation>
  </message>
  <message>
   <source>Review</source>
   <translation>Просмотр</translation>
  </message>
  <message>
   <source>Review and chat</source>
   <translation>Просмотр и чат</translation>
  </message>
  <message>
   <source>Room for undo</source>
   <translation>Место для отмены</translation>
  </message>
  <message>
   <source>Run &amp;again</source>
   <translation>&amp;Повторить</translation>
  </message>
  <message>
   <source>Run 'spark doctor' to see what is missing, or install Spark Desktop again.</source>
   <translation>Выполните «spark doctor», чтобы узнать, чего не хватает, или установите Spark Desktop заново.</translation>
  </message>
  <message>
   <source>Run 'spark doctor' to see what is missing.</source>
   <translation>Выполните «spark doctor», чтобы узнать, чего не хватает.</translation>
  </message>
  <message>
   <source>Run 'spark-core profile list' in a terminal to see what it says.</source>
   <translation>Выполните в терминале «spark-core profile list», чтобы увидеть, что она сообщает.</translation>
  </message>
  <message>
   <source>Run 'spark-desktop --self-test' in a terminal.</source>
   <translation>Запустите «spark-desktop --self-test» в терминале.</translation>
  </message>
  <message>
   <source>Run it in a terminal to read what it says.</source>
   <translation>Запустите её в терминале, чтобы прочитать, что она пишет.</translation>
  </message>
  <message>
   <source>Run its own checks</source>
   <translation>Запускать его собственные проверки</translation>
  </message>
  <message>
   <source>Run them without a sandbox all the same</source>
   <translation>Всё равно запускать их без песочницы</translation>
  </message>
  <message>
   <source>Run this project's own checks on each proposal?</source>
   <translation>Запускать собственные проверки этого проекта для каждого предложения?</translation>
  </message>
  <message>
   <source>SQLite</source>
   <translation>SQLite</translation>
  </message>
  <message>
   <source>SQLite {version}, journal {journal}: written, read, found by full text, integrity ok</source>
   <translation>SQLite {version}, журнал {journal}: записано, прочитано, найдено полнотекстовым поиском, целостность в порядке</translation>
  </message>
  <message>
   <source>Sample in a &amp;folder of mine…</source>
   <translation>Пример в &amp;моей папке…</translation>
  </message>
  <message>
   <source>Save a file with a comment that ends in AI!</source>
   <translation>Сохраните файл с комментарием, который заканчивается на AI!</translation>
  </message>
  <message>
   <source>Save it, or discard it.</source>
   <translation>Сохраните или отбросьте.</translation>
  </message>
  <message>
   <source>Save the file again.</source>
   <translation>Сохраните файл ещё раз.</translation>
  </message>
  <message>
   <source>Save the thread as an image…</source>
   <translation>Сохранить беседу как изображение…</translation>
  </message>
  <message>
   <source>Save {words}</source>
   <translation>Сохранить: {words}</translation>
  </message>
  <message>
   <source>Saved lately: {place}</source>
   <translation>Недавно сохранено: {place}</translation>
  </message>
  <message>
   <source>Saves start nothing until then; what they ask for is told afterwards.</source>
   <translation>До этого времени сохранения ничего не запускают; о чём они просят, будет сказано потом.</translation>
  </message>
  <message>
   <source>Saving…</source>
   <translation>Сохранение…</translation>
  </message>
  <message>
   <source>Say 1 to {most} minutes, morning, or off.</source>
   <translation>Укажите от 1 до {most} минут, morning или off.</translation>
  </message>
  <message>
   <source>Say what to change in the open file, or its selected lines</source>
   <translation>Сказать, что изменить в открытом файле или выделенных строках</translation>
  </message>
  <message>
   <source>Say what to change in {place}…</source>
   <translation>Скажите, что изменить: {place}…</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Поиск</translation>
  </message>
  <message>
   <source>Search all threads…</source>
   <translation>Искать во всех беседах…</translation>
  </message>
  <message>
   <source>Search the settings</source>
   <translation>Искать в настройках</translation>
  </message>
  <message>
   <source>Search the threads</source>
   <translation>Искать в беседах</translation>
  </message>
  <message>
   <source>Seconds since the request, in thousandths</source>
   <translation>Секунды с запроса, в тысячных</translation>
  </message>
  <message>
   <source>See {log}, then try again.</source>
   <translation>Посмотрите {log} и попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>See {log}.</source>
   <translation>Посмотрите {log}.</translation>
  </message>
  <message>
   <source>Seen</source>
   <translation>Что видно</translation>
  </message>
  <message>
   <source>Select a smaller region, or choose a model with a longer context.</source>
   <translation>Выделите участок поменьше или выберите модель с большим контекстом.</translation>
  </message>
  <message>
   <source>Select a smaller region, or take files out of the question.</source>
   <translation>Выделите меньшую область или уберите файлы из вопроса.</translation>
  </message>
  <message>
   <source>Select in the diff the lines that this part replaces.</source>
   <translation>Выберите в различиях строки, которые заменяет эта часть.</translation>
  </message>
  <message>
   <source>Select lines first.</source>
   <translation>Сначала выделите строки.</translation>
  </message>
  <message>
   <source>Select lines to edit only those.</source>
   <translation>Выделите строки, чтобы изменить только их.</translation>
  </message>
  <message>
   <source>Select one, or lines in it.</source>
   <translation>Выделите её или строки в ней.</translation>
  </message>
  <message>
   <source>Select the lines to change, or name the function.</source>
   <translation>Выделите строки, которые надо изменить, или назовите функцию.</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>Самопроверка</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>Отправить</translation>
  </message>
  <message>
   <source>Send (Enter)</source>
   <translation>Отправить (Enter)</translation>
  </message>
  <message>
   <source>Send now, stopping the answer (Ctrl+Enter)</source>
   <translation>Отправить сейчас, остановив ответ (Ctrl+Enter)</translation>
  </message>
  <message>
   <source>Send now: stop the running answer and ask this</source>
   <translation>Отправить сейчас: остановить текущий ответ и спросить это</translation>
  </message>
  <message>
   <source>Send now: {question}</source>
   <translation>Отправить сейчас: {question}</translation>
  </message>
  <message>
   <source>Send to the model</source>
   <translation>Отправить модели</translation>
  </message>
  <message>
   <source>Set the clock, then check again.</source>
   <translation>Установите часы и проверьте ещё раз.</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Настройки</translation>
  </message>
  <message>
   <source>Settings…</source>
   <translation>Настройки…</translation>
  </message>
  <message>
   <source>Several lines of the block could be the one between its halves.</source>
   <translation>Разделителем половин блока могут быть несколько его строк.</translation>
  </message>
  <message>
   <source>Shorten it.</source>
   <translation>Сократите его.</translation>
  </message>
  <message>
   <source>Shorten the question, or choose a model with a longer context.</source>
   <translation>Сократите вопрос или выберите модель с большим контекстом.</translation>
  </message>
  <message>
   <source>Shorten the question, or let its server have a longer context.</source>
   <translation>Сократите вопрос или увеличьте контекст на его сервере.</translation>
  </message>
  <message>
   <source>Show a file first, and select lines of it.</source>
   <translation>Сначала откройте файл и выделите в нём строки.</translation>
  </message>
  <message>
   <source>Show a file of the folder</source>
   <translation>Показать файл из папки</translation>
  </message>
  <message>
   <source>Show all unchanged lines</source>
   <translation>Показать все неизменённые строки</translation>
  </message>
  <message>
   <source>Show anyway</source>
   <translation>Всё равно показать</translation>
  </message>
  <message>
   <source>Show file</source>
   <translation>Показать файл</translation>
  </message>
  <message>
   <source>Show how</source>
   <translation>Показать, как</translation>
  </message>
  <message>
   <source>Show more lines above the change below</source>
   <translation>Показать больше строк над следующим изменением</translation>
  </message>
  <message>
   <source>Show more lines below the change above</source>
   <translation>Показать больше строк под предыдущим изменением</translation>
  </message>
  <message>
   <source>Show or hide the changes</source>
   <translation>Показать или скрыть изменения</translation>
  </message>
  <message>
   <source>Show or hide the chat</source>
   <translation>Показать или скрыть чат</translation>
  </message>
  <message>
   <source>Show the file itself first: this is a proposal.</source>
   <translation>Сначала откройте сам файл: здесь показано предложение.</translation>
  </message>
  <message>
   <source>Show the summary</source>
   <translation>Показать сводку</translation>
  </message>
  <message>
   <source>Show the window</source>
   <translation>Показать окно</translation>
  </message>
  <message>
   <source>Shows the state, and offers the quick prompt, where the desktop has a tray.</source>
   <translation>Показывает состояние и открывает быстрый вопрос, если на рабочем столе есть трей.</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>Рядом</translation>
  </message>
  <message>
   <source>Simplify</source>
   <translation>Упростить</translation>
  </message>
  <message>
   <source>Simplify the selected lines</source>
   <translation>Упростить выделенные строки</translation>
  </message>
  <message>
   <source>Since the project was opened: {cost}.</source>
   <translation>С открытия проекта: {cost}.</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Размер</translation>
  </message>
  <message>
   <source>Size of type</source>
   <translation>Размер шрифта</translation>
  </message>
  <message>
   <source>Size, or why not</source>
   <translation>Размер или почему нет</translation>
  </message>
  <message>
   <source>Smaller type (zoom out)</source>
   <translation>Мельче шрифт (уменьшить)</translation>
  </message>
  <message>
   <source>Snooze for 15 minutes</source>
   <translation>Перерыв на 15 минут</translation>
  </message>
  <message>
   <source>Snooze for an hour</source>
   <translation>Перерыв на час</translation>
  </message>
  <message>
   <source>Snooze until tomorrow morning</source>
   <translation>Перерыв до завтрашнего утра</translation>
  </message>
  <message>
   <source>Snoozed until tomorrow, {time}</source>
   <translation>Перерыв до завтра, {time}</translation>
  </message>
  <message>
   <source>Snoozed until {time}</source>
   <translation>Перерыв до {time}</translation>
  </message>
  <message>
   <source>Sort by</source>
   <translation>Сортировать по</translation>
  </message>
  <message>
   <source>Sort the table; once more turns the order round</source>
   <translation>Сортировать таблицу; ещё раз — в обратном порядке</translation>
  </message>
  <message>
   <source>Source code: {address}</source>
   <translation>Исходный код: {address}</translation>
  </message>
  <message>
   <source>Spark</source>
   <translation>Spark</translation>
  </message>
  <message>
   <source>Spark Desktop</source>
   <translation>Spark Desktop</translation>
  </message>
  <message>
   <source>Spark can run this project's own checks ({names}) in a copy before it shows a proposal.</source>
   <translation>Прежде чем показать предложение, Spark может запускать собственные проверки этого проекта ({names}) в его копии.</translation>
  </message>
  <message>
   <source>Spark can run this project's own checks ({names}) in a sandboxed copy before it shows a proposal.</source>
   <translation>Прежде чем показать предложение, Spark может запускать собственные проверки этого проекта ({names}) в его копии, в песочнице.</translation>
  </message>
  <message>
   <source>Spark does not know where tests of {path} stand.</source>
   <translation>Spark не знает, где находятся тесты для {path}.</translation>
  </message>
  <message>
   <source>Spark does not look for new versions by itself.</source>
   <translation>Сам Spark не ищет новых версий.</translation>
  </message>
  <message>
   <source>Spark ended while this was being answered.</source>
   <translation>Spark завершился, пока на это шёл ответ.</translation>
  </message>
  <message>
   <source>Spark follows spark://ask?text=… and spark://open?folder=/… and no other link.</source>
   <translation>Spark понимает только ссылки spark://ask?text=… и spark://open?folder=/….</translation>
  </message>
  <message numerus="yes">
   <source>Spark is made with the work of others: %n component(s).</source>
   <translation>
    <numerusform>Spark создан с использованием чужого труда: %n компонент.</numerusform>
    <numerusform>Spark создан с использованием чужого труда: %n компонента.</numerusform>
    <numerusform>Spark создан с использованием чужого труда: %n компонентов.</numerusform>
   </translation>
  </message>
  <message>
   <source>Spark is not snoozed.</source>
   <translation>Сейчас нет перерыва.</translation>
  </message>
  <message>
   <source>Spark looks for new versions once a day.</source>
   <translation>Spark ищет новые версии раз в день.</translation>
  </message>
  <message>
   <source>Spark made a mistake while it read the answer.</source>
   <translation>При чтении ответа Spark допустил ошибку.</translation>
  </message>
  <message>
   <source>Spark made a mistake while this was answered; its log has more.</source>
   <translation>Во время ответа произошла ошибка в самой программе Spark; подробности в её журнале.</translation>
  </message>
  <message>
   <source>Spark only proposes on text files.</source>
   <translation>Spark делает предложения только для текстовых файлов.</translation>
  </message>
  <message>
   <source>Spark reads its files and may ask the model about them.</source>
   <translation>Spark прочитает её файлы и может спросить о них модель.</translation>
  </message>
  <message>
   <source>Spark runs already, but does not answer.</source>
   <translation>Spark уже запущен, но не отвечает.</translation>
  </message>
  <message>
   <source>Spark runs, but does not answer.</source>
   <translation>Spark запущен, но не отвечает.</translation>
  </message>
  <message>
   <source>Spark starts in the tray when you log in.</source>
   <translation>Spark запускается в трее при входе в систему.</translation>
  </message>
  <message>
   <source>Spark watches it, and proposes when you save. Nothing is written until you accept.</source>
   <translation>Spark следит за ней и делает предложения, когда вы сохраняете. Пока вы не примете, ничего не записывается.</translation>
  </message>
  <message>
   <source>Spark would ask {host} now.</source>
   <translation>Сейчас Spark обратился бы к {host}.</translation>
  </message>
  <message>
   <source>Spark {version} ({kind}), Python {python}, {system} {machine}, {path}</source>
   <translation>Spark {version} ({kind}), Python {python}, {system} {machine}, {path}</translation>
  </message>
  <message>
   <source>Spark {version} is available.</source>
   <translation>Вышел Spark {version}.</translation>
  </message>
  <message>
   <source>Spark · {project}: {state}</source>
   <translation>Spark · {project}: {state}</translation>
  </message>
  <message>
   <source>Spark: no folder is open</source>
   <translation>Spark: папка не открыта</translation>
  </message>
  <message>
   <source>Spark: {answer}</source>
   <translation>Spark: {answer}</translation>
  </message>
  <message>
   <source>Speak to {host} without encryption</source>
   <translation>Говорить с {host} без шифрования</translation>
  </message>
  <message>
   <source>Speed</source>
   <translation>Скорость</translation>
  </message>
  <message>
   <source>Speed from</source>
   <translation>Источник скорости</translation>
  </message>
  <message>
   <source>Speed here</source>
   <translation>Скорость здесь</translation>
  </message>
  <message>
   <source>Speed lab</source>
   <translation>Лаборатория скорости</translation>
  </message>
  <message>
   <source>Speed of each endpoint</source>
   <translation>Скорость каждого источника</translation>
  </message>
  <message>
   <source>Speed over time</source>
   <translation>Скорость во времени</translation>
  </message>
  <message>
   <source>Speed: {kind}</source>
   <translation>Скорость: {kind}</translation>
  </message>
  <message>
   <source>Speed: {kind} ({origin})</source>
   <translation>Скорость: {kind} ({origin})</translation>
  </message>
  <message>
   <source>Split</source>
   <translation>Разделить</translation>
  </message>
  <message>
   <source>Split the file, or work on a smaller one.</source>
   <translation>Разделите файл или возьмите файл поменьше.</translation>
  </message>
  <message>
   <source>Split the hunk</source>
   <translation>Разделить фрагмент</translation>
  </message>
  <message>
   <source>Split this hunk into smaller ones</source>
   <translation>Разделить этот фрагмент на меньшие</translation>
  </message>
  <message>
   <source>Split, edit, comment, copy</source>
   <translation>Разделить, изменить, заметить, копировать</translation>
  </message>
  <message>
   <source>Stage</source>
   <translation>Этап</translation>
  </message>
  <message>
   <source>Stages</source>
   <translation>Этапы</translation>
  </message>
  <message numerus="yes">
   <source>Start %n comment(s)</source>
   <translation>
    <numerusform>Запустить %n комментарий</numerusform>
    <numerusform>Запустить %n комментария</numerusform>
    <numerusform>Запустить %n комментариев</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Start %n proposal(s)</source>
   <translation>
    <numerusform>Запустить %n предложение</numerusform>
    <numerusform>Запустить %n предложения</numerusform>
    <numerusform>Запустить %n предложений</numerusform>
   </translation>
  </message>
  <message>
   <source>Start Spark again.</source>
   <translation>Запустите Spark ещё раз.</translation>
  </message>
  <message>
   <source>Start Spark again: it begins with an empty history. Your files are not touched.</source>
   <translation>Запустите Spark ещё раз: он начнёт с пустой историей. Ваши файлы не тронуты.</translation>
  </message>
  <message>
   <source>Start Spark again: it keeps the damaged file and begins a new one.</source>
   <translation>Запустите Spark ещё раз: он сохранит повреждённый файл и начнёт новый.</translation>
  </message>
  <message>
   <source>Start at log-in</source>
   <translation>Запускать при входе</translation>
  </message>
  <message>
   <source>Start it (spark-desktop), and open one.</source>
   <translation>Запустите его (spark-desktop) и откройте папку.</translation>
  </message>
  <message>
   <source>Start it (spark-desktop), or ask here: spark quick "…"</source>
   <translation>Запустите его (spark-desktop) или спросите здесь: spark quick "…"</translation>
  </message>
  <message>
   <source>Start it in a desktop session to have the display tried, too.</source>
   <translation>Запустите её в сеансе рабочего стола, чтобы проверить и экран.</translation>
  </message>
  <message>
   <source>Start it, then try again.</source>
   <translation>Запустите его и попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Start or install your desktop's keyring. Until then use the key for this session only, or name an environment variable that holds it.</source>
   <translation>Запустите или установите связку ключей вашей среды. До этого используйте ключ только в этом сеансе или укажите переменную окружения с ним.</translation>
  </message>
  <message>
   <source>Start spark-desktop in a desktop session, or under xvfb-run.</source>
   <translation>Запустите spark-desktop в графическом сеансе или под xvfb-run.</translation>
  </message>
  <message>
   <source>Start your desktop's keyring again. {instead}</source>
   <translation>Запустите связку ключей вашей среды снова. {instead}</translation>
  </message>
  <message>
   <source>Starting it again in {delay:.0f} s (attempt {attempt}).</source>
   <translation>Перезапуск через {delay:.0f} с (попытка {attempt}).</translation>
  </message>
  <message>
   <source>Starting the model.</source>
   <translation>Модель запускается.</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Состояние</translation>
  </message>
  <message>
   <source>Stay in the tray</source>
   <translation>Оставаться в трее</translation>
  </message>
  <message>
   <source>Step</source>
   <translation>Шаг</translation>
  </message>
  <message>
   <source>Steps</source>
   <translation>Шаги</translation>
  </message>
  <message>
   <source>Sto&amp;p</source>
   <translation>&amp;Стоп</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Стоп</translation>
  </message>
  <message>
   <source>Stop c&amp;opying</source>
   <translation>Остановить к&amp;опирование</translation>
  </message>
  <message>
   <source>Stop the answer (Esc)</source>
   <translation>Остановить ответ (Esc)</translation>
  </message>
  <message>
   <source>Stop the download</source>
   <translation>Остановить загрузку</translation>
  </message>
  <message>
   <source>Stop the model</source>
   <translation>Остановить модель</translation>
  </message>
  <message>
   <source>Stopped.</source>
   <translation>Остановлено.</translation>
  </message>
  <message>
   <source>Stopping, and tidying up…</source>
   <translation>Остановка и уборка…</translation>
  </message>
  <message>
   <source>Structured output</source>
   <translation>Структурированный вывод</translation>
  </message>
  <message>
   <source>Such as *.py: ruff check {file}</source>
   <translation>Например, *.py: ruff check {file}</translation>
  </message>
  <message>
   <source>Suggestions</source>
   <translation>Предложения</translation>
  </message>
  <message numerus="yes">
   <source>Summing up %n earlier turn(s)…</source>
   <translation>
    <numerusform>Составляется сводка: %n прежний ход…</numerusform>
    <numerusform>Составляется сводка: %n прежних хода…</numerusform>
    <numerusform>Составляется сводка: %n прежних ходов…</numerusform>
   </translation>
  </message>
  <message>
   <source>System</source>
   <translation>Система</translation>
  </message>
  <message>
   <source>THREADS</source>
   <translation>БЕСЕДЫ</translation>
  </message>
  <message>
   <source>TLS</source>
   <translation>TLS</translation>
  </message>
  <message>
   <source>TLS certificates</source>
   <translation>сертификаты TLS</translation>
  </message>
  <message>
   <source>Take all of them back at once.</source>
   <translation>Отмените их все сразу.</translation>
  </message>
  <message>
   <source>Take it out of the ignore rules, or paste the part that matters.</source>
   <translation>Уберите его из правил игнорирования или вставьте нужную часть.</translation>
  </message>
  <message>
   <source>Take off the list</source>
   <translation>Убрать из списка</translation>
  </message>
  <message>
   <source>Take the decision back first.</source>
   <translation>Сначала отмените решение.</translation>
  </message>
  <message>
   <source>Take the later decision back first.</source>
   <translation>Сначала отмените более позднее решение.</translation>
  </message>
  <message>
   <source>Take the proposal</source>
   <translation>Взять предложение</translation>
  </message>
  <message>
   <source>Take the proposed lines in place of those on disk</source>
   <translation>Взять предложенные строки вместо тех, что на диске</translation>
  </message>
  <message>
   <source>Take {key} away</source>
   <translation>Убрать {key}</translation>
  </message>
  <message>
   <source>Take {key} away from: {title}</source>
   <translation>Убрать {key} у действия: {title}</translation>
  </message>
  <message>
   <source>Takes back every step of the same answer.</source>
   <translation>Отменяет все шаги того же ответа.</translation>
  </message>
  <message>
   <source>Takes the step back; what came later is kept.</source>
   <translation>Отменяет шаг; всё, что было позже, сохраняется.</translation>
  </message>
  <message>
   <source>Target {rate:,.0f} tokens/s{kind}</source>
   <translation>Цель {rate:,.0f} токенов/с{kind}</translation>
  </message>
  <message>
   <source>Tell when a long turn has ended while the window is hidden.</source>
   <translation>Сообщать, что долгий ход закончен, когда окно скрыто.</translation>
  </message>
  <message>
   <source>Test of the connection</source>
   <translation>Проверка соединения</translation>
  </message>
  <message>
   <source>Testing the connection…</source>
   <translation>Соединение проверяется…</translation>
  </message>
  <message>
   <source>Text of a recording.</source>
   <translation>Текст из записи.</translation>
  </message>
  <message>
   <source>Text of the licence</source>
   <translation>Текст лицензии</translation>
  </message>
  <message>
   <source>Text of the real engine, as it is written.</source>
   <translation>Текст настоящего движка, по мере написания.</translation>
  </message>
  <message>
   <source>Text of the real engine, written first and then released.</source>
   <translation>Текст настоящего движка: сначала написан, потом выдан.</translation>
  </message>
  <message>
   <source>The X server lets no program press keys.</source>
   <translation>X-сервер не позволяет программам нажимать клавиши.</translation>
  </message>
  <message>
   <source>The X server refused the key (error {code}).</source>
   <translation>X-сервер отклонил клавишу (ошибка {code}).</translation>
  </message>
  <message>
   <source>The account has nothing left to pay with: {message}</source>
   <translation>На учётной записи не осталось средств: {message}</translation>
  </message>
  <message>
   <source>The address is a number already.</source>
   <translation>Адрес уже задан числом.</translation>
  </message>
  <message>
   <source>The address of {title} holds a user's name.</source>
   <translation>В адресе «{title}» стоит имя пользователя.</translation>
  </message>
  <message>
   <source>The address of {title} is no web address: {url}</source>
   <translation>Адрес «{title}» не является адресом в сети: {url}</translation>
  </message>
  <message>
   <source>The answer adds no test.</source>
   <translation>Ответ не добавляет теста.</translation>
  </message>
  <message>
   <source>The answer broke off.</source>
   <translation>Ответ оборвался.</translation>
  </message>
  <message>
   <source>The answer broke off: the model's server ended it without a finish.</source>
   <translation>Ответ оборвался: сервер модели закончил его без завершения.</translation>
  </message>
  <message>
   <source>The answer broke off: the model's server sent half of it.</source>
   <translation>Ответ оборвался: сервер модели прислал лишь его часть.</translation>
  </message>
  <message>
   <source>The answer broke off: {reason}</source>
   <translation>Ответ оборвался: {reason}</translation>
  </message>
  <message>
   <source>The answer came at once: no speed can be told.</source>
   <translation>Ответ пришёл сразу целиком: скорость не определить.</translation>
  </message>
  <message numerus="yes">
   <source>The answer changes %n line(s), where one error was to be mended.</source>
   <translation>
    <numerusform>Ответ меняет %n строку, хотя нужно было исправить одну ошибку.</numerusform>
    <numerusform>Ответ меняет %n строки, хотя нужно было исправить одну ошибку.</numerusform>
    <numerusform>Ответ меняет %n строк, хотя нужно было исправить одну ошибку.</numerusform>
   </translation>
  </message>
  <message>
   <source>The answer changes nothing in the file.</source>
   <translation>Ответ ничего не меняет в файле.</translation>
  </message>
  <message>
   <source>The answer changes what the code does, where only documentation was asked for.</source>
   <translation>Ответ меняет поведение кода, хотя нужна была только документация.</translation>
  </message>
  <message>
   <source>The answer changes {test}, which was to stay as it is.</source>
   <translation>Ответ меняет {test}, а это должно было остаться как есть.</translation>
  </message>
  <message>
   <source>The answer changes {words} in place, which was to stay as it is.</source>
   <translation>Ответ изменяет {words} на месте, хотя это должно было остаться как есть.</translation>
  </message>
  <message>
   <source>The answer defines {name} itself, instead of testing it.</source>
   <translation>Ответ сам определяет {name} вместо того, чтобы это проверять.</translation>
  </message>
  <message>
   <source>The answer deletes the file and writes it anew: it is changed.</source>
   <translation>Ответ удаляет файл и пишет его заново: он изменяется.</translation>
  </message>
  <message>
   <source>The answer deletes the file.</source>
   <translation>Ответ удаляет этот файл.</translation>
  </message>
  <message>
   <source>The answer did not follow the schema.</source>
   <translation>Ответ не соответствует схеме.</translation>
  </message>
  <message>
   <source>The answer does not keep the signature {signature}</source>
   <translation>Ответ не сохраняет сигнатуру {signature}</translation>
  </message>
  <message>
   <source>The answer does not raise {words}, which was asked for.</source>
   <translation>Ответ не вызывает {words}, хотя об этом просили.</translation>
  </message>
  <message>
   <source>The answer does not use {words}, which was spoken of.</source>
   <translation>Ответ не использует {words}, хотя об этом шла речь.</translation>
  </message>
  <message>
   <source>The answer ends in the middle of it.</source>
   <translation>Ответ обрывается посреди него.</translation>
  </message>
  <message>
   <source>The answer failed: {reason}</source>
   <translation>Ответ не удался: {reason}</translation>
  </message>
  <message>
   <source>The answer followed the schema.</source>
   <translation>Ответ соответствует схеме.</translation>
  </message>
  <message>
   <source>The answer gives no number, which was asked for.</source>
   <translation>В ответе нет числа, о котором спрашивали.</translation>
  </message>
  <message>
   <source>The answer goes beyond what was asked for: {stray!r} stands elsewhere in the file.</source>
   <translation>Ответ выходит за рамки запрошенного: {stray!r} стоит в другом месте файла.</translation>
  </message>
  <message>
   <source>The answer has control characters in it.</source>
   <translation>В ответе есть управляющие символы.</translation>
  </message>
  <message>
   <source>The answer has no docstring.</source>
   <translation>В ответе нет строки документации.</translation>
  </message>
  <message>
   <source>The answer has no documentation.</source>
   <translation>В ответе нет документации.</translation>
  </message>
  <message>
   <source>The answer has {after} of the region's {before} lines, and nothing asked to remove any.</source>
   <translation>В ответе {after} из {before} строк участка, а удалять строки никто не просил.</translation>
  </message>
  <message>
   <source>The answer is about another file than {path}.</source>
   <translation>Ответ относится не к файлу {path}.</translation>
  </message>
  <message>
   <source>The answer is on the clipboard: paste it yourself.</source>
   <translation>Ответ в буфере обмена: вставьте его сами.</translation>
  </message>
  <message>
   <source>The answer is still being written.</source>
   <translation>Ответ ещё пишется.</translation>
  </message>
  <message>
   <source>The answer leaves code out instead of writing it.</source>
   <translation>Ответ пропускает код вместо того, чтобы написать его.</translation>
  </message>
  <message>
   <source>The answer leaves code out: it has the line {text!r} instead of the code itself.</source>
   <translation>Ответ пропускает код: вместо самого кода в нём строка {text!r}.</translation>
  </message>
  <message>
   <source>The answer mixes the model's reasoning into the code.</source>
   <translation>В код ответа попали рассуждения модели.</translation>
  </message>
  <message>
   <source>The answer of {name} told no times.</source>
   <translation>В ответе модели {name} нет данных о времени.</translation>
  </message>
  <message>
   <source>The answer only repeats what the model was shown.</source>
   <translation>Ответ лишь повторяет то, что было показано модели.</translation>
  </message>
  <message>
   <source>The answer only says what the test expects: {text}</source>
   <translation>Ответ лишь повторяет то, что ожидает тест: {text}</translation>
  </message>
  <message>
   <source>The answer raises {words} no more.</source>
   <translation>Ответ больше не вызывает {words}.</translation>
  </message>
  <message>
   <source>The answer says nothing.</source>
   <translation>Ответ ничего не говорит.</translation>
  </message>
  <message>
   <source>The answer says the same again and again.</source>
   <translation>Ответ снова и снова повторяет одно и то же.</translation>
  </message>
  <message>
   <source>The answer says yes where there is none; its words do not.</source>
   <translation>Ответ говорит «да», где нет ни одного; в описании сказано иначе.</translation>
  </message>
  <message>
   <source>The answer wants different things of one file.</source>
   <translation>Ответ требует от одного файла разного.</translation>
  </message>
  <message>
   <source>The answer was cut off at the token limit; a smaller region may fit.</source>
   <translation>Ответ обрезан по пределу токенов; участок поменьше может поместиться.</translation>
  </message>
  <message>
   <source>The answer was still being written.</source>
   <translation>Ответ ещё писался.</translation>
  </message>
  <message>
   <source>The answer was stopped.</source>
   <translation>Ответ остановлен.</translation>
  </message>
  <message>
   <source>The answer was too short to tell.</source>
   <translation>Ответ слишком короткий, чтобы судить.</translation>
  </message>
  <message>
   <source>The block copies a file or holds a binary one.</source>
   <translation>Блок копирует файл или содержит двоичный файл.</translation>
  </message>
  <message>
   <source>The block does not say which file it is for.</source>
   <translation>В блоке не сказано, к какому файлу он относится.</translation>
  </message>
  <message>
   <source>The block has no line of equals signs between its two halves.</source>
   <translation>Между половинами блока нет строки из знаков равенства.</translation>
  </message>
  <message>
   <source>The block holds no lines.</source>
   <translation>В блоке нет строк.</translation>
  </message>
  <message>
   <source>The block was part of the model's reasoning.</source>
   <translation>Блок был частью рассуждений модели.</translation>
  </message>
  <message>
   <source>The certificate of {host} has expired.</source>
   <translation>Срок сертификата {host} истёк.</translation>
  </message>
  <message>
   <source>The certificate of {host} is not valid yet.</source>
   <translation>Сертификат {host} ещё не действует.</translation>
  </message>
  <message>
   <source>The certificate of {host} is signed by nobody but itself.</source>
   <translation>Сертификат {host} подписан только самим собой.</translation>
  </message>
  <message>
   <source>The certificate of {host} was revoked.</source>
   <translation>Сертификат {host} отозван.</translation>
  </message>
  <message>
   <source>The certificate that {host} shows is for another host.</source>
   <translation>{host} предъявляет сертификат другого узла.</translation>
  </message>
  <message>
   <source>The certificates of authorities in {file} cannot be read: {reason}.</source>
   <translation>Сертификаты удостоверяющих центров в {file} не читаются: {reason}.</translation>
  </message>
  <message>
   <source>The change cannot be split there.</source>
   <translation>В этом месте изменение разделить нельзя.</translation>
  </message>
  <message>
   <source>The change of {path} does not match its bytes.</source>
   <translation>Изменение {path} не соответствует его байтам.</translation>
  </message>
  <message>
   <source>The character {character!r} cannot be written in {encoding}.</source>
   <translation>Символ {character!r} нельзя записать в {encoding}.</translation>
  </message>
  <message>
   <source>The client certificate {file} cannot be used: {reason}.</source>
   <translation>Сертификат клиента {file} не годится: {reason}.</translation>
  </message>
  <message>
   <source>The clipboard holds no text.</source>
   <translation>В буфере обмена нет текста.</translation>
  </message>
  <message>
   <source>The colours of the window.</source>
   <translation>Цвета окна.</translation>
  </message>
  <message>
   <source>The comment in the release feed's signature is not what was signed.</source>
   <translation>Комментарий в подписи списка выпусков — не тот, что был подписан.</translation>
  </message>
  <message>
   <source>The connection to the model was lost: {reason}</source>
   <translation>Связь с моделью потеряна: {reason}</translation>
  </message>
  <message>
   <source>The connection to {host} through the proxy {proxy} broke off.</source>
   <translation>Соединение с {host} через прокси {proxy} оборвалось.</translation>
  </message>
  <message>
   <source>The connection to {title} was closed.</source>
   <translation>Соединение с {title} закрыто.</translation>
  </message>
  <message>
   <source>The core cannot be started: {command}: {reason}.</source>
   <translation>Ядро не запускается: {command}: {reason}.</translation>
  </message>
  <message>
   <source>The core cannot start.</source>
   <translation>Ядро не запускается.</translation>
  </message>
  <message>
   <source>The core could not be prepared: {fault}.</source>
   <translation>Не удалось подготовить ядро: {fault}.</translation>
  </message>
  <message>
   <source>The core ended {deaths} times within {window_s:g} s, the last time so: {reason}.</source>
   <translation>Ядро завершилось {deaths} раз за {window_s:g} с, в последний раз так: {reason}.</translation>
  </message>
  <message>
   <source>The core is not running.</source>
   <translation>Ядро не запущено.</translation>
  </message>
  <message>
   <source>The core refused its command line: {last_log_line}</source>
   <translation>Ядро не приняло командную строку: {last_log_line}</translation>
  </message>
  <message>
   <source>The core's list of models cannot be read: {reason}.</source>
   <translation>Не удалось прочесть список моделей ядра: {reason}.</translation>
  </message>
  <message>
   <source>The core's program cannot give its profiles: {reason}</source>
   <translation>Программа ядра не может дать профили: {reason}</translation>
  </message>
  <message>
   <source>The core's program failed: {reason}</source>
   <translation>Сбой программы ядра: {reason}</translation>
  </message>
  <message>
   <source>The core's program gave no profiles within {patience:g} s.</source>
   <translation>Программа ядра не дала профилей за {patience:g} с.</translation>
  </message>
  <message>
   <source>The core's program is missing: {command}: {reason}.</source>
   <translation>Нет программы ядра: {command}: {reason}.</translation>
  </message>
  <message>
   <source>The core's program is missing: {name}: {reason}.</source>
   <translation>Нет программы ядра: {name}: {reason}.</translation>
  </message>
  <message>
   <source>The database is closed.</source>
   <translation>База данных закрыта.</translation>
  </message>
  <message>
   <source>The database is damaged; it was kept as {aside}.</source>
   <translation>База данных повреждена; она сохранена как {aside}.</translation>
  </message>
  <message>
   <source>The database is of a newer Spark (schema {found}, this one knows {known}).</source>
   <translation>База данных — от более нового Spark (схема {found}, этот знает {known}).</translation>
  </message>
  <message>
   <source>The database {path} cannot be opened or written: {error}.</source>
   <translation>Базу данных {path} нельзя открыть или записать: {error}.</translation>
  </message>
  <message>
   <source>The database {path} failed: {error}.</source>
   <translation>Сбой базы данных {path}: {error}.</translation>
  </message>
  <message>
   <source>The database {path} is damaged, and cannot be moved aside: {error}.</source>
   <translation>База данных {path} повреждена, и её нельзя отложить: {error}.</translation>
  </message>
  <message>
   <source>The database {path} is damaged.</source>
   <translation>База данных {path} повреждена.</translation>
  </message>
  <message>
   <source>The database {path} is in use by another program.</source>
   <translation>База данных {path} занята другой программой.</translation>
  </message>
  <message>
   <source>The database {path} was not written: the disk is full.</source>
   <translation>База данных {path} не записана: диск полон.</translation>
  </message>
  <message>
   <source>The desktop did not accept the global hotkey.</source>
   <translation>Рабочий стол не принял глобальную горячую клавишу.</translation>
  </message>
  <message>
   <source>The desktop refused to set up a global hotkey.</source>
   <translation>Рабочий стол отказался настроить глобальную горячую клавишу.</translation>
  </message>
  <message>
   <source>The diff is only of files that may hold secrets.</source>
   <translation>Изменены только файлы, которые могут содержать секреты.</translation>
  </message>
  <message>
   <source>The diff is too large for a question: {count} characters.</source>
   <translation>Diff слишком велик для вопроса, символов: {count}.</translation>
  </message>
  <message>
   <source>The documentation does not begin with what it is about.</source>
   <translation>Документация не начинается с того, о чём она.</translation>
  </message>
  <message>
   <source>The documentation does not name {words}.</source>
   <translation>В документации не названо: {words}.</translation>
  </message>
  <message>
   <source>The documentation does not say what is raised.</source>
   <translation>В документации не сказано, какая ошибка возникает.</translation>
  </message>
  <message>
   <source>The documentation does not say what is returned.</source>
   <translation>В документации не сказано, что возвращается.</translation>
  </message>
  <message>
   <source>The documentation does not say {point}.</source>
   <translation>В документации не сказано: {point}.</translation>
  </message>
  <message>
   <source>The documentation does not tell the defaults.</source>
   <translation>Документация не называет значений по умолчанию.</translation>
  </message>
  <message>
   <source>The documentation says no more of {name} than its name.</source>
   <translation>Документация не говорит о {name} ничего, кроме имени.</translation>
  </message>
  <message>
   <source>The documentation tells a result, and there is none.</source>
   <translation>Документация описывает результат, которого нет.</translation>
  </message>
  <message>
   <source>The documentation tells no unit.</source>
   <translation>В документации не названа единица измерения.</translation>
  </message>
  <message>
   <source>The documentation tells of {words}, which is nowhere in the file.</source>
   <translation>В документации названо {words}, а в файле этого нет.</translation>
  </message>
  <message>
   <source>The download was cancelled; nothing of it was kept.</source>
   <translation>Загрузка отменена; от неё ничего не осталось.</translation>
  </message>
  <message>
   <source>The earlier model goes on answering until this one is ready.</source>
   <translation>Пока эта модель не готова, отвечает прежняя.</translation>
  </message>
  <message>
   <source>The end of the block is missing: another one begins in it.</source>
   <translation>У блока нет конца: внутри него начинается другой.</translation>
  </message>
  <message>
   <source>The endpoint answers.</source>
   <translation>Сервер отвечает.</translation>
  </message>
  <message>
   <source>The endpoint paces its answers as other hardware would.</source>
   <translation>Источник отвечает в темпе другого оборудования.</translation>
  </message>
  <message>
   <source>The endpoints could not be written to {file} ({reason}).</source>
   <translation>Не удалось записать список серверов в {file} ({reason}).</translation>
  </message>
  <message>
   <source>The feed is of the channel {found}, this build follows {wanted}.</source>
   <translation>Это список канала {found}, а эта сборка следует каналу {wanted}.</translation>
  </message>
  <message>
   <source>The fence around the code is not closed before the next one.</source>
   <translation>Ограда вокруг кода не закрыта до следующей.</translation>
  </message>
  <message>
   <source>The file as it is on disk.</source>
   <translation>Файл, как он есть на диске.</translation>
  </message>
  <message>
   <source>The file belongs to the version control itself.</source>
   <translation>Файл принадлежит самой системе контроля версий.</translation>
  </message>
  <message>
   <source>The file cannot be read.</source>
   <translation>Файл не читается.</translation>
  </message>
  <message>
   <source>The file holds it already.</source>
   <translation>В файле это уже есть.</translation>
  </message>
  <message>
   <source>The file holds its new lines already.</source>
   <translation>Новые строки в файле уже есть.</translation>
  </message>
  <message>
   <source>The file holds no thread of Spark.</source>
   <translation>В файле нет беседы Spark.</translation>
  </message>
  <message>
   <source>The file is empty.</source>
   <translation>Файл пуст.</translation>
  </message>
  <message>
   <source>The file is not JSON: {error}.</source>
   <translation>Файл не в формате JSON: {error}.</translation>
  </message>
  <message>
   <source>The file is not text.</source>
   <translation>Файл не текстовый.</translation>
  </message>
  <message>
   <source>The file is not text: {reason}.</source>
   <translation>Файл не текстовый: {reason}.</translation>
  </message>
  <message>
   <source>The file is of version {found}, this Spark knows {known}.</source>
   <translation>Версия файла: {found}, этот Spark знает {known}.</translation>
  </message>
  <message>
   <source>The file is there already: it is changed, not created.</source>
   <translation>Файл уже есть: он изменяется, а не создаётся.</translation>
  </message>
  <message>
   <source>The file is too large.</source>
   <translation>Файл слишком велик.</translation>
  </message>
  <message>
   <source>The file is unchanged.</source>
   <translation>Файл не изменён.</translation>
  </message>
  <message>
   <source>The file may hold secrets.</source>
   <translation>В файле могут быть секреты.</translation>
  </message>
  <message numerus="yes">
   <source>The file still has %n syntax error(s).</source>
   <translation>
    <numerusform>В файле всё ещё %n синтаксическая ошибка.</numerusform>
    <numerusform>В файле всё ещё %n синтаксические ошибки.</numerusform>
    <numerusform>В файле всё ещё %n синтаксических ошибок.</numerusform>
   </translation>
  </message>
  <message>
   <source>The file was left as it is; undo this change in your editor.</source>
   <translation>Файл оставлен как есть; отмените это изменение в редакторе.</translation>
  </message>
  <message>
   <source>The file would lose more than half of its lines, and nothing asked for that.</source>
   <translation>Файл потерял бы больше половины строк, а об этом не просили.</translation>
  </message>
  <message>
   <source>The file {lock} cannot be locked: {reason}.</source>
   <translation>Файл {lock} нельзя заблокировать: {reason}.</translation>
  </message>
  <message>
   <source>The first question</source>
   <translation>Первый вопрос</translation>
  </message>
  <message>
   <source>The folder has {name!r}.</source>
   <translation>В папке есть {name!r}.</translation>
  </message>
  <message>
   <source>The folder of {path} is read-only; nothing was written.</source>
   <translation>Папка файла {path} только для чтения; ничего не записано.</translation>
  </message>
  <message>
   <source>The folder {folder} cannot be used: {reason}.</source>
   <translation>Папку {folder} нельзя использовать: {reason}.</translation>
  </message>
  <message>
   <source>The folder {path} has no files that may be shown.</source>
   <translation>В папке {path} нет файлов, которые можно показать.</translation>
  </message>
  <message>
   <source>The folder {path} is too large for a question: {size}.</source>
   <translation>Папка {path} слишком велика для вопроса: {size}.</translation>
  </message>
  <message>
   <source>The full-text index does not find what was written.</source>
   <translation>Полнотекстовый указатель не находит записанного.</translation>
  </message>
  <message>
   <source>The function does nothing but call itself.</source>
   <translation>Функция только вызывает саму себя.</translation>
  </message>
  <message>
   <source>The function never uses {names}.</source>
   <translation>Функция нигде не использует {names}.</translation>
  </message>
  <message>
   <source>The hunk at line {number} of the diff is cut off.</source>
   <translation>Фрагмент в строке {number} diff обрезан.</translation>
  </message>
  <message>
   <source>The index of the project does not work: {reason}.</source>
   <translation>Индекс проекта не работает: {reason}.</translation>
  </message>
  <message>
   <source>The kept bytes of this change are missing.</source>
   <translation>Сохранённых байтов этого изменения нет.</translation>
  </message>
  <message>
   <source>The kept content {digest} is damaged.</source>
   <translation>Сохранённое содержимое {digest} повреждено.</translation>
  </message>
  <message>
   <source>The key comes from the environment.</source>
   <translation>Ключ берётся из окружения.</translation>
  </message>
  <message>
   <source>The key for {title} has characters that no key has.</source>
   <translation>В ключе для «{title}» есть знаки, которых в ключах не бывает.</translation>
  </message>
  <message>
   <source>The key in the keyring is incomplete.</source>
   <translation>Ключ в связке ключей неполон.</translation>
  </message>
  <message>
   <source>The key is &amp;told</source>
   <translation>Ключ &amp;передаётся</translation>
  </message>
  <message>
   <source>The key is accepted.</source>
   <translation>Ключ принят.</translation>
  </message>
  <message>
   <source>The key is empty.</source>
   <translation>Ключ пуст.</translation>
  </message>
  <message>
   <source>The key is too long: {count} characters.</source>
   <translation>Ключ слишком длинный: {count} символов.</translation>
  </message>
  <message>
   <source>The keyring ({name}) failed: {reason}.</source>
   <translation>Сбой связки ключей ({name}): {reason}.</translation>
  </message>
  <message>
   <source>The keyring ({name}) is locked, and was not unlocked.</source>
   <translation>Связка ключей ({name}) закрыта, и её не открыли.</translation>
  </message>
  <message>
   <source>The keyring ({name}) is no longer there: {reason}.</source>
   <translation>Связки ключей ({name}) больше нет: {reason}.</translation>
  </message>
  <message>
   <source>The keyring did not answer within {seconds:.0f} s.</source>
   <translation>Связка ключей не ответила за {seconds:.0f} с.</translation>
  </message>
  <message numerus="yes">
   <source>The last %n day(s)</source>
   <translation>
    <numerusform>Последний %n день</numerusform>
    <numerusform>Последние %n дня</numerusform>
    <numerusform>Последние %n дней</numerusform>
   </translation>
  </message>
  <message>
   <source>The limits of {endpoint} have no room for this request now.</source>
   <translation>Лимиты {endpoint} сейчас не вмещают этот запрос.</translation>
  </message>
  <message>
   <source>The lines of this change were changed since.</source>
   <translation>Строки этого изменения с тех пор изменились.</translation>
  </message>
  <message>
   <source>The link "{link}" is none that Spark can read.</source>
   <translation>Ссылку «{link}» Spark прочесть не может.</translation>
  </message>
  <message>
   <source>The link asks for "{verb}", which Spark does not know.</source>
   <translation>Ссылка требует «{verb}», но такой команды у Spark нет.</translation>
  </message>
  <message>
   <source>The link has more than {most} characters.</source>
   <translation>В ссылке больше {most} знаков.</translation>
  </message>
  <message>
   <source>The link holds a character that cannot be seen, {code}.</source>
   <translation>В ссылке есть невидимый знак, {code}.</translation>
  </message>
  <message>
   <source>The link holds bytes that are no UTF-8.</source>
   <translation>В ссылке есть байты, которые не являются UTF-8.</translation>
  </message>
  <message>
   <source>The link names no folder.</source>
   <translation>Ссылка не называет папку.</translation>
  </message>
  <message>
   <source>The link says "{given}"; spark://{verb} takes "{name}" only.</source>
   <translation>В ссылке указано «{given}», а spark://{verb} принимает только «{name}».</translation>
  </message>
  <message>
   <source>The link says "{name}" twice.</source>
   <translation>В ссылке «{name}» указано дважды.</translation>
  </message>
  <message>
   <source>The link's folder has {size} characters; {most} fit.</source>
   <translation>В пути папки знаков: {size}; помещается {most}.</translation>
  </message>
  <message>
   <source>The link's folder, {folder}, goes up by "..".</source>
   <translation>Путь папки из ссылки, {folder}, ведёт вверх через «..».</translation>
  </message>
  <message>
   <source>The link's folder, {folder}, is another machine's.</source>
   <translation>Папка из ссылки, {folder}, находится на другом компьютере.</translation>
  </message>
  <message>
   <source>The link's folder, {folder}, is no whole path.</source>
   <translation>Папка из ссылки, {folder}, названа не полным путём.</translation>
  </message>
  <message>
   <source>The link's text has {size} characters; {most} fit.</source>
   <translation>В тексте ссылки знаков: {size}; помещается {most}.</translation>
  </message>
  <message>
   <source>The linter, type checker and tests that the project has set up run on a copy of it before a proposal is shown. Off: nothing of it runs.</source>
   <translation>Прежде чем предложение показано, линтер, проверка типов и тесты, настроенные в проекте, запускаются на его копии. Выключено: ничего из него не запускается.</translation>
  </message>
  <message>
   <source>The list of licences {file} cannot be read: {reason}</source>
   <translation>Не удаётся прочитать список лицензий {file}: {reason}</translation>
  </message>
  <message>
   <source>The list of recent projects could not be written to {file} ({reason}).</source>
   <translation>Список недавних проектов не записан в {file} ({reason}).</translation>
  </message>
  <message>
   <source>The list of releases names no package for how this Spark was installed.</source>
   <translation>В списке выпусков нет пакета для того способа, которым установлен этот Spark.</translation>
  </message>
  <message>
   <source>The local core cannot answer now: {reason}</source>
   <translation>Локальное ядро сейчас не может ответить: {reason}</translation>
  </message>
  <message>
   <source>The local core did not answer: {reason}</source>
   <translation>Локальное ядро не ответило: {reason}</translation>
  </message>
  <message>
   <source>The local core has not begun yet, so {other} is asked as well.</source>
   <translation>Локальное ядро ещё не начало отвечать, поэтому запрос отправлен и на {other}.</translation>
  </message>
  <message>
   <source>The local core is asked instead.</source>
   <translation>Вместо этого отвечает локальное ядро.</translation>
  </message>
  <message numerus="yes">
   <source>The median of %n answer(s) in the last 30 days</source>
   <translation>
    <numerusform>Медиана %n ответа за последние 30 дней</numerusform>
    <numerusform>Медиана %n ответов за последние 30 дней</numerusform>
    <numerusform>Медиана %n ответов за последние 30 дней</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The model answered %n time(s), each time something else.</source>
   <translation>
    <numerusform>Модель ответила %n раз, каждый раз по-другому.</numerusform>
    <numerusform>Модель ответила %n раза, каждый раз по-другому.</numerusform>
    <numerusform>Модель ответила %n раз, каждый раз по-другому.</numerusform>
   </translation>
  </message>
  <message>
   <source>The model called the tool.</source>
   <translation>Модель вызвала инструмент.</translation>
  </message>
  <message>
   <source>The model did not call the tool.</source>
   <translation>Модель не вызвала инструмент.</translation>
  </message>
  <message>
   <source>The model had read this much of the prompt before, for an earlier proposal or while you looked at the file; only the rest had to be worked through. As its server reports it, over all attempts.</source>
   <translation>Столько из запроса модель прочла раньше — для прежнего предложения или пока вы смотрели файл; обработать нужно было только остальное. По данным её сервера, за все попытки.</translation>
  </message>
  <message>
   <source>The model is not running.</source>
   <translation>Модель не запущена.</translation>
  </message>
  <message>
   <source>The model on this machine.</source>
   <translation>Модель на этом компьютере.</translation>
  </message>
  <message>
   <source>The model runs on this machine: nothing is paid.</source>
   <translation>Модель работает на этой машине: платить не нужно.</translation>
  </message>
  <message>
   <source>The model still writes here.</source>
   <translation>Модель ещё пишет здесь.</translation>
  </message>
  <message>
   <source>The model's server at {base_url} broke off the connection.</source>
   <translation>Сервер модели {base_url} оборвал соединение.</translation>
  </message>
  <message>
   <source>The model's server at {base_url} cannot be reached: {reason}.</source>
   <translation>Сервер модели {base_url} недоступен: {reason}.</translation>
  </message>
  <message>
   <source>The model's server at {base_url} did not answer in time.</source>
   <translation>Сервер модели {base_url} не ответил вовремя.</translation>
  </message>
  <message>
   <source>The model's server at {base_url} said nothing for {seconds:g} s.</source>
   <translation>Сервер модели {base_url} молчал {seconds:g} с.</translation>
  </message>
  <message>
   <source>The model's server did not answer in JSON.</source>
   <translation>Сервер модели ответил не в JSON.</translation>
  </message>
  <message>
   <source>The model's server did not say how many tokens there are.</source>
   <translation>Сервер модели не сказал, сколько токенов.</translation>
  </message>
  <message>
   <source>The model's server failed: {message}</source>
   <translation>Сбой сервера модели: {message}</translation>
  </message>
  <message>
   <source>The model's server has too much to do: {message}</source>
   <translation>Сервер модели перегружен: {message}</translation>
  </message>
  <message>
   <source>The model's server refused the access: {message}</source>
   <translation>Сервер модели отказал в доступе: {message}</translation>
  </message>
  <message>
   <source>The model's server refused the request: {message}</source>
   <translation>Сервер модели отклонил запрос: {message}</translation>
  </message>
  <message>
   <source>The model's server sent a tool call without an end.</source>
   <translation>Сервер модели прислал вызов инструмента, у которого нет конца.</translation>
  </message>
  <message>
   <source>The model's server sent more than {count:,} events and did not stop.</source>
   <translation>Сервер модели прислал больше {count:,} событий и не остановился.</translation>
  </message>
  <message>
   <source>The model's server sent one event of more than {millions:.0f} million characters.</source>
   <translation>Сервер модели прислал одно событие длиннее {millions:.0f} млн знаков.</translation>
  </message>
  <message>
   <source>The model's server sent something that is no JSON object: {data!r}.</source>
   <translation>Сервер модели прислал не объект JSON: {data!r}.</translation>
  </message>
  <message>
   <source>The model's summary is empty or no shorter than the turns.</source>
   <translation>Сводка модели пуста или не короче самих ходов.</translation>
  </message>
  <message>
   <source>The name of the proxy {proxy} cannot be looked up.</source>
   <translation>Имя прокси {proxy} не найдено.</translation>
  </message>
  <message>
   <source>The name of {host} cannot be looked up.</source>
   <translation>Имя {host} не найдено.</translation>
  </message>
  <message>
   <source>The new database is not sound: {told}</source>
   <translation>Новая база данных повреждена: {told}</translation>
  </message>
  <message>
   <source>The next start finishes what stands half done, or puts it back, and says so.</source>
   <translation>При следующем запуске начатое будет завершено или отменено, и об этом будет сказано.</translation>
  </message>
  <message>
   <source>The next start moves a damaged one aside and begins anew; keep a copy if you need it.</source>
   <translation>При следующем запуске повреждённая база будет отложена и начата новая; если она нужна, сделайте копию.</translation>
  </message>
  <message>
   <source>The oldest turns are left out instead.</source>
   <translation>Вместо этого опущены самые старые ходы.</translation>
  </message>
  <message>
   <source>The other way round</source>
   <translation>В обратном порядке</translation>
  </message>
  <message>
   <source>The package has {found:,} bytes or more, the release feed says {wanted:,}: it is not the file that was released. Nothing of it was kept.</source>
   <translation>В пакете не меньше {found:,} байт, а в списке выпусков указано {wanted:,}: это не тот файл, что был выпущен. От него ничего не осталось.</translation>
  </message>
  <message>
   <source>The packed answer of {host} broke off.</source>
   <translation>Сжатый ответ {host} оборвался.</translation>
  </message>
  <message>
   <source>The packed answer of {host} is damaged.</source>
   <translation>Сжатый ответ {host} повреждён.</translation>
  </message>
  <message>
   <source>The path is none that a file can have everywhere.</source>
   <translation>Файл с таким путём возможен не везде.</translation>
  </message>
  <message>
   <source>The path leads out of the folder.</source>
   <translation>Путь ведёт за пределы папки.</translation>
  </message>
  <message>
   <source>The path {root} is not UTF-8.</source>
   <translation>Путь {root} записан не в UTF-8.</translation>
  </message>
  <message>
   <source>The prompt has {prompt} tokens, the model's context holds {context}.</source>
   <translation>В запросе {prompt} токенов, а контекст модели вмещает {context}.</translation>
  </message>
  <message>
   <source>The proposal has no change {hunk_id!r}.</source>
   <translation>В предложении нет изменения {hunk_id!r}.</translation>
  </message>
  <message>
   <source>The proposal has no part {failed_id!r} without a place.</source>
   <translation>В предложении нет части {failed_id!r} без места.</translation>
  </message>
  <message>
   <source>The proposal in review</source>
   <translation>Предложение в просмотре</translation>
  </message>
  <message>
   <source>The protocol has no way to fill in.</source>
   <translation>В этом протоколе нет заполнения.</translation>
  </message>
  <message>
   <source>The proxy that is set is no address.</source>
   <translation>Заданный прокси не является адресом.</translation>
  </message>
  <message>
   <source>The proxy {proxy} cannot be reached: {reason}.</source>
   <translation>Прокси {proxy} недоступен: {reason}.</translation>
  </message>
  <message>
   <source>The proxy {proxy} did not take the connection in time.</source>
   <translation>Прокси {proxy} не принял соединение вовремя.</translation>
  </message>
  <message>
   <source>The proxy {proxy} refused to connect: {reason}.</source>
   <translation>Прокси {proxy} отказал в соединении: {reason}.</translation>
  </message>
  <message>
   <source>The proxy {proxy} speaks SOCKS, which Spark does not.</source>
   <translation>Прокси {proxy} работает по SOCKS, а Spark этого не умеет.</translation>
  </message>
  <message>
   <source>The proxy {proxy} speaks {scheme}, which Spark does not.</source>
   <translation>Прокси {proxy} работает по {scheme}, а Spark этого не умеет.</translation>
  </message>
  <message>
   <source>The proxy {proxy} wants a user's name and password.</source>
   <translation>Прокси {proxy} требует имя и пароль.</translation>
  </message>
  <message>
   <source>The question is empty.</source>
   <translation>Вопрос пуст.</translation>
  </message>
  <message>
   <source>The quick prompt has no key: {reason}</source>
   <translation>У быстрого вопроса нет клавиши: {reason}</translation>
  </message>
  <message>
   <source>The real engine took {seconds}</source>
   <translation>Настоящий движок занял {seconds}</translation>
  </message>
  <message>
   <source>The release feed cannot be read: {reason}.</source>
   <translation>Список выпусков не читается: {reason}.</translation>
  </message>
  <message>
   <source>The release feed is not what was signed: somebody changed it, or its signature.</source>
   <translation>Список выпусков — не то, что было подписано: кто-то изменил его или его подпись.</translation>
  </message>
  <message>
   <source>The release feed is number {found} as one before, but says something else.</source>
   <translation>Номер списка выпусков {found} — как у прежнего, но содержание другое.</translation>
  </message>
  <message>
   <source>The release feed is number {found}, and number {newest} was seen here before: somebody sends an old one.</source>
   <translation>Номер списка выпусков {found}, а здесь уже был номер {newest}: кто-то передаёт старый.</translation>
  </message>
  <message>
   <source>The release feed is signed in minisign's old form, which is not accepted.</source>
   <translation>Список выпусков подписан в старой форме minisign, которая не принимается.</translation>
  </message>
  <message>
   <source>The release feed is signed with the key {key}, which is none of this build's.</source>
   <translation>Список выпусков подписан ключом {key}, которого нет в этой сборке.</translation>
  </message>
  <message>
   <source>The release feed is written in a newer form, which this Spark does not know.</source>
   <translation>Список выпусков записан в более новой форме, которой этот Spark не знает.</translation>
  </message>
  <message>
   <source>The release feed names no package for the way this Spark was installed.</source>
   <translation>В списке выпусков нет пакета для того способа, которым установлен этот Spark.</translation>
  </message>
  <message>
   <source>The release feed was valid until {day}.</source>
   <translation>Список выпусков действовал до {day}.</translation>
  </message>
  <message>
   <source>The release feed's signature was valid until {day}.</source>
   <translation>Подпись списка выпусков действовала до {day}.</translation>
  </message>
  <message>
   <source>The release key {name} is no minisign key.</source>
   <translation>Ключ выпусков {name} — не ключ minisign.</translation>
  </message>
  <message>
   <source>The request holds half a character, which no server can read.</source>
   <translation>В запросе есть половина символа: её не прочтёт ни один сервер.</translation>
  </message>
  <message>
   <source>The request is larger than {title} takes.</source>
   <translation>Запрос больше, чем принимает {title}.</translation>
  </message>
  <message>
   <source>The result's type does not say what is in it.</source>
   <translation>Тип результата не говорит, что в нём.</translation>
  </message>
  <message>
   <source>The same, in a new folder inside one that you choose.</source>
   <translation>То же, но в новой папке внутри той, которую вы выберете.</translation>
  </message>
  <message>
   <source>The sample cannot be copied to {place}: {reason}.</source>
   <translation>Пример нельзя скопировать в {place}: {reason}.</translation>
  </message>
  <message>
   <source>The self-test cannot be started: {reason}.</source>
   <translation>Самопроверку не удаётся запустить: {reason}.</translation>
  </message>
  <message>
   <source>The self-test ended before it was done: {reason}</source>
   <translation>Самопроверка завершилась раньше времени: {reason}</translation>
  </message>
  <message>
   <source>The self-test was not run yet.</source>
   <translation>Самопроверка ещё не проводилась.</translation>
  </message>
  <message>
   <source>The self-test's process cannot be started: {reason}.</source>
   <translation>Процесс самопроверки не удаётся запустить: {reason}.</translation>
  </message>
  <message>
   <source>The server lets us in without a key.</source>
   <translation>Сервер пускает без ключа.</translation>
  </message>
  <message>
   <source>The server said so {time} ago, with its last answer.</source>
   <translation>Так сервер сообщил {time} назад, с последним ответом.</translation>
  </message>
  <message>
   <source>The server tells no list of models.</source>
   <translation>Сервер не сообщает список моделей.</translation>
  </message>
  <message>
   <source>The settings could not be written to {file} ({reason}).</source>
   <translation>Настройки не записаны в {file} ({reason}).</translation>
  </message>
  <message>
   <source>The settings have a daily check, under Updates.</source>
   <translation>Ежедневная проверка включается в настройках, в разделе «Обновления».</translation>
  </message>
  <message>
   <source>The settings stay as they were. Mend the file, and save it.</source>
   <translation>Настройки остались прежними. Исправьте файл и сохраните его.</translation>
  </message>
  <message>
   <source>The signature of the list of releases was verified.</source>
   <translation>Подпись списка выпусков проверена.</translation>
  </message>
  <message>
   <source>The signature of the release feed cannot be read.</source>
   <translation>Подпись списка выпусков не читается.</translation>
  </message>
  <message>
   <source>The start at log-in could not be changed: {place} ({reason}).</source>
   <translation>Не удалось изменить запуск при входе: {place} ({reason}).</translation>
  </message>
  <message>
   <source>The supervision of the core failed: {fault!r}.</source>
   <translation>Сбой надзора за ядром: {fault!r}.</translation>
  </message>
  <message>
   <source>The system says: {told}.</source>
   <translation>Система сообщает: {told}.</translation>
  </message>
  <message>
   <source>The system's</source>
   <translation>Как в системе</translation>
  </message>
  <message>
   <source>The system's keyring</source>
   <translation>Связка ключей системы</translation>
  </message>
  <message>
   <source>The test command gave no result: {reason}.</source>
   <translation>Команда тестов не дала результата: {reason}.</translation>
  </message>
  <message>
   <source>The test was stopped.</source>
   <translation>Проверка остановлена.</translation>
  </message>
  <message>
   <source>The tests call {name} only once.</source>
   <translation>Тесты вызывают {name} только один раз.</translation>
  </message>
  <message>
   <source>The tests pass with {other} for {bound}, too.</source>
   <translation>Тесты проходят и с {other} вместо {bound}.</translation>
  </message>
  <message>
   <source>The tests say more when all are there.</source>
   <translation>Тесты скажут больше, когда будут все.</translation>
  </message>
  <message>
   <source>The text has {size} bytes; {most} fit.</source>
   <translation>Размер текста в байтах: {size}; помещается {most}.</translation>
  </message>
  <message>
   <source>The text holds no unified diff.</source>
   <translation>В тексте нет unified diff.</translation>
  </message>
  <message>
   <source>The text is empty.</source>
   <translation>Текст пуст.</translation>
  </message>
  <message>
   <source>The text is too long: {count} characters.</source>
   <translation>Текст слишком длинный, символов: {count}.</translation>
  </message>
  <message>
   <source>The text looks like it holds a secret: {what}.</source>
   <translation>Похоже, в тексте есть секрет: {what}.</translation>
  </message>
  <message>
   <source>The text of this licence is not among what is installed here.</source>
   <translation>Текста этой лицензии нет среди установленного здесь.</translation>
  </message>
  <message>
   <source>The thread in the file is damaged: {error}.</source>
   <translation>Беседа в файле повреждена: {error}.</translation>
  </message>
  <message>
   <source>The thread would be about {height} pixels high; an image takes at most {limit}.</source>
   <translation>Высота беседы в пикселях была бы около {height}; предел для картинки: {limit}.</translation>
  </message>
  <message>
   <source>The thread {id} is gone.</source>
   <translation>Беседы {id} больше нет.</translation>
  </message>
  <message>
   <source>The threads are not there yet.</source>
   <translation>Беседы ещё не загружены.</translation>
  </message>
  <message>
   <source>The tokens of this answer were not counted; they are estimated from its length.</source>
   <translation>Токены этого ответа не сосчитаны; их число оценено по его длине.</translation>
  </message>
  <message>
   <source>The tray is gone, so the window is back.</source>
   <translation>Трей пропал, поэтому окно снова открыто.</translation>
  </message>
  <message>
   <source>The usual size of type</source>
   <translation>Обычный размер шрифта</translation>
  </message>
  <message>
   <source>The vendor's content filter stopped the request: {message}</source>
   <translation>Запрос остановлен фильтром содержимого поставщика: {message}</translation>
  </message>
  <message>
   <source>The way to {host} leads through the proxy {proxy}: {addresses}.</source>
   <translation>Путь к {host} ведёт через прокси {proxy}: {addresses}.</translation>
  </message>
  <message>
   <source>The whole interface grows with it: 26 px are twice the usual 13 px.</source>
   <translation>Вместе с ним растёт весь интерфейс: 26 px вдвое больше обычных 13 px.</translation>
  </message>
  <message>
   <source>The window did not get the keyboard back.</source>
   <translation>Окно не получило фокус клавиатуры обратно.</translation>
  </message>
  <message>
   <source>The window is gone.</source>
   <translation>Этого окна больше нет.</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>Тема</translation>
  </message>
  <message>
   <source>There are signs in the key that no header can carry. Copy the key alone.</source>
   <translation>В ключе есть знаки, которых не бывает в заголовках. Скопируйте только ключ.</translation>
  </message>
  <message>
   <source>There are spaces in the key. Copy the key alone.</source>
   <translation>В ключе есть пробелы. Скопируйте только ключ.</translation>
  </message>
  <message>
   <source>There is a key of a client certificate, but no certificate.</source>
   <translation>Есть ключ клиентского сертификата, но нет самого сертификата.</translation>
  </message>
  <message>
   <source>There is a name or a key in the address.</source>
   <translation>В адресе есть имя или ключ.</translation>
  </message>
  <message>
   <source>There is no address.</source>
   <translation>Адреса нет.</translation>
  </message>
  <message>
   <source>There is no answer that could be gone on with.</source>
   <translation>Здесь нет ответа, который можно продолжить.</translation>
  </message>
  <message>
   <source>There is no answer yet.</source>
   <translation>Ответа ещё нет.</translation>
  </message>
  <message>
   <source>There is no change of ours left to undo.</source>
   <translation>Отменять больше нечего.</translation>
  </message>
  <message>
   <source>There is no change of this turn left to undo.</source>
   <translation>В этом ходе больше нечего отменять.</translation>
  </message>
  <message>
   <source>There is no comment to send.</source>
   <translation>Нет комментария для отправки.</translation>
  </message>
  <message>
   <source>There is no desktop that could have a hotkey.</source>
   <translation>Нет рабочего стола, где могла бы быть горячая клавиша.</translation>
  </message>
  <message>
   <source>There is no diff: everything is committed.</source>
   <translation>Различий нет: всё закоммичено.</translation>
  </message>
  <message>
   <source>There is no diff: no git here, and nothing was applied in this session.</source>
   <translation>Различий нет: git здесь нет, и в этом сеансе ничего не применено.</translation>
  </message>
  <message>
   <source>There is no kept change {change_id} in {workspace}.</source>
   <translation>В {workspace} нет сохранённого изменения {change_id}.</translation>
  </message>
  <message>
   <source>There is no kept step {step_id}.</source>
   <translation>Нет сохранённого шага {step_id}.</translation>
  </message>
  <message>
   <source>There is no key for {title} in the keyring.</source>
   <translation>В хранилище ключей нет ключа для {title}.</translation>
  </message>
  <message>
   <source>There is no key for {title}, neither in the keyring nor in {variable}.</source>
   <translation>Нет ключа для {title} ни в хранилище ключей, ни в переменной {variable}.</translation>
  </message>
  <message>
   <source>There is no list of models, but what answers questions lets us in.</source>
   <translation>Списка моделей нет, но к ответам на вопросы сервер пускает.</translation>
  </message>
  <message>
   <source>There is no newer version.</source>
   <translation>Более новой версии нет.</translation>
  </message>
  <message>
   <source>There is no other window here.</source>
   <translation>Другого окна здесь нет.</translation>
  </message>
  <message>
   <source>There is no program {name}.</source>
   <translation>Программы {name} нет.</translation>
  </message>
  <message>
   <source>There is no proposal to comment on here.</source>
   <translation>Здесь нет предложения, которое можно комментировать.</translation>
  </message>
  <message>
   <source>There is no room for {name} in {folder}: it takes {size:,.0f} MB.</source>
   <translation>Для {name} нет места в {folder}: нужно {size:,.0f} МБ.</translation>
  </message>
  <message>
   <source>There is no sandbox here: {reason}. They would run in a copy of the project, with an empty home folder and a limit of time, memory and disk. But nothing would shut them in: like any program of yours they could use the network, and read and change your files.</source>
   <translation>Песочницы здесь нет: {reason}. Они запускались бы в копии проекта, с пустой домашней папкой и с пределом времени, памяти и диска. Но их ничто бы не запирало: как любая ваша программа, они могли бы пользоваться сетью, читать и менять ваши файлы.</translation>
  </message>
  <message>
   <source>There is no sandbox: {reason}.</source>
   <translation>Песочницы нет: {reason}.</translation>
  </message>
  <message>
   <source>There is no such file.</source>
   <translation>Такого файла нет.</translation>
  </message>
  <message>
   <source>There is no such question in this thread.</source>
   <translation>Такого вопроса в этой беседе нет.</translation>
  </message>
  <message>
   <source>There is no thread {thread_id} in {workspace}.</source>
   <translation>В {workspace} нет беседы {thread_id}.</translation>
  </message>
  <message>
   <source>There is no type for {words}.</source>
   <translation>Не указан тип: {words}.</translation>
  </message>
  <message>
   <source>There is no undone change left to redo.</source>
   <translation>Повторять больше нечего.</translation>
  </message>
  <message>
   <source>There is no undone change of this turn left to redo.</source>
   <translation>В этом ходе больше нечего возвращать.</translation>
  </message>
  <message>
   <source>There is nothing at {url}.</source>
   <translation>По адресу {url} ничего нет.</translation>
  </message>
  <message>
   <source>There is nothing here to look at.</source>
   <translation>Здесь не на что смотреть.</translation>
  </message>
  <message>
   <source>There is nothing left to accept here.</source>
   <translation>Принимать здесь больше нечего.</translation>
  </message>
  <message>
   <source>There is nothing left to decide in this answer.</source>
   <translation>В этом ответе больше нечего решать.</translation>
  </message>
  <message>
   <source>There is nothing to write.</source>
   <translation>Записывать нечего.</translation>
  </message>
  <message>
   <source>There the file says this already.</source>
   <translation>В этом месте файл уже такой.</translation>
  </message>
  <message>
   <source>There was no time to try all changes that are as likely.</source>
   <translation>Не хватило времени проверить все столь же вероятные изменения.</translation>
  </message>
  <message>
   <source>These lines are no function or class that a test could call.</source>
   <translation>Эти строки не функция и не класс, которые мог бы вызвать тест.</translation>
  </message>
  <message>
   <source>They are estimated instead.</source>
   <translation>Вместо этого их число оценивается.</translation>
  </message>
  <message>
   <source>They are not in these sums.</source>
   <translation>В этих суммах их нет.</translation>
  </message>
  <message>
   <source>They hold until Spark ends. Make the folder writable.</source>
   <translation>Они действуют, пока Spark открыт. Разрешите запись в папку.</translation>
  </message>
  <message>
   <source>They stay in the inbox.</source>
   <translation>Они остаются во входящих.</translation>
  </message>
  <message>
   <source>They were ended. If it stays so, report it with this table.</source>
   <translation>Они завершены. Если так и останется, сообщите об этом с этой таблицей.</translation>
  </message>
  <message>
   <source>This Spark runs from its source; update that.</source>
   <translation>Этот Spark запущен из исходного кода; обновите его.</translation>
  </message>
  <message>
   <source>This answer is still being written.</source>
   <translation>Этот ответ ещё пишется.</translation>
  </message>
  <message>
   <source>This build has no release key, so nothing it fetched could be verified.</source>
   <translation>В этой сборке нет ключа выпусков, поэтому проверить загруженное нельзя.</translation>
  </message>
  <message>
   <source>This build has no release key: what it fetched could not be verified, so it asks nobody. Look for new versions where you got this one.</source>
   <translation>В этой сборке нет ключа выпусков: проверить загруженное было бы нельзя, поэтому она никого не спрашивает. Ищите новые версии там, где взяли эту.</translation>
  </message>
  <message>
   <source>This change has no parts.</source>
   <translation>У этого изменения нет частей.</translation>
  </message>
  <message>
   <source>This change is being written.</source>
   <translation>Это изменение сейчас записывается.</translation>
  </message>
  <message>
   <source>This change is decided already.</source>
   <translation>Об этом изменении решение уже принято.</translation>
  </message>
  <message>
   <source>This change is in conflict with the file.</source>
   <translation>Это изменение конфликтует с файлом.</translation>
  </message>
  <message>
   <source>This change is in no conflict.</source>
   <translation>Это изменение ни с чем не конфликтует.</translation>
  </message>
  <message>
   <source>This change was not rejected.</source>
   <translation>Это изменение не было отклонено.</translation>
  </message>
  <message>
   <source>This change was written together with others.</source>
   <translation>Это изменение записано вместе с другими.</translation>
  </message>
  <message>
   <source>This change went on since.</source>
   <translation>С этим изменением с тех пор работали дальше.</translation>
  </message>
  <message>
   <source>This desktop offers no global hotkey ({reason}).</source>
   <translation>Этот рабочий стол не поддерживает глобальную горячую клавишу ({reason}).</translation>
  </message>
  <message>
   <source>This desktop shows no tray icons. Spark works without: closing the window quits.</source>
   <translation>На этом рабочем столе нет значков в трее. Spark работает и без них: закрытие окна завершает его.</translation>
  </message>
  <message>
   <source>This entry is gone.</source>
   <translation>Этой записи больше нет.</translation>
  </message>
  <message>
   <source>This hotkey cannot be used: {reason}.</source>
   <translation>Эту горячую клавишу нельзя использовать: {reason}.</translation>
  </message>
  <message>
   <source>This hunk alone; Enter does the same.</source>
   <translation>Только этот фрагмент; то же делает Enter.</translation>
  </message>
  <message>
   <source>This hunk conflicts with what was saved since.</source>
   <translation>Этот фрагмент противоречит тому, что сохранено с тех пор.</translation>
  </message>
  <message>
   <source>This is Spark {version}.</source>
   <translation>Это Spark {version}.</translation>
  </message>
  <message>
   <source>This is no address of a server: {text}</source>
   <translation>Это не адрес сервера: {text}</translation>
  </message>
  <message>
   <source>This keyboard has no key {key}.</source>
   <translation>На этой клавиатуре нет клавиши {key}.</translation>
  </message>
  <message>
   <source>This line is gone.</source>
   <translation>Этой строки больше нет.</translation>
  </message>
  <message>
   <source>This machine's clock says {now}, but it is {known} or later: whether the release feed is still valid cannot be told.</source>
   <translation>На часах этого компьютера {now}, но сейчас {known} или позже: действует ли ещё список выпусков, сказать нельзя.</translation>
  </message>
  <message>
   <source>This model answers from now on.</source>
   <translation>Теперь отвечает эта модель.</translation>
  </message>
  <message>
   <source>This month's budget is nearly spent.</source>
   <translation>Бюджет этого месяца почти израсходован.</translation>
  </message>
  <message>
   <source>This month's budget is spent.</source>
   <translation>Бюджет этого месяца израсходован.</translation>
  </message>
  <message>
   <source>This month's budget is spent: only what costs nothing is asked.</source>
   <translation>Бюджет этого месяца израсходован: спрашивается только то, что ничего не стоит.</translation>
  </message>
  <message>
   <source>This month's budget of ${budget:.2f} is spent.</source>
   <translation>Бюджет этого месяца (${budget:.2f}) израсходован.</translation>
  </message>
  <message>
   <source>This month: {cost}</source>
   <translation>Этот месяц: {cost}</translation>
  </message>
  <message>
   <source>This project</source>
   <translation>Этот проект</translation>
  </message>
  <message>
   <source>This project: {name}</source>
   <translation>Этот проект: {name}</translation>
  </message>
  <message>
   <source>This proposal changes nothing.</source>
   <translation>Это предложение ничего не меняет.</translation>
  </message>
  <message>
   <source>This proposal is gone.</source>
   <translation>Этого предложения больше нет.</translation>
  </message>
  <message>
   <source>This proposal is not ready for review.</source>
   <translation>Это предложение ещё не готово к просмотру.</translation>
  </message>
  <message>
   <source>This proposal was taken back.</source>
   <translation>Это предложение отозвано.</translation>
  </message>
  <message>
   <source>This question is being answered already.</source>
   <translation>На этот вопрос уже готовится ответ.</translation>
  </message>
  <message>
   <source>This question is gone.</source>
   <translation>Этого вопроса больше нет.</translation>
  </message>
  <message>
   <source>This quick action is switched off in the settings.</source>
   <translation>Это быстрое действие выключено в настройках.</translation>
  </message>
  <message>
   <source>This quick action is switched off.</source>
   <translation>Это быстрое действие выключено.</translation>
  </message>
  <message>
   <source>This server needs none.</source>
   <translation>Этому серверу ключ не нужен.</translation>
  </message>
  <message>
   <source>This session: {cost}</source>
   <translation>Этот сеанс: {cost}</translation>
  </message>
  <message>
   <source>This sheet</source>
   <translation>Эта справка</translation>
  </message>
  <message>
   <source>This week</source>
   <translation>На этой неделе</translation>
  </message>
  <message>
   <source>Thread: {title}</source>
   <translation>Беседа: {title}</translation>
  </message>
  <message>
   <source>Threads</source>
   <translation>Беседы</translation>
  </message>
  <message>
   <source>Through {way}.</source>
   <translation>Способ: {way}.</translation>
  </message>
  <message>
   <source>Tick this, or use an address with https.</source>
   <translation>Отметьте это или укажите адрес с https.</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>Время</translation>
  </message>
  <message>
   <source>Time of a command</source>
   <translation>Время команды</translation>
  </message>
  <message>
   <source>Time to first token</source>
   <translation>Время до первого токена</translation>
  </message>
  <message>
   <source>Times</source>
   <translation>Раз</translation>
  </message>
  <message>
   <source>Times of the turns</source>
   <translation>Времена ходов</translation>
  </message>
  <message>
   <source>Title of the thread</source>
   <translation>Название беседы</translation>
  </message>
  <message>
   <source>To install it, quit Spark and type in that folder: sh {name}</source>
   <translation>Чтобы установить, выйдите из Spark и наберите в этой папке: sh {name}</translation>
  </message>
  <message>
   <source>To install it, type in that folder: sudo apt install {name}</source>
   <translation>Чтобы установить, наберите в этой папке: sudo apt install {name}</translation>
  </message>
  <message>
   <source>To the end of the thread</source>
   <translation>К концу беседы</translation>
  </message>
  <message>
   <source>To the end of the thread (End)</source>
   <translation>К концу беседы (End)</translation>
  </message>
  <message>
   <source>Today</source>
   <translation>Сегодня</translation>
  </message>
  <message>
   <source>Tokens</source>
   <translation>Токены</translation>
  </message>
  <message numerus="yes">
   <source>Tokens divided by the server's own seconds, over %n answer(s) on this machine. Emulated answers never count.</source>
   <translation>
    <numerusform>Токены, делённые на секунды по часам сервера, по %n ответу на этой машине. Эмулированные ответы не учитываются.</numerusform>
    <numerusform>Токены, делённые на секунды по часам сервера, по %n ответам на этой машине. Эмулированные ответы не учитываются.</numerusform>
    <numerusform>Токены, делённые на секунды по часам сервера, по %n ответам на этой машине. Эмулированные ответы не учитываются.</numerusform>
   </translation>
  </message>
  <message>
   <source>Tokens of the answers, as the servers counted them</source>
   <translation>Токены ответов, как их сосчитали серверы</translation>
  </message>
  <message>
   <source>Tokens of the last answer after its first, divided by the time since the first.</source>
   <translation>Токены последнего ответа после первого, делённые на время с первого.</translation>
  </message>
  <message>
   <source>Tokens of the last answer, at the pace that its server achieved.</source>
   <translation>Токены последнего ответа, в темпе, которого достиг сервер.</translation>
  </message>
  <message>
   <source>Tokens of the last answer, divided by the server's own decode time.</source>
   <translation>Токены последнего ответа, делённые на время записи по часам сервера.</translation>
  </message>
  <message>
   <source>Tokens of the next prompt:</source>
   <translation>Токены следующего запроса:</translation>
  </message>
  <message>
   <source>Tokens of the prompts, as the servers counted them</source>
   <translation>Токены запросов, как их сосчитали серверы</translation>
  </message>
  <message>
   <source>Tokens per second</source>
   <translation>Токены в секунду</translation>
  </message>
  <message>
   <source>Tokens/s</source>
   <translation>Токенов/с</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>Инструменты</translation>
  </message>
  <message>
   <source>Tries everything once, beside your work: in a process of its own, with a folder, a core and a window that nobody sees.</source>
   <translation>Пробует всё по одному разу, не мешая работе: в своём процессе, со своей папкой, своим ядром и окном, которого не видно.</translation>
  </message>
  <message>
   <source>Triggers and keys</source>
   <translation>Запуск и клавиши</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Ещё раз</translation>
  </message>
  <message>
   <source>Try again in a moment.</source>
   <translation>Повторите чуть позже.</translation>
  </message>
  <message>
   <source>Try again later; if it stays so, ask whoever runs the feed.</source>
   <translation>Попробуйте позже; если не изменится, спросите того, кто ведёт список.</translation>
  </message>
  <message>
   <source>Try again.</source>
   <translation>Попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Try again; if it stays so, ask who runs the server.</source>
   <translation>Повторите; если не поможет, спросите того, кто держит сервер.</translation>
  </message>
  <message>
   <source>Try again; if it stays so, look at the server's log.</source>
   <translation>Попробуйте ещё раз; если не поможет, посмотрите журнал сервера.</translation>
  </message>
  <message>
   <source>Try again; if it stays so, report it with this message.</source>
   <translation>Попробуйте ещё раз; если не поможет, сообщите нам с этим текстом.</translation>
  </message>
  <message>
   <source>Try once more.</source>
   <translation>Попробуйте ещё раз.</translation>
  </message>
  <message>
   <source>Trying the next source.</source>
   <translation>Пробуем следующий источник.</translation>
  </message>
  <message>
   <source>Trying: {name}…</source>
   <translation>Проверяется: {name}…</translation>
  </message>
  <message>
   <source>Turn</source>
   <translation>Ход</translation>
  </message>
  <message>
   <source>Turn &amp;off</source>
   <translation>Вы&amp;ключить</translation>
  </message>
  <message>
   <source>Turn &amp;on</source>
   <translation>В&amp;ключить</translation>
  </message>
  <message>
   <source>Turn it on in the settings.</source>
   <translation>Включите его в настройках.</translation>
  </message>
  <message>
   <source>Turn one of them on.</source>
   <translation>Включите один из них.</translation>
  </message>
  <message>
   <source>Turn {number} of {count}</source>
   <translation>Ход {number} из {count}</translation>
  </message>
  <message>
   <source>Turns</source>
   <translation>Ходы</translation>
  </message>
  <message>
   <source>Type an edit</source>
   <translation>Описать правку</translation>
  </message>
  <message>
   <source>Type it again.</source>
   <translation>Введите его ещё раз.</translation>
  </message>
  <message>
   <source>Type one.</source>
   <translation>Введите его.</translation>
  </message>
  <message>
   <source>US dollars for a million tokens, prompt / answer; as of {day}, from {source}</source>
   <translation>Доллары США за миллион токенов, запрос / ответ; на {day}, по данным {source}</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Отменить</translation>
  </message>
  <message>
   <source>Undo brings it back with its key.</source>
   <translation>«Вернуть» восстановит его вместе с ключом.</translation>
  </message>
  <message>
   <source>Undo or redo hunks of the steps before.</source>
   <translation>Отменяйте и возвращайте фрагменты прежних шагов.</translation>
  </message>
  <message>
   <source>Undo that first. Nothing was written.</source>
   <translation>Сначала отмените это. Ничего не записано.</translation>
  </message>
  <message>
   <source>Undo that step first. Nothing was written.</source>
   <translation>Сначала отмените тот шаг. Ничего не записано.</translation>
  </message>
  <message>
   <source>Undo the last applied change</source>
   <translation>Отменить последнее применённое изменение</translation>
  </message>
  <message>
   <source>Undo the last decision</source>
   <translation>Отменить последнее решение</translation>
  </message>
  <message>
   <source>Undo the whole &amp;turn</source>
   <translation>Отменить весь &amp;ход</translation>
  </message>
  <message>
   <source>Undo this &amp;hunk</source>
   <translation>Отменить этот &amp;фрагмент</translation>
  </message>
  <message>
   <source>Undone.</source>
   <translation>Отменено.</translation>
  </message>
  <message>
   <source>Unlock it and run the self-test again, if you want it tried.</source>
   <translation>Разблокируйте её и повторите самопроверку, если хотите её проверить.</translation>
  </message>
  <message>
   <source>Unlock it, then try again. {instead}</source>
   <translation>Откройте её и попробуйте снова. {instead}</translation>
  </message>
  <message>
   <source>Unpin</source>
   <translation>Открепить</translation>
  </message>
  <message>
   <source>Until the tray returns, closing the window quits.</source>
   <translation>Пока трей не вернётся, закрытие окна завершает Spark.</translation>
  </message>
  <message>
   <source>Update Spark, or export the thread again.</source>
   <translation>Обновите Spark или сохраните беседу ещё раз.</translation>
  </message>
  <message>
   <source>Update Spark, or start it with another data folder.</source>
   <translation>Обновите Spark или запустите его с другой папкой данных.</translation>
  </message>
  <message>
   <source>Updates</source>
   <translation>Обновления</translation>
  </message>
  <message>
   <source>Updates…</source>
   <translation>Обновления…</translation>
  </message>
  <message>
   <source>Use a machine with AVX2 (from 2013 on), or a virtual machine that passes it through.</source>
   <translation>Нужна машина с AVX2 (с 2013 года) или виртуальная машина, которая его пропускает.</translation>
  </message>
  <message>
   <source>Use a machine with more memory.</source>
   <translation>Нужна машина с большей памятью.</translation>
  </message>
  <message>
   <source>Use another model first, or close what uses this one.</source>
   <translation>Сначала выберите другую модель или закройте то, что использует эту.</translation>
  </message>
  <message>
   <source>Use it all the same</source>
   <translation>Всё равно использовать</translation>
  </message>
  <message>
   <source>Use it all the same for: {title}</source>
   <translation>Всё равно использовать для: {title}</translation>
  </message>
  <message>
   <source>Use the default again</source>
   <translation>Вернуть значение по умолчанию</translation>
  </message>
  <message>
   <source>Use the usual keys again</source>
   <translation>Вернуть обычные клавиши</translation>
  </message>
  <message>
   <source>Use your keys for this session only, or from an environment variable.</source>
   <translation>Используйте ключи только на время сеанса или из переменной окружения.</translation>
  </message>
  <message>
   <source>Usual</source>
   <translation>Обычно</translation>
  </message>
  <message>
   <source>Usual keys for: {title}</source>
   <translation>Обычные клавиши для: {title}</translation>
  </message>
  <message>
   <source>Verifying…</source>
   <translation>Проверка файла…</translation>
  </message>
  <message>
   <source>Version</source>
   <translation>Версия</translation>
  </message>
  <message>
   <source>Wait for its end, or stop it.</source>
   <translation>Дождитесь его конца или остановите его.</translation>
  </message>
  <message>
   <source>Wait until it is.</source>
   <translation>Подождите, пока будет.</translation>
  </message>
  <message>
   <source>Wait until its window does again. If it never does, end that program.</source>
   <translation>Подождите, пока его окно снова ответит. Если этого не происходит, завершите ту программу.</translation>
  </message>
  <message>
   <source>Wait, or choose another endpoint.</source>
   <translation>Подождите или выберите другой сервер.</translation>
  </message>
  <message>
   <source>Wait, or test it in the settings.</source>
   <translation>Подождите или проверьте его в настройках.</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>Ожидание</translation>
  </message>
  <message>
   <source>Waiting for the engine, as the server measured it.</source>
   <translation>Ожидание движка, по измерению сервера.</translation>
  </message>
  <message>
   <source>Waiting time</source>
   <translation>Время ожидания</translation>
  </message>
  <message>
   <source>Waiting time = first token + time per prompt token * (in - cached) + (out - 1) / tokens per second, added up over the answers.</source>
   <translation>Время ожидания = первый токен + время на токен запроса * (вход - из кэша) + (выход - 1) / токены в секунду, сумма по ответам.</translation>
  </message>
  <message>
   <source>Waiting time and price of this session</source>
   <translation>Время ожидания и цена сеанса</translation>
  </message>
  <message>
   <source>Watch another answer</source>
   <translation>Смотреть другой ответ</translation>
  </message>
  <message>
   <source>Watch the folder</source>
   <translation>Следить за папкой</translation>
  </message>
  <message>
   <source>Watching and triggers</source>
   <translation>Слежение и запуск</translation>
  </message>
  <message>
   <source>Watching is paused.</source>
   <translation>Слежение приостановлено.</translation>
  </message>
  <message>
   <source>Wayland lets no program paste for you.</source>
   <translation>Wayland не позволяет программам вставлять текст за вас.</translation>
  </message>
  <message>
   <source>What</source>
   <translation>Что</translation>
  </message>
  <message>
   <source>What an answer changes is written in the chat.</source>
   <translation>То, что меняет ответ, написано в чате.</translation>
  </message>
  <message>
   <source>What came of it stands above until you ask again.</source>
   <translation>Что успело прийти, стоит выше, пока вы не спросите ещё раз.</translation>
  </message>
  <message>
   <source>What came of it stands here until you ask again.</source>
   <translation>Что успело прийти, стоит здесь, пока вы не спросите ещё раз.</translation>
  </message>
  <message>
   <source>What comes from {host} through the proxy {proxy} is not HTTP: {reason}.</source>
   <translation>То, что приходит от {host} через прокси {proxy}, не HTTP: {reason}.</translation>
  </message>
  <message>
   <source>What follows in other files</source>
   <translation>Что следует в других файлах</translation>
  </message>
  <message numerus="yes">
   <source>What is kept for undo takes {size} MB of {limit} MB: with the next change the oldest %n step(s) go: {names}.</source>
   <translation>
    <numerusform>Сохранённое для отмены занимает {size} МБ из {limit} МБ: со следующим изменением уйдёт %n самый старый шаг: {names}.</numerusform>
    <numerusform>Сохранённое для отмены занимает {size} МБ из {limit} МБ: со следующим изменением уйдут %n самых старых шага: {names}.</numerusform>
    <numerusform>Сохранённое для отмены занимает {size} МБ из {limit} МБ: со следующим изменением уйдут %n самых старых шагов: {names}.</numerusform>
   </translation>
  </message>
  <message>
   <source>What is left here failed its checks.</source>
   <translation>Оставшееся здесь не прошло проверки.</translation>
  </message>
  <message>
   <source>What it passed together with is there no more.</source>
   <translation>Того, вместе с чем проверки прошли, больше нет.</translation>
  </message>
  <message>
   <source>What it wants in its place</source>
   <translation>Что она хочет на этом месте</translation>
  </message>
  <message>
   <source>What it wants to insert</source>
   <translation>Что она хочет вставить</translation>
  </message>
  <message>
   <source>What starts a proposal</source>
   <translation>Что запускает предложение</translation>
  </message>
  <message>
   <source>What the core's program says cannot be read.</source>
   <translation>Не удалось прочесть, что сообщает программа ядра.</translation>
  </message>
  <message>
   <source>What the core's program says of its profiles is unreadable: {what}.</source>
   <translation>Что программа ядра говорит о профилях, прочесть нельзя: {what}.</translation>
  </message>
  <message>
   <source>What the model looked for</source>
   <translation>Что искала модель</translation>
  </message>
  <message>
   <source>What the model was shown beside the lines it changes, and what was left out</source>
   <translation>Что модели показали кроме строк, которые она меняет, и что пропущено</translation>
  </message>
  <message>
   <source>What the proposal was made for</source>
   <translation>Для чего сделано предложение</translation>
  </message>
  <message>
   <source>What the steps of one folder may take that can be undone. Before the oldest are dropped you are told.</source>
   <translation>Сколько могут занимать шаги одной папки, которые можно отменить. Перед удалением самых старых вас предупредят.</translation>
  </message>
  <message>
   <source>What the window speaks; dates and numbers follow it.</source>
   <translation>Язык окна; даты и числа следуют ему.</translation>
  </message>
  <message>
   <source>What was checked could not be kept in {file} ({reason}).</source>
   <translation>Результат проверки не удалось сохранить в {file} ({reason}).</translation>
  </message>
  <message>
   <source>What was found</source>
   <translation>Что найдено</translation>
  </message>
  <message>
   <source>What was written to the database is not what was read.</source>
   <translation>Из базы данных прочитано не то, что было записано.</translation>
  </message>
  <message>
   <source>What watches {root} ended: {reason}.</source>
   <translation>То, что следит за {root}, завершилось: {reason}.</translation>
  </message>
  <message>
   <source>What would this session have cost?</source>
   <translation>Сколько бы стоил этот сеанс?</translation>
  </message>
  <message>
   <source>What you save is listed under Ignored and starts nothing.</source>
   <translation>Сохранённое попадает в раздел «Пропущенные» и ничего не запускает.</translation>
  </message>
  <message>
   <source>What you typed is not saved.</source>
   <translation>Введённое не сохранено.</translation>
  </message>
  <message>
   <source>What {endpoint} took for the last answer.</source>
   <translation>Цена последнего ответа от {endpoint}.</translation>
  </message>
  <message>
   <source>What {host} sends is not HTTP: {reason}.</source>
   <translation>То, что присылает {host}, не HTTP: {reason}.</translation>
  </message>
  <message>
   <source>When</source>
   <translation>Когда</translation>
  </message>
  <message>
   <source>Where</source>
   <translation>Где</translation>
  </message>
  <message>
   <source>Where a name or a parameter is another, its uses are offered to follow.</source>
   <translation>Если имя или параметр теперь другие, предлагается изменить и места, где они используются.</translation>
  </message>
  <message>
   <source>Where no first token came after so many seconds, the next endpoint is asked as well, and whoever begins first answers. Both may charge for it.</source>
   <translation>Если за столько секунд не пришёл первый токен, спрашивается и следующий сервер, и отвечает тот, кто начнёт первым. Плату могут взять оба.</translation>
  </message>
  <message>
   <source>Where nothing can shut its commands in, they run all the same: they could use the network and change your files.</source>
   <translation>Где его команды запереть нечем, они всё равно запускаются: они могли бы пользоваться сетью и менять ваши файлы.</translation>
  </message>
  <message>
   <source>Where the model runs, and which one it is.</source>
   <translation>Где работает модель и какая это модель.</translation>
  </message>
  <message>
   <source>Where the speed was published: vendor, measured, second-hand or derived.</source>
   <translation>Откуда опубликованная скорость: от производителя, из измерений, из вторых рук или из расчёта.</translation>
  </message>
  <message>
   <source>Where the time went</source>
   <translation>Куда ушло время</translation>
  </message>
  <message>
   <source>Which characters are which token is not recorded: the text is shared out evenly over the tokens.</source>
   <translation>Какие символы к какому токену относятся, не записано: текст распределён по токенам равномерно.</translation>
  </message>
  <message>
   <source>Who answers, in which order, with which key</source>
   <translation>Кто отвечает, в каком порядке, с каким ключом</translation>
  </message>
  <message>
   <source>Whoever begins first answers.</source>
   <translation>Ответит тот, кто начнёт первым.</translation>
  </message>
  <message>
   <source>Whoever runs the feed has put it into the wrong place.</source>
   <translation>Тот, кто ведёт список, положил его не туда.</translation>
  </message>
  <message>
   <source>Whoever runs the feed has to mend it; try again later.</source>
   <translation>Его должен исправить тот, кто ведёт список; попробуйте позже.</translation>
  </message>
  <message>
   <source>Whoever runs the feed signs it with minisign 0.6 or newer.</source>
   <translation>Тот, кто ведёт список, должен подписать его minisign 0.6 или новее.</translation>
  </message>
  <message>
   <source>Whole</source>
   <translation>Всего</translation>
  </message>
  <message>
   <source>Why</source>
   <translation>Зачем</translation>
  </message>
  <message>
   <source>Window</source>
   <translation>Окно</translation>
  </message>
  <message>
   <source>Windows did not let the keys through to that program.</source>
   <translation>Windows не пропустила нажатия клавиш в ту программу.</translation>
  </message>
  <message>
   <source>Windows refused the hotkey (error {code}).</source>
   <translation>Windows отклонила горячую клавишу (ошибка {code}).</translation>
  </message>
  <message numerus="yes">
   <source>With the answer the file has %n syntax error(s), before it had {before}.</source>
   <translation>
    <numerusform>С этим ответом в файле %n синтаксическая ошибка, а раньше было {before}.</numerusform>
    <numerusform>С этим ответом в файле %n синтаксические ошибки, а раньше было {before}.</numerusform>
    <numerusform>С этим ответом в файле %n синтаксических ошибок, а раньше было {before}.</numerusform>
   </translation>
  </message>
  <message>
   <source>With the answer there still is an error: {problem}.</source>
   <translation>С этим ответом ошибка остаётся: {problem}.</translation>
  </message>
  <message>
   <source>With the answer {test} alone would run.</source>
   <translation>С этим ответом выполнялось бы только {test}.</translation>
  </message>
  <message>
   <source>With the answer {test} fails.</source>
   <translation>С этим ответом не проходит {test}.</translation>
  </message>
  <message>
   <source>With the answer {test} is gone, which was to stay.</source>
   <translation>С этим ответом исчезает {test}, а это должно было остаться.</translation>
  </message>
  <message>
   <source>With this text nothing would change.</source>
   <translation>С этим текстом ничего бы не изменилось.</translation>
  </message>
  <message>
   <source>With {names}</source>
   <translation>С вопросом: {names}</translation>
  </message>
  <message>
   <source>Withheld: {reason}</source>
   <translation>Не показано: {reason}</translation>
  </message>
  <message>
   <source>Withhold what fails</source>
   <translation>Удерживать непрошедшее</translation>
  </message>
  <message>
   <source>Without encryption</source>
   <translation>Без шифрования</translation>
  </message>
  <message>
   <source>Without your name, your home folder, and anything that looks like a key.</source>
   <translation>Без вашего имени, домашней папки и всего, что похоже на ключ.</translation>
  </message>
  <message>
   <source>Word it differently, or choose another endpoint.</source>
   <translation>Сформулируйте иначе или выберите другой сервер.</translation>
  </message>
  <message>
   <source>Words are found by their beginnings, a "phrase in quotes" as it is.</source>
   <translation>Слова ищутся по началу, "фраза в кавычках" — как есть.</translation>
  </message>
  <message>
   <source>Wrap long lines</source>
   <translation>Переносить длинные строки</translation>
  </message>
  <message>
   <source>Wrap long lines, or not</source>
   <translation>Переносить длинные строки или нет</translation>
  </message>
  <message>
   <source>Write a test</source>
   <translation>Написать тест</translation>
  </message>
  <message>
   <source>Write a test for `{name}` ({lines}). Answer with the whole new file {path}, its path on the line above the code.</source>
   <translation>Напиши тест для `{name}` ({lines}). Ответь целым новым файлом {path}, его путь напиши на строке над кодом.</translation>
  </message>
  <message>
   <source>Write a test of the selected lines</source>
   <translation>Написать тест для выделенных строк</translation>
  </message>
  <message>
   <source>Write https:// in its address, or allow plain HTTP in its settings.</source>
   <translation>Пишите в адресе https:// или разрешите простой HTTP в настройках сервера.</translation>
  </message>
  <message>
   <source>Write it as http://host:port, in the settings or in HTTPS_PROXY.</source>
   <translation>Пишите его как http://узел:порт, в настройках или в HTTPS_PROXY.</translation>
  </message>
  <message>
   <source>Write on from the lines that the model proposed</source>
   <translation>Писать дальше со строк, предложенных моделью</translation>
  </message>
  <message>
   <source>Write one at a line.</source>
   <translation>Напишите его у строки.</translation>
  </message>
  <message>
   <source>Write only {host}; keys are entered by themselves.</source>
   <translation>Пишите только {host}; ключи вводятся отдельно.</translation>
  </message>
  <message>
   <source>Writing</source>
   <translation>Пишется</translation>
  </message>
  <message>
   <source>Writing a second try, the first failed its checks</source>
   <translation>Пишется вторая попытка: первая не прошла проверку</translation>
  </message>
  <message>
   <source>Writing accepted hunks to the disk, with their checkpoint.</source>
   <translation>Запись принятых фрагментов на диск, с контрольной точкой.</translation>
  </message>
  <message>
   <source>Writing the answer, as the server measured it.</source>
   <translation>Запись ответа, по измерению сервера.</translation>
  </message>
  <message>
   <source>Written</source>
   <translation>Написано</translation>
  </message>
  <message>
   <source>Written to {path}</source>
   <translation>Записано в {path}</translation>
  </message>
  <message>
   <source>Yesterday</source>
   <translation>Вчера</translation>
  </message>
  <message>
   <source>You</source>
   <translation>Вы</translation>
  </message>
  <message>
   <source>You can change it in the settings, under Endpoints.</source>
   <translation>Его можно изменить в настройках, в разделе «Серверы моделей».</translation>
  </message>
  <message>
   <source>You can read and type already; turns are queued.</source>
   <translation>Читать и печатать уже можно; ходы ждут в очереди.</translation>
  </message>
  <message>
   <source>You can use the key for this session only, or name an environment variable that holds it.</source>
   <translation>Можно использовать ключ только в этом сеансе или указать переменную окружения с ним.</translation>
  </message>
  <message>
   <source>You did not allow the global hotkey.</source>
   <translation>Вы не разрешили глобальную горячую клавишу.</translation>
  </message>
  <message>
   <source>You · {when}</source>
   <translation>Вы · {when}</translation>
  </message>
  <message>
   <source>Your commands</source>
   <translation>Ваши команды</translation>
  </message>
  <message>
   <source>Your edit is not checked.</source>
   <translation>Ваша правка не проверена.</translation>
  </message>
  <message numerus="yes">
   <source>a change of %n line(s)</source>
   <translation>
    <numerusform>правка из %n строки</numerusform>
    <numerusform>правка из %n строк</numerusform>
    <numerusform>правка из %n строк</numerusform>
   </translation>
  </message>
  <message>
   <source>a class has its own, or is asked itself</source>
   <translation>у класса есть своё, или обращаются к самому классу</translation>
  </message>
  <message>
   <source>a date like 2026-11-28</source>
   <translation>дата вида 2026-11-28</translation>
  </message>
  <message>
   <source>a day</source>
   <translation>в день</translation>
  </message>
  <message>
   <source>a generator around it would give other values</source>
   <translation>генератор вокруг него выдавал бы другие значения</translation>
  </message>
  <message>
   <source>a key is missing at the end of {keys}</source>
   <translation>в конце {keys} не хватает клавиши</translation>
  </message>
  <message>
   <source>a key of AWS</source>
   <translation>ключ AWS</translation>
  </message>
  <message>
   <source>a key of Google</source>
   <translation>ключ Google</translation>
  </message>
  <message>
   <source>a key of Stripe</source>
   <translation>ключ Stripe</translation>
  </message>
  <message>
   <source>a key of a model's vendor</source>
   <translation>ключ поставщика моделей</translation>
  </message>
  <message>
   <source>a list of commands</source>
   <translation>список команд</translation>
  </message>
  <message>
   <source>a list of keys</source>
   <translation>список клавиш</translation>
  </message>
  <message>
   <source>a list of tables</source>
   <translation>список таблиц</translation>
  </message>
  <message>
   <source>a list of texts</source>
   <translation>список текстов</translation>
  </message>
  <message>
   <source>a minute</source>
   <translation>в минуту</translation>
  </message>
  <message>
   <source>a number from 0 on</source>
   <translation>число от 0</translation>
  </message>
  <message>
   <source>a private key</source>
   <translation>закрытый ключ</translation>
  </message>
  <message>
   <source>a process did not end in order: {how}</source>
   <translation>процесс завершился не как положено: {how}</translation>
  </message>
  <message>
   <source>a profile is no JSON object</source>
   <translation>профиль — не объект JSON</translation>
  </message>
  <message>
   <source>a proposal in the review</source>
   <translation>предложение на просмотре</translation>
  </message>
  <message>
   <source>a proposal to decide on</source>
   <translation>предложение, ждущее решения</translation>
  </message>
  <message>
   <source>a saved file was seen after {milliseconds:.0f} ms (save {saves})</source>
   <translation>сохранённый файл замечен через {milliseconds:.0f} мс (сохранение {saves})</translation>
  </message>
  <message>
   <source>a signed token</source>
   <translation>подписанный токен</translation>
  </message>
  <message>
   <source>a snooze</source>
   <translation>перерыв</translation>
  </message>
  <message>
   <source>a table</source>
   <translation>таблица</translation>
  </message>
  <message>
   <source>a table of texts</source>
   <translation>таблица текстов</translation>
  </message>
  <message>
   <source>a token of GitHub</source>
   <translation>токен GitHub</translation>
  </message>
  <message>
   <source>a token of GitLab</source>
   <translation>токен GitLab</translation>
  </message>
  <message>
   <source>a token of Slack</source>
   <translation>токен Slack</translation>
  </message>
  <message>
   <source>a token of a package registry</source>
   <translation>токен реестра пакетов</translation>
  </message>
  <message>
   <source>a tool writes the file</source>
   <translation>файл создаёт программа</translation>
  </message>
  <message>
   <source>a value has to be chosen</source>
   <translation>значение нужно выбрать</translation>
  </message>
  <message>
   <source>a value of {name}</source>
   <translation>значение {name}</translation>
  </message>
  <message>
   <source>a whole number from 1 on</source>
   <translation>целое число от 1</translation>
  </message>
  <message>
   <source>a whole number from {least} to {most}</source>
   <translation>целое число от {least} до {most}</translation>
  </message>
  <message numerus="yes">
   <source>about %n new token(s)</source>
   <translation>
    <numerusform>около %n нового токена</numerusform>
    <numerusform>около %n новых токенов</numerusform>
    <numerusform>около %n новых токенов</numerusform>
   </translation>
  </message>
  <message>
   <source>about {left} s left</source>
   <translation>осталось около {left} с</translation>
  </message>
  <message>
   <source>about {seconds} min left</source>
   <translation>осталось около {seconds} мин</translation>
  </message>
  <message>
   <source>accepted</source>
   <translation>принято</translation>
  </message>
  <message>
   <source>added, line {number}: {line}</source>
   <translation>добавлено, строка {number}: {line}</translation>
  </message>
  <message>
   <source>adds a test</source>
   <translation>добавляет тест</translation>
  </message>
  <message>
   <source>agreed</source>
   <translation>совпадает</translation>
  </message>
  <message>
   <source>all found</source>
   <translation>все найдены</translation>
  </message>
  <message>
   <source>all of it</source>
   <translation>целиком</translation>
  </message>
  <message>
   <source>already proposed or answered</source>
   <translation>на это уже есть предложение или ответ</translation>
  </message>
  <message>
   <source>an address with a password</source>
   <translation>адрес с паролем</translation>
  </message>
  <message>
   <source>an hour</source>
   <translation>в час</translation>
  </message>
  <message>
   <source>an open folder</source>
   <translation>открытая папка</translation>
  </message>
  <message>
   <source>an unnamed profile</source>
   <translation>безымянный профиль</translation>
  </message>
  <message>
   <source>anchored</source>
   <translation>место найдено</translation>
  </message>
  <message>
   <source>another class may have {name} of its own</source>
   <translation>у другого класса может быть свой {name}</translation>
  </message>
  <message>
   <source>answer</source>
   <translation>ответ</translation>
  </message>
  <message>
   <source>applied</source>
   <translation>применено</translation>
  </message>
  <message numerus="yes">
   <source>applied %n hunk(s)</source>
   <translation>
    <numerusform>применён %n фрагмент</numerusform>
    <numerusform>применено %n фрагмента</numerusform>
    <numerusform>применено %n фрагментов</numerusform>
   </translation>
  </message>
  <message>
   <source>applied, undone, redone, undone in {milliseconds:.0f} ms, {count} bytes compared each</source>
   <translation>применено, отменено, возвращено, отменено за {milliseconds:.0f} мс, каждый раз сверено байт: {count}</translation>
  </message>
  <message>
   <source>apply</source>
   <translation>применение</translation>
  </message>
  <message>
   <source>as most do (Authorization: Bearer)</source>
   <translation>как у большинства (Authorization: Bearer)</translation>
  </message>
  <message>
   <source>ask the local core: {model}</source>
   <translation>запрос к локальному ядру: {model}</translation>
  </message>
  <message>
   <source>ask whether the local core is well</source>
   <translation>проверка локального ядра</translation>
  </message>
  <message>
   <source>ask {title}</source>
   <translation>вопросы к «{title}»</translation>
  </message>
  <message>
   <source>asked again</source>
   <translation>спрошено заново</translation>
  </message>
  <message>
   <source>becomes {target}</source>
   <translation>станет {target}</translation>
  </message>
  <message>
   <source>before your edit: {failed}</source>
   <translation>до вашей правки: {failed}</translation>
  </message>
  <message>
   <source>begins a line</source>
   <translation>начинает новую строку</translation>
  </message>
  <message>
   <source>being downloaded</source>
   <translation>загружается</translation>
  </message>
  <message>
   <source>blank lines differ</source>
   <translation>другие пустые строки</translation>
  </message>
  <message>
   <source>blanks at the ends of lines differ</source>
   <translation>другие пробелы в концах строк</translation>
  </message>
  <message>
   <source>blanks within lines differ</source>
   <translation>другие пробелы внутри строк</translation>
  </message>
  <message>
   <source>both themes look the same</source>
   <translation>обе темы выглядят одинаково</translation>
  </message>
  <message>
   <source>bounds are tested</source>
   <translation>границы проверены</translation>
  </message>
  <message>
   <source>bubblewrap (bwrap) is not installed</source>
   <translation>bubblewrap (bwrap) не установлен</translation>
  </message>
  <message>
   <source>bubblewrap shuts them in. They have no network. They write into a copy of the project, never into your files. Of your home folder they see the folders of tools alone, no keys. What takes too much time, memory or disk is ended.</source>
   <translation>Их запирает bubblewrap. Сети у них нет. Они пишут в копию проекта и никогда в ваши файлы. Из вашей домашней папки они видят только папки инструментов, без ключей. Что занимает слишком много времени, памяти или диска, завершается.</translation>
  </message>
  <message>
   <source>bubblewrap {version} is too old: 0.8 is the least</source>
   <translation>bubblewrap {version} слишком стар: нужен хотя бы 0.8</translation>
  </message>
  <message>
   <source>bubblewrap {version}: checks of proposals are shut in</source>
   <translation>bubblewrap {version}: проверки предложений изолированы</translation>
  </message>
  <message>
   <source>by hand, not checked</source>
   <translation>вручную, без проверки</translation>
  </message>
  <message>
   <source>by its name</source>
   <translation>судя по имени</translation>
  </message>
  <message>
   <source>cached {share}</source>
   <translation>из кэша {share}</translation>
  </message>
  <message>
   <source>calls fit</source>
   <translation>вызовы подходят</translation>
  </message>
  <message>
   <source>cannot be read</source>
   <translation>не читается</translation>
  </message>
  <message>
   <source>cannot be used</source>
   <translation>непригодна</translation>
  </message>
  <message>
   <source>cases are tested</source>
   <translation>случаи проверены</translation>
  </message>
  <message>
   <source>changing the model</source>
   <translation>смена модели</translation>
  </message>
  <message>
   <source>chosen, not here yet</source>
   <translation>выбрана, ещё не загружена</translation>
  </message>
  <message>
   <source>clipboard</source>
   <translation>буфер обмена</translation>
  </message>
  <message>
   <source>closes what is open</source>
   <translation>закрывает то, что открыто</translation>
  </message>
  <message>
   <source>comes to an end</source>
   <translation>доходит до конца</translation>
  </message>
  <message>
   <source>comes with Spark</source>
   <translation>поставляется со Spark</translation>
  </message>
  <message>
   <source>command line</source>
   <translation>командная строка</translation>
  </message>
  <message>
   <source>complete</source>
   <translation>полнота</translation>
  </message>
  <message>
   <source>completions with a suffix</source>
   <translation>дополнение с параметром suffix</translation>
  </message>
  <message>
   <source>computed</source>
   <translation>вычислено</translation>
  </message>
  <message>
   <source>computes its result</source>
   <translation>вычисляет результат</translation>
  </message>
  <message>
   <source>connect</source>
   <translation>подключение</translation>
  </message>
  <message>
   <source>context {tokens} tokens</source>
   <translation>контекст {tokens} токенов</translation>
  </message>
  <message>
   <source>context {used}</source>
   <translation>контекст {used}</translation>
  </message>
  <message>
   <source>context {used} / {total}</source>
   <translation>контекст {used} / {total}</translation>
  </message>
  <message>
   <source>copied</source>
   <translation>скопировано</translation>
  </message>
  <message>
   <source>copied in</source>
   <translation>скопирован извне</translation>
  </message>
  <message>
   <source>copies</source>
   <translation>копирует</translation>
  </message>
  <message>
   <source>copy</source>
   <translation>копировать</translation>
  </message>
  <message>
   <source>core</source>
   <translation>ядро</translation>
  </message>
  <message>
   <source>credentials of a request</source>
   <translation>учётные данные запроса</translation>
  </message>
  <message>
   <source>cuts</source>
   <translation>вырезает</translation>
  </message>
  <message>
   <source>data folder</source>
   <translation>папка данных</translation>
  </message>
  <message>
   <source>database</source>
   <translation>база данных</translation>
  </message>
  <message>
   <source>decode</source>
   <translation>запись ответа</translation>
  </message>
  <message>
   <source>deleted</source>
   <translation>удалён</translation>
  </message>
  <message>
   <source>derived</source>
   <translation>из расчёта</translation>
  </message>
  <message>
   <source>diff</source>
   <translation>diff</translation>
  </message>
  <message>
   <source>differs</source>
   <translation>есть изменения</translation>
  </message>
  <message>
   <source>disk space</source>
   <translation>место на диске</translation>
  </message>
  <message>
   <source>dismissed</source>
   <translation>убрано</translation>
  </message>
  <message>
   <source>display</source>
   <translation>экран</translation>
  </message>
  <message>
   <source>document {place}</source>
   <translation>документировать: {place}</translation>
  </message>
  <message>
   <source>does not answer: {cores}</source>
   <translation>не отвечает: {cores}</translation>
  </message>
  <message>
   <source>does what it does in every text field</source>
   <translation>действует как обычно при наборе текста</translation>
  </message>
  <message>
   <source>downloading</source>
   <translation>загрузка</translation>
  </message>
  <message>
   <source>earlier turns: {tokens}</source>
   <translation>прошлые ходы: {tokens}</translation>
  </message>
  <message>
   <source>edit and undo</source>
   <translation>правка и отмена</translation>
  </message>
  <message>
   <source>edited by you</source>
   <translation>изменено вами</translation>
  </message>
  <message>
   <source>elsewhere</source>
   <translation>другой компьютер</translation>
  </message>
  <message>
   <source>emulated</source>
   <translation>эмуляция</translation>
  </message>
  <message>
   <source>ends with 0</source>
   <translation>завершается с кодом 0</translation>
  </message>
  <message>
   <source>engine</source>
   <translation>движок</translation>
  </message>
  <message>
   <source>exit code {code}</source>
   <translation>код завершения {code}</translation>
  </message>
  <message>
   <source>explain {place}</source>
   <translation>объяснить: {place}</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>сбой</translation>
  </message>
  <message numerus="yes">
   <source>failed %n time(s)</source>
   <translation>
    <numerusform>%n сбой</numerusform>
    <numerusform>%n сбоя</numerusform>
    <numerusform>%n сбоев</numerusform>
   </translation>
  </message>
  <message>
   <source>failing test {name}</source>
   <translation>не прошедший тест {name}</translation>
  </message>
  <message>
   <source>failing, tried again in {time}</source>
   <translation>сбои, новая попытка через {time}</translation>
  </message>
  <message>
   <source>fails as before: {line}</source>
   <translation>не проходит, как и раньше: {line}</translation>
  </message>
  <message>
   <source>fails: {line}</source>
   <translation>не проходит: {line}</translation>
  </message>
  <message>
   <source>fetch a model from {source}</source>
   <translation>загрузка модели, источник: {source}</translation>
  </message>
  <message>
   <source>fetch a new version</source>
   <translation>загрузить новую версию</translation>
  </message>
  <message>
   <source>file</source>
   <translation>файл</translation>
  </message>
  <message>
   <source>file watches</source>
   <translation>слежение за файлами</translation>
  </message>
  <message>
   <source>file {number} of {count}</source>
   <translation>файл {number} из {count}</translation>
  </message>
  <message>
   <source>files and other items: {tokens}</source>
   <translation>файлы и прочее: {tokens}</translation>
  </message>
  <message>
   <source>first token {first_token}</source>
   <translation>первый токен {first_token}</translation>
  </message>
  <message>
   <source>first token {first_token} · {seconds:.2f} s</source>
   <translation>первый токен {first_token} · {seconds:.2f} с</translation>
  </message>
  <message>
   <source>first token {first} · done in {duration:.2f} s</source>
   <translation>первый токен {first} · готово за {duration:.2f} с</translation>
  </message>
  <message>
   <source>fix {place}</source>
   <translation>исправить: {place}</translation>
  </message>
  <message>
   <source>folded: {line}. Enter opens it.</source>
   <translation>свёрнуто: {line}. Enter раскроет.</translation>
  </message>
  <message>
   <source>folder · {place}</source>
   <translation>папка · {place}</translation>
  </message>
  <message>
   <source>follow-up</source>
   <translation>следом</translation>
  </message>
  <message>
   <source>fonts</source>
   <translation>шрифты</translation>
  </message>
  <message numerus="yes">
   <source>found by leaving out %n line(s), one after the other</source>
   <translation>
    <numerusform>найдено: по очереди пропущена %n строка</numerusform>
    <numerusform>найдено: по очереди пропущены %n строки</numerusform>
    <numerusform>найдено: по очереди пропущено %n строк</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>found by trying %n small change(s), without a model</source>
   <translation>
    <numerusform>найдено перебором из %n малой правки, без модели</numerusform>
    <numerusform>найдено перебором из %n малых правок, без модели</numerusform>
    <numerusform>найдено перебором из %n малых правок, без модели</numerusform>
   </translation>
  </message>
  <message>
   <source>free</source>
   <translation>бесплатно</translation>
  </message>
  <message>
   <source>from its sources</source>
   <translation>из исходников</translation>
  </message>
  <message>
   <source>from {source}</source>
   <translation>из {source}</translation>
  </message>
  <message>
   <source>generated</source>
   <translation>создан программой</translation>
  </message>
  <message>
   <source>generated, or not of this project</source>
   <translation>создан автоматически или не из этого проекта</translation>
  </message>
  <message>
   <source>git could not say what is changed: {reason}</source>
   <translation>git не смог сообщить, что изменено: {reason}</translation>
  </message>
  <message>
   <source>global hotkey</source>
   <translation>глобальная горячая клавиша</translation>
  </message>
  <message>
   <source>goes to the next place</source>
   <translation>переходит к следующему месту</translation>
  </message>
  <message>
   <source>goes to the place before</source>
   <translation>переходит к предыдущему месту</translation>
  </message>
  <message>
   <source>grammars</source>
   <translation>грамматики</translation>
  </message>
  <message>
   <source>here</source>
   <translation>загружена</translation>
  </message>
  <message>
   <source>highlighting</source>
   <translation>подсветка</translation>
  </message>
  <message>
   <source>hunk {number} of {count}</source>
   <translation>фрагмент {number} из {count}</translation>
  </message>
  <message>
   <source>ignored</source>
   <translation>пропущено</translation>
  </message>
  <message>
   <source>ignored by .gitignore</source>
   <translation>исключён в .gitignore</translation>
  </message>
  <message>
   <source>ignored by default</source>
   <translation>пропускается по умолчанию</translation>
  </message>
  <message>
   <source>images and icons</source>
   <translation>картинки и значки</translation>
  </message>
  <message>
   <source>in a header of its own</source>
   <translation>в отдельном заголовке</translation>
  </message>
  <message>
   <source>in a thread that was deleted</source>
   <translation>в удалённой беседе</translation>
  </message>
  <message>
   <source>in another thread</source>
   <translation>в другой беседе</translation>
  </message>
  <message>
   <source>in comments and texts, line {lines}</source>
   <translation>в комментариях и строках, строка {lines}</translation>
  </message>
  <message>
   <source>in conflict</source>
   <translation>конфликт</translation>
  </message>
  <message>
   <source>in use</source>
   <translation>используется</translation>
  </message>
  <message>
   <source>in “{title}”</source>
   <translation>в беседе «{title}»</translation>
  </message>
  <message>
   <source>indented differently</source>
   <translation>другой отступ</translation>
  </message>
  <message>
   <source>indented unevenly</source>
   <translation>отступы сдвинуты неодинаково</translation>
  </message>
  <message>
   <source>insert</source>
   <translation>вставить</translation>
  </message>
  <message>
   <source>insert {code}</source>
   <translation>вставить {code}</translation>
  </message>
  <message>
   <source>inside</source>
   <translation>в пределах просьбы</translation>
  </message>
  <message>
   <source>installed app</source>
   <translation>установленное приложение</translation>
  </message>
  <message>
   <source>instruction</source>
   <translation>указание</translation>
  </message>
  <message>
   <source>interrupted</source>
   <translation>прервано</translation>
  </message>
  <message>
   <source>is deleted</source>
   <translation>удаляется</translation>
  </message>
  <message>
   <source>it calls what it gave</source>
   <translation>вызывается то, что она вернула</translation>
  </message>
  <message>
   <source>it came to its end before: {reason}</source>
   <translation>раньше доходило до конца: {reason}</translation>
  </message>
  <message>
   <source>it could not be examined: {reason}</source>
   <translation>проверить не удалось: {reason}</translation>
  </message>
  <message>
   <source>it did not answer</source>
   <translation>оно не ответило</translation>
  </message>
  <message>
   <source>it expires before it is issued</source>
   <translation>он истекает раньше, чем выпущен</translation>
  </message>
  <message>
   <source>it has more than {most} bytes</source>
   <translation>в нём больше {most} байт</translation>
  </message>
  <message>
   <source>it holds NUL bytes</source>
   <translation>в нём есть нулевые байты</translation>
  </message>
  <message>
   <source>it holds control characters</source>
   <translation>в нём есть управляющие символы</translation>
  </message>
  <message>
   <source>it hung: nothing came within {seconds:.0f} s</source>
   <translation>зависло: за {seconds:.0f} с ничего не пришло</translation>
  </message>
  <message>
   <source>it is called {name} there</source>
   <translation>там это называется {name}</translation>
  </message>
  <message>
   <source>it is defined here with the parameters before</source>
   <translation>здесь оно определено с прежними параметрами</translation>
  </message>
  <message>
   <source>it is defined here, too, and is not async</source>
   <translation>здесь тоже есть его определение, и оно не async</translation>
  </message>
  <message>
   <source>it is empty</source>
   <translation>файл пуст</translation>
  </message>
  <message>
   <source>it is handed to what waits for it</source>
   <translation>он передаётся тому, что его ждёт</translation>
  </message>
  <message>
   <source>it is larger than {most} kB</source>
   <translation>он больше {most} КБ</translation>
  </message>
  <message>
   <source>it is nested too deeply</source>
   <translation>вложенность слишком глубока</translation>
  </message>
  <message>
   <source>it is no JSON</source>
   <translation>это не JSON</translation>
  </message>
  <message>
   <source>it is no JSON object</source>
   <translation>это не объект JSON</translation>
  </message>
  <message>
   <source>it is no file</source>
   <translation>это не файл</translation>
  </message>
  <message>
   <source>it is not UTF-8</source>
   <translation>это не UTF-8</translation>
  </message>
  <message>
   <source>it is part of the proposal for another place of this file</source>
   <translation>это часть предложения для другого места этого файла</translation>
  </message>
  <message>
   <source>it is passed on, not called</source>
   <translation>оно передаётся дальше, а не вызывается</translation>
  </message>
  <message>
   <source>it is set or deleted</source>
   <translation>значение присваивается или удаляется</translation>
  </message>
  <message>
   <source>it is several keys after each other; one is possible</source>
   <translation>это несколько клавиш подряд; возможна только одна</translation>
  </message>
  <message>
   <source>it keeps keys in a file</source>
   <translation>хранит ключи в файле</translation>
  </message>
  <message>
   <source>it keeps nothing</source>
   <translation>ничего не хранит</translation>
  </message>
  <message>
   <source>it lists no profiles</source>
   <translation>в ответе нет списка профилей</translation>
  </message>
  <message>
   <source>it names a filter {name}</source>
   <translation>в нём назван фильтр {name}</translation>
  </message>
  <message>
   <source>it names a version twice</source>
   <translation>одна версия названа дважды</translation>
  </message>
  <message>
   <source>it needs Ctrl, Alt or Meta: every program would lose the key else</source>
   <translation>нужен Ctrl, Alt или Meta: иначе клавишу потеряют все программы</translation>
  </message>
  <message>
   <source>it passes a list of arguments</source>
   <translation>передаётся список аргументов</translation>
  </message>
  <message numerus="yes">
   <source>it removes %n line(s) that it does not name</source>
   <translation>
    <numerusform>удаляет %n строку, которую не называет</numerusform>
    <numerusform>удаляет %n строки, которые не называет</numerusform>
    <numerusform>удаляет %n строк, которые не называет</numerusform>
   </translation>
  </message>
  <message>
   <source>it said nothing for {seconds:g} s</source>
   <translation>оно молчало {seconds:g} с</translation>
  </message>
  <message>
   <source>it stands in a comment or a text</source>
   <translation>оно стоит в комментарии или строке</translation>
  </message>
  <message>
   <source>it stands in another call that changes</source>
   <translation>оно стоит внутри другого изменяемого вызова</translation>
  </message>
  <message>
   <source>it was not done within {seconds:.0f} s</source>
   <translation>не закончено за {seconds:.0f} с</translation>
  </message>
  <message>
   <source>its arguments do not fit the signature before</source>
   <translation>его аргументы не подходят к прежней сигнатуре</translation>
  </message>
  <message>
   <source>its connection ended</source>
   <translation>соединение с ним прервалось</translation>
  </message>
  <message>
   <source>its import has to be written by hand</source>
   <translation>его импорт нужно написать вручную</translation>
  </message>
  <message>
   <source>its makers do not recommend it</source>
   <translation>не рекомендована её авторами</translation>
  </message>
  <message>
   <source>its name is not UTF-8</source>
   <translation>имя не в UTF-8</translation>
  </message>
  <message>
   <source>its name matches {secret}</source>
   <translation>имя подходит под {secret}</translation>
  </message>
  <message>
   <source>its name was changed again</source>
   <translation>его имя снова изменилось</translation>
  </message>
  <message>
   <source>its process ended in the middle of it: {how}</source>
   <translation>процесс завершился посреди проверки: {how}</translation>
  </message>
  <message>
   <source>its text did not change</source>
   <translation>текст не изменился</translation>
  </message>
  <message>
   <source>its text, which may hold secrets</source>
   <translation>текста, в котором могут быть секреты</translation>
  </message>
  <message>
   <source>its {encoding} is damaged at byte {place}</source>
   <translation>{encoding} повреждён на байте {place}</translation>
  </message>
  <message>
   <source>keeps its errors</source>
   <translation>сохраняет свои ошибки</translation>
  </message>
  <message>
   <source>kept for the answer: {tokens}</source>
   <translation>отведено под ответ: {tokens}</translation>
  </message>
  <message>
   <source>key cannot be read</source>
   <translation>ключ не читается</translation>
  </message>
  <message>
   <source>key for this session only</source>
   <translation>ключ только на этот сеанс</translation>
  </message>
  <message>
   <source>key in the keyring</source>
   <translation>ключ в связке ключей</translation>
  </message>
  <message>
   <source>key in {variable}</source>
   <translation>ключ в {variable}</translation>
  </message>
  <message>
   <source>key missing</source>
   <translation>нет ключа</translation>
  </message>
  <message>
   <source>keyring</source>
   <translation>связка ключей</translation>
  </message>
  <message>
   <source>keys last for the session: {reason}</source>
   <translation>ключи живут до конца сеанса: {reason}</translation>
  </message>
  <message>
   <source>keys.{name} is no action of this window.</source>
   <translation>keys.{name}: в этом окне нет такого действия.</translation>
  </message>
  <message>
   <source>keys.{name}: {key} is no key.</source>
   <translation>keys.{name}: {key} — не клавиша.</translation>
  </message>
  <message>
   <source>killed by signal {number}</source>
   <translation>завершено сигналом {number}</translation>
  </message>
  <message>
   <source>known trap</source>
   <translation>известная ловушка</translation>
  </message>
  <message>
   <source>languages: {names}</source>
   <translation>языки: {names}</translation>
  </message>
  <message>
   <source>leaves its arguments as they are</source>
   <translation>не изменяет переданные аргументы</translation>
  </message>
  <message>
   <source>leaves out</source>
   <translation>отбирает</translation>
  </message>
  <message>
   <source>left out</source>
   <translation>пропущено</translation>
  </message>
  <message>
   <source>left out, nothing uses it</source>
   <translation>нет, он и не нужен</translation>
  </message>
  <message>
   <source>left out: {reason}</source>
   <translation>пропущено: {reason}</translation>
  </message>
  <message>
   <source>line {line}</source>
   <translation>строка {line}</translation>
  </message>
  <message>
   <source>line {line} before</source>
   <translation>прежняя строка {line}</translation>
  </message>
  <message>
   <source>line {line}: unexpected {text}</source>
   <translation>строка {line}: лишнее {text}</translation>
  </message>
  <message>
   <source>line {line}: {problem}</source>
   <translation>строка {line}: {problem}</translation>
  </message>
  <message>
   <source>line {line}: {wanted} expected</source>
   <translation>строка {line}: ожидается {wanted}</translation>
  </message>
  <message>
   <source>line {number}: {line}</source>
   <translation>строка {number}: {line}</translation>
  </message>
  <message>
   <source>lines {first} to {last}</source>
   <translation>строки {first}–{last}</translation>
  </message>
  <message>
   <source>lines {spans}</source>
   <translation>строки {spans}</translation>
  </message>
  <message>
   <source>loading</source>
   <translation>загружается в память</translation>
  </message>
  <message>
   <source>local</source>
   <translation>локально</translation>
  </message>
  <message>
   <source>look for a new version</source>
   <translation>поискать новую версию</translation>
  </message>
  <message>
   <source>looks unfinished</source>
   <translation>похоже, не дописано</translation>
  </message>
  <message>
   <source>macOS lets Spark press keys once you allow it: System Settings, Privacy &amp; Security, Accessibility.</source>
   <translation>macOS позволит Spark нажимать клавиши, когда вы это разрешите: «Системные настройки», «Конфиденциальность и безопасность», «Универсальный доступ».</translation>
  </message>
  <message>
   <source>macOS refused the hotkey (error {code}).</source>
   <translation>macOS отклонила горячую клавишу (ошибка {code}).</translation>
  </message>
  <message>
   <source>many files changed at once</source>
   <translation>разом изменилось много файлов</translation>
  </message>
  <message>
   <source>may hold secrets</source>
   <translation>может содержать секреты</translation>
  </message>
  <message>
   <source>may hold secrets: {what}</source>
   <translation>может содержать секреты: {what}</translation>
  </message>
  <message>
   <source>measured</source>
   <translation>измерено</translation>
  </message>
  <message>
   <source>measuring</source>
   <translation>измеряется</translation>
  </message>
  <message>
   <source>memory</source>
   <translation>память</translation>
  </message>
  <message>
   <source>mended</source>
   <translation>исправлено</translation>
  </message>
  <message>
   <source>mends it</source>
   <translation>исправляет</translation>
  </message>
  <message>
   <source>merged</source>
   <translation>объединено</translation>
  </message>
  <message>
   <source>minds negative ones</source>
   <translation>учтены отрицательные</translation>
  </message>
  <message>
   <source>model</source>
   <translation>модель</translation>
  </message>
  <message>
   <source>more at once than are taken from one save</source>
   <translation>больше, чем берётся из одного сохранения</translation>
  </message>
  <message>
   <source>more failed at once than proposals are made for</source>
   <translation>сбоев сразу больше, чем делается предложений</translation>
  </message>
  <message>
   <source>names exist</source>
   <translation>имена существуют</translation>
  </message>
  <message>
   <source>needs one</source>
   <translation>нужен хотя бы один</translation>
  </message>
  <message>
   <source>never</source>
   <translation>никогда</translation>
  </message>
  <message>
   <source>new file</source>
   <translation>новый файл</translation>
  </message>
  <message>
   <source>new parameters of {name}</source>
   <translation>новые параметры {name}</translation>
  </message>
  <message>
   <source>no certificates of authorities in {place}</source>
   <translation>нет сертификатов удостоверяющих центров: {place}</translation>
  </message>
  <message>
   <source>no colours for {names}</source>
   <translation>нет подсветки для {names}</translation>
  </message>
  <message>
   <source>no display here: the window was tried unseen (Qt {qt}, {name})</source>
   <translation>экрана здесь нет: окно проверено невидимым (Qt {qt}, {name})</translation>
  </message>
  <message>
   <source>no event came for a file that was saved</source>
   <translation>о сохранённом файле не пришло события</translation>
  </message>
  <message>
   <source>no file open</source>
   <translation>файл не открыт</translation>
  </message>
  <message>
   <source>no font</source>
   <translation>шрифта нет</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>без предела</translation>
  </message>
  <message>
   <source>no longer needed</source>
   <translation>больше не нужно</translation>
  </message>
  <message>
   <source>no model yet</source>
   <translation>модели ещё нет</translation>
  </message>
  <message>
   <source>no newline at end</source>
   <translation>нет перевода строки в конце</translation>
  </message>
  <message>
   <source>no parser for this language</source>
   <translation>для этого языка нет анализатора</translation>
  </message>
  <message>
   <source>no placeholder</source>
   <translation>без заглушек</translation>
  </message>
  <message>
   <source>no reasoning</source>
   <translation>без рассуждений</translation>
  </message>
  <message>
   <source>no result: {path} was taken from your folder, not from the copy</source>
   <translation>нет результата: {path} взят из вашей папки, а не из копии</translation>
  </message>
  <message numerus="yes">
   <source>no room: %n token(s), and {left} were left</source>
   <translation>
    <numerusform>нет места: %n токен, а оставалось {left}</numerusform>
    <numerusform>нет места: %n токена, а оставалось {left}</numerusform>
    <numerusform>нет места: %n токенов, а оставалось {left}</numerusform>
   </translation>
  </message>
  <message>
   <source>no tests ran</source>
   <translation>ни один тест не выполнен</translation>
  </message>
  <message>
   <source>no {suffix} in {folder}</source>
   <translation>нет файлов {suffix} в {folder}</translation>
  </message>
  <message>
   <source>none chosen</source>
   <translation>не выбрана</translation>
  </message>
  <message>
   <source>none is installed</source>
   <translation>ни одна не установлена</translation>
  </message>
  <message>
   <source>none is registered</source>
   <translation>не зарегистрирована</translation>
  </message>
  <message>
   <source>none recorded</source>
   <translation>не записано</translation>
  </message>
  <message>
   <source>none yet: made at the first use</source>
   <translation>пока нет: появится при первом использовании</translation>
  </message>
  <message>
   <source>none, nothing uses it</source>
   <translation>нет, он и не нужен</translation>
  </message>
  <message>
   <source>none: servers are asked directly</source>
   <translation>нет: обращения к серверам идут напрямую</translation>
  </message>
  <message>
   <source>none: the next command starts one</source>
   <translation>нет: его запустит следующая команда</translation>
  </message>
  <message>
   <source>none: the window cannot be shown, the command line works</source>
   <translation>нет: окно показать нельзя, командная строка работает</translation>
  </message>
  <message>
   <source>not a text file</source>
   <translation>не текстовый файл</translation>
  </message>
  <message>
   <source>not at all: there is none</source>
   <translation>никак: ключа нет</translation>
  </message>
  <message>
   <source>not compared: it wrote more than 256 KB</source>
   <translation>не сравнивалось: вывод больше 256 КБ</translation>
  </message>
  <message>
   <source>not compared: {reason}</source>
   <translation>не сравнивалось: {reason}</translation>
  </message>
  <message>
   <source>not found: {names}</source>
   <translation>не найдены: {names}</translation>
  </message>
  <message>
   <source>not here</source>
   <translation>не загружена</translation>
  </message>
  <message>
   <source>not in the copy: {files}</source>
   <translation>нет в копии: {files}</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>неизвестно</translation>
  </message>
  <message>
   <source>not loaded: {names}</source>
   <translation>не загружены: {names}</translation>
  </message>
  <message>
   <source>not measured</source>
   <translation>не измерено</translation>
  </message>
  <message>
   <source>not measured yet</source>
   <translation>ещё не измерено</translation>
  </message>
  <message>
   <source>not published</source>
   <translation>не опубликовано</translation>
  </message>
  <message>
   <source>not run to its end: it needed more than {most} MB of memory</source>
   <translation>не завершилось: нужно больше {most} МБ памяти</translation>
  </message>
  <message numerus="yes">
   <source>not run to its end: it started more than %n process(es)</source>
   <translation>
    <numerusform>не завершилось: запущено больше %n процесса</numerusform>
    <numerusform>не завершилось: запущено больше %n процессов</numerusform>
    <numerusform>не завершилось: запущено больше %n процессов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>not run to its end: it took more than %n second(s)</source>
   <translation>
    <numerusform>не завершилось: прошло больше %n секунды</numerusform>
    <numerusform>не завершилось: прошло больше %n секунд</numerusform>
    <numerusform>не завершилось: прошло больше %n секунд</numerusform>
   </translation>
  </message>
  <message>
   <source>not run to its end: it took too much of the processor</source>
   <translation>не завершилось: занято слишком много времени процессора</translation>
  </message>
  <message>
   <source>not run to its end: it was ended by {signal}</source>
   <translation>не завершилось: прервано сигналом {signal}</translation>
  </message>
  <message>
   <source>not run to its end: it wrote more than the disk may hold for it</source>
   <translation>не завершилось: записано больше, чем отведено на диске</translation>
  </message>
  <message>
   <source>not run to its end: it wrote without an end</source>
   <translation>не завершилось: вывод не кончался</translation>
  </message>
  <message>
   <source>not run to its end: the machine had hardly any memory left</source>
   <translation>не завершилось: на машине почти не осталось памяти</translation>
  </message>
  <message>
   <source>not run, there is no sandbox: {reason}</source>
   <translation>не запускалось, нет песочницы: {reason}</translation>
  </message>
  <message>
   <source>not run: no time was left for it</source>
   <translation>не запускалось: не осталось времени</translation>
  </message>
  <message>
   <source>not run: stopped</source>
   <translation>не запускалось: остановлено</translation>
  </message>
  <message>
   <source>not run: there is no program {name}</source>
   <translation>не запускалось: нет программы {name}</translation>
  </message>
  <message>
   <source>not run: with {word} Python would take your files, not the copy</source>
   <translation>не запущено: с {word} Python взял бы ваши файлы, а не копию</translation>
  </message>
  <message>
   <source>not run: {reason}</source>
   <translation>не запускалось: {reason}</translation>
  </message>
  <message>
   <source>not shrunk</source>
   <translation>не сокращён</translation>
  </message>
  <message>
   <source>not stated</source>
   <translation>не указана</translation>
  </message>
  <message>
   <source>not there</source>
   <translation>отсутствует</translation>
  </message>
  <message>
   <source>not tried: the project did not open</source>
   <translation>не проверялось: проект не открылся</translation>
  </message>
  <message>
   <source>not tried: there is no model</source>
   <translation>не проверялось: модели нет</translation>
  </message>
  <message>
   <source>not usable: {names}</source>
   <translation>непригодно: {names}</translation>
  </message>
  <message>
   <source>not written yet, line {number}: {line}</source>
   <translation>ещё не написано, строка {number}: {line}</translation>
  </message>
  <message>
   <source>note</source>
   <translation>замечание</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>ничего</translation>
  </message>
  <message>
   <source>nothing can wait outside of a function</source>
   <translation>вне функции ждать нельзя</translation>
  </message>
  <message>
   <source>nothing can wait where a class or a function is defined</source>
   <translation>там, где определяется класс или функция, ждать нельзя</translation>
  </message>
  <message>
   <source>nothing found</source>
   <translation>ничего не найдено</translation>
  </message>
  <message>
   <source>nothing here calls it; what does has to wait for it</source>
   <translation>здесь его никто не вызывает; вызывающий должен его ждать</translation>
  </message>
  <message>
   <source>nothing in it asks for a proposal</source>
   <translation>в нём нет запроса на предложение</translation>
  </message>
  <message>
   <source>nothing is drawn for {names}</source>
   <translation>ничего не рисуется для {names}</translation>
  </message>
  <message>
   <source>nothing is left to follow up</source>
   <translation>больше менять нечего</translation>
  </message>
  <message>
   <source>nothing is told</source>
   <translation>ничего не сказано</translation>
  </message>
  <message>
   <source>nothing left behind</source>
   <translation>ничего не осталось</translation>
  </message>
  <message>
   <source>now</source>
   <translation>сейчас</translation>
  </message>
  <message>
   <source>of several places the first one below its heading</source>
   <translation>из нескольких мест первое под заголовком</translation>
  </message>
  <message>
   <source>of several places the one at line {line}</source>
   <translation>из нескольких мест то, что в строке {line}</translation>
  </message>
  <message>
   <source>of several places the one nearest to line {line}</source>
   <translation>из нескольких мест ближайшее к строке {line}</translation>
  </message>
  <message>
   <source>of several places the one that fits the order of the blocks</source>
   <translation>из нескольких мест то, что подходит по порядку блоков</translation>
  </message>
  <message>
   <source>of several places the one that other blocks left</source>
   <translation>из нескольких мест то, что оставили другие блоки</translation>
  </message>
  <message>
   <source>off</source>
   <translation>выкл.</translation>
  </message>
  <message>
   <source>ok</source>
   <translation>в порядке</translation>
  </message>
  <message>
   <source>one line</source>
   <translation>одна строка</translation>
  </message>
  <message>
   <source>one of many files that changed at once</source>
   <translation>один из многих файлов, изменённых разом</translation>
  </message>
  <message>
   <source>one of {known}</source>
   <translation>одно из: {known}</translation>
  </message>
  <message>
   <source>only documents</source>
   <translation>только документация</translation>
  </message>
  <message numerus="yes">
   <source>only its first %n line(s) are shown</source>
   <translation>
    <numerusform>показана только первая %n строка</numerusform>
    <numerusform>показаны только первые %n строки</numerusform>
    <numerusform>показаны только первые %n строк</numerusform>
   </translation>
  </message>
  <message>
   <source>open</source>
   <translation>открыта</translation>
  </message>
  <message>
   <source>opened with a project after {seconds:.2f} s, {width} x {height} pixels, both themes drawn</source>
   <translation>открыто с проектом через {seconds:.2f} с, {width} x {height} точек, нарисовано в обеих темах</translation>
  </message>
  <message>
   <source>order.{kind}: there is no endpoint {id}.</source>
   <translation>order.{kind}: сервера {id} нет.</translation>
  </message>
  <message>
   <source>outside the folder</source>
   <translation>вне папки</translation>
  </message>
  <message>
   <source>over {count} characters</source>
   <translation>больше {count} знаков</translation>
  </message>
  <message>
   <source>p50</source>
   <translation>p50</translation>
  </message>
  <message>
   <source>p95</source>
   <translation>p95</translation>
  </message>
  <message>
   <source>paint</source>
   <translation>отрисовка</translation>
  </message>
  <message>
   <source>parses</source>
   <translation>разбирается</translation>
  </message>
  <message>
   <source>parses · {hunks}</source>
   <translation>разбирается · {hunks}</translation>
  </message>
  <message>
   <source>partly undone</source>
   <translation>отменено частично</translation>
  </message>
  <message>
   <source>pass on what is asked of {host}</source>
   <translation>передать дальше вопросы к {host}</translation>
  </message>
  <message>
   <source>passed</source>
   <translation>пройдено</translation>
  </message>
  <message>
   <source>pastes</source>
   <translation>вставляет</translation>
  </message>
  <message>
   <source>patch envelope</source>
   <translation>патч в конверте</translation>
  </message>
  <message>
   <source>paused at {share}</source>
   <translation>на паузе: {share}</translation>
  </message>
  <message>
   <source>pinned</source>
   <translation>закреплена</translation>
  </message>
  <message>
   <source>placed below its heading</source>
   <translation>помещено под заголовком</translation>
  </message>
  <message>
   <source>placed by the line number alone</source>
   <translation>место взято только по номеру строки</translation>
  </message>
  <message>
   <source>prefill</source>
   <translation>чтение запроса</translation>
  </message>
  <message>
   <source>prefill / decode</source>
   <translation>чтение / запись</translation>
  </message>
  <message>
   <source>presses a button</source>
   <translation>нажимает кнопку</translation>
  </message>
  <message>
   <source>problem</source>
   <translation>проблема</translation>
  </message>
  <message>
   <source>processor</source>
   <translation>процессор</translation>
  </message>
  <message>
   <source>profile {profile} decodes {rate:g} tokens a second</source>
   <translation>профиль {profile}: {rate:g} токенов в секунду</translation>
  </message>
  <message>
   <source>profile {profile}: {error!r}</source>
   <translation>профиль {profile}: {error!r}</translation>
  </message>
  <message>
   <source>program</source>
   <translation>программа</translation>
  </message>
  <message>
   <source>project checks</source>
   <translation>проверки проекта</translation>
  </message>
  <message>
   <source>proposals waiting: {count}</source>
   <translation>предложений ожидает: {count}</translation>
  </message>
  <message>
   <source>proved</source>
   <translation>подтверждено</translation>
  </message>
  <message>
   <source>proxy</source>
   <translation>прокси</translation>
  </message>
  <message>
   <source>queue</source>
   <translation>очередь</translation>
  </message>
  <message>
   <source>queued</source>
   <translation>в очереди</translation>
  </message>
  <message>
   <source>quiet mode: nothing starts unasked</source>
   <translation>тихий режим: ничто не начинается само</translation>
  </message>
  <message>
   <source>raises what was asked</source>
   <translation>вызывает названные ошибки</translation>
  </message>
  <message>
   <source>read as meant</source>
   <translation>понято по смыслу</translation>
  </message>
  <message>
   <source>reads {rate} tokens/s</source>
   <translation>читает {rate} токенов/с</translation>
  </message>
  <message>
   <source>ready</source>
   <translation>готово</translation>
  </message>
  <message>
   <source>ready {seconds:.1f} s after it was waited for, {model}, context {context:,} tokens</source>
   <translation>готово через {seconds:.1f} с ожидания, {model}, контекст {context:,} токенов</translation>
  </message>
  <message>
   <source>recorded answers in the place of a model</source>
   <translation>вместо модели записанные ответы</translation>
  </message>
  <message>
   <source>redone</source>
   <translation>возвращено</translation>
  </message>
  <message>
   <source>region</source>
   <translation>фрагмент</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>отклонено</translation>
  </message>
  <message>
   <source>remote</source>
   <translation>удалённая</translation>
  </message>
  <message>
   <source>removed, line {number}: {line}</source>
   <translation>удалено, строка {number}: {line}</translation>
  </message>
  <message>
   <source>removing</source>
   <translation>удаляется</translation>
  </message>
  <message>
   <source>rename {old} to {new}</source>
   <translation>переименование {old} в {new}</translation>
  </message>
  <message>
   <source>repair</source>
   <translation>исправление</translation>
  </message>
  <message>
   <source>repair: {problem}</source>
   <translation>исправление: {problem}</translation>
  </message>
  <message>
   <source>replaced by a newer save</source>
   <translation>заменено более новым сохранением</translation>
  </message>
  <message>
   <source>resources</source>
   <translation>файлы данных</translation>
  </message>
  <message>
   <source>restarting</source>
   <translation>перезапуск</translation>
  </message>
  <message>
   <source>revised by your comments</source>
   <translation>переделано по вашим комментариям</translation>
  </message>
  <message>
   <source>running</source>
   <translation>идёт</translation>
  </message>
  <message>
   <source>running core</source>
   <translation>работающее ядро</translation>
  </message>
  <message>
   <source>runs from its sources, without being installed</source>
   <translation>работает из исходников, без установки</translation>
  </message>
  <message>
   <source>same signature</source>
   <translation>та же сигнатура</translation>
  </message>
  <message>
   <source>sandbox</source>
   <translation>песочница</translation>
  </message>
  <message>
   <source>saved</source>
   <translation>сохранено</translation>
  </message>
  <message>
   <source>saved while Spark was snoozed</source>
   <translation>сохранено во время перерыва</translation>
  </message>
  <message>
   <source>saved while watching was paused</source>
   <translation>сохранён, пока слежение было на паузе</translation>
  </message>
  <message>
   <source>says what was asked</source>
   <translation>сказано, что просили</translation>
  </message>
  <message>
   <source>screen</source>
   <translation>экран</translation>
  </message>
  <message>
   <source>screens</source>
   <translation>экраны</translation>
  </message>
  <message>
   <source>search/replace</source>
   <translation>найти и заменить</translation>
  </message>
  <message>
   <source>searching…</source>
   <translation>поиск…</translation>
  </message>
  <message>
   <source>second try · {speed}</source>
   <translation>вторая попытка · {speed}</translation>
  </message>
  <message>
   <source>second-hand</source>
   <translation>из вторых рук</translation>
  </message>
  <message>
   <source>selected lines of a file</source>
   <translation>выделенные строки файла</translation>
  </message>
  <message>
   <source>selects all</source>
   <translation>выделяет всё</translation>
  </message>
  <message>
   <source>sends now, or keeps what is written</source>
   <translation>отправляет сразу или сохраняет написанное</translation>
  </message>
  <message>
   <source>sends, or opens what is chosen</source>
   <translation>отправляет или открывает выбранное</translation>
  </message>
  <message>
   <source>short enough</source>
   <translation>достаточно коротко</translation>
  </message>
  <message>
   <source>shows the decimals</source>
   <translation>показывает знаки после запятой</translation>
  </message>
  <message>
   <source>simplify {place}</source>
   <translation>упростить: {place}</translation>
  </message>
  <message>
   <source>small change</source>
   <translation>малая правка</translation>
  </message>
  <message numerus="yes">
   <source>spark: snoozed for %n minute(s)</source>
   <translation>
    <numerusform>spark: перерыв на %n минуту</numerusform>
    <numerusform>spark: перерыв на %n минуты</numerusform>
    <numerusform>spark: перерыв на %n минут</numerusform>
   </translation>
  </message>
  <message>
   <source>spark: snoozed until tomorrow morning</source>
   <translation>spark: перерыв до завтрашнего утра</translation>
  </message>
  <message>
   <source>spark: watching goes on</source>
   <translation>spark: наблюдение продолжается</translation>
  </message>
  <message>
   <source>spark: {reason}</source>
   <translation>spark: {reason}</translation>
  </message>
  <message>
   <source>split</source>
   <translation>рядом</translation>
  </message>
  <message>
   <source>stands</source>
   <translation>в силе</translation>
  </message>
  <message>
   <source>start</source>
   <translation>запуск</translation>
  </message>
  <message>
   <source>started by you: {names}</source>
   <translation>запущено вами: {names}</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>запуск</translation>
  </message>
  <message>
   <source>starts with a project</source>
   <translation>запускается с проектом</translation>
  </message>
  <message>
   <source>std::to_string writes six decimals, however a number was rounded.</source>
   <translation>std::to_string пишет шесть знаков после запятой, как бы число ни было округлено.</translation>
  </message>
  <message>
   <source>still fails: {line}</source>
   <translation>по-прежнему падает: {line}</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>остановлено</translation>
  </message>
  <message>
   <source>streaming {rate:.0f} t/s</source>
   <translation>пишет {rate:.0f} т/с</translation>
  </message>
  <message>
   <source>stub</source>
   <translation>пустая функция</translation>
  </message>
  <message>
   <source>stub {name}()</source>
   <translation>тело для {name}()</translation>
  </message>
  <message>
   <source>superseded</source>
   <translation>заменено</translation>
  </message>
  <message>
   <source>switched off in the settings</source>
   <translation>отключено в настройках</translation>
  </message>
  <message>
   <source>system</source>
   <translation>системный запрос</translation>
  </message>
  <message>
   <source>system and summary</source>
   <translation>системный запрос и сводка</translation>
  </message>
  <message>
   <source>takes {size} of memory</source>
   <translation>занимает {size} памяти</translation>
  </message>
  <message>
   <source>ten tokens</source>
   <translation>десять токенов</translation>
  </message>
  <message>
   <source>test</source>
   <translation>тест</translation>
  </message>
  <message>
   <source>test the connection to {title}</source>
   <translation>проверить соединение с {title}</translation>
  </message>
  <message>
   <source>text</source>
   <translation>текст</translation>
  </message>
  <message>
   <source>the X server does not answer</source>
   <translation>X-сервер не отвечает</translation>
  </message>
  <message>
   <source>the checks pass only with that</source>
   <translation>проверки проходят только с этим</translation>
  </message>
  <message>
   <source>the core began to fetch its model, and was stopped</source>
   <translation>ядро начало загружать модель и было остановлено</translation>
  </message>
  <message>
   <source>the core cannot tell: {reason}</source>
   <translation>ядро не может сообщить: {reason}</translation>
  </message>
  <message>
   <source>the core does not answer: {error}</source>
   <translation>ядро не отвечает: {error}</translation>
  </message>
  <message>
   <source>the core does not become ready</source>
   <translation>ядро не становится готовым</translation>
  </message>
  <message>
   <source>the default</source>
   <translation>по умолчанию</translation>
  </message>
  <message>
   <source>the default one</source>
   <translation>по умолчанию</translation>
  </message>
  <message>
   <source>the desktop shows no tray icons; everything else works without</source>
   <translation>рабочий стол не показывает значки в трее; всё остальное работает и без них</translation>
  </message>
  <message>
   <source>the desktop shows tray icons</source>
   <translation>рабочий стол показывает значки в трее</translation>
  </message>
  <message>
   <source>the file</source>
   <translation>файл</translation>
  </message>
  <message>
   <source>the file was copied in</source>
   <translation>файл скопирован извне</translation>
  </message>
  <message>
   <source>the file would not parse</source>
   <translation>файл перестал бы разбираться</translation>
  </message>
  <message>
   <source>the folder {folder} cannot be removed</source>
   <translation>папку {folder} не удаётся удалить</translation>
  </message>
  <message>
   <source>the full path of a folder</source>
   <translation>полный путь папки</translation>
  </message>
  <message>
   <source>the function around it has no name</source>
   <translation>у функции вокруг него нет имени</translation>
  </message>
  <message>
   <source>the function around it is not async</source>
   <translation>функция вокруг него не async</translation>
  </message>
  <message>
   <source>the function around it stands in another one</source>
   <translation>функция вокруг него вложена в другую</translation>
  </message>
  <message>
   <source>the keyring ({name}) is locked</source>
   <translation>связка ключей ({name}) заблокирована</translation>
  </message>
  <message>
   <source>the model does not write ten tokens</source>
   <translation>модель не пишет десяти токенов</translation>
  </message>
  <message>
   <source>the model is not running</source>
   <translation>модель не запущена</translation>
  </message>
  <message>
   <source>the model is starting</source>
   <translation>модель запускается</translation>
  </message>
  <message>
   <source>the model's context: {tokens}</source>
   <translation>контекст модели: {tokens}</translation>
  </message>
  <message>
   <source>the model's own tokens</source>
   <translation>собственные токены модели</translation>
  </message>
  <message>
   <source>the one in keyring's own settings</source>
   <translation>указанная в настройках keyring</translation>
  </message>
  <message>
   <source>the open thread</source>
   <translation>открытая беседа</translation>
  </message>
  <message>
   <source>the project</source>
   <translation>проект</translation>
  </message>
  <message>
   <source>the project did not open: {reason}</source>
   <translation>проект не открылся: {reason}</translation>
  </message>
  <message>
   <source>the question: {tokens}</source>
   <translation>вопрос: {tokens}</translation>
  </message>
  <message>
   <source>the quick check found damage</source>
   <translation>быстрая проверка нашла повреждения</translation>
  </message>
  <message>
   <source>the real model writes first</source>
   <translation>сначала пишет настоящая модель</translation>
  </message>
  <message>
   <source>the result</source>
   <translation>результат</translation>
  </message>
  <message>
   <source>the route /fim/completions</source>
   <translation>путь /fim/completions</translation>
  </message>
  <message>
   <source>the route /infill</source>
   <translation>путь /infill</translation>
  </message>
  <message>
   <source>the schedule of {profile}: {error}</source>
   <translation>расписание профиля {profile}: {error}</translation>
  </message>
  <message>
   <source>the session bus does not answer ({error})</source>
   <translation>сеансовая шина не отвечает ({error})</translation>
  </message>
  <message>
   <source>the session bus ended</source>
   <translation>сеансовая шина завершила работу</translation>
  </message>
  <message>
   <source>the session bus ended ({error})</source>
   <translation>сеансовая шина завершила работу ({error})</translation>
  </message>
  <message>
   <source>the session bus hung up</source>
   <translation>сеансовая шина разорвала соединение</translation>
  </message>
  <message>
   <source>the speed lab</source>
   <translation>лаборатория скорости</translation>
  </message>
  <message>
   <source>the system</source>
   <translation>системные</translation>
  </message>
  <message>
   <source>the system does not let bubblewrap work: {line}</source>
   <translation>система не даёт работать bubblewrap: {line}</translation>
  </message>
  <message>
   <source>the system's own</source>
   <translation>системный</translation>
  </message>
  <message>
   <source>the type of {name} is told elsewhere</source>
   <translation>тип {name} указан в другом месте</translation>
  </message>
  <message>
   <source>the window is empty in the theme {name}</source>
   <translation>окно пусто в теме {name}</translation>
  </message>
  <message>
   <source>there are too many files at once</source>
   <translation>слишком много файлов сразу</translation>
  </message>
  <message>
   <source>there is no key {name}</source>
   <translation>нет клавиши {name}</translation>
  </message>
  <message>
   <source>there is no model {name}</source>
   <translation>модели {name} нет</translation>
  </message>
  <message>
   <source>there is no model {path}</source>
   <translation>нет модели {path}</translation>
  </message>
  <message>
   <source>there is none on this system yet</source>
   <translation>на этой системе её пока нет</translation>
  </message>
  <message>
   <source>these processes did not end by themselves: {pids}</source>
   <translation>эти процессы не завершились сами: {pids}</translation>
  </message>
  <message>
   <source>they could not be examined: {error}</source>
   <translation>их не удалось проверить: {error}</translation>
  </message>
  <message>
   <source>this machine</source>
   <translation>этот компьютер</translation>
  </message>
  <message>
   <source>this system sets no limit</source>
   <translation>эта система не ставит предела</translation>
  </message>
  <message>
   <source>thread</source>
   <translation>беседа</translation>
  </message>
  <message>
   <source>ties</source>
   <translation>равные</translation>
  </message>
  <message>
   <source>together</source>
   <translation>вместе</translation>
  </message>
  <message>
   <source>too large</source>
   <translation>слишком большой</translation>
  </message>
  <message>
   <source>too many functions would have to become async</source>
   <translation>слишком много функций пришлось бы сделать async</translation>
  </message>
  <message>
   <source>translations</source>
   <translation>переводы</translation>
  </message>
  <message>
   <source>tray</source>
   <translation>трей</translation>
  </message>
  <message>
   <source>true or false</source>
   <translation>true или false</translation>
  </message>
  <message>
   <source>two changes meet in it</source>
   <translation>в нём сталкиваются два изменения</translation>
  </message>
  <message>
   <source>types it again</source>
   <translation>возвращает отменённое</translation>
  </message>
  <message>
   <source>unchanged {lines}</source>
   <translation>без изменений {lines}</translation>
  </message>
  <message>
   <source>undoes what was typed</source>
   <translation>отменяет набранное</translation>
  </message>
  <message>
   <source>undone</source>
   <translation>отменено</translation>
  </message>
  <message>
   <source>unified</source>
   <translation>подряд</translation>
  </message>
  <message>
   <source>unified diff</source>
   <translation>унифицированный diff</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>неизвестно</translation>
  </message>
  <message>
   <source>until {time}</source>
   <translation>до {time}</translation>
  </message>
  <message>
   <source>uses all</source>
   <translation>использует всё</translation>
  </message>
  <message>
   <source>uses what was asked</source>
   <translation>использует названное</translation>
  </message>
  <message>
   <source>vendor</source>
   <translation>от производителя</translation>
  </message>
  <message>
   <source>waiting for the first token</source>
   <translation>ожидание первого токена</translation>
  </message>
  <message>
   <source>waiting for the first token · {seconds:.2f} s</source>
   <translation>ожидание первого токена · {seconds:.2f} с</translation>
  </message>
  <message>
   <source>waiting for the first token…</source>
   <translation>ожидание первого токена…</translation>
  </message>
  <message>
   <source>waiting {time}</source>
   <translation>ждёт {time}</translation>
  </message>
  <message>
   <source>waits for other places</source>
   <translation>ждёт другие места</translation>
  </message>
  <message>
   <source>waits for the running turn</source>
   <translation>ждёт конца текущего хода</translation>
  </message>
  <message>
   <source>warning</source>
   <translation>предупреждение</translation>
  </message>
  <message>
   <source>watcher</source>
   <translation>слежение за файлами</translation>
  </message>
  <message>
   <source>watching is paused</source>
   <translation>слежение приостановлено</translation>
  </message>
  <message>
   <source>what asked for it is no longer in the file</source>
   <translation>в файле больше нет того, что об этом просило</translation>
  </message>
  <message>
   <source>what is made with new cannot be waited for</source>
   <translation>того, что создано через new, ждать нельзя</translation>
  </message>
  <message>
   <source>what it asks for waits already</source>
   <translation>то, о чём он просит, уже ждёт</translation>
  </message>
  <message>
   <source>what it is called on may be missing</source>
   <translation>того, у чего он вызывается, может не быть</translation>
  </message>
  <message>
   <source>what {decorator} makes of it may not wait</source>
   <translation>то, что из него делает {decorator}, может не ждать</translation>
  </message>
  <message>
   <source>what {name} gives its base is not followed</source>
   <translation>что {name} передаёт базовому классу, не прослеживается</translation>
  </message>
  <message>
   <source>whether {name} gives a promise is not clear</source>
   <translation>неясно, возвращает ли {name} promise</translation>
  </message>
  <message>
   <source>which {name} is meant is not clear</source>
   <translation>неясно, какое {name} имеется в виду</translation>
  </message>
  <message>
   <source>whole file</source>
   <translation>файл целиком</translation>
  </message>
  <message>
   <source>whole turn</source>
   <translation>весь ход</translation>
  </message>
  <message>
   <source>window</source>
   <translation>окно</translation>
  </message>
  <message numerus="yes">
   <source>with %n other place(s) of this change</source>
   <translation>
    <numerusform>вместе с ещё %n местом этого изменения</numerusform>
    <numerusform>вместе с ещё %n местами этого изменения</numerusform>
    <numerusform>вместе с ещё %n местами этого изменения</numerusform>
   </translation>
  </message>
  <message>
   <source>with {names}</source>
   <translation>приложено: {names}</translation>
  </message>
  <message>
   <source>without a sandbox: the network could not be forbidden</source>
   <translation>без песочницы: запретить сеть было нельзя</translation>
  </message>
  <message>
   <source>words are known</source>
   <translation>слова известны</translation>
  </message>
  <message>
   <source>working</source>
   <translation>идёт работа</translation>
  </message>
  <message>
   <source>write a test</source>
   <translation>написать тест</translation>
  </message>
  <message>
   <source>writes {rate} tokens/s</source>
   <translation>пишет {rate} токенов/с</translation>
  </message>
  <message>
   <source>writing</source>
   <translation>пишет</translation>
  </message>
  <message>
   <source>writing…</source>
   <translation>пишет…</translation>
  </message>
  <message>
   <source>writing… {rate:.0f} t/s</source>
   <translation>пишет… {rate:.0f} т/с</translation>
  </message>
  <message>
   <source>written by Spark itself</source>
   <translation>записан самим Spark</translation>
  </message>
  <message>
   <source>your comment: {line}</source>
   <translation>ваш комментарий: {line}</translation>
  </message>
  <message>
   <source>your data</source>
   <translation>ваши данные</translation>
  </message>
  <message>
   <source>your edit is not checked</source>
   <translation>ваша правка не проверена</translation>
  </message>
  <message>
   <source>your own file</source>
   <translation>ваш собственный файл</translation>
  </message>
  <message>
   <source>{agreeing} of {asked} answers</source>
   <translation>{agreeing} из {asked} ответов</translation>
  </message>
  <message>
   <source>{amount}/s</source>
   <translation>{amount}/с</translation>
  </message>
  <message>
   <source>{answers} ({count} of proposals)</source>
   <translation>{answers} (из них предложений: {count})</translation>
  </message>
  <message>
   <source>{before} → {after} lines</source>
   <translation>строк: {before} → {after}</translation>
  </message>
  <message>
   <source>{before} → {after} lines, a short region</source>
   <translation>строк: {before} → {after}, короткий участок</translation>
  </message>
  <message>
   <source>{before} → {after} lines, as asked</source>
   <translation>строк: {before} → {after}, как просили</translation>
  </message>
  <message>
   <source>{beginning}… The answer goes on.</source>
   <translation>{beginning}… Ответ продолжается.</translation>
  </message>
  <message>
   <source>{branch}
The branch that is checked out</source>
   <translation>{branch}
Текущая ветка</translation>
  </message>
  <message>
   <source>{cached_tokens} of {prompt_tokens} prompt tokens were reused from the turn before, as the server reports it.</source>
   <translation>{cached_tokens} из {prompt_tokens} токенов запроса взяты из прошлого хода, по данным сервера.</translation>
  </message>
  <message>
   <source>{cached} of {prompt} prompt tokens from the cache</source>
   <translation>{cached} из {prompt} токенов запроса из кэша</translation>
  </message>
  <message>
   <source>{certificates}; Qt's own: {backend}</source>
   <translation>{certificates}; у Qt: {backend}</translation>
  </message>
  <message>
   <source>{command} ends with {code}</source>
   <translation>{command} завершается с кодом {code}</translation>
  </message>
  <message>
   <source>{command} failed, and its output names no code of this folder.</source>
   <translation>{command} завершилась с ошибкой, и в её выводе нет кода из этой папки.</translation>
  </message>
  <message numerus="yes">
   <source>{cost}, without %n answer(s)</source>
   <translation>
    <numerusform>{cost}, без %n ответа</numerusform>
    <numerusform>{cost}, без %n ответов</numerusform>
    <numerusform>{cost}, без %n ответов</numerusform>
   </translation>
  </message>
  <message>
   <source>{count:,}</source>
   <translation>{count:,}</translation>
  </message>
  <message>
   <source>{count} authorities from {place}, {version}</source>
   <translation>удостоверяющие центры: {count} ({place}), {version}</translation>
  </message>
  <message>
   <source>{count} failed</source>
   <translation>с ошибкой: {count}</translation>
  </message>
  <message>
   <source>{count} files</source>
   <translation>файлов: {count}</translation>
  </message>
  <message>
   <source>{count} files are too many for a question.</source>
   <translation>{count} файлов — слишком много для одного вопроса.</translation>
  </message>
  <message>
   <source>{count} in this file</source>
   <translation>в этом файле: {count}</translation>
  </message>
  <message>
   <source>{count} loaded</source>
   <translation>загружено: {count}</translation>
  </message>
  <message>
   <source>{count} more</source>
   <translation>ещё {count}</translation>
  </message>
  <message>
   <source>{count} tokens, pieces: {pieces}, the first after {first:.0f} ms, {rate:.0f} tokens/s</source>
   <translation>токенов: {count}, кусков: {pieces}, первый через {first:.0f} мс, {rate:.0f} токенов/с</translation>
  </message>
  <message>
   <source>{count} without counts left out</source>
   <translation>без подсчёта, не учтено: {count}</translation>
  </message>
  <message>
   <source>{count} · {size} of {limit} kept for undo</source>
   <translation>{count} · для отмены хранится {size} из {limit}</translation>
  </message>
  <message>
   <source>{days:.0f} d</source>
   <translation>{days:.0f} д</translation>
  </message>
  <message>
   <source>{done} of {count} decided</source>
   <translation>решено {done} из {count}</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} из {total}</translation>
  </message>
  <message>
   <source>{endpoint} cannot answer now: {reason}</source>
   <translation>{endpoint} сейчас не может ответить: {reason}</translation>
  </message>
  <message>
   <source>{endpoint} did not answer: {reason}</source>
   <translation>{endpoint} не даёт ответа: {reason}</translation>
  </message>
  <message>
   <source>{endpoint} has not begun yet, so the local core is asked as well.</source>
   <translation>{endpoint} ещё не начал отвечать, поэтому запрос отправлен и локальному ядру.</translation>
  </message>
  <message>
   <source>{endpoint} has not begun yet, so {other} is asked as well.</source>
   <translation>{endpoint} ещё не начал отвечать, поэтому запрос отправлен и на {other}.</translation>
  </message>
  <message>
   <source>{endpoint} is left out for now: {reason}</source>
   <translation>{endpoint} пока не используется: {reason}</translation>
  </message>
  <message>
   <source>{endpoint} read only {read} of about {sent} tokens that were sent to it.</source>
   <translation>{endpoint}: прочитано токенов {read} из примерно {sent} отправленных.</translation>
  </message>
  <message>
   <source>{family} draws empty boxes for {letters}</source>
   <translation>{family} рисует пустые рамки вместо {letters}</translation>
  </message>
  <message>
   <source>{field} is missing or wrong</source>
   <translation>поле {field} отсутствует или неверно</translation>
  </message>
  <message>
   <source>{field} is no object</source>
   <translation>{field} — не объект</translation>
  </message>
  <message>
   <source>{file} cannot be read ({reason}).</source>
   <translation>Не удаётся прочитать {file} ({reason}).</translation>
  </message>
  <message>
   <source>{file} cannot be read: {reason}</source>
   <translation>Не удаётся прочитать {file}: {reason}</translation>
  </message>
  <message>
   <source>{file} cannot be written ({reason}).</source>
   <translation>Не удаётся записать {file} ({reason}).</translation>
  </message>
  <message>
   <source>{file} is no list of endpoints ({reason}).</source>
   <translation>{file} не является списком серверов ({reason}).</translation>
  </message>
  <message>
   <source>{file} is no list of endpoints ({reason}). It is kept as {aside}.</source>
   <translation>{file} не является списком серверов ({reason}). Файл сохранён как {aside}.</translation>
  </message>
  <message>
   <source>{file} is not a settings file ({reason}) and could not be moved aside ({error}). The defaults are used.</source>
   <translation>{file} — не файл настроек ({reason}), и отложить его не удалось ({error}). Действуют значения по умолчанию.</translation>
  </message>
  <message>
   <source>{file} is not a settings file ({reason}).</source>
   <translation>{file} — не файл настроек ({reason}).</translation>
  </message>
  <message>
   <source>{file} is not a settings file ({reason}). It is kept as {aside}, and the defaults are used.</source>
   <translation>{file} — не файл настроек ({reason}). Он сохранён как {aside}; действуют значения по умолчанию.</translation>
  </message>
  <message>
   <source>{file} tells no port</source>
   <translation>в файле {file} не указан порт</translation>
  </message>
  <message>
   <source>{file} was broken meanwhile. It is kept as {aside}, and written anew.</source>
   <translation>Файл {file} тем временем оказался повреждён. Он сохранён как {aside} и записан заново.</translation>
  </message>
  <message>
   <source>{file}, which remembers accepted release feeds, is broken.</source>
   <translation>Файл {file}, в котором запомнены принятые списки выпусков, повреждён.</translation>
  </message>
  <message>
   <source>{file}: schema {found} of {known}</source>
   <translation>{file}: схема {found} из {known}</translation>
  </message>
  <message>
   <source>{file}: {problem}</source>
   <translation>{file}: {problem}</translation>
  </message>
  <message>
   <source>{file}: {problem} The default is used.</source>
   <translation>{file}: {problem} Действует значение по умолчанию.</translation>
  </message>
  <message>
   <source>{first} and {path} are the same file.</source>
   <translation>{first} и {path} — один и тот же файл.</translation>
  </message>
  <message>
   <source>{first} {count} more could not be added.</source>
   <translation>{first} Ещё не удалось добавить: {count}.</translation>
  </message>
  <message>
   <source>{folder} (made at the first use)</source>
   <translation>{folder} (появится при первом использовании)</translation>
  </message>
  <message>
   <source>{folder} - {free} free</source>
   <translation>{folder} — свободно {free}</translation>
  </message>
  <message>
   <source>{folder} is full of files named {name}.</source>
   <translation>В {folder} слишком много файлов с именем {name}.</translation>
  </message>
  <message>
   <source>{folder} is not a folder.</source>
   <translation>{folder} — не папка.</translation>
  </message>
  <message>
   <source>{folder}: no threads or changes yet</source>
   <translation>{folder}: бесед и правок ещё нет</translation>
  </message>
  <message>
   <source>{folder}: {existing} cannot be written</source>
   <translation>{folder}: в {existing} нельзя писать</translation>
  </message>
  <message>
   <source>{free:.1f} GB free at {folder}</source>
   <translation>свободно {free:.1f} ГБ: {folder}</translation>
  </message>
  <message>
   <source>{free:.1f} of {total:.1f} GB available, the default model takes {needed:.1f} GB</source>
   <translation>доступно {free:.1f} из {total:.1f} ГБ, модель по умолчанию занимает {needed:.1f} ГБ</translation>
  </message>
  <message>
   <source>{function} needs {name}.</source>
   <translation>{function} требует {name}.</translation>
  </message>
  <message numerus="yes">
   <source>{function} takes %n argument(s), not {given}.</source>
   <translation>
    <numerusform>{function} принимает %n аргумент, а не {given}.</numerusform>
    <numerusform>{function} принимает %n аргумента, а не {given}.</numerusform>
    <numerusform>{function} принимает %n аргументов, а не {given}.</numerusform>
   </translation>
  </message>
  <message>
   <source>{function} takes no {name}.</source>
   <translation>{function} не принимает {name}.</translation>
  </message>
  <message>
   <source>{host} answered with a web page, not as a model's server does.</source>
   <translation>{host} ответил веб-страницей, а не так, как отвечает сервер модели.</translation>
  </message>
  <message>
   <source>{host} broke off the connection.</source>
   <translation>{host} оборвал соединение.</translation>
  </message>
  <message>
   <source>{host} cannot be reached: {reason}.</source>
   <translation>{host} недоступен: {reason}.</translation>
  </message>
  <message>
   <source>{host} did not answer in time.</source>
   <translation>{host} не ответил вовремя.</translation>
  </message>
  <message>
   <source>{host} did not take the connection in time.</source>
   <translation>{host} не принял соединение вовремя.</translation>
  </message>
  <message>
   <source>{host} does not have the package that the release feed names (status {status}).</source>
   <translation>У {host} нет пакета, названного в списке выпусков (код {status}).</translation>
  </message>
  <message>
   <source>{host} does not speak TLS.</source>
   <translation>{host} не говорит по TLS.</translation>
  </message>
  <message>
   <source>{host} ended after {done:,} of {total:,} bytes.</source>
   <translation>{host} прервал передачу после {done:,} из {total:,} байт.</translation>
  </message>
  <message>
   <source>{host} ended the connection after the handshake.</source>
   <translation>{host} прервал соединение после рукопожатия TLS.</translation>
  </message>
  <message>
   <source>{host} has no release feed where this build looks for it (status {status}).</source>
   <translation>У {host} нет списка выпусков там, где его ищет эта сборка (код {status}).</translation>
  </message>
  <message>
   <source>{host} is {addresses}.</source>
   <translation>{host} — это {addresses}.</translation>
  </message>
  <message>
   <source>{host} opens no WebSocket: HTTP status {status}.</source>
   <translation>{host} не открывает WebSocket: статус HTTP {status}.</translation>
  </message>
  <message>
   <source>{host} opens no WebSocket: {reason}.</source>
   <translation>{host} не открывает WebSocket: {reason}.</translation>
  </message>
  <message>
   <source>{host} packed its answer as {packing}, which was not asked for.</source>
   <translation>{host} сжал ответ как {packing}, хотя об этом не просили.</translation>
  </message>
  <message>
   <source>{host} redirects the request, but does not say where to.</source>
   <translation>{host} перенаправляет запрос, но не говорит куда.</translation>
  </message>
  <message>
   <source>{host} redirects to an address without TLS, or to none: nothing was sent there.</source>
   <translation>{host} перенаправляет на адрес без TLS или неизвестно куда: туда ничего не отправлено.</translation>
  </message>
  <message>
   <source>{host} redirects to {target}, where the question could not be asked again.</source>
   <translation>{host} перенаправляет на {target}, где вопрос нельзя задать снова.</translation>
  </message>
  <message>
   <source>{host} redirects to {target}: nothing was sent there, as it is not the same server.</source>
   <translation>{host} перенаправляет на {target}: туда ничего не отправлено, это другой сервер.</translation>
  </message>
  <message>
   <source>{host} refused the key: HTTP status {status}.</source>
   <translation>{host} отверг ключ: статус HTTP {status}.</translation>
  </message>
  <message>
   <source>{host} sends every request on and on in a circle.</source>
   <translation>{host} перенаправляет каждый запрос по кругу.</translation>
  </message>
  <message>
   <source>{host} sent more than {megabytes} MB where a short answer was due.</source>
   <translation>{host} прислал больше {megabytes} МБ там, где ждали короткого ответа.</translation>
  </message>
  <message>
   <source>{host} sent more than {most} kB for the release feed.</source>
   <translation>{host} прислал больше {most} КБ вместо списка выпусков.</translation>
  </message>
  <message>
   <source>{host} wants a client certificate.</source>
   <translation>{host} требует сертификат клиента.</translation>
  </message>
  <message>
   <source>{host} wants a key: HTTP status {status}.</source>
   <translation>{host} требует ключ: статус HTTP {status}.</translation>
  </message>
  <message>
   <source>{host} would be spoken to without TLS: whoever is in between could read the key, your code and the answers.</source>
   <translation>Разговор с {host} шёл бы без TLS: любой на пути мог бы прочесть ключ, ваш код и ответы.</translation>
  </message>
  <message>
   <source>{hours:.0f} h</source>
   <translation>{hours:.0f} ч</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min</source>
   <translation>{hours} ч {minutes} мин</translation>
  </message>
  <message>
   <source>{interpreter} is missing, which the first line of {name} names to run it.</source>
   <translation>Нет программы {interpreter}, которой, по первой строке {name}, его надо запускать.</translation>
  </message>
  <message>
   <source>{keys} is registered</source>
   <translation>зарегистрирована: {keys}</translation>
  </message>
  <message>
   <source>{keys} is taken by another program.</source>
   <translation>Сочетание {keys} занято другой программой.</translation>
  </message>
  <message>
   <source>{keys} names no key beside those held down</source>
   <translation>в {keys} нет клавиши, кроме удерживаемых</translation>
  </message>
  <message>
   <source>{keys}: {trouble}</source>
   <translation>{keys}: {trouble}</translation>
  </message>
  <message>
   <source>{key} is also that of: {other}. Neither acts until one has another.</source>
   <translation>{key} — клавиша и этого действия: {other}. Ни одно не сработает, пока у одного из них не будет другой клавиши.</translation>
  </message>
  <message>
   <source>{key} is also that of: {other}. There it acts no more.</source>
   <translation>{key} — ещё и клавиша действия «{other}». Там она больше не действует.</translation>
  </message>
  <message>
   <source>{key} is that of: {other}. Then neither acts.</source>
   <translation>{key} — клавиша действия: {other}. Тогда не сработает ни одно.</translation>
  </message>
  <message>
   <source>{key} {does} in text fields and lists, and stays so there.</source>
   <translation>В текстовых полях и списках {key} {does}; там это не изменится.</translation>
  </message>
  <message>
   <source>{key} {does} while you type, and acts elsewhere only.</source>
   <translation>В полях ввода {key} {does}; действие работает только вне их.</translation>
  </message>
  <message>
   <source>{left:,} of {limit:,} left</source>
   <translation>осталось {left:,} из {limit:,}</translation>
  </message>
  <message>
   <source>{library} knows no TLS 1.3, or checks nobody</source>
   <translation>{library} не знает TLS 1.3 или никого не проверяет</translation>
  </message>
  <message>
   <source>{line} has no pattern and a colon before the command.</source>
   <translation>В строке {line} перед командой нет шаблона и двоеточия.</translation>
  </message>
  <message>
   <source>{link} is no folder of this machine.</source>
   <translation>{link} — не папка этого компьютера.</translation>
  </message>
  <message numerus="yes">
   <source>{machine}, %n logical core(s)</source>
   <translation>
    <numerusform>{machine}, %n логическое ядро</numerusform>
    <numerusform>{machine}, %n логических ядра</numerusform>
    <numerusform>{machine}, %n логических ядер</numerusform>
   </translation>
  </message>
  <message>
   <source>{method} was not answered</source>
   <translation>нет ответа на {method}</translation>
  </message>
  <message>
   <source>{minutes:.0f} min</source>
   <translation>{minutes:.0f} мин</translation>
  </message>
  <message>
   <source>{minutes} min {seconds} s</source>
   <translation>{minutes} мин {seconds} с</translation>
  </message>
  <message>
   <source>{model} at {url}, process {pid}</source>
   <translation>{model} по адресу {url}, процесс {pid}</translation>
  </message>
  <message>
   <source>{model} began after {seconds:.2f} s.</source>
   <translation>{model}: первый токен через {seconds:.2f} с.</translation>
  </message>
  <message>
   <source>{model} cannot fill in the middle of a text.</source>
   <translation>{model} не умеет дополнять середину текста.</translation>
  </message>
  <message>
   <source>{model} could not be started: {reason}</source>
   <translation>Не удалось запустить {model}: {reason}</translation>
  </message>
  <message>
   <source>{model} ended its answer without a word.</source>
   <translation>{model}: ответ закончился, не начавшись.</translation>
  </message>
  <message>
   <source>{model} on {hardware}</source>
   <translation>{model} на {hardware}</translation>
  </message>
  <message>
   <source>{model}, emulated as {profile}</source>
   <translation>{model}, эмуляция {profile}</translation>
  </message>
  <message>
   <source>{module} is imported but does not exist; did you mean {near}?</source>
   <translation>{module} импортируется, но не существует; может быть, {near}?</translation>
  </message>
  <message>
   <source>{module} is imported but is neither in the project nor among what it depends on.</source>
   <translation>{module} импортируется, но его нет ни в проекте, ни среди его зависимостей.</translation>
  </message>
  <message>
   <source>{ms:.0f} ms</source>
   <translation>{ms:.0f} мс</translation>
  </message>
  <message>
   <source>{name!r} is no folder.</source>
   <translation>{name!r} — не папка.</translation>
  </message>
  <message numerus="yes">
   <source>{names} and %n more</source>
   <translation>
    <numerusform>{names} и ещё %n</numerusform>
    <numerusform>{names} и ещё %n</numerusform>
    <numerusform>{names} и ещё %n</numerusform>
   </translation>
  </message>
  <message>
   <source>{names}; run the command again when these proposals are decided</source>
   <translation>{names}; запустите команду снова, когда по этим предложениям будет решено</translation>
  </message>
  <message>
   <source>{names}; the first save after these proposals are decided takes them</source>
   <translation>{names}; их возьмёт первое сохранение после решения по этим предложениям</translation>
  </message>
  <message>
   <source>{names}; the next save of the file takes them</source>
   <translation>{names}; их возьмёт следующее сохранение файла</translation>
  </message>
  <message>
   <source>{names}; the next save takes them</source>
   <translation>{names}; их возьмёт следующее сохранение</translation>
  </message>
  <message>
   <source>{name} (without {lines})</source>
   <translation>{name} (не вошло: {lines})</translation>
  </message>
  <message>
   <source>{name} at {path}, a file of your own</source>
   <translation>{name}, {path}, ваш собственный файл</translation>
  </message>
  <message>
   <source>{name} at {path}, a part of the installed Spark</source>
   <translation>{name}: {path}, часть установленного Spark</translation>
  </message>
  <message>
   <source>{name} at {path}, its hash is not compared yet: that happens at its next start</source>
   <translation>{name}, {path}, хеш ещё не сверен: это произойдёт при следующем запуске</translation>
  </message>
  <message>
   <source>{name} at {path}, its hash was compared</source>
   <translation>{name}, {path}, хеш сверен</translation>
  </message>
  <message>
   <source>{name} cannot be started: {reason}.</source>
   <translation>{name} не запускается: {reason}.</translation>
  </message>
  <message>
   <source>{name} cannot be used from other packages</source>
   <translation>{name} недоступно из других пакетов</translation>
  </message>
  <message>
   <source>{name} could not be written to {folder}: {reason}.</source>
   <translation>{name} не удалось записать в {folder}: {reason}.</translation>
  </message>
  <message>
   <source>{name} did not keep the key.</source>
   <translation>{name}: ключ не сохранён.</translation>
  </message>
  <message>
   <source>{name} did not remove the key of the self-test.</source>
   <translation>{name}: ключ самопроверки не удалён.</translation>
  </message>
  <message>
   <source>{name} does not load: {trouble}</source>
   <translation>{name} не загружается: {trouble}</translation>
  </message>
  <message>
   <source>{name} gave another key than it was given.</source>
   <translation>{name}: прочитан не тот ключ, что был записан.</translation>
  </message>
  <message>
   <source>{name} gives another result</source>
   <translation>{name} даёт другой результат</translation>
  </message>
  <message>
   <source>{name} has no id or no url.</source>
   <translation>{name}: нет id или url.</translation>
  </message>
  <message>
   <source>{name} has no id.</source>
   <translation>{name}: нет id.</translation>
  </message>
  <message>
   <source>{name} is a generator</source>
   <translation>{name} — генератор</translation>
  </message>
  <message>
   <source>{name} is a method now</source>
   <translation>{name} теперь метод</translation>
  </message>
  <message>
   <source>{name} is a property</source>
   <translation>{name} — свойство</translation>
  </message>
  <message>
   <source>{name} is a property now</source>
   <translation>{name} теперь свойство</translation>
  </message>
  <message>
   <source>{name} is another thing there</source>
   <translation>{name} там означает другое</translation>
  </message>
  <message>
   <source>{name} is async now</source>
   <translation>{name} теперь async</translation>
  </message>
  <message>
   <source>{name} is called by tests that do not wait</source>
   <translation>{name} вызывают тесты, которые не ждут</translation>
  </message>
  <message>
   <source>{name} is called by the language itself</source>
   <translation>{name} вызывает сам язык</translation>
  </message>
  <message>
   <source>{name} is called in the file already</source>
   <translation>{name} уже вызывается в файле</translation>
  </message>
  <message>
   <source>{name} is defined more than once</source>
   <translation>{name} определён несколько раз</translation>
  </message>
  <message>
   <source>{name} is here, and is the file that was released.</source>
   <translation>{name} здесь, и это именно тот файл, что был выпущен.</translation>
  </message>
  <message>
   <source>{name} is in the store.</source>
   <translation>Файл {name} теперь в хранилище.</translation>
  </message>
  <message>
   <source>{name} is in use.</source>
   <translation>Модель {name} используется.</translation>
  </message>
  <message>
   <source>{name} is no name of a header, such as x-api-key.</source>
   <translation>{name} — не имя заголовка, как x-api-key.</translation>
  </message>
  <message>
   <source>{name} is no name of an environment variable.</source>
   <translation>{name} — не имя переменной окружения.</translation>
  </message>
  <message>
   <source>{name} is not a key that can be held down</source>
   <translation>{name} — не клавиша, которую можно удерживать</translation>
  </message>
  <message>
   <source>{name} is not a table.</source>
   <translation>{name} — не таблица.</translation>
  </message>
  <message>
   <source>{name} is not async any more</source>
   <translation>{name} больше не async</translation>
  </message>
  <message>
   <source>{name} is not here: {here:,.0f} of {total:,.0f} MB</source>
   <translation>{name}: здесь {here:,.0f} из {total:,.0f} МБ</translation>
  </message>
  <message>
   <source>{name} is not set. Set it where Spark is started, and start Spark again.</source>
   <translation>{name} не задана. Задайте её там, откуда запускается Spark, и запустите Spark снова.</translation>
  </message>
  <message>
   <source>{name} is not the file that the release feed names: somebody changed it, or it was damaged on the way. It was removed.</source>
   <translation>{name} — не тот файл, что назван в списке выпусков: кто-то изменил его, или он повреждён по пути. Он удалён.</translation>
  </message>
  <message>
   <source>{name} is part of a page that is drawn at once</source>
   <translation>{name} — часть страницы, которая рисуется сразу</translation>
  </message>
  <message>
   <source>{name} is passed on, not only called</source>
   <translation>{name} не только вызывают, но и передают дальше</translation>
  </message>
  <message>
   <source>{name} is set.</source>
   <translation>{name} задана.</translation>
  </message>
  <message>
   <source>{name} is used but not imported; it needs: {hint}</source>
   <translation>{name} используется, но не импортируется; нужно: {hint}</translation>
  </message>
  <message>
   <source>{name} is used but not imported; {path} defines it.</source>
   <translation>{name} используется, но не импортируется; определение — в {path}.</translation>
  </message>
  <message>
   <source>{name} is used but nothing defines or imports it.</source>
   <translation>{name} используется, но нигде не определяется и не импортируется.</translation>
  </message>
  <message>
   <source>{name} is used but nothing defines or imports it; did you mean {near}?</source>
   <translation>{name} используется, но нигде не определяется и не импортируется; может быть, {near}?</translation>
  </message>
  <message>
   <source>{name} is {found} in the code, not {told}.</source>
   <translation>{name}: в коде это {found}, а не {told}.</translation>
  </message>
  <message>
   <source>{name} is {type} now</source>
   <translation>{name} теперь имеет тип {type}</translation>
  </message>
  <message>
   <source>{name} is {value}, not {wanted}.</source>
   <translation>{name} = {value}, а должно быть: {wanted}.</translation>
  </message>
  <message>
   <source>{name} knows no '{text}'</source>
   <translation>{name}: нет перевода для «{text}»</translation>
  </message>
  <message>
   <source>{name} may stand for one of a base class</source>
   <translation>{name} может заменять метод базового класса</translation>
  </message>
  <message>
   <source>{name} moved to {path}</source>
   <translation>{name} теперь в {path}</translation>
  </message>
  <message>
   <source>{name} needs input, output, as_of and source. {so}</source>
   <translation>{name}: нужны input, output, as_of и source. {so}</translation>
  </message>
  <message>
   <source>{name} runs a loop of its own</source>
   <translation>{name} запускает собственный цикл событий</translation>
  </message>
  <message>
   <source>{name} stands in it twice</source>
   <translation>клавиша {name} указана дважды</translation>
  </message>
  <message>
   <source>{name} was not parsed</source>
   <translation>{name}: не разобрано</translation>
  </message>
  <message>
   <source>{name} was removed: {size} are free again.</source>
   <translation>Модель {name} удалена: освободилось {size}.</translation>
  </message>
  <message>
   <source>{name} was said to be {asked}, not {told}.</source>
   <translation>По просьбе {name} — это {asked}, а не {told}.</translation>
  </message>
  <message>
   <source>{name} was written.</source>
   <translation>Файл {name} записан.</translation>
  </message>
  <message>
   <source>{name}, as it was installed</source>
   <translation>{name}, как установлен</translation>
  </message>
  <message>
   <source>{name}, built on this machine: {library}</source>
   <translation>{name}, собран на этом компьютере: {library}</translation>
  </message>
  <message>
   <source>{name}, line {line}</source>
   <translation>{name}, строка {line}</translation>
  </message>
  <message>
   <source>{name}, lines {first} to {last}</source>
   <translation>{name}, строки {first}–{last}</translation>
  </message>
  <message>
   <source>{name}, unlocked when it is needed</source>
   <translation>{name}, разблокируется при необходимости</translation>
  </message>
  <message>
   <source>{name}, {size:,.0f} MB, hash compared in {seconds:.1f} s, {where}</source>
   <translation>{name}, {size:,.0f} МБ, хеш сверен за {seconds:.1f} с, {where}</translation>
  </message>
  <message>
   <source>{name}: its url still has {{{field}}}.</source>
   <translation>{name}: в url всё ещё стоит {{{field}}}.</translation>
  </message>
  <message>
   <source>{name}: kept, read and removed a secret</source>
   <translation>{name}: секрет записан, прочитан и удалён</translation>
  </message>
  <message>
   <source>{name}: the id {id} is taken.</source>
   <translation>{name}: id {id} уже занят.</translation>
  </message>
  <message>
   <source>{name}: {done} of {count} decided.</source>
   <translation>{name}: решено {done} из {count}.</translation>
  </message>
  <message>
   <source>{name}: {here:,.0f} of {total:,.0f} MB are here</source>
   <translation>{name}: загружено {here:,.0f} из {total:,.0f} МБ</translation>
  </message>
  <message>
   <source>{name}: {problem}</source>
   <translation>{name}: {problem}</translation>
  </message>
  <message>
   <source>{name}: {reason}</source>
   <translation>{name}: {reason}</translation>
  </message>
  <message>
   <source>{name}: {tokens} tokens</source>
   <translation>{name}, токенов: {tokens}</translation>
  </message>
  <message>
   <source>{new} in the place of {old}</source>
   <translation>{new} вместо {old}</translation>
  </message>
  <message>
   <source>{ordinal} of {total}</source>
   <translation>{ordinal} из {total}</translation>
  </message>
  <message>
   <source>{other} is asked instead.</source>
   <translation>Вместо этого отвечает {other}.</translation>
  </message>
  <message>
   <source>{owner} has no {name}.</source>
   <translation>В {owner} нет {name}.</translation>
  </message>
  <message>
   <source>{owner} has no {name}; did you mean {near}?</source>
   <translation>В {owner} нет {name}; может быть, {near}?</translation>
  </message>
  <message>
   <source>{parent} is not this user's alone</source>
   <translation>папка доступна не только этому пользователю: {parent}</translation>
  </message>
  <message>
   <source>{part!r} ends in a dot or a blank, which Windows cuts off.</source>
   <translation>{part!r} кончается точкой или пробелом, которые Windows отбрасывает.</translation>
  </message>
  <message>
   <source>{part!r} has a colon, which to Windows means a stream of the file.</source>
   <translation>В {part!r} есть двоеточие, которое для Windows означает поток файла.</translation>
  </message>
  <message>
   <source>{part!r} is no name that Windows takes.</source>
   <translation>{part!r} — имя, которого Windows не допускает.</translation>
  </message>
  <message>
   <source>{part!r} is too long for a name.</source>
   <translation>{part!r} слишком длинно для имени.</translation>
  </message>
  <message>
   <source>{path!r} leads out of {root}.</source>
   <translation>{path!r} ведёт за пределы {root}.</translation>
  </message>
  <message>
   <source>{path} cannot be made: {name} is no folder.</source>
   <translation>Нельзя создать {path}: {name} — не папка.</translation>
  </message>
  <message>
   <source>{path} cannot be read: {told}.</source>
   <translation>{path} не читается: {told}.</translation>
  </message>
  <message>
   <source>{path} cannot be written: {reason}.</source>
   <translation>{path} нельзя записать: {reason}.</translation>
  </message>
  <message>
   <source>{path} cannot go to {target}.</source>
   <translation>{path} нельзя перенести в {target}.</translation>
  </message>
  <message>
   <source>{path} does not exist.</source>
   <translation>{path} не существует.</translation>
  </message>
  <message>
   <source>{path} has no such lines.</source>
   <translation>В {path} нет таких строк.</translation>
  </message>
  <message>
   <source>{path} has other bytes after it was {what}.</source>
   <translation>{path}: {what}, а байты не те.</translation>
  </message>
  <message>
   <source>{path} has {lines} lines, and the instruction names none of its functions.</source>
   <translation>В {path} строк: {lines}, и указание не называет ни одной функции.</translation>
  </message>
  <message>
   <source>{path} has {size:,} bytes, the limit is {max_bytes:,}.</source>
   <translation>В {path} {size:,} байт, предел {max_bytes:,}.</translation>
  </message>
  <message>
   <source>{path} is a link, and only files are removed.</source>
   <translation>{path} — ссылка, а удаляются только файлы.</translation>
  </message>
  <message>
   <source>{path} is changed twice at once.</source>
   <translation>{path} изменяется дважды сразу.</translation>
  </message>
  <message>
   <source>{path} is left alone: {reason} ({detail}).</source>
   <translation>{path}: файл пропущен — {reason} ({detail}).</translation>
  </message>
  <message>
   <source>{path} is left alone: {reason}.</source>
   <translation>{path}: файл пропущен — {reason}.</translation>
  </message>
  <message>
   <source>{path} is no file any more; nothing was written.</source>
   <translation>{path} больше не файл; ничего не записано.</translation>
  </message>
  <message>
   <source>{path} is not a file.</source>
   <translation>{path} — не файл.</translation>
  </message>
  <message>
   <source>{path} is not in {root}.</source>
   <translation>{path} — вне папки {root}.</translation>
  </message>
  <message>
   <source>{path} is not there any more.</source>
   <translation>{path} больше нет.</translation>
  </message>
  <message>
   <source>{path} is read-only; nothing was written.</source>
   <translation>{path} только для чтения; ничего не записано.</translation>
  </message>
  <message>
   <source>{path} is there already.</source>
   <translation>{path} уже существует.</translation>
  </message>
  <message>
   <source>{path} is there already; nothing was written.</source>
   <translation>{path} уже существует; ничего не записано.</translation>
  </message>
  <message>
   <source>{path} leads out of the folder</source>
   <translation>{path} ведёт за пределы папки</translation>
  </message>
  <message>
   <source>{path} may hold secrets: its name matches {pattern}. It was not read.</source>
   <translation>В {path} могут быть секреты: имя подходит под {pattern}. Файл не прочитан.</translation>
  </message>
  <message>
   <source>{path} may hold secrets: {why}.</source>
   <translation>{path} может содержать секреты: {why}.</translation>
  </message>
  <message>
   <source>{path} may not be written: {told}; nothing was written.</source>
   <translation>{path} нельзя записать: {told}; ничего не записано.</translation>
  </message>
  <message>
   <source>{path} was changed by hand since; removing it would lose that.</source>
   <translation>{path} с тех пор изменён вручную; при удалении это пропало бы.</translation>
  </message>
  <message>
   <source>{path} was changed meanwhile; nothing was written.</source>
   <translation>{path} за это время изменился; ничего не записано.</translation>
  </message>
  <message>
   <source>{path} was moved again since.</source>
   <translation>{path} с тех пор снова перемещён.</translation>
  </message>
  <message>
   <source>{path} was moved since.</source>
   <translation>{path} с тех пор перемещён.</translation>
  </message>
  <message>
   <source>{path} was not written: the disk is full.</source>
   <translation>{path} не записан: диск полон.</translation>
  </message>
  <message>
   <source>{path} was not written: {told}.</source>
   <translation>{path} не записан: {told}.</translation>
  </message>
  <message>
   <source>{path} was removed.</source>
   <translation>{path} удалён.</translation>
  </message>
  <message>
   <source>{path} was saved again while the change was written.</source>
   <translation>{path} сохранён ещё раз, пока записывалось изменение.</translation>
  </message>
  <message>
   <source>{path} would be removed with text left in it.</source>
   <translation>{path} был бы удалён вместе с оставшимся текстом.</translation>
  </message>
  <message>
   <source>{path} → {target}</source>
   <translation>{path} → {target}</translation>
  </message>
  <message>
   <source>{path}, a file of your own</source>
   <translation>{path}, ваш собственный файл</translation>
  </message>
  <message>
   <source>{path}, being written</source>
   <translation>{path}, пишется</translation>
  </message>
  <message>
   <source>{path}, line {line}: the later step “{title}” changed these lines.</source>
   <translation>{path}, строка {line}: эти строки изменил более поздний шаг «{title}».</translation>
  </message>
  <message>
   <source>{path}, line {line}: these lines were changed by hand since.</source>
   <translation>{path}, строка {line}: эти строки с тех пор изменены вручную.</translation>
  </message>
  <message>
   <source>{path}, line {line}: what stood here was taken back with “{title}”.</source>
   <translation>{path}, строка {line}: то, что здесь стояло, отменено вместе с «{title}».</translation>
  </message>
  <message>
   <source>{path}, line {line}: {reason}</source>
   <translation>{path}, строка {line}: {reason}</translation>
  </message>
  <message>
   <source>{path}, line {start}: it was changed since the proposal was made.</source>
   <translation>{path}, строка {start}: изменена после того, как сделано предложение.</translation>
  </message>
  <message>
   <source>{path}, {size:.1f} MB</source>
   <translation>{path}, {size:.1f} МБ</translation>
  </message>
  <message>
   <source>{path}:</source>
   <translation>{path}:</translation>
  </message>
  <message>
   <source>{path}: another file is there now.</source>
   <translation>{path}: теперь там другой файл.</translation>
  </message>
  <message>
   <source>{path}: made</source>
   <translation>{path}: создан</translation>
  </message>
  <message>
   <source>{path}: removed</source>
   <translation>{path}: удалён</translation>
  </message>
  <message>
   <source>{path}: the later step “{title}” changed this file.</source>
   <translation>{path}: этот файл изменил более поздний шаг «{title}».</translation>
  </message>
  <message>
   <source>{pattern} in {file}</source>
   <translation>{pattern} в {file}</translation>
  </message>
  <message>
   <source>{percent:.0f} %</source>
   <translation>{percent:.0f} %</translation>
  </message>
  <message>
   <source>{percent} % alike</source>
   <translation>совпадает на {percent} %</translation>
  </message>
  <message>
   <source>{placeholder} About {target}.</source>
   <translation>{placeholder} О чём: {target}.</translation>
  </message>
  <message>
   <source>{place}, which SSL_CERT_FILE or SSL_CERT_DIR names, is not there</source>
   <translation>не найдено: {place} (указано в SSL_CERT_FILE или SSL_CERT_DIR)</translation>
  </message>
  <message>
   <source>{place}. You: {question} Spark: {answer}</source>
   <translation>{place}. Вы: {question} Spark: {answer}</translation>
  </message>
  <message>
   <source>{place}: new arguments for {name}</source>
   <translation>{place}: новые аргументы для {name}</translation>
  </message>
  <message>
   <source>{place}: {name} gives another result</source>
   <translation>{place}: {name} даёт другой результат</translation>
  </message>
  <message>
   <source>{place}: {title}</source>
   <translation>{place}: {title}</translation>
  </message>
  <message>
   <source>{platform}, {sizes}</source>
   <translation>{platform}, {sizes}</translation>
  </message>
  <message>
   <source>{position:.2f} of {duration:.2f} s</source>
   <translation>{position:.2f} из {duration:.2f} с</translation>
  </message>
  <message>
   <source>{position_text}, at line {start}.</source>
   <translation>{position_text}, строка {start}.</translation>
  </message>
  <message>
   <source>{problem} The defaults are used.</source>
   <translation>{problem} Действуют значения по умолчанию.</translation>
  </message>
  <message>
   <source>{processor}, no AVX2, which the engine is built for</source>
   <translation>{processor}, нет AVX2, а движок собран для него</translation>
  </message>
  <message>
   <source>{processor}; it does not say whether it has AVX2</source>
   <translation>{processor}; есть ли AVX2, неизвестно</translation>
  </message>
  <message>
   <source>{program}: {reason}</source>
   <translation>{program}: {reason}</translation>
  </message>
  <message>
   <source>{prompt:,} tokens in ({cached:,} cached), {completion:,} out</source>
   <translation>токенов: вход {prompt:,} (из кэша {cached:,}), выход {completion:,}</translation>
  </message>
  <message>
   <source>{proxy} is no proxy, such as http://host:3128.</source>
   <translation>{proxy} — не прокси, как http://host:3128.</translation>
  </message>
  <message>
   <source>{rate:,.0f} t/s</source>
   <translation>{rate:,.0f} т/с</translation>
  </message>
  <message>
   <source>{rate:.0f} t/s</source>
   <translation>{rate:.0f} т/с</translation>
  </message>
  <message>
   <source>{rate:.0f} tokens a second, over {count} tokens.</source>
   <translation>Токенов в секунду: {rate:.0f}, измерено по {count} токенам.</translation>
  </message>
  <message>
   <source>{rate:.0f} tokens/s</source>
   <translation>{rate:.0f} токенов/с</translation>
  </message>
  <message>
   <source>{rate} tokens/s</source>
   <translation>{rate} токенов/с</translation>
  </message>
  <message>
   <source>{rate}/s</source>
   <translation>{rate}/с</translation>
  </message>
  <message>
   <source>{reason} - Spark Desktop</source>
   <translation>{reason} — Spark Desktop</translation>
  </message>
  <message>
   <source>{reason} Lines {first} to {last} are most like it ({score:.0f} %).</source>
   <translation>{reason} Больше всего похожи строки {first}–{last} ({score:.0f} %).</translation>
  </message>
  <message>
   <source>{root} cannot be watched: the system's limit fs.inotify.{name} is reached.</source>
   <translation>За {root} нельзя следить: достигнут предел системы fs.inotify.{name}.</translation>
  </message>
  <message>
   <source>{root} cannot be watched: {reason}.</source>
   <translation>За {root} нельзя следить: {reason}.</translation>
  </message>
  <message>
   <source>{root} is not a folder.</source>
   <translation>{root} — не папка.</translation>
  </message>
  <message>
   <source>{root} was moved, or is another folder now.</source>
   <translation>{root}: папка перемещена, или на её месте теперь другая.</translation>
  </message>
  <message>
   <source>{root} was removed.</source>
   <translation>{root} удалена.</translation>
  </message>
  <message>
   <source>{score} %: {how}</source>
   <translation>{score} %: {how}</translation>
  </message>
  <message>
   <source>{seconds:.1f} s</source>
   <translation>{seconds:.1f} с</translation>
  </message>
  <message>
   <source>{seconds:.2f} s</source>
   <translation>{seconds:.2f} с</translation>
  </message>
  <message>
   <source>{series} ({kind}): first token {first_token}{rate}</source>
   <translation>{series} ({kind}): первый токен {first_token}{rate}</translation>
  </message>
  <message>
   <source>{sign} needs a shell: sh -c '…'</source>
   <translation>для {sign} нужна оболочка: sh -c '…'</translation>
  </message>
  <message>
   <source>{size:.0f} B</source>
   <translation>{size:.0f} Б</translation>
  </message>
  <message>
   <source>{size:.1f} MB</source>
   <translation>{size:.1f} МБ</translation>
  </message>
  <message>
   <source>{size:.1f} kB</source>
   <translation>{size:.1f} кБ</translation>
  </message>
  <message>
   <source>{size:.2f} GB</source>
   <translation>{size:.2f} ГБ</translation>
  </message>
  <message>
   <source>{socket} is served by somebody else</source>
   <translation>сокет {socket} обслуживает кто-то другой</translation>
  </message>
  <message>
   <source>{span} of session</source>
   <translation>{span} сеанса</translation>
  </message>
  <message>
   <source>{spent} of {budget}</source>
   <translation>{spent} из {budget}</translation>
  </message>
  <message>
   <source>{step} The local model needs none.</source>
   <translation>{step} Локальной модели она не нужна.</translation>
  </message>
  <message>
   <source>{step}: {found}</source>
   <translation>{step}: {found}</translation>
  </message>
  <message>
   <source>{symbol} in {path}</source>
   <translation>{symbol} в {path}</translation>
  </message>
  <message>
   <source>{symbol} is no longer in {path}.</source>
   <translation>В файле {path} больше нет {symbol}.</translation>
  </message>
  <message>
   <source>{taken} of {count} folders are watched by your programs</source>
   <translation>ваши программы следят за папками: {taken} из {count}</translation>
  </message>
  <message numerus="yes">
   <source>{test} passes; %n other(s) fail as before</source>
   <translation>
    <numerusform>{test} проходит; %n другой не проходит, как и раньше</numerusform>
    <numerusform>{test} проходит; %n других не проходят, как и раньше</numerusform>
    <numerusform>{test} проходит; %n других не проходят, как и раньше</numerusform>
   </translation>
  </message>
  <message>
   <source>{thousands:,.0f}k</source>
   <translation>{thousands:,.0f} тыс.</translation>
  </message>
  <message>
   <source>{thousands:.1f}k</source>
   <translation>{thousands:.1f} тыс.</translation>
  </message>
  <message>
   <source>{time} is no time for a snooze.</source>
   <translation>{time}: такого времени для перерыва нет.</translation>
  </message>
  <message>
   <source>{title}
Choose another thread</source>
   <translation>{title}
Выбрать другую беседу</translation>
  </message>
  <message numerus="yes">
   <source>{title} (%n place(s))</source>
   <translation>
    <numerusform>{title} (%n место)</numerusform>
    <numerusform>{title} (%n места)</numerusform>
    <numerusform>{title} (%n мест)</numerusform>
   </translation>
  </message>
  <message>
   <source>{title} (fork)</source>
   <translation>{title} (ответвление)</translation>
  </message>
  <message>
   <source>{title} ({too_long} of {answers} exceed its context)</source>
   <translation>{title} (не помещаются в контекст: {too_long} из {answers})</translation>
  </message>
  <message>
   <source>{title} broke off the connection.</source>
   <translation>{title} оборвал соединение.</translation>
  </message>
  <message>
   <source>{title} cannot fill in text between two others.</source>
   <translation>{title} не умеет вставлять текст между двумя другими.</translation>
  </message>
  <message>
   <source>{title} does not count tokens.</source>
   <translation>{title} не считает токены.</translation>
  </message>
  <message>
   <source>{title} does not have the model {model}: {message}</source>
   <translation>У {title} нет модели {model}: {message}</translation>
  </message>
  <message>
   <source>{title} has a header that cannot be sent: {name}</source>
   <translation>У {title} есть заголовок, который нельзя отправить: {name}</translation>
  </message>
  <message>
   <source>{title} has no field {name}.</source>
   <translation>У {title} нет поля {name}.</translation>
  </message>
  <message>
   <source>{title} has nothing at this address: {message}</source>
   <translation>У {title} по этому адресу ничего нет: {message}</translation>
  </message>
  <message>
   <source>{title} is saved.</source>
   <translation>{title}: сохранено.</translation>
  </message>
  <message>
   <source>{title} needs its {label}.</source>
   <translation>Для {title} нужно поле «{label}».</translation>
  </message>
  <message>
   <source>{title} said nothing for {seconds:g} s.</source>
   <translation>{title} молчал {seconds:g} с.</translation>
  </message>
  <message>
   <source>{title} sent a message that is too large to be read.</source>
   <translation>{title} прислал слишком большое сообщение: его нельзя прочесть.</translation>
  </message>
  <message>
   <source>{title} was removed.</source>
   <translation>{title}: удалено.</translation>
  </message>
  <message>
   <source>{title}: left to you: {told}</source>
   <translation>{title}: остаётся вам: {told}</translation>
  </message>
  <message>
   <source>{title}: nothing is left to follow up</source>
   <translation>{title}: больше менять нечего</translation>
  </message>
  <message>
   <source>{title}: {rate:,.0f} tokens/s</source>
   <translation>{title}: {rate:,.0f} токенов/с</translation>
  </message>
  <message>
   <source>{tokens:,} of {total:,} tokens</source>
   <translation>{tokens:,} из {total:,} токенов</translation>
  </message>
  <message>
   <source>{tokens} tokens by what is known of the model.</source>
   <translation>Токенов: {tokens}, по известным данным о модели.</translation>
  </message>
  <message>
   <source>{tokens} tokens, as the server tells.</source>
   <translation>Токенов: {tokens}, по словам сервера.</translation>
  </message>
  <message>
   <source>{told}, full again in {time}</source>
   <translation>{told}, снова полон через {time}</translation>
  </message>
  <message>
   <source>{told}; never for the local core</source>
   <translation>{told}; для локального ядра — никогда</translation>
  </message>
  <message>
   <source>{total}+</source>
   <translation>{total}+</translation>
  </message>
  <message>
   <source>{url} answers with HTTP status {status}.</source>
   <translation>{url} отвечает статусом HTTP {status}.</translation>
  </message>
  <message>
   <source>{value} cannot be the {label} of {title}.</source>
   <translation>{value} не подходит для поля «{label}» у {title}.</translation>
  </message>
  <message>
   <source>{versions} is not installed</source>
   <translation>не установлено: {versions}</translation>
  </message>
  <message>
   <source>{version} at {path}</source>
   <translation>{version}, {path}</translation>
  </message>
  <message>
   <source>{version}, commit {commit}</source>
   <translation>{version}, коммит {commit}</translation>
  </message>
  <message>
   <source>{version}, {count} dependencies</source>
   <translation>{version}, зависимостей: {count}</translation>
  </message>
  <message>
   <source>{version}; not installed: {names}</source>
   <translation>{version}; не установлены: {names}</translation>
  </message>
  <message numerus="yes">
   <source>{version}; the certificate for {subject}, by {issuer}, is good for %n day(s).</source>
   <translation>
    <numerusform>{version}; сертификат для {subject}, выдан {issuer}, действует ещё %n день.</numerusform>
    <numerusform>{version}; сертификат для {subject}, выдан {issuer}, действует ещё %n дня.</numerusform>
    <numerusform>{version}; сертификат для {subject}, выдан {issuer}, действует ещё %n дней.</numerusform>
   </translation>
  </message>
  <message>
   <source>{version}; the system trusts the server's certificate.</source>
   <translation>{version}; система доверяет сертификату сервера.</translation>
  </message>
  <message>
   <source>{waiting}… {seconds:.0f} s</source>
   <translation>{waiting}… {seconds:.0f} с</translation>
  </message>
  <message>
   <source>{watched}: a larger project cannot be followed as a whole</source>
   <translation>{watched}; за большим проектом целиком следить не получится</translation>
  </message>
  <message>
   <source>{watched}: changes in further folders are not seen</source>
   <translation>{watched}; изменения в других папках не видны</translation>
  </message>
  <message>
   <source>{what} in line {line}</source>
   <translation>{what}, строка {line}</translation>
  </message>
  <message>
   <source>{what} {span}</source>
   <translation>{what} {span}</translation>
  </message>
  <message>
   <source>{what}; its last words: {last}</source>
   <translation>{what}; последнее, что оно сообщило: {last}</translation>
  </message>
  <message>
   <source>{width} x {height} at {ratio:.3g}</source>
   <translation>{width} x {height}, масштаб {ratio:.3g}</translation>
  </message>
  <message>
   <source>{words} has no documentation.</source>
   <translation>Нет документации: {words}.</translation>
  </message>
  <message>
   <source>{{{field}}} is not filled in.</source>
   <translation>{{{field}}} не заполнено.</translation>
  </message>
  <message>
   <source>~ is an estimate by size; the rest was counted by the model.</source>
   <translation>~ — оценка по размеру; остальное посчитала модель.</translation>
  </message>
  <message>
   <source>“{title}”</source>
   <translation>«{title}»</translation>
  </message>
  <message>
   <source>“{title}” and all that came after it is undone already.</source>
   <translation>Шаг «{title}» и всё, что было после него, уже отменено.</translation>
  </message>
  <message>
   <source>“{title}” had been cut short and could not be taken back: {error}</source>
   <translation>«{title}»: запись была прервана и не смогла быть отменена: {error}</translation>
  </message>
  <message>
   <source>“{title}” had been cut short and is completed now: {files}.</source>
   <translation>«{title}»: запись была прервана и теперь завершена: {files}.</translation>
  </message>
  <message>
   <source>“{title}” had been cut short and was taken back: {files}.</source>
   <translation>«{title}»: запись была прервана и отменена: {files}.</translation>
  </message>
  <message>
   <source>“{title}” has no change {name}.</source>
   <translation>В шаге «{title}» нет изменения {name}.</translation>
  </message>
  <message>
   <source>“{title}” is undone already.</source>
   <translation>«{title}» уже отменён.</translation>
  </message>
  <message>
   <source>“{title}” stands already.</source>
   <translation>«{title}» уже в силе.</translation>
  </message>
 </context>
</TS>
