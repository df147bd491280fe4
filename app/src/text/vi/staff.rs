//! Texts of the pages for secretaries and wards: the roll call, the register and the forms; those of the ward's reports and of the import
//! stand in [`desk`], of getting in with a password in [`getin`], of units and roles in [`office`], of the slips in [`sheets`]; they are named from here like the others.

pub mod audit;
pub mod desk;
pub mod getin;
pub mod office;
pub mod requests;
pub mod sheets;

use super::why as why_both;
pub use audit::*;
pub use desk::*;
use domain::account::Role;
use domain::decide::Why;
use domain::meeting::MeetingKind;
use domain::presence::{PresentAs, Status};
use domain::tally::Tally;
use domain::time::{HalfYear, Millis};
pub use office::*;
pub use sheets::*;

words! {
    // statuses and counts
    PRESENT = "Có mặt";
    LATE = "Đến muộn";
    LEFT_EARLY = "Về sớm";
    EXCUSED = "Vắng có lý do";
    ABSENT = "Vắng";
    UNMARKED = "Chưa điểm danh";
    EXPECTED = "Phải dự";
    GUESTS = "Khách dự";
    GUEST = "Khách";
    EXEMPT = "Miễn sinh hoạt nơi cư trú";
    EXEMPT_SHORT = "Được miễn";
    GONE_SHORT = "Đã thôi";
    NOT_LISTED = "Không có trong danh sách hôm đó";
    NOT_THERE = "Không có mặt";
    COUNTS = "Số liệu";
    LEGEND = "Chú giải";
    FILTERS = "Lọc";
    NONE = "chưa có";
    TOTAL = "Cộng";
    ORDINAL = "STT";
    STATUS = "Tình trạng";
    NOTE = "Ghi chú";
    PRINT = "In";
    STOP = "Dừng lại";

    // roll call
    ROLL_TITLE = "Điểm danh";
    ROLL_LIST = "Danh sách điểm danh";
    SEARCH_PERSON = "Tìm tên, chữ đầu, 3 số cuối";
    NOBODY_FOUND = "Không tìm thấy ai. Xin thử gõ ngắn hơn hoặc bỏ lọc.";
    MORE_ABOUT = "Chọn khác cho ";
    CLEAR = "Bỏ đánh dấu";
    OPEN_MEMBER = "Mở trang đảng viên";
    REASON = "Lý do";
    REASON_HINT = "Ghi ngắn, có thể để trống";
    TOLD = "Báo lúc nào";
    TOLD_BEFORE = "Báo trước";
    TOLD_AFTER = "Báo sau";
    EXCUSE_SAVE = "Ghi vắng có lý do";
    HISTORY = "Đã ghi";
    NO_HISTORY = "Chưa ai ghi gì cho người này.";
    BY_ME = "tôi ghi";
    IS_TAKEN_BACK = "Đã được bỏ";
    EXEMPT_TEXT = "Không tính vào số phải dự. Vẫn ghi được nếu có đến.";
    ROSTER_EMPTY = "Danh sách chưa có ai";
    ROSTER_EMPTY_TEXT = "Nhập từ tệp Excel hoặc thêm từng người.";
    TO_ROSTER = "Mở danh sách";
    GUEST_ADD = "Thêm khách";
    GUEST_HINT = "Người dự họp không có trong danh sách. Không tính vào tỷ lệ.";
    GUEST_NOTE = "Từ đâu, chức vụ";
    GUEST_NOTE_HINT = "Ví dụ: Đảng ủy phường";
    GUEST_SAVE = "Ghi có mặt";
    CODE_SHOW = "Hiện mã";
    CODE_TITLE = "Mã buổi họp";
    CODE_TEXT = "Đảng viên nhập 6 số này để tự điểm danh trên máy của mình.";
    CODE_NONE = "Buổi họp này không có mã: đảng viên tự điểm danh không cần nhập số.";
    CODE_NEW = "Đổi mã";
    CLOSE_MEETING = "Kết thúc";
    CLOSE_TITLE = "Kết thúc buổi họp?";
    CLOSE_TEXT = "Sau khi kết thúc, điểm danh đến muộn sẽ được giữ lại chờ mở lại buổi họp.";
    CLOSE_YES = "Kết thúc buổi họp";
    CLOSE_NO = "Điểm danh tiếp";
    CLOSED_TOAST = "Đã kết thúc buổi họp.";
    OPEN_MEETING = "Mở buổi họp";
    REOPEN_MEETING = "Mở lại buổi họp";
    REOPEN_TITLE = "Mở lại buổi họp này?";
    REOPEN_TEXT = "Điểm danh chạy lại. Những điểm danh đến muộn đang chờ sẽ được tính.";
    NOT_YET_OPEN = "Chưa mở điểm danh";
    IS_CLOSED = "Đã kết thúc";
    IS_CANCELLED = "Đã hủy";
    OPEN_MEETINGS = "Đang họp";
    CONTINUE_ROLL = "Điểm danh tiếp";
    SEE_MEETING = "Xem buổi họp";
    OTHER_PLANNED = "Buổi họp khác sắp tới";
    PAST_MEETINGS = "Đã họp";
    NO_MEETING = "Chưa có buổi họp nào sắp tới";
    NO_MEETING_TEXT = "Lập buổi họp trước, đến giờ thì mở để điểm danh.";
    UNKNOWN_MEETING = "Máy này chưa có buổi họp đó";
    UNKNOWN_MEETING_TEXT = "Có thể buổi họp của chi bộ khác, hoặc máy chưa nhận được. Xin thử lại khi có mạng.";
    UNKNOWN_UNIT = "Đơn vị chưa rõ";

    // register
    ROSTER_TITLE = "Danh sách";
    ROSTER_PRINTED = "Danh sách đảng viên";
    NO_REGISTER = "Tài khoản này không giữ danh sách nào";
    NO_REGISTER_TEXT = "Danh sách do bí thư, chi ủy chi bộ giữ.";
    CELL = "Chi bộ";
    IMPORT = "Nhập Excel";
    MEMBER_ADD = "Thêm người";
    MEMBER_TITLE = "Đảng viên";
    MEMBER_NEW = "Thêm đảng viên";
    MEMBER_EDIT = "Sửa thông tin";
    UNKNOWN_MEMBER = "Máy này chưa có người đó";
    UNKNOWN_MEMBER_TEXT = "Có thể người này ở chi bộ khác, hoặc máy chưa nhận được.";
    PERSON = "Bản thân";
    WORK = "Công tác và Đảng";
    FACTS = "Thông tin";
    FACT = "Mục";
    NAME = "Họ và tên";
    BORN = "Ngày sinh";
    SEX = "Giới tính";
    UNKNOWN = "Chưa rõ";
    PHONE = "Số điện thoại";
    ADDRESS = "Địa chỉ nơi cư trú";
    ADDRESS_HINT = "Số nhà, đường, hoặc mốc dễ nhận";
    GROUP = "Tổ, nhóm";
    GROUP_HINT = "Ví dụ: Tổ 3";
    WORKPLACE = "Nơi công tác";
    JOB = "Chức vụ";
    WORK_CELL = "Chi bộ nơi công tác";
    ADMITTED = "Ngày vào Đảng";
    OFFICIAL = "Ngày chính thức";
    SINCE = "Chi bộ tiếp nhận từ ngày";
    SINCE_HINT = "Để trống nếu đã ở trong danh sách từ trước";
    PARTIAL_HINT = "Ví dụ 19/05/1980, hoặc 05/1980, hoặc 1980";
    EXEMPT_KIND = "Diện miễn";
    EXEMPT_NONE = "Không miễn";
    EXEMPT_BASIS = "Căn cứ, quyết định";
    EXEMPT_BY = "Cấp quyết định";
    EXEMPT_NOW = "Đang được miễn";
    EXEMPT_NOT_NOW = "Hiện không miễn";
    FROM_DAY = "Từ ngày";
    TO_DAY = "Đến ngày";
    TO_DAY_HINT = "Hết ngày này thì tự tính lại là phải dự";
    ATTENDANCE = "Dự sinh hoạt";
    NO_MEETINGS_YET = "Chưa có buổi họp nào.";
    ENROL_TITLE = "Đăng nhập cho đảng viên";
    ENROL_TEXT = "Mã dùng một lần, để đảng viên đăng nhập trên máy của mình. Việc này cần mạng.";
    ENROL = "Tạo mã đăng nhập";
    ENROL_AGAIN = "Tạo mã khác";
    ENROL_BUSY = "Đang tạo mã…";
    ENROL_COPY = "Chép đường dẫn";
    COPIED = "Đã chép. Có thể dán vào Zalo hoặc tin nhắn.";
    NOT_COPIED = "Máy không cho chép. Xin bấm giữ đường dẫn để chép.";
    END_MEMBERSHIP = "Đưa ra khỏi danh sách";
    END_TITLE = "Đưa ra khỏi danh sách";
    END_TEXT = "Từ ngày này người này không còn tính vào số phải dự. Lịch sử dự họp vẫn giữ.";
    END_DAY = "Từ ngày";
    END_YES = "Đưa ra khỏi danh sách";
    ENDED_TOAST = "Đã đưa ra khỏi danh sách.";
    SAVED_TOAST = "Đã lưu.";
    DRAFT_DROP = "Bỏ bản nháp";

    // what is wrong in a form
    ERR_NAME = "Xin ghi họ tên, từ 2 đến 80 chữ cái.";
    ERR_PARTIAL = "Ngày chưa đúng. Ví dụ 19/05/1980 hoặc 1980.";
    ERR_DAY = "Xin chọn ngày.";
    ERR_TIME = "Xin chọn giờ.";
    ERR_ORDER = "Ngày hết phải sau ngày bắt đầu.";
    ERR_PHONE = "Số điện thoại chưa đúng. Ví dụ 0912 345 678.";
    ERR_TITLE = "Xin ghi tên.";
    ERR_BODY = "Xin ghi nội dung.";
    ERR_MINUTES = "Từ 5 đến 600 phút.";
    ERR_PAPER = "Mỗi tài liệu cần có tên.";

    // meeting and notice forms
    PLAN_MEETING = "Lập buổi họp";
    EDIT_MEETING = "Sửa buổi họp";
    MAY_NOT_PLAN = "Tài khoản này không lập được buổi họp";
    UNIT = "Đơn vị tổ chức";
    KIND = "Loại";
    TITLE = "Tên";
    FORM = "Hình thức";
    IN_PERSON = "Trực tiếp";
    ONLINE = "Trực tuyến";
    MIXED = "Kết hợp";
    ONLINE_OFF = "Hình thức: trực tiếp. Đơn vị chưa bật họp trực tuyến.";
    DAY = "Ngày";
    TIME = "Giờ";
    MINUTES = "Số phút dự kiến";
    PLACE = "Nơi họp";
    PLACE_HINT = "Họp trực tuyến thì ghi cách vào";
    AGENDA = "Chương trình";
    AGENDA_HINT = "Mỗi việc một dòng. Đảng viên đọc được trước, cả khi không có mạng.";
    PAPERS = "Tài liệu đọc trước";
    PAPERS_HINT = "Dán nội dung dưới dạng chữ: nhẹ máy, đọc được khi không có mạng.";
    PAPER_TITLE = "Tên tài liệu";
    PAPER_TEXT = "Nội dung";
    PAPER_ADD = "Thêm tài liệu";
    PAPER_DROP = "Bỏ tài liệu này";
    CANCEL_MEETING = "Hủy buổi họp";
    CANCEL_TITLE = "Hủy buổi họp này?";
    CANCEL_TEXT = "Đảng viên sẽ thấy buổi họp đã hủy.";
    CANCELLED_TOAST = "Đã hủy buổi họp.";
    NOTICE_NEW = "Viết thông báo";
    NOTICE_EDIT = "Sửa thông báo";
    MAY_NOT_WRITE = "Tài khoản này không viết được thông báo";
    UNKNOWN_NOTICE = "Máy này chưa có thông báo đó";
    UNKNOWN_NOTICE_TEXT = "Có thể thông báo của đơn vị khác, hoặc máy chưa nhận được.";
    TO_WHOM = "Gửi đến đảng viên của";
    NOTICE_BODY = "Nội dung";
    FOR_MEETING = "Cho buổi họp";
    NO_MEETING_CHOSEN = "Không gắn với buổi họp";
    WHEN = "Gửi lúc nào";
    WHEN_NOW = "Gửi ngay";
    WHEN_LATER = "Hẹn giờ";
    NOTICE_SEND = "Gửi thông báo";
    NOTICE_SCHEDULE = "Hẹn gửi";
    WITHDRAW = "Thu hồi thông báo";
    WITHDRAW_TITLE = "Thu hồi thông báo này?";
    WITHDRAW_TEXT = "Đảng viên sẽ không thấy thông báo nữa.";
    WITHDRAWN_TOAST = "Đã thu hồi thông báo.";
    READ_BY = "Ai đã đọc";
    HAS_READ = "Đã đọc";
    NOT_READ = "Chưa đọc";
    NOBODY_READ = "Chưa có ai đọc.";
    EVERYBODY_READ = "Mọi người đều đã đọc.";
}

/// Why not, and what to do, in one breath.
#[must_use]
pub fn why(why: Why) -> String {
    let (reason, way) = why_both(why);
    [reason, " ", way].concat()
}

/// A status for programs: the attribute `data-status` of a row.
#[must_use]
pub const fn status_code(status: &Status) -> &'static str {
    match status {
        Status::Present(PresentAs::OnTime) => "present",
        Status::Present(PresentAs::Late) => "late",
        Status::Present(PresentAs::LeftEarly) => "left-early",
        Status::Excused { .. } => "excused",
        Status::Absent => "absent",
        Status::Unmarked => "unmarked",
    }
}

/// Who made a mark, when it was not the person at this phone.
#[must_use]
pub const fn by_role(role: Role) -> &'static str {
    match role {
        Role::Member => "tự điểm danh",
        Role::Secretary => "chi ủy ghi",
        Role::Ward => "đảng ủy ghi",
        Role::Deputy => "người được giao thay ghi",
        _ => "người khác ghi",
    }
}

/// An undo in the history.
#[must_use]
pub fn taken_back(n: usize) -> String {
    if n == 1 { "Bỏ đánh dấu".to_owned() } else { format!("Bỏ {n} đánh dấu") }
}

/// Chip and sections.
#[must_use]
pub fn only_unmarked(n: u32) -> String {
    with_count(UNMARKED, n as usize)
}
/// Chip of the register.
#[must_use]
pub fn only_exempt(n: usize) -> String {
    with_count(EXEMPT_SHORT, n)
}
/// Chip of the register.
#[must_use]
pub fn only_gone(n: usize) -> String {
    with_count(GONE_SHORT, n)
}
/// Folded section of the roll call.
#[must_use]
pub fn exempt_section(n: usize) -> String {
    with_count(EXEMPT, n)
}
/// *Có mặt (12)*
#[must_use]
pub fn with_count(label: &str, n: usize) -> String {
    [label, " (", n.to_string().as_str(), ")"].concat()
}
/// A guest was added.
#[must_use]
pub fn guest_added(name: &str) -> String {
    ["Đã ghi khách có mặt: ", name].concat()
}
/// Before the end.
#[must_use]
pub fn close_unmarked(n: u32) -> String {
    format!("Còn {n} người chưa ai ghi gì. Họ vẫn là “chưa điểm danh”, không tự thành vắng.")
}
/// Before the end.
#[must_use]
pub fn close_unsent(n: usize) -> String {
    format!("{n} việc còn chờ gửi trên máy này. Máy tự gửi khi có mạng, không mất.")
}
/// One line of counts.
#[must_use]
pub fn tally_line(t: &Tally) -> String {
    let Tally { present, expected, excused, absent, unmarked, .. } = t;
    format!("Có mặt {present} trên {expected}, vắng có lý do {excused}, vắng {absent}, chưa điểm danh {unmarked}")
}
/// Before the start.
#[must_use]
pub fn expected_people(n: u32) -> String {
    format!("{n} người phải dự")
}
/// Above the register.
#[must_use]
pub fn roster_count(all: usize, exempt: usize) -> String {
    if exempt == 0 { format!("{all} người") } else { format!("{all} người, {exempt} được miễn") }
}
/// Somebody left.
#[must_use]
pub fn ended_line(day: &str, reason: &str) -> String {
    format!("Không còn trong danh sách từ {day}: {reason}")
}
/// Attendance of one member.
#[must_use]
pub fn came(came: u32, expected: u32) -> String {
    format!("Dự {came} trên {expected} buổi phải dự")
}
/// A code's end.
#[must_use]
pub fn enrol_expires(at: Millis) -> String {
    ["Dùng được đến ", &at.moment_vi()].concat()
}
/// A draft was taken up.
#[must_use]
pub fn draft_of(at: Millis) -> String {
    ["Đã mở lại bản nháp lúc ", &at.moment_vi()].concat()
}
/// The name of a meeting that nobody has named.
#[must_use]
pub fn default_title(kind: MeetingKind, half: HalfYear) -> String {
    let year = half.year;
    match kind {
        MeetingKind::HalfYear if half.half == 1 => format!("Sinh hoạt 6 tháng đầu năm {year}"),
        MeetingKind::HalfYear => format!("Sinh hoạt 6 tháng cuối năm {year}"),
        MeetingKind::YearEnd => format!("Hội nghị cuối năm {year}"),
        MeetingKind::Called | MeetingKind::Gathering => String::new(),
    }
}
/// Whom a notice reaches.
#[must_use]
pub fn notice_to(unit: &str) -> String {
    ["Gửi đến mọi đảng viên của ", unit].concat()
}
/// How many have read.
#[must_use]
pub fn read_share(read: usize, audience: u32) -> String {
    format!("{read} trên {audience} người đã đọc")
}
