; Which of the optional parts are installed: what the command line says, or else what an earlier
; installation has now, or else what the page offers at first.

!macro Have SECTION IS_THERE
  ${If} ${IS_THERE} == 1
    !insertmacro SelectSection ${SECTION}
  ${Else}
    !insertmacro UnselectSection ${SECTION}
  ${EndIf}
!macroend

!macro Take SECTION OPTION
  ClearErrors
  ${GetOptions} $Parameters "/${OPTION}=" $0
  ${IfNot} ${Errors}
    ${If} $0 != 0
    ${AndIf} $0 != 1
      StrCpy $1 "/${OPTION}=$0"
      !insertmacro Refuse ${EXIT_OPTION} "$(T_WRONG_OPTION)"
    ${EndIf}
    !insertmacro Have ${SECTION} $0
  ${EndIf}
!macroend

Function TakeChoices
  ${If} $OldFolder != ""
    Call TakeWhatIsThere
  ${EndIf}
  !insertmacro Take ${Desktop} "DESKTOP"
  !insertmacro Take ${Autostart} "AUTOSTART"
  !insertmacro Take ${Command} "PATH"
  !insertmacro Take ${Menu} "MENU"
  !insertmacro Take ${Links} "LINKS"
FunctionEnd

; Not what was once chosen: a shortcut that the user has removed does not come back.
Function TakeWhatIsThere
  StrCpy $0 $OldFolder
  StrCpy $2 0
  ${If} ${FileExists} "$DESKTOP\${NAME}.lnk"
    StrCpy $2 1
  ${EndIf}
  !insertmacro Have ${Desktop} $2
  ReadRegStr $1 HKCU "${RUN_KEY}" "${RUN_NAME}"
  Call IsOurs
  !insertmacro Have ${Autostart} $2
  ReadRegStr $1 HKCU "${FOLDER_KEY}\command" ""
  Call IsOurs
  !insertmacro Have ${Menu} $2
  ReadRegStr $1 HKCU "${LINK_KEY}\shell\open\command" ""
  Call IsOurs
  !insertmacro Have ${Links} $2
  StrCpy $1 "look"
  Call ChangePath
  !insertmacro Have ${Command} $3
FunctionEnd

!macro RemoveWhereNot SECTION FUNCTION
  ${IfNot} ${SectionIsSelected} ${SECTION}
    Call ${FUNCTION}
  ${EndIf}
!macroend

; Removes what an earlier installation had and this one was told not to have.
Function RemoveUnchosen
  ${If} $OldFolder == ""
    Return
  ${EndIf}
  StrCpy $0 $OldFolder
  !insertmacro RemoveWhereNot ${Desktop} RemoveDesktop
  !insertmacro RemoveWhereNot ${Autostart} RemoveAutostart
  !insertmacro RemoveWhereNot ${Menu} RemoveMenu
  !insertmacro RemoveWhereNot ${Links} RemoveLinks
  ; The others were written anew; this one names the folder.
  ${IfNot} ${SectionIsSelected} ${Command}
  ${OrIf} $OldFolder != $INSTDIR
    Call RemoveCommand
  ${EndIf}
FunctionEnd
