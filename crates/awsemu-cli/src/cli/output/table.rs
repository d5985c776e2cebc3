//! The table form: boxes with titles, one inside the other, as the AWS CLI draws them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthChar as _;

use super::text::{is_scalar, scalar};

/// How a table is drawn.
#[derive(Debug, Copy, Clone)]
pub struct Style {
    /// The terminal's width; a wider table is turned, so that each key has its own line.
    pub width: usize,
    /// Whether to colour it with ANSI escapes.
    pub color: bool,
}

/// The value as a table below `title`; nothing if there is nothing to show.
pub fn table(title: &str, value: &Value, style: Style) -> String {
    let mut sections = Vec::new();
    if !add(&mut sections, Some(title), value, 0) {
        return String::new();
    }
    draw(sections, style)
}

/// A box: a title, perhaps a line of headers, and rows.
#[derive(Default)]
struct Section {
    title: String,
    indent: usize,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn add(sections: &mut Vec<Section>, title: Option<&str>, value: &Value, indent: usize) -> bool {
    let empty = match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    };
    if empty {
        return false;
    }
    if let Some(title) = title {
        sections.push(Section { title: title.to_owned(), indent, ..Section::default() });
    }
    match value {
        Value::Array(list) if list[0].is_object() => {
            add_structures(sections, title.unwrap_or_default(), list, indent);
        }
        Value::Array(list) => {
            for element in list {
                match element {
                    Value::Array(row) if row.iter().all(is_scalar) => {
                        add_row(sections, row.iter().map(scalar).collect());
                    }
                    element if is_scalar(element) => add_row(sections, vec![scalar(element)]),
                    element => {
                        add(sections, None, element, indent);
                    }
                }
            }
        }
        Value::Object(members) => add_structure(sections, members, indent),
        single => add_row(sections, vec![scalar(single)]),
    }
    true
}

fn add_row(sections: &mut Vec<Section>, row: Vec<String>) {
    match sections.last_mut() {
        // A box's rows have the same number of columns; a row of another length begins a box of its own.
        Some(section) if section.rows.first().is_none_or(|first| first.len() == row.len()) => {
            section.rows.push(row)
        }
        last => {
            let indent = last.map_or(0, |section| section.indent);
            sections.push(Section { indent, rows: vec![row], ..Section::default() });
        }
    }
}

fn add_structure(sections: &mut Vec<Section>, members: &Map<String, Value>, indent: usize) {
    let (headers, more) = keys_of([members].into_iter());
    let values: Vec<String> = headers.iter().map(|key| scalar(&members[*key])).collect();
    match (headers.as_slice(), values.as_slice()) {
        ([], _) => {}
        ([key], [value]) => add_row(sections, vec![(*key).to_owned(), value.clone()]),
        _ => {
            set_headers(sections, &headers);
            add_row(sections, values);
        }
    }
    for key in more {
        add(sections, Some(key), &members[key], indent + 1);
    }
}

fn add_structures(sections: &mut Vec<Section>, title: &str, list: &[Value], indent: usize) {
    let structures: Vec<_> = list.iter().filter_map(Value::as_object).collect();
    let (headers, more) = keys_of(structures.iter().copied());
    set_headers(sections, &headers);
    for (index, members) in structures.into_iter().enumerate() {
        if index > 0 && !more.is_empty() {
            sections.push(Section { title: title.to_owned(), indent, ..Section::default() });
            set_headers(sections, &headers);
        }
        add_row(
            sections,
            headers.iter().map(|key| members.get(*key).map_or_else(String::new, scalar)).collect(),
        );
        for key in &more {
            if let Some(value) = members.get(*key) {
                add(sections, Some(key), value, indent + 1);
            }
        }
    }
}

fn set_headers(sections: &mut [Section], headers: &[&str]) {
    if let Some(section) = sections.last_mut() {
        section.headers = headers.iter().map(|header| (*header).to_owned()).collect();
    }
}

/// The keys of scalars and the keys of everything else, each sorted.
fn keys_of<'a>(structures: impl Iterator<Item = &'a Map<String, Value>>) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut scalars, mut others) = (BTreeSet::new(), BTreeSet::new());
    for (key, value) in structures.flatten() {
        if is_scalar(value) {
            scalars.insert(key.as_str())
        } else {
            others.insert(key.as_str())
        };
    }
    (scalars.into_iter().collect(), others.into_iter().collect())
}

impl Section {
    /// The width of the widest cell of each column.
    fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = Vec::new();
        for row in std::iter::once(&self.headers).chain(&self.rows) {
            columns.resize(columns.len().max(row.len()), 0);
            for (column, cell) in columns.iter_mut().zip(row) {
                *column = (*column).max(width(cell));
            }
        }
        columns
    }

    fn total_width(&self) -> usize {
        let cells: usize = self.columns().iter().map(|column| column + 4).sum();
        cells.max(width(&self.title)) + 2 + 2 * self.indent
    }

    /// The columns stretched or squeezed so that together they are `total` wide.
    fn scaled_columns(&self, total: usize) -> Vec<usize> {
        let columns: Vec<usize> = self.columns().iter().map(|column| column + 4).collect();
        let sum: usize = columns.iter().sum();
        if sum == 0 {
            return columns;
        }
        let factor = total as f64 / sum as f64;
        let mut scaled: Vec<usize> =
            columns.iter().map(|column| (factor * *column as f64).round_ties_even() as usize).collect();
        let count = scaled.len();
        for step in 0.. {
            match scaled.iter().sum::<usize>().cmp(&total) {
                std::cmp::Ordering::Equal => break,
                std::cmp::Ordering::Greater => scaled[step % count] -= 1,
                std::cmp::Ordering::Less => scaled[count - 1 - step % count] += 1,
            }
        }
        scaled
    }
}

fn draw(mut sections: Vec<Section>, style: Style) -> String {
    let mut total = widest(&sections);
    if total > style.width {
        for section in &mut sections {
            if section.rows.len() == 1 && !section.headers.is_empty() {
                let headers = std::mem::take(&mut section.headers);
                let row = section.rows.remove(0);
                section.rows =
                    headers.into_iter().zip(row).map(|(header, cell)| vec![header, cell]).collect();
            }
        }
        total = widest(&sections);
    }
    let mut out = format!("{}\n", "-".repeat(total));
    for section in &sections {
        draw_section(&mut out, section, total - 2 * section.indent, style);
    }
    out
}

fn widest(sections: &[Section]) -> usize {
    sections.iter().map(Section::total_width).max().unwrap_or_default()
}

fn draw_section(out: &mut String, section: &Section, total: usize, style: Style) {
    let edge = painted("|", "\x1b[2m\x1b[33m", style).repeat(section.indent);
    let mut line = |text: &str| {
        let _ = writeln!(out, "{edge}{text}{edge}");
    };
    let columns = section.scaled_columns(total);
    if !section.title.is_empty() {
        line(&centered(&section.title, total, "|"));
        if section.headers.is_empty() && section.rows.is_empty() {
            line(&format!("+{}+", "-".repeat(total - 2)));
        }
    }
    if !section.headers.is_empty() {
        line(&rule(&columns));
        let cells = columns.iter().zip(&section.headers).enumerate();
        line(
            &cells
                .map(|(index, (width, header))| centered(header, *width, left_edge(index)))
                .collect::<String>(),
        );
    }
    if !section.rows.is_empty() && !columns.is_empty() {
        line(&rule(&columns));
        for row in &section.rows {
            let cells = columns.iter().zip(row).enumerate();
            line(
                &cells
                    .map(|(index, (width, cell))| aligned(cell, *width, left_edge(index), style))
                    .collect::<String>(),
            );
        }
        line(&rule(&columns));
    }
}

fn left_edge(column: usize) -> &'static str {
    if column == 0 { "|" } else { "" }
}

fn rule(columns: &[usize]) -> String {
    let mut rule = String::new();
    for (index, column) in columns.iter().enumerate() {
        let edge = if index == 0 { "+" } else { "" };
        let _ = write!(rule, "{edge}{}+", "-".repeat(column.saturating_sub(1 + edge.len())));
    }
    rule
}

fn centered(text: &str, length: usize, left_edge: &str) -> String {
    let text_width = width(text);
    let before = (length / 2).saturating_sub(text_width / 2 + 1);
    let after = length.saturating_sub(1 + left_edge.len() + before + text_width);
    format!("{left_edge}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn aligned(text: &str, length: usize, left_edge: &str, style: Style) -> String {
    let text_width = width(text);
    let padding = if text_width + 3 + left_edge.len() <= length { 2 } else { 0 };
    let after = length.saturating_sub(left_edge.len() + padding + text_width + 1);
    let text = painted(text, "\x1b[1m\x1b[34m", style);
    format!("{left_edge}{}{text}{}|", " ".repeat(padding), " ".repeat(after))
}

fn painted(text: &str, escape: &str, style: Style) -> String {
    if style.color { format!("{escape}{text}\x1b[0m") } else { text.to_owned() }
}

/// The columns that a text takes on a terminal; wide letters of East Asian scripts count twice.
fn width(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file holds values, each behind a `>` and a title, and below them the tables that awscli 1.45.11 draws.
    #[test]
    fn tables_are_the_aws_clis() {
        let cases = include_str!("../../../tests/data/tables.txt");
        let mut checked = 0;
        for case in cases.split("> ").skip(1) {
            let (head, expected) = case.split_once('\n').unwrap();
            let (title, value) = head.split_once(' ').unwrap();
            let value = serde_json::from_str(value).unwrap();
            assert_eq!(table(title, &value, Style { width: 80, color: false }), expected, "{head}");
            checked += 1;
        }
        assert_eq!(checked, 8);
    }

    /// The escapes are awscli's with `--color on`.
    #[test]
    fn colours() {
        let value = serde_json::json!({"Group": {"GroupName": "g"}});
        let edge = "\u{1b}[2m\u{1b}[33m|\u{1b}[0m";
        let bright = |text: &str| format!("\u{1b}[1m\u{1b}[34m{text}\u{1b}[0m");
        let expected = format!(
            "----------------------\n|      GetGroup      |\n+--------------------+\n\
             {edge}|       Group      |{edge}\n\
             {edge}+------------+-----+{edge}\n\
             {edge}|  {} |  {}  |{edge}\n\
             {edge}+------------+-----+{edge}\n",
            bright("GroupName"),
            bright("g")
        );
        assert_eq!(table("GetGroup", &value, Style { width: 80, color: true }), expected);
    }
}
