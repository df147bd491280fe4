//! Reading people out of the rows below the header. Every row below the header is a person, skipped with a reason, or blank.

use super::field::Field;
use super::problem::{Problem, ProblemCode, shorten};
use super::sheet::{Cell, Sheet, cell_name};
use super::skip::{RowView, SkipReason, Skipped, group_of_heading};
use super::understand::Columns;
use super::value::{DateFault, exemption_of, is_bare_exemption, is_mark, is_nothing, kind_in, partial_date, sex};
use crate::member::{ExemptionKind, PersonName, Sex, person_facts};
use crate::text::{fold_vi, phone_vi, title_case_name};
use crate::time::PartialDate;
use serde::{Deserialize, Serialize};

/// An exemption as a roster tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowExemption {
    /// Kind; [`ExemptionKind::Other`] for a bare *x*.
    pub kind: ExemptionKind,
    /// As written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

person_facts! {
    /// What a row says about a person. Nothing = the file does not say.
    #[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
    Person {
        /// *Họ và tên*; none only where a problem blocks the row.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<PersonName>,
    } then {
        /// *Miễn sinh hoạt*
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exemption: Option<RowExemption>,
    }
}

/// A row that is meant to be a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParsedRow {
    /// 1-based, as the spreadsheet counts.
    pub row: u32,
    /// The name as it stands in the file.
    pub name_in_file: String,
    /// What was read.
    pub person: Person,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl ParsedRow {
    /// Something is wrong that keeps the row out.
    #[must_use]
    pub fn blocked(&self) -> bool {
        self.person.name.is_none() || self.problems.iter().any(|p| p.blocks)
    }
}

/// Written by hand: a log never holds a person's data.
impl std::fmt::Debug for ParsedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParsedRow").field("row", &self.row).field("problems", &self.problems).finish_non_exhaustive()
    }
}

/// All rows below the header: `total = rows.len() + skipped.len() + blank`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// Rows from the first below the header to the last filled one.
    pub total: usize,
    /// Rows without anything in them.
    pub blank: usize,
    /// Rows that are no people.
    pub skipped: Vec<Skipped>,
    /// People.
    pub rows: Vec<ParsedRow>,
}

/// Reads the rows of a sheet by the given meaning of its columns.
#[must_use]
pub fn parse_rows(sheet: &Sheet, columns: &Columns) -> Parsed {
    let first = usize::try_from(columns.first_row.saturating_sub(1)).unwrap_or(usize::MAX);
    let height = sheet.height();
    let mut parsed = Parsed { total: height.saturating_sub(first), ..Parsed::default() };
    let mut in_footer = false;
    let mut section: Option<String> = None;
    for index in first..height {
        let row = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let reader = Reader { sheet, columns, index };
        let filled = reader.filled();
        if filled.is_empty() {
            parsed.blank += 1;
            continue;
        }
        let name = reader.name();
        let view = RowView { filled: &filled, name: &name, numbered: reader.numbered() };
        if let Some(reason) = view.skip(&mut in_footer) {
            let texts: Vec<&str> = filled.iter().map(|(_, t)| t.as_str()).collect();
            if reason == SkipReason::Section {
                section = filled.iter().find_map(|(_, t)| group_of_heading(t));
            }
            parsed.skipped.push(Skipped { row, reason, text: shorten(&texts.join(" ")) });
            continue;
        }
        parsed.rows.push(reader.person(row, name, section.as_deref()));
    }
    parsed
}

/// One row of the sheet, asked by meaning.
struct Reader<'a> {
    sheet: &'a Sheet,
    columns: &'a Columns,
    index: usize,
}

impl Reader<'_> {
    fn filled(&self) -> Vec<(Field, String)> {
        let Some(cells) = self.sheet.rows.get(self.index) else { return Vec::new() };
        let meaning =
            |column: usize| self.columns.columns.iter().find(|c| c.column == column).map_or(Field::Ignore, |c| c.field);
        cells.iter().enumerate().filter(|(_, c)| !c.is_blank()).map(|(i, c)| (meaning(i), c.text())).collect()
    }
    fn at(&self, field: Field) -> Option<(usize, &Cell)> {
        let column = self.columns.find(field)?;
        let cell = self.sheet.cell(self.index, column);
        (!cell.is_blank()).then_some((column, cell))
    }
    fn text(&self, field: Field) -> String {
        self.at(field).map(|(_, c)| c.text()).unwrap_or_default()
    }
    fn cell_name(&self, column: usize) -> String {
        cell_name(self.index, column)
    }
    fn numbered(&self) -> bool {
        let text = self.text(Field::Ordinal);
        let text = text.trim_end_matches(['.', ')']);
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
    }
    fn name(&self) -> String {
        let full = self.text(Field::FullName);
        if !full.is_empty() {
            return full;
        }
        format!("{} {}", self.text(Field::FamilyAndMiddle), self.text(Field::Given)).trim().to_owned()
    }

    fn person(&self, row: u32, name_in_file: String, section: Option<&str>) -> ParsedRow {
        let mut problems = Vec::new();
        let problems_of = &mut problems;
        let name = self.person_name(row, &name_in_file, problems_of);
        let (sex, born) = self.sex_and_born(problems_of);
        let person = Person {
            name,
            sex,
            born,
            phone: self.phone(problems_of),
            address: self.address(problems_of),
            group: self
                .short(Field::Group, problems_of)
                .or_else(|| section.map(str::to_owned))
                .map(|g| named_group(&g, self.columns)),
            workplace: self.short(Field::Workplace, problems_of),
            title: self.short(Field::Title, problems_of),
            work_cell: self.short(Field::WorkCell, problems_of),
            admitted: self.date(Field::Admitted, ProblemCode::BadDate, false, problems_of),
            official: self.date(Field::Official, ProblemCode::BadDate, false, problems_of),
            exemption: self.exemption(),
        };
        ParsedRow { row, name_in_file, person, problems }
    }

    fn person_name(&self, row: u32, written: &str, problems: &mut Vec<Problem>) -> Option<PersonName> {
        if written.is_empty() {
            problems.push(Problem::of_row(ProblemCode::NoName, row, "có dữ liệu nhưng không có họ tên."));
            return None;
        }
        let bare = without_courtesy(written);
        let column = self.columns.find(Field::FullName).or_else(|| self.columns.find(Field::Given)).unwrap_or(0);
        let name = PersonName::parse(&title_case_name(bare))
            .ok()
            .filter(|n| !n.as_str().chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | '=' | '<' | '>')));
        if name.is_none() {
            problems.push(Problem::at(
                ProblemCode::BadName,
                true,
                self.cell_name(column),
                written,
                "không phải họ tên người.",
            ));
        } else if bare.split_whitespace().count() == 1 {
            problems.push(Problem::at(
                ProblemCode::OneWordName,
                false,
                self.cell_name(column),
                written,
                "chỉ có một chữ, hãy xem lại họ tên.",
            ));
        }
        name
    }

    /// From *Giới tính*, *Ngày sinh*, the columns *Nam* and *Nữ*, or the three parts of a date.
    fn sex_and_born(&self, problems: &mut Vec<Problem>) -> (Option<Sex>, Option<PartialDate>) {
        let mut own_sex = None;
        if let Some((column, cell)) = self.at(Field::Sex) {
            match sex(&cell.text()) {
                Ok(s) => own_sex = s,
                // A column headed *Nam, Nữ* or *Nữ* that is only ticked says nothing certain.
                Err(()) => problems.push(Problem::at(
                    ProblemCode::BadSex,
                    false,
                    self.cell_name(column),
                    &cell.text(),
                    "không phải “nam” hay “nữ”.",
                )),
            }
        }
        let mut born = self.date(Field::Born, ProblemCode::BadBirth, true, problems);
        for (field, meant) in [(Field::Male, Sex::Male), (Field::Female, Sex::Female)] {
            let Some((_, cell)) = self.at(field) else { continue };
            let ticked = is_mark(cell) || sex(&cell.text()) == Ok(Some(meant));
            if !ticked {
                if matches!(cell, Cell::Text(_)) && is_nothing(&cell.text()) || matches!(cell, Cell::Bool(false)) {
                    continue;
                }
                born = born.or(self.date(field, ProblemCode::BadBirth, true, problems));
            }
            own_sex = own_sex.or(Some(meant));
        }
        (own_sex, born.or_else(|| self.born_in_parts(problems)))
    }

    fn born_in_parts(&self, problems: &mut Vec<Problem>) -> Option<PartialDate> {
        let (column, year) = self.at(Field::BornYear)?;
        let part = |field| self.at(field).map_or_else(|| "0".to_owned(), |(_, c)| c.text());
        let text = format!("{}/{}/{}", part(Field::BornDay), part(Field::BornMonth), year.text());
        self.take_date(partial_date(&Cell::Text(text.clone())), &text, column, ProblemCode::BadBirth, true, problems)
    }

    fn date(&self, field: Field, code: ProblemCode, blocks: bool, problems: &mut Vec<Problem>) -> Option<PartialDate> {
        let (column, cell) = self.at(field)?;
        self.take_date(partial_date(cell), &cell.text(), column, code, blocks, problems)
    }

    fn take_date(
        &self,
        read: Result<Option<PartialDate>, DateFault>,
        text: &str,
        column: usize,
        code: ProblemCode,
        blocks: bool,
        problems: &mut Vec<Problem>,
    ) -> Option<PartialDate> {
        read.unwrap_or_else(|fault| {
            let code = if fault == DateFault::TwoDigitYear { ProblemCode::TwoDigitYear } else { code };
            problems.push(Problem::at(code, blocks, self.cell_name(column), text, &format!("{fault}.")));
            None
        })
    }

    fn phone(&self, problems: &mut Vec<Problem>) -> Option<String> {
        let (column, cell) = self.at(Field::Phone)?;
        let text = cell.text();
        let phone = phone_vi(&text);
        if phone.is_none() && !is_nothing(&text) {
            problems.push(Problem::at(
                ProblemCode::BadPhone,
                false,
                self.cell_name(column),
                &text,
                "không phải số điện thoại gọi được.",
            ));
        }
        phone
    }

    fn short(&self, field: Field, problems: &mut Vec<Problem>) -> Option<String> {
        let (column, cell) = self.at(field)?;
        self.bounded(cell.text(), column, problems)
    }

    fn bounded(&self, text: String, column: usize, problems: &mut Vec<Problem>) -> Option<String> {
        if !text.chars().any(char::is_alphanumeric) {
            return None;
        }
        if text.chars().count() > 200 {
            problems.push(Problem::at(
                ProblemCode::TooLong,
                false,
                self.cell_name(column),
                &text,
                "dài quá 200 ký tự.",
            ));
            return None;
        }
        Some(text)
    }

    fn address(&self, problems: &mut Vec<Problem>) -> Option<String> {
        let parts: Vec<(usize, String)> = self
            .columns
            .columns
            .iter()
            .filter(|c| c.field == Field::Address)
            .map(|c| (c.column, self.sheet.cell(self.index, c.column).text()))
            .filter(|(_, t)| t.chars().any(char::is_alphanumeric))
            .collect();
        let column = parts.first()?.0;
        let joined = parts.into_iter().map(|(_, t)| t).collect::<Vec<_>>().join(", ");
        self.bounded(joined, column, problems)
    }

    fn exemption(&self) -> Option<RowExemption> {
        let fit =
            |text: String| (text.chars().count() <= 200 && text.chars().any(char::is_alphanumeric)).then_some(text);
        let reason = self
            .at(Field::ExemptionBasis)
            .map(|(_, c)| c.text())
            .filter(|t| !is_nothing(t) && !is_mark(&Cell::Text(t.clone())));
        if let Some((_, cell)) = self.at(Field::Exemption) {
            let kind = exemption_of(cell)?;
            let written = (!is_bare_exemption(cell)).then(|| cell.text());
            let kind = if kind == ExemptionKind::Other {
                reason.as_deref().and_then(|r| kind_in(&fold_vi(r))).unwrap_or(kind)
            } else {
                kind
            };
            return Some(RowExemption { kind, basis: reason.or(written).and_then(fit) });
        }
        if let Some((_, cell)) = self.at(Field::ExemptionBasis) {
            return exemption_of(cell).map(|kind| RowExemption { kind, basis: reason.and_then(fit) });
        }
        let note = self.text(Field::Note);
        let folded = fold_vi(&note);
        let says = note.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == "miễn")
            || folded.contains("mien sinh hoat")
            || folded.contains("mien sh");
        let denied = folded.contains("khong ") || folded.starts_with("het ") || folded.contains("thoi mien");
        (says && !denied)
            .then(|| RowExemption { kind: kind_in(&folded).unwrap_or(ExemptionKind::Other), basis: fit(note) })
    }
}

/// A bare number under *Tổ* is shown as *Tổ 3*.
fn named_group(group: &str, columns: &Columns) -> String {
    if group.len() > 3 || !group.bytes().all(|b| b.is_ascii_digit()) {
        return group.to_owned();
    }
    let header =
        columns.columns.iter().find(|c| c.field == Field::Group).map(|c| fold_vi(&c.header)).unwrap_or_default();
    let word = if header.contains("nhom") && !header.contains("to") { "Nhóm" } else { "Tổ" };
    format!("{word} {}", group.trim_start_matches('0'))
}

/// *Đ/c Nguyễn Văn A* → *Nguyễn Văn A*; also a number before the name.
fn without_courtesy(name: &str) -> &str {
    let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | '-' | '–' | '*' | ' '));
    let lower: Vec<(usize, char)> = name.char_indices().collect();
    for courtesy in ["đ/c", "đ.c", "đồng chí", "dong chi", "d/c"] {
        let n = courtesy.chars().count();
        let begins = lower.len() > n
            && lower.iter().zip(courtesy.chars()).all(|((_, a), b)| a.to_lowercase().eq(b.to_lowercase()));
        if begins && !lower[n].1.is_alphabetic() {
            return name[lower[n].0..].trim_start_matches([' ', ':', '.', '-']);
        }
    }
    name
}
