//! A Rust source file as a rule checker sees it: code without texts, comments without code.

/// Both have the lines of the file; what does not belong is blanked out.
pub struct Source {
    /// The code; the insides of strings and characters, and all comments, are blanks.
    pub code: Vec<String>,
    /// The comments; everything else is blanks.
    pub comments: Vec<String>,
}

/// What the characters at the current place are part of.
#[derive(Clone, Copy)]
enum Inside {
    Code,
    LineComment,
    /// How many block comments are open.
    BlockComment(usize),
    /// A string with escapes.
    Text,
    /// A raw string and the number of its `#`.
    RawText(usize),
}

impl Source {
    /// Splits a file. It has to be Rust that compiles; then the split is exact enough for counting braces.
    pub fn parse(text: &str) -> Self {
        let (mut code, mut comments) = (String::new(), String::new());
        let letters: Vec<char> = text.chars().collect();
        let mut inside = Inside::Code;
        let mut position = 0;
        while position < letters.len() {
            let rest = &letters[position..];
            let (length, next) = token(rest, inside);
            let comment = matches!(inside, Inside::LineComment | Inside::BlockComment(_))
                || matches!(next, Inside::LineComment | Inside::BlockComment(_));
            let visible = matches!((inside, next), (Inside::Code, Inside::Code)) && rest[0] != '\'';
            for letter in &rest[..length] {
                let blank = if *letter == '\n' { '\n' } else { ' ' };
                comments.push(if comment { *letter } else { blank });
                code.push(if visible && !comment { *letter } else { blank });
            }
            position += length;
            inside = next;
        }
        let lines = |text: String| text.lines().map(str::to_owned).collect();
        Self { code: lines(code), comments: lines(comments) }
    }

    /// How many lines of the file come before its unit tests.
    pub fn lines_before_tests(&self) -> usize {
        let marked = |line: &String| line.trim() == "#[cfg(test)]";
        self.code.iter().position(marked).unwrap_or(self.code.len())
    }

    /// The functions before the unit tests: the line of each `fn`, counted from 1, its name and its length
    /// in lines, both the `fn` and the closing brace included.
    pub fn functions(&self) -> Vec<(usize, String, usize)> {
        let mut functions = Vec::new();
        for line in 0..self.lines_before_tests() {
            let Some(name) = function_name(&self.code[line]) else { continue };
            if let Some(length) = self.body_length(line) {
                functions.push((line + 1, name, length));
            }
        }
        functions
    }

    /// Lines from `first` to the brace that closes the first one opened; `None` for a `fn` without a body.
    fn body_length(&self, first: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut brackets = 0_isize;
        for (offset, line) in self.code[first..].iter().enumerate() {
            for letter in line.chars() {
                match letter {
                    '(' | '[' => brackets += 1,
                    ')' | ']' => brackets -= 1,
                    ';' if depth == 0 && brackets == 0 => return None,
                    '{' => depth += 1,
                    '}' if depth <= 1 => return Some(offset + 1),
                    '}' => depth -= 1,
                    _ => {}
                }
            }
        }
        None
    }
}

/// The length of the next token and what comes after it.
fn token(rest: &[char], inside: Inside) -> (usize, Inside) {
    let starts = |text: &str| text.chars().enumerate().all(|(i, letter)| rest.get(i) == Some(&letter));
    match inside {
        Inside::Code if starts("//") => (2, Inside::LineComment),
        Inside::Code if starts("/*") => (2, Inside::BlockComment(1)),
        Inside::Code if starts("\"") => (1, Inside::Text),
        Inside::Code if starts("'") => (character(rest), Inside::Code),
        Inside::Code if is_word(rest[0]) => word(rest),
        Inside::Code => (1, Inside::Code),
        Inside::LineComment if rest[0] == '\n' => (1, Inside::Code),
        Inside::LineComment => (1, inside),
        Inside::BlockComment(depth) if starts("/*") => (2, Inside::BlockComment(depth + 1)),
        Inside::BlockComment(1) if starts("*/") => (2, Inside::Code),
        Inside::BlockComment(depth) if starts("*/") => (2, Inside::BlockComment(depth - 1)),
        Inside::BlockComment(_) => (1, inside),
        Inside::Text if starts("\\") => (2.min(rest.len()), inside),
        Inside::Text if starts("\"") => (1, Inside::Code),
        Inside::Text => (1, inside),
        Inside::RawText(marks) if starts(&format!("\"{}", "#".repeat(marks))) => (1 + marks, Inside::Code),
        Inside::RawText(_) => (1, inside),
    }
}

/// A word is one token, so that the r of `for` does not begin a raw text. The words `r`, `br` and `cr` do if
/// a quote follows; in `r#name` none does.
fn word(rest: &[char]) -> (usize, Inside) {
    let length = rest.iter().take_while(|letter| is_word(**letter)).count();
    let marks = rest[length..].iter().take_while(|letter| **letter == '#').count();
    match rest.get(length + marks) {
        Some('"') if matches!(rest[..length], ['r'] | ['b' | 'c', 'r']) => {
            (length + marks + 1, Inside::RawText(marks))
        }
        _ => (length, Inside::Code),
    }
}

/// The length of a character such as `'a'` or `'\n'`; 1 for the quote of a lifetime.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, tail @ ..] => tail.iter().position(|letter| *letter == '\'').map_or(1, |end| end + 4),
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn function_name(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe", "extern", "\"", "\"\""];
    if !before.split_whitespace().all(|word| modifiers.contains(&word)) {
        return None;
    }
    let name: String = after.trim_start().chars().take_while(|letter| is_word(*letter)).collect();
    if name.is_empty() { None } else { Some(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_comments() {
        check("let a = 1; // FIX\nb", "let a = 1;\nb", "           // FIX");
        check("a /* b /* c */ d */ e", "a                   e", "  /* b /* c */ d */");
        check(r#"f("{ // \" }");"#, "f(           );", "");
        check(r##"f(r#"{ " }"#, b"{", br"\");"##, "f(          , b   ,      );", "");
        check(
            "f('{', '\\'', '\\u{7d}'); fn g<'a>(x: &'a str)",
            "f(   ,     ,         ); fn g< a>(x: & a str)",
            "",
        );
    }

    /// Trailing blanks of a line do not count.
    fn check(text: &str, code: &str, comments: &str) {
        let source = Source::parse(text);
        let trim = |lines: &[String]| lines.iter().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(trim(&source.code).join("\n"), code);
        assert_eq!(trim(&source.comments).join("\n").trim_end(), comments);
    }

    #[test]
    fn lengths_of_functions() {
        let text = "trait T {\n    fn no_body(&self, a: [u8; 2]);\n}\npub(crate) async fn two(a: &str) {\n}\n\
                    fn four(\n    a: [u8; 3],\n) -> u8 { if a { 1 } else {\n    2 } }\nlet f = 1;\n\
                    #[cfg(test)]\nmod tests {\n    fn not_counted() {}\n}\n";
        let functions = Source::parse(text).functions();
        assert_eq!(functions, [(4, "two".to_owned(), 2), (6, "four".to_owned(), 4)]);
    }
}
