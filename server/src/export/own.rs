//! *Dữ liệu của tôi* as a page of its own: no script, nothing from elsewhere, every text escaped. It can be printed.

use super::words::{ask_vi, outcome_vi, status_vi};
use domain::audit::{kind_vi, note_vi, role_vi};
use domain::member::{Member, Sex};
use domain::own::{OwnData, OwnMeeting};
use domain::presence::{Mark, Status};
use domain::request::{Request, State};
use domain::time::{Millis, PartialDate, date_vi};

const HEAD: &str = "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<title>Dữ liệu của tôi</title><style>body{font:17px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1c1917;\
background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:2px solid #8b1a1a}table{border-collapse:collapse;\
width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd}th{font-weight:600}\
p.s{color:#57534e}@media print{body{margin:0}}</style></head><body>\n";

/// Text as it may stand in a page.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A text between two tags.
fn put(out: &mut String, open: &str, text: &str, close: &str) {
    out.push_str(open);
    out.push_str(&escaped(text));
    out.push_str(close);
}

/// A heading with a table below it, or with what is said when there is nothing.
fn table(out: &mut String, title: &str, heads: &[&str], rows: &[Vec<String>], none: &str) {
    put(out, "<h2>", title, "</h2>\n");
    if rows.is_empty() {
        put(out, "<p class=\"s\">", none, "</p>\n");
        return;
    }
    out.push_str("<table>");
    if !heads.is_empty() {
        out.push_str("<tr>");
        for head in heads {
            put(out, "<th>", head, "</th>");
        }
        out.push_str("</tr>");
    }
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            put(out, "<td>", cell, "</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn facts(member: &Member, cell: &str) -> Vec<Vec<String>> {
    let partial = |date: Option<PartialDate>| date.map(PartialDate::vi);
    let sex = member.sex.map(|sex| match sex {
        Sex::Female => "Nữ".to_owned(),
        Sex::Male => "Nam".to_owned(),
    });
    let exemption = member.exemption.as_ref().map(|e| {
        let from = e.from.map(|day| format!("từ {}", date_vi(day)));
        let to = e.to.map(|day| format!("đến {}", date_vi(day)));
        let parts = [from, to, e.basis.clone(), e.decided_by.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let ended = member.ended.as_ref().map(|e| date_vi(e.on));
    [
        ("Họ và tên", Some(member.name.to_string())),
        ("Chi bộ nơi cư trú", Some(cell.to_owned())),
        ("Tổ, nhóm", member.group.clone()),
        ("Giới tính", sex),
        ("Ngày sinh", partial(member.born)),
        ("Số điện thoại", member.phone.clone()),
        ("Nơi cư trú", member.address.clone()),
        ("Nơi công tác", member.workplace.clone()),
        ("Chức vụ", member.title.clone()),
        ("Chi bộ nơi công tác", member.work_cell.clone()),
        ("Ngày vào Đảng", partial(member.admitted)),
        ("Ngày chính thức", partial(member.official)),
        ("Chi bộ tiếp nhận từ", member.since.map(date_vi)),
        ("Miễn sinh hoạt nơi cư trú", exemption),
        ("Ra khỏi danh sách từ", ended),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.map(|value| vec![label.to_owned(), value]))
    .collect()
}

fn mark_vi(mark: &Mark) -> String {
    let status = match mark {
        Mark::Present(how) => Status::Present(*how),
        Mark::Excused { reason, told } => Status::Excused { reason: reason.clone(), told: *told },
        Mark::Absent => Status::Absent,
    };
    match &status {
        Status::Excused { reason, .. } if !reason.is_empty() => format!("{}: {reason}", status_vi(&status)),
        _ => status_vi(&status).to_owned(),
    }
}

fn meeting(meeting: &OwnMeeting) -> Vec<String> {
    let mark = |m: &domain::own::OwnMark| {
        let undone = if m.undone { " (đã bỏ)" } else { "" };
        format!("{} – {}, {}{undone}", mark_vi(&m.mark), m.by, m.at.moment_vi())
    };
    vec![
        format!("{} ({})", meeting.title, meeting.unit),
        meeting.starts.moment_vi(),
        status_vi(&meeting.status).to_owned(),
        meeting.marks.iter().map(mark).collect::<Vec<_>>().join("; "),
    ]
}

/// The page.
#[must_use]
pub fn own_page(data: &OwnData) -> String {
    let mut out = HEAD.to_owned();
    put(&mut out, "<h1>", "Dữ liệu của tôi", "</h1>\n");
    put(&mut out, "<p>", &format!("{} · {}", data.name, data.made_at.moment_vi()), "</p>\n");
    let facts = data.member.as_ref().map(|member| facts(member, &data.cell)).unwrap_or_default();
    table(&mut out, "Trong danh sách chi bộ", &[], &facts, "Tài khoản này không gắn với đảng viên nào.");
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, date_vi);
    let roles: Vec<_> =
        data.roles.iter().map(|r| vec![role_vi(r.role).to_owned(), r.unit.clone(), day(r.from), day(r.to)]).collect();
    table(&mut out, "Vai trò", &["Vai trò", "Đơn vị", "Từ ngày", "Đến ngày"], &roles, "Không có.");
    let meetings: Vec<_> = data.meetings.iter().map(meeting).collect();
    table(&mut out, "Việc dự họp", &["Buổi họp", "Lúc", "Kết quả", "Ai ghi"], &meetings, "Chưa ghi gì.");
    let read: Vec<_> = data.read.iter().map(|r| vec![r.title.clone(), r.at.moment_vi()]).collect();
    table(&mut out, "Thông báo đã đọc", &["Thông báo", "Lúc"], &read, "Chưa có.");
    let requests: Vec<_> = data.requests.iter().flat_map(asked).collect();
    table(&mut out, "Yêu cầu sửa, xóa dữ liệu", &["Lúc", "Việc", "Nội dung"], &requests, "Chưa có.");
    let agreed: Vec<_> = data
        .consent
        .iter()
        .flat_map(|c| c.given.iter().map(|given| (given, c.taken_at(given.op))))
        .map(|(given, taken)| {
            let taken = taken.map_or_else(String::new, |at| format!("đã rút lại {}", at.moment_vi()));
            vec![format!("Bản ngày {}", date_vi(given.version)), given.at.moment_vi(), taken]
        })
        .collect();
    table(&mut out, "Đồng ý với thông báo quyền riêng tư", &["Bản", "Lúc", ""], &agreed, "Chưa có.");
    let phones: Vec<_> = data
        .phones
        .iter()
        .map(|p| {
            let state = if p.signed_in { "đang đăng nhập" } else { "không còn đăng nhập" };
            let last = p.last.map_or_else(String::new, Millis::moment_vi);
            vec![p.name.clone(), p.first.moment_vi(), last, p.app.clone().unwrap_or_default(), state.to_owned()]
        })
        .collect();
    table(&mut out, "Máy", &["Máy", "Lần đầu", "Liên lạc cuối", "Bản ứng dụng", ""], &phones, "Chưa có.");
    let sessions: Vec<_> = data
        .sessions
        .iter()
        .map(|s| {
            let end = s.revoked.map_or_else(|| s.until.moment_vi(), |at| format!("đăng xuất từ xa {}", at.moment_vi()));
            vec![s.device.clone(), s.since.moment_vi(), end]
        })
        .collect();
    table(&mut out, "Phiên đăng nhập", &["Máy", "Từ", "Đến"], &sessions, "Chưa có.");
    let looks: Vec<_> = data
        .looks
        .iter()
        .map(|l| {
            let whom = if l.member.is_some() { "riêng tôi".to_owned() } else { l.unit_name.clone() };
            let what = [kind_vi(&l.kind).to_owned(), note_vi(&l.note)];
            let what = what.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
            vec![l.at.moment_vi(), l.who_name.clone(), what, whom]
        })
        .collect();
    table(&mut out, "Ai đã nhận dữ liệu", &["Lúc", "Ai", "Việc", "Của"], &looks, "Chưa có ai.");
    if data.held > 0 {
        let held = format!("{} việc của tôi từng phải chờ xem lại.", data.held);
        put(&mut out, "<p class=\"s\">", &held, "</p>\n");
    }
    out.push_str(
        "<p class=\"s\">Mỗi việc đã làm trong sổ còn được giữ trong nhật ký của máy chủ.</p>\n</body></html>\n",
    );
    out
}

/// A request with its answers, a line each.
fn asked(request: &Request) -> Vec<Vec<String>> {
    let head = vec![request.received.moment_vi(), ask_vi(&request.ask), request.ask.text.clone()];
    let answers = request
        .answers
        .iter()
        .map(|a| vec![a.at.moment_vi(), ["Trả lời: ", outcome_vi(a.say.outcome)].concat(), a.say.text.clone()]);
    let back = request.withdrawn.filter(|_| request.state() == State::Withdrawn);
    let back = back.map(|at| vec![at.moment_vi(), "Đã rút lại".to_owned(), String::new()]);
    std::iter::once(head).chain(answers).chain(back).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{AccountId, MemberId, UnitId};
    use domain::member::PersonName;
    use uuid::Uuid;

    #[test]
    fn what_people_wrote_stays_text() {
        let name = PersonName::parse("Nguyễn Văn An").unwrap();
        let mut member = Member::new(MemberId(Uuid::nil()), UnitId(Uuid::nil()), name);
        member.address = Some("<img src=x onerror=alert(1)> & \"nhà\" số 1".into());
        let data = OwnData {
            made_at: Millis(0),
            account: AccountId(Uuid::nil()),
            name: "<b>".into(),
            roles: vec![],
            member: Some(member),
            cell: "Chi bộ".into(),
            meetings: vec![],
            read: vec![],
            requests: vec![],
            consent: None,
            held: 1,
            phones: vec![],
            sessions: vec![],
            looks: vec![],
        };
        let page = own_page(&data);
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;nhà&quot; số 1"));
        assert!(!page.contains("<img") && !page.contains("<b>") && !page.contains("<script"));
        assert!(page.contains("Nguyễn Văn An") && page.ends_with("</html>\n"));
    }
}
