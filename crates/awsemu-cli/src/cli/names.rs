//! AWS's names in the command line's form: `AdminSetUserMFAPreference` is `admin-set-user-mfa-preference`.

/// The kebab-case name that the AWS CLI gives an operation or a member.
///
/// Words begin at a capital that is followed by small letters, and at a capital after a small letter or a digit;
/// a run of capitals is one word, also with a plural `s` at the end of the name (`CallbackURLs`: `callback-urls`).
pub fn kebab(name: &str) -> String {
    if name.contains('-') {
        return name.to_owned();
    }
    let plural = plural_acronym(name);
    let head = &name[..plural.unwrap_or(name.len())];
    let mut kebab = words(head);
    if let Some(start) = plural {
        kebab.push('-');
        kebab.push_str(&name[start..].to_ascii_lowercase());
    }
    kebab
}

/// Where a final acronym in the plural begins, such as the `URLs` of `LogoutURLs`.
fn plural_acronym(name: &str) -> Option<usize> {
    let capitals = name.strip_suffix('s')?;
    let start = capitals.trim_end_matches(|letter: char| letter.is_ascii_uppercase()).len();
    (capitals.len() - start >= 2).then_some(start)
}

fn words(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut kebab = String::with_capacity(name.len() + 8);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(index + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || after.is_some_and(|after| after.is_ascii_lowercase())
            });
        if begins {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table was made by botocore's own function for every operation and member of its model.
    #[test]
    fn names_are_botocores() {
        let table = include_str!("../../tests/data/names.txt");
        let mut lines = 0;
        for line in table.lines() {
            let (name, expected) = line.split_once(' ').unwrap();
            assert_eq!(kebab(name), expected, "{name}");
            lines += 1;
        }
        assert!(lines > 500, "the table holds {lines} names only");
    }

    #[test]
    fn names_without_a_model() {
        assert_eq!(kebab("ListWebACLs"), "list-web-acls");
        assert_eq!(kebab("already-there"), "already-there");
        assert_eq!(kebab(""), "");
    }
}
