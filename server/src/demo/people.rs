//! The register of the demo: about 1,100 people in twelve cells, those who work for the units, and their phones.

use super::rng::Rng;
use super::words::{self, STREETS, TITLES, WORKPLACES};
use super::{ABSENT_13, BIG, Builder, CELLS, EXCUSED_35};
use chrono::{Datelike, Days, NaiveDate};
use domain::account::Role;
use domain::id::{AccountId, MemberId, UnitId};
use domain::member::{EndReason, Ending, Exemption, ExemptionKind, Member, PersonName, Sex};
use domain::op::Body;
use domain::time::{Millis, PartialDate};

/// A member, with an account if he or she signed in.
pub struct Person {
    /// The record.
    pub member: Member,
    /// The account.
    pub account: Option<AccountId>,
}

/// A cell with its people.
pub struct CellPeople {
    /// The cell.
    pub unit: UnitId,
    /// Its secretary.
    pub secretary: AccountId,
    /// Everybody in its register, in the order of the register.
    pub people: Vec<Person>,
}

/// Everybody.
pub struct People {
    /// The ward's account.
    pub ward: AccountId,
    /// By cell.
    pub cells: Vec<CellPeople>,
}

/// People who must exist: (name, sex, year of birth, street). The first two are `demo-member` and `demo-member-2`.
const BIG_CELL: &[(&str, Sex, i32, usize)] = &[
    ("Nguyễn Thị Thanh Hà", Sex::Female, 1984, 0),
    ("Trần Quang Vinh", Sex::Male, 1979, 3),
    // Same names, told apart by birth year and street.
    ("Nguyễn Văn Hùng", Sex::Male, 1968, 1),
    ("Nguyễn Văn Hùng", Sex::Male, 1981, 1),
    ("Nguyễn Văn Hùng", Sex::Male, 1981, 5),
    ("Nguyễn Thị Hoa", Sex::Female, 1975, 2),
    ("Nguyễn Thị Hoa", Sex::Female, 1975, 6),
    ("Lê Thị Hương", Sex::Female, 1990, 4),
    ("Lê Thị Hường", Sex::Female, 1990, 4),
    ("Trần Ân", Sex::Male, 1972, 7),
    ("Trần Ẩn", Sex::Male, 1976, 7),
    // Long names, and names that are not made of the usual three words.
    ("Công Tằng Tôn Nữ Thị Hoàng Oanh", Sex::Female, 1963, 2),
    ("Nguyễn Hoàng Phương Thảo Nguyên", Sex::Female, 1995, 3),
    ("Hồ Lê Nguyễn Bảo Khánh Duy", Sex::Male, 1993, 5),
    ("H'Linh Niê Kđăm", Sex::Female, 1988, 6),
    ("Đỗ Ký", Sex::Male, 1966, 1),
];

/// Makes accounts, members and phones.
pub fn make(b: &mut Builder) -> People {
    let (province, ward, workplace) = (b.units[0].id, b.ward(), b.units[2 + CELLS.len()].id);
    let big = b.cell(BIG);
    let ward_account = b.account("Đảng ủy phường An Hòa · Văn phòng", None, Role::Ward, ward, Some("demo-ward"));
    b.device(ward_account, "Máy tính văn phòng", 2, Some(0));
    b.account("Đảng bộ Sở Công Thương", None, Role::Workplace, workplace, Some("demo-workplace"));
    b.account("Ban công tác Mặt trận Khu phố 3", None, Role::Front, big, Some("demo-front"));
    b.account("Quản trị hệ thống", None, Role::Admin, province, Some("demo-admin"));
    let mut cells = Vec::new();
    for (index, (_, size)) in CELLS.iter().enumerate() {
        cells.push(cell(b, index, *size));
    }
    let second = b.account("Phạm Thị Bích Ngọc", None, Role::Secretary, big, Some("demo-secretary-2"));
    b.device(second, "Điện thoại phó bí thư", 30, Some(0));
    People { ward: ward_account, cells }
}

fn cell(b: &mut Builder, index: usize, size: usize) -> CellPeople {
    let unit = b.cell(index);
    let today = b.now.day();
    let name = if index == BIG { "Đặng Hữu Thành".to_owned() } else { words::name(&mut b.rng, Sex::Male) };
    let secretary = b.account(&name, None, Role::Secretary, unit, (index == BIG).then_some("demo-secretary"));
    let hours = if index == 9 { 24 * 33 } else { b.rng.between(1, 60) };
    b.device(secretary, "Điện thoại bí thư", hours, Some(if index == 9 { 4 } else { 0 }));
    // The cells of the reported figures stay exactly as reported: nobody exempt today, nobody new, nobody gone.
    let plain = [BIG, ABSENT_13, EXCUSED_35].contains(&index);
    let mut people: Vec<Person> = Vec::with_capacity(size);
    for i in 0..size {
        let given = if index == BIG { BIG_CELL.get(i) } else { None };
        let (name, sex, year, street) = given.map_or_else(
            || {
                let sex = if b.rng.percent(56) { Sex::Male } else { Sex::Female };
                (words::name(&mut b.rng, sex), sex, None, b.rng.below(STREETS.len()))
            },
            |(name, sex, year, street)| ((*name).to_owned(), *sex, Some(*year), *street),
        );
        // Every name here is one; a test counts the people.
        let Ok(name) = PersonName::parse(&name) else { continue };
        let mut member = person(&mut b.rng, unit, name, sex, year, street);
        member.exemption = if plain { special(index, i, today) } else { exemption(i, today) };
        if !plain && i % 19 == 7 {
            member.since = today.checked_sub_days(Days::new(130));
        }
        people.push(Person { member, account: None });
    }
    if !plain && index.is_multiple_of(3) {
        let reason = [EndReason::Moved, EndReason::Retired, EndReason::Died, EndReason::Moved][index / 3 % 4];
        if let Ok(name) = PersonName::parse(&words::name(&mut b.rng, Sex::Male)) {
            let mut member = person(&mut b.rng, unit, name, Sex::Male, Some(1966), 4);
            member.ended = today.checked_sub_days(Days::new(100)).map(|on| Ending { on, reason });
            people.push(Person { member, account: None });
        }
    }
    for (i, p) in people.iter_mut().enumerate() {
        phone_and_record(b, index, i, p, secretary);
    }
    CellPeople { unit, secretary, people }
}

/// Gives every third an account with a phone, and writes the record into the register.
fn phone_and_record(b: &mut Builder, cell: usize, i: usize, p: &mut Person, secretary: AccountId) {
    let unit = p.member.cell;
    let code = match (cell, i) {
        (BIG, 0) => Some("demo-member"),
        (BIG, 1) => Some("demo-member-2"),
        _ => None,
    };
    if code.is_some() || (p.member.ended.is_none() && b.rng.percent(36)) {
        let account = b.account(p.member.name.as_str(), Some(p.member.id), Role::Member, unit, code);
        let hours = match b.rng.below(100) {
            _ if code.is_some() => 20,
            0..55 => b.rng.between(0, 30),
            55..92 => b.rng.between(30, 300),
            _ => b.rng.between(340, 1500),
        };
        let unsent = u32::from(b.rng.percent(4));
        let model = *b.rng.pick(&["Điện thoại của tôi", "Samsung", "iPhone", "OPPO", "Điện thoại", "Xiaomi"]);
        b.device(account, model, hours, Some(unsent));
        p.account = Some(account);
    }
    // The register was typed in more than a year ago, one minute a cell.
    let at = b.now.plus(-460 * Millis::DAY + i64::try_from(i).unwrap_or(0) * 150);
    b.write(secretary, unit, at, vec![], Body::MemberPut { member: p.member.clone() });
}

fn person(rng: &mut Rng, cell: UnitId, name: PersonName, sex: Sex, year: Option<i32>, street: usize) -> Member {
    let id = MemberId(rng.uuid());
    let mut m = Member::new(id, cell, name);
    m.sex = Some(sex);
    let year = year.unwrap_or_else(|| i32::try_from(rng.between(1965, 2001)).unwrap_or(1980));
    let month = u32::try_from(rng.between(1, 12)).ok();
    let day = u32::try_from(rng.between(1, 28)).ok();
    // Registers often hold only a year, now and then a month.
    m.born = match rng.below(100) {
        0..22 => PartialDate::new(year, None, None),
        22..26 => PartialDate::new(year, month, None),
        _ => PartialDate::new(year, month, day),
    };
    // No network uses 095: these numbers ring nowhere.
    m.phone = rng.percent(88).then(|| format!("095{:07}", rng.below(10_000_000)));
    let house = rng.between(1, 240);
    m.address = Some(match rng.below(10) {
        0..6 => format!("{house} đường {}, phường An Hòa", STREETS[street]),
        6..9 => format!(
            "{house}/{} hẻm {} đường {}, phường An Hòa",
            rng.between(1, 30),
            rng.between(1, 60),
            STREETS[street]
        ),
        _ => format!("Phòng {}, chung cư {}, phường An Hòa", rng.between(101, 1820), STREETS[street]),
    });
    m.group = Some(format!("Tổ {}", street + 1));
    let workplace = *rng.pick(WORKPLACES);
    m.workplace = Some(workplace.to_owned());
    m.title = Some(rng.weighted(TITLES).to_owned());
    m.work_cell = rng.percent(70).then(|| format!("Chi bộ {workplace}"));
    let joined = year + i32::try_from(rng.between(22, 38)).unwrap_or(30);
    if joined < 2025 {
        m.admitted = PartialDate::new(joined, month, day);
        m.official = PartialDate::new(joined + 1, month, day);
    }
    m
}

/// Every kind in turn, one person in thirteen; some end soon, some have just ended.
fn exemption(i: usize, today: NaiveDate) -> Option<Exemption> {
    if i % 13 != 3 {
        return None;
    }
    let kind = ExemptionKind::ALL[i / 13 % ExemptionKind::ALL.len()];
    let (basis, by) = match kind {
        ExemptionKind::Barracks => ("Sĩ quan, ở doanh trại", "Đảng ủy đơn vị"),
        ExemptionKind::FarAway => ("Công tác tại công trình ngoài tỉnh", "Chi bộ nơi công tác"),
        ExemptionKind::Rotation => ("Luân chuyển theo quyết định của cấp trên", "Ban Thường vụ"),
        ExemptionKind::Study => ("Học tập trung 18 tháng", "Chi bộ nơi công tác"),
        ExemptionKind::OldOrIll => ("Sức khỏe yếu, chi bộ đồng ý miễn", "Chi bộ nơi công tác"),
        ExemptionKind::Other => ("Theo giấy giới thiệu", "Cấp ủy nơi công tác"),
    };
    let from = today.checked_sub_days(Days::new(400));
    let to = match kind {
        // Lapses within the month.
        ExemptionKind::Study => today.checked_add_days(Days::new(20)),
        // Has lapsed: expected again.
        ExemptionKind::FarAway if i > 60 => today.checked_sub_days(Days::new(15)),
        ExemptionKind::Rotation => NaiveDate::from_ymd_opt(today.year() + 1, 6, 30),
        _ => None,
    };
    Some(Exemption { kind, basis: Some(basis.to_owned()), decided_by: Some(by.to_owned()), from, to })
}

/// In the big cell two whose exemption lapsed long before the last two meetings, and one whose begins next month: all 306 are expected.
fn special(cell: usize, i: usize, today: NaiveDate) -> Option<Exemption> {
    let ago = |days| today.checked_sub_days(Days::new(days));
    let (kind, basis, from, to) = match (cell, i) {
        (BIG, 20) => (ExemptionKind::Study, "Học tập trung 12 tháng", ago(900), ago(420)),
        (BIG, 21) => (ExemptionKind::FarAway, "Công tác ngoài tỉnh", ago(800), ago(450)),
        (BIG, 22) => (
            ExemptionKind::Study,
            "Học cao cấp lý luận tập trung",
            today.checked_add_days(Days::new(30)),
            today.checked_add_days(Days::new(400)),
        ),
        _ => return None,
    };
    Some(Exemption {
        kind,
        basis: Some(basis.to_owned()),
        decided_by: Some("Chi bộ nơi công tác".to_owned()),
        from,
        to,
    })
}
