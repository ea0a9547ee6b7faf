; The Windows installer: per user, without administrator. spark_dist/nsis.py starts makensis on it
; and writes build.nsh (what depends on version and size) and files.nsh (what is installed).
; packaging/README.md says what it does, its options and its exit codes.

; The 32-bit stub does nothing at all, silently, under a Wine that has only 64 bits.
Target amd64-unicode
Unicode true

!include "${GENERATED}/build.nsh"
!if ${SIZE} == "full"
  ; The model is stored as it is, which a solid archive cannot do.
  SetCompressor lzma
!else
  SetCompressor /SOLID lzma
!endif
SetCompressorDictSize 32
; Files get the time of the installation: those of the build machine say nothing.
SetDateSave off
CRCCheck on

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include TextFunc.nsh
!include Sections.nsh
!include WinVer.nsh
!include WinMessages.nsh

!define NAME "Spark Desktop"
!define FOLDER "$LOCALAPPDATA\Programs\${NAME}"
!define LIST "installed-files.txt"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\spark-desktop"
; Threads, settings and (below Cache) the models: what platformdirs names on Windows.
!define DATA "$LOCALAPPDATA\spark-desktop"
!define MUTEX "Local\spark-desktop-setup"

; What a caller of the silent installer gets to know; packaging/README.md lists them.
!define EXIT_OLDER 10
!define EXIT_RUNNING 11
!define EXIT_WINDOWS 12
!define EXIT_FOLDER 13
!define EXIT_DISK 14
!define EXIT_OPTION 15
!define EXIT_LIST 16

Name "${NAME}"
OutFile "${OUTPUT}"
BrandingText "${NAME} ${VERSION}"
RequestExecutionLevel user
InstallDir "${FOLDER}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
AllowSkipFiles off
ShowInstDetails hide
ShowUninstDetails hide
ManifestDPIAware true
ManifestSupportedOS Win10

VIProductVersion "${VERSION_NUMBERS}"
VIAddVersionKey /LANG=0 "ProductName" "${NAME}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME} Setup"
VIAddVersionKey /LANG=0 "CompanyName" "Spark Desktop contributors"
VIAddVersionKey /LANG=0 "LegalCopyright" "Apache-2.0"

!ifdef ICON
  !define MUI_ICON "${ICON}"
  !define MUI_UNICON "${ICON}"
!endif
!define MUI_WELCOMEFINISHPAGE_BITMAP "${GENERATED}/side.bmp"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartSpark
!define MUI_FINISHPAGE_NOREBOOTSUPPORT

!define MUI_CUSTOMFUNCTION_GUIINIT Begin
!define MUI_CUSTOMFUNCTION_UNGUIINIT un.Begin

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Russian"

Var Parameters
; Where an earlier installation lies, and its version; both empty where there is none.
Var OldFolder
Var OldVersion
; The bundled model of an earlier full installation stays when a slim one follows.
Var KeepModels
Var KeptModels

!include texts_en.nsh
!include texts_ru.nsh
!include telling.nsh
!include running.nsh
!include listed_files.nsh
!include user_path.nsh
!include entries.nsh
!include checks.nsh
!include user_data.nsh

Section "-begin"
  ${If} ${Silent}
    Call Begin
  ${EndIf}
SectionEnd

Section "$(T_PROGRAM)" Program
  SectionIn RO
  Call CheckFolder
  Call CheckDisk
  ${If} $OldFolder != ""
    StrCpy $0 $OldFolder
    Call WaitUntilClosed
    Call RemoveListed
    ${If} $OldFolder != $INSTDIR
      Delete "$OldFolder\uninstall.exe"
      RMDir $OldFolder
    ${EndIf}
  ${EndIf}
  SetOutPath $INSTDIR
  ; The list and the uninstaller come first, so that a broken installation can be removed as well.
  Call WriteList
  WriteUninstaller "$INSTDIR\uninstall.exe"
  Call WriteUninstallKey
  !include "${GENERATED}/files.nsh"
  ; What a shortcut begins in: the programs' own folder would be held by whoever runs from there.
  SetOutPath $PROFILE
  CreateShortCut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\spark-desktop.exe" "" "$INSTDIR\spark-desktop.exe" 0
  WriteRegStr HKCU "${APP_PATH}" "" "$INSTDIR\spark-desktop.exe"
SectionEnd

Section /o "$(T_DESKTOP)" Desktop
  SetOutPath $PROFILE
  CreateShortCut "$DESKTOP\${NAME}.lnk" "$INSTDIR\spark-desktop.exe" "" "$INSTDIR\spark-desktop.exe" 0
SectionEnd

Section /o "$(T_AUTOSTART)" Autostart
  Call WriteAutostart
SectionEnd

Section "$(T_PATH)" Command
  StrCpy $0 $INSTDIR
  StrCpy $1 "add"
  Call ChangePath
SectionEnd

Section "$(T_MENU)" Menu
  Call WriteMenu
SectionEnd

Section "$(T_LINKS)" Links
  Call WriteLinks
SectionEnd

; What was chosen in an earlier installation and is not chosen now goes away.
Section "-unchosen"
  Call RemoveUnchosen
  Call TellExplorer
SectionEnd

Section "-un.begin"
  ${If} ${Silent}
    Call un.Begin
  ${EndIf}
SectionEnd

Section "un.$(T_PROGRAM)"
  SectionIn RO
  StrCpy $0 $INSTDIR
  Call un.WaitUntilClosed
  Call un.RemoveListed
  Call un.RemoveEntries
  Delete "$INSTDIR\uninstall.exe"
  SetOutPath $TEMP
  RMDir $INSTDIR
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  Call un.TellExplorer
SectionEnd

Section /o "un.$(T_DATA)" un.Data
  StrCpy $0 "${DATA}"
  Call un.RemoveTree
  Call un.ForgetKeys
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${Program} "$(T_PROGRAM_MORE)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Desktop} "$(T_DESKTOP_MORE)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Autostart} "$(T_AUTOSTART_MORE)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Command} "$(T_PATH_MORE)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Menu} "$(T_MENU_MORE)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Links} "$(T_LINKS_MORE)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${un.Data} "$(T_DATA_MORE)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END

; Below the sections, whose numbers it uses.
!include choices.nsh

; Texts are in the chosen language only after these two.
Function .onInit
  ${GetParameters} $Parameters
  !insertmacro ChooseLanguage
FunctionEnd

Function un.onInit
  ${GetParameters} $Parameters
  !insertmacro ChooseLanguage
FunctionEnd

; Before the first page, or in a silent installation before the first step.
Function Begin
  Call CheckWindows
  Call CheckOnlyOne
  Call FindOlder
  Call CheckOlder
  Call TakeChoices
  ${If} ${Silent}
    Call CheckFolder
  ${EndIf}
  StrCpy $0 $OldFolder
  ${If} $0 == ""
    StrCpy $0 $INSTDIR
  ${EndIf}
  Call WaitUntilClosed
FunctionEnd

Function un.Begin
  !insertmacro TrimFolder
  !insertmacro TakeFlag "REMOVEDATA"
  StrCpy $3 $0
  StrCpy $0 $INSTDIR
  Push $3
  Call un.WaitUntilClosed
  Pop $3
  ${If} $3 == 1
    !insertmacro SelectSection ${un.Data}
  ${EndIf}
FunctionEnd

Function StartSpark
  Exec '"$INSTDIR\spark-desktop.exe"'
FunctionEnd
