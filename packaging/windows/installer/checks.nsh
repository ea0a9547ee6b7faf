; What is looked at before anything is touched.

; A page or a caller may have added a last separator, with which the folder is not known as the one
; that the registry names.
!macro TrimFolder
  StrCpy $1 $INSTDIR 1 -1
  ${If} $1 == "\"
    StrCpy $INSTDIR $INSTDIR -1
  ${EndIf}
!macroend

Function CheckWindows
  ; What Qt needs: Windows 10 of October 2018.
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${AtLeastBuild} 17763
    !insertmacro Refuse ${EXIT_WINDOWS} "$(T_WINDOWS)"
  ${EndIf}
FunctionEnd

; Two at once would each remove what the other installs.
Function CheckOnlyOne
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "${MUTEX}") p.r1 ?e'
  Pop $0
  ${If} $0 == 183
    !insertmacro Refuse ${EXIT_RUNNING} "$(T_ANOTHER)"
  ${EndIf}
FunctionEnd

; An installation whose folder was removed by hand is none.
Function FindOlder
  ReadRegStr $OldFolder HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${IfNot} ${FileExists} "$OldFolder\${LIST}"
  ${AndIfNot} ${FileExists} "$OldFolder\spark-desktop.exe"
    StrCpy $OldFolder ""
  ${EndIf}
  !if ${SIZE} == "slim"
    StrCpy $KeepModels 1
  !else
    StrCpy $KeepModels 0
  !endif
FunctionEnd

Function CheckOlder
  ${If} $OldFolder == ""
    Return
  ${EndIf}
  ReadRegStr $OldVersion HKCU "${UNINSTALL_KEY}" "DisplayVersion"
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "VersionOrder"
  ${If} $0 == ""
    Return
  ${EndIf}
  ${VersionCompare} $0 "${VERSION_ORDER}" $1
  ${If} $1 != 1
    Return
  ${EndIf}
  !insertmacro TakeFlag "ALLOWDOWNGRADE"
  ${If} $0 != 1
    !insertmacro Refuse ${EXIT_OLDER} "$(T_OLDER)"
  ${EndIf}
FunctionEnd

; Refuses folders that hold something else, or that parts of Windows cannot name. The usual folder is
; Spark's own, whatever a user has left in it.
Function CheckFolder
  !insertmacro TrimFolder
  StrLen $1 $INSTDIR
  IntOp $1 $1 + ${LONGEST_PATH}
  System::Call 'shlwapi::StrPBrkW(w "$INSTDIR", w ";%") p.r2'
  ${If} $1 > 258
  ${OrIf} $2 P<> 0
    Call RefuseFolder
  ${ElseIf} $INSTDIR != $OldFolder
  ${AndIf} $INSTDIR != "${FOLDER}"
  ${AndIfNot} ${FileExists} "$INSTDIR\${LIST}"
    ${DirState} $INSTDIR $1
    ${If} $1 == 1
      Call RefuseFolder
    ${EndIf}
  ${EndIf}
FunctionEnd

; On the page the user may choose another one; a silent installation ends.
Function RefuseFolder
  ${If} ${Silent}
    !insertmacro Refuse ${EXIT_FOLDER} "$(T_FOLDER)"
  ${EndIf}
  MessageBox MB_OK|MB_ICONEXCLAMATION "$(T_FOLDER)"
  Abort
FunctionEnd

; The page of the folder does this, too, but a silent installation has none.
Function CheckDisk
  ${GetRoot} $INSTDIR $0
  ClearErrors
  ${DriveSpace} "$0\" "/D=F /S=M" $1
  ${IfNot} ${Errors}
  ${AndIf} $1 < ${SIZE_MB}
    !insertmacro Refuse ${EXIT_DISK} "$(T_DISK)"
  ${EndIf}
FunctionEnd
