//! The shorthand syntax: `Name=email,Value=a@b.c`, with lists, nested `{}` and `[]`, quotes and escapes.
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html>
//!
//! This is syntax only: every scalar is a string here. `value.rs` gives them the types of the model.

use serde_json::{Map, Value};

/// How deep lists and structures may be nested; the model needs five levels.
const DEPTH: usize = 32;

/// Reads the file behind a `file://` or `fileb://` value of `Key@=...`; `None` if the value names no file.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Option<String>, String>;

/// Parses one shorthand expression; its top level is always `key=value,...`.
///
/// # Errors
/// A text with the place where the expression can't be understood.
pub fn parse(text: &str, read_file: ReadFile<'_>) -> Result<Map<String, Value>, String> {
    let text: Vec<char> = text.chars().collect();
    Parser { text, index: 0, read_file }.parameter()
}

struct Parser<'a> {
    text: Vec<char>,
    index: usize,
    read_file: ReadFile<'a>,
}

/// Where an unquoted value stands, which decides the characters that end it.
#[derive(Copy, Clone, PartialEq)]
enum Place {
    /// Directly after `key=`: a further `=` belongs to the value.
    First,
    /// A later element of `key=a,b,c`: an `=` shows that this is the next key.
    Later,
    /// Within `[]` or `{}`.
    Nested,
}

impl Parser<'_> {
    /// `key=value`, with more of them after commas.
    fn parameter(mut self) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        loop {
            let start = self.index;
            let (key, from_file) = self.key()?;
            let value = self.values(from_file)?;
            if members.insert(key.clone(), value).is_some() {
                return Err(self.duplicate(&key, start));
            }
            if self.at_end() {
                return Ok(members);
            }
            self.expect(',')?;
            self.skip_blanks();
        }
    }

    /// A key with its `=` or `@=`; says whether the value may name a file.
    fn key(&mut self) -> Result<(String, bool), String> {
        let start = self.index;
        while self.current().is_some_and(|letter| letter.is_ascii_alphanumeric() || "-_.#/:".contains(letter))
        {
            self.index += 1;
        }
        let key: String = self.text[start..self.index].iter().collect();
        if key.is_empty() {
            return Err(self.unexpected("<key>"));
        }
        self.skip_blanks();
        let from_file = self.current() == Some('@');
        if from_file {
            self.index += 1;
        }
        self.expect('=')?;
        self.skip_blanks();
        Ok((key, from_file))
    }

    fn values(&mut self, from_file: bool) -> Result<Value, String> {
        match self.current() {
            None => Ok(Value::String(String::new())),
            Some('[') => self.list(from_file, 1),
            Some('{') => self.structure(1),
            Some(_) => self.comma_list(from_file),
        }
    }

    /// `a`, or `a,b,c`, which ends before the next `key=`.
    fn comma_list(&mut self, from_file: bool) -> Result<Value, String> {
        let mut list = vec![self.scalar(Place::First, from_file)?];
        self.skip_blanks();
        while self.current() == Some(',') {
            let comma = self.index;
            self.index += 1;
            self.skip_blanks();
            let element = self.scalar(Place::Later, from_file);
            self.skip_blanks();
            match element {
                Ok(element) if self.at_end() || self.current() == Some(',') => list.push(element),
                Err(error) if self.at_end() => return Err(error),
                // The next key begins here.
                _ => {
                    self.index = comma;
                    break;
                }
            }
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Value::Array(list) })
    }

    fn list(&mut self, from_file: bool, depth: usize) -> Result<Value, String> {
        self.expect('[')?;
        self.skip_blanks();
        let mut list = Vec::new();
        while self.current() != Some(']') {
            list.push(self.nested(from_file, depth)?);
            self.separator(']')?;
        }
        self.expect(']')?;
        Ok(Value::Array(list))
    }

    fn structure(&mut self, depth: usize) -> Result<Value, String> {
        self.expect('{')?;
        self.skip_blanks();
        let mut members = Map::new();
        while self.current() != Some('}') {
            let start = self.index;
            let (key, from_file) = self.key()?;
            let value = self.nested(from_file, depth)?;
            if members.insert(key.clone(), value).is_some() {
                return Err(self.duplicate(&key, start));
            }
            self.separator('}')?;
        }
        self.expect('}')?;
        Ok(Value::Object(members))
    }

    fn nested(&mut self, from_file: bool, depth: usize) -> Result<Value, String> {
        match self.current() {
            Some('[' | '{') if depth == DEPTH => Err(self.unexpected("<value>")),
            Some('[') => self.list(from_file, depth + 1),
            Some('{') => self.structure(depth + 1),
            _ => self.scalar(Place::Nested, from_file),
        }
    }

    /// A comma between two elements, or nothing before the end.
    fn separator(&mut self, end: char) -> Result<(), String> {
        self.skip_blanks();
        if self.current() != Some(end) {
            self.expect(',')?;
            self.skip_blanks();
        }
        Ok(())
    }

    fn scalar(&mut self, place: Place, from_file: bool) -> Result<Value, String> {
        let text = match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote)?,
            _ => self.unquoted(place)?,
        };
        let content = if from_file { (self.read_file)(&text)? } else { None };
        Ok(Value::String(content.unwrap_or(text)))
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let start = self.index;
        self.index += 1;
        let mut value = String::new();
        while let Some(letter) = self.current() {
            self.index += 1;
            match letter {
                letter if letter == quote => return Ok(value),
                '\\' if matches!(self.current(), Some(next) if next == quote || next == '\\') => {
                    value.extend(self.current());
                    self.index += 1;
                }
                letter => value.push(letter),
            }
        }
        self.index = start;
        Err(self.unexpected(if quote == '"' { "<double quoted>" } else { "<single quoted>" }))
    }

    fn unquoted(&mut self, place: Place) -> Result<String, String> {
        let mut value = String::new();
        while let Some(letter) = self.current() {
            let next = self.text.get(self.index + 1).copied();
            if letter == '\\' && next == Some(',') {
                value.push(',');
                self.index += 2;
                continue;
            }
            let ends = match place {
                Place::First => matches!(letter, ',' | '"' | '\''),
                Place::Later => matches!(letter, ',' | '"' | '\'' | '='),
                Place::Nested => matches!(letter, ',' | '"' | '\'' | ']' | '}'),
            };
            let starts_badly =
                value.is_empty() && (letter.is_whitespace() || matches!(letter, '[' | '{' | '='));
            if ends || starts_badly {
                break;
            }
            value.push(letter);
            self.index += 1;
        }
        if value.is_empty() && place == Place::Later {
            return Err(self.unexpected("<second>"));
        }
        Ok(value.trim_end().to_owned())
    }

    fn current(&self) -> Option<char> {
        self.text.get(self.index).copied()
    }

    fn at_end(&self) -> bool {
        self.index >= self.text.len()
    }

    fn skip_blanks(&mut self) {
        while self.current().is_some_and(char::is_whitespace) {
            self.index += 1;
        }
    }

    fn expect(&mut self, expected: char) -> Result<(), String> {
        self.skip_blanks();
        if self.current() != Some(expected) {
            return Err(self.unexpected(&expected.to_string()));
        }
        self.index += 1;
        Ok(())
    }

    fn unexpected(&self, expected: &str) -> String {
        let received = self.current().map_or_else(|| "EOF".to_owned(), String::from);
        format!("Expected: '{expected}', received: '{received}' for input:\n{}", self.pointing_at(self.index))
    }

    fn duplicate(&self, key: &str, index: usize) -> String {
        format!(
            "Second instance of key \"{key}\" encountered for input:\n{}\n\
             This is often because there is a preceding \",\" instead of a space.",
            self.pointing_at(index)
        )
    }

    /// The input with a caret below the character at `index`.
    fn pointing_at(&self, index: usize) -> String {
        let line_start = self.text[..index].iter().rposition(|letter| *letter == '\n').map_or(0, |at| at + 1);
        let line_end = self.text[index..]
            .iter()
            .position(|letter| *letter == '\n')
            .map_or(self.text.len(), |at| index + at);
        let before: String = self.text[..line_end].iter().collect();
        let after: String = self.text[line_end..].iter().collect();
        format!("{before}\n{}^{after}", " ".repeat(index - line_start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read_file = |value: &str| match value {
            "file://present" => Ok(Some("content".to_owned())),
            "file://absent" => Err("no such file".to_owned()),
            _ => Ok(None),
        };
        let outcome = match parse(text, &read_file) {
            Ok(members) => Value::Object(members).to_string(),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(outcome, expected, "{text}");
    }

    #[test]
    fn scalars() {
        check("Name=email,Value=a@b.c", r#"{"Name":"email","Value":"a@b.c"}"#);
        check("USERNAME=u,PASSWORD=p=q==", r#"{"USERNAME":"u","PASSWORD":"p=q=="}"#);
        check("a=", r#"{"a":""}"#);
        check("a=,b=c", r#"{"a":"","b":"c"}"#);
        check("a = b , c = d ", r#"{"a":"b","c":"d"}"#);
        check("a=two words ,b=c", r#"{"a":"two words","b":"c"}"#);
        check("custom:role=x,a/b#c.d-e_f=y", r#"{"custom:role":"x","a/b#c.d-e_f":"y"}"#);
        check("a=Grüße 👋", r#"{"a":"Grüße 👋"}"#);
        check(r"a=b\c", r#"{"a":"b\\c"}"#);
        check("a=b]}", r#"{"a":"b]}"}"#);
    }

    #[test]
    fn quotes_and_escapes() {
        check(r"a=b\,c,d=e", r#"{"a":"b,c","d":"e"}"#);
        check("a='b,c=d',e=f", r#"{"a":"b,c=d","e":"f"}"#);
        check(r#"a="it's",b=' x '"#, r#"{"a":"it's","b":" x "}"#);
        check(
            r#"a="say \"hi\"",b='it\'s',c='back\\slash',d='\n'"#,
            r#"{"a":"say \"hi\"","b":"it's","c":"back\\slash","d":"\\n"}"#,
        );
        check("a='',b=c", r#"{"a":"","b":"c"}"#);
    }

    #[test]
    fn lists() {
        check("a=b,c", r#"{"a":["b","c"]}"#);
        check("a=b,c,d=e,f=g", r#"{"a":["b","c"],"d":"e","f":"g"}"#);
        check("a=b,'c=d',e=f", r#"{"a":["b","c=d"],"e":"f"}"#);
        check("a=[b,c],d=e", r#"{"a":["b","c"],"d":"e"}"#);
        check("a=[],b=[ x , y ]", r#"{"a":[],"b":["x","y"]}"#);
        check("a=[[b,c],[d]]", r#"{"a":[["b","c"],["d"]]}"#);
        check(r"a=b\,c,d", r#"{"a":["b,c","d"]}"#);
    }

    #[test]
    fn nested() {
        check(
            "PasswordPolicy={MinimumLength=8,RequireNumbers=true},X=y",
            r#"{"PasswordPolicy":{"MinimumLength":"8","RequireNumbers":"true"},"X":"y"}"#,
        );
        check("a={b={c=d,e=[f,{g=h}]}}", r#"{"a":{"b":{"c":"d","e":["f",{"g":"h"}]}}}"#);
        check("a={},b={c=,d=e=f}", r#"{"a":{},"b":{"c":"","d":"e=f"}}"#);
        check("a=[{Name=x,Priority=1},{Name=y}]", r#"{"a":[{"Name":"x","Priority":"1"},{"Name":"y"}]}"#);
    }

    #[test]
    fn files() {
        check("a@=file://present,b=file://present", r#"{"a":"content","b":"file://present"}"#);
        check("a={b@=file://present},c@=plain", r#"{"a":{"b":"content"},"c":"plain"}"#);
        check("a@=file://absent", "error: no such file");
    }

    #[test]
    fn errors() {
        check("Name", "error: Expected: '=', received: 'EOF' for input:\nName\n    ^");
        check("", "error: Expected: '<key>', received: 'EOF' for input:\n\n^");
        check("a=b,", "error: Expected: '<second>', received: 'EOF' for input:\na=b,\n    ^");
        check("a=[b", "error: Expected: ',', received: 'EOF' for input:\na=[b\n    ^");
        check("a={b}", "error: Expected: '=', received: '}' for input:\na={b}\n    ^");
        check("a='b", "error: Expected: '<single quoted>', received: ''' for input:\na='b\n  ^");
        check("a=it's", "error: Expected: ',', received: ''' for input:\na=it's\n    ^");
        check("a=[b] c", "error: Expected: ',', received: 'c' for input:\na=[b] c\n      ^");
        check("a=b\nc,!=d", "error: Expected: '<key>', received: '!' for input:\na=b\nc,!=d\n  ^");
        check(
            "Name=a,Value=b,Name=c,Value=d",
            "error: Second instance of key \"Name\" encountered for input:\nName=a,Value=b,Name=c,Value=d\n               ^\n\
             This is often because there is a preceding \",\" instead of a space.",
        );
        check(&format!("a={}", "[".repeat(100_000)).replace(' ', ""), &{
            let text = format!("a={}", "[".repeat(100_000));
            format!(
                "error: Expected: '<value>', received: '[' for input:\n{text}\n{}^",
                " ".repeat(2 + DEPTH)
            )
        });
    }
}
