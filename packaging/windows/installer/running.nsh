; Programs that run cannot be replaced. They are asked for, never ended: work may be unsaved.

!macro ReturnIfRunning UN NAME
  StrCpy $1 "$0\${NAME}"
  Call ${UN}IsRunning
  ${If} $1 == 1
    Return
  ${EndIf}
!macroend

!macro RunningFunctions UN
; Tells in $1 whether the program file $1 runs: Windows lets nobody write to one that does.
Function ${UN}IsRunning
  System::Call 'kernel32::CreateFileW(w r1, i 0x40000000, i 7, p 0, i 3, i 0, p 0) p.r8 ?e'
  Pop $9
  StrCpy $1 0
  ${If} $8 P= -1
    ; A sharing violation; a file that is missing or read-only says nothing.
    ${If} $9 == 32
      StrCpy $1 1
    ${EndIf}
  ${Else}
    System::Call 'kernel32::CloseHandle(p r8)'
  ${EndIf}
FunctionEnd

; Tells in $1 whether one of the programs in the folder $0 runs.
Function ${UN}IsAnyRunning
  !insertmacro ReturnIfRunning "${UN}" "spark-desktop.exe"
  !insertmacro ReturnIfRunning "${UN}" "spark-core.exe"
  !insertmacro ReturnIfRunning "${UN}" "spark.exe"
FunctionEnd

; Returns once no program in the folder $0 runs; the user may give up, a silent run does so soon.
Function ${UN}WaitUntilClosed
  StrCpy $2 0
  ${Do}
    Call ${UN}IsAnyRunning
    ${If} $1 == 0
      Return
    ${EndIf}
    ; What has just ended, or what a virus scanner looks at, is free a moment later.
    ${If} $2 < 10
      IntOp $2 $2 + 1
      Sleep 200
      ${Continue}
    ${EndIf}
    ${If} ${Silent}
      !insertmacro Refuse ${EXIT_RUNNING} "$(T_RUNNING)"
    ${EndIf}
    ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(T_RUNNING)" IDCANCEL`
      SetErrorLevel ${EXIT_RUNNING}
      Quit
    ${EndIf}
  ${Loop}
FunctionEnd
!macroend

!insertmacro RunningFunctions ""
!insertmacro RunningFunctions "un."
