//! A reader of Rust sources that is just good enough to tell code from comments and strings.

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Text,
}

/// The source with comments turned into blanks; line numbers stay.
pub fn without_comments(source: &str) -> String {
    blank(source, &[Part::Comment])
}

/// The source with comments and the insides of strings turned into blanks; line numbers stay.
pub fn without_comments_and_strings(source: &str) -> String {
    blank(source, &[Part::Comment, Part::Text])
}

fn blank(source: &str, parts: &[Part]) -> String {
    let chars: Vec<char> = source.chars().collect();
    classify(&chars)
        .iter()
        .zip(&chars)
        .map(|(part, &c)| if parts.contains(part) && c != '\n' { ' ' } else { c })
        .collect()
}

fn classify(chars: &[char]) -> Vec<Part> {
    let mut parts = vec![Part::Code; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let (end, part) = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => (line_end(chars, at), Part::Comment),
            '/' if chars.get(at + 1) == Some(&'*') => (comment_end(chars, at), Part::Comment),
            '"' => (string_end(chars, at), Part::Text),
            'r' if !after_name(chars, at) => match raw_string_end(chars, at) {
                Some(end) => (end, Part::Text),
                None => (at + 1, Part::Code),
            },
            '\'' => (char_end(chars, at), Part::Text),
            _ => (at + 1, Part::Code),
        };
        // The quotes themselves stay, so that `style="` can be seen.
        let (from, to) = if part == Part::Text { (start + 1, end.saturating_sub(1)) } else { (start, end) };
        for slot in parts.iter_mut().take(to.min(chars.len())).skip(from) {
            *slot = part;
        }
        at = end;
    }
    parts
}

fn after_name(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') && chars[at - 1] != 'b'
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |length| at + length)
}

fn comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let mut next = open + 1;
    while next < chars.len() {
        if chars[next] == '"' && chars[next + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes {
            return Some(next + 1 + hashes);
        }
        next += 1;
    }
    Some(next)
}

/// The end of `'x'` or `'\n'`; for a lifetime the character after the quote.
fn char_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        return chars[at + 3..].iter().position(|&c| c == '\'').map_or(chars.len(), |length| at + 3 + length + 1);
    }
    if chars.get(at + 2) == Some(&'\'') { at + 3 } else { at + 1 }
}

fn is_name(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Where one of the words stands by itself: (line, word).
pub fn find_words<'a>(code: &str, words: &[&'a str]) -> Vec<(usize, &'a str)> {
    find(code, words, |before, after| !is_name(before.chars().next_back()) && !is_name(after.chars().next()))
}

/// Where one of the paths begins, not as the rest of a longer one: (line, path). A path that ends in a name ends there.
pub fn find_paths<'a>(code: &str, paths: &[&'a str]) -> Vec<(usize, &'a str)> {
    let mut found = find(code, paths, |before, after| {
        !is_name(before.chars().next_back()) && !before.ends_with("::") && !is_name(after.chars().next())
    });
    // A path that is open at its end (`app::`) is followed by a name.
    let open: Vec<&str> = paths.iter().copied().filter(|path| path.ends_with("::")).collect();
    found.extend(find(code, &open, |before, after| {
        !is_name(before.chars().next_back()) && !before.ends_with("::") && is_name(after.chars().next())
    }));
    for &path in paths {
        let Some(name) = path.strip_prefix("crate::") else { continue };
        found.extend(grouped(code, name).into_iter().map(|line| (line, path)));
    }
    found
}

/// The lines where `name` stands directly inside a `crate::{…}`.
fn grouped(code: &str, name: &str) -> Vec<usize> {
    const OPEN: &str = "crate::{";
    let mut found = Vec::new();
    for (at, _) in code.match_indices(OPEN) {
        let mut depth = 1_usize;
        let mut item = true; // at the beginning of an item of the outermost braces
        for (offset, c) in code[at + OPEN.len()..].char_indices() {
            let here = at + OPEN.len() + offset;
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            let rest = &code[here..];
            if item && rest.starts_with(name) && !is_name(rest[name.len()..].chars().next()) {
                found.push(code[..here].matches('\n').count() + 1);
            }
            item = depth == 1 && (c == ',' || (item && c.is_whitespace()));
        }
    }
    found
}

fn find<'a>(code: &str, words: &[&'a str], fits: impl Fn(&str, &str) -> bool) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        for &word in words {
            if line.match_indices(word).any(|(at, _)| fits(&line[..at], &line[at + word.len()..])) {
                found.push((index + 1, word));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_strings_are_told_apart() {
        let source = "let a = 'x'; // one\nfn f<'a>(b: &'a str) { r#\"two \" three\"#; \"four \\\" five\" } /* six /* seven */ */ eight";
        let code = without_comments_and_strings(source);
        for gone in ["one", "two", "three", "four", "five", "six", "seven"] {
            assert!(!code.contains(gone), "{gone} in {code}");
        }
        assert!(code.contains("fn f<'a>(b: &'a str)") && code.contains("eight"), "{code}");
        assert!(without_comments(source).contains("four") && !without_comments(source).contains("one"));
    }

    #[test]
    fn words_and_paths_stand_by_themselves() {
        assert_eq!(find_words("use gloo;\nlet igloo = gloom;", &["gloo"]), [(1, "gloo")]);
        assert_eq!(find_paths("use app::x;\nuse crate::app::y; wrap::z", &["app::"]), [(1, "app::")]);
        assert_eq!(find_paths("use crate::store::Db;\nuse crate::stored;", &["crate::store"]), [(1, "crate::store")]);
    }
}
