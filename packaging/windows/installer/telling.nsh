; Refusals: a box, or in a silent installation a line on the standard error output. The caller gets
; the exit code either way.

!macro Refuse CODE TEXT
  Push "${TEXT}"
  Push ${CODE}
  !ifdef __UNINSTALL__
    Call un.Refuse
  !else
    Call Refuse
  !endif
!macroend

!macro RefuseFunction UN
Function ${UN}Refuse
  Exch $0 ; the exit code
  Exch
  Exch $1 ; the text
  ${If} ${Silent}
    Call ${UN}WriteError
  ${Else}
    MessageBox MB_OK|MB_ICONSTOP "$1"
  ${EndIf}
  SetErrorLevel $0
  Quit
FunctionEnd

; Writes $1 and a line end; where nobody listens, nothing happens.
Function ${UN}WriteError
  System::Call 'kernel32::AttachConsole(i -1)'
  System::Call 'kernel32::GetStdHandle(i -12) p.r2'
  ${If} $2 P= 0
  ${OrIf} $2 P= -1
    Return
  ${EndIf}
  StrCpy $3 "$1$\r$\n"
  StrLen $4 $3
  System::Call 'kernel32::WriteConsoleW(p r2, w r3, i r4, *i, p 0) i.r5'
  ${If} $5 == 0
    ; A pipe or a file takes bytes.
    System::Alloc 4096
    Pop $6
    System::Call 'kernel32::WideCharToMultiByte(i 65001, i 0, w r3, i -1, p r6, i 4096, p 0, p 0) i.r4'
    IntOp $4 $4 - 1
    System::Call 'kernel32::WriteFile(p r2, p r6, i r4, *i, p 0)'
    System::Free $6
  ${EndIf}
FunctionEnd
!macroend

!insertmacro RefuseFunction ""
!insertmacro RefuseFunction "un."

; Leaves 1 in $0 for /NAME and /NAME=1, and 0 for /NAME=0 and where it is not given: an option that
; was meant to be off must not be taken for one that is there.
!macro TakeFlag NAME
  ClearErrors
  ${GetOptions} $Parameters "/${NAME}" $0
  ${If} ${Errors}
  ${OrIf} $0 == "=0"
    StrCpy $0 0
  ${ElseIf} $0 == ""
  ${OrIf} $0 == "=1"
    StrCpy $0 1
  ${Else}
    StrCpy $1 "/${NAME}$0"
    !insertmacro Refuse ${EXIT_OPTION} "$(T_WRONG_OPTION)"
  ${EndIf}
!macroend

; /LANG=en or /LANG=ru; without it Windows's own language decides, and English where it is neither.
!macro ChooseLanguage
  ClearErrors
  ${GetOptions} $Parameters "/LANG=" $0
  ${IfNot} ${Errors}
    ${If} $0 == "ru"
      StrCpy $LANGUAGE ${LANG_RUSSIAN}
    ${ElseIf} $0 == "en"
      StrCpy $LANGUAGE ${LANG_ENGLISH}
    ${Else}
      StrCpy $1 "/LANG=$0"
      !insertmacro Refuse ${EXIT_OPTION} "$(T_WRONG_OPTION)"
    ${EndIf}
  ${EndIf}
!macroend
