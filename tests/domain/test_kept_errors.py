"""A change keeps the errors that the code raised, unless it may be meant to do otherwise."""

import pytest

from spark_desktop.domain.kept_errors import keeps_errors, keeps_errors_of


@pytest.mark.parametrize(
    ("before", "lost"),
    [
        ("if not a : raise ValueError ( 'no' )", "ValueError"),
        ("if ( ! a ) throw new RangeError ( 'no' ) ;", "RangeError"),
        ("if ( a ) throw std :: out_of_range ( x ) ;", "std::out_of_range"),
        ("if a { return 0 , fmt . Errorf ( 'no' ) }", "fmt.Errorf"),
        ("if a { panic ! ( 'no' ) }", "panic"),
        ("if a { return Err ( Wrong ) }", "Err"),
        ("try : a ( ) except KeyError : raise", ""),
        ("try { a ( ) } catch ( err ) { throw err ; }", ""),
        ('if a : print ( "You raise Limits; raise ValueError" )', ""),
        ("if ( a ) log ( 'throw new RangeError' ) ;", ""),
        ("match a { Ok ( b ) => b , Err ( _ ) => 80 }", ""),
        ("match a { Ok ( b ) => b , Err ( Wrong ( e ) ) => 80 }", ""),
        ("if let Err ( e ) = a ( ) { log ( e ) }", ""),
        ("return a", ""),
    ],
)
def test_a_kind_of_error_that_is_gone_is_named(before, lost):
    for found in (
        keeps_errors("simplify it", before, "return a"),
        keeps_errors_of("9 instead of 700", before, "return a"),
    ):
        assert found.passed is not bool(lost)
        assert found.detail == (f"The answer raises {lost} no more." if lost else "")
    assert keeps_errors("simplify it", before, before).passed


@pytest.mark.parametrize(
    "before",
    [
        "def area ( r ) : raise NotImplementedError",
        "def area ( r ) : if r < 0 : raise NotImplementedError ( 'signs' )",
        'function area ( r ) { throw new Error ( "Not implemented" ) ; }',
        "function area ( r ) { if ( r ) { throw new Error ( 'not implemented yet' ) ; } }",
        'fn area ( r : f64 ) -> f64 { panic ! ( " not written " ) }',
        'fn area ( r : f64 ) -> f64 { panic ! ( " later " ) }',
        'func area ( r int ) ( int , error ) { return 0 , errors . New ( " TODO " ) }',
    ],
)
def test_what_stands_for_code_that_nobody_has_written_is_no_error(before):
    assert keeps_errors("write this simpler", before, "return 3 * r * r").passed
    assert keeps_errors_of("9 instead of 700", before, "return 3 * r * r").passed


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        ("if a { return 0 , errors . New ( 'no' ) }", "return 0 , fmt . Errorf ( 'no' )", True),
        ("if a { return 0 , errors . New ( 'no' ) }", "return 0 , ErrNone", True),
        ("match a { Err ( e ) => return Err ( e ) , Ok ( b ) => b }", "a ?", True),
        ("match a { None => Err ( No ) , Some ( b ) => Ok ( b ) }", "a . ok_or ( No )", True),
        ("if b { return Err ( No ) } a ?", "a ?", False),
        ("if b { panic ! ( 'no' ) } a . unwrap ( )", "a . unwrap ( )", False),
        ("match a { None => panic ! ( 'no' ) , Some ( b ) => b }", "a . expect ( 'no' )", True),
        ("if a : raise errors . Missing ( 1 )", "raise Missing ( 1 )", True),
        ("if a : raise Missing ( 1 )", "print ( 'raise Missing' )", False),
        ("if a == '\"' : raise Missing ( 1 )", "b = ' \" ' ; raise Missing ( 1 )", True),
    ],
)
def test_the_same_error_may_be_put_otherwise(before, after, passed):
    assert keeps_errors_of("9 instead of 700", before, after).passed is passed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "if ( a . isEmpty ( ) ) throw new NoSuchElementException ( k ) ;",
            "return a . orElseThrow ( ( ) -> new NoSuchElementException ( k ) ) ;",
        ),
        ("if ( ! a ) throw new Missing ( ) ;", "return a . orElseThrow ( Missing :: new ) ;"),
        (
            "if ( x == null ) throw new ArgumentNullException ( nameof ( x ) ) ;",
            "ArgumentNullException . ThrowIfNull ( x ) ;",
        ),
        ("if a : raise InvalidOrder ( a )", "error = InvalidOrder ( a ) if a : raise error"),
        ("if ( a ) throw new BadInput ( ) ;", "return Promise . reject ( new BadInput ( ) ) ;"),
        ("if a < 0 { return errors . New ( 'no' ) }", "return errNegative"),
        ("match x { Ok ( v ) => Ok ( v + 1 ) , Err ( e ) => return Err ( e ) , }", "x . map ( f )"),
        ("match x { Ok ( v ) => f ( v ) , Err ( e ) => Err ( e ) , }", "x . and_then ( f )"),
        ("match x { Ok ( v ) => Ok ( v ) , Err ( e ) => { Err ( e . into ( ) ) } }", "x"),
        ("if let Err ( e ) = f ( x ) { return Err ( e ) ; } Ok ( ( ) )", "f ( x )"),
        ("if v < 0 { Err ( No ) } else { Ok ( v ) }", "x . and_then ( f )"),
    ],
)
def test_an_error_with_other_words_around_it_is_kept(before, after):
    assert keeps_errors("simplify this", before, after).passed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if a : raise Missing ( )", "try : f ( ) except ( Missing , Wrong ) : return 0"),
        ("if a : raise Missing ( )", "with suppress ( Missing ) : f ( )"),
        ("if ( a ) throw new Missing ( ) ;", "try { f ( ) } catch ( Missing e ) { return 0 ; }"),
        ("if ( a ) throw new Missing ( ) ;", "int f ( ) throws Missing { return 0 ; }"),
        ("if ( a ) throw new Missing ( ) ;", "class Missing extends Wrong { } return 0 ;"),
        ("match x { Ok ( v ) => v , Err ( e ) => return Err ( e ) }", "x . unwrap_or ( 0 )"),
        ("match x { Ok ( v ) => v , Err ( e ) => return Err ( e ) }", "if let Ok ( v ) = x { v }"),
        ("if a . is_empty ( ) { return Err ( No ) } sum", "a . iter ( ) . map ( f ) . sum ( )"),
    ],
)
def test_an_error_that_is_only_caught_or_declared_is_not_kept(before, after):
    assert not keeps_errors("simplify this", before, after).passed


@pytest.mark.parametrize(
    "asked",
    [
        *("return None instead of raising", "drop ValueError", "do not fail for an empty list"),
        *("return None when the key is missing", "use 0 for an empty list", "accept negative ones"),
        *("return false when xs is empty", "simplify it and fall back to 0", "simplify ValueError"),
        *("write this with pi times r squared", "clean the names up", "sort by name"),
    ],
)
def test_where_a_request_may_want_an_error_gone_nothing_is_said(asked):
    assert keeps_errors(asked, "if not a : raise ValueError ( 1 )", "return None").passed


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        ("if k not in d : raise KeyError ( k )", "return d [ k ]", True),
        ("if not a : raise ValueError ( 1 )", "return min ( a )", True),
        ("if not a : raise ValueError ( 1 )", "return a", False),
        ("if not a : raise Empty ( 1 )", "return min ( a )", False),
    ],
)
def test_an_error_may_come_of_itself_where_code_is_only_put_differently(before, after, passed):
    assert keeps_errors("make this more readable", before, after).passed is passed


@pytest.mark.parametrize(
    ("report", "before", "passed"),
    [
        ("Error: 9 instead of 700", "throw new RangeError ( 'no values' )", False),
        ("RangeError: no values", "throw new RangeError ( 'no values' )", True),
        ("--- FAIL: got 3, wanted 4", "return fmt . Errorf ( 'no' )", False),
        ("unexpected error: no", "return fmt . Errorf ( 'no' )", True),
        ("panicked at src/lib.rs", "panic ! ( 'no' )", True),
        ("left: 1, right: 2", "return Err ( Wrong )", False),
    ],
)
def test_an_error_that_a_failing_test_shows_may_be_the_mistake(report, before, passed):
    assert keeps_errors_of(report, f"if ( a ) {before}", "return 1").passed is passed


def test_an_error_that_a_failing_test_shows_excuses_no_other():
    before = "if a { panic ! ( 'no' ) } if b { return Err ( Wrong ) }"
    found = keeps_errors_of("panicked at src/lib.rs", before, "return 1")
    assert found.detail == "The answer raises Err no more."
