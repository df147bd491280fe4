//! What the things of a report are called on paper.

use domain::meeting::{MeetingKind, MeetingStatus, Standing};
use domain::member::ExemptionKind;
use domain::presence::{PresentAs, Status, Told};
use domain::request::{Ask, Outcome, Part, What};

/// Kind of a meeting.
#[must_use]
pub const fn kind_vi(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::HalfYear => "Sinh hoạt định kỳ 6 tháng",
        MeetingKind::Called => "Sinh hoạt khi có yêu cầu",
        MeetingKind::YearEnd => "Hội nghị cuối năm",
        MeetingKind::Gathering => "Gặp mặt, ngày hội (không tính tỷ lệ)",
    }
}

/// Status of a meeting.
#[must_use]
pub const fn meeting_status_vi(status: MeetingStatus) -> &'static str {
    match status {
        MeetingStatus::Planned => "Sắp họp",
        MeetingStatus::Open => "Đang điểm danh",
        MeetingStatus::Closed => "Đã kết thúc",
        MeetingStatus::Cancelled => "Đã hủy",
    }
}

/// Status of a person at a meeting, without the reason.
#[must_use]
pub const fn status_vi(status: &Status) -> &'static str {
    match status {
        Status::Present(PresentAs::OnTime) => "Có mặt",
        Status::Present(PresentAs::Late) => "Đến muộn",
        Status::Present(PresentAs::LeftEarly) => "Về sớm",
        Status::Excused { told: Told::Before, .. } => "Vắng có lý do (báo trước)",
        Status::Excused { told: Told::After, .. } => "Vắng có lý do (báo sau)",
        Status::Absent => "Vắng",
        Status::Unmarked => "Chưa điểm danh",
    }
}

/// One or two letters for a narrow column of the matrix.
#[must_use]
pub const fn status_short(status: &Status) -> &'static str {
    match status {
        Status::Present(PresentAs::OnTime) => "x",
        Status::Present(PresentAs::Late) => "M",
        Status::Present(PresentAs::LeftEarly) => "S",
        Status::Excused { .. } => "P",
        Status::Absent => "V",
        Status::Unmarked => "?",
    }
}

/// Why somebody is not in the rate; nothing for those who are.
#[must_use]
pub const fn standing_vi(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Expected => None,
        Standing::NotListed => Some("Không có trong danh sách ngày họp"),
        Standing::Exempt(kind) => Some(match kind {
            ExemptionKind::Barracks => "Miễn: ở doanh trại",
            ExemptionKind::FarAway => "Miễn: công tác xa, lưu động",
            ExemptionKind::Rotation => "Miễn: luân chuyển",
            ExemptionKind::Study => "Miễn: đi học",
            ExemptionKind::OldOrIll => "Miễn công tác và sinh hoạt đảng",
            ExemptionKind::Other => "Miễn: lý do khác",
        }),
    }
}

/// What a request asks for.
pub(super) fn ask_vi(ask: &Ask) -> String {
    let what = match ask.what {
        What::Correct => "Sửa",
        What::Delete => "Xóa",
    };
    let about: Vec<&str> = ask.about.iter().map(|part| part_vi(*part)).collect();
    format!("{what}: {}", about.join(", "))
}

const fn part_vi(part: Part) -> &'static str {
    match part {
        Part::All => "tất cả",
        Part::Name => "họ tên",
        Part::Birth => "ngày sinh, giới tính",
        Part::Phone => "số điện thoại",
        Part::Home => "nơi cư trú, tổ",
        Part::Work => "nơi công tác, chức vụ",
        Part::Party => "ngày vào Đảng, chính thức",
        Part::Exemption => "miễn sinh hoạt",
        Part::Attendance => "việc dự họp",
        Part::Other => "việc khác",
    }
}

/// How a request was answered.
pub(super) const fn outcome_vi(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "đã làm",
        Outcome::Partly => "đã làm một phần",
        Outcome::Refused => "không làm được",
    }
}
