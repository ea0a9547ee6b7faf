<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru">
 <context>
  <name>spark</name>
  <message>
   <source>The settings could not be written to {file} ({reason}).</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>They hold until Spark ends. Make the folder writable.</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>a list of keys</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>a whole number from {least} to {most}</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>it is not UTF-8</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>one of {known}</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>text</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>true or false</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>{file} cannot be read ({reason}). The defaults are used.</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>{file} is not a settings file ({reason}) and could not be moved aside ({error}). The defaults are used.</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>{file} is not a settings file ({reason}). It is kept as {aside}, and the defaults are used.</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>{file}: {problem} The default is used.</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>{name} is not a table.</source>
   <translation type="unfinished"></translation>
  </message>
  <message>
   <source>{name} is {value}, not {wanted}.</source>
   <translation type="unfinished"></translation>
  </message>
 </context>
</TS>
