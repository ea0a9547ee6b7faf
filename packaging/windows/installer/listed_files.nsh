; The list of what was installed: the only files that an upgrade or the uninstaller removes. Its
; lines are "F path" for files and "D path" for folders, innermost first, relative to the folder.

!macro ListFunctions UN
; Removes what the list in the folder $0 names. A folder that holds anything else stays.
Function ${UN}RemoveListed
  ClearErrors
  FileOpen $2 "$0\${LIST}" r
  ${If} ${Errors}
    Call ${UN}MissList
    Return
  ${EndIf}
  ${Do}
    ClearErrors
    FileReadUTF16LE $2 $3
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    ${TrimNewLines} $3 $3
    StrCpy $4 $3 2
    StrCpy $3 $3 "" 2
    Call ${UN}IsWithin
    ${If} $5 == 0
      ${Continue}
    ${EndIf}
    StrCpy $6 $3 7
    ${If} $6 == "models\"
    ${AndIf} $KeepModels == 1
      Call ${UN}KeepModel
    ${ElseIf} $4 == "F "
      Delete "$0\$3"
      ${If} ${FileExists} "$0\$3"
        ; Programs stand first in the list: one that was started meanwhile stops this at once.
        FileClose $2
        StrCpy $1 "$0\$3"
        !insertmacro Refuse ${EXIT_DISK} "$(T_CANNOT_DELETE)"
      ${EndIf}
    ${ElseIf} $4 == "D "
      RMDir "$0\$3"
    ${EndIf}
  ${Loop}
  FileClose $2
  Delete "$0\${LIST}"
FunctionEnd

; Tells in $5 whether the path $3 leads nowhere but below the folder it is relative to.
Function ${UN}IsWithin
  StrCpy $5 0
  System::Call 'shlwapi::StrStrW(w r3, w "..") p.r6'
  System::Call 'shlwapi::StrStrW(w r3, w ":") p.r7'
  StrCpy $8 $3 1
  ${If} $6 P= 0
  ${AndIf} $7 P= 0
  ${AndIf} $8 != "\"
  ${AndIf} $8 != ""
    StrCpy $5 1
  ${EndIf}
FunctionEnd
!macroend

; The model $3 of a full installation in $0 stays when a slim one follows, and is listed again.
Function KeepModel
  ${If} $0 != $INSTDIR
    CreateDirectory "$INSTDIR\models"
    Rename "$0\$3" "$INSTDIR\$3"
  ${EndIf}
  ${If} $KeptModels == ""
    GetTempFileName $KeptModels
    FileOpen $6 $KeptModels w
    FileWriteUTF16LE /BOM $6 ""
  ${Else}
    FileOpen $6 $KeptModels a
    FileSeek $6 0 END
  ${EndIf}
  FileWriteUTF16LE $6 "F $3$\r$\n"
  FileClose $6
FunctionEnd

; Without its list the earlier installation is written over, and what only it had stays.
Function MissList
FunctionEnd

; All but the files can be removed all the same.
Function un.MissList
  StrCpy $1 "$(T_NO_LIST)"
  ${If} ${Silent}
    Call un.WriteError
  ${Else}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$1"
  ${EndIf}
  SetErrorLevel ${EXIT_LIST}
FunctionEnd

; The uninstaller keeps none.
Function un.KeepModel
FunctionEnd

!insertmacro ListFunctions ""
!insertmacro ListFunctions "un."

; Writes the list of this installation; the folder is $OUTDIR.
Function WriteList
  File "/oname=${LIST}" "${GENERATED}/${LIST}"
  ${If} $KeptModels == ""
    Return
  ${EndIf}
  FileOpen $2 "$INSTDIR\${LIST}" a
  FileSeek $2 0 END
  FileOpen $3 $KeptModels r
  ${Do}
    ClearErrors
    FileReadUTF16LE $3 $4
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    FileWriteUTF16LE $2 $4
  ${Loop}
  FileWriteUTF16LE $2 "D models$\r$\n"
  FileClose $3
  FileClose $2
  Delete $KeptModels
FunctionEnd
