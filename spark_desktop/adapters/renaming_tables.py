"""What the grammars call the places where a name can stand, for the languages that are followed."""

from dataclasses import dataclass

# A node's type and the field of it that a child is in; None for a child without a field.
Edge = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class NameTable:
    """``members`` leads from where a member's name stands to the field with what it belongs to.

    ``bound`` are the places where a name is made, ``through`` those that are passed on the way up
    to one. ``scopes`` hold names of their own, ``classes`` hold members. ``calls`` leads from what
    is called to the field with the arguments. ``defines`` gives the kind of a definition.
    """

    names: frozenset[str]
    members: dict[Edge, str]
    bound: frozenset[Edge]
    through: frozenset[Edge]
    scopes: frozenset[str]
    classes: frozenset[str]
    imports: frozenset[str]
    calls: dict[Edge, str]
    defines: dict[str, str]
    labels: frozenset[Edge] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _edges(words: str) -> frozenset[Edge]:
    """Return the edges that are written as ``type.field``, or ``type`` for a child without one."""
    found: set[Edge] = set()
    for word in words.split():
        type_, _, field = word.partition(".")
        found.add((type_, field or None))
    return frozenset(found)


_JS_FUNCTIONS = (
    "function_declaration generator_function_declaration method_definition arrow_function "
    "function_expression"
)

PYTHON = NameTable(
    names=frozenset({"identifier"}),
    members={("attribute", "attribute"): "object"},
    bound=_edges(
        "parameters lambda_parameters default_parameter.name typed_default_parameter.name "
        "typed_parameter assignment.left augmented_assignment.left named_expression.name "
        "for_statement.left for_in_clause.left as_pattern.alias function_definition.name "
        "class_definition.name case_pattern"
    ),
    through=_edges(
        "pattern_list tuple_pattern list_pattern list_splat_pattern dictionary_splat_pattern "
        "as_pattern_target dotted_name"
    ),
    scopes=_words(
        "function_definition lambda list_comprehension set_comprehension "
        "dictionary_comprehension generator_expression"
    ),
    classes=frozenset({"class_definition"}),
    imports=frozenset({"import_statement", "import_from_statement"}),
    calls={("call", "function"): "arguments"},
    defines={"function_definition": "function", "class_definition": "class", "assignment": ""},
    labels=_edges("keyword_argument.name keyword_pattern"),
)

JAVASCRIPT = NameTable(
    names=_words(
        "identifier type_identifier property_identifier shorthand_property_identifier "
        "shorthand_property_identifier_pattern private_property_identifier"
    ),
    members={
        ("member_expression", "property"): "object",
        ("nested_type_identifier", "name"): "module",
        ("nested_identifier", "property"): "object",
    },
    bound=_edges(
        "variable_declarator.name required_parameter.pattern optional_parameter.pattern "
        "formal_parameters arrow_function.parameter function_declaration.name "
        "generator_function_declaration.name class_declaration.name "
        "abstract_class_declaration.name interface_declaration.name type_alias_declaration.name "
        "enum_declaration.name catch_clause.parameter for_in_statement.left "
        "function_expression.name method_definition.name public_field_definition.name "
        "field_definition.property method_signature.name property_signature.name "
        "abstract_method_signature.name function_signature.name type_parameter.name "
        "enum_body.name enum_assignment.name"
    ),
    through=_edges(
        "object_pattern array_pattern rest_pattern pair_pattern.value assignment_pattern.left "
        "object_assignment_pattern.left"
    ),
    scopes=_words(f"{_JS_FUNCTIONS} statement_block for_statement for_in_statement catch_clause"),
    classes=_words(
        "class_declaration abstract_class_declaration interface_declaration class "
        "type_alias_declaration enum_declaration"
    ),
    imports=frozenset({"import_statement"}),
    calls={
        ("call_expression", "function"): "arguments",
        ("new_expression", "constructor"): "arguments",
    },
    defines={
        "function_declaration": "function",
        "generator_function_declaration": "function",
        "method_definition": "method",
        "method_signature": "method",
        "abstract_method_signature": "method",
        "class_declaration": "class",
        "abstract_class_declaration": "class",
        "interface_declaration": "type",
        "type_alias_declaration": "type",
        "enum_declaration": "type",
        "enum_body": "constant",
        "property_signature": "constant",
        "public_field_definition": "constant",
        "field_definition": "constant",
        "required_parameter": "constant",
        "optional_parameter": "constant",
        "variable_declarator": "",
    },
    labels=_edges("pair.key pair_pattern.key export_specifier.alias"),
)

GO = NameTable(
    names=frozenset({"identifier", "field_identifier", "type_identifier", "package_identifier"}),
    members={
        ("selector_expression", "field"): "operand",
        ("qualified_type", "name"): "package",
    },
    bound=_edges(
        "parameter_declaration.name variadic_parameter_declaration.name "
        "short_var_declaration.left var_spec.name const_spec.name range_clause.left "
        "function_declaration.name method_declaration.name type_spec.name type_alias.name "
        "field_declaration.name method_elem.name"
    ),
    through=_edges("expression_list"),
    scopes=_words(
        "function_declaration method_declaration func_literal block for_statement "
        "if_statement expression_case default_case type_case communication_case"
    ),
    classes=frozenset({"type_spec"}),
    imports=frozenset({"import_spec"}),
    calls={("call_expression", "function"): "arguments"},
    defines={
        "function_declaration": "function",
        "method_declaration": "method",
        "method_elem": "method",
        "field_declaration": "constant",
        "type_spec": "type",
        "const_spec": "constant",
        "var_spec": "constant",
    },
)

RUST = NameTable(
    names=_words("identifier field_identifier type_identifier shorthand_field_identifier"),
    members={
        ("field_expression", "field"): "value",
        ("scoped_identifier", "name"): "path",
        ("scoped_type_identifier", "name"): "path",
    },
    bound=_edges(
        "let_declaration.pattern parameter.pattern closure_parameters for_expression.pattern "
        "let_condition.pattern function_item.name function_signature_item.name const_item.name "
        "static_item.name struct_item.name enum_item.name trait_item.name type_item.name "
        "mod_item.name enum_variant.name field_declaration.name macro_definition.name"
    ),
    through=_edges(
        "tuple_pattern ref_pattern mut_pattern captured_pattern reference_pattern "
        "tuple_struct_pattern slice_pattern or_pattern field_pattern.pattern"
    ),
    # The fields of a variant are no fields of its type.
    scopes=_words(
        "function_item closure_expression block for_expression match_arm mod_item enum_variant"
    ),
    classes=_words("impl_item trait_item struct_item enum_item"),
    imports=frozenset({"use_declaration"}),
    calls={("call_expression", "function"): "arguments"},
    defines={
        "function_item": "function",
        "function_signature_item": "function",
        "struct_item": "class",
        "enum_item": "type",
        "trait_item": "type",
        "type_item": "type",
        "const_item": "constant",
        "static_item": "constant",
        "field_declaration": "constant",
        "enum_variant": "constant",
    },
    labels=_edges("field_initializer.field field_pattern.name"),
)

CPP = NameTable(
    names=_words("identifier field_identifier type_identifier namespace_identifier"),
    members={
        ("field_expression", "field"): "argument",
        ("qualified_identifier", "name"): "scope",
    },
    bound=_edges(
        "function_declarator.declarator init_declarator.declarator "
        "parameter_declaration.declarator optional_parameter_declaration.declarator "
        "declaration.declarator field_declaration.declarator for_range_loop.declarator "
        "class_specifier.name struct_specifier.name enum_specifier.name preproc_def.name "
        "preproc_function_def.name type_definition.declarator alias_declaration.name "
        "enumerator.name"
    ),
    through=_edges(
        "pointer_declarator.declarator reference_declarator array_declarator.declarator "
        "parenthesized_declarator qualified_identifier.name"
    ),
    scopes=_words(
        "function_definition compound_statement for_statement for_range_loop lambda_expression"
    ),
    classes=_words("class_specifier struct_specifier enum_specifier"),
    imports=frozenset({"preproc_include"}),
    calls={("call_expression", "function"): "arguments"},
    defines={
        "function_definition": "function",
        "declaration": "",
        "field_declaration": "",
        "class_specifier": "class",
        "struct_specifier": "class",
        "enum_specifier": "type",
        "enumerator": "constant",
        "preproc_def": "constant",
        "alias_declaration": "type",
    },
    labels=_edges("field_designator"),
)

TABLES = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": JAVASCRIPT,
    "tsx": JAVASCRIPT,
    "go": GO,
    "rust": RUST,
    "c": CPP,
    "cpp": CPP,
}
