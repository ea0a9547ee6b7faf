"""What fails in the middle leaves nothing half done: on a copy, and only where it may fail."""

import pytest
from adapters.pitfalls.known_cases import both
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.rust_undoing import RULES

SHELF = """
/// Where the jars stand.
#[derive(Debug, Clone)]
pub struct Shelf {
    jars: Vec<String>,
    free: u32,
}

impl Shelf {
    fn put(&mut self, jar: &str) -> Result<(), String> {
        if self.free == 0 {
            return Err(jar.to_string());
        }
        self.free -= 1;
        self.jars.push(jar.to_string());
        Ok(())
    }

"""
WRONG = {
    "each of several": """
    fn put_all(&mut self, jars: &[&str]) -> Result<(), String> {
«→        let mut changed = self.clone();
»        for jar in jars {
            «self→changed».put(jar)?;
        }
«→        *self = changed;
»        Ok(())
    }
}
""",
    "its own check": """
    fn fill(&mut self, jars: &[&str]) -> Result<u32, String> {
        let mut count = 0;
«→        let mut changed = self.clone();
»        for jar in jars {
            if «self→changed».free == 0 {
                return Err("full".into());
            }
            «self→changed».free -= 1;
            count += 1;
        }
«→        *self = changed;
»        Ok(count)
    }
}
""",
    "one after the other": """
    fn both(&mut self, one: &str, other: &str) -> Result<(), String> {
«→        let mut changed = self.clone();
»        «self→changed».put(one)?;
        «self→changed».put(other)?;
«→        *self = changed;
»        Ok(())
    }
}
""",
    "what is lent": """
    fn none(&self) {}
}

fn add(into: &mut Vec<u32>, texts: &[&str]) -> Option<usize> {
«→    let mut changed = into.clone();
»    for text in texts {
        «into→changed».push(text.parse().ok()?);
    }
«→    *into = changed;
»    Some(into.len())
}
""",
}
RIGHT = {
    "fails before it changes": """
    fn one(&mut self, jar: &str) -> Result<(), String> {
        let name = clean(jar)?;
        self.put(&name)?;
        Ok(())
    }
}
""",
    "puts back": """
    fn all(&mut self, jars: &[&str]) -> Result<(), String> {
        for jar in jars {
            if self.free == 0 {
                self.jars.clear();
                return Err("full".into());
            }
            self.free -= 1;
        }
        Ok(())
    }
}
""",
    "only reads": """
    fn all(&mut self, jars: &[&str]) -> Result<u32, String> {
        let mut count = 0;
        for jar in jars {
            count += price(self.free, jar)?;
        }
        Ok(count)
    }
}
""",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_copy_is_changed_first(name):
    before, after = both(SHELF + WRONG[name].lstrip("\n"))
    assert after in offered(RULES[0], before, "a.rs")


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    text = SHELF + RIGHT[name].lstrip("\n")
    assert offered(RULES[0], text, "a.rs") == []


def test_what_cannot_be_copied_is_left_alone():
    text, _after = both(SHELF + WRONG["each of several"].lstrip("\n"))
    assert offered(RULES[0], text.replace("Debug, Clone", "Debug"), "a.rs") == []
