; The user's PATH. It may be longer than any text that NSIS can hold, so it is changed in memory of
; its own size: a variable would cut it off, and the user would lose the rest.

!macro PathFunction UN
; Adds the folder $0 to the user's PATH or takes it out: $1 is "add" or "remove". With another $1 it
; only tells in $3 whether the folder is there.
Function ${UN}ChangePath
  ; HKEY_CURRENT_USER, as the sign-extended number that it is.
  System::Call 'advapi32::RegCreateKeyW(p -2147483647, w "Environment", *p.r2) i.r3'
  ${If} $3 != 0
    Return
  ${EndIf}
  Call ${UN}ReadPath
  ${If} $7 P<> 0
    System::Call 'shlwapi::StrStrIW(p r7, w ";$0;") p.r9'
    ${If} $1 == "add"
    ${AndIf} $9 P= 0
      System::Call 'kernel32::lstrcatW(p r7, w r0)'
      ${If} $8 == 1
        System::Call 'kernel32::lstrcatW(p r7, w ";")'
      ${EndIf}
      Call ${UN}WritePath
    ${ElseIf} $1 == "remove"
    ${AndIf} $9 P<> 0
      Call ${UN}CutFromPath
      Call ${UN}WritePath
    ${EndIf}
    System::Free $7
  ${EndIf}
  System::Call 'advapi32::RegCloseKey(p r2)'
  StrCpy $3 0
  ${If} $7 P<> 0
  ${AndIf} $9 P<> 0
    StrCpy $3 1
  ${EndIf}
FunctionEnd

; Out of the key $2: in $7 memory with ";PATH;" and room for the folder $0, or 0; in $4 the kind of
; the value; in $8 whether it ends with a semicolon of its own, as it then does later on.
Function ${UN}ReadPath
  StrCpy $7 0
  System::Call 'advapi32::RegQueryValueExW(p r2, w "Path", p 0, *i .r4, p 0, *i .r5) i.r3'
  ${If} $3 == 2
    ; None yet: such a value may name others, as Windows's own does.
    StrCpy $4 2
    StrCpy $5 0
  ${ElseIf} $3 != 0
    Return
  ${ElseIf} $4 != 1
  ${AndIf} $4 != 2
    ; No text: whoever wrote it knows what it is.
    Return
  ${EndIf}
  StrLen $6 $0
  IntOp $6 $6 * 2
  IntOp $6 $6 + $5
  IntOp $6 $6 + 16
  ; The memory is zeroed, which ends a value that has no end of its own.
  System::Alloc $6
  Pop $7
  System::Call 'kernel32::lstrcpyW(p r7, w ";")'
  ${If} $5 > 0
    IntPtrOp $6 $7 + 2
    System::Call 'advapi32::RegQueryValueExW(p r2, w "Path", p 0, p 0, p r6, *i r5) i.r3'
    ${If} $3 != 0
      System::Free $7
      StrCpy $7 0
      Return
    ${EndIf}
  ${EndIf}
  System::Call 'kernel32::lstrlenW(p r7) i.r6'
  IntOp $6 $6 - 1
  IntOp $6 $6 * 2
  IntPtrOp $6 $7 + $6
  System::Call '*$6(&i2.r6)'
  StrCpy $8 1
  ${If} $6 != 59
    StrCpy $8 0
    System::Call 'kernel32::lstrcatW(p r7, w ";")'
  ${ElseIf} $5 <= 2
    ; That was our own: there is nothing else.
    StrCpy $8 0
  ${EndIf}
FunctionEnd

; Cuts the folder $0 out of the text at $7, wherever it stands.
Function ${UN}CutFromPath
  ${Do}
    System::Call 'shlwapi::StrStrIW(p r7, w ";$0;") p.r9'
    ${If} $9 P= 0
      ${ExitDo}
    ${EndIf}
    StrLen $6 $0
    IntOp $6 $6 + 1
    IntOp $6 $6 * 2
    IntPtrOp $6 $9 + $6
    System::Call 'kernel32::lstrlenW(p r6) i.r5'
    IntOp $5 $5 + 1
    IntOp $5 $5 * 2
    System::Call 'ntdll::RtlMoveMemory(p r9, p r6, p r5)'
  ${Loop}
  System::Call 'kernel32::lstrlenW(p r7) i.r5'
  ${If} $8 == 0
  ${AndIf} $5 > 1
    IntOp $5 $5 - 1
    IntOp $5 $5 * 2
    IntPtrOp $6 $7 + $5
    System::Call '*$6(&i2 0)'
  ${EndIf}
FunctionEnd

; Writes the text at $7, without its first semicolon, as the kind $4; an empty one is removed.
Function ${UN}WritePath
  IntPtrOp $6 $7 + 2
  System::Call 'kernel32::lstrlenW(p r6) i.r5'
  ${If} $5 == 0
    System::Call 'advapi32::RegDeleteValueW(p r2, w "Path") i.r3'
  ${Else}
    IntOp $5 $5 + 1
    IntOp $5 $5 * 2
    System::Call 'advapi32::RegSetValueExW(p r2, w "Path", i 0, i r4, p r6, i r5) i.r3'
  ${EndIf}
  ; Programs that are started from now on see it.
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=3000
FunctionEnd
!macroend

!insertmacro PathFunction ""
!insertmacro PathFunction "un."
