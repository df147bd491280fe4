//! Finding a person while a thumb types: keys are made once for a list, each key press only compares.

use super::{Glyph, NONE, fold_vi, tone_of, words};

/// One word, folded and as typed.
struct Word {
    /// As by [`fold_vi`].
    plain: String,
    /// With ă â ê ô ơ ư đ told apart, without tone: each letter followed by its mark.
    marked: String,
    tone: u8,
}

impl Word {
    fn new(glyphs: &[Glyph]) -> Self {
        let mut marked = String::with_capacity(glyphs.len() * 2);
        for g in glyphs {
            marked.push(g.base);
            if g.mark != NONE {
                marked.push(char::from(g.mark));
            }
        }
        Self { plain: glyphs.iter().map(|g| g.base).collect(), marked, tone: tone_of(glyphs) }
    }
    fn of(text: &str) -> Vec<Self> {
        words(text).iter().map(|w| Self::new(w)).collect()
    }
    fn begins(&self, asked: &Self) -> bool {
        self.plain.starts_with(&asked.plain)
    }
    /// Marks and tone say the same as far as they were typed.
    fn sounds(&self, asked: &Self) -> bool {
        self.marked.starts_with(&asked.marked) && (asked.tone == NONE || asked.tone == self.tone)
    }
}

/// What somebody typed into a search field.
pub struct Query {
    words: Vec<Word>,
    /// Words of digits only: parts of a phone number.
    digits: Vec<String>,
    toned: bool,
}

impl Query {
    /// Takes the typed text apart.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (mut words, mut digits) = (Vec::new(), Vec::new());
        for word in Word::of(text) {
            if word.plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                digits.push(word.plain.replace('.', ""));
            } else {
                words.push(word);
            }
        }
        // A whole number typed in groups (0912 345 678) is one number.
        if words.is_empty() && digits.len() > 1 {
            digits = vec![digits.concat()];
        }
        let toned = words.iter().any(|w| w.tone != NONE || w.marked.len() != w.plain.len());
        Self { words, digits, toned }
    }
    /// Nothing was asked: everybody matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.digits.is_empty()
    }
}

/// How well a person answers a query; smaller is better. Sort a list of hits by `(rank, sort_key)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(u8);

const GIVEN: u8 = 0;
const GIVEN_BEGINS: u8 = 1;
const FROM_FAMILY: u8 = 2;
const IN_A_ROW: u8 = 3;
const INITIALS: u8 = 4;
const ANY_ORDER: u8 = 5;
const SOME_INITIALS: u8 = 6;
const OTHER_TONES: u8 = 10;

/// What is compared for one person. No `Debug`: a log never holds a name.
pub struct SearchKey {
    words: Vec<Word>,
    initials: String,
    phone: String,
}

impl SearchKey {
    /// Makes the key of a person.
    #[must_use]
    pub fn new(name: &str, phone: Option<&str>) -> Self {
        Self {
            words: Word::of(name),
            initials: super::initials(name),
            phone: phone.unwrap_or_default().chars().filter(char::is_ascii_digit).collect(),
        }
    }
    /// Does the person answer the query?
    #[must_use]
    pub fn matches(&self, query: &Query) -> bool {
        self.rank(query).is_some()
    }
    /// How well: by given name, by any word's beginning, by words in a row (*văn hù*), given name first
    /// (*hùng nguyễn*), by initials (*nvh*), by the last digits of the phone. Tone marks are forgiven; where the query
    /// has some, people who have the same come first. `None` = no.
    #[must_use]
    pub fn rank(&self, query: &Query) -> Option<Rank> {
        if !query
            .digits
            .iter()
            .all(|d| self.phone.ends_with(d.as_str()) || (d.len() > 3 && self.phone.contains(d.as_str())))
        {
            return None;
        }
        if query.words.is_empty() {
            return Some(Rank(if query.digits.iter().all(|d| self.phone.ends_with(d.as_str())) {
                GIVEN
            } else {
                IN_A_ROW
            }));
        }
        let plain = self.by_words(&query.words, Word::begins).or_else(|| self.by_initials(&query.words))?;
        if !query.toned {
            return Some(Rank(plain));
        }
        let sounds = self.by_words(&query.words, Word::sounds);
        Some(Rank(sounds.unwrap_or(plain + OTHER_TONES)))
    }

    fn by_words(&self, asked: &[Word], fits: fn(&Word, &Word) -> bool) -> Option<u8> {
        let in_a_row = |own: &[Word]| own.len() >= asked.len() && own.iter().zip(asked).all(|(w, a)| fits(w, a));
        let (given, before) = self.words.split_last()?;
        if let [only] = asked
            && fits(given, only)
        {
            return Some(if given.plain.len() == only.plain.len() { GIVEN } else { GIVEN_BEGINS });
        }
        if in_a_row(&self.words) {
            return Some(FROM_FAMILY);
        }
        if (1..self.words.len()).any(|i| in_a_row(&self.words[i..])) {
            return Some(IN_A_ROW);
        }
        let (first, rest) = asked.split_first()?;
        if fits(given, first) && before.len() >= rest.len() && before.iter().zip(rest).all(|(w, a)| fits(w, a)) {
            return Some(FROM_FAMILY);
        }
        self.in_any_order(asked, fits).then_some(ANY_ORDER)
    }

    /// Each asked word takes the first free word that it fits, whole words first, so that *an anh* finds *Anh An*.
    fn in_any_order(&self, asked: &[Word], fits: fn(&Word, &Word) -> bool) -> bool {
        if asked.len() > self.words.len() || self.words.len() > 32 {
            return false;
        }
        let mut taken = 0_u32;
        let mut longest_first: Vec<&Word> = asked.iter().collect();
        longest_first.sort_by_key(|w| std::cmp::Reverse(w.plain.len()));
        longest_first.iter().all(|a| {
            let free = |i: &usize| taken & (1 << i) == 0 && fits(&self.words[*i], a);
            let exact = (0..self.words.len()).find(|i| free(i) && self.words[*i].plain.len() == a.plain.len());
            let found = exact.or_else(|| (0..self.words.len()).find(free));
            if let Some(i) = found {
                taken |= 1 << i;
            }
            found.is_some()
        })
    }

    fn by_initials(&self, asked: &[Word]) -> Option<u8> {
        let [only] = asked else { return None };
        let typed = fold_vi(&only.plain);
        if typed.chars().count() < 2 {
            None
        } else if typed == self.initials {
            Some(INITIALS)
        } else {
            (self.initials.starts_with(&typed) || self.initials.ends_with(&typed)).then_some(SOME_INITIALS)
        }
    }
}
