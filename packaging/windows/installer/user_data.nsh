; The user's own: removed only where the user says so.

; Removes the folder $0 with all in it. A link to another place goes, what it leads to stays: models
; may have been moved to another disk.
Function un.RemoveTree
  Push $1
  Push $2
  Push $3
  System::Call 'kernel32::GetFileAttributesW(w r0) i.r1'
  IntOp $2 $1 & 0x400
  ${If} $1 != -1
  ${AndIf} $2 == 0
    FindFirst $2 $3 "$0\*"
    ${DoWhile} $3 != ""
      ${If} $3 != "."
      ${AndIf} $3 != ".."
        Call un.RemoveOne
      ${EndIf}
      FindNext $2 $3
    ${Loop}
    FindClose $2
  ${EndIf}
  RMDir $0
  Pop $3
  Pop $2
  Pop $1
FunctionEnd

; Removes the entry $3 of the folder $0.
Function un.RemoveOne
  System::Call 'kernel32::GetFileAttributesW(w "$0\$3") i.r1'
  IntOp $1 $1 & 0x10
  ${If} $1 == 0
    SetFileAttributes "$0\$3" NORMAL
    Delete "$0\$3"
  ${Else}
    Push $0
    StrCpy $0 "$0\$3"
    Call un.RemoveTree
    Pop $0
  ${EndIf}
FunctionEnd

; Removes the keys of endpoints that the app keeps in the Credential Manager.
Function un.ForgetKeys
  System::Call 'advapi32::CredEnumerateW(w "${NAME}/*", i 0, *i .r1, *p .r2) i.r3'
  ${If} $3 == 0
    Return
  ${EndIf}
  StrCpy $3 $2
  ${DoWhile} $1 > 0
    System::Call '*$3(p .r4)'
    System::Call '*$4(i, i .r5, w .r6)'
    System::Call 'advapi32::CredDeleteW(w r6, i r5, i 0)'
    IntPtrOp $3 $3 + 8
    IntOp $1 $1 - 1
  ${Loop}
  System::Call 'advapi32::CredFree(p r2)'
FunctionEnd
