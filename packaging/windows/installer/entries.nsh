; What Windows is told of Spark, all of it below HKEY_CURRENT_USER.

!define APP_PATH "Software\Microsoft\Windows\CurrentVersion\App Paths\spark-desktop.exe"
; The value that the app's own setting for the start at log-in writes.
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define RUN_NAME "spark-desktop"
!define FOLDER_KEY "Software\Classes\Directory\shell\spark-desktop"
!define BACKGROUND_KEY "Software\Classes\Directory\Background\shell\spark-desktop"
!define LINK_KEY "Software\Classes\spark"

Function WriteUninstallKey
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  ; What a later installer compares: 0.2.0rc1 is older than 0.2.0.
  WriteRegStr HKCU "${UNINSTALL_KEY}" "VersionOrder" "${VERSION_ORDER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "Spark Desktop contributors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" '"$INSTDIR\spark-desktop.exe",0'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
FunctionEnd

Function WriteAutostart
  WriteRegStr HKCU "${RUN_KEY}" "${RUN_NAME}" '"$INSTDIR\spark-desktop.exe" --hidden'
FunctionEnd

; The point after the folder keeps the last backslash of "C:\" from being read with the quote.
Function WriteMenu
  WriteRegStr HKCU "${FOLDER_KEY}" "" "$(T_OPEN_WITH)"
  WriteRegStr HKCU "${FOLDER_KEY}" "Icon" '"$INSTDIR\spark-desktop.exe",0'
  WriteRegStr HKCU "${FOLDER_KEY}\command" "" '"$INSTDIR\spark-desktop.exe" -- "%V\."'
  WriteRegStr HKCU "${BACKGROUND_KEY}" "" "$(T_OPEN_WITH)"
  WriteRegStr HKCU "${BACKGROUND_KEY}" "Icon" '"$INSTDIR\spark-desktop.exe",0'
  WriteRegStr HKCU "${BACKGROUND_KEY}\command" "" '"$INSTDIR\spark-desktop.exe" -- "%V\."'
FunctionEnd

Function WriteLinks
  WriteRegStr HKCU "${LINK_KEY}" "" "URL:${NAME}"
  WriteRegStr HKCU "${LINK_KEY}" "URL Protocol" ""
  WriteRegStr HKCU "${LINK_KEY}\DefaultIcon" "" '"$INSTDIR\spark-desktop.exe",0'
  WriteRegStr HKCU "${LINK_KEY}\shell\open\command" "" '"$INSTDIR\spark-desktop.exe" -- "%1"'
FunctionEnd

!macro EntryFunctions UN
; Tells in $2 whether the command $1 starts the window's program in the folder $0.
Function ${UN}IsOurs
  System::Call 'shlwapi::StrStrIW(w r1, w "$0\spark-desktop.exe") p.r2'
  ${If} $2 P<> 0
    StrCpy $2 1
  ${EndIf}
FunctionEnd

Function ${UN}RemoveDesktop
  Delete "$DESKTOP\${NAME}.lnk"
FunctionEnd

Function ${UN}RemoveAutostart
  ReadRegStr $1 HKCU "${RUN_KEY}" "${RUN_NAME}"
  Call ${UN}IsOurs
  ${If} $2 == 1
    DeleteRegValue HKCU "${RUN_KEY}" "${RUN_NAME}"
  ${EndIf}
FunctionEnd

Function ${UN}RemoveCommand
  StrCpy $1 "remove"
  Call ${UN}ChangePath
FunctionEnd

; A key that another installation or program has written since is left alone, here and below.
Function ${UN}RemoveMenu
  ReadRegStr $1 HKCU "${FOLDER_KEY}\command" ""
  Call ${UN}IsOurs
  ${If} $2 == 1
    DeleteRegKey HKCU "${FOLDER_KEY}"
  ${EndIf}
  ReadRegStr $1 HKCU "${BACKGROUND_KEY}\command" ""
  Call ${UN}IsOurs
  ${If} $2 == 1
    DeleteRegKey HKCU "${BACKGROUND_KEY}"
  ${EndIf}
FunctionEnd

Function ${UN}RemoveLinks
  ReadRegStr $1 HKCU "${LINK_KEY}\shell\open\command" ""
  Call ${UN}IsOurs
  ${If} $2 == 1
    DeleteRegKey HKCU "${LINK_KEY}"
  ${EndIf}
FunctionEnd

; Has open windows of the file manager look at the menus and links anew.
Function ${UN}TellExplorer
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
FunctionEnd
!macroend

!insertmacro EntryFunctions ""
!insertmacro EntryFunctions "un."

; Removes all that points to the folder $0.
Function un.RemoveEntries
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Call un.RemoveDesktop
  Call un.RemoveAutostart
  Call un.RemoveCommand
  Call un.RemoveMenu
  Call un.RemoveLinks
  ReadRegStr $1 HKCU "${APP_PATH}" ""
  Call un.IsOurs
  ${If} $2 == 1
    DeleteRegKey HKCU "${APP_PATH}"
  ${EndIf}
FunctionEnd
