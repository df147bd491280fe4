//! Vietnamese, plain and polite: what several pages say. Names of things of the field are those of the papers.
//!
//! [`common`] holds the texts of the pages for everybody, [`powers`] what each role may do, [`public`] those that need no sign-in, [`staff`] those of secretaries and wards.

pub mod common;
pub mod powers;
pub mod public;
pub mod staff;

use chrono::{Datelike, NaiveDate};
use domain::decide::Why;
use domain::meeting::{Form, MeetingKind, MeetingStatus};
use domain::member::{EndReason, ExemptionKind, Sex};
use domain::presence::{PresentAs, Status, Told};
use domain::time::Millis;

words! {
    APP = "Sổ Liên Hệ";
    NAV = "Các mục chính";
    NAV_TODAY = "Hôm nay";
    NAV_NOTICES = "Thông báo";
    NAV_BOOK = "Sổ liên hệ";
    NAV_ROLL = "Điểm danh";
    NAV_LIST = "Danh sách";
    NAV_OVERVIEW = "Tổng quan";
    NAV_CELLS = "Chi bộ";
    NAV_TASKS = "Việc cần làm";
    NAV_OFFICE = "Đơn vị";
    NAV_SETTINGS = "Cài đặt";

    BACK = "Quay lại";
    CLOSE = "Đóng";
    UNDO = "Hoàn tác";
    NOT_NOW = "Để sau";
    RETRY = "Thử lại";
    SAVE = "Lưu";
    EDIT = "Sửa";
    GO_HOME = "Về Hôm nay";

    LOADING = "Đang mở…";
    PART_TITLE = "Chưa mở được trang này";
    PART_TEXT = "Một phần của ứng dụng chưa tải về máy, hoặc vừa có bản mới. Hãy thử lại khi có mạng. Những gì đã lưu trên máy vẫn còn.";
    OFFLINE_TITLE = "Phần này cần mạng";
    OFFLINE_TEXT = "Máy đang không có mạng. Những gì đã lưu trên máy này vẫn còn và sẽ tự gửi khi có mạng.";
    ERROR_TITLE = "Chưa mở được";

    OFFLINE_SHORT = "Đang không có mạng. Không có việc nào chờ gửi.";
    ALL_SENT = "Không có việc nào chờ gửi. Mở Việc chưa gửi.";
    SIGN_IN_AGAIN = "Máy chủ cần đăng nhập lại mới nhận được việc của máy này. Những gì đã lưu vẫn còn.";
    SIGN_IN_GO = "Đăng nhập";
    UPDATE_READY = "Có phiên bản mới";
    UPDATE_NOW = "Cập nhật";

    STORAGE_FULL = "Máy đã đầy bộ nhớ nên không lưu thêm được. Xin xóa bớt ảnh hoặc ứng dụng rồi thử lại.";
    STORAGE_BLOCKED = "Trình duyệt đang chặn việc lưu trên máy này. Xin cho phép trang lưu dữ liệu trong cài đặt của trình duyệt rồi mở lại.";
    STORAGE_PRIVATE = "Đang mở ở chế độ riêng tư: đóng trang là mất những gì chưa gửi. Xin mở lại ở chế độ thường.";
    STORAGE_LOST = "Trình duyệt vừa đóng kho lưu trên máy. Xin gửi hoặc lưu việc ra tệp, rồi tải lại trang.";

    STORAGE_WAY = "Gửi ngay hoặc lưu ra tệp";
    SKEW_APP = "Ứng dụng cần cập nhật.";
    SKEW_SERVER = "Máy chủ đang chạy bản cũ hơn ứng dụng này.";
    SKEW_GO = "Xem cách làm";

    SENDING_SAVING = "Đang lưu";
    SENDING_SAVED = "Đã lưu trên máy này";
    SENDING_SENT = "Đã gửi";
    SENDING_IN_BOOK = "Đã vào sổ";
    SENDING_LOOK = "Cần xem lại";
    SENDING_NOT_SAVED = "Không lưu được";

    SENDING_SAVING_TEXT = "Máy đang ghi. Xin đừng đóng trang trong giây lát.";
    SENDING_SAVED_TEXT = "Tắt máy cũng không mất. Máy sẽ tự gửi khi có mạng.";
    SENDING_SENT_TEXT = "Máy chủ đã trả lời, kết quả đang được ghi vào máy này.";
    SENDING_IN_BOOK_TEXT = "Đã nằm trong sổ của chi bộ.";
    SENDING_NOT_SAVED_TEXT = "Chưa có gì được lưu. Xin giải phóng bộ nhớ của máy rồi bấm Thử lại.";

    NOWHERE_TITLE = "Không có trang này";
    NOWHERE_TEXT = "Đường dẫn có thể đã cũ hoặc thiếu. Bấm mũi tên ở trên để về Hôm nay.";
}

/// What the pill in the bar means, for screen readers.
#[must_use]
pub fn unsent_waiting(n: usize, offline: bool) -> String {
    format!("{n} việc chờ gửi{}", if offline { ", đang không có mạng" } else { "" })
}
/// The same, when somebody has to look.
#[must_use]
pub fn unsent_look(n: usize) -> String {
    format!("{n} việc cần xem lại")
}

/// Why something is held or refused, in one sentence, and the way out.
#[must_use]
pub const fn why(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::MissingDep => (
            "Việc này phải đợi một việc khác vào sổ trước.",
            "Không cần làm gì: việc kia vào sổ thì việc này tự vào theo.",
        ),
        Why::UnknownKind => (
            "Ứng dụng trên máy này mới hơn máy chủ.",
            "Không cần làm gì: máy chủ giữ lại và tính sau khi được cập nhật.",
        ),
        Why::PermissionChanged => (
            "Quyền của tài khoản đã thay đổi từ lúc làm việc này.",
            "Bí thư, chi ủy có thể nhận việc này vào sổ; hoặc xin đảng ủy phường, xã xem lại phân công.",
        ),
        Why::Forbidden => (
            "Tài khoản này không được làm việc này.",
            "Xin nhờ bí thư hoặc chi ủy làm giúp, rồi bỏ việc này khỏi danh sách.",
        ),
        Why::MeetingNotOpen => ("Buổi họp chưa mở điểm danh.", "Khi bí thư mở điểm danh, việc này tự được tính."),
        Why::MeetingClosed => {
            ("Buổi họp đã đóng nên việc này chưa được tính.", "Xin nhờ bí thư mở lại buổi họp; mở lại là được tính.")
        }
        Why::MeetingCancelled => {
            ("Buổi họp đã hủy.", "Nếu buổi họp vẫn diễn ra, xin nhờ bí thư mở lại; nếu không, bỏ việc này.")
        }
        Why::UnknownMeeting => {
            ("Sổ chưa biết buổi họp này.", "Không cần làm gì: khi buổi họp vào sổ, việc này tự được tính.")
        }
        Why::UnknownPerson => {
            ("Sổ chưa biết người này.", "Không cần làm gì: khi tên người này vào sổ, việc này tự được tính.")
        }
        Why::UnknownNotice => {
            ("Sổ chưa biết thông báo này.", "Không cần làm gì: khi thông báo vào sổ, việc này tự được tính.")
        }
        Why::WrongUnit => (
            "Người hoặc buổi họp này thuộc đơn vị khác.",
            "Xin kiểm tra lại danh sách của chi bộ, rồi bỏ việc này và làm lại nếu cần.",
        ),
        Why::WrongCode => ("Mã buổi họp chưa đúng.", "Xin xem lại 6 số trên máy của bí thư rồi nhập lại."),
        Why::BadBody => ("Nội dung không hợp lệ.", "Xin làm lại việc này; nếu vẫn lỗi, xin báo người quản trị."),
        Why::OnlineOff => {
            ("Đơn vị chưa cho họp trực tuyến.", "Xin chọn họp trực tiếp, hoặc nhờ người quản trị bật họp trực tuyến.")
        }
        Why::SameIdOtherBytes => (
            "Máy chủ đã có một việc khác trùng số với việc này.",
            "Bản đầu được giữ. Xin làm lại việc này và báo người quản trị.",
        ),
        Why::OtherAccount => {
            ("Việc này do một tài khoản khác làm trên máy này.", "Đăng nhập lại bằng tài khoản đó thì việc này tự gửi.")
        }
        Why::Carried => (
            "Việc này do người khác chuyển giúp bằng tệp.",
            "Bí thư, chi ủy xem rồi bấm Nhận vào sổ. Khi chính máy làm việc này có mạng, việc cũng tự vào sổ.",
        ),
        Why::Vouched => ("Bí thư hoặc chi ủy vừa nhận việc này.", "Không cần làm gì, máy chủ đang xem lại."),
        Why::Revoked => (
            "Việc này do một máy đã bị đăng xuất từ nơi khác gửi lên.",
            "Bí thư, chi ủy xem rồi bấm Nhận vào sổ. Nếu là việc của bạn, đăng nhập lại rồi bấm Gửi lại.",
        ),
        Why::TooMany => (
            "Người này đã được đánh dấu quá nhiều lần ở buổi họp này.",
            "Xin xem lại tên trong danh sách điểm danh; nếu chưa đúng, xin báo người quản trị.",
        ),
        Why::Other => ("Máy chủ chưa nhận việc này.", "Xin cập nhật ứng dụng rồi gửi lại."),
    }
}

/// Kind of a meeting.
#[must_use]
pub const fn meeting_kind(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::HalfYear => "Sinh hoạt định kỳ 6 tháng",
        MeetingKind::Called => "Sinh hoạt khi có yêu cầu",
        MeetingKind::YearEnd => "Hội nghị cuối năm",
        MeetingKind::Gathering => "Gặp mặt, ngày hội",
    }
}
/// Form of a meeting.
#[must_use]
pub const fn meeting_form(form: Form) -> &'static str {
    match form {
        Form::InPerson => "Trực tiếp",
        Form::Online => "Trực tuyến",
        Form::Mixed => "Kết hợp trực tiếp và trực tuyến",
    }
}
/// Where a meeting stands.
#[must_use]
pub const fn meeting_status(status: MeetingStatus) -> &'static str {
    match status {
        MeetingStatus::Planned => "Sắp họp",
        MeetingStatus::Open => "Đang điểm danh",
        MeetingStatus::Closed => "Đã họp xong",
        MeetingStatus::Cancelled => "Đã hủy",
    }
}
/// A way of being there.
#[must_use]
pub const fn present_as(how: PresentAs) -> &'static str {
    match how {
        PresentAs::OnTime => "Có mặt",
        PresentAs::Late => "Đến muộn",
        PresentAs::LeftEarly => "Về sớm",
    }
}
/// What a row shows. *Absent because nobody marked anything* and *marked absent* are different words.
#[must_use]
pub const fn status(status: &Status) -> &'static str {
    match status {
        Status::Present(how) => present_as(*how),
        Status::Excused { .. } => "Vắng có lý do",
        Status::Absent => "Vắng",
        Status::Unmarked => "Chưa điểm danh",
    }
}
/// When an excuse was told.
#[must_use]
pub const fn told(told: Told) -> &'static str {
    match told {
        Told::Before => "Báo trước",
        Told::After => "Báo sau",
    }
}
/// Sex as on the letter.
#[must_use]
pub const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "Nam",
        Sex::Female => "Nữ",
    }
}
/// Why somebody does not come to residence meetings.
#[must_use]
pub const fn exemption(kind: ExemptionKind) -> &'static str {
    match kind {
        ExemptionKind::Barracks => "Bộ đội, công an ở tập trung",
        ExemptionKind::FarAway => "Công tác xa, lưu động",
        ExemptionKind::Rotation => "Cán bộ luân chuyển",
        ExemptionKind::Study => "Học tập trung, học xa",
        ExemptionKind::OldOrIll => "Được miễn công tác và sinh hoạt đảng",
        ExemptionKind::Other => "Lý do khác",
    }
}
/// Why somebody left the list.
#[must_use]
pub const fn end_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Moved => "Chuyển nơi cư trú",
        EndReason::Retired => "Nghỉ hưu, về sinh hoạt tại chi bộ",
        EndReason::Died => "Từ trần",
        EndReason::Removed => "Bị khai trừ hoặc xóa tên",
        EndReason::Mistake => "Ghi nhầm",
        EndReason::Other => "Lý do khác",
    }
}

/// *Chủ nhật*, *thứ hai* …
#[must_use]
pub fn weekday(day: NaiveDate) -> &'static str {
    ["Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật"]
        [day.weekday().num_days_from_monday() as usize % 7]
}
/// A day as people speak of it: *Hôm nay*, *Ngày mai*, *Hôm qua*, otherwise the weekday with the date.
#[must_use]
pub fn day(at: Millis, now: Millis) -> String {
    let (day, today) = (at.day(), now.day());
    match (day - today).num_days() {
        0 => "Hôm nay".to_owned(),
        1 => format!("Ngày mai, {}", at.date_vi()),
        -1 => format!("Hôm qua, {}", at.date_vi()),
        _ => format!("{}, {}", weekday(day), at.date_vi()),
    }
}
/// Day and clock: *19:30 · Hôm nay*.
#[must_use]
pub fn moment(at: Millis, now: Millis) -> String {
    format!("{} · {}", at.clock_vi(), day(at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_near_today_have_names() {
        let now = Millis::start_of(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).plus(20 * 3_600_000);
        assert_eq!(day(now.plus(3_600_000), now), "Hôm nay");
        assert_eq!(day(now.plus(4 * 3_600_000), now), "Ngày mai, 23/11/2026");
        assert_eq!(day(now.plus(-Millis::DAY), now), "Hôm qua, 21/11/2026");
        assert_eq!(moment(now.plus(7 * Millis::DAY), now), "20:00 · Chủ nhật, 29/11/2026");
    }
}
