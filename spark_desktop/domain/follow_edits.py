"""What one changed name asks of one file: edits where they can be computed, calls where not."""

import re
from collections.abc import Sequence
from dataclasses import replace

from spark_desktop.domain.call_changes import (
    SignatureChange,
    Unclear,
    changed_call,
    moves_values,
)
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Call, FileNames, Occurrence, Role
from spark_desktop.domain.follow_otherwise import follow_otherwise
from spark_desktop.domain.followed import FileFollow, Followed, Left, in_text
from spark_desktop.domain.getters import only_reads
from spark_desktop.domain.go_contexts import context_edits
from spark_desktop.domain.go_implementers import implementing_edits
from spark_desktop.domain.method_calls import as_method
from spark_desktop.domain.method_values import as_value
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.moved_packages import unused_packages
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.negated_uses import opposite_edits
from spark_desktop.domain.new_imports import taken_out
from spark_desktop.domain.parameter_objects import ParameterObject, gathered_call, is_commented
from spark_desktop.domain.passed_on import is_handed_over
from spark_desktop.domain.property_turns import turned
from spark_desktop.domain.prototypes import are_others, declaration_edits
from spark_desktop.domain.python_overrides import override_edits
from spark_desktop.domain.recorded_results import handed_edits
from spark_desktop.domain.result_changes import result_edits, takes_all
from spark_desktop.domain.spaces import keeps_space, respaced
from spark_desktop.domain.split_calls import instead_of
from spark_desktop.domain.text_edits import TextEdit, edited
from spark_desktop.domain.text_mentions import is_field_key, is_formatted
from spark_desktop.domain.types_there import type_there
from spark_desktop.domain.words import Said, say

# A model may choose a value, and see which parameter became which; nobody can for the rest.
_ASKED = (Unclear.VALUE, Unclear.GUESS, Unclear.FORM, Unclear.EFFECT)


def follow(followed: Followed, file: FileNames, tree: Tree) -> FileFollow:
    """Return what a change asks of a file; nothing where the file does not mean it."""
    found = follow_otherwise(followed, file, tree)
    if found is not None:
        return found
    return _Following(followed, file, tree).result()


class _Following:
    """Renames and new arguments in one file."""

    def __init__(self, followed: Followed, file: FileNames, tree: Tree) -> None:
        self._followed = followed
        self._file = file
        self._target = followed.target
        self._new = followed.change.new.name
        self._tree = tree
        self._uses = uses_in(followed.target, file, tree)
        self._edits: list[TextEdit] = []
        self._lines: list[int] = []
        self._asked: list[Occurrence] = []
        self._left: list[Left] = []

    def result(self) -> FileFollow:
        for one in self._uses.doubtful:
            reason = say("which {name} is meant is not clear", name=one.name)
            self._left.append(Left(self._file.path, one.line, reason, at=one.start))
        change = self._followed.change
        if change.is_method:
            self._follow_method()
        elif change.is_opposite:
            self._follow_opposite()
        else:
            self._follow_uses()
        self._tell_texts()
        return FileFollow(
            self._file.path,
            tuple(self._edits),
            tuple(self._asked),
            tuple(self._left),
            tuple(self._lines),
            frozenset(one.start for one in self._uses.found),
        )

    def _follow_uses(self) -> None:
        change = self._followed.change
        is_split = change.is_split
        is_renamed = change.is_renamed and not (change.is_replaced or is_split)
        is_renamed = is_renamed and not self._followed.is_constructor
        is_respaced = change.is_respaced and not change.is_moved
        if is_respaced and keeps_space(change, self._file):
            for one in self._uses.found:
                self._leave(one, say("which {name} is meant is not clear", name=one.name))
            return
        if change.got and not only_reads(change.got, change.old.container, self._file):
            for one in self._uses.found if self._file.path != change.new.path else ():
                self._leave(one, say("it is set or deleted"))
            return
        blocked = self._blocked() if is_renamed and self._uses.found else None
        blocked = None if change.new.space and is_respaced else blocked
        for one in self._uses.found:
            if blocked is not None:
                self._leave(one, blocked)
                continue
            if is_split:
                self._follow_split(one)
                continue
            if not self._follow_call(one):
                continue
            if is_respaced:
                self._follow_space(one)
            elif is_renamed and self._is_taken(one):
                self._leave(one, say("{name} is another thing there", name=self._new))
            elif is_renamed:
                self._rename(one)
        self._follow_subclasses()

    def _follow_method(self) -> None:
        """Call what is a method now on what was the first argument; import it no more."""
        old, new = self._followed.change.old, self._followed.change.new
        found = self._uses.found
        if found and self._uses.is_out_of_reach:
            self._leave(found[0], say("{name} cannot be used from other packages", name=self._new))
            return
        for one in found:
            if one.role is Role.BOUND:
                self._leave(one, say("it is defined here with the parameters before"))
            elif one.call is not None:
                edits = as_method(one, one.call, old, new, self._file)
                if isinstance(edits, Unclear):
                    self._asked.append(one)
                    continue
                for edit in edits:
                    self._edit(one, edit)
        passed = [
            one for one in found if one.call is None and one.role not in (Role.IMPORTED, Role.BOUND)
        ]
        brings = self._follow_values(passed)
        imports = [one for one in found if one.role is Role.IMPORTED]
        self._take_out_imports(imports, new.container if brings else "")

    def _follow_opposite(self) -> None:
        """Negate what is read, set or given; a model sees to what is more than that."""
        for one in self._uses.found:
            edits = opposite_edits(one, self._file, self._followed.change)
            if edits is None or self._blocked() is not None or self._is_taken(one):
                self._asked.append(one)
                continue
            for edit in edits:
                self._edit(one, edit)

    def _follow_values(self, passed: Sequence[Occurrence]) -> bool:
        """Hand on the method of the class; return whether that is to be imported instead."""
        is_needed = bool(self._asked or self._left)
        values = [as_value(one, self._followed.change, self._file, self._tree) for one in passed]
        # A name that cannot be written in one place is imported still.
        is_needed |= None in values
        brings = False
        for one, value in zip(passed, values, strict=True):
            if value is None or (value.brings and is_needed):
                self._leave(one, say("it is passed on, not called"))
            else:
                self._edit(one, value.edit)
                brings |= value.brings
        return brings

    def _take_out_imports(self, imports: Sequence[Occurrence], instead: str) -> None:
        """Take what is imported no more out of its imports, where nothing needs it still."""
        is_needed = bool(self._asked or self._left)
        for one in imports:
            brought = next((b for b in self._file.brought if b.name_at == one.start), None)
            is_same = brought is not None and brought.local == brought.name
            edit = taken_out(self._file, brought) if brought is not None and is_same else None
            if edit is None or is_needed:
                self._leave(one, say("its import has to be written by hand"))
            elif instead:
                self._edit(one, TextEdit(one.start, one.end, instead))
            else:
                self._edit(one, edit)
        if self._file.language == "go" and self._edits:
            for edit in unused_packages(self._target, self._file, self._edits, self._tree):
                self._edit(self._uses.found[0], edit)

    def _follow_subclasses(self) -> None:
        """Follow what classes that come from this one give its constructor."""
        signature = self._followed.signature
        is_made = self._followed.is_constructor and self._followed.change.made_at is None
        if not is_made or signature is None or self._followed.change.is_split:
            return
        for one in self._file.defined if self._uses.found else ():
            if self._target.name not in one.bases or one.definition.kind != "class":
                continue
            given = [
                each
                for each in self._file.occurrences
                if each.name == "__init__" and each.owner == one.name and each.call is not None
            ]
            if len(one.bases) == 1 and given and all(each.receiver == "super()" for each in given):
                for each in given:
                    if each.call is not None and not self._is_fresh(each):
                        self._follow_arguments(each, each.call, signature)
            else:
                line = self._file.content.count("\n", 0, one.name_at)
                reason = say("what {name} gives its base is not followed", name=one.name)
                self._left.append(Left(self._file.path, line, reason))

    def _blocked(self) -> Said | None:
        """Return why the new name cannot be used in the file; None where it can."""
        if self._uses.is_out_of_reach:
            return say("{name} cannot be used from other packages", name=self._new)
        if self._target.container or self._file.path in self._target.homes:
            return None
        is_bound = any(
            one.name == self._new and one.role is Role.BOUND for one in self._file.occurrences
        )
        is_brought = any(one.local == self._new for one in self._file.brought)
        if is_bound or is_brought:
            return say("{name} is another thing there", name=self._new)
        return None

    def _is_taken(self, one: Occurrence) -> bool:
        """Return whether a function around the use has a variable of the new name."""
        if self._target.container or one.role not in (Role.BARE, Role.SHORTHAND):
            return False
        return any(
            other.name == self._new
            and other.role is Role.BOUND
            and bool(other.scopes)
            and not other.receiver
            and one.scopes[: len(other.scopes)] == other.scopes
            for other in self._file.occurrences
        )

    def _rename(self, one: Occurrence) -> None:
        new = self._new
        if self._target.container and one.shape is not None and one.shape.is_short:
            # The variable keeps its name.
            new = f"{new}: {one.name}"
        elif one.role is Role.SHORTHAND:
            new = f"{one.name}: {new}"
        self._edit(one, TextEdit(one.start, one.end, new))

    def _follow_space(self, one: Occurrence) -> None:
        """Call it with the namespace of now, whose names no variable hides."""
        change = self._followed.change
        if not change.new.space and self._is_taken(one):
            self._leave(one, say("{name} is another thing there", name=self._new))
            return
        edit = respaced(one, self._file, change)
        if edit is not None:
            self._edit(one, edit)

    def _follow_split(self, one: Occurrence) -> None:
        """Call what does the work now; what was written with it means the one of now."""
        if one.role is Role.BOUND or self._is_fresh(one):
            return
        if not self._followed.is_constructor and self._is_defined_anew:
            # Its own does what it did, and would be called no more.
            self._leave(one, say("it is defined here with the parameters before"))
            return
        # Of a class it is a method of that alone: ``JSON.parse`` is another one.
        owner = rf"\b{re.escape(one.name)}" if self._followed.is_constructor else ""
        calls_new = re.search(rf"{owner}\.{re.escape(self._new)}\b", self._file.content)
        if calls_new and self._file.path not in self._target.homes:
            # Somebody has been there: the rest may be meant as it is.
            if one.call is not None:
                self._leave(one, say("{name} is called in the file already", name=self._new))
            return
        if not self._followed.is_constructor:
            self._rename(one)
        elif one.call is not None:
            self._call_instead(one)

    def _call_instead(self, one: Occurrence) -> None:
        """Call a method of the class where one was made."""
        edit = instead_of(one, self._file.content, self._new)
        if edit is None:
            self._leave(one, say("which {name} is meant is not clear", name=one.name))
        else:
            self._edit(one, edit)

    def _follow_call(self, one: Occurrence) -> bool:
        """Return whether the name itself is to be looked at, too: the call is none of a model's."""
        signature, gives_other = self._followed.signature, self._followed.change.gives_other
        if one.role is Role.BOUND:
            if self._gives_as_before(one):
                self._asked.append(one)
                return False
            self._follow_declaration(one)
            return True
        is_import = one.role in (Role.IMPORTED, Role.EXPORTED)
        if self._followed.change.is_replaced:
            if not self._is_fresh(one):
                self._asked.append(one)
            return False
        if self._followed.change.turns and one.role is Role.MEMBER:
            return self._follow_turn(one)
        if is_import and (signature is not None or gives_other):
            self._leave_alias(one)
        if is_import or (signature is None and not gives_other):
            return True
        if one.call is None:
            if not self._followed.is_constructor:
                self._follow_handed(one)
            return True
        if self._is_fresh(one):
            return True
        if gives_other and not takes_all(one, self._file, self._followed.change):
            return self._follow_result(one)
        return signature is None or self._follow_arguments(one, one.call, signature)

    def _follow_handed(self, one: Occurrence) -> None:
        """Hand on what gives the same as before; what that is a model may know."""
        followed, file = self._followed, self._file
        if followed.signature is not None:
            self._leave(one, say("it is passed on, not called"))
        elif (edits := handed_edits(one, file, followed.change, followed.home)) is not None:
            for edit in edits:
                self._edit(one, edit)
        elif is_handed_over(one, file):
            self._asked.append(one)
        else:
            self._leave(one, say("it is passed on, not called"))

    def _leave_alias(self, one: Occurrence) -> None:
        """Leave what is called by another name in the file: those calls are not looked at."""
        for brought in self._file.brought:
            local = brought.local.removeprefix("export ")
            if brought.name_at == one.start and local != brought.name:
                self._leave(one, say("it is called {name} there", name=local))

    def _follow_turn(self, one: Occurrence) -> bool:
        """Follow a method that is a property now, or a property that is a method."""
        if self._is_fresh(one):
            return True
        old, has_heirs = self._followed.change.old, bool(self._target.heirs)
        found = turned(one, self._file.content, old, self._is_defined_anew, has_heirs)
        if isinstance(found, TextEdit):
            self._edit(one, found)
        elif found is None:
            self._asked.append(one)
        else:
            self._leave(one, found)
        return found is not None

    @property
    def _is_defined_anew(self) -> bool:
        """Return whether a class of the file has its own of the name, which stays what it was."""
        own = self._followed.change.new.name_at if self._file.path in self._target.homes else -1
        return any(one.role is Role.BOUND and one.start != own for one in self._uses.found)

    def _follow_result(self, one: Occurrence) -> bool:
        has_more, change = self._followed.signature is not None, self._followed.change
        edits = None if has_more else result_edits(one, self._file, change, self._followed.home)
        if edits is None:
            self._asked.append(one)
            return False
        for edit in edits:
            self._edit(one, edit)
        return True

    def _follow_arguments(self, one: Occurrence, call: Call, signature: SignatureChange) -> bool:
        gathered = self._followed.gathered
        if gathered is None:
            found = changed_call(call, signature)
            if found is Unclear.VALUE:
                found = context_edits(one, self._file, signature) or found
            is_moved = not isinstance(found, Unclear) and moves_values(call, found)
            if is_moved and is_commented(call, self._file.content):
                # The comments say something of arguments that would not be beside them any more.
                found = Unclear.FORM
        else:
            found = self._gathered(one, call, signature, gathered)
        if not isinstance(found, Unclear):
            for edit in found:
                self._edit(one, edit)
            return True
        if found in _ASKED:
            self._asked.append(one)
            return False
        if found is Unclear.SPREAD:
            self._leave(one, say("it passes a list of arguments"))
        elif not self._fits_now(one, signature):
            self._leave(one, say("its arguments do not fit the signature before"))
        return True

    def _gathered(
        self, one: Occurrence, call: Call, signature: SignatureChange, gathered: ParameterObject
    ) -> tuple[TextEdit, ...] | Unclear:
        """Return what passes the object that takes the place of several arguments."""
        home = self._followed.change.new.path
        told = home, self._followed.home
        made = type_there(gathered, told, one, self._file, self._tree)
        if made is None or is_commented(call, self._file.content):
            return Unclear.FORM
        found = gathered_call(call, signature, gathered, made.name)
        if (
            not isinstance(found, Unclear)
            and made.edit is not None
            and made.edit not in self._edits
        ):
            self._edit(one, made.edit)
        return found

    def _follow_declaration(self, one: Occurrence) -> None:
        """Follow where the same thing is declared once more: in a header, or in a subclass."""
        change = self._followed.change
        old, new = change.old.parameters, change.new.parameters
        if old is None or new is None:
            return
        here = next((each for each in self._file.defined if each.name_at == one.start), None)
        if self._file.language in ("c", "cpp") and here is not None:
            is_itself = change.new.name_at == one.start and change.new.path == self._file.path
            edits = () if is_itself else declaration_edits(here, change, self._file.content)
            if edits is None:
                self._leave(one, say("it is defined here with the parameters before"))
            for edit in edits or ():
                self._edit(one, edit)
            return
        if here is not None and self._follow_implementer(one, here):
            return
        is_python = self._file.language == "python" and not change.gives_other
        if is_python and here is not None and self._followed.signature is not None:
            overriding = override_edits(here, old, new, self._file.content)
            for edit in overriding or ():
                self._edit(one, edit)
            if overriding is not None:
                return
        if not are_others(old, new):
            return
        if here is not None and not are_others(here.parameters or (), new):
            return
        if self._followed.signature is not None:
            self._leave(one, say("it is defined here with the parameters before"))

    def _follow_implementer(self, one: Occurrence, here: Defined) -> bool:
        """Return whether the method that a type of Go has for an interface could be changed."""
        if self._file.language != "go":
            return False
        gathered, told = self._followed.gathered, (self._followed.change.new.path, "")
        made = gathered and type_there(gathered, told, one, self._file, self._tree)
        edits = implementing_edits(here, self._followed, self._file, made.name if made else "")
        for edit in edits or ():
            self._edit(one, edit)
        return edits is not None

    def _gives_as_before(self, one: Occurrence) -> bool:
        """Return whether a type has its own, which gives what its base or trait gave before.

        With the new name alone it would fit no more: its body has to give something else.
        """
        old, new = self._followed.change.old, self._followed.change.new
        if self._file.language in ("c", "cpp") or not self._followed.change.gives_other_type:
            return False
        is_itself = self._file.path == new.path and one.start == new.name_at
        here = next((each for each in self._file.defined if each.name_at == one.start), None)
        return not is_itself and here is not None and here.result == old.result

    def _is_fresh(self, one: Occurrence) -> bool:
        """Return whether the call was written together with the new signature."""
        if self._file.path in self._target.homes:
            return one.line in self._followed.fresh_lines
        if self._file.path not in self._followed.fresh_files:
            return False
        signature = self._followed.signature
        return signature is None or self._fits_now(one, signature)

    def _fits_now(self, one: Occurrence, signature: SignatureChange) -> bool:
        now = replace(signature, old=signature.new)
        return one.call is not None and changed_call(one.call, now) == ()

    def _edit(self, one: Occurrence, edit: TextEdit) -> None:
        try:
            edited(self._file.content, [*self._edits, edit])
        except ValueError:
            self._leave(one, say("it stands in another call that changes"))
            return
        self._edits.append(edit)
        self._lines.append(one.line)

    def _leave(self, one: Occurrence, reason: Said) -> None:
        self._left.append(Left(self._file.path, one.line, reason))

    def _tell_texts(self) -> None:
        """Say of comments and texts that they name what has another name now."""
        file, target = self._file, self._target
        is_known = any(one.name == target.container != "" for one in file.brought)
        is_other = self._followed.change.is_renamed or self._followed.change.is_method
        if not is_other or not (self._uses.found or is_known):
            return
        for one in file.occurrences:
            if one.role is Role.TEXT and one.name == target.name:
                is_key = is_field_key(one, file, target)
                if not (self._uses.found or is_key):
                    continue
                reason = in_text()
                is_text = not (is_formatted(one, file) or is_key)
                self._left.append(Left(file.path, one.line, reason, is_text=is_text))
