<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
 <context>
  <name>spark</name>
  <message numerus="yes">
   <source>%n answer(s)</source>
   <translation>
    <numerusform>%n answer</numerusform>
    <numerusform>%n answers</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n answer(s) of this month have no known price.</source>
   <translation>
    <numerusform>%n answer of this month has no known price.</numerusform>
    <numerusform>%n answers of this month have no known price.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n as before</source>
   <translation>
    <numerusform>%n as before</numerusform>
    <numerusform>%n as before</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n check(s) failed.</source>
   <translation>
    <numerusform>%n check failed.</numerusform>
    <numerusform>%n checks failed.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n comment(s) for Spark can be started.</source>
   <translation>
    <numerusform>%n comment for Spark can be started.</numerusform>
    <numerusform>%n comments for Spark can be started.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n comment(s) for the model</source>
   <translation>
    <numerusform>%n comment for the model</numerusform>
    <numerusform>%n comments for the model</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n conflict(s)</source>
   <translation>
    <numerusform>%n conflict</numerusform>
    <numerusform>%n conflicts</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n earlier turn(s)</source>
   <translation>
    <numerusform>%n earlier turn</numerusform>
    <numerusform>%n earlier turns</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n earlier turn(s) summed up · {before} → {after} tokens</source>
   <translation>
    <numerusform>%n earlier turn summed up · {before} → {after} tokens</numerusform>
    <numerusform>%n earlier turns summed up · {before} → {after} tokens</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s)</source>
   <translation>
    <numerusform>%n file</numerusform>
    <numerusform>%n files</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s) changed at once; nothing proposed.</source>
   <translation>
    <numerusform>%n file changed; nothing proposed.</numerusform>
    <numerusform>%n files changed at once; nothing proposed.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s) in {folders} folders read, {size:.1f} MB</source>
   <translation>
    <numerusform>%n file in {folders} folders read, {size:.1f} MB</numerusform>
    <numerusform>%n files in {folders} folders read, {size:.1f} MB</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n file(s) withheld</source>
   <translation>
    <numerusform>%n file withheld</numerusform>
    <numerusform>%n files withheld</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n font(s); {names}: letters are drawn</source>
   <translation>
    <numerusform>%n font; {names}: letters are drawn</numerusform>
    <numerusform>%n fonts; {names}: letters are drawn</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n grammar(s) loaded, a sample parsed by each</source>
   <translation>
    <numerusform>%n grammar loaded, a sample parsed by each</numerusform>
    <numerusform>%n grammars loaded, a sample parsed by each</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s)</source>
   <translation>
    <numerusform>%n hunk</numerusform>
    <numerusform>%n hunks</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) accepted.</source>
   <translation>
    <numerusform>%n hunk accepted.</numerusform>
    <numerusform>%n hunks accepted.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) by likeness, at least {score} %</source>
   <translation>
    <numerusform>%n hunk by likeness, at least {score} %</numerusform>
    <numerusform>%n hunks by likeness, at least {score} %</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) conflict with the file.</source>
   <translation>
    <numerusform>%n hunk conflicts with the file.</numerusform>
    <numerusform>%n hunks conflict with the file.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) rejected.</source>
   <translation>
    <numerusform>%n hunk rejected.</numerusform>
    <numerusform>%n hunks rejected.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n hunk(s) wait again.</source>
   <translation>
    <numerusform>%n hunk waits again.</numerusform>
    <numerusform>%n hunks wait again.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n icon(s) drawn; formats: {formats}</source>
   <translation>
    <numerusform>%n icon drawn; formats: {formats}</numerusform>
    <numerusform>%n icons drawn; formats: {formats}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n image(s)</source>
   <translation>
    <numerusform>%n image</numerusform>
    <numerusform>%n images</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n language(s), {parts} coloured parts</source>
   <translation>
    <numerusform>%n language, {parts} coloured parts</numerusform>
    <numerusform>%n languages, {parts} coloured parts</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n left out</source>
   <translation>
    <numerusform>%n left out</numerusform>
    <numerusform>%n left out</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n line(s)</source>
   <translation>
    <numerusform>%n line</numerusform>
    <numerusform>%n lines</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n match(es)</source>
   <translation>
    <numerusform>%n match</numerusform>
    <numerusform>%n matches</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n mention(s) untouched</source>
   <translation>
    <numerusform>%n mention untouched</numerusform>
    <numerusform>%n mentions untouched</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n model(s), {model} not among them: {names}</source>
   <translation>
    <numerusform>%n model, {model} not among them: {names}</numerusform>
    <numerusform>%n models, {model} not among them: {names}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n model(s): {names}</source>
   <translation>
    <numerusform>%n model: {names}</numerusform>
    <numerusform>%n models: {names}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n more</source>
   <translation>
    <numerusform>%n more</numerusform>
    <numerusform>%n more</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n more file(s) may hold comments for Spark.</source>
   <translation>
    <numerusform>%n more file may hold comments for Spark.</numerusform>
    <numerusform>%n more files may hold comments for Spark.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n more name(s) do not exist.</source>
   <translation>
    <numerusform>%n more name does not exist.</numerusform>
    <numerusform>%n more names do not exist.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n new: {first}</source>
   <translation>
    <numerusform>%n new: {first}</numerusform>
    <numerusform>%n new: {first}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n other machine(s) were asked.</source>
   <translation>
    <numerusform>%n other machine was asked.</numerusform>
    <numerusform>%n other machines were asked.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s)</source>
   <translation>
    <numerusform>%n part</numerusform>
    <numerusform>%n parts</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) of the answer found no place</source>
   <translation>
    <numerusform>%n part of the answer found no place</numerusform>
    <numerusform>%n parts of the answer found no place</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) of the answer found no place.</source>
   <translation>
    <numerusform>%n part of the answer found no place.</numerusform>
    <numerusform>%n parts of the answer found no place.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) of the answer found no place: what SEARCH holds must stand in the file word for word.</source>
   <translation>
    <numerusform>%n part of the answer found no place: what SEARCH holds must stand in the file word for word.</numerusform>
    <numerusform>%n parts of the answer found no place: what SEARCH holds must stand in the file word for word.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n part(s) without a place</source>
   <translation>
    <numerusform>%n part without a place</numerusform>
    <numerusform>%n parts without a place</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n passed</source>
   <translation>
    <numerusform>%n passed</numerusform>
    <numerusform>%n passed</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n problem(s) found.</source>
   <translation>
    <numerusform>%n problem found.</numerusform>
    <numerusform>%n problems found.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n process(es) ended, {size:.1f} MB removed</source>
   <translation>
    <numerusform>%n process ended, {size:.1f} MB removed</numerusform>
    <numerusform>%n processes ended, {size:.1f} MB removed</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n proposal(s) held back meanwhile</source>
   <translation>
    <numerusform>%n proposal held back meanwhile</numerusform>
    <numerusform>%n proposals held back meanwhile</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n question(s) waiting</source>
   <translation>
    <numerusform>%n question waiting</numerusform>
    <numerusform>%n questions waiting</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n step(s)</source>
   <translation>
    <numerusform>%n step</numerusform>
    <numerusform>%n steps</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n syntax error(s), {before} before</source>
   <translation>
    <numerusform>%n syntax error, {before} before</numerusform>
    <numerusform>%n syntax errors, {before} before</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n text(s) changed as well</source>
   <translation>
    <numerusform>%n text changed as well</numerusform>
    <numerusform>%n texts changed as well</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n that failed before pass now</source>
   <translation>
    <numerusform>%n that failed before passes now</numerusform>
    <numerusform>%n that failed before pass now</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n thread(s) deleted.</source>
   <translation>
    <numerusform>%n thread deleted.</numerusform>
    <numerusform>%n threads deleted.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n token(s)</source>
   <translation>
    <numerusform>%n token</numerusform>
    <numerusform>%n tokens</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n token(s) came, pieces: {pieces}</source>
   <translation>
    <numerusform>%n token came, pieces: {pieces}</numerusform>
    <numerusform>%n tokens came, pieces: {pieces}</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n turn(s)</source>
   <translation>
    <numerusform>%n turn</numerusform>
    <numerusform>%n turns</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n unsent question(s)</source>
   <translation>
    <numerusform>%n unsent question</numerusform>
    <numerusform>%n unsent questions</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n use(s) left to you</source>
   <translation>
    <numerusform>%n use left to you</numerusform>
    <numerusform>%n uses left to you</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n use(s), each resolved</source>
   <translation>
    <numerusform>%n use, each resolved</numerusform>
    <numerusform>%n uses, each resolved</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>A model of this size does not follow a change through %n line(s).</source>
   <translation>
    <numerusform>A model of this size does not follow a change through %n line.</numerusform>
    <numerusform>A model of this size does not follow a change through %n lines.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Applied %n hunk(s).</source>
   <translation>
    <numerusform>Applied %n hunk.</numerusform>
    <numerusform>Applied %n hunks.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Branch switched: %n file(s) changed; nothing proposed.</source>
   <translation>
    <numerusform>Branch switched: %n file changed; nothing proposed.</numerusform>
    <numerusform>Branch switched: %n files changed; nothing proposed.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>By this machine's clock, from asking to the first token; half of %n answer(s) were sooner than the median, 95 % sooner than p95.</source>
   <translation>
    <numerusform>By this machine's clock, from asking to the first token, of %n answer.</numerusform>
    <numerusform>By this machine's clock, from asking to the first token; half of %n answers were sooner than the median, 95 % sooner than p95.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Diff of {path}, %n hunk(s)</source>
   <translation>
    <numerusform>Diff of {path}, %n hunk</numerusform>
    <numerusform>Diff of {path}, %n hunks</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Everything needed is here; %n warning(s).</source>
   <translation>
    <numerusform>Everything needed is here; %n warning.</numerusform>
    <numerusform>Everything needed is here; %n warnings.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Everything works; %n note(s).</source>
   <translation>
    <numerusform>Everything works; %n note.</numerusform>
    <numerusform>Everything works; %n notes.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Spark is made with the work of others: %n component(s).</source>
   <translation>
    <numerusform>Spark is made with the work of others: %n component.</numerusform>
    <numerusform>Spark is made with the work of others: %n components.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Start %n comment(s)</source>
   <translation>
    <numerusform>Start %n comment</numerusform>
    <numerusform>Start %n comments</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Start %n proposal(s)</source>
   <translation>
    <numerusform>Start %n proposal</numerusform>
    <numerusform>Start %n proposals</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Summing up %n earlier turn(s)…</source>
   <translation>
    <numerusform>Summing up %n earlier turn…</numerusform>
    <numerusform>Summing up %n earlier turns…</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The answer changes %n line(s), where one error was to be mended.</source>
   <translation>
    <numerusform>The answer changes %n line, where one error was to be mended.</numerusform>
    <numerusform>The answer changes %n lines, where one error was to be mended.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The file still has %n syntax error(s).</source>
   <translation>
    <numerusform>The file still has %n syntax error.</numerusform>
    <numerusform>The file still has %n syntax errors.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The last %n day(s)</source>
   <translation>
    <numerusform>The last day</numerusform>
    <numerusform>The last %n days</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The median of %n answer(s) in the last 30 days</source>
   <translation>
    <numerusform>%n answer in the last 30 days</numerusform>
    <numerusform>The median of %n answers in the last 30 days</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The model answered %n time(s), each time something else.</source>
   <translation>
    <numerusform>The model answered %n time, each time something else.</numerusform>
    <numerusform>The model answered %n times, each time something else.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Tokens divided by the server's own seconds, over %n answer(s) on this machine. Emulated answers never count.</source>
   <translation>
    <numerusform>Tokens divided by the server's own seconds, over %n answer on this machine. Emulated answers never count.</numerusform>
    <numerusform>Tokens divided by the server's own seconds, over %n answers on this machine. Emulated answers never count.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>What is kept for undo takes {size} MB of {limit} MB: with the next change the oldest %n step(s) go: {names}.</source>
   <translation>
    <numerusform>What is kept for undo takes {size} MB of {limit} MB: with the next change the oldest step goes: {names}.</numerusform>
    <numerusform>What is kept for undo takes {size} MB of {limit} MB: with the next change the oldest %n steps go: {names}.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>With the answer the file has %n syntax error(s), before it had {before}.</source>
   <translation>
    <numerusform>With the answer the file has %n syntax error, before it had {before}.</numerusform>
    <numerusform>With the answer the file has %n syntax errors, before it had {before}.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>a change of %n line(s)</source>
   <translation>
    <numerusform>a change of %n line</numerusform>
    <numerusform>a change of %n lines</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>about %n new token(s)</source>
   <translation>
    <numerusform>about %n new token</numerusform>
    <numerusform>about %n new tokens</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>applied %n hunk(s)</source>
   <translation>
    <numerusform>applied %n hunk</numerusform>
    <numerusform>applied %n hunks</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>failed %n time(s)</source>
   <translation>
    <numerusform>failed %n time</numerusform>
    <numerusform>failed %n times</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>found by leaving out %n line(s), one after the other</source>
   <translation>
    <numerusform>found by leaving out %n line, one after the other</numerusform>
    <numerusform>found by leaving out %n lines, one after the other</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>found by trying %n small change(s), without a model</source>
   <translation>
    <numerusform>found by trying %n small change, without a model</numerusform>
    <numerusform>found by trying %n small changes, without a model</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>it removes %n line(s) that it does not name</source>
   <translation>
    <numerusform>it removes %n line that it does not name</numerusform>
    <numerusform>it removes %n lines that it does not name</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>no room: %n token(s), and {left} were left</source>
   <translation>
    <numerusform>no room: %n token, and {left} were left</numerusform>
    <numerusform>no room: %n tokens, and {left} were left</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>not run to its end: it started more than %n process(es)</source>
   <translation>
    <numerusform>not run to its end: it started more than %n process</numerusform>
    <numerusform>not run to its end: it started more than %n processes</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>not run to its end: it took more than %n second(s)</source>
   <translation>
    <numerusform>not run to its end: it took more than %n second</numerusform>
    <numerusform>not run to its end: it took more than %n seconds</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>only its first %n line(s) are shown</source>
   <translation>
    <numerusform>only its first %n line is shown</numerusform>
    <numerusform>only its first %n lines are shown</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>spark: snoozed for %n minute(s)</source>
   <translation>
    <numerusform>spark: snoozed for %n minute</numerusform>
    <numerusform>spark: snoozed for %n minutes</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>with %n other place(s) of this change</source>
   <translation>
    <numerusform>with %n other place of this change</numerusform>
    <numerusform>with %n other places of this change</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{cost}, without %n answer(s)</source>
   <translation>
    <numerusform>{cost}, without %n answer</numerusform>
    <numerusform>{cost}, without %n answers</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{function} takes %n argument(s), not {given}.</source>
   <translation>
    <numerusform>{function} takes %n argument, not {given}.</numerusform>
    <numerusform>{function} takes %n arguments, not {given}.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{machine}, %n logical core(s)</source>
   <translation>
    <numerusform>{machine}, %n logical core</numerusform>
    <numerusform>{machine}, %n logical cores</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{names} and %n more</source>
   <translation>
    <numerusform>{names} and %n more</numerusform>
    <numerusform>{names} and %n more</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{test} passes; %n other(s) fail as before</source>
   <translation>
    <numerusform>{test} passes; %n other fails as before</numerusform>
    <numerusform>{test} passes; %n others fail as before</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{title} (%n place(s))</source>
   <translation>
    <numerusform>{title} (%n place)</numerusform>
    <numerusform>{title} (%n places)</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>{version}; the certificate for {subject}, by {issuer}, is good for %n day(s).</source>
   <translation>
    <numerusform>{version}; the certificate for {subject}, by {issuer}, is good for %n day.</numerusform>
    <numerusform>{version}; the certificate for {subject}, by {issuer}, is good for %n days.</numerusform>
   </translation>
  </message>
 </context>
</TS>
