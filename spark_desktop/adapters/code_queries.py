"""What each grammar calls definitions, uses and imports, as tree-sitter queries.

A definition's node is captured by its kind, and its name as ``name``. ``scope`` holds definitions
without being one. ``id`` is any name, ``call`` one that is called by itself, ``member`` one behind
a dot, ``import`` a whole statement that imports.
"""

_PYTHON = """
(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @class
(type_alias_statement left: (type (identifier) @name)) @type
(assignment left: (identifier) @name) @variable
(assignment left: (pattern_list (identifier) @name)) @variable
(assignment left: (tuple_pattern (identifier) @name)) @variable
(assignment left: (list_pattern (identifier) @name)) @variable
(assignment left: (attribute object: (identifier) @self attribute: (identifier) @name)) @attribute
(assignment left: (pattern_list
  (attribute object: (identifier) @self attribute: (identifier) @name))) @attribute
(for_statement left: (identifier) @name) @variable
(for_statement left: (pattern_list (identifier) @name)) @variable
(as_pattern alias: (as_pattern_target (identifier) @name)) @variable
(named_expression name: (identifier) @name) @variable
(global_statement (identifier) @name) @global
(identifier) @id
(call function: (identifier) @call)
(attribute attribute: (identifier) @member)
[(import_statement) (import_from_statement) (future_import_statement)] @import
(decorated_definition) @whole
"""
_JS = """
(function_declaration name: (identifier) @name) @function
(generator_function_declaration name: (identifier) @name) @function
(method_definition name: (_) @name) @method
(variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @function
(variable_declarator name: (identifier) @name) @variable
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name)) @variable
(variable_declarator name: (object_pattern (pair_pattern value: (identifier) @name))) @variable
(variable_declarator name: (array_pattern (identifier) @name)) @variable
(assignment_expression left: (member_expression object: (this)
  property: (property_identifier) @name)) @attribute
(identifier) @id
(property_identifier) @id
(shorthand_property_identifier) @id
(shorthand_property_identifier_pattern) @id
(private_property_identifier) @id
(call_expression function: (identifier) @call)
(new_expression constructor: (identifier) @call)
(member_expression property: (_) @member)
(import_statement) @import
(export_statement source: (_)) @import
(call_expression function: [(identifier) (import)] @required arguments: (arguments . (string)))
(export_statement) @whole
"""
_JAVASCRIPT = (
    _JS
    + """
(class_declaration name: (identifier) @name) @class
(field_definition property: (_) @name) @attribute
"""
)
_TYPESCRIPT = (
    _JS
    + """
(class_declaration name: (type_identifier) @name) @class
(abstract_class_declaration name: (type_identifier) @name) @class
(public_field_definition name: (_) @name) @attribute
(interface_declaration name: (type_identifier) @name) @type
(property_signature name: (property_identifier) @name) @attribute
(method_signature name: (property_identifier) @name) @method
(abstract_method_signature name: (property_identifier) @name) @method
(type_alias_declaration name: (type_identifier) @name) @type
(enum_declaration name: (identifier) @name) @type
(internal_module name: (identifier) @name) @module
(function_signature name: (identifier) @name) @function
(type_identifier) @id
"""
)
_C = """
(function_definition declarator: (_) @declared) @function
(declaration declarator: (function_declarator declarator: (identifier) @name)) @declaration
(declaration declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name))) @declaration
(declaration declarator: (init_declarator declarator: (_) @declared)) @variable
(declaration declarator: (identifier) @name) @variable
(struct_specifier name: (type_identifier) @name body: (_)) @type
(union_specifier name: (type_identifier) @name body: (_)) @type
(enum_specifier name: (type_identifier) @name body: (_)) @type
(enumerator name: (identifier) @name) @constant
(type_definition declarator: (type_identifier) @name) @type
(field_declaration declarator: (field_identifier) @name) @attribute
(preproc_def name: (identifier) @name) @constant
(preproc_function_def name: (identifier) @name) @macro
(identifier) @id
(field_identifier) @id
(type_identifier) @id
(call_expression function: (identifier) @call)
(field_expression field: (field_identifier) @member)
(preproc_include) @import
"""
_CPP = (
    _C
    + """
(class_specifier name: (type_identifier) @name body: (_)) @class
(namespace_definition name: (_) @name) @module
(alias_declaration name: (type_identifier) @name) @type
(field_declaration declarator: (function_declarator
  declarator: (field_identifier) @name)) @declaration
(field_declaration declarator: (reference_declarator (function_declarator
  declarator: (field_identifier) @name))) @declaration
(declaration declarator: (reference_declarator (function_declarator
  declarator: (identifier) @name))) @declaration
(concept_definition name: (identifier) @name) @type
(namespace_identifier) @id
(template_function name: (identifier) @call)
(template_declaration) @whole
"""
)
_RUST = """
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @method
(struct_item name: (type_identifier) @name) @type
(union_item name: (type_identifier) @name) @type
(enum_item name: (type_identifier) @name) @type
(enum_variant name: (identifier) @name) @constant
(trait_item name: (type_identifier) @name) @class
(type_item name: (type_identifier) @name) @type
(associated_type name: (type_identifier) @name) @type
(impl_item type: (_) @name) @scope
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(mod_item name: (identifier) @name) @module
(macro_definition name: (identifier) @name) @macro
(field_declaration name: (field_identifier) @name) @attribute
(identifier) @id
(field_identifier) @id
(type_identifier) @id
(shorthand_field_identifier) @id
(call_expression function: (identifier) @call)
(generic_function function: (identifier) @call)
(field_expression field: (field_identifier) @member)
(use_declaration) @import
(mod_item !body) @import
"""
_GO = """
(function_declaration name: (identifier) @name) @function
(method_declaration receiver: (_) @receiver name: (field_identifier) @name) @method
(type_spec name: (type_identifier) @name) @type
(type_alias name: (type_identifier) @name) @type
(method_elem name: (field_identifier) @name) @method
(const_spec (identifier) @name) @constant
(var_spec (identifier) @name) @variable
(field_declaration (field_identifier) @name) @attribute
(identifier) @id
(field_identifier) @id
(type_identifier) @id
(package_identifier) @id
(call_expression function: (identifier) @call)
(selector_expression field: (field_identifier) @member)
(qualified_type name: (type_identifier) @member)
(import_declaration) @import
"""
_JAVA = """
(class_declaration name: (identifier) @name) @class
(record_declaration name: (identifier) @name) @class
(interface_declaration name: (identifier) @name) @type
(annotation_type_declaration name: (identifier) @name) @type
(enum_declaration name: (identifier) @name) @type
(enum_constant name: (identifier) @name) @constant
(method_declaration name: (identifier) @name) @method
(constructor_declaration name: (identifier) @name) @method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @attribute
(identifier) @id
(type_identifier) @id
(method_invocation !object name: (identifier) @call)
(method_invocation object: (_) name: (identifier) @member)
(object_creation_expression type: (type_identifier) @call)
(field_access field: (identifier) @member)
(import_declaration) @import
"""
_RUBY = """
(method name: (_) @name) @method
(singleton_method name: (_) @name) @method
(class name: (_) @name) @class
(module name: (_) @name) @module
(assignment left: (constant) @name) @constant
(identifier) @id
(constant) @id
(instance_variable) @id
(call !receiver method: (_) @call)
(call receiver: (_) method: (_) @member)
(call !receiver method: (identifier) @required arguments: (argument_list . (string)))
"""
_C_SHARP = """
(class_declaration name: (identifier) @name) @class
(record_declaration name: (identifier) @name) @class
(struct_declaration name: (identifier) @name) @type
(interface_declaration name: (identifier) @name) @type
(enum_declaration name: (identifier) @name) @type
(delegate_declaration name: (identifier) @name) @type
(enum_member_declaration name: (identifier) @name) @constant
(method_declaration name: (identifier) @name) @method
(constructor_declaration name: (identifier) @name) @method
(local_function_statement name: (identifier) @name) @function
(property_declaration name: (identifier) @name) @attribute
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @attribute
(namespace_declaration name: (_) @name) @scope
(identifier) @id
(invocation_expression function: (identifier) @call)
(object_creation_expression type: (identifier) @call)
(member_access_expression name: (identifier) @member)
(using_directive) @import
"""
_BASH = """
(function_definition name: (word) @name) @function
(program (variable_assignment name: (variable_name) @name)) @variable
(variable_name) @id
(command_name (word) @id)
(command_name (word) @call)
(command name: (command_name (word) @required))
"""
_PHP = """
(function_definition name: (name) @name) @function
(method_declaration name: (name) @name) @method
(class_declaration name: (name) @name) @class
(interface_declaration name: (name) @name) @type
(trait_declaration name: (name) @name) @class
(enum_declaration name: (name) @name) @type
(enum_case name: (name) @name) @constant
(const_element . (name) @name) @constant
(property_element name: (variable_name (name) @name)) @attribute
(name) @id
(function_call_expression function: (name) @call)
(object_creation_expression (name) @call)
(member_call_expression name: (name) @member)
(member_access_expression name: (name) @member)
(scoped_call_expression name: (name) @member)
[(namespace_use_declaration) (require_once_expression) (require_expression)
  (include_expression) (include_once_expression)] @import
"""
QUERIES = {
    "python": _PYTHON,
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "c": _C,
    "cpp": _CPP,
    "rust": _RUST,
    "go": _GO,
    "java": _JAVA,
    "ruby": _RUBY,
    "c_sharp": _C_SHARP,
    "bash": _BASH,
    "php": _PHP,
}
