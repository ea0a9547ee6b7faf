"""Methods of traits of Rust, and of types that have one of the same name."""

from following import following

AREA = """use crate::kind::Area;

pub struct Shape {
    pub w: u32,
}

impl Area for Shape {
    fn area(&self) -> u32 {
        self.w
    }
}

pub fn both(s: &Shape, a: &dyn Area) -> u32 {
    s.area() + a.area()
}
"""
CRATE = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod kind;\npub mod area;\n",
}


async def test_what_implements_a_trait_of_rust_follows_its_method(tmp_path):
    trait = "pub trait Area {\n    fn area(&self) -> u32;\n}\n"
    project = following(tmp_path, {**CRATE, "src/kind.rs": trait, "src/area.rs": AREA})
    await project.replace("src/kind.rs", ("area", "surface"))
    assert project.offered["src/area.rs"] == AREA.replace("area(", "surface(")


async def test_a_method_of_a_trait_is_none_of_the_type_that_has_one_of_its_own(tmp_path):
    own = (
        "pub struct Shape;\n\nimpl Shape {\n    pub fn area(&self) -> u32 {\n        7\n    }\n}\n"
    )
    other = (
        "use crate::kind::Shape;\n\npub trait Area {\n    fn area(&self) -> u32;\n}\n\n"
        "impl Area for Shape {\n    fn area(&self) -> u32 {\n        9\n    }\n}\n\n"
        "pub fn f(s: &Shape) -> u32 {\n    s.area()\n}\n"
    )
    project = following(tmp_path, {**CRATE, "src/kind.rs": own, "src/area.rs": other})
    await project.replace("src/kind.rs", ("area", "surface"))
    assert project.offered["src/area.rs"] == other.replace("s.area()", "s.surface()")
